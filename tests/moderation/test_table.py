"""The organiser's table of signatures: who is on it, in order, page by page, and without an address for viewers."""

import re
from html import unescape
from itertools import product
from urllib.parse import urlencode

import pytest
from flask import Flask

from tests.databases import ON_SQLITE
from tests.factories import make_letter, make_member, make_signature
from tests.moderation.table import flag, lines, names
from tests.page import Reader, words
from tribune.database import write
from tribune.demo.people import fill
from tribune.letters.models import Letter
from tribune.moderation import queries
from tribune.moderation.queries import COUNTED_TO
from tribune.organisers.models import Organiser
from tribune.signatures.table import STATUSES
from tribune.teams.models import Role


def all_pages(browser: Reader, letter: Letter, asked: str) -> list[list[str]]:
    """The lines of each page, from the first to the last."""
    address, pages = f"/manage/letters/{letter.id}/signatures{asked}", []
    while address:
        page = browser.get(address).text
        pages.append(names(page))
        following = re.search(r'<a rel="next" href="([^"]+)"', page)
        address = unescape(following[1]) if following else ""
    return pages


def test_the_table_shows_everybody_newest_first_with_their_address(browser: Reader, alice: Organiser) -> None:
    letter = make_letter(alice, first="Léa Martin, maire (Nantes)")
    make_signature(letter, family_name="Ancien", email="ancien@example.org", published=False)
    make_signature(letter, family_name="Attente", confirmed=False)
    assert lines(browser, letter) == ["Zoé Attente", "Zoé Ancien", "Léa Martin, maire (Nantes)"]
    assert "ancien@example.org" in browser.get(f"/manage/letters/{letter.id}/signatures").text


def test_signatures_of_another_letter_are_not_in_the_table(browser: Reader, alice: Organiser) -> None:
    letter = make_letter(alice)
    other = make_signature(make_letter(alice), email="autre@example.org")
    flag(other, "joke")
    for asked in ("", "?sort=surname", "?sort=organisation", "?flag=joke", "?q=autre%40example.org", "?q=zoe"):
        assert lines(browser, letter, asked) == [], asked
    assert "Personne n’a encore signé" in browser.get(f"/manage/letters/{letter.id}/signatures").text


def test_who_has_no_organisation_comes_after_all_others(browser: Reader, alice: Organiser) -> None:
    letter = make_letter(alice)
    for family, organisation in (("A", ""), ("B", "Zèbre"), ("C", "école"), ("D", "")):
        make_signature(letter, family_name=family, organisation=organisation)
    assert lines(browser, letter, "?sort=organisation") == ["Zoé C (école)", "Zoé B (Zèbre)", "Zoé A", "Zoé D"]


IN_ORDER = {
    "recent": lambda n: -n,
    "surname": lambda n: (n % 15, n),
    "organisation": lambda n: (n % 3 == 0, n % 7 if n % 3 else 0, n),
}


def test_from_page_to_page_the_table_loses_nobody(
    browser: Reader, alice: Organiser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "PAGE", 7)
    letter = make_letter(alice)
    with write():
        for number in range(25):
            organisation = f"Org {number % 7}" if number % 3 else ""
            make_signature(letter, family_name=f"N{number % 15:02}", role=f"{number}", organisation=organisation)
    for (sort, key), (asked, counted_to) in product(IN_ORDER.items(), (("", 20), ("&q=zoe", 20), ("&q=zoe", 25))):
        monkeypatch.setattr(queries, "COUNTED_TO", counted_to)
        pages = all_pages(browser, letter, f"?sort={sort}{asked}")
        assert [len(page) for page in pages] == [7, 7, 7, 4], (sort, asked)
        found = [line for page in pages for line in page]
        assert len(set(found)) == 25, (sort, asked)
        numbers = [int(re.findall(r"\d+", line)[1]) for line in found]
        assert numbers == sorted(numbers, key=key), (sort, asked)


def test_more_than_a_thousand_are_not_counted_one_by_one(browser: Reader, alice: Organiser) -> None:
    letter = make_letter(alice)
    address = f"/manage/letters/{letter.id}/signatures?status=confirmed&sort=surname&lang=en"
    for more, told in ((2, "2 signatures"), (COUNTED_TO - 2, "1,000 signatures")):
        list(fill(letter, more))
        assert told in words(browser.get(address).text)
    list(fill(letter, 1))
    page = browser.get(address).text
    assert "More than 1,000 signatures" in words(page) and "All that match, more than 1,000" in words(page)
    assert len(names(page)) == 100


def test_a_page_that_does_not_exist_is_said_to_be_none(browser: Reader, alice: Organiser) -> None:
    address = f"/manage/letters/{make_letter(alice).id}/signatures?"
    for sort in ("recent", "surname", "organisation"):
        for after in ("x", "-1", "1.5", "9" * 40, "'", ":", "x:a", "1:\0", "²", "٣"):
            answer = browser.get(address + urlencode({"sort": sort, "after": after}))
            assert answer.status_code == 400, (sort, after)
            assert "première page" in answer.text or "\0" in after
    assert browser.get(address + "after=1:a").status_code == 400
    assert browser.get(address + "sort=surname&after=1").status_code == 400
    for good in ("after=0", "after=" + "9" * 18, "sort=surname&after=1:", "sort=surname&after=1:a%ED%A0%80"):
        assert browser.get(address + good).status_code == 200, good


@ON_SQLITE
def test_open_flags_stand_beside_the_status(browser: Reader, alice: Organiser) -> None:
    letter = make_letter(alice)
    signature = make_signature(letter)
    flag(signature, "joke")
    flag(signature, "burst", cleared=True)
    page = browser.get(f"/manage/letters/{letter.id}/signatures?lang=en").text
    cell = re.search(r'<td class="kinds">(.*?)</td>', page)
    assert cell and words(cell[1]) == "Confirmed Jokes and insults"


@ON_SQLITE
def test_a_viewer_sees_no_address_anywhere_and_cannot_search_one(app: Flask, client: Reader) -> None:
    letter = make_letter()
    make_signature(letter, email="secret@hidden.example")
    make_signature(letter, email="other@hidden.example", confirmed=False)
    viewer, editor = make_member(letter, Role.VIEWER), make_member(letter, Role.EDITOR)
    client.log_in(viewer)
    address = f"/manage/letters/{letter.id}/signatures"
    for asked in ("", "?sort=surname", "?status=pending", "?q=secret"):
        page = client.get(address + asked)
        assert page.status_code == 200
        assert "hidden.example" not in page.text and '<form method="post"' not in page.text.partition("<h1>")[2]
    for asked in ("?q=secret%40hidden.example", "?q=%40", "?q=nobody%40x"):
        answer = client.get(address + asked)
        assert answer.status_code == 403 and names(answer.text) == []
    client.delete_cookie("tribune_organiser")
    client.log_in(editor)
    assert "secret@hidden.example" in client.get(address).text


@ON_SQLITE
def test_what_people_typed_is_text_in_the_table(browser: Reader, alice: Organiser) -> None:
    letter = make_letter(alice)
    make_signature(letter, family_name="<script>alert(1)</script>", role='"><img src=x>')
    assert lines(browser, letter) == ['Zoé <script>alert(1)</script>, "><img src=x>']


@ON_SQLITE
def test_whatever_the_status_no_link_of_the_table_leads_to_an_error(browser: Reader, alice: Organiser) -> None:
    letter = make_letter(alice)
    for status in STATUSES:
        page = browser.get(f"/manage/letters/{letter.id}/signatures?status={status}&lang=en").text
        links = [unescape(link) for link in re.findall(r'href="(/manage[^"]*status=[^"]*)"', page)]
        assert [link for link in links if browser.get(link).status_code != 200] == []
        assert ("Signatures that were withdrawn are in no file" in page) is (status == "withdrawn"), status


@ON_SQLITE
@pytest.mark.parametrize(("published", "spread"), [(False, False), (True, True)])
def test_nobody_is_asked_to_spread_the_address_of_a_draft(
    browser: Reader, alice: Organiser, published: bool, spread: bool
) -> None:
    letter = make_letter(alice, published=published, slug="rues")
    page = browser.get(f"/manage/letters/{letter.id}/signatures?lang=en").text
    assert ("Share the address of the letter" in page) is ("/letters/rues<" in page) is spread
    assert ("the letter is not published" in page) is not spread
