"""What the tests of the desk share: what is read on it, how many signed in an hour, how the database answers it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from tests.page import Reader
from tests.statements import listening
from tribune.database import db, hour_of, now, write
from tribune.letters.models import Letter
from tribune.outbox.models import MailTally
from tribune.signatures.models import Tally


def read(browser: Reader, letter: Letter, asked: str = "?lang=en") -> str:
    """The desk, as HTML."""
    answer = browser.get(f"/manage/letters/{letter.id}{asked}")
    assert answer.status_code == 200
    return answer.text


def tally(letter: Letter, hours_ago: float, **counts: int) -> None:
    """So many of each in the hour that was then."""
    hour = hour_of(now() - timedelta(hours=hours_ago))
    mails = {name: counts.pop(name) for name in ("sent", "gave_up") if name in counts}
    with write() as session:
        session.add(Tally(letter_id=letter.id, hour=hour, **counts))
        session.add(MailTally(about=letter.id, hour=hour, **mails))


def plans(ask: Callable[[], object]) -> str:
    """How the database answers what is asked, were its tables large."""
    asked: list[str] = []
    explain = "EXPLAIN " if db.engine.dialect.name == "postgresql" else "EXPLAIN QUERY PLAN "
    if explain == "EXPLAIN ":
        db.session.execute(sa.text("SET enable_seqscan = off"))

    def explained(
        connection: sa.Connection, _cursor: Any, statement: str, values: Any, _context: Any, _many: bool
    ) -> None:
        if not statement.startswith(explain) and "SELECT" in statement:
            asked.extend(str(row) for row in connection.exec_driver_sql(explain + statement, values))

    with listening("before_cursor_execute", explained):
        ask()
    return "\n".join(asked)
