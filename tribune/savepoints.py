"""What is written and taken back within a transaction, as quickly as what stays."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress

import sqlalchemy as sa

from tribune.database import db, is_postgresql, run

COMMAND_OK = 1  # as libpq says that a statement which returns no rows was carried out
SAVEPOINT, FORWARD, BACK = map(
    sa.text, ("SAVEPOINT written", "RELEASE SAVEPOINT written", "ROLLBACK TO SAVEPOINT written")
)


@contextmanager
def taken_back_unless(stays: bool) -> Iterator[None]:
    """Roll back what the block writes unless it stays; in the caller's transaction.

    Either takes the same time, so that the time of an answer tells nothing.
    """
    run(SAVEPOINT)
    try:
        yield
    except BaseException:
        with suppress(Exception):  # the connection itself may be lost
            _end(BACK)
        raise
    _end(FORWARD if stays else BACK)


def _end(command: sa.TextClause) -> None:
    """Say it to PostgreSQL past psycopg, which forgets all it has prepared when it hears of a rollback.

    Taking back would then take longer than leaving, and so would the next who signs.
    """
    if is_postgresql():
        driver = db.session.info["writing"].connection.driver_connection
        if driver.pgconn.exec_(command.text.encode()).status == COMMAND_OK:
            return
    run(command)  # on PostgreSQL this raises what went wrong
