"""Everything the doctor looks at, in order."""

from collections.abc import Iterator

from sqlalchemy.exc import SQLAlchemyError

from tribune.doctor.database import SCHEMA, check_database
from tribune.doctor.findings import Finding, Level
from tribune.doctor.mail import check_mail_server, check_queue
from tribune.doctor.settings import check_settings
from tribune.doctor.state import check_rows


def examine() -> Iterator[Finding]:
    """What is found, of a site whose database may be away. Greets the mail server, and counts all rows."""
    yield from check_settings()
    yield from check_mail_server()
    try:
        of_the_database = list(check_database())
        yield from of_the_database
        if all(finding.level is Level.OK for finding in of_the_database if finding.what == SCHEMA):
            yield from check_queue()
            yield from check_rows()
    except SQLAlchemyError as error:
        why = getattr(error, "orig", None) or type(error).__name__
        yield Finding(
            Level.WRONG, "Database", " ".join(str(why).split()), "Check SQLALCHEMY_DATABASE_URI and its server."
        )
