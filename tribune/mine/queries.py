"""Questions of somebody about their own signature."""

from collections.abc import Sequence

import sqlalchemy as sa

from tribune.audit.models import Event, Verb
from tribune.audit.queries import last_event
from tribune.database import db
from tribune.outbox.mailboxes import one_spelling
from tribune.people.actions import words_of
from tribune.signatures.agreement import has_to_agree
from tribune.signatures.lines import line
from tribune.signatures.models import VOUCHED_FOR, Signature

S = Signature


def standing(signature: Signature) -> str:
    """What its owner is told: `pending`, `counts`, `hidden`, `agree` (to a changed text) or `withdrawn`.

    A held one stands as if nobody had suspected it: whoever signs with made-up names does not learn that they were
    seen.
    """
    if signature.withdrawn_at:
        return "withdrawn"
    if not signature.is_vouched_for:
        return "pending"
    if has_to_agree(signature):
        return "agree"
    return "hidden" if signature.hidden_at else "counts"


def own_line(signature: Signature) -> str:
    """The line of this person alone, whoever shares it with them, names in full."""
    return line(signature, full=True).text


def last_rewording(signature: Signature) -> Event | None:
    """Their last correction, while the words are still those that it wrote, and the log knows those of before.

    Where these named somebody who has erased their signature since, they are gone.
    """
    event = last_event(signature.id, Verb.LINE_REWORDED)
    if event is None or not {"was", "before"} <= event.details.keys():
        return None
    return event if event.details.get("now") == words_of(signature) else None


def proved_by(mailbox_key: str) -> Sequence[Signature]:
    """What this person has confirmed, or organisers answer for, withdrawn since or not, newest first.

    Under any letter; whose address is kept.
    """
    query = sa.select(S).where(S.mailbox_key == mailbox_key, VOUCHED_FOR, S.email.is_not(None))
    return db.session.scalars(query.order_by(S.id.desc())).all()


def of_this_address(signature: Signature) -> Sequence[int]:
    """The numbers of this submission and of the others of the very same address under the same letter."""
    if not (signature.email and signature.mailbox_key):
        return [signature.id]
    under = S.letter_id + 0 == signature.letter_id  # a sum, or SQLite reads the whole letter for them
    query = sa.select(S.id, S.email).where(under, S.mailbox_key == signature.mailbox_key).order_by(S.id)
    this = one_spelling(signature.email)
    return [number for number, email in db.session.execute(query) if email and one_spelling(email) == this]


def going_along(signature: Signature) -> Sequence[Signature]:
    """What erasing this one takes too, oldest first. Its owner may read them: the same address got their links."""
    others = S.id.in_(of_this_address(signature)), S.id != signature.id
    return db.session.scalars(sa.select(S).where(*others).order_by(S.id)).all()
