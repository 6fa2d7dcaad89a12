"""What an organiser finds when they are in: their own letters, and the table of signatures of each."""

import re
from datetime import timedelta
from html import unescape

import pytest
from flask import Flask

from tests.factories import make_letter, make_message, make_organiser, make_signature
from tests.page import Reader
from tribune.database import now, write
from tribune.letters.models import Letter
from tribune.organisers.models import Organiser


@pytest.fixture
def alice(app: Flask) -> Organiser:
    return make_organiser(email="alice@example.org")


@pytest.fixture
def desk(client: Reader, alice: Organiser) -> Reader:
    """Alice's browser."""
    client.log_in(alice)
    return client


def names(html: str) -> list[str]:
    """The printed lines of a table, from the top."""
    return [unescape(re.sub("<[^>]+>", "", line)) for line in re.findall(r'<th scope="row">(.*?)</th>', html)]


def lines(desk: Reader, letter: Letter, asked: str = "") -> list[str]:
    answer = desk.get(f"/manage/letters/{letter.id}/signatures{asked}")
    assert answer.status_code == 200
    return names(answer.text)


def test_only_my_own_letters_are_listed(desk: Reader, alice: Organiser) -> None:
    make_letter(alice, title="La mienne")
    make_letter(alice, title="Mon brouillon", published=False)
    make_letter(title="Celle d’une autre")
    assert names(desk.get("/manage/").text) == ["Mon brouillon", "La mienne"]


@pytest.mark.parametrize("page", ["", "/signatures", "/signatures.csv"])
def test_the_letter_of_somebody_else_does_not_exist(desk: Reader, alice: Organiser, page: str) -> None:
    theirs, mine = make_letter(), make_letter(alice)
    assert desk.get(f"/manage/letters/{mine.id}{page}").status_code == 200
    stranger, missing = desk.get(f"/manage/letters/{theirs.id}{page}"), desk.get(f"/manage/letters/{mine.id + 1}{page}")
    assert stranger.status_code == missing.status_code == 404
    assert stranger.text.replace(f"/{theirs.id}", f"/{mine.id + 1}") == missing.text


def test_a_number_no_database_holds_is_no_letter(desk: Reader) -> None:
    for number in (2**31, 2**63 - 1, 2**63, 10**30):
        assert desk.get(f"/manage/letters/{number}").status_code == 404


def test_the_desk_tells_the_numbers(desk: Reader, alice: Organiser) -> None:
    letter = make_letter(alice, first="Léa Martin, maire (Nantes)\nNoé Petit", slug="rues")
    for confirmed in (True, True, True, False, False):
        make_signature(letter, confirmed=confirmed)
    make_message()
    text = re.sub(r"<[^>]+>|\s+", " ", desk.get(f"/manage/letters/{letter.id}").text)
    assert re.search(r"Signatures confirmées\s+3\b", text)
    assert re.search(r"attestés\s+2\b", text)
    assert re.search(r"confirmation\s+2\b", text) or re.search(r"confirmer\s+2\b", text)
    assert "http://localhost/letters/rues" in text


def test_an_organiser_without_letters_is_told_how_to_get_one(desk: Reader) -> None:
    assert "flask letters import" in desk.get("/manage/").text


def test_the_table_shows_everybody_newest_first_with_their_address(desk: Reader, alice: Organiser) -> None:
    letter = make_letter(alice, first="Léa Martin, maire (Nantes)")
    make_signature(letter, family_name="Ancien", email="ancien@example.org", published=False)
    make_signature(letter, family_name="Attente", confirmed=False)
    assert lines(desk, letter) == ["Zoé Attente", "Zoé Ancien", "Léa Martin, maire (Nantes)"]
    assert "ancien@example.org" in desk.get(f"/manage/letters/{letter.id}/signatures").text


def test_signatures_of_another_letter_are_not_in_the_table(desk: Reader, alice: Organiser) -> None:
    letter = make_letter(alice)
    make_signature(make_letter(alice))
    assert lines(desk, letter) == []
    assert "Personne n’a encore signé" in desk.get(f"/manage/letters/{letter.id}/signatures").text


SEARCHES = [
    ("?status=pending", ["Zoé Attente"]),
    ("?status=confirmed", ["Zoé Confirmé"]),
    ("?status=attested", ["Léa Martin, maire (Nantes)"]),
    ("?status=hidden", ["Zoé Caché"]),
    ("?status=held", ["Zoé Retenu"]),
    ("?q=retenu", ["Zoé Retenu"]),
    ("?q=CONFIRME", ["Zoé Confirmé"]),
    ("?q=nantes+lea", ["Léa Martin, maire (Nantes)"]),
    ("?q=Attente%40Example.org", ["Zoé Attente"]),
    ("?q=zoe&status=hidden", ["Zoé Caché"]),
    ("?q=%25", ["Zoé Retenu", "Zoé Caché", "Zoé Attente", "Zoé Confirmé", "Léa Martin, maire (Nantes)"]),
    ("?q=%25%40", []),
    ("?q=personne", []),
]


def test_the_table_is_searched_and_sorted_out(desk: Reader, alice: Organiser) -> None:
    letter = make_letter(alice, first="Léa Martin, maire (Nantes)")
    make_signature(letter, family_name="Confirmé", email="confirme@example.org")
    make_signature(letter, family_name="Attente", email="attente@example.org", confirmed=False)
    make_signature(letter, family_name="Caché", hidden_at=now())
    make_signature(letter, family_name="Retenu", confirmed=False, held_at=now())
    for asked, found in SEARCHES:
        assert lines(desk, letter, asked) == found, asked


def test_the_table_has_pages_of_a_hundred_and_loses_nobody(desk: Reader, alice: Organiser) -> None:
    letter = make_letter(alice)
    with write():
        for number in range(205):
            make_signature(letter, family_name=f"N{number}", at=now() - timedelta(minutes=number))
    address, pages = f"/manage/letters/{letter.id}/signatures?q=zoe", []
    while address:
        page = desk.get(address).text
        pages.append(names(page))
        following = re.search(r'<a rel="next" href="([^"]+)"', page) or re.search(r'href="([^"]+)" rel="next"', page)
        address = unescape(following[1]) if following else ""
    assert [len(page) for page in pages] == [100, 100, 5]
    assert [name for page in pages for name in page] == [f"Zoé N{number}" for number in reversed(range(205))]


def test_a_page_that_does_not_exist_is_said_to_be_none(desk: Reader, alice: Organiser) -> None:
    address = f"/manage/letters/{make_letter(alice).id}/signatures?after="
    for after in ("x", "-1", "1.5", "9" * 40, "'"):
        assert desk.get(address + after).status_code == 400, after
    for after in ("0", "9" * 18, "٣"):
        assert desk.get(address + after).status_code == 200, after


def test_what_people_typed_is_text_in_the_table(desk: Reader, alice: Organiser) -> None:
    letter = make_letter(alice)
    make_signature(letter, family_name="<script>alert(1)</script>", role='"><img src=x>')
    assert lines(desk, letter) == ['Zoé <script>alert(1)</script>, "><img src=x>']
