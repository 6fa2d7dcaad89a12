"""First signatories who share a line, or stand in sections: joined, parted, moved whole."""

import csv
import io
import re
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from flask import Flask

from tests.asking.again import ask
from tests.databases import ON_SQLITE
from tests.factories import make_correction, make_letter, make_signature, owner_of
from tests.page import Reader
from tests.people.first import ANA, BOB, EVE, FIRST, PAIR, called, fields, order, page_of, printed
from tests.turns import take_turns
from tribune.asking.queries import reached_by_nobody
from tribune.database import db, now, write
from tribune.letters.models import Letter
from tribune.people.adding import ListedAlready, add, add_one
from tribune.people.first import set_first, set_section, sort_by_surname
from tribune.people.order import Entry, entries, grouped, joined, moved, order_shown_as, parted, placed
from tribune.people.queries import last_change, places, printed_line, rows
from tribune.reading.people import read_people
from tribune.review.queries import open_counts
from tribune.signatures.models import Signature
from tribune.signatures.table import EXPORTED, every_row


@pytest.fixture
def letter(app: Flask) -> Letter:
    return make_letter(slug="rues", first=FIRST)


def test_a_shared_line_is_parted_and_joined_again(desk: Reader, letter: Letter) -> None:
    page = desk.get(page_of(letter, "Dan")).text
    assert "<title>Line 3 of the first signatories – Pour des rues" in page
    assert "Cléo Roi, fondateurs de Ruche" in page  # as it would read
    desk.post(page_of(letter, "Dan"), data={**fields(desk, letter), "act": "part"})
    assert printed(desk) == [ANA, BOB, "Cléo Roi, fondateurs de Ruche", "Dan Sue, fondateurs de Ruche", EVE]
    assert PAIR in desk.get(page_of(letter, "Dan")).text
    desk.post(page_of(letter, "Dan"), data={**fields(desk, letter), "act": "join"})
    assert printed(desk) == [ANA, BOB, PAIR, EVE]
    event = last_change(letter)
    assert event and (event.subject, event.signature_id) == (PAIR, called("Dan").id)


@ON_SQLITE
def test_who_is_erased_while_a_page_is_made_is_not_on_it(letter: Letter) -> None:
    ana, gone = called("Ana"), 0
    [row] = rows(letter, [Entry((gone,), ""), Entry((ana.id, gone), "")])
    assert (row.number, row.name, [line.text for line in row.printed]) == (2, ana.public_id, [ANA])


@ON_SQLITE
def test_lines_that_print_different_words_are_not_joined(desk: Reader, letter: Letter) -> None:
    for name in ("Ana", "Bob"):
        assert "Join with the line above" not in desk.get(page_of(letter, name)).text
        answer = desk.post(page_of(letter, name), data={**fields(desk, letter), "act": "join"})
        assert answer.status_code == 422 and "cannot be joined" in answer.text
    assert printed(desk) == [ANA, BOB, PAIR, EVE]
    alone = make_letter(owner_of(letter), first="Gil Roux")
    page = desk.get(page_of(alone, "Gil")).text  # though it prints like itself
    assert "Line 1 of the first signatories" in page and "Join with the line above" not in page


def test_sections_stand_whole_below_their_names_and_move_whole(desk: Reader, letter: Letter) -> None:
    for name, section in (("Ana", "Élus"), ("Dan", "Associations"), ("Ève", "Élus")):
        desk.post(page_of(letter, name), data={**fields(desk, letter), "act": "section", "section": section})
    assert printed(desk) == [BOB, ANA, EVE, PAIR]
    event = last_change(letter)
    assert event and (event.details["before"], event.details["after"]) == ("", "Élus")
    assert not set_section(letter, called("Ana"), "Élus", by=owner_of(letter))  # pressed twice
    long = {**fields(desk, letter), "act": "section", "section": "É" * 101}
    answer = desk.post(page_of(letter, "Ana"), data=long)
    assert answer.status_code == 422 and f'value="{long["section"]}"' in answer.text  # to be shortened
    assert 'aria-invalid="true"' in answer.text
    html = desk.get("/letters/rues").text
    assert re.findall(r'<h4 class="section"[^>]*>([^<]+)', html) == ["Élus", "Associations"]
    assert re.findall(r'<h3 class="section"[^>]*>([^<]+)', desk.get("/letters/rues/signatories").text) == [
        "Élus",
        "Associations",
    ]
    desk.post(f"{order(letter)}/move", data={**fields(desk, letter), "up": called("Cléo").public_id})
    assert printed(desk) == [BOB, PAIR, ANA, EVE]
    desk.post(f"{order(letter)}/undo", data=fields(desk, letter))
    assert printed(desk) == [BOB, ANA, EVE, PAIR]
    set_first(letter, called("Ana"), False, by=owner_of(letter))
    assert called("Ana").section == "Élus"


def test_sorting_keeps_the_order_of_the_sections_and_goes_by_whom_a_line_names_first(letter: Letter) -> None:
    for name, section in (("Dan", "Élus"), ("Ève", "Élus"), ("Ana", "Soutiens"), ("Bob", "Soutiens")):
        set_section(letter, called(name), section, by=owner_of(letter))
    with write():
        called("Dan").sort_key = called("Bob").sort_key
    sort_by_surname(letter, by=owner_of(letter), seen_as=order_shown_as(places(letter)))
    assert [called(name).position for name in ("Ève", "Dan", "Bob", "Ana")] == [1, 2, 3, 4]


def test_a_section_is_headed_by_the_same_print_on_the_pages_and_in_the_press_list(desk: Reader, letter: Letter) -> None:
    set_section(letter, called("Ana"), 'Les "élus": qui?', by=owner_of(letter))
    files = f"/manage/letters/{letter.id}"
    for path in ("/letters/rues", "/letters/rues/signatories", f"{files}/press.html?sections=yes"):
        headings = re.findall(r"<h[34][^>]*>([^<]+)</h", desk.get(path).text)
        assert "Les «\u00a0élus\u00a0»\u00a0: qui\u202f?" in headings, path


@ON_SQLITE
def test_whoever_leaves_a_shared_line_leaves_the_others_on_it(desk: Reader, letter: Letter) -> None:
    dan = called("Dan")
    page = f"/manage/letters/{letter.id}/signatures/{dan.public_id}"
    desk.post(f"{page}/first", data={"csrf_token": desk.fields(page)["csrf_token"], "first": "no"})
    assert printed(desk)[:4] == [ANA, BOB, "Cléo Roi, fondateurs de Ruche", EVE]
    desk.post(f"{order(letter)}/undo", data=fields(desk, letter))
    assert printed(desk) == [ANA, BOB, PAIR, EVE]


def test_who_has_no_section_stands_before_those_who_have(desk: Reader, letter: Letter) -> None:
    for name in ("Ana", "Bob", "Dan"):
        desk.post(page_of(letter, name), data={**fields(desk, letter), "act": "section", "section": "Élus"})
    typed = {"given_name": "Flo", "family_name": "Gay", "agreed": "y"}
    desk.post(f"{order(letter)}/add", data={**desk.fields(f"{order(letter)}/add"), **typed})
    assert printed(desk) == [EVE, "Flo Gay", ANA, BOB, PAIR]
    assert [called(name).position for name in ("Ève", "Flo", "Ana")] == [1, 2, 3]
    desk.post(f"{order(letter)}/move", data={**fields(desk, letter), "top": called("Ana").public_id})
    assert printed(desk) == [EVE, "Flo Gay", ANA, BOB, PAIR]


def test_a_section_named_while_somebody_becomes_a_first_signatory_stands_whole(app: Flask, letter: Letter) -> None:
    for name, section in (("Ana", "Élus"), ("Dan", "Associations")):
        set_section(letter, called(name), section, by=owner_of(letter))
    number, them = letter.id, [make_signature(letter).id for _ in range(2)]

    def act(do: Callable[..., bool], signature: int, what: Any) -> None:
        of = db.session.get_one(Letter, number)
        do(of, db.session.get_one(Signature, signature), what, by=owner_of(of))

    for pause, one in zip((1, 3), them, strict=True):  # when SQLite has written the place, and PostgreSQL
        take_turns(app, partial(act, set_first, one, True), partial(act, set_section, one, "Associations"), pause)
        stand = entries(places(db.session.get_one(Letter, number)))
        assert grouped(stand) == stand, pause


def test_people_added_together_once_there_are_sections_stand_in_the_file_where_the_page_prints_them(
    desk: Reader, letter: Letter
) -> None:
    set_section(letter, called("Ana"), "Soutiens", by=owner_of(letter))
    add(letter, read_people("Fay Ours, poète\nGus Pin").people, by=None)
    on_page = [*printed(desk)]
    assert on_page.index("Fay Ours, poète") < on_page.index("Gus Pin") < on_page.index(ANA)
    rows = list(csv.DictReader(io.StringIO(desk.get("/letters/rues/signatories.csv").text.removeprefix("\ufeff"))))
    names = [row["given_name"] for row in rows]
    assert names == ["Bob", "Cléo", "Dan", "Ève", "Fay", "Gus", "Ana"]


def test_a_line_sent_to_a_place_in_another_section_takes_no_section_along() -> None:
    lines = [Entry((n,), section) for n, section in enumerate(["", "", "A", "A", "B", "B"])]

    def after(index: int, target: int) -> list[int]:
        return [entry.people[0] for entry in grouped(placed(lines, index, target))]

    assert after(5, 0) == after(5, 3) == after(5, 4) == [0, 1, 2, 3, 5, 4]
    assert after(4, 0) == after(3, 5) == [0, 1, 2, 3, 4, 5]
    assert after(2, 5) == after(2, 3) == [0, 1, 3, 2, 4, 5]
    lines = [Entry((n,), section) for n, section in enumerate("ABC")]
    assert after(0, 2) == after(2, 0) == [0, 1, 2]


def test_a_move_goes_no_further_than_its_section_then_takes_the_section_along() -> None:
    lines = [Entry((n,), section) for n, section in enumerate(["", "", "A", "A", "B", "B"])]

    def after(index: int, how: str) -> list[int]:
        return [entry.people[0] for entry in grouped(moved(lines, index, how))]

    assert after(5, "up") == [0, 1, 2, 3, 5, 4]
    assert after(4, "up") == after(3, "down") == [0, 1, 4, 5, 2, 3]
    assert after(3, "top") == [0, 1, 3, 2, 4, 5]
    assert after(4, "top") == [0, 1, 4, 5, 2, 3]
    assert after(2, "up") == after(1, "down") == after(0, "top") == after(5, "bottom") == [0, 1, 2, 3, 4, 5]
    lines = [Entry((n,), section) for n, section in enumerate("ABC")]
    assert after(0, "up") == after(2, "down") == [0, 1, 2] and after(0, "bottom") == [1, 2, 0]
    assert after(0, "down") == [1, 0, 2] and after(2, "up") == [0, 2, 1] and after(2, "top") == [2, 0, 1]


def test_who_joins_a_line_is_in_its_section_and_parted_from_it_stays_there() -> None:
    lines = [Entry((7,), "A"), Entry((3,), "B")]
    assert joined(lines, 1) == [Entry((7, 3), "A")]
    assert parted(joined(lines, 1), 0) == [Entry((7,), "A"), Entry((3,), "A")]


def test_names_on_a_line_stand_in_its_own_order_in_files_and_where_they_are_asked_again(letter: Letter) -> None:
    cleo, dan = called("Cléo"), called("Dan")
    with write():
        cleo.line_place, dan.line_place = 1, 0
    wanted = ["Ana", "Bob", "Dan", "Cléo", "Ève"]
    assert [row.given_name for row in every_row(letter, EXPORTED["all"])] == wanted
    make_correction(letter, substance=True)
    ask(letter)
    assert [row.given_name for row in reached_by_nobody(letter).signatures] == wanted


def test_a_line_holds_those_of_its_letter_whom_readers_see(letter: Letter) -> None:
    dan, cleo = called("Dan"), called("Cléo")
    make_letter(first=FIRST)  # on the same lines of another
    assert printed_line(dan).text == PAIR
    with write():
        cleo.hidden_at = now()
    assert printed_line(dan).text == "Dan Sue, fondateurs de Ruche"


def test_somebody_added_twice_at_once_stands_once(app: Flask, letter: Letter) -> None:
    number, [flo] = letter.id, read_people("Flo Gay, juge (Metz)").people

    def press() -> None:
        of = db.session.get_one(Letter, number)
        add_one(of, flo, by=owner_of(of))

    def press_too() -> None:
        with pytest.raises(ListedAlready):
            press()

    take_turns(app, press, press_too, 1)


def test_somebody_added_under_a_name_that_already_counts_is_to_be_looked_at(desk: Reader, letter: Letter) -> None:
    page = f"{order(letter)}/add"
    for family_name, given_name, is_said in ("BLANC", "Anà", True), ("Blanche", "Ana", False):
        sent = {**desk.fields(page), "given_name": given_name, "family_name": family_name, "agreed": "y"}
        told = desk.get(desk.post(page, data=sent).location or "").text
        assert "Added after the others." in told and ("already counts" in told) == is_said
    assert open_counts(letter) == {"same_person": 1}


def test_undoing_overwrites_no_section_that_somebody_else_gave_since_to_whom_it_took_off(
    desk: Reader, letter: Letter
) -> None:
    ana, me = called("Ana"), owner_of(letter)
    set_section(letter, ana, "Élus", by=me)
    set_first(letter, ana, False, by=me)
    seen = fields(desk, letter)
    set_section(letter, ana, "Artistes", by=me)  # which the order does not show
    assert desk.post(f"{order(letter)}/undo", data=seen).status_code == 409
    assert (ana.section, ana.position) == ("Artistes", None) and "/first/undo" not in desk.get(order(letter)).text
    set_section(letter, ana, "Élus", by=me)
    desk.post(f"{order(letter)}/undo", data=seen)
    assert (ana.section, ana.position is None) == ("Élus", False)
