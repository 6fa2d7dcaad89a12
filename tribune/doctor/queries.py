"""The state of the site, from the database only, so that every process and machine answers the same."""

from datetime import datetime, timedelta
from typing import NamedTuple

import sqlalchemy as sa

from tribune.database import db, hour_of, is_postgresql, now
from tribune.letters.models import Letter
from tribune.outbox.chores import failing
from tribune.outbox.queries import age_of_the_oldest, lateness, to_leave
from tribune.signatures.models import Signature, Tally
from tribune.signatures.table import STATUSES

HOURS = 6


class State(NamedTuple):
    """What waits or fails, and the size of the database."""

    mails_waiting: int
    oldest_mail_seconds: int
    late_mail_seconds: int
    signatures_pending: int
    chores_failing: int
    database_bytes: int


class Hour(NamedTuple):
    """What happened on the whole site in the hour from `begin`; `minutes`: how much of it has passed."""

    begin: datetime
    signed: int
    confirmed: int
    minutes: float


def state() -> State:
    """Return what waits and fails now."""
    pending = sa.select(sa.func.count()).select_from(Signature).where(STATUSES["pending"])
    size = "SELECT pg_database_size(current_database())"
    if not is_postgresql():
        size = "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size"
    signatures, total = (db.session.scalar(query) or 0 for query in (pending, sa.text(size)))
    return State(to_leave(), age_of_the_oldest(), int(lateness().total_seconds()), signatures, len(failing()), total)


def hours() -> list[Hour]:
    """Return the latest HOURS hours, the present one first."""
    moment = now()
    begins = [hour_of(moment) - timedelta(hours=back) for back in range(HOURS)]
    summed = (
        sa.select(Tally.hour, sa.func.sum(Tally.signed), sa.func.sum(Tally.confirmed))
        .join(Letter, Letter.id == Tally.letter_id)  # the key of a tally begins with its letter
        .where(Letter.published_at.is_not(None), Tally.hour.in_(begins))
        .group_by(Tally.hour)
    )
    found = {hour: (signed, confirmed) for hour, signed, confirmed in db.session.execute(summed)}
    so_far = max(1.0, (moment - begins[0]).total_seconds() / 60)
    return [Hour(at, *found.get(at, (0, 0)), so_far if at == begins[0] else 60) for at in begins]


def database_version() -> dict[str, str]:
    """Return the version of the database, as it says it, by its name."""
    name, query = ("PostgreSQL", "SHOW server_version") if is_postgresql() else ("SQLite", "SELECT sqlite_version()")
    return {name: str(db.session.scalar(sa.text(query))).partition(" ")[0]}
