"""Which rows count, and the letter's two numbers with them: written in the caller's transaction."""

from typing import Any

import sqlalchemy as sa

from tribune.database import UNREAD, db
from tribune.letters.models import Letter, Version
from tribune.letters.queries import asking_number, earlier_words
from tribune.moderation.models import Batch, BatchRow
from tribune.outbox.models import Message
from tribune.outbox.unsent import drop_waiting
from tribune.signatures.agreement import REFUSED
from tribune.signatures.counting import count_more
from tribune.signatures.mails import ASK_TO_AGREE
from tribune.signatures.models import Signature

S = Signature


def locked(*conditions: sa.ColumnElement[bool]) -> list[int]:
    """The numbers of these rows, held until the end of the transaction, always in one order: no two wait in a ring."""
    return list(db.session.scalars(sa.select(S.id).where(*conditions).order_by(S.id).with_for_update()))


def change(letter_id: int, ids: list[int], new: dict[str, Any]) -> None:
    """Write the rows, and into the letter's two numbers exactly what that changes."""
    before = _counted(ids)
    db.session.execute(sa.update(S).where(S.id.in_(ids)).values(new), execution_options=UNREAD)
    confirmed, attested = (after - were for after, were in zip(_counted(ids), before, strict=True))
    count_more(letter_id, confirmed=confirmed, attested=attested)


def _counted(ids: list[int]) -> tuple[int, int]:
    """How many of them count as confirmed, and how many as attested."""
    query = sa.select(sa.func.count(S.confirmed_at), sa.func.count()).where(S.id.in_(ids), S.counted_at.is_not(None))
    confirmed, everybody = db.session.execute(query).one()
    return confirmed, everybody - confirmed


def unless_asked(letter: Letter, since: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
    """`since`, the moment from which whoever is released counts; none for who has to agree to a change of the text.

    Until people are asked nobody has to: it is `since` for all but those who answered that they do not sign it.
    """
    since = sa.case((~REFUSED, since))
    number, asked = asking_number(letter), Batch.undone_at.is_(None)
    begun = db.session.scalars(sa.select(Batch).where(Batch.letter_id == letter.id, Batch.verb == "ask", asked))
    if all(batch.choice.get("version") != number for batch in begun):
        return since
    return sa.case((S.letter_version.not_in(earlier_words(letter.id)), since))


def no_change(letter: Letter, version: int) -> None:
    """Say, in the caller's transaction, that this version did not change the text in substance after all."""
    this = sa.and_(Version.letter_id == letter.id, Version.number == version)
    db.session.execute(sa.update(Version).where(this).values(asks_again=False))


def count_since_before(letter: Letter, ids: list[int]) -> None:
    """Let these count again who were asked to agree to a change, since when they did before; others since they signed.

    `ids`: of locked rows that do not count. A question that waits to be mailed does not leave.
    """
    drop_questions(letter, S.id.in_(ids))
    asks = sa.select(Batch.id).where(Batch.letter_id == letter.id, Batch.verb == "ask")
    kept = sa.select(sa.func.max(BatchRow.counted_at)).where(BatchRow.signature_id == S.id, BatchRow.batch_id.in_(asks))
    change(letter.id, ids, {"counted_at": sa.func.coalesce(kept.scalar_subquery(), S.confirmed_at, S.attested_at)})


def drop_questions(letter: Letter, *conditions: sa.ColumnElement[bool]) -> None:
    """Let the question about a new text not leave, in the caller's transaction, where it still waits to be mailed."""
    theirs = sa.select(S.mailbox_key).where(S.letter_id == letter.id, *conditions)
    drop_waiting(ASK_TO_AGREE, Message.about == letter.id, Message.mailbox_key.in_(theirs))


def drop_questions_of_held(letter: Letter) -> None:
    """The same for those who do not count as they are held, and have to agree to nothing any more."""
    drop_questions(letter, S.held_at.is_not(None), S.letter_version.not_in(earlier_words(letter.id)))
