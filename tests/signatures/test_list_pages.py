"""The pages of the list: a hundred people each, everybody exactly once, and no rubbish in their addresses."""

import base64
import json
import re
from html import unescape
from string import ascii_lowercase
from typing import Any

import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.databases import ON_SQLITE
from tests.factories import make_letter, make_signature
from tests.page import Reader, hidden_fields, listed
from tribune.database import db, now, write
from tribune.demo.people import fill
from tribune.letters.models import Letter
from tribune.signatures.models import Signature

PATH = "/letters/rues/signatories"
ORDERS = ["recent", "surname"]
MANY = 230


def pages(client: Reader, path: str) -> list[str]:
    """Every page, by its link to the next."""
    read = [client.get(path).text]
    while link := re.search(r'<a rel="next" href="([^"]+)"', read[-1]):
        read.append(client.get(unescape(link[1])).text)
        assert "Première page" in read[-1]
    return read


def ids(html: str) -> list[str]:
    return re.findall(r'\bid="s-([\w-]+)"', html)


def everybody() -> list[str]:
    return sorted(db.session.scalars(sa.select(Signature.public_id)))


def people(how_many: int) -> list[str]:
    """As many names, all different."""
    return [f"Anne M{first}{second}" for first in ascii_lowercase for second in ascii_lowercase][:how_many]


def letter_with_many(**given: Any) -> Letter:
    letter = make_letter(slug="rues", **given)
    list(fill(letter, MANY))
    return letter


def make_alike(**values: Any) -> None:
    """Give two people of three the same place in every order."""
    db.session.execute(sa.update(Signature).where(Signature.id % 3 > 0, Signature.position.is_(None)).values(values))
    db.session.commit()


def test_everybody_is_on_one_page_once(client: Reader) -> None:
    letter_with_many()
    make_alike(counted_at=now(), sort_key="martin")
    for order in ORDERS:
        read = pages(client, f"{PATH}?order={order}")
        assert [len(ids(page)) for page in read] == [100, 100, 30]
        assert sorted(public_id for page in read for public_id in ids(page)) == everybody()


def test_first_signatories_fill_pages_like_everybody_else(client: Reader) -> None:
    letter = letter_with_many(first="\n".join(people(99)))
    first = 99
    for more in (0, 1, 1, 104):
        with write():
            for position in range(first + 1, first + more + 1):
                make_signature(letter, position=position)
        first += more
        for order in ORDERS:
            read = pages(client, f"{PATH}?order={order}")
            assert {len(ids(page)) for page in read[:-1]} == {100}, (first, order)
            assert sorted(public_id for page in read for public_id in ids(page)) == everybody(), (first, order)


def test_a_couple_is_not_parted_by_the_end_of_a_page(client: Reader) -> None:
    letter = make_letter(slug="rues", first="\n".join(people(99)))
    for _ in range(2):
        make_signature(letter, position=100, given_name="Léa", family_name="Roux", role="fondateurs")
    make_signature(letter, position=101, given_name="Bruno", family_name="Humbert")
    first, second = pages(client, PATH)
    assert len(ids(first)) == 99
    assert listed(second) == ["Léa Roux et Léa Roux, fondateurs", "Bruno Humbert"]


def test_the_end_of_a_page_within_a_line_parts_it_in_its_own_order(client: Reader) -> None:
    letter = make_letter(slug="rues")
    ranks = [number % 7 for number in range(250)]
    with write():
        made = [make_signature(letter, position=1, line_place=place).public_id for place in ranks]
    stand = [public_id for _place, public_id in sorted(zip(ranks, made, strict=True), key=lambda pair: pair[0])]
    assert [public_id for page in pages(client, PATH) for public_id in ids(page)] == stand


def test_a_link_to_a_next_page_of_before_lines_had_an_order_goes_on(client: Reader) -> None:
    letter = make_letter(slug="rues")
    lines = [divmod(number, 40) for number in range(120)]
    with write():
        made = [make_signature(letter, position=1 + line, line_place=place).public_id for line, place in lines]
    last = db.session.query(Signature).filter_by(public_id=made[79]).one()
    assert ids(client.get(f"{PATH}?after={cursor('first', 2, last.id)}").text) == made[80:]


def test_a_line_longer_than_a_page_goes_on_over_the_next(client: Reader) -> None:
    make_letter(slug="rues", first=" ; ".join(people(150)))
    read = pages(client, PATH)
    assert sorted(public_id for page in read for public_id in ids(page)) == everybody()
    assert len(everybody()) == 150


def test_the_next_page_keeps_order_search_and_language(client: Reader) -> None:
    letter_with_many()
    first = client.get(f"{PATH}?order=surname&q=e&organisation=cnrs&lang=en").text
    kept = {"lang": "en", "organisation": "cnrs", "order": "surname"}  # by the form that searches
    assert "Signatories" in first and dict(hidden_fields(first)) == kept
    db.session.execute(sa.update(Signature).values(organisation_key="cnrs", search_key="e"))
    for rest, elsewhere in enumerate(({"organisation_key": "ens"}, {"search_key": "x"})):
        db.session.execute(sa.update(Signature).where(Signature.id % 8 == rest).values(elsewhere))
    db.session.commit()
    read = pages(client, f"{PATH}?order=surname&q=e&organisation=cnrs&lang=fr")
    theirs = sorted(db.session.scalars(sa.select(Signature.public_id).where(Signature.id % 8 > 1)))
    assert len(read) == 2 and sorted(public_id for page in read for public_id in ids(page)) == theirs


def test_only_the_link_to_the_next_page_goes_on(client: Reader) -> None:
    letter_with_many()
    for order in ORDERS:
        read = pages(client, f"{PATH}?order={order}")
        assert [page.count("after=") for page in read] == [1, 1, 0]
        assert f'href="{PATH}?order={order}&amp;lang=en"' in read[-1]


def test_who_signs_meanwhile_pushes_nobody_out_of_the_pages_that_follow(client: Reader) -> None:
    letter = letter_with_many()
    before = everybody()
    first = client.get(PATH).text
    make_signature(letter)
    link = re.search(r'<a rel="next" href="([^"]+)"', first)
    assert link
    rest = pages(client, unescape(link[1]))
    assert sorted([*ids(first), *(public_id for page in rest for public_id in ids(page))]) == before


def cursor(*values: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")


RUBBISH = [
    "x",
    "é",
    "====",
    "AAAA",
    "[" * 5000,
    cursor(),
    cursor("first"),
    cursor("first", True, 1),
    cursor("first", 1, True),
    cursor("first", 2**31, 1),
    cursor("first", 1, 2**63),
    cursor("first", -(2**63), 1),
    cursor("first", 1, 2**31, 1),
    cursor("first", 1, 1, 2**63),
    cursor("first", 1, 1, 1, 1),
    cursor("first", 1, "1", 1),
    cursor("first", "1", 1),
    cursor("first", 1.5, 1),
    cursor("others", "x"),
    cursor("others", "x", True),
    cursor("others", "x", 2**63),
    cursor("others", "x\0", 1),
    cursor("others", "\ud800", 1),
    cursor("others", None, 1),
    cursor("others", [["x"]], 1),
    cursor({"others": 1}),
    cursor("others", ">>>", 1).replace("-", "+"),
    cursor("others", "???", 1).replace("_", "/"),
]
NO_MOMENTS = ["x", "2026", "0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", "2026-13-01"]


@ON_SQLITE
def test_rubbish_in_the_address_of_a_page_is_refused(client: Reader) -> None:
    make_letter(slug="rues", first="Léa Martin")
    for order in ORDERS:
        for after in RUBBISH:
            answer = client.get(PATH, query_string={"order": order, "after": after})
            assert answer.status_code == 400, (order, after)
            assert "première page" in answer.text
    for moment in NO_MOMENTS:
        assert client.get(PATH, query_string={"after": cursor("others", moment, 1)}).status_code == 400, moment


FEW = settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
VALUES = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.datetimes().map(str)


@FEW
@given(
    segment=st.sampled_from(["first", "others", ""]),
    values=st.lists(VALUES, max_size=3),
    order=st.sampled_from(ORDERS),
)
def test_no_cursor_breaks_the_page(client: Reader, segment: str, values: list[Any], order: str) -> None:
    if not db.session.query(Letter).count():
        make_letter(slug="rues", first="Léa Martin")
    answer = client.get(PATH, query_string={"order": order, "after": cursor(segment, *values)})
    assert answer.status_code in {200, 400}


def test_organisations_of_several_people_narrow_the_list(client: Reader) -> None:
    letter = make_letter(slug="rues")
    for number, organisation in enumerate(["", "", "CNRS", "CNRS", "CNRS", "L’Œuvre & Cie", "L’Œuvre & Cie", "Seule"]):
        make_signature(letter, family_name=f"Roux {number}", organisation=organisation)
    page = client.get(PATH).text
    offered = re.search(r'<nav class="orders" aria-label="Par organisation">(.*?)</nav>', page, re.DOTALL)
    assert offered is not None
    links = re.findall(r'href="([^"]+)" lang="fr">([^<]+)<', offered[1])
    assert [unescape(name) for _, name in links] == ["CNRS", "L’Œuvre & Cie"]
    for (address, _), many in zip(links, (3, 2), strict=True):
        narrowed = client.get(unescape(address)).text
        assert len(ids(narrowed)) == many and "Par organisation" not in narrowed and "Montrer tout le monde" in narrowed


@ON_SQLITE
def test_the_four_most_frequent_are_offered_however_many_give_none(client: Reader) -> None:
    letter = make_letter(slug="rues")
    with write():
        for many, organisation in enumerate(["Deux", "Trois", "Quatre", "Cinq", "Six", ""], 2):
            for _ in range(many):
                make_signature(letter, organisation=organisation)
    links = re.findall(r'\borganisation=[^"]+" lang="fr">([^<]+)<', client.get(PATH).text)
    assert links == ["Six", "Cinq", "Quatre", "Trois"]


@ON_SQLITE
def test_a_list_without_surnames_tells_no_organisation(client: Reader) -> None:
    letter = make_letter(slug="rues", public_list="initials")
    for number in range(2):
        make_signature(letter, family_name=f"Roux {number}", organisation="CNRS")
    assert "CNRS" not in client.get(PATH).text
