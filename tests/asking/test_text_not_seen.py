"""A colleague saves a change of substance while an organiser looks at the page that asks about the one before."""

from collections.abc import Callable

import pytest
import time_machine
from flask import Flask

from tests.asking.again import ask
from tests.databases import ON_SQLITE
from tests.factories import all_leave, make_correction, make_letter, make_organiser, make_signature, owner_of, posted
from tests.page import Reader, words
from tribune.database import now
from tribune.letters.actions import revise
from tribune.letters.models import Letter
from tribune.moderation.asked import REST

pytestmark = ON_SQLITE


def in_place(letter: Letter) -> None:
    """As until somebody has signed the version, or was asked about it."""
    revise(letter, by=None, text="Plus rien de cela.", reason="La demande change.", substance=True)
    assert letter.version_number == 2


def once_more(letter: Letter) -> None:
    make_correction(letter, substance=True)
    assert letter.version_number == 3


EITHER = pytest.mark.parametrize("change", [in_place, once_more])
Change = Callable[[Letter], None]


@pytest.fixture
def letter(app: Flask) -> Letter:
    made = make_letter(make_organiser())
    make_signature(made)
    make_correction(made, substance=True)
    return made


@pytest.fixture
def page(letter: Letter) -> str:
    return f"/manage/letters/{letter.id}/asking"


@EITHER
def test_nobody_is_asked_about_a_change_that_the_organiser_has_not_seen(
    desk: Reader, letter: Letter, page: str, change: Change
) -> None:
    stale = desk.fields(page)
    change(letter)
    assert desk.post(page, data=stale).location == page
    assert "demandez au sujet du texte d’aujourd’hui" in words(desk.get(page).text)
    assert posted() == [] and letter.confirmed_count == 1
    assert "/batches/" in (desk.post(page, data=desk.fields(page)).location or "")


def test_nor_is_anybody_reminded(client: Reader, letter: Letter, page: str) -> None:
    ask(letter)
    all_leave()
    reminds = f"{page}/remind"
    with time_machine.travel(now() + REST):
        client.log_in(owner_of(letter))
        stale = client.fields(reminds)
        make_correction(letter)
        assert client.post(reminds, data=stale).location == page
        assert len(posted()) == 1
        assert "/batches/" in (client.post(reminds, data=client.fields(reminds)).location or "")


@EITHER
def test_no_change_of_substance_is_called_a_correction_by_who_has_not_seen_it(
    desk: Reader, letter: Letter, page: str, change: Change
) -> None:
    stale = desk.fields(page)
    change(letter)
    assert desk.post(f"{page}/take-back", data=stale).status_code == 303
    assert letter.version.asks_again
    assert "ou le texte a encore changé" in words(desk.get(page).text)
