"""Who is to be asked whether they sign a text that changed in substance, by which batches, and who no longer is."""

from collections.abc import Sequence

import sqlalchemy as sa

from tribune.database import db
from tribune.letters.models import Letter, Version
from tribune.letters.queries import asking_number, earlier_words
from tribune.moderation.models import Batch, BatchRow
from tribune.signatures.agreement import REFUSED
from tribune.signatures.models import VOUCHED_FOR, Signature

S = Signature
REACHED: tuple[sa.ColumnElement[bool], ...] = (S.email.is_not(None), S.confirmed_at.is_not(None))  # at a proved address


def to_ask(letter: Letter, version: int) -> list[sa.ColumnElement[bool]]:
    """Return the conditions for signatures of earlier words whose owners were not yet asked about this version.

    Nor have they answered unasked, on the page shown when confirming after a change. Nameless rows are included: their
    owners cannot be asked, and they no longer count.
    """
    asked = sa.select(BatchRow.signature_id).join(Batch, Batch.id == BatchRow.batch_id)
    asked = asked.where(BatchRow.signature_id == S.id, *_asks_about(letter, version))
    stays = S.withdrawn_at.is_(None), S.held_at.is_(None)
    earlier = S.letter_version < version, S.letter_version.in_(earlier_words(letter.id))
    unanswered = ~asked.exists(), ~has_refused(letter, version)
    return [S.letter_id == letter.id, *earlier, VOUCHED_FOR, *stays, *unanswered]


def has_refused(letter: Letter, version: int) -> sa.ColumnElement[bool]:
    """Return the condition for those who declined the text since this version was written."""
    written = sa.select(Version.created_at).where(Version.letter_id == letter.id, Version.number == version)
    return sa.and_(S.disagreed_at.is_not(None), S.disagreed_at >= written.scalar_subquery())


def _asks_about(letter: Letter, version: int) -> list[sa.ColumnElement[bool]]:
    about = Batch.choice["version"].as_integer() == version
    return [Batch.letter_id == letter.id, Batch.verb == "ask", Batch.undone_at.is_(None), about]


def asking_batches(letter: Letter, version: int) -> Sequence[Batch]:
    """Return the batches that ask about this version, newest first."""
    query = sa.select(Batch).where(*_asks_about(letter, version))
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
        ~REFUSED,
    ]
