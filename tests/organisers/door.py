"""The door of the organisers: a link is asked for, mailed, opened and pressed."""

from datetime import timedelta
from urllib.parse import urlsplit

import sqlalchemy as sa

from tests.page import Reader
from tribune.database import db, now, write
from tribune.mine.answering import answer_due
from tribune.organisers.models import LogIn
from tribune.outbox.models import Message
from tribune.tokens import Link

KNOWN = "tribune_known"  # the cookie of a browser that was in


def ask(client: Reader, email: str) -> tuple[int, str | None]:
    """Ask for a link, which the mail worker posts; the answer."""
    answer = client.post("/organisers/log-in", data={**client.fields("/organisers/log-in"), "email": email})
    answer_due()
    return answer.status_code, answer.location


def mailed_links() -> list[str]:
    """The paths of the links that wait in the outbox, oldest first, signed now."""
    found = db.session.scalars(sa.select(Message).where(Message.kind == "log_in").order_by(Message.id))
    return [urlsplit(Link.restored((message.links or {})["log_in"]).url()).path for message in found]


def is_in(client: Reader) -> bool:
    return client.get("/manage/").status_code == 200


def too_long_ago() -> None:
    """Whoever is in showed who they are sixteen minutes ago."""
    with write() as session:
        session.execute(sa.update(LogIn).values(proved_at=now() - timedelta(minutes=16)))
