"""Pages of a search: whoever has the words once, in the order of the list, by the index that serves best."""

import re
from html import unescape
from itertools import product

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.databases import ON_SQLITE
from tests.factories import make_letter, make_signature
from tests.page import Reader, words
from tests.plans import plans, scans
from tribune.database import db, is_postgresql, write
from tribune.letters.models import Letter
from tribune.signatures import listing, searching
from tribune.signatures.listing import signatories
from tribune.signatures.queries import PAGE, Page

ORDERS = ["recent", "surname"]


def walks(monkeypatch: pytest.MonkeyPatch, sample: int, near: int, many: int = 1000) -> None:
    """Let a search go by so few signatures, and fetch by the index no more than so many."""
    monkeypatch.setattr(searching, "MANY", many)
    for name, order in searching.ORDERS.items():
        monkeypatch.setitem(searching.ORDERS, name, order._replace(near=near, sample=sample))


def read_on(letter: Letter, **asked: str) -> list[Page]:
    """Every page, by its cursor."""
    pages = [signatories(letter, **asked)]
    while pages[-1].after:
        pages.append(signatories(letter, after=pages[-1].after, **asked))
    return pages


WITH_PIECES, TOO_SHORT = "zoe moti", "o mo"
ASKED = (WITH_PIECES, TOO_SHORT, "1 motif", "autre")  # one has pieces too few, one leaves the beginning of the list
LENGTHS = [(1000, 1000), (10, 1000), (10, 25), (10, 5), (10, 5, 20), (10, 25, 10)]


def test_pages_of_a_search_hold_everybody_once_however_they_are_found(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "PAGE", 20)
    letter = make_letter(first="Léa Motif")
    numbers = [number * 7 % 53 for number in range(53)]
    as_they_lie = [*(f"{'Motif' if number % 3 else 'Autre'} {number:02}" for number in numbers), "Zut autre"]
    with write():
        for name in as_they_lie:
            make_signature(letter, family_name=name)
    make_signature(make_letter(), family_name="Motif ailleurs")
    for lengths, q, order in product(LENGTHS, ASKED, ORDERS):
        walks(monkeypatch, *lengths)
        in_order = sorted(as_they_lie) if order == "surname" else reversed(as_they_lie)
        people = [("lea motif", "Motif"), *((f"zoe {name}".lower(), name) for name in in_order)]
        names = [s.family_name for page in read_on(letter, q=q, order=order) for s in page.signatures]
        assert names == [name for key, name in people if all(word in key for word in q.split())], (lengths, q, order)


def test_a_search_says_how_many_it_found_or_that_there_are_more(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    letter = make_letter(first="Léa Motif et Ada Un, maires")
    with write():
        for number in range(PAGE + 1):
            make_signature(letter, given_name="Zoé", family_name="Motif" if number > 40 else "Autre")
    assert [page.number for page in read_on(letter, q="zoe")] == [None, None]  # met along the list
    assert signatories(letter, q="motif").number == 62 and signatories(letter, q="nobody").number == 0
    walks(monkeypatch, 10, 10)
    assert [page.number for page in read_on(letter, q="zoe")] == [101, None]  # all fetched
    assert [page.number for page in read_on(letter, q="mo")][:2] == [None, None]


@ON_SQLITE
def test_the_page_says_so_too(client: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    letter = make_letter(slug="rues")
    with write():
        for number in range(PAGE + 1):
            make_signature(letter, given_name="Zoé", family_name="Qi" if number == 50 else "Autre")
    path = "/letters/rues/signatories"
    for language, more, one, nobody in (
        ("fr", "Plus de 100 signataires trouvés", "1 signataire trouvé", "0 signataire trouvé"),
        ("en", "More than 100 signatories found", "1 signatory found", "0 signatories found"),
    ):
        assert more in client.get(f"{path}?q=zoe&lang={language}").text
        assert one in client.get(f"{path}?q=qi&lang={language}").text
        page = client.get(f"{path}?q=nobody&lang={language}").text
        assert f"<title>{nobody} – " in page and not re.search("trouv|found", words(page))  # a sentence says so there
    walks(monkeypatch, 10, 10)
    page = client.get(f"{path}?q=qi").text
    assert "Cherché parmi 10 signatures jusqu’ici" in page and "Chercher plus loin" in page
    assert "Personne dans cette liste" not in page


@ON_SQLITE
def test_who_is_found_is_not_called_the_latest(client: Reader) -> None:
    letter, path = make_letter(slug="rues", first="Léa Motif, maire"), "/letters/rues/signatories?lang=en"
    for family_name in ("Motif", "Autre"):
        make_signature(letter, given_name="Zoé", family_name=family_name)
    headings = {
        query: re.findall(r"<h2>(.*?)</h2>", client.get(path + query).text)
        for query in ("", "&q=motif", "&q=autre", "&q=autre&order=surname")
    }
    assert headings == {
        "": ["First signatories", "Latest signatories"],
        "&q=motif": ["First signatories", "Other signatories"],
        "&q=autre": [],
        "&q=autre&order=surname": ["Signatories by family name"],
    }


@ON_SQLITE
def test_search_engines_keep_no_words_that_anybody_put_into_an_address(client: Reader) -> None:
    make_letter(slug="rues")
    for query, kept in (("", True), ("?order=surname", True), ("?q=casino.example", False), ("?organisation=X", False)):
        page = client.get(f"/letters/rues/signatories{query}").text
        assert ('<meta name="robots" content="noindex">' not in page) is kept, query


@ON_SQLITE
def test_crawlers_are_kept_from_the_further_pages_of_a_list_alone(client: Reader) -> None:
    letter, answer = make_letter(slug="rues"), client.get("/robots.txt")
    with write():
        for _ in range(PAGE + 1):
            make_signature(letter)
    agent, rule = answer.text.splitlines()
    assert (answer.mimetype, agent) == ("text/plain", "User-agent: *")
    kept_out = re.compile(re.escape(rule.removeprefix("Disallow: ")).replace(r"\*", ".*"))
    linked = set()
    for query in ("", "?order=surname", "?lang=en"):
        linked |= set(re.findall(r'href="(/[^"#]*)', client.get(f"/letters/rues/signatories{query}").text))
    further = {address for address in linked if "after=" in address}
    assert len(further) == 3 and {address for address in linked if kept_out.match(unescape(address))} == further


@ON_SQLITE
@pytest.mark.parametrize("signs", ["&", "?", "🎉", "% _"])
def test_signs_alone_are_told_to_find_nothing(client: Reader, signs: str) -> None:
    letter = make_letter(slug="rues")
    with write():
        for _ in range(PAGE + 1):
            make_signature(letter)
    page = client.get("/letters/rues/signatories", query_string={"q": signs, "lang": "en"}).text
    assert "found" not in page and "Show everybody" not in page
    assert "Search for letters or digits: punctuation alone finds nobody." in page
    further = re.search(r'rel="next" href="([^"]+)"', page)
    assert further and "q=" not in further[1]  # the whole list follows, as it would have been there anyway


BY_THE_INDEX = "trigrams"  # in its name, on both databases


@pytest.mark.parametrize(("order", "index"), [("recent", "ix_signatures_recent"), ("surname", "_surname")])
def test_a_frequent_word_is_met_along_the_list_and_a_rare_one_fetched_by_the_index(
    app: Flask, monkeypatch: pytest.MonkeyPatch, order: str, index: str
) -> None:
    walks(monkeypatch, 10, 1000)
    letter = make_letter()
    with write():
        for number in range(PAGE + 30):
            make_signature(letter, given_name="Zoé", family_name="Rare" if number == 70 else "Autre")
    if is_postgresql():  # which reads a few rows whole, unless told that it must not
        db.session.execute(sa.text("SET enable_seqscan = off"))
    with plans() as frequent:
        assert len(signatories(letter, q="zoe", order=order).signatures) == PAGE
    with plans() as rare:
        assert [s.family_name for s in signatories(letter, q="rare", order=order).signatures] == ["Rare"]
    *_first, walk = [plan for plan in frequent if plan]
    assert index in walk and BY_THE_INDEX not in "".join(frequent) and not any(map(scans, frequent))
    *_first, fetched = [plan for plan in rare if plan]
    assert BY_THE_INDEX in fetched and not any(map(scans, rare))
    assert is_postgresql() or index not in fetched


@pytest.mark.parametrize(("sample", "near"), [(10, 10), (100, 100)])  # by the index, along the list
def test_signs_that_stand_for_letters_are_found_by_these_letters(
    app: Flask, monkeypatch: pytest.MonkeyPatch, sample: int, near: int
) -> None:
    walks(monkeypatch, sample, near)
    letter = make_letter()
    with write():
        for number in range(30):
            make_signature(letter, organisation={5: "Acme™", 6: "𝐂𝐍𝐑𝐒"}.get(number, "Autre"))
    make_signature(letter, given_name="𝐉𝐞𝐚𝐧", organisation="Autre")
    for typed, found in (
        *product(("Acme™", "acme tm", "ACME TM"), ["Acme™"]),
        *product(("𝐂𝐍𝐑𝐒", "cnrs"), ["𝐂𝐍𝐑𝐒"]),
        *product(("𝐉𝐞𝐚𝐧", "jean"), ["Autre"]),
    ):
        assert [s.organisation for s in signatories(letter, q=typed).signatures] == [found], typed


@pytest.mark.parametrize("many", [20, 25])  # everybody is sampled, every second
def test_a_word_of_many_whom_the_beginning_of_the_list_lacks_is_not_fetched_whole(
    app: Flask, monkeypatch: pytest.MonkeyPatch, many: int
) -> None:
    letter = make_letter()
    with write():
        for number in range(60):
            name = "Autre" if number > 30 else "Rare" if number == 7 else "Motif"
            make_signature(letter, given_name="Zoé", family_name=name)
    walks(monkeypatch, 10, 20, many)
    with plans() as asked:
        page = signatories(letter, q="motif")
    assert (page.signatures, page.walked, page.number) == ([], 20, None) and page.after
    assert BY_THE_INDEX not in "".join(asked)
    assert len([s for page in read_on(letter, q="motif") for s in page.signatures]) == 30
    with plans() as asked:
        assert [s.family_name for s in signatories(letter, q="rare").signatures] == ["Rare"]
    assert BY_THE_INDEX in "".join(asked) or is_postgresql()  # which reads a few rows whole


@ON_SQLITE
@pytest.mark.parametrize("order", ORDERS)
def test_who_is_not_shown_is_not_walked_past(app: Flask, monkeypatch: pytest.MonkeyPatch, order: str) -> None:
    monkeypatch.setattr(listing, "PAGE", 2)
    letter = make_letter()
    for _ in range(5):
        make_signature(letter)
    for q in ("", WITH_PIECES[:3], TOO_SHORT[:1]):
        with plans() as found:
            assert len(read_on(letter, q=q, order=order)) == 3
        walked = [plan for plan in found if "position IS NULL" in plan.statement]
        assert walked and all(f"ix_signatures_{order}" in plan for plan in walked), (q, walked)
