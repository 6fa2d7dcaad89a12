"""The rules: what is due to be forgotten, as conditions on rows, checked again once the rows are locked."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute, lazyload

from tribune.audit.models import GROUPS, NAMING, Event
from tribune.database import db, now
from tribune.invitations.models import Invitation
from tribune.letters.models import CONFIRMS_AFTER_CLOSING, Letter
from tribune.moderation.models import Batch
from tribune.organisers.models import LogIn
from tribune.outbox.models import COUNTS_SINCE, Mailbox, Message
from tribune.retention.periods import (
    ADDRESSES,
    LOG,
    LOG_INS,
    MAILS,
    NETWORKS,
    TEAM_INVITATIONS,
    UNCONFIRMED,
    WITHDRAWN,
    months_after,
    names_months,
)
from tribune.signatures.mails import ASK_IMPORTED
from tribune.signatures.models import VOUCHED_FOR, Merge, Signature
from tribune.teams.models import TeamInvitation

S, N = Signature, Invitation
Condition = sa.ColumnElement[bool]
EACH: Condition = sa.true()


class Rule(NamedTuple):
    """What goes, and when. `letters`: the letters to go through one by one.

    `past`: those among which the rule holds, as long as they stay closed. Neither: it is about the whole site.
    """

    name: str
    key: Any  # the column that identifies its rows, and orders them
    due: Callable[[], Condition]
    letters: Callable[[], Sequence[int]] | None = None
    past: Callable[..., Sequence[int]] | None = None


def unconfirmed() -> Condition:
    """Signatures signed long ago that are neither confirmed nor attested; held and hidden ones too."""
    due = now() - UNCONFIRMED
    # An imported signature may be old already: its time begins with the mail that asks to confirm.
    asked = Message.kind == ASK_IMPORTED, Message.about == S.letter_id, Message.mailbox_key == S.mailbox_key
    lately = sa.exists().where(*asked, due < COUNTS_SINCE)
    return sa.and_(~VOUCHED_FOR, S.signed_at <= due, sa.or_(S.origin != "import", ~lately))


def withdrawn() -> Condition:
    """Signatures withdrawn long ago."""
    return S.withdrawn_at <= now() - WITHDRAWN


def addresses() -> Condition:
    """Signatures with an address, whose owners did not agree to be written to."""
    return sa.and_(S.news.is_(False), S.email.is_not(None))


def words() -> Condition:
    """Letters under which something may still name somebody: as long as a signature does, whatever else came in too.

    Of a file that was downloaded only its purpose may: a file that is taken later, with nobody in it, stays as told.
    """
    purpose = Event.details["purpose"].as_string()
    said = sa.or_(Event.subject != "", Event.signature_id.is_not(None), _holds_text(Event.details))
    told = sa.case((Event.verb.in_(GROUPS["files"]), purpose != ""), else_=said)
    return sa.or_(
        sa.exists().where(Event.letter_id == Letter.id, Event.verb.in_(NAMING), told),
        sa.exists().where(Batch.letter_id == Letter.id, sa.or_(Batch.reason != "", _holds_text(Batch.choice))),
        sa.exists().where(S.letter_id == Letter.id, names()),
        *(sa.exists().where(model.letter_id == Letter.id) for model in (N, Merge)),
    )


def _holds_text(column: Any) -> Condition:
    """Whether a stored JSON object has a value that is, or a list that begins with, a text."""
    stored = sa.cast(column, sa.Text)
    return sa.or_(stored.contains('": "'), stored.contains('["'))


def names() -> Condition:
    """Signatures that still name somebody."""
    return S.anonymised_at.is_(None)


def invitations() -> Condition:
    """Invitations not accepted, even of people for whom the organisers vouch or who signed by the form."""
    return N.accepted_at.is_(None)


def invited() -> Condition:
    """Invitations, by then only accepted ones, with an address, note, word or question: the signature needs none."""
    more = (column != "" for column in (N.note, N.word, N.question))
    return sa.or_(N.email.is_not(None), *more)


def networks() -> Condition:
    is_known = sa.text("signatures.network_hash <> ''")  # word for word as in the index
    return sa.and_(is_known, S.signed_at <= now() - NETWORKS)


def mails(of: Condition = EACH) -> Condition:
    """Mails that left or were given up long ago, except those given up of an invitation, whose state they tell.

    `of`: condition on these invitations.
    """
    refused = sa.and_(Message.gave_up_at.is_not(None), sa.exists().where(N.message_id == Message.id, of))
    return sa.and_(sa.func.coalesce(Message.sent_at, Message.gave_up_at) <= now() - MAILS, ~refused)


def mailboxes(mailed: Condition = EACH) -> Condition:
    """Mailboxes without mails, neither suppressed nor lately allowed again. `mailed`: condition on these mails."""
    theirs = sa.exists().where(Message.mailbox_key == Mailbox.key, mailed)
    lately = sa.and_(Mailbox.allowed_at.is_not(None), Mailbox.allowed_at > now() - MAILS)
    return sa.and_(Mailbox.suppressed_at.is_(None), ~lately, ~theirs)


def team_invitations() -> Condition:
    """Old invitations into teams, whatever became of them: members have accounts, nobody else is needed."""
    return TeamInvitation.created_at <= now() - TEAM_INVITATIONS


def log_lines() -> Condition:
    return Event.at <= now() - LOG


def log_ins() -> Condition:
    """Log-ins that have expired."""
    return LogIn.created_at <= now() - LOG_INS


def letters_with(due: Callable[[], Condition]) -> Callable[[], Sequence[int]]:
    """Return a function that finds the ids of letters, closed or not, with a signature that is due."""
    return lambda: db.session.scalars(sa.select(S.letter_id).where(due()).distinct().order_by(S.letter_id)).all()


def _closed_since(period: timedelta) -> Condition:
    """Letters that were published, and closed or taken down so long ago."""
    until = now() - period
    ended = sa.or_(Letter.closed_at <= until, Letter.closes_at <= until, Letter.taken_down_at <= until)
    return sa.and_(Letter.published_at <= now(), ended)


def past_addresses(*which: Condition) -> Sequence[int]:
    """Return the ids of letters whose addresses have to be gone. `which`: conditions on them."""
    past = sa.select(Letter.id).where(_closed_since(ADDRESSES), *which)
    return db.session.scalars(past.order_by(Letter.id)).all()


def past_names(*which: Condition) -> Sequence[int]:
    """Return the ids of letters whose names have to be gone, never before the time for late confirmations is over.

    `which`: conditions on them.
    """
    moment = now()
    closed = sa.select(Letter).where(_closed_since(CONFIRMS_AFTER_CLOSING), *which).order_by(Letter.id)
    return [
        letter.id
        for letter in db.session.scalars(closed.options(lazyload("*")))  # without the texts of years
        if letter.end and months_after(letter.end, names_months(letter.names_kept_months)) <= moment
    ]


RULES = (
    Rule("unconfirmed", S.id, unconfirmed, letters_with(unconfirmed)),
    Rule("withdrawn", S.id, withdrawn, letters_with(withdrawn)),
    Rule("addresses", S.id, addresses, past=past_addresses),
    Rule("invitations", N.id, invitations, past=past_addresses),
    Rule("invited", N.id, invited, past=past_addresses),
    Rule("words", Letter.id, words, past=past_names),
    Rule("names", S.id, names, past=past_names),
    Rule("networks", S.id, networks),
    Rule("mails", Message.id, mails),
    Rule("mailboxes", Mailbox.key, mailboxes),
    Rule("team_invitations", TeamInvitation.id, team_invitations),
    Rule("log", Event.id, log_lines),
    Rule("log_ins", LogIn.id, log_ins),
)


def scopes(rule: Rule) -> Sequence[int | None]:
    """Return the ids of the letters of a rule; one None for a rule about the whole site.

    Of the letters `past`, which add up over the years, only those under which something is due: asked all at once.
    """
    if rule.past:
        due = rule.due() if rule.key.class_ is Letter else sa.exists().where(*conditions(rule, Letter.id))
        return rule.past(due)
    return rule.letters() if rule.letters else [None]


def conditions(rule: Rule, letter_id: InstrumentedAttribute[int] | int | None) -> list[Condition]:
    """Return the conditions for the rows that are due, under this letter if it is not None."""
    table = rule.key.class_
    of_it = [] if letter_id is None else [(table.id if table is Letter else table.letter_id) == letter_id]
    return [*of_it, rule.due()]
