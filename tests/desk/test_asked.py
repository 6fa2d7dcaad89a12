"""After those of earlier words were asked, the desk and the pages beside it say who has not answered."""

import re

import pytest
from flask import Flask

from tests.asking.again import agree, ask, disagree
from tests.databases import ON_SQLITE
from tests.desk.desk import plans, read
from tests.factories import make_correction, make_letter, make_member, make_signature, owner_of
from tests.page import Reader, words
from tribune.database import now, write
from tribune.desk import queries
from tribune.letters.models import Letter
from tribune.teams.models import Role

SAID = "Have not answered about the new text"


@pytest.fixture
def letter(app: Flask) -> Letter:
    """One whose signatories were asked: one of them says no, and three say nothing, of whom one has no address."""
    letter = make_letter(slug="rues", first="Léa Martin")
    refuses, *_ = (make_signature(letter) for _ in range(3))
    make_correction(letter, substance=True)
    ask(letter)
    disagree(refuses)
    return letter


def test_the_desk_counts_who_is_silent_and_leads_to_them(client: Reader, letter: Letter) -> None:
    agree(make_signature(letter))
    make_signature(letter, confirmed=False)
    for person, link in ((owner_of(letter), "asking"), (make_member(letter, Role.VIEWER), "signatures?status=asked")):
        client.log_in(person)
        page = read(client, letter)
        assert f"{SAID} 3" in words(page) and f"/manage/letters/{letter.id}/{link}" in page
    table = client.get(f"/manage/letters/{letter.id}/signatures?status=asked&lang=en").text
    assert "3 signatures" in words(table) and table.count("Does not sign") == 1  # the choice of the filter
    with write():
        letter.closed_at = now().replace(year=2020)
    assert SAID not in read(client, letter)


def test_nobody_is_read_to_count_them(letter: Letter) -> None:
    assert "ix_signatures_asked" in plans(lambda: queries.counts(letter))


@ON_SQLITE
def test_first_signatories_say_why_readers_do_not_see_somebody(client: Reader, letter: Letter) -> None:
    client.log_in(owner_of(letter))
    page = words(client.get(f"/manage/letters/{letter.id}/first?lang=en").text)
    assert "Léa Martin is not shown to readers. Signed an earlier text, asked again." in page


@ON_SQLITE
def test_readers_are_not_told_that_nobody_ever_signed(client: Reader, letter: Letter) -> None:
    page = client.get("/letters/rues?lang=en").text
    assert "Nobody has signed this text from this page yet." in page and "Be the first" not in page


@ON_SQLITE
def test_a_line_that_two_share_is_printed_once_with_a_box_for_each(app: Flask, client: Reader) -> None:
    letter = make_letter(first="Claire Dubois et Anne Petit, coprésidentes du Syndicat\nNoé Roy, maire")
    make_correction(letter, substance=True)
    ask(letter)
    client.log_in(owner_of(letter))
    page = client.get(f"/manage/letters/{letter.id}/asking").text
    assert words(page).count("coprésidentes") == 1 and "Claire Dubois et Anne Petit, coprésidentes du Syndicat" in page
    assert re.findall(r'<label for="a\d+"[^>]*>([^<]*)</label>', page) == [
        "Claire Dubois",
        "Anne Petit",
        "Noé Roy, maire",
    ]
