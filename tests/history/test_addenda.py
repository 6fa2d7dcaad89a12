"""A paragraph added after publication: shown first, printed apart from what was signed, removed and put back."""

from functools import partial
from itertools import product

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.databases import ON_SQLITE
from tests.factories import make_letter, make_member, make_signature, owner_of
from tests.page import Reader
from tests.turns import take_turns
from tribune.audit.models import Event, Verb
from tribune.database import db
from tribune.history import actions
from tribune.letters.models import Addendum, Letter
from tribune.organisers.models import Organiser
from tribune.teams.models import Role


def page_of(letter: Letter) -> str:
    return f"/manage/letters/{letter.id}/addenda"


def post(client: Reader, letter: Letter, **typed: str):  # type: ignore[no-untyped-def]
    return client.post(page_of(letter), data={**client.fields(page_of(letter)), **typed})


def added() -> list[str]:
    return list(db.session.scalars(sa.select(Addendum.text).order_by(Addendum.id)))


@ON_SQLITE
def test_it_is_shown_first_and_printed_with_the_second_button(client: Reader) -> None:
    letter = make_letter(slug="rues")
    client.log_in(make_member(letter, Role.EDITOR))
    shown = post(client, letter, text="La maire *répond*.")
    assert shown.status_code == 200 and "<em>répond</em>" in shown.text and "La maire *répond*." in shown.text
    assert added() == [] and "répond" not in client.get("/letters/rues").text
    assert post(client, letter, text="La maire *répond*.", add="y").status_code == 303
    page = client.get("/letters/rues?lang=en").text
    assert "<em>répond</em>" in page and "not part of the signed text" in page
    assert page.index("Un paragraphe.") < page.index("not part of the signed text") < page.index('id="signatories"')


def test_what_holds_no_word_is_not_added(client: Reader) -> None:
    letter = make_letter(slug="rues")
    client.log_in(owner_of(letter))
    for text in ("![Une rue](https://example.org/rue.jpg)", "---", "  ", "a" * 70_000):
        for add in ({}, {"add": "y"}):
            answer = post(client, letter, text=text, **add)
            assert answer.status_code == 422 and 'id="text-error"' in answer.text, text[:50]
    assert added() == []


@ON_SQLITE
def test_it_is_outside_of_what_is_signed(client: Reader) -> None:
    letter = make_letter(slug="rues")
    signature = make_signature(letter)
    form = {**client.fields("/letters/rues"), "given_name": "Zoé", "family_name": "Roux", "email": "zoe@example.org"}
    digest = letter.version.digest
    actions.add(letter, "Un ajout.", owner_of(letter))
    assert (letter.version_number, letter.version.digest, signature.letter_version) == (1, digest, 1)
    assert client.post("/letters/rues/sign", data=form).status_code == 303
    assert "Un ajout." not in client.get("/letters/rues/versions/1").text


def test_what_is_removed_can_be_put_back(client: Reader) -> None:
    letter = make_letter(slug="rues")
    client.log_in(owner_of(letter))
    for text in ("Un ajout.", "Un autre."):
        post(client, letter, text=text, add="y")
    number = db.session.scalars(sa.select(Addendum.id).order_by(Addendum.id)).first()
    path = f"{page_of(letter)}/{number}/remove"
    assert "Un ajout." in client.get(path).text
    fields = client.fields(path)
    answer = client.post(path, data=fields)
    assert answer.status_code == 303 and added() == ["Un autre."]
    assert "Un ajout." not in client.get("/letters/rues").text
    assert ">\nUn ajout.</textarea>" in client.get(answer.location).text.replace("\r\n", "\n")
    assert client.post(path, data=fields).location == answer.location  # a double click, whose second answer is shown
    assert client.get(path).status_code == 404
    for never in (number + 9, 2**31):
        assert client.post(f"{page_of(letter)}/{never}/remove", data=fields).status_code == 404, never
    log = db.session.scalars(sa.select(Event).order_by(Event.id)).all()[-3:]
    assert [(event.verb, event.details) for event in log] == [
        (Verb.ADDENDUM_ADDED, {"text": "Un ajout."}),
        (Verb.ADDENDUM_ADDED, {"text": "Un autre."}),
        (Verb.ADDENDUM_REMOVED, {"text": "Un ajout.", "addendum": number}),
    ]


def test_what_was_added_to_another_letter_or_removed_from_it_is_not_shown(client: Reader) -> None:
    letter, other = make_letter(), make_letter()
    secret = actions.add(other, "Un secret.", owner_of(other))
    event = actions.remove(other, secret.id, owner_of(other))
    client.log_in(owner_of(letter))
    created = db.session.scalar(sa.select(Event.id).where(Event.letter_id == letter.id))
    actions.remove(letter, actions.add(letter, "Un ajout.", owner_of(letter)).id, owner_of(letter))
    for number in (event, created, "x", "9" * 30, "-1", "0", "²"):
        page = client.get(f"{page_of(letter)}?removed={number}")
        assert page.status_code == 200 and "Un secret." not in page.text and "Un ajout." not in page.text
    stays = actions.add(other, "Un secret.", owner_of(other)).id
    for number in (secret.id, stays):
        path = f"{page_of(letter)}/{number}/remove"
        assert client.get(path).status_code == client.post(path, data=client.fields(page_of(letter))).status_code == 404
    assert added() == ["Un secret."] and "Un secret." not in client.get(page_of(letter)).text


def test_two_who_add_or_remove_the_same_at_once_do_it_once(app: Flask) -> None:
    letter = make_letter()
    ours, me = letter.id, owner_of(letter).id
    numbers: list[int] = []
    first: list[int | None] = []
    second: list[int | None] = []

    def add() -> None:
        by = db.session.get_one(Organiser, me)
        numbers.append(actions.add(db.session.get_one(Letter, ours), "Un ajout.", by).id)

    def remove(events: list[int | None]) -> None:
        by = db.session.get_one(Organiser, me)
        events.append(actions.remove(db.session.get_one(Letter, ours), numbers[0], by))

    take_turns(app, add, add, pause=1)
    assert len(set(numbers)) == 1 and added() == ["Un ajout."]
    take_turns(app, partial(remove, first), partial(remove, second), pause=1)
    assert first[0] is not None and second == [None] and added() == []


@ON_SQLITE
def test_what_cannot_be_added_is_kept_in_the_form(client: Reader) -> None:
    letter = make_letter()
    client.log_in(owner_of(letter))
    for text, button in product(("", "  \n ", "x" * 5001), ({}, {"add": "y"})):
        answer = post(client, letter, text=text, **button)
        assert answer.status_code == 422 and 'aria-invalid="true"' in answer.text, text
    assert added() == []


@ON_SQLITE
def test_a_draft_has_no_addenda(client: Reader) -> None:
    letter = make_letter(published=False)
    client.log_in(owner_of(letter))
    token = client.fields(f"/manage/letters/{letter.id}/publish")["csrf_token"]
    assert "<textarea" not in client.get(page_of(letter)).text
    for button in ({}, {"add": "y"}):
        form = {"csrf_token": token, "text": "Un ajout.", **button}
        assert client.post(page_of(letter), data=form).status_code == 303
    with pytest.raises(actions.NotPublished):
        actions.add(letter, "Un ajout.", owner_of(letter))
    assert added() == []


@ON_SQLITE
def test_a_viewer_reads_addenda_and_changes_none(client: Reader) -> None:
    letter = make_letter()
    actions.add(letter, "Un ajout.", owner_of(letter))
    client.log_in(make_member(letter, Role.VIEWER))
    page = client.get(page_of(letter)).text
    assert "Un ajout." in page and "<textarea" not in page and "/remove" not in page


@ON_SQLITE
def test_a_script_in_an_addendum_is_text(client: Reader) -> None:
    letter = make_letter(slug="rues")
    actions.add(letter, "<script>alert(1)</script> [x](javascript:alert(1)) ![](x)", owner_of(letter))
    page = client.get("/letters/rues").text
    assert "<script>" not in page and 'href="javascript:' not in page and "&lt;script&gt;" in page


def test_a_double_click_prints_a_paragraph_once(client: Reader) -> None:
    letter = make_letter()
    client.log_in(owner_of(letter))
    for _click in range(2):
        assert post(client, letter, text="Un ajout.", add="y").status_code == 303
    assert added() == ["Un ajout."]
