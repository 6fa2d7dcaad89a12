"""Forgetting by hand and by the worker: counted first, killed, at once on several machines, told in the log."""

import sqlite3
from collections.abc import Callable
from contextlib import closing

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from sqlalchemy.exc import IntegrityError, OperationalError

from tests.databases import ON_POSTGRESQL, ON_SQLITE
from tests.factories import everything, make_letter, make_signature, owner_of
from tests.page import Reader
from tests.retention.forgetful import closed, names_go, rows, told, with_a_past
from tests.shell import shell
from tests.statements import counted
from tests.threads import at_once
from tests.traces import someone
from tribune import database
from tribune.audit.actions import record
from tribune.audit.models import Verb
from tribune.database import db, now, write
from tribune.letters.life import close, publish
from tribune.letters.models import Letter
from tribune.mine.actions import withdraw
from tribune.retention import actions, forgetting, periods
from tribune.retention.actions import forget_due
from tribune.retention.queries import RULES
from tribune.signatures.counting import recount
from tribune.signatures.models import Signature
from tribune.statements import there_is


def test_a_dry_run_says_what_would_go_and_changes_nothing(app: Flask, letter: Letter) -> None:
    with_a_past(letter)
    closed(letter)
    with time_machine.travel(names_go(letter), tick=False):
        before = everything()
        code, said = shell(app, "retention", "run", "--dry-run")
        assert code == 0 and "names\t4\n" in said and everything() == before
        _code, done = shell(app, "retention", "run")
    lines = [line for line in done.splitlines() if not line.startswith("{")]
    assert "names\t4" in lines and len(lines) == len(said.splitlines()) == len(RULES)
    with time_machine.travel(names_go(letter), tick=False):
        assert {line.split("\t")[1] for line in shell(app, "retention", "run")[1].splitlines()} == {"0"}


def test_killed_half_way_it_goes_on_where_it_was(letter: Letter, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(5):
        make_signature(letter)
    closed(letter)
    done: list[int] = []

    def killed(ids: list[int]) -> None:
        if done:
            raise KeyboardInterrupt
        done.extend(ids)
        forgetting.names(ids)

    step = actions.STEPS["names"]._replace(at_once=2)
    monkeypatch.setitem(actions.STEPS, "names", step)
    with time_machine.travel(names_go(letter), tick=False):
        with monkeypatch.context() as patch:
            patch.setitem(actions.STEPS, "names", step._replace(forget=killed))
            with pytest.raises(KeyboardInterrupt):
                list(actions.run())
        left = sa.select(sa.func.count()).select_from(Signature).where(Signature.anonymised_at.is_(None))
        assert db.session.scalar(left) == 5 and told()[-1] == ("names", 2)
        assert dict(actions.run())["names"] == 5
    assert db.session.scalar(left) == 0 and told()[-1] == ("names", 5) and recount(letter) == (0, 0)


def test_letters_under_which_nothing_is_left_are_asked_about_all_at_once(letter: Letter) -> None:
    asked = []
    for one in (letter, make_letter(), make_letter()):
        make_signature(one)
        closed(one)
        with time_machine.travel(names_go(one), tick=False):
            assert dict(actions.run())["names"]
            with counted() as said:
                assert not any(dict(actions.run()).values())
        asked.append(len(said))
    assert asked[0] == asked[1] == asked[2]


@pytest.mark.parametrize("again", [False, True])
@pytest.mark.parametrize("rule", ["addresses", "names"])
def test_once_a_letter_is_opened_again_nothing_more_is_forgotten_under_it_be_it_closed_again(
    letter: Letter, monkeypatch: pytest.MonkeyPatch, rule: str, again: bool
) -> None:
    for _ in range(5):
        make_signature(letter)
    closed(letter)
    closed(make_letter())  # which stays closed
    step = actions.STEPS[rule]

    def some_and_open(ids: list[int]) -> None:
        step.forget(ids)
        publish(letter)
        if again:
            close(letter)

    monkeypatch.setitem(actions.STEPS, rule, step._replace(forget=some_and_open, at_once=2))
    with time_machine.travel(names_go(letter), tick=False):
        assert dict(actions.run())[rule] == 2
        assert letter.is_open is not again and recount(letter) == (0, 0)


@ON_SQLITE
def test_a_row_that_cannot_be_forgotten_holds_up_no_other_letter_and_no_other_rule(letter: Letter) -> None:
    other = make_letter()
    stuck, free = (make_signature(each) for each in (letter, other))
    make_signature(letter, network_hash="a network")
    number, left = stuck.id, free.id
    for signature in (stuck, free):
        withdraw(signature.id, signature.link_nonce)
    kept = f"CREATE TRIGGER kept BEFORE DELETE ON signatures WHEN old.id = {number}"
    with write() as session:
        session.execute(sa.text(f"{kept} BEGIN SELECT RAISE(ABORT, 'it stays'); END"))
    with time_machine.travel(now() + periods.WITHDRAWN, tick=False), pytest.raises(IntegrityError, match="it stays"):
        list(actions.run())
    assert not there_is(Signature.id == left) and there_is(Signature.id == number)
    assert not there_is(Signature.network_hash.is_not(None))


@ON_SQLITE
def test_where_another_program_holds_the_database_no_further_rule_waits_for_it(
    letter: Letter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "WAIT", 0.1)
    make_signature(letter, network_hash="a network")
    ran = []
    with closing(sqlite3.connect(db.engine.url.database or "", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with time_machine.travel(now() + periods.NETWORKS, tick=False), pytest.raises(database.DatabaseBusy):
            for rule, _gone in actions.run():
                ran.append(rule)
    names = [rule.name for rule in RULES]
    assert ran == names[: names.index("networks")]


@ON_POSTGRESQL
def test_once_the_database_goes_away_it_tries_nothing_more(letter: Letter) -> None:
    signature = make_signature(letter)
    withdraw(signature.id, signature.link_nonce)
    goes = "$$ BEGIN RAISE EXCEPTION 'it goes away' USING ERRCODE = 'admin_shutdown'; END $$ LANGUAGE plpgsql"
    with write() as session:
        session.execute(sa.text(f"CREATE FUNCTION goes() RETURNS trigger AS {goes}"))
        session.execute(sa.text("CREATE TRIGGER goes BEFORE DELETE ON signatures EXECUTE FUNCTION goes()"))
    done: list[str] = []
    with time_machine.travel(now() + periods.WITHDRAWN, tick=False), pytest.raises(OperationalError, match="goes away"):
        for name, _rows in actions.run():
            done.append(name)
    assert done == ["unconfirmed"]


def test_two_machines_at_once_forget_each_row_once(app: Flask, letter: Letter, monkeypatch: pytest.MonkeyPatch) -> None:
    with write():
        for _ in range(20):
            make_signature(letter)
    someone(letter, confirmed=False)
    closed(letter)
    number = letter.id
    for rule, step in actions.STEPS.items():
        monkeypatch.setitem(actions.STEPS, rule, step._replace(at_once=3))
    with time_machine.travel(names_go(letter), tick=False):
        at_once(app, [lambda: list(actions.run())] * 3)
    letter = db.session.get_one(Letter, number)
    assert sum(rows for rule, rows in told() if rule == "names") == 22
    assert sum(rows for rule, rows in told() if rule == "unconfirmed") == 1
    assert rows(Signature) == letter.confirmed_count + letter.attested_count == 22 and recount(letter) == (0, 0)


def test_the_worker_does_it_by_itself(app: Flask, letter: Letter) -> None:
    assert forget_due in [chore.do for chore in app.extensions["chores"]]
    someone(letter, confirmed=False)
    with time_machine.travel(now() + periods.UNCONFIRMED):
        forget_due()
    assert rows(Signature) == 2


@pytest.fixture
def make_rule(letter: Letter) -> Callable[[str], None]:
    def make(name: str) -> None:
        record(Verb.DATA_FORGOTTEN, team_id=letter.team_id, by=None, letter_id=letter.id, rule=name, rows=1234)

    return make


@ON_SQLITE
def test_what_each_sentence_of_the_log_says(client: Reader, letter: Letter, make_rule: Callable[[str], None]) -> None:
    client.log_in(owner_of(letter))
    for name in ("unconfirmed", "withdrawn", "addresses", "words", "names", "invited", "invitations"):
        make_rule(name)
    page = client.get(f"/manage/letters/{letter.id}/log").text
    assert page.count("comme le dit la notice") == 7 and "le site" in page
