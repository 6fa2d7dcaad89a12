"""Mails of ours that a server returns, and how many of them are counted against a mailbox."""

import sqlalchemy as sa

from tribune.database import db, now, write
from tribune.outbox.actions import Budget, post
from tribune.outbox.composing import Composed
from tribune.outbox.mailboxes import mailbox_key
from tribune.outbox.models import Mailbox, Message

ZOE = "zoe@example.org"
DRAFT = Composed("Un sujet", "Un texte.\n", "<p>Un texte.</p>", "fr")
REPORT = """From: MAILER-DAEMON@mx.example.org
To: tribune@localhost
Subject: Undelivered Mail Returned to Sender
Message-ID: <0123456789abcdef0123456789abcdef@localhost>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="=b"

--=b
Content-Type: text/plain

This is the mail system at host mx.example.org.

--=b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.org

Final-Recipient: rfc822; {to}
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 {status} No such user

--=b
Content-Type: {returned}

From: tribune@localhost
Message-ID: {number}
Subject: Un sujet

--=b--
"""


def report(number: str, status: str = "5.1.1", action: str = "failed", to: str = ZOE, returned: str = "") -> bytes:
    """What a server writes of a mail that it gives up."""
    kind = returned or "message/rfc822"
    return REPORT.format(number=number, status=status, action=action, to=to, returned=kind).encode()


def left(to: str = ZOE, about: int | None = None) -> Message:
    """A mail that has left."""
    with write() as session:
        assert post("example", to, DRAFT, {}, Budget("report", ()), about=about)
        message = session.scalars(sa.select(Message).order_by(Message.id.desc()).limit(1)).one()
        message.sent_at, message.recipient = now(), None
    return message


def bounces(to: str = ZOE) -> int:
    db.session.rollback()
    return db.session.scalar(sa.select(Mailbox.hard_bounces).where(Mailbox.key == mailbox_key(to))) or 0
