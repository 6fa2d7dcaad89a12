"""What people were told when they signed is not changed afterwards."""

from contextlib import suppress
from datetime import datetime

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.databases import ON_SQLITE
from tests.factories import (
    confirm_path,
    latest_signature,
    make_invited,
    make_letter,
    make_signature,
    mine_path,
    owner_of,
)
from tests.invitations.answers import accept
from tests.page import Reader, listed
from tests.turns import take_turns
from tests.writing.writer import begin, edit_page
from tribune.database import db, now
from tribune.letters.models import Letter
from tribune.letters.queries import letter_by_slug
from tribune.mine.actions import choose
from tribune.signatures.actions import ListChanged, sign
from tribune.signatures.models import Signature
from tribune.signatures.wordings import WORDINGS
from tribune.writing.actions import Promised, save

REFUSED = "People have signed on the promise that only their initials are shown"
INITIALS = {"wording": WORDINGS["initials"], "family_name": "Évrard"}


@pytest.fixture
def letter(app: Flask) -> Letter:
    return make_letter(slug="rues", public_list="initials")


@pytest.fixture
def desk(desk: Reader, in_english: None) -> Reader:
    """The owner's browser, in English, which reads the letter too."""
    return desk


def saved(desk: Reader, letter: Letter, **typed: str) -> str:
    """Save the edit page so; what it says when it is refused, else nothing."""
    answer = desk.post(edit_page(letter), data={**begin(desk, letter), **typed})
    assert answer.status_code in (303, 422)
    return answer.text if answer.status_code == 422 else ""


def the_list(desk: Reader) -> list[str]:
    return listed(desk.get("/letters/rues/signatories").text)


@pytest.mark.parametrize("by_way_of", [[], ["no"]])
def test_who_agreed_to_initials_is_not_named_in_full(desk: Reader, letter: Letter, by_way_of: list[str]) -> None:
    desk.sign("rues", given_name="Zoé", family_name="Évrard", role="éditrice")
    desk.post(confirm_path(latest_signature()))
    for public_list in by_way_of:
        assert not saved(desk, letter, public_list=public_list)
    page = saved(desk, letter, public_list="yes", outlet="Mediapart")
    assert REFUSED in page and 'value="Mediapart"' in page
    db.session.expire_all()
    assert (letter.public_list, letter.outlet) == (by_way_of[-1] if by_way_of else "initials", "")
    assert not saved(desk, letter, public_list="initials", outlet="Mediapart")
    assert the_list(desk) == ["Z. É."]


@ON_SQLITE
@pytest.mark.parametrize(
    "given",
    [{}, {"confirmed_at": now(), "hidden_at": now()}, {"confirmed_at": now(), "withdrawn_at": now()}],
    ids=["who confirms later", "whom the organisers show again", "who comes back"],
)
def test_nor_is_who_may_still_be_shown(desk: Reader, letter: Letter, given: dict[str, datetime]) -> None:
    make_signature(letter, confirmed=False, **INITIALS, **given)
    assert REFUSED in saved(desk, letter, public_list="yes")


@ON_SQLITE
def test_names_are_shown_where_nobody_was_told_otherwise(desk: Reader, letter: Letter) -> None:
    make_signature(letter, published=False, **INITIALS)
    make_signature(make_letter(), **INITIALS)
    make_signature(letter, wording=WORDINGS["yes"], family_name="Roux")
    assert not saved(desk, letter, public_list="yes")
    assert the_list(desk) == ["Zoé Roux"]


@ON_SQLITE
def test_who_shows_their_initials_afterwards_agrees_to_initials(desk: Reader, letter: Letter) -> None:
    signature = make_signature(letter, wording=WORDINGS["yes"], family_name="Évrard")
    for act in ("hide", "show-initials"):
        desk.post(mine_path(signature), data={"act": act})
    assert the_list(desk) == ["Z. É."] and REFUSED in saved(desk, letter, public_list="yes")


@ON_SQLITE
def test_who_shows_their_line_afterwards_agrees_to_what_their_page_said(desk: Reader, letter: Letter) -> None:
    signature = make_signature(letter, published=False, **INITIALS)
    assert 'value="show-initials"' in desk.get(mine_path(signature)).text
    assert not saved(desk, letter, public_list="yes")
    answer = desk.post(mine_path(signature), data={"act": "show-initials"})
    assert "Your line has changed since that page was shown" in desk.get(answer.location).text and the_list(desk) == []
    desk.post(mine_path(signature), data={"act": "show"})
    assert the_list(desk) == ["Zoé Évrard"] and signature.wording == WORDINGS["yes"]
    assert not saved(desk, letter, public_list="initials") and not saved(desk, letter, public_list="yes")


@pytest.mark.parametrize("pause", [1, 2])
@pytest.mark.parametrize("signs", [True, False])
@pytest.mark.parametrize("names_first", [True, False])
def test_nobody_who_agrees_at_that_moment_is_named_in_full(
    app: Flask, letter: Letter, names_first: bool, signs: bool, pause: int
) -> None:
    hidden = make_signature(letter, published=False, **INITIALS)
    link, team = (hidden.id, hidden.link_nonce), owner_of(letter)

    def agree() -> None:
        rues = letter_by_slug("rues")
        assert rues
        words = {"given_name": "Ada", "role": "", "organisation": "", "capacity": "personal", **INITIALS}
        with suppress(ListChanged):
            if signs:
                sign(rues, email="ada@example.org", digest=rues.version.digest, published=True, news=False, **words)
            else:
                choose(*link, "published", True, initials=True)

    def show_names() -> None:
        rues = letter_by_slug("rues")
        assert rues
        with suppress(Promised):
            seen = {"revision": rues.revision, "published_at": rues.published_at}
            save(rues, by=team, **seen, changes={"public_list": "yes"}, tab={})

    acts = (show_names, agree) if names_first else (agree, show_names)
    assert take_turns(app, *acts, pause)
    agreed = db.session.scalars(sa.select(Signature).where(Signature.published)).all()
    rues = letter_by_slug("rues")
    assert rues and (rues.public_list == "yes") is not bool(agreed)


@ON_SQLITE
@pytest.mark.parametrize(("told", "typed"), [("1", "6"), ("1", ""), ("0", "1"), ("5", "")])
def test_names_are_kept_no_longer_than_signatories_were_told(
    desk: Reader, letter: Letter, told: str, typed: str
) -> None:
    assert not saved(desk, letter, names_kept_months="6") and not saved(desk, letter, names_kept_months=told)
    make_signature(letter, confirmed=False)
    page = saved(desk, letter, names_kept_months=typed)
    assert "you can shorten that time, not lengthen it" in page and letter.names_kept_months == int(told)
    assert not saved(desk, letter, names_kept_months="0") and letter.names_kept_months == 0


@ON_SQLITE
def test_names_that_are_kept_as_long_as_the_site_keeps_any_may_be_said_to_be(desk: Reader, letter: Letter) -> None:
    make_signature(letter)
    for typed in ("6", ""):
        assert not saved(desk, letter, names_kept_months=typed)


@ON_SQLITE
def test_nor_is_a_promise_kept_to_those_of_whom_no_name_is_left(desk: Reader, letter: Letter) -> None:
    make_signature(letter, anonymised_at=now())
    for typed in ("1", "6"):
        assert not saved(desk, letter, names_kept_months=typed)


def test_until_somebody_signs_by_themselves_names_may_be_kept_longer(desk: Reader, app: Flask) -> None:
    draft = make_letter(published=False, first="Léa Martin")
    desk.log_in(owner_of(draft))
    assert not saved(desk, draft, names_kept_months="1") and not saved(desk, draft, names_kept_months="3")
    accept(make_invited(draft))
    assert "not lengthen it" in saved(desk, draft, names_kept_months="4")


@ON_SQLITE
def test_all_that_was_promised_is_said_at_once(desk: Reader, letter: Letter) -> None:
    assert not saved(desk, letter, names_kept_months="1")
    make_signature(letter, **INITIALS)
    page = saved(desk, letter, public_list="yes", names_kept_months="")
    assert REFUSED in page and "not lengthen it" in page
