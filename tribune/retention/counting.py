"""How many rows a run would take, in questions that hold nobody up: each rule finds what those before it leave."""

from collections.abc import Callable

import sqlalchemy as sa

from tribune.database import db
from tribune.invitations.models import ACCEPTED, Invitation
from tribune.outbox.models import WAITS, Message
from tribune.retention import queries
from tribune.retention.queries import Condition, Rule, conditions, scopes
from tribune.signatures.models import Signature

S, N = Signature, Invitation


def count(rule: Rule) -> int:
    """How many rows are due now, without those that an earlier rule of the same run deletes or empties.

    Of mails that wait for a signature that goes it knows nothing: their mailboxes may go a run sooner than it says.
    """
    rule = rule._replace(due=AFTER_OTHERS.get(rule.name, rule.due))
    numbers = sa.select(sa.func.count()).select_from(rule.key.class_)
    return sum(db.session.scalar(numbers.where(*conditions(rule, scope))) or 0 for scope in scopes(rule))


def _stays(gone: Condition) -> Condition:
    """Not so, or not known: a moment that is empty has passed no day."""
    return gone.is_not(sa.true())


def _erased() -> Condition:
    """The signatures that are deleted first."""
    return sa.or_(queries.unconfirmed(), queries.withdrawn())


def _nameless() -> Condition:
    return sa.and_(S.letter_id.in_(queries.past_names()), queries.names())


def _taken_along() -> Condition:
    """The invitations that go with the signature of who withdrew."""
    of_mailbox = sa.tuple_(N.letter_id, N.mailbox_key)
    return sa.or_(
        N.signature_id.in_(sa.select(S.id).where(queries.withdrawn())),
        sa.and_(of_mailbox.in_(sa.select(S.letter_id, S.mailbox_key).where(queries.withdrawn())), ~ACCEPTED),
    )


def _uninvited() -> Condition:
    """The invitations that are gone when it is the turn of mails."""
    unanswered = sa.and_(N.letter_id.in_(queries.past_addresses()), queries.invitations())
    return sa.or_(_taken_along(), unanswered, N.letter_id.in_(queries.past_names()))


def _mails() -> Condition:
    return queries.mails(of=_stays(_uninvited()))


def _mailboxes() -> Condition:
    """A mail that is paused goes with its invitation, and what waits about a letter with its names."""
    unsent = sa.or_(
        sa.exists().where(N.message_id == Message.id, _uninvited()), Message.about.in_(queries.past_names())
    )
    return queries.mailboxes(mailed=_stays(sa.or_(_mails(), sa.and_(WAITS, unsent))))


AFTER_OTHERS: dict[str, Callable[[], Condition]] = {
    "addresses": lambda: sa.and_(queries.addresses(), _stays(_erased())),
    "invitations": lambda: sa.and_(queries.invitations(), _stays(_taken_along())),
    "invited": lambda: sa.and_(queries.invited(), _stays(sa.or_(_taken_along(), queries.invitations()))),
    "names": lambda: sa.and_(queries.names(), _stays(_erased())),
    "networks": lambda: sa.and_(queries.networks(), _stays(sa.or_(_erased(), _nameless()))),
    "mails": _mails,
    "mailboxes": _mailboxes,
}
