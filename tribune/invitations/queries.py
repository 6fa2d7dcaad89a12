"""Questions about invitations: who was invited, and what became of it."""

from collections.abc import Sequence
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import aliased, contains_eager

from tribune.audit.models import Event, Verb
from tribune.audit.queries import last_event
from tribune.database import db
from tribune.fingerprint import fingerprint
from tribune.invitations.lines import WORDS, printed
from tribune.invitations.models import Invitation
from tribune.invitations.proposed import Proposed
from tribune.letters.models import Letter
from tribune.organisations.queries import merges_by_key
from tribune.outbox.mailboxes import mailbox_key
from tribune.outbox.models import Mailbox, Message
from tribune.outbox.queries import takes_mail
from tribune.outbox.unsent import lock_mailboxes
from tribune.signatures.lines import Line
from tribune.signatures.models import Signature
from tribune.signatures.table import STATUSES
from tribune.statements import the_one, there_is

N, M, S = Invitation, Message, Signature
PAGE = 100

_own, _other = aliased(Signature), aliased(Invitation)
# Two people may share a mailbox: a signature made by the invitation of one is no answer of the other.
_OF_ANOTHER = sa.exists().where(
    _other.signature_id == _own.id,
    _other.id != N.id,
    sa.or_(_other.given_name != N.given_name, _other.family_name != N.family_name),
)
_THEIRS = _own.letter_id == N.letter_id, _own.mailbox_key == N.mailbox_key, ~_OF_ANOTHER
_SIGNED = *_THEIRS, _own.confirmed_at.is_not(None), _own.withdrawn_at.is_(None)
# They confirmed a signature of their own, which took the place of an attested one: they are not asked again.
STANDS = sa.exists().where(*_SIGNED, _own.position.is_not(None))
# They signed by the form or a file, withdrew, and did not sign again.
LEFT = sa.and_(sa.exists().where(*_THEIRS, _own.withdrawn_at.is_not(None)), ~sa.exists().where(*_SIGNED))
# A process still running the code before migration 0012 writes only the second.
FORWARDED = sa.or_(N.forwarded_at.is_not(None), N.forwarded_from_id.is_not(None))
# What became of an invitation: the first condition that holds. The board, its numbers and its filter all use this.
STATES: dict[str, sa.ColumnElement[bool]] = {
    "asked": STATUSES["asked"],
    "disagreed": STATUSES["disagreed"],
    "attested": sa.and_(N.accepted_at.is_(None), N.signature_id.is_not(None)),
    "withdrew": sa.or_(
        sa.and_(N.accepted_at.is_not(None), sa.or_(N.signature_id.is_(None), S.withdrawn_at.is_not(None))),
        sa.and_(N.accepted_at.is_(None), N.declined_at.is_(None), LEFT),
    ),
    "corrected": sa.and_(N.accepted_at.is_not(None), N.corrected_at.is_not(None)),
    "accepted": sa.or_(N.accepted_at.is_not(None), sa.and_(N.declined_at.is_(None), STANDS)),
    "declined": N.declined_at.is_not(None),
    "forwarded": sa.and_(FORWARDED, N.invited_at.is_(None)),
    "refused": sa.or_(
        sa.and_(N.refused_at.is_not(None), N.invited_at.is_(None)),
        sa.and_(N.invited_at.is_not(None), Mailbox.suppressed_at.is_not(None)),  # before the mail left, or since
    ),
    "unsent": N.invited_at.is_(None),
    "bounced": M.gave_up_at.is_not(None),
    "opened": N.opened_at.is_not(None),
    "paused": sa.and_(M.id.is_not(None), M.sent_at.is_(None), M.paused_at.is_not(None)),
    "waiting": sa.and_(M.id.is_not(None), M.sent_at.is_(None)),
    "sent": sa.true(),
}
state_of = sa.case(*((condition, name) for name, condition in STATES.items())).label("state")
QUESTION = "question"  # asked for like a state, whatever theirs is: a question of theirs waits
UNANSWERED = [N.accepted_at.is_(None), N.declined_at.is_(None), N.signature_id.is_(None), ~STANDS]


class InvitationGone(Exception):
    """The invitation was removed, or its link replaced by another."""


class Row(NamedTuple):
    """One person on the board."""

    invitation: Invitation
    state: str
    line: Line


class Numbers(NamedTuple):
    """The board in numbers. `questions`: that wait; `by_state`: people in each, without those that nobody is in."""

    people: int
    invited: int
    answered: int
    accepted: int
    declined: int
    silent: int
    bounced: int
    questions: int
    by_state: dict[str, int]


_joined = (
    sa.join(N, M, N.message_id == M.id, isouter=True)
    .join(S, N.signature_id == S.id, isouter=True)
    .join(Mailbox, N.mailbox_key == Mailbox.key, isouter=True)
)


def _with_states() -> sa.Select[Invitation, str]:
    joined = sa.select(N, state_of).select_from(_joined)
    return joined.options(contains_eager(N.message), contains_eager(N.signature))


def board(letter: Letter, state: str = "", page: int = 1) -> list[Row]:
    """Return a page of at most PAGE people in the organisers' order; `state`: only people in it, or QUESTION."""
    query = _on_board(letter)
    if state == QUESTION:
        query = query.where(N.asked_at.is_not(None))
    elif state:
        query = query.where(state_of == state)
    return _rows(letter, query.limit(PAGE).offset((page - 1) * PAGE))


def whole_board(letter: Letter) -> list[Row]:
    """Return everybody in the organisers' order."""
    return _rows(letter, _on_board(letter))


def _on_board(letter: Letter) -> sa.Select[Invitation, str]:
    return _with_states().where(N.letter_id == letter.id).order_by(N.rank, N.id)


def _rows(letter: Letter, query: sa.Select[Invitation, str]) -> list[Row]:
    merge_of = merges_by_key(letter).get
    found = db.session.execute(query).all()
    return [Row(invitation, of, printed(letter, invitation, merge_of)) for invitation, of in found]


def state(invitation: Invitation) -> str:
    """Return what became of one invitation, a key of STATES. Raises InvitationGone."""
    found = db.session.execute(_with_states().where(N.id == invitation.id)).first()
    if found is None:
        raise InvitationGone
    return str(found.state)


def numbers(letter: Letter) -> Numbers:
    """Count the invitations of a letter, by state and summed up."""
    counted = sa.select(state_of, sa.func.count().label("n"), sa.func.count(N.invited_at).label("invited"))
    counted = counted.add_columns(sa.func.count(N.asked_at).label("questions"))
    found = counted.select_from(_joined).where(N.letter_id == letter.id).group_by(state_of)
    rows = db.session.execute(found).all()
    by = {row.state: row.n for row in rows}

    def total(*names: str) -> int:
        return sum(by.get(name, 0) for name in names)

    return Numbers(
        people=sum(by.values()),
        invited=sum(row.invited for row in rows),
        answered=total("attested", "disagreed", "withdrew", "corrected", "accepted", "declined"),
        accepted=total("attested", "corrected", "accepted"),
        declined=total("declined", "withdrew", "disagreed"),
        silent=total("sent", "opened", "bounced", "waiting", "paused", "asked"),
        bounced=total("bounced"),
        questions=sum(row.questions for row in rows),
        by_state=by,
    )


def are_asked(letter: Letter) -> bool:
    """Whether an invited person may read the letter: an invitation was posted, or a link handed over was opened."""
    return there_is(N.letter_id == letter.id, sa.or_(N.invited_at.is_not(None), N.opened_at.is_not(None)))


def everybody_invited(letter: Letter) -> Sequence[sa.Row[int, str, str]]:
    """Return ids and names of those invited, in the organisers' order: nothing more, as there may be thousands."""
    named = sa.select(N.id, N.given_name, N.family_name)
    return db.session.execute(named.where(N.letter_id == letter.id).order_by(N.rank, N.id)).all()


def first_invited(letter: Letter) -> Invitation | None:
    """Return the first invitation of a letter, in the organisers' order; None if there is none."""
    return db.session.scalars(sa.select(N).where(N.letter_id == letter.id).order_by(N.rank, N.id).limit(1)).first()


def invitation_of(letter: Letter, number: int) -> Invitation | None:
    """Return the invitation with this id, if it belongs to this letter."""
    return the_one(N, N.id == number, N.letter_id == letter.id)


def is_invited(letter: Letter, key: str) -> bool:
    """Whether somebody on the list of this letter has this mailbox."""
    return there_is(N.letter_id == letter.id, N.mailbox_key == key)


def is_listed(letter: Letter, person: Proposed) -> bool:
    """Whether somebody on the list of this letter has exactly this line, at whatever address."""
    same = (getattr(N, name) == getattr(person, name) for name in (*WORDS, "as_organisation"))
    return there_is(N.letter_id == letter.id, *same)


def by_link(number: int, nonce: str) -> sa.Select[Invitation]:
    """Select the invitation whose link has this nonce; none without an address, since it was never sent a link.

    Except of somebody who accepted: retention deletes their address long after the letter is closed, and the link may
    be their only way to their signature.
    """
    sent = sa.or_(N.email.is_not(None), N.accepted_at.is_not(None))
    return sa.select(N).where(N.id == number, N.link_nonce == nonce, sent)


def invitation_of_link(number: int, nonce: str) -> Invitation | None:
    """Return the invitation of a link; None once it was removed or its link replaced."""
    return db.session.scalars(by_link(number, nonce)).first()


def lock_mailboxes_of(numbers: Sequence[int]) -> None:
    """Lock the mailboxes of these invitations, before the invitations themselves; in the caller's transaction."""
    lock_mailboxes(sa.select(N.mailbox_key).where(N.id.in_(numbers)))


def invitation_behind(signature: Signature) -> Invitation | None:
    """Return the invitation that was accepted by this signature, while its link works."""
    return the_one(N, N.signature_id == signature.id, N.email.is_not(None))


def question_shown_as(invitation: Invitation) -> str:
    """Fingerprint their question; the button sends it back, so that nobody marks one they did not see."""
    return fingerprint((invitation.question,))


def contact_is_mailed(letter: Letter) -> bool:
    """Whether the contact of the letter is mailed questions, and who takes back a yes; both stand on the board."""
    return bool(letter.contact) and takes_mail(mailbox_key(letter.contact))


def attested_by(invitation: Invitation) -> Event | None:
    """Return the log line about who answers for this person, when and how."""
    return last_event(invitation.signature_id, Verb.INVITATION_ATTESTED) if invitation.signature_id else None
