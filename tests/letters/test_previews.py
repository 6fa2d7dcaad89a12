"""Previews: the page as readers will see it, for the team, or for whoever was given the private link."""

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from tests.databases import ON_SQLITE
from tests.factories import make_letter, make_member, make_signature, owner_of
from tests.page import Reader, hidden_fields, listed
from tribune.audit.models import Event, Verb
from tribune.database import db, now
from tribune.letters import life
from tribune.letters.links import preview_link
from tribune.letters.models import Letter
from tribune.teams.models import Role
from tribune.tokens import Purpose, issue

TYPED = {"given_name": "Zoé", "family_name": "Évrard", "email": "zoe@example.org"}


def link_of(letter: Letter) -> str:
    return preview_link(letter).url().removeprefix("http://localhost")


def with_link(letter: Letter) -> str:
    life.make_preview_link(letter, owner_of(letter), seen_as=letter.preview_nonce)
    return link_of(letter)


def article(html: str) -> str:
    """The letter itself, without what differs by what may be done there, and by who keeps its number up to date."""
    shown = html.partition('<section class="body"')[2].partition('<section class="form"')[0]
    return re.sub(r' data-count[^=]*="[^"]*"', "", shown)


@ON_SQLITE
@pytest.mark.parametrize("state", ["draft", "scheduled", "published", "closed"])
def test_the_team_sees_the_letter_as_readers_will(client: Reader, state: str) -> None:
    letter = make_letter(published=False, slug="rues", title="Jouons", text="Un *mot*.", first="Léa Martin")
    if state != "draft":
        life.publish(letter, at=now() + timedelta(days=1) if state == "scheduled" else None)
    if state == "closed":
        life.close(letter)
    client.log_in(make_member(letter, Role.VIEWER))
    page = client.get(f"/manage/letters/{letter.id}/preview")
    assert page.status_code == 200 and "Jouons</h1>" in page.text and "<em>mot</em>" in page.text
    assert listed(page.text) == ["Léa Martin"]
    assert (page.headers["Cache-Control"], page.headers["X-Robots-Tag"]) == ("no-store", "noindex")
    assert '<meta name="robots" content="noindex">' in page.text and "preview-bar" in page.text
    assert f'href="/manage/letters/{letter.id}"' in page.text
    assert ('id="given_name"' in page.text) is (state != "closed")
    if letter.is_published:
        assert article(page.text) == article(client.get("/letters/rues").text)


@ON_SQLITE
def test_nothing_can_be_sent_from_a_preview(client: Reader) -> None:
    letter = make_letter(published=False, slug="rues")
    client.log_in(owner_of(letter))
    for path in (f"/manage/letters/{letter.id}/preview", with_link(letter)):
        page = client.get(path)
        assert "<form" not in page.text and "<script" not in page.text and client.fields(path) == {}
        assert '<fieldset class="sign" disabled' in page.text
    assert client.post("/letters/rues/sign", data=TYPED).status_code == 404


@ON_SQLITE
def test_the_private_link_needs_no_account_and_keeps_nothing(app: Flask) -> None:
    letter = make_letter(published=False, slug="rues", title="Secrète")
    stranger = app.test_client()
    page = stranger.get(with_link(letter) + "?lang=en")
    assert page.status_code == 200 and "Secrète" in page.text and "Please do not quote, share" in page.text
    assert "/manage/" not in page.text
    assert page.headers["Cache-Control"] == "no-store" and page.headers["X-Robots-Tag"] == "noindex"
    assert page.headers["Referrer-Policy"] == "no-referrer" and "Set-Cookie" not in page.headers
    assert "Cookie" not in page.headers.get("Vary", "")
    assert stranger.get("/letters/rues").status_code == 404 and "Secrète" not in stranger.get("/").text


@ON_SQLITE
def test_once_published_the_private_link_leads_to_the_public_page(client: Reader) -> None:
    letter = make_letter(published=False, slug="rues")
    link = with_link(letter)
    assert 'href="/letters/rues?lang=en"' not in client.get(link + "?lang=en").text
    life.publish(letter)
    page = client.get(link + "?lang=en").text
    assert "This letter is published now" in page and 'href="/letters/rues?lang=en"' in page


def test_a_replaced_or_revoked_or_broken_link_opens_nothing(client: Reader) -> None:
    letter = make_letter(published=False, title="Secrète")
    first = with_link(letter)
    second = with_link(letter)
    assert first != second and client.get(second).status_code == 200
    life.revoke_preview_link(letter, owner_of(letter), letter.preview_nonce)
    of_another_kind = f"/letters/preview/{issue(Purpose.CONFIRM, [letter.id, 'x'])}"
    without_nonce = f"/letters/preview/{issue(Purpose.PREVIEW, [letter.id, None])}"
    for path in (first, second, second[:-2], "/letters/preview/x", of_another_kind, without_nonce):
        answer = client.get(path)
        assert answer.status_code == 404 and "Secrète" not in answer.text
        assert "aperçu" in answer.text or "preview" in answer.text
        assert answer.headers["Cache-Control"] == "no-store"


@ON_SQLITE
def test_a_published_letter_offers_no_private_link_but_shows_the_one_it_has(client: Reader) -> None:
    letter = make_letter()
    client.log_in(owner_of(letter))
    page = f"/manage/letters/{letter.id}/publish"
    assert "Lien privé" not in client.get(page).text
    life.make_preview_link(letter, owner_of(letter))
    shown = client.get(page).text
    assert "Lien privé" in shown and "Plus personne n’a besoin de cette adresse" in shown


@ON_SQLITE
def test_a_draft_without_authors_or_day_has_no_empty_list_of_facts(client: Reader) -> None:
    letter = make_letter(published=False, outlet="Mediapart")
    client.log_in(owner_of(letter))
    page = client.get(f"/manage/letters/{letter.id}/preview").text
    assert "Mediapart" in page and '<dl class="facts">' not in page


def test_an_editor_makes_replaces_and_revokes_the_link_on_the_publish_page(client: Reader) -> None:
    letter = make_letter(published=False, contact="a@example.org")
    client.log_in(make_member(letter, Role.EDITOR))
    path = f"/manage/letters/{letter.id}"
    for _ in range(2):
        seen = {"seen": letter.preview_nonce or ""}
        assert client.post(f"{path}/preview-link", data=client.fields(f"{path}/publish") | seen).status_code == 303
        assert "http://localhost/letters/preview/" in client.get(f"{path}/publish").text
    for _ in range(2):
        assert client.post(f"{path}/preview-link/revoke", data=client.fields(f"{path}/publish")).status_code == 303
    assert "/letters/preview/" not in client.get(f"{path}/publish").text
    log = db.session.scalars(sa.select(Event).order_by(Event.id)).all()[1:]
    assert [(event.verb, event.details) for event in log] == [
        (Verb.PREVIEW_LINK_MADE, {"replaces": False}),
        (Verb.PREVIEW_LINK_MADE, {"replaces": True}),
        (Verb.PREVIEW_LINK_REVOKED, {}),
    ]


def form_of(html: str, path: str) -> dict[str, str]:
    """What the button that posts there sends along."""
    found = re.search(rf'<form method="post" action="{path}">(.*?)</form>', html, re.DOTALL)
    assert found
    return dict(hidden_fields(found[1]))


@ON_SQLITE
def test_a_link_that_a_colleague_gave_away_is_not_withdrawn_unseen(client: Reader) -> None:
    letter = make_letter(published=False, contact="a@example.org")
    client.log_in(owner_of(letter))
    path = f"/manage/letters/{letter.id}"
    gone = with_link(letter)
    stale = form_of(client.get(f"{path}/publish").text, f"{path}/preview-link/revoke")
    given = with_link(letter)
    client.post(f"{path}/preview-link/revoke", data=stale)
    page = client.get(f"{path}/publish").text
    assert "En voici un plus récent" in page
    assert client.get(gone).status_code == 404 and client.get(given).status_code == 200
    client.post(f"{path}/preview-link/revoke", data=form_of(page, f"{path}/preview-link/revoke"))
    assert "Le lien privé ne fonctionne plus." in client.get(f"{path}/publish").text
    assert client.get(given).status_code == 404


def test_a_link_that_a_colleague_gave_away_is_not_replaced_unseen(client: Reader) -> None:
    letter = make_letter(published=False, contact="a@example.org")
    client.log_in(owner_of(letter))
    path = f"/manage/letters/{letter.id}"

    def form(html: str) -> dict[str, str]:
        return form_of(html, f"{path}/preview-link")

    without = form(client.get(f"{path}/publish").text)
    with time_machine.travel(now(), tick=False):  # a link names the second in which it was written
        given = with_link(letter)
        assert client.post(f"{path}/preview-link", data=without).status_code == 303
        answer = client.get(f"{path}/publish")
        assert client.get(given).status_code == 200 and f"http://localhost{given}" in answer.text
    assert client.post(f"{path}/preview-link", data=form(answer.text)).status_code == 303
    assert client.get(given).status_code == 404 and client.get(link_of(letter)).status_code == 200
    assert client.post(f"{path}/preview-link", data=form(answer.text)).status_code == 303  # pressed twice
    assert [event.details for event in db.session.scalars(sa.select(Event).order_by(Event.id)).all()[-2:]] == [
        {"replaces": False},
        {"replaces": True},
    ]


@ON_SQLITE
def test_a_preview_of_a_signed_letter_shows_who_signed(client: Reader) -> None:
    letter = make_letter()
    make_signature(letter, given_name="Zoé", family_name="Roux")
    client.log_in(owner_of(letter))
    assert listed(client.get(f"/manage/letters/{letter.id}/preview").text) == ["Zoé Roux"]
