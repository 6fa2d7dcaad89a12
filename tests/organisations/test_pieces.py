"""However many lines a merge prints anew, nobody waits for all; and where it stopped, it goes on or is undone."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.databases import ON_POSTGRESQL, ON_SQLITE
from tests.factories import latest_signature, make_letter, make_member, make_signature, owner_of
from tests.page import Reader
from tests.statements import listening
from tests.threads import LONG
from tests.turns import take_turns
from tribune.audit.models import Event
from tribune.database import db, write
from tribune.letters.models import Letter
from tribune.organisations import actions
from tribune.organisations.queries import count_left, merges_of
from tribune.retention import forgetting
from tribune.signatures.models import Signature
from tribune.teams.models import Role

MANY = 7
TYPED = ["Mairie", "MAIRIE", "Port", "Le Port", "Ville", "C.N.R.S."]
# Merges that go on from one another and change their end, and undoings; each may stop after its first line.
STEPS: list[tuple[str, ...]] = [
    ("mairie", "Ville"),
    ("ville", "La ville"),
    ("le port", "Port"),
    ("ville",),
    ("la ville", "port", "Le grand port"),
    ("mairie", "Mairie de Brest"),
    ("le port",),
    ("le port", "Port de Brest"),
    ("mairie",),
    ("c n r s", "CNRS"),
]


@pytest.fixture
def letter(app: Flask) -> Letter:
    letter = make_letter(slug="rues")
    for number in range(MANY):
        make_signature(letter, organisation="Mairie", as_organisation=number == 3)
    return letter


@pytest.fixture
def stops(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let each act stop after two lines."""
    monkeypatch.setattr(actions, "AT_ONCE", 2)
    monkeypatch.setattr(actions, "AT_ONE_PRESS", 0)


def rows(letter: Letter) -> list[tuple[Any, ...]]:
    db.session.rollback()
    named = "organisation printed_organisation organisation_key sort_key search_key".split()
    columns = [getattr(Signature, name) for name in named]
    merged = Signature.merge_id.is_not(None)
    query = sa.select(*columns, merged).where(Signature.letter_id == letter.id).order_by(Signature.id)
    return [tuple(row) for row in db.session.execute(query)]


def go_on(letter: Letter) -> None:
    actions.advance(letter, LONG)


def to_the_end(letter: Letter) -> None:
    while count_left(letter):
        actions.advance(letter, 0)
    actions.advance(letter, 0)


@contextmanager
def written() -> Iterator[list[int]]:
    """How many signatures each transaction of the block writes."""
    found = [0]

    def note(_connection: Any, cursor: Any, statement: str, *_more: Any) -> None:
        if statement.startswith("UPDATE signatures"):
            found[-1] += cursor.rowcount

    def end(_connection: Any) -> None:
        found.append(0)

    with listening("after_cursor_execute", note), listening("commit", end):
        yield found


def test_no_transaction_of_a_merge_or_its_undoing_writes_more_than_a_piece(
    letter: Letter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions, "AT_ONCE", 3)
    monkeypatch.setattr(actions, "AT_ONE_PRESS", LONG)
    acts: list[Callable[[], Any]] = [
        lambda: actions.merge(letter, ["mairie"], "Ville", owner_of(letter)),
        lambda: actions.merge(letter, ["ville"], "La ville", owner_of(letter)),  # and so its chain is printed anew
        lambda: actions.undo(letter, "mairie", owner_of(letter)),
    ]
    for act in acts:
        with written() as found:
            act()
        assert sum(found) >= MANY and max(found) <= 3
    assert all(printed is None for _typed, printed, *_keys in rows(letter))


def test_a_merge_that_stopped_goes_on(client: Reader, letter: Letter, stops: None) -> None:
    [made] = actions.merge(letter, ["mairie"], "Ville", owner_of(letter))
    assert [row[1] for row in rows(letter)] == ["Ville"] * 2 + [None] * 5 and count_left(letter) == 5
    client.sign("rues", organisation="mairie")
    assert latest_signature().printed_organisation == "Ville" and count_left(letter) == 5
    to_the_end(letter)
    assert {row[1] for row in rows(letter)} == {"Ville"} and merges_of(letter) == [made]


def test_a_merge_that_stopped_is_undone(letter: Letter, stops: None) -> None:
    before = rows(letter)
    actions.merge(letter, ["mairie"], "Ville", owner_of(letter))
    to_the_end(letter)
    actions.merge(letter, ["ville"], "La ville", owner_of(letter))
    actions.undo(letter, "ville", owner_of(letter))
    actions.undo(letter, "mairie", owner_of(letter))
    assert not actions.undo(letter, "mairie", owner_of(letter))
    to_the_end(letter)
    assert rows(letter) == before and merges_of(letter) == []


def test_who_signs_while_a_merge_is_being_undone_is_printed_as_typed(
    client: Reader, letter: Letter, stops: None
) -> None:
    actions.merge(letter, ["mairie"], "Ville", owner_of(letter))
    to_the_end(letter)
    actions.undo(letter, "mairie", owner_of(letter))
    assert count_left(letter) == 5
    client.sign("rues", organisation="Mairie")
    assert latest_signature().printed_organisation is None and latest_signature().merge_id is None
    [again] = actions.merge(letter, ["mairie"], "Hôtel de ville", owner_of(letter))
    to_the_end(letter)
    assert {row[1] for row in rows(letter)} == {"Hôtel de ville"} and merges_of(letter) == [again]


@ON_POSTGRESQL
def test_an_undoing_that_begins_as_another_merge_ends_is_not_forgotten(app: Flask, letter: Letter, stops: None) -> None:
    def end() -> None:
        go_on(db.session.get_one(Letter, number))

    def undo() -> None:
        there = db.session.get_one(Letter, number)
        actions.undo(there, "mairie", owner_of(there))

    number, before = letter.id, rows(letter)
    actions.merge(letter, ["mairie"], "Ville", owner_of(letter))
    to_the_end(letter)
    for _line in range(3):
        make_signature(letter, organisation="Port")
    actions.merge(letter, ["port"], "Le port", owner_of(letter))
    assert take_turns(app, end, undo, 1)
    letter = db.session.get_one(Letter, number)
    assert count_left(letter) == MANY - 2
    to_the_end(letter)
    assert rows(letter)[:MANY] == before


@pytest.mark.parametrize("finish", [go_on, lambda letter: None])
def test_lines_end_the_same_however_often_merges_stopped(
    app: Flask, monkeypatch: pytest.MonkeyPatch, finish: Callable[[Letter], None]
) -> None:
    monkeypatch.setattr(actions, "AT_ONCE", 1)
    at_once, stopping = make_letter(), make_letter()
    for letter in (at_once, stopping):
        for name in TYPED * 2:
            make_signature(letter, given_name="Zoé", family_name="Évrard", organisation=name)
    for keys in STEPS:
        for letter, seconds in ((at_once, LONG), (stopping, 0)):
            monkeypatch.setattr(actions, "AT_ONE_PRESS", seconds)
            if len(keys) == 1:
                assert actions.undo(letter, keys[0], owner_of(letter))
            else:
                actions.merge(letter, keys[:-1], keys[-1], owner_of(letter))
        finish(stopping)
    assert count_left(at_once) == 0
    to_the_end(stopping)
    assert rows(stopping) == rows(at_once)
    for name in ("VILLE", "Cnrs"):  # which changes capitals alone
        actions.merge(at_once, [name.lower()], name, owner_of(at_once))
        actions.merge(stopping, [name.lower()], name, owner_of(stopping))
    to_the_end(at_once)
    to_the_end(stopping)
    assert rows(stopping) == rows(at_once) and {"VILLE", "Cnrs"} < {row[1] for row in rows(stopping)}
    leads = [sorted((merge.from_key, merge.into) for merge in merges_of(letter)) for letter in (at_once, stopping)]
    assert leads[0] == leads[1] and all(into for _key, into in leads[0])


@ON_SQLITE
def test_a_long_merge_shows_how_far_it_came_and_goes_on_in_the_browser(
    client: Reader, letter: Letter, stops: None
) -> None:
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    client.log_in(owner_of(letter))
    page = f"/manage/letters/{letter.id}/organisations"
    data = {**client.fields(f"{page}/merge?key=mairie"), "key": "mairie", "into": "Ville"}
    answer = client.post(f"{page}/merge", data=data)
    assert (answer.status_code, answer.location) == (303, f"{page}/under-way?of=5")
    under_way = client.get(answer.location).text
    assert "0 of 5 done" in under_way and "itself.js" in under_way
    assert "5 lines are not yet printed as they should be" in client.get(page).text
    answer = client.post(f"{page}/advance?of=5", data={"csrf_token": client.fields(page)["csrf_token"]})
    assert answer.location == f"{page}/under-way?of=5"
    assert '<progress id="progress" value="2" max="5">' in client.get(answer.location).text
    for _piece in range(2):
        answer = client.post(f"{page}/advance?of=5", data={"csrf_token": client.fields(page)["csrf_token"]})
    assert answer.location == page and count_left(letter) == 0
    done = client.get(page).text
    assert "Every line is printed as you chose" in done and "not yet printed" not in done
    assert client.get(f"{page}/under-way?of=5").location == page
    events = db.session.scalars(sa.select(Event.verb).where(Event.letter_id == letter.id)).all()
    assert events.count("organisations_merged") == 1


@ON_SQLITE
def test_an_undoing_too_shows_how_far_it_came(client: Reader, letter: Letter, stops: None) -> None:
    actions.merge(letter, ["mairie"], "Ville", owner_of(letter))
    to_the_end(letter)
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    client.log_in(owner_of(letter))
    page = f"/manage/letters/{letter.id}/organisations"
    data = {"csrf_token": client.fields(page)["csrf_token"], "key": "mairie", "into": "Ville"}
    assert client.post(f"{page}/undo", data=data).location == f"{page}/under-way?of=5"
    under_way = client.get(page).text
    assert "is printed as" not in under_way and "5 lines are not yet printed as they should be" in under_way
    assert client.get(f"{page}/under-way?of=x").status_code == 200


@ON_SQLITE
def test_a_viewer_is_told_that_a_merge_has_stopped(client: Reader, letter: Letter, stops: None) -> None:
    actions.merge(letter, ["mairie"], "Ville", owner_of(letter))
    client.log_in(make_member(letter, Role.VIEWER))
    page = f"/manage/letters/{letter.id}/organisations"
    for address in (page, f"{page}/under-way"):
        text = client.get(address, headers={"Accept-Language": "en"}).text
        assert "not yet printed" in text or "0 of 5 done" in text
        assert "/advance" not in text and "itself.js" not in text


def test_the_same_merge_asked_twice_is_written_down_once(letter: Letter, stops: None) -> None:
    for _press in range(2):
        actions.merge(letter, ["mairie"], "Ville", owner_of(letter))
    assert count_left(letter) == MANY - 4 and len(merges_of(letter)) == 1
    assert len(db.session.scalars(sa.select(Event).where(Event.verb == "organisations_merged")).all()) == 1


def test_a_letter_whose_merges_were_forgotten_has_nothing_left_to_print(letter: Letter, stops: None) -> None:
    actions.merge(letter, ["mairie"], "Ville", owner_of(letter))
    with write():
        forgetting.words([letter.id])
    assert merges_of(letter) == [] and count_left(letter) == 0
    actions.advance(letter, LONG)
    assert [row[1] for row in rows(letter)] == ["Ville"] * 2 + [None] * (MANY - 2)
