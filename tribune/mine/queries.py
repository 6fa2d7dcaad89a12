"""Questions about one's own signature."""

from collections.abc import Sequence
from datetime import timedelta

import sqlalchemy as sa

from tribune.audit.models import Event, Verb
from tribune.audit.queries import last_event
from tribune.database import db, now
from tribune.letters.queries import asking_number
from tribune.moderation.asked import has_declined
from tribune.outbox.mailboxes import one_spelling
from tribune.people.actions import words_of
from tribune.signatures.agreement import has_to_agree
from tribune.signatures.models import VOUCHED_FOR, Signature
from tribune.statements import count_of, there_is

S = Signature


def standing(signature: Signature) -> str:
    """Return what its owner is told: `pending`, `counts`, `hidden`, `agree` (to a changed text) or `withdrawn`.

    A held signature is described as if it were not held: who signs with made-up names must not learn of the suspicion.
    """
    if signature.withdrawn_at:
        return "withdrawn"
    if not signature.is_vouched_for:
        return "pending"
    if has_to_agree(signature):
        return "agree"
    return "hidden" if signature.hidden_at else "counts"


def has_declined_present_text(signature: Signature) -> bool:
    """Whether its owner declined the last change of substance, or one later called a correction; no earlier one."""
    number = asking_number(signature.letter)
    theirs = S.id == signature.id, has_declined(signature.letter, number)
    return signature.disagreed_at is not None and (not number or there_is(*theirs))


def last_rewording(signature: Signature) -> Event | None:
    """Return the log line of the owner's last correction, if its words still stand and the log still has the old ones.

    The old words are gone from the log if they named somebody who has erased their signature since. That an
    organisation signs, as an invitation said that they accepted, only organisers take back.
    """
    event = last_event(signature.id, Verb.LINE_REWORDED)
    if event is None or not {"was", "before"} <= event.details.keys():
        return None
    was, current = event.details["was"], words_of(signature)
    is_theirs = was.get("as_organisation", False) == current["as_organisation"]
    return event if is_theirs and event.details.get("now") == current else None


def rewordings_of_a_day(signature: Signature) -> int:
    """Return how often its owner has changed the line in the last 24 hours."""
    lately = Event.at > now() - timedelta(days=1)
    return count_of(Event.signature_id == signature.id, Event.verb == Verb.LINE_REWORDED, lately)


def proved_by(mailbox_key: str) -> Sequence[Signature]:
    """Return the confirmed and attested signatures of a mailbox under all letters, newest first.

    Withdrawn ones too; without those whose address was deleted.
    """
    query = sa.select(S).where(S.mailbox_key == mailbox_key, VOUCHED_FOR, S.email.is_not(None))
    return db.session.scalars(query.order_by(S.id.desc())).all()


def of_this_address(signature: Signature) -> Sequence[int]:
    """Return the ids of this signature and the others of exactly the same address under its letter."""
    if not (signature.email and signature.mailbox_key):
        return [signature.id]
    under = S.letter_id + 0 == signature.letter_id  # "+ 0", or SQLite reads the whole letter by its index
    query = sa.select(S.id, S.email).where(under, S.mailbox_key == signature.mailbox_key).order_by(S.id)
    this = one_spelling(signature.email)
    return [number for number, email in db.session.execute(query) if email and one_spelling(email) == this]


def going_along(signature: Signature) -> Sequence[Signature]:
    """Return the signatures erased along with this one, oldest first. Its owner may see them: their links went to the
    same address."""
    others = S.id.in_(of_this_address(signature)), S.id != signature.id
    return db.session.scalars(sa.select(S).where(*others).order_by(S.id)).all()
