"""After a change of substance: ask those who signed earlier words, and note whether they agree."""

from collections.abc import Sequence

import sqlalchemy as sa

from tribune.asking.queries import by_hand
from tribune.audit.models import Verb
from tribune.database import db, now, write
from tribune.faults import one_by_one
from tribune.letters.models import Letter, Version
from tribune.letters.queries import asking_number, earlier_words, lock
from tribune.letters.recording import record_letter
from tribune.moderation import pieces
from tribune.moderation.actions import start
from tribune.moderation.asked import asking_batches, waits_for_nothing
from tribune.moderation.counting import count_since_before, drop_questions, drop_questions_of_held, locked, no_change
from tribune.moderation.models import Batch
from tribune.organisers.models import Organiser
from tribune.signatures.actions import LetterClosed, SignatureUnknown, TextChanged, mark
from tribune.signatures.agreement import DECLINED, has_to_agree
from tribune.signatures.counting import count_more
from tribune.signatures.models import VOUCHED_FOR, Signature
from tribune.signatures.queries import lock_letter_of, signature_of_link
from tribune.signatures.table import SILENT
from tribune.statements import UNREAD

S = Signature


class NothingToAsk(Exception):
    """The text has not changed in substance, or people were asked already."""


def ask(letter: Letter, by: Organiser, seen_as: str | None = None) -> Batch:
    """Create the batch that asks those who signed earlier words; `moderation.actions.advance` does its work.

    `seen_as`: the digest of the words when the page was made; None: any. Raises NothingToAsk, TextChanged,
    NobodyConcerned, or LetterClosed if nobody could answer any more.
    """
    return start(letter, by=by, verb="ask", choice=_about(letter, seen_as))


def remind(letter: Letter, by: Organiser, seen_as: str | None = None) -> Batch:
    """Create the batch that mails a reminder to those who were asked and have not answered: one at most to each.

    Otherwise as `ask`.
    """
    return start(letter, by=by, verb="remind", choice=_about(letter, seen_as))


def _about(letter: Letter, seen_as: str | None) -> dict[str, int]:
    """Return the present change of substance, as the choice of a batch. Raises as `ask` does."""
    number = asking_number(letter)
    if not number:
        raise NothingToAsk
    if seen_as not in (None, letter.version.digest):  # by its number it might be another: until signed, it is edited
        raise TextChanged
    if not letter.takes_answers:
        raise LetterClosed
    return {"version": number}


def take_back(letter: Letter, by: Organiser, seen_as: str) -> None:
    """Declare the last change of substance a mere correction after all, before anybody is asked.

    `seen_as` as for `ask`. Raises NothingToAsk, also if the words have changed since.
    """
    with write():
        lock(letter)  # nobody is asked meanwhile
        number = asking_number(letter)
        if not number or letter.version.digest != seen_as or asking_batches(letter, number):
            raise NothingToAsk
        no_change(letter, number)
        record_letter(letter, Verb.SUBSTANCE_TAKEN_BACK, by=by)
    count_again(letter)  # those who confirmed meanwhile


def count_again(letter: Letter) -> None:
    """Count again, in pieces, those who no longer have to agree to anything; see `count_since_before`."""
    with write():
        lock(letter, shared=True)
        drop_questions_of_held(letter)
    conditions, came = waits_for_nothing(letter), 0  # `came`: a row that stays uncounted is met once only
    waiting = sa.select(S.id).where(*conditions).order_by(S.id).limit(pieces.AT_ONCE)
    while found := db.session.scalars(waiting.where(S.id > came)).all():
        came = found[-1]
        with write():
            lock(letter, shared=True)
            count_since_before(letter, locked(S.id.in_(found), *conditions))


def count_due() -> None:
    """Finish a `count_again` that a restart interrupted; a chore."""
    waiting = sa.select(S.letter_id, S.letter_version).where(SILENT).distinct().subquery()
    for_nothing = waiting.c.letter_version.not_in(earlier_words(waiting.c.letter_id))
    letters = sa.select(Letter).where(Letter.id.in_(sa.select(waiting.c.letter_id).where(for_nothing)))
    one_by_one(count_again, db.session.scalars(letters).all())


def agree(signature_id: int, nonce: str, digest: str) -> Signature:
    """Move a signature of earlier words to the present ones, once even if clicked several times at once.

    A held signature moves too, and counts once it is released. `digest`: of the words they read. Raises
    SignatureUnknown, TextChanged, or LetterClosed when the time to agree has passed.
    """
    with write():
        signature = _of_link(signature_id, nonce)
        letter = signature.letter
        if has_to_agree(signature):
            if not letter.confirms(signature.signed_at):
                raise LetterClosed
            _move(letter, S.id == signature_id, digest=digest)
    return signature


def disagree(signature_id: int, nonce: str, digest: str) -> None:
    """Record that somebody declines the new text; they may agree later. Does nothing if they need not agree.

    The declined version is never edited from then on. `digest`: of the words they read. Raises SignatureUnknown or
    TextChanged.
    """
    with write():
        signature = _of_link(signature_id, nonce)
        letter = signature.letter
        if has_to_agree(signature):
            if letter.version.digest != digest:
                raise TextChanged
            waits = S.id == signature_id, S.counted_at.is_(None), S.disagreed_at.is_(None)
            db.session.execute(sa.update(S).where(*waits).values(disagreed_at=now()))
            drop_questions(letter, S.id == signature_id)
            mark(Version.signed_at, letter, letter.version_number)


def _of_link(signature_id: int, nonce: str) -> Signature:
    """Lock the letter of a link's signature, shared, and return the signature. Raises SignatureUnknown."""
    lock_letter_of(signature_id)
    signature = signature_of_link(signature_id, nonce)
    if signature is None:
        raise SignatureUnknown
    return signature


def attest_again(letter: Letter, ids: Sequence[int], by: Organiser, digest: str) -> int:
    """Attest that people without a proved address agree; return how many were moved to the new words.

    Raises TextChanged.
    """
    with write():
        lock(letter, shared=True)
        chosen = locked(S.letter_id == letter.id, S.id.in_(ids), *by_hand(letter))
        moved = _move(letter, S.id.in_(chosen), digest=digest)
        if moved:
            record_letter(letter, Verb.AGREEMENTS_ATTESTED, by=by, count=moved)
    return moved


def _move(letter: Letter, chosen: sa.ColumnElement[bool], digest: str) -> int:
    """Move signatures that have to agree to the present version; return how many moved. Raises TextChanged."""
    session, number, moment = db.session, letter.version_number, now()
    earlier = sa.or_(S.letter_version.in_(earlier_words(letter.id)), DECLINED)
    moved = session.execute(
        sa.update(S)
        .where(S.letter_id == letter.id, chosen, S.counted_at.is_(None), S.withdrawn_at.is_(None), VOUCHED_FOR, earlier)
        .values(letter_version=number, disagreed_at=None, counted_at=sa.case((S.held_at.is_(None), moment)))
        .returning(S.id, S.confirmed_at, S.counted_at),
        execution_options=UNREAD,
    ).all()
    session.expire_all()
    if (letter.version_number, letter.version.digest) != (number, digest):
        raise TextChanged
    if moved:
        drop_questions(letter, S.id.in_([row.id for row in moved]))
        mark(Version.signed_at, letter, number)
    counted = [row.confirmed_at is not None for row in moved if row.counted_at]
    confirmed, attested = counted.count(True), counted.count(False)
    # The lock order: signatures, their mails, their version, then the letter's numbers.
    count_more(letter.id, confirmed=confirmed, attested=attested)
    return len(moved)
