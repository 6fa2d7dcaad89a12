"""Since migration 0028 PostgreSQL counts `signatures` anew after a thousand changes; going back leaves its defaults."""

import flask_migrate
import sqlalchemy as sa
from flask import Flask

from tests.migrations.filled import fill
from tribune.database import db, is_postgresql

REVISION = "0027"  # of `site_of_before`


def told() -> list[str] | None:
    """What PostgreSQL is told about this table alone; None: nothing."""
    said = db.session.scalar(sa.text("SELECT reloptions FROM pg_class WHERE relname = 'signatures'"))
    db.session.rollback()
    return said


def test_signatures_are_counted_early_until_one_goes_back(site_of_before: Flask) -> None:
    fill(REVISION)
    count = sa.text("SELECT count(*) FROM signatures")
    for move, wanted in (
        (flask_migrate.upgrade, ["autovacuum_analyze_scale_factor=0", "autovacuum_analyze_threshold=1000"]),
        (lambda: flask_migrate.downgrade(revision=REVISION), None),
    ):
        move()
        assert db.session.scalar(count) == 1
        db.session.rollback()
        assert not is_postgresql() or told() == wanted
