"""Count the rows a run would take, without locks: each rule without the rows that earlier rules take."""

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
    """Return how many rows are due now, without those that an earlier rule of the same run deletes or empties.

    It ignores mails that wait for a signature or an address that goes: their mailboxes may go one run earlier than it
    says; and that the last words about people may go with a withdrawn signature.
    """
    rule = rule._replace(due=AFTER_OTHERS.get(rule.name, rule.due))
    numbers = sa.select(sa.func.count()).select_from(rule.key.class_)
    return sum(db.session.scalar(numbers.where(*conditions(rule, scope))) or 0 for scope in scopes(rule))


def _stays(gone: Condition) -> Condition:
    """Return the condition for the other rows: where `gone` is false or NULL, as for an empty moment."""
    return gone.is_not(sa.true())


def _erased() -> Condition:
    """Return the condition for signatures that earlier rules delete."""
    return sa.or_(queries.unconfirmed(), queries.withdrawn())


def _taken_along() -> Condition:
    """Return the condition for invitations that go with a withdrawn signature."""
    of_mailbox = sa.tuple_(N.letter_id, N.mailbox_key)
    return sa.or_(
        N.signature_id.in_(sa.select(S.id).where(queries.withdrawn())),
        sa.and_(of_mailbox.in_(sa.select(S.letter_id, S.mailbox_key).where(queries.withdrawn())), ~ACCEPTED),
    )


def _uninvited() -> Condition:
    """Return the condition for invitations that are gone before the rule `mails`."""
    unanswered = sa.and_(N.letter_id.in_(queries.past_addresses()), queries.invitations())
    return sa.or_(_taken_along(), unanswered, N.letter_id.in_(queries.past_names()))


def _mails() -> Condition:
    return queries.mails(of=_stays(_uninvited()))


def _mailboxes() -> Condition:
    """Return `queries.mailboxes`, given that paused mails go with their invitation, and waiting ones with the names."""
    unsent = sa.or_(
        sa.exists().where(N.message_id == Message.id, _uninvited()), Message.about.in_(queries.past_names())
    )
    return queries.mailboxes(mailed=_stays(sa.or_(_mails(), sa.and_(WAITS, unsent))))


AFTER_OTHERS: dict[str, Callable[[], Condition]] = {
    "addresses": lambda: sa.and_(queries.addresses(), _stays(_erased())),
    "invitations": lambda: sa.and_(queries.invitations(), _stays(_taken_along())),
    "invited": lambda: sa.and_(queries.invited(), _stays(sa.or_(_taken_along(), queries.invitations()))),
    "names": lambda: sa.and_(queries.names(), _stays(_erased())),
    "networks": lambda: sa.and_(queries.networks(), _stays(sa.or_(_erased(), S.letter_id.in_(queries.past_names())))),
    "mails": _mails,
    "mailboxes": _mailboxes,
}
