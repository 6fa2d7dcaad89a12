"""Several machines are updated without stopping: whoever writes at that moment and the migration end in no deadlock."""

import time
from concurrent.futures import ThreadPoolExecutor

import flask_migrate
import pytest
import sqlalchemy as sa
from flask import Flask

from tests.migrations.filled import REVISIONS
from tests.threads import LONG
from tribune.database import db
from tribune.schema import revision_of

REVISION = "0009"  # of `site_of_before`
BLOCKED = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"


@pytest.mark.parametrize("ready", ["postgresql"], indirect=True)
@pytest.mark.parametrize(("first", "then"), [("letters", "signatures"), ("signatures", "letters")])
def test_who_has_begun_to_write_goes_on_and_the_migration_begins_again(
    site_of_before: Flask, first: str, then: str
) -> None:
    def upgrade() -> None:
        with site_of_before.app_context():
            flask_migrate.upgrade()

    with ThreadPoolExecutor(1) as threads:
        with db.engine.begin() as one, db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as other:
            one.execute(sa.text(f"UPDATE {first} SET id = id"))
            done = threads.submit(upgrade)
            deadline = time.monotonic() + LONG
            while not other.scalar(sa.text(BLOCKED)):
                assert time.monotonic() < deadline and not done.done()
                time.sleep(0.01)
            one.execute(sa.text(f"UPDATE {then} SET id = id"))
        done.result(LONG)
    with db.engine.connect() as connection:
        assert revision_of(connection) == REVISIONS[-1]
