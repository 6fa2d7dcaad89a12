"""Who reads begins no transaction on PostgreSQL; who changes something does so within `write()`."""

from contextlib import ExitStack
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.conftest import new_app
from tests.databases import ON_POSTGRESQL, ON_SQLITE
from tests.factories import make_letter, make_signature
from tests.page import Reader
from tribune.database import db, reading, run, write
from tribune.letters.models import Letter
from tribune.outbox.actions import lock_mailbox
from tribune.outbox.models import Mailbox
from tribune.savepoints import taken_back_unless
from tribune.statements import there_is

PREPARED = sa.text("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%signatures.sort_key%'")


@ON_POSTGRESQL
def test_a_statement_that_pages_repeat_stays_prepared(app: Flask, client: Reader) -> None:
    path = f"/letters/{make_signature(make_letter()).letter.slug}/signatories?order=surname"
    for number in range(20):
        client.get(f"{path}&n={number}")
    with ExitStack() as stack:
        everybody = [stack.enter_context(reading().connect()) for _ in range(max(1, reading().pool.checkedin()))]
        assert sum(connection.scalar(PREPARED) or 0 for connection in everybody)


@ON_POSTGRESQL
def test_a_signature_that_is_taken_back_leaves_statements_prepared(app: Flask) -> None:
    """Else whoever signs next waits longer, and the time of an answer tells that somebody counts already."""
    asked = "SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%of everybody%'"
    with write():
        for _ in range(7):
            run(sa.text('SELECT 1 AS "of everybody"'))
        with taken_back_unless(False):
            lock_mailbox("a key")
        assert run(sa.text(asked)).scalar_one() == 1
    assert not there_is(Mailbox.key == "a key")


@ON_POSTGRESQL
def test_a_page_being_made_holds_no_transaction(app: Flask) -> None:
    assert db.session.scalar(sa.select(Letter.id)) is None
    held = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in%'"
    with db.engine.connect() as another:
        assert another.scalar(sa.text(held)) == 0


@ON_SQLITE
def test_only_write_leaves_it_to_later_to_wait_for_the_disk(app: Flask) -> None:
    """It waits once the lock is free (`tests/test_durable.py`); a migration or a restore does not come by there."""
    with write():
        connection = db.session.info["writing"].connection.driver_connection
        assert connection.execute("PRAGMA synchronous").fetchone() == (1,)
    assert connection.execute("PRAGMA synchronous").fetchone() == (2,)


def test_where_files_share_no_memory_sqlite_has_no_journal_of_its_own_and_waits_for_the_disk_itself(
    tmp_path: Path,
) -> None:
    app = new_app(f"sqlite:///file:{tmp_path}/new.sqlite?vfs=unix-dotfile&uri=true", tmp_path)
    with app.app_context():
        with write():
            assert run(sa.text("PRAGMA journal_mode")).scalar_one() == "delete"
            assert run(sa.text("PRAGMA synchronous")).scalar_one() == 2
        db.engine.dispose()


def test_a_page_that_changes_something_outside_write_fails(app: Flask) -> None:
    number = make_letter(title="Jouer").id
    with app.test_request_context("/"):
        db.session.get_one(Letter, number).revision += 1
        with pytest.raises(RuntimeError, match="write"):
            db.session.flush()
        db.session.rollback()
    before = db.session.scalar(sa.select(Letter.revision))
    assert before == db.session.get_one(Letter, number).revision
