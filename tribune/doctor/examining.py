"""All checks of the doctor, in order."""

import sqlite3
from collections.abc import Iterator

from flask_babel import gettext as _
from sqlalchemy.exc import SQLAlchemyError

from tribune.doctor.database import check_database, who_must_write
from tribune.doctor.findings import Finding, Level
from tribune.doctor.mail import check_mail_server, check_queue
from tribune.doctor.postgresql import who_may_use
from tribune.doctor.settings import check_settings
from tribune.doctor.state import check_rows
from tribune.faults import NO_RIGHT


def examine() -> Iterator[Finding]:
    """Yield all findings, in the current language. Connects to the mail server; the database may be down."""
    yield from check_settings()
    yield from check_mail_server()
    try:
        of_the_database = list(check_database())
        yield from of_the_database
        if of_the_database[0].level is Level.OK:  # with another schema rows cannot be read
            yield from check_queue()
            yield from check_rows()
    except SQLAlchemyError as error:
        why = getattr(error, "orig", None) or type(error).__name__
        mend = _(
            "Check SQLALCHEMY_DATABASE_URI and its server: it must run, let this account in, and have connections left "
            "for it (`max_connections`; docs/deploy.md, Under load)."
        )
        if type(why) is sqlite3.DatabaseError:  # no subclass of it: the file is not a readable database
            mend = _(
                "The file is damaged. Stop the site, move the file away with its -wal and -shm, keep all three, then "
                "restore the last backup with its erasures (docs/deploy.md)."
            )
        elif isinstance(why, sqlite3.OperationalError):
            mend = who_must_write()
        elif getattr(why, "sqlstate", None) == NO_RIGHT:
            mend = who_may_use()
        yield Finding(Level.WRONG, _("Database"), " ".join(str(why).split()), mend)
