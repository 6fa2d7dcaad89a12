"""What signatories do to their own signature, by its link: correct, show or hide, withdraw, sign again."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from tribune.audit.models import Verb
from tribune.audit.queries import last_event
from tribune.database import db, now, write
from tribune.fingerprint import ChangedMeanwhile
from tribune.letters.life import keep_first_words
from tribune.letters.queries import lock
from tribune.mine.queries import last_rewording, rewordings_of_a_day
from tribune.moderation.counting import change, drop_questions
from tribune.moderation.mails import drop_shown, drop_standing
from tribune.outbox.unsent import lock_mailboxes
from tribune.people.actions import NothingChanged, reword, shown_as, words_of
from tribune.people.placing import settle
from tribune.signatures.actions import ListChanged, SignatureUnknown
from tribune.signatures.agreement import stands_under_present_text
from tribune.signatures.flags import clear_flags, flag_reworded, restore_flags
from tribune.signatures.lines import shown_as_initials
from tribune.signatures.models import VOUCHED_FOR, Signature
from tribune.signatures.queries import lock_letter_of, signature_of_link, the_one_that_counts
from tribune.signatures.recording import record_own
from tribune.signatures.replacing import AnotherCounts
from tribune.signatures.wordings import WORDINGS
from tribune.statements import UNREAD, there_is

S = Signature
REWORDINGS = 10  # of one line within a day, undoing included: each is shown at once, and logged; the last can be undone


class RewordedOften(Exception):
    """The line has been changed REWORDINGS times within a day; nothing was changed."""


def correct(signature_id: int, nonce: str, *, words: dict[str, Any], seen_as: str) -> None:
    """Change the words of one's own signature. `words`: all of `people.actions.WORDS`.

    Raises SignatureUnknown, ChangedMeanwhile, NothingChanged or RewordedOften.
    """
    with write():
        lock_letter_of(signature_id)  # so that no spellings are merged meanwhile
        signature = _own(signature_id, nonce)
        was_seen = shown_as(signature) == seen_as
        if words != words_of(signature):
            if not was_seen:
                raise ChangedMeanwhile
            _reword(signature, words)
        elif was_seen:  # else: pressed twice
            raise NothingChanged


def undo_correction(signature_id: int, nonce: str, event_id: int | None) -> bool:
    """Restore the words from before the owner's last correction; False if they have changed since.

    `event_id`: the log line of that correction, as the page showed it. Raises SignatureUnknown or RewordedOften.
    """
    with write():
        lock_letter_of(signature_id)
        signature = _own(signature_id, nonce)
        event = last_rewording(signature)
        if event is None or event.id != event_id:
            return False
        _reword(signature, event.details["was"], undone=True)
    return True


def _reword(signature: Signature, words: dict[str, Any], *, undone: bool = False) -> None:
    if rewordings_of_a_day(signature) >= REWORDINGS + undone:
        raise RewordedOften
    reword(signature, words, undone=undone)
    db.session.flush()
    flag_reworded(signature)


def choose(signature_id: int, nonce: str, what: str, to: bool, *, initials: bool = False) -> None:
    """Agree, or no longer, to have the line shown (`published`) or to be written to (`news`).

    `initials`: whether they read that only initials are shown. Raises SignatureUnknown or ListChanged.
    """
    with write():
        lock_letter_of(signature_id)  # so that the letter's choice of what it shows stays the same meanwhile
        signature = _own(signature_id, nonce)
        if what == "published" and to and not signature.is_listed:
            raise ListChanged
        if getattr(signature, what) is not to:
            if what == "published" and to:
                _agree_to_be_shown(signature, initials)
            elif what == "published":
                lock_mailboxes([signature.mailbox_key or ""])  # before its mails
                drop_shown(signature.letter_id, [signature_id])
            setattr(signature, what, to)
            record_own(Verb.CONSENT_CHANGED, signature, what=what, to=to)


def _agree_to_be_shown(signature: Signature, initials: bool) -> None:
    """Record the wording they agree to, as the form asks it today; a first signatory's line is always shown whole."""
    if shown_as_initials(signature) is not initials:
        raise ListChanged
    if signature.position is None:
        signature.wording = WORDINGS[signature.letter.public_list]


def withdraw(signature_id: int, nonce: str) -> None:
    """Withdraw: the signature is neither counted nor shown from now on. Raises SignatureUnknown."""
    with write() as session:
        lock_letter_of(signature_id)
        signature = _own(signature_id, nonce, left=True)
        if signature.withdrawn_at:
            return
        letter_id, moment = signature.letter_id, now()
        lock_mailboxes([signature.mailbox_key or ""])  # before its mails, as "it was not me" does
        record_own(Verb.SIGNATURE_WITHDRAWN, signature, **standing_place(signature))
        drop_questions(signature.letter, S.id == signature_id)
        drop_standing(letter_id, [signature_id])
        keep_first_words(signature.letter)  # under which they may sign again
        change(letter_id, [signature_id], {"withdrawn_at": moment, "counted_at": None, "position": None})
        clear_flags([signature_id], moment)
        session.expire_all()


def standing_place(signature: Signature) -> dict[str, Any]:
    """Return since when it counts and where it stands, for the log, from which `come_back` restores both."""
    counted_at = signature.counted_at.isoformat() if signature.counted_at else None
    return {"counted_at": counted_at, "position": signature.position, "beside": _beside(signature)}


def come_back(signature_id: int, nonce: str) -> None:
    """Sign again after withdrawing: everything is as before, even the place among the first signatories.

    If the owner must first agree to a changed text, it counts once they do; if held, once it is released. Raises
    SignatureUnknown or AnotherCounts.
    """
    with write() as session:
        if found := signature_of_link(signature_id, nonce):
            lock(found.letter)  # exclusively: its place may move others, and nobody may confirm meanwhile
        signature = _own(signature_id, nonce, left=True)
        if signature.withdrawn_at is None:
            return
        left, letter = signature.withdrawn_at, signature.letter
        event = last_event(signature.id, Verb.SIGNATURE_WITHDRAWN)
        before = event.details if event else {}
        counts = signature.held_at is None and stands_under_present_text(signature)
        since = before.get("counted_at")
        counted_at = datetime.fromisoformat(since) if since else signature.confirmed_at or signature.attested_at
        if the_one_that_counts(letter, signature.mailbox_key or ""):
            raise AnotherCounts
        change(letter.id, [signature_id], {"withdrawn_at": None, "counted_at": counted_at if counts else None})
        restore_flags([signature_id], left, sa.null())
        session.expire_all()
        if before.get("position"):
            _take_place(signature, before["position"], before.get("beside", []))
        record_own(Verb.SIGNATURE_RETURNED, signature)


def _take_place(signature: Signature, position: int, beside: list[int]) -> None:
    """Return among the first signatories: to the line shared before, else before whoever now has that position."""
    session, letter = db.session, signature.letter
    of_it = S.letter_id == letter.id
    shared = session.scalar(
        sa.select(S.position).where(of_it, S.id.in_(beside), S.position.is_not(None)).order_by(S.position).limit(1)
    )
    if shared is None:
        session.execute(
            sa.update(S).where(of_it, S.position >= position).values(position=S.position + 1),
            execution_options=UNREAD,
        )
        session.expire_all()
    signature.position = shared or position
    mates = of_it, S.position == signature.position, S.id != signature.id
    if there_is(*mates, S.line_place == signature.line_place):
        later = sa.update(S).where(*mates, S.line_place >= signature.line_place)
        session.execute(later.values(line_place=S.line_place + 1), execution_options=UNREAD)
    session.flush()
    settle(letter)


def _beside(signature: Signature) -> list[int]:
    """Return the ids of the others who share its line."""
    if signature.position is None:
        return []
    there = S.letter_id == signature.letter_id, S.position == signature.position, S.id != signature.id
    return list(db.session.scalars(sa.select(S.id).where(*there).order_by(S.id)))


def _own(signature_id: int, nonce: str, *, left: bool = False) -> Signature:
    """Lock and return the confirmed or attested signature of a link; `left`: even if withdrawn.

    Raises SignatureUnknown.
    """
    query = sa.select(S).where(S.id == signature_id, S.link_nonce == nonce, VOUCHED_FOR)
    signature = db.session.scalars(query.with_for_update()).first()
    if signature is None or (signature.withdrawn_at and not left):
        raise SignatureUnknown
    return signature
