"""Changing rows together with the letter's two numbers, in the caller's transaction."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from tribune.database import db
from tribune.letters.models import Letter, Version
from tribune.letters.queries import asking_number, earlier_words
from tribune.moderation.asked import asking_batches
from tribune.moderation.models import Batch, BatchRow
from tribune.outbox.models import Message
from tribune.outbox.unsent import drop_waiting, lock_mailboxes
from tribune.signatures.agreement import DECLINED
from tribune.signatures.counting import count_more
from tribune.signatures.mails import QUESTIONS
from tribune.signatures.models import Signature
from tribune.statements import UNREAD, bytewise

S = Signature


def locked(*conditions: sa.ColumnElement[bool]) -> list[int]:
    """Lock these rows until the transaction ends, by ascending id, so that no two deadlock; return their ids."""
    return list(db.session.scalars(sa.select(S.id).where(*conditions).order_by(S.id).with_for_update()))


def by_mailbox(*which: sa.ColumnElement[bool]) -> Sequence[Signature]:
    """Lock the mailboxes of these signatures that have a row, and return the signatures in that order, to be mailed."""
    lock_mailboxes(sa.select(S.mailbox_key).where(*which))
    return db.session.scalars(sa.select(S).where(*which).order_by(bytewise(S.mailbox_key))).all()


def change(letter_id: int, ids: list[int], new: dict[str, Any]) -> None:
    """Update the rows, and the letter's two numbers by exactly what that changes."""
    before = _counted(ids)
    db.session.execute(sa.update(S).where(S.id.in_(ids)).values(new), execution_options=UNREAD)
    confirmed, attested = (after - were for after, were in zip(_counted(ids), before, strict=True))
    count_more(letter_id, confirmed=confirmed, attested=attested)


def _counted(ids: list[int]) -> tuple[int, int]:
    """Return how many of these count as confirmed, and how many as attested."""
    query = sa.select(sa.func.count(S.confirmed_at), sa.func.count()).where(S.id.in_(ids), S.counted_at.is_not(None))
    confirmed, everybody = db.session.execute(query).one()
    return confirmed, everybody - confirmed


def counts_since(letter: Letter, before: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
    """Return the moment from which a released signature counts, or NULL if its owner has to agree first, or declined.

    `before`: since when it counted before it was held. Until a batch asks people to agree, those have to who did not
    count before though they had confirmed, and those who confirmed after the change: their page has told them.
    """
    theirs = sa.func.coalesce(S.confirmed_at, S.attested_at)
    counts: sa.ColumnElement[bool] = S.letter_version.not_in(earlier_words(letter.id))
    if not asking_batches(letter, asking_number(letter)):
        changes = Version.letter_id == letter.id, Version.number > S.letter_version, Version.asks_again
        changed_at = sa.select(sa.func.min(Version.created_at)).where(*changes).scalar_subquery()
        counts = sa.or_(counts, before.is_not(None), sa.and_(theirs > S.held_at, theirs < changed_at))
    return sa.case((sa.and_(~DECLINED, counts), sa.func.coalesce(before, theirs)))


def no_change(letter: Letter, version: int) -> None:
    """Mark this version as a mere correction after all, in the caller's transaction."""
    this = sa.and_(Version.letter_id == letter.id, Version.number == version)
    db.session.execute(sa.update(Version).where(this).values(asks_again=False))


def count_since_before(letter: Letter, ids: list[int]) -> None:
    """Count these locked rows again: since when they counted before they were asked to agree, else since confirmed.

    Unsent questions to them are dropped.
    """
    drop_questions(letter, S.id.in_(ids))
    asks = sa.select(Batch.id).where(Batch.letter_id == letter.id, Batch.verb == "ask")
    kept = sa.select(sa.func.max(BatchRow.counted_at)).where(BatchRow.signature_id == S.id, BatchRow.batch_id.in_(asks))
    change(letter.id, ids, {"counted_at": sa.func.coalesce(kept.scalar_subquery(), S.confirmed_at, S.attested_at)})


def drop_questions(letter: Letter, *conditions: sa.ColumnElement[bool]) -> None:
    """Drop unsent questions about a new text, and reminders of them, in the caller's transaction."""
    theirs = sa.select(S.mailbox_key).where(S.letter_id == letter.id, *conditions)
    for kind in QUESTIONS:
        drop_waiting(kind, Message.about == letter.id, Message.mailbox_key.in_(theirs))


def drop_questions_of_held(letter: Letter) -> None:
    """Drop unsent questions to held signatures that no longer have to agree."""
    drop_questions(letter, S.held_at.is_not(None), S.letter_version.not_in(earlier_words(letter.id)))
