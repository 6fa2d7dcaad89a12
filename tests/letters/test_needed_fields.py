"""What is wanting is asked for as the page takes it; what may be demanded is not called optional."""

import re

from flask import Flask

from tests.databases import ON_SQLITE
from tests.factories import (
    invitation_path,
    make_invited,
    make_letter,
    make_organiser,
    make_signature,
    mine_path,
    owner_of,
)
from tests.page import Reader

pytestmark = ON_SQLITE


def test_a_moment_that_is_wanting_is_to_be_chosen(client: Reader) -> None:
    letter = make_letter(make_organiser(), published=False, controller="Nous", contact="nous@example.org")
    client.log_in(owner_of(letter))
    page = f"/manage/letters/{letter.id}/publish?lang=en"
    answer = client.post(page, data={**client.fields(page), "when": "later", "day": "", "hour": ""})
    assert answer.status_code == 422
    assert "Choose the day of publication." in answer.text and "Choose the time." in answer.text
    assert "2026-11-24" not in answer.text and "18:00." not in answer.text


def test_what_is_needed_at_times_is_not_called_optional(client: Reader) -> None:
    letter = make_letter(make_organiser(), published=False, controller="Nous", contact="nous@example.org")
    client.log_in(owner_of(letter))
    at = f"/manage/letters/{letter.id}"
    for page, names in (("publish", ["day", "hour"]), ("edit", ["controller", "contact"])):
        labels = labels_on(client, f"{at}/{page}")
        assert all("(optional)" not in labels[name] for name in names)
        assert "(optional)" in labels["outlet"]
    assert "(optional)" not in labels_on(client, f"{at}/invitations/mail")["reply_by"]


def test_what_a_form_asks_alone_or_instead_of_another_field_is_not_called_optional(app: Flask, client: Reader) -> None:
    app.config["ADMINISTRATORS"] = ["alice@example.org"]
    letter = make_letter(make_organiser(email="alice@example.org"))
    invitation, signature = make_invited(letter), make_signature(letter)
    client.log_in(owner_of(letter))
    at = f"/manage/letters/{letter.id}"
    for page, name in (
        ("/manage/site", "words"),
        ("/manage/letters/paste", "file"),
        (f"{at}/invitations/add", "file"),
        (f"{at}/invitations/people/{invitation.id}", "note"),
        (f"{at}/signatures/{signature.public_id}", "section"),
    ):
        assert "(optional)" not in labels_on(client, page)[name], page
    hiding = client.get(f"{at}/signatures/batches/new?all=1&verb=hide&lang=en").text
    assert "Tell them by email" in hiding and "(optional)" not in hiding


def test_an_organisation_that_is_needed_to_sign_for_it_is_not_called_optional(client: Reader) -> None:
    letter = make_letter(make_organiser(), slug="rues", asks_role="optional", asks_organisation="optional")
    signature, invitation = make_signature(letter), make_invited(letter)
    pages = ["/letters/rues", f"{mine_path(signature)}/correct", invitation_path(invitation)]
    for page in pages:
        labels = labels_on(client, page)
        assert "(optional)" not in labels["organisation"] and "(optional)" in labels["role"]
        assert "Needed only if you sign on its behalf." in client.get(f"{page}?lang=en").text
    client.log_in(owner_of(letter))
    at = f"/manage/letters/{letter.id}"
    for page in ("first/add", f"signatures/{signature.public_id}/correct", f"invitations/people/{invitation.id}/edit"):
        labels = labels_on(client, f"{at}/{page}")
        assert "(optional)" not in labels["organisation"] and "(optional)" in labels["role"]
        assert "Needed only if it signs as such" in client.get(f"{at}/{page}?lang=en").text


def labels_on(client: Reader, page: str) -> dict[str, str]:
    """The labels of a page in English, by the field that they name."""
    text = client.get(f"{page}?lang=en").text
    return dict(re.findall(r'<label for="(\w+)">(.*?)</label>', text, re.DOTALL))
