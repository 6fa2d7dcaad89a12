"""Who is to be asked whether they sign a text that changed in substance, by which batches, and who no longer is."""

from collections.abc import Sequence
from datetime import timedelta

import sqlalchemy as sa

from tribune.database import db, now
from tribune.letters.models import Letter, Version
from tribune.letters.queries import asking_number, earlier_words
from tribune.moderation.models import Batch, BatchRow
from tribune.outbox.models import Message
from tribune.outbox.queries import refused
from tribune.signatures.agreement import DECLINED
from tribune.signatures.mails import QUESTIONS
from tribune.signatures.models import VOUCHED_FOR, Signature
from tribune.signatures.table import SILENT

S = Signature
REACHED: tuple[sa.ColumnElement[bool], ...] = (S.email.is_not(None), S.confirmed_at.is_not(None))  # at a proved address
MAILED = (*REACHED, ~refused(S.mailbox_key))  # and the mailbox takes our mails
REST = timedelta(days=2)  # from the question to the reminder, as in `invitations/sending.py`


def to_ask(letter: Letter, version: int) -> list[sa.ColumnElement[bool]]:
    """Return the conditions for signatures of earlier words whose owners were not yet asked about this version.

    Nor have they answered unasked, on the page shown when confirming after a change. Nameless rows are included: their
    owners cannot be asked, and they no longer count.
    """
    stays = S.withdrawn_at.is_(None), S.held_at.is_(None)
    earlier = S.letter_version < version, S.letter_version.in_(earlier_words(letter.id))
    unanswered = ~is_in(letter, "ask", version), ~has_declined(letter, version)
    return [S.letter_id == letter.id, *earlier, VOUCHED_FOR, *stays, *unanswered]


def to_remind(letter: Letter, version: int) -> list[sa.ColumnElement[bool]]:
    """Return the conditions for those whom `to_ask` met, who have not answered and may be reminded: once, by mail.

    Their last mail about it left more than REST ago, if its row is still there.
    """
    theirs = Message.mailbox_key == S.mailbox_key, Message.about == letter.id, Message.kind.in_(QUESTIONS)
    fresh = sa.exists().where(*theirs, sa.or_(Message.sent_at.is_(None), Message.sent_at > now() - REST))
    return [*have_not_answered(letter, version), *MAILED, ~is_in(letter, "remind", version), ~fresh]


def have_not_answered(letter: Letter, version: int) -> list[sa.ColumnElement[bool]]:
    """Return the conditions for those who were asked about this version, if it is the present change."""
    if version != asking_number(letter):
        return [sa.false()]
    earlier = S.letter_version.in_(earlier_words(letter.id))
    return [S.letter_id == letter.id, SILENT, earlier, is_in(letter, "ask", version)]


def is_in(letter: Letter, verb: str, version: int) -> sa.ColumnElement[bool]:
    """Return the condition for those whom a batch has asked about this version, or has reminded of it."""
    rows = sa.select(BatchRow.signature_id).join(Batch, Batch.id == BatchRow.batch_id)
    return rows.where(BatchRow.signature_id == S.id, *_is_about(letter, verb, version)).exists()


def has_declined(letter: Letter, version: int) -> sa.ColumnElement[bool]:
    """Return the condition for those who declined the text since this version was written."""
    written = sa.select(Version.created_at).where(Version.letter_id == letter.id, Version.number == version)
    return sa.and_(S.disagreed_at.is_not(None), S.disagreed_at >= written.scalar_subquery())


def _is_about(letter: Letter, verb: str, version: int) -> list[sa.ColumnElement[bool]]:
    about = Batch.choice["version"].as_integer() == version
    return [Batch.letter_id == letter.id, Batch.verb == verb, Batch.undone_at.is_(None), about]


def asking_batches(letter: Letter, version: int) -> Sequence[Batch]:
    """Return the batches that ask about this version, newest first."""
    query = sa.select(Batch).where(*_is_about(letter, "ask", version))
    return db.session.scalars(query.order_by(Batch.id.desc())).all()


def waits_for_nothing(letter: Letter) -> list[sa.ColumnElement[bool]]:
    """Return the conditions for signatures that do not count because of a change they no longer have to agree to.

    Those who declined it are left out. Included are those who have to agree to an earlier change about which nobody was
    asked: they counted until they were asked about a later one, and that was undone.
    """
    theirs = sa.select(BatchRow).join(Batch).where(BatchRow.signature_id == S.id, Batch.verb == "ask")
    counted, undone = BatchRow.counted_at.is_not(None), Batch.undone_at.is_not(None)
    unasked = sa.and_(theirs.where(counted, undone).exists(), ~theirs.where(~undone).exists())
    besides = [] if asking_batches(letter, asking_number(letter)) else [unasked]
    return [
        S.letter_id == letter.id,
        sa.or_(S.letter_version.not_in(earlier_words(letter.id)), *besides),
        VOUCHED_FOR,
        S.held_at.is_(None),
        S.withdrawn_at.is_(None),
        S.counted_at.is_(None),
        ~DECLINED,
    ]
