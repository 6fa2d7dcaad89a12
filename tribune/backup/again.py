"""Applies again, in a restored site, what people decided since the backup, and writes it in its log.

A later restore, and signing again at the same place, need those lines of the log.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from tribune.audit.models import Event, Verb
from tribune.backup.database import as_session
from tribune.backup.erasing import drop_mails
from tribune.letters.models import Version
from tribune.mine.actions import standing_place
from tribune.moderation.counting import drop_questions
from tribune.moderation.mails import drop_shown, drop_standing
from tribune.outbox.models import Message
from tribune.signatures.actions import mark
from tribune.signatures.agreement import has_to_agree
from tribune.signatures.models import Flag, Signature
from tribune.signatures.recording import own_line
from tribune.statements import there_is

S = Signature


def withdraw(connection: sa.Connection, left: Mapping[str, datetime]) -> int:
    """Withdraw signatures, by public id and moment, as `mine/actions.py` does; return how many were withdrawn."""
    with as_session(connection) as session:
        here = sa.select(S).where(S.public_id.in_(left), S.withdrawn_at.is_(None)).order_by(S.id)
        rows = session.scalars(here).all()
        for row in rows:  # recorded before any is withdrawn: some share a line
            _tell(session, row, Verb.SIGNATURE_WITHDRAWN, left[row.public_id], **standing_place(row))
            drop_questions(row.letter, S.id == row.id)
            drop_standing(row.letter_id, [row.id])
        for row in rows:
            moment = left[row.public_id]
            row.withdrawn_at, row.counted_at, row.position = moment, None, None
            if not row.is_vouched_for:  # confirmed only since the backup: else asked to once more, and then counted
                row.confirmed_at = moment
                mark(Version.frozen_at, row.letter, row.letter_version)
                drop_mails(connection, Message.mailbox_key == row.mailbox_key, Message.about == row.letter_id)
            flags = sa.update(Flag).where(Flag.signature_id == row.id, Flag.cleared_at.is_(None))
            session.execute(flags.values(cleared_at=moment))  # by this moment signing again restores them
    return len(rows)


def disagree(connection: sa.Connection, declined: Mapping[str, datetime]) -> int:
    """Decline a changed text again, by public id and moment, as `asking/actions.py` does, for those who wait to agree.

    Return how many did. Who counts in the backup was asked after it: they are asked again, if the text still changes.
    """
    said_no = 0
    with as_session(connection) as session:
        here = sa.select(S).where(S.public_id.in_(declined), S.disagreed_at.is_(None)).order_by(S.id)
        for row in filter(has_to_agree, session.scalars(here).all()):
            later = Version.asks_again & (Version.created_at > declined[row.public_id])
            if there_is(Version.letter_id == row.letter_id, later):  # of a living site: they declined another text
                continue
            row.disagreed_at = declined[row.public_id]
            drop_questions(row.letter, S.id == row.id)
            mark(Version.signed_at, row.letter, row.letter.version_number)
            said_no += 1
    return said_no


def refuse(connection: sa.Connection, consent: str, refused: Mapping[str, datetime]) -> int:
    """Take back the consent, "published" or "news", of signatures, by public id and moment; return how many had it."""
    with as_session(connection) as session:
        here = sa.select(S).where(S.public_id.in_(refused), getattr(S, consent).is_(True)).order_by(S.id)
        rows = session.scalars(here).all()
        for row in rows:
            setattr(row, consent, False)
            if consent == "published":
                drop_shown(row.letter_id, [row.id])
            _tell(session, row, Verb.CONSENT_CHANGED, refused[row.public_id], what=consent, to=False)
    return len(rows)


def _tell(session: Session, row: Signature, verb: Verb, at: datetime, **details: Any) -> None:
    under = {"team_id": row.letter.team_id, "letter_id": row.letter_id, "signature_id": row.id}
    session.add(Event(at=at, verb=verb, subject=own_line(row), details=details, **under))
