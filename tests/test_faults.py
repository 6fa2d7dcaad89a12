"""The disk is full, or somebody holds the database: readers read on, writers are told to come back, nothing is lost."""

import os
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from sqlalchemy.exc import DatabaseError, OperationalError

from tests.conftest import new_app
from tests.databases import ON_POSTGRESQL, ON_SQLITE
from tests.factories import (
    confirm_path,
    invitation_path,
    latest_signature,
    make_invited,
    make_letter,
    make_message,
    make_signature,
    mine_path,
    owner_of,
)
from tests.page import Reader
from tests.servers.disk import fill, small_disk
from tests.shell import shell
from tribune import connections, database
from tribune.abuse import switches
from tribune.connections import scrub_journal
from tribune.database import DatabaseBusy, db, now, run, write
from tribune.faults import is_of_the_database
from tribune.outbox.claiming import LEASE
from tribune.outbox.delivery import deliver_due
from tribune.outbox.models import Message
from tribune.outbox.queries import queue
from tribune.outbox.transport import mailbox_folder
from tribune.savepoints import taken_back_unless
from tribune.signatures.counting import recount
from tribune.signatures.models import Signature
from tribune.statements import there_is

CYCLES = 3


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Path]:
    """A disk of a few megabytes."""
    with small_disk(tmp_path) as disk:
        yield disk


@pytest.fixture
def cramped(small: Path, migrated_sqlite: Path) -> Iterator[Flask]:
    """A site on that disk."""
    (small / "tribune.sqlite").write_bytes(migrated_sqlite.read_bytes())
    app = new_app(f"sqlite:///{small / 'tribune.sqlite'}", small)
    with app.app_context():
        make_letter(slug="rues")
        yield app
        db.session.remove()
        db.engine.dispose()


def test_a_full_disk_stops_who_signs_and_nobody_else(cramped: Flask, small: Path) -> None:
    client = cramped.test_client()
    assert isinstance(client, Reader)
    for cycle in range(CYCLES):
        signed = db.session.scalar(sa.select(sa.func.count()).select_from(Signature))
        db.session.remove()
        ballast = fill(small)
        answers = [client.sign("rues", email=f"full{cycle}.{n}@example.org") for n in range(30)]
        refused = [answer for answer in answers if answer.status_code != 303]
        assert {answer.status_code for answer in refused} == {503}  # the first may fit into pages that are free
        assert all(answer.headers["Retry-After"] for answer in refused)
        assert client.get("/letters/rues").status_code == client.get("/letters/rues/signatories").status_code == 200
        ballast.unlink()
        assert client.sign("rues", email=f"room{cycle}@example.org").status_code == 303
        assert client.post(confirm_path(latest_signature())).status_code == 303
        taken = len(answers) - len(refused) + 1
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Signature)) == signed + taken
    letter = latest_signature().letter
    assert recount(letter) == (0, 0) and letter.confirmed_count == CYCLES


def test_an_invitation_is_shown_though_a_full_disk_keeps_that_from_being_recorded(cramped: Flask, small: Path) -> None:
    letter = make_letter(slug="new")
    paths = [invitation_path(make_invited(letter, email=f"person{n}@example.org")) for n in range(5)]
    db.session.remove()
    fill(small)
    assert {cramped.test_client().get(path).status_code for path in paths} == {200}


def test_whoever_erases_is_told_so_though_a_full_disk_keeps_the_journal(cramped: Flask, small: Path) -> None:
    client, letter = cramped.test_client(), make_letter()
    with write():
        for _ in range(60):
            make_signature(letter)
    with db.engine.connect() as connection:  # from now on SQLite writes its journal anew in the file as it is
        connection.connection.cursor().execute("PRAGMA wal_checkpoint(RESTART)")
    with write():
        signatures = [make_signature(letter) for _ in range(30)]
    path = f"{mine_path(signatures[0])}/erase"
    ballast = fill(small)
    assert client.post(path).status_code == 303 and client.get(path).status_code == 410
    assert scrub_journal() is False
    ballast.unlink()
    assert scrub_journal() is True


def test_a_full_disk_keeps_the_mails_that_wait(cramped: Flask, small: Path) -> None:
    make_message()
    db.session.remove()
    ballast = fill(small)
    with pytest.raises((sa.exc.OperationalError, OSError)):
        while True:  # until the pages that were free are taken
            make_message()
            deliver_due()
    db.session.remove()
    ballast.unlink()
    waiting = queue().waiting
    deliver_due()
    assert waiting and queue().waiting in {0, 1}  # one may be claimed by the try that failed, until its lease ends


@ON_SQLITE
def test_a_mail_for_whose_file_there_was_no_room_is_in_one_file_once_there_is(app: Flask, small: Path) -> None:
    app.instance_path = str(small)
    make_message()
    ballast = fill(small)
    with pytest.raises(OSError, match="No space left"):
        deliver_due()
    ballast.unlink()
    with time_machine.travel(now() + LEASE):
        assert deliver_due() == 1
    assert [file.suffix for file in (small / "mailbox").iterdir()] == [".eml"]


def test_a_backup_for_which_there_is_no_room_leaves_nothing_behind(cramped: Flask, small: Path) -> None:
    make_signature(make_letter())
    fill(small)
    before = sorted(small.iterdir())
    code, said = shell(cramped, "backup", small / "site.zip")
    assert (code, said.count("\n")) == (1, 1) and "No space left on device; make room" in said
    assert sorted(small.iterdir()) == before


def hold(url: str) -> sa.Connection:
    """Another program that writes and does not end."""
    connection = sa.create_engine(url, poolclass=sa.NullPool, isolation_level="AUTOCOMMIT").connect()
    locks = "BEGIN; LOCK TABLE signatures, messages, letters IN EXCLUSIVE MODE"
    connection.exec_driver_sql("BEGIN IMMEDIATE" if connection.dialect.name == "sqlite" else locks)
    return connection


def test_a_database_that_is_held_for_long(
    make_app: Callable[..., Flask], database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "WAIT", 1)
    app = make_app()
    with app.app_context():
        letter = make_letter(slug="rues")
        pending = make_signature(letter, confirmed=False)
        link = confirm_path(pending)
        make_message()
        db.session.remove()
        client = app.test_client()
        assert isinstance(client, Reader)
        with hold(database_url):
            for answer in (client.sign("rues"), client.post(link)):
                assert (answer.status_code, answer.headers["Retry-After"]) == (503, "10")
                assert "Le site est très sollicité" in answer.text
            assert client.get("/letters/rues").status_code == client.get(link).status_code == 200
            with pytest.raises(DatabaseBusy):
                deliver_due()
        assert client.sign("rues").status_code == client.post(link).status_code == 303
        assert deliver_due() == 2
        assert recount(latest_signature().letter) == (0, 0)


@ON_SQLITE
def test_once_somebody_has_waited_in_vain_the_others_learn_it_at_once_until_it_is_free(
    make_app: Callable[..., Flask], database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "WAIT", 1)
    app = make_app()
    with app.app_context():
        make_letter(slug="rues")
        db.session.remove()
        client = app.test_client()
        assert isinstance(client, Reader)
        with hold(database_url):
            assert client.sign("rues").status_code == 503
            for seconds in ("WAIT", "IN_VAIN"):  # whoever waited that long would not end in time
                monkeypatch.setattr(database, seconds, 3600)
            assert client.sign("rues").status_code == client.sign("rues").status_code == 503
        assert client.sign("rues").status_code == 303
        assert db.session.connection().exec_driver_sql("PRAGMA busy_timeout").scalar() == 3600 * 1000


@ON_SQLITE
def test_whoever_waits_to_write_asks_again_a_moment_later(
    app: Flask, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    naps: list[float] = []
    with hold(database_url) as held:

        def nap(seconds: float) -> None:
            naps.append(seconds)
            if len(naps) == 3:
                held.exec_driver_sql("ROLLBACK")

        monkeypatch.setattr(time, "sleep", nap)
        with write():
            assert naps == [connections.NAP] * 3


@ON_SQLITE
def test_a_file_that_was_moved_or_replaced_while_the_site_runs_takes_no_writing(app: Flask) -> None:
    """What is written to it would be answered, and nobody would ever find it: the next start reads the other file."""
    make_letter(slug="rues")
    make_message()
    db.session.remove()
    client = app.test_client()
    assert isinstance(client, Reader)
    file = Path(str(db.engine.url.database))
    client.sign("rues")
    aside = file.rename(file.with_suffix(".aside"))
    assert client.sign("rues").status_code == 503
    shutil.copy(aside, file)
    assert client.sign("rues").status_code == 503 and client.get("/letters/rues").status_code == 200
    with pytest.raises(OperationalError, match="was moved or replaced"):
        deliver_due()
    aside.replace(file)
    assert client.sign("rues").status_code == 303 and deliver_due() == 3


@ON_SQLITE
def test_nobody_is_answered_and_no_mail_leaves_while_the_disk_does_not_take_the_journal(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A power cut would take back what they were told."""
    monkeypatch.setattr(switches, "KEPT", 3600)  # or they are read over a connection that makes a journal anew
    make_letter(slug="rues")
    make_message()
    db.session.remove()
    client = app.test_client()
    assert isinstance(client, Reader)
    journal = Path(f"{db.engine.url.database}-wal")
    aside = journal.rename(journal.with_suffix(".aside"))
    assert client.sign("rues").status_code == 503 and not there_is(Signature.id > 0)
    db.session.remove()  # a second connection would want a journal of its own
    journal.symlink_to(os.devnull)  # which is opened, and refuses to be synced
    assert client.sign("rues").status_code == 503
    with pytest.raises(OperationalError, match="Invalid argument"):
        deliver_due()
    assert not there_is(Message.sent_at.is_not(None)) and not list(mailbox_folder().iterdir())
    aside.replace(journal)
    assert client.sign("rues").status_code == 303


@ON_POSTGRESQL
def test_a_connection_that_is_lost_after_a_savepoint_is_told_as_lost(app: Flask) -> None:
    with pytest.raises(OperationalError), write(), taken_back_unless(True):
        number = run(sa.text("SELECT pg_backend_pid()")).scalar_one()
        with db.engine.connect() as other:
            other.execute(sa.select(sa.func.pg_terminate_backend(number)))
        run(sa.text("SELECT 1"))
    with write():
        assert run(sa.text("SELECT 1")).scalar_one() == 1


@ON_POSTGRESQL
def test_a_transaction_that_the_server_ends_because_it_was_idle_is_an_outage(app: Flask) -> None:
    with pytest.raises(DatabaseError) as ended, write():
        number = run(sa.text("SELECT pg_backend_pid()")).scalar_one()
        run(sa.text("SET LOCAL idle_in_transaction_session_timeout = 1"))
        goes_on = sa.text(f"SELECT EXISTS (SELECT FROM pg_stat_activity WHERE pid = {number})")
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as other:
            while other.execute(goes_on).scalar_one():
                pass
        run(sa.text("SELECT 1"))
    assert is_of_the_database(ended.value)
    with write():
        assert run(sa.text("SELECT 1")).scalar_one() == 1


@ON_POSTGRESQL
def test_a_file_whose_rows_cannot_be_read_is_the_page_that_says_so(
    make_app: Callable[..., Flask], database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "WAIT", 1)
    app = make_app()
    with app.app_context():
        letter, client = make_letter(), app.test_client()
        assert isinstance(client, Reader)
        client.log_in(owner_of(letter))
        file = f"/manage/letters/{letter.id}/log.csv"
        db.session.remove()
        with hold(database_url) as held:
            held.exec_driver_sql("LOCK TABLE events IN ACCESS EXCLUSIVE MODE")
            answer = client.get(file)
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "10")
        assert "Attendez quelques secondes et réessayez." in answer.text


@ON_POSTGRESQL
def test_a_server_that_takes_no_writing_any_more(app: Flask) -> None:
    """A standby; or what some hosts do when the disk of their customer is nearly full."""
    path = invitation_path(make_invited(make_letter(slug="rues")))
    make_message()
    db.session.remove()
    name = db.engine.url.database
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(sa.text(f'ALTER DATABASE "{name}" SET default_transaction_read_only = on'))
    db.engine.dispose()
    client = app.test_client()
    assert isinstance(client, Reader)
    answer = client.sign("rues")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "10")
    assert client.get("/letters/rues").status_code == client.get(path).status_code == 200
    code, said = shell(app, "organisers", "add", "alice@example.org")
    assert code == 1 and said.startswith("Error: The database fails: cannot execute INSERT in a read-only transaction.")
    assert "wrong PostgreSQL: can only be read" in shell(app, "doctor")[1]


@ON_POSTGRESQL
def test_a_server_whose_machine_is_gone_without_a_word_is_given_up(app: Flask) -> None:
    """Seen by hand, on a line that was cut: here it is only looked at what the system is asked for."""
    with db.engine.connect() as connection:
        asked = connection.connection.driver_connection.info.get_parameters()  # type: ignore[union-attr]
    assert asked["tcp_user_timeout"] == "10000" and asked["keepalives_idle"] == asked["connect_timeout"] == "10"
