"""Questions of the desk. None gets slower with the number of signatures: counts stop at COUNTED_TO."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa

from tribune.database import db, now
from tribune.desk.periods import Counts
from tribune.invitations.queries import Numbers
from tribune.letters.models import Letter
from tribune.outbox.models import LEAVES, MailTally, Message
from tribune.signatures.flags import KINDS
from tribune.signatures.lines import organisation_of
from tribune.signatures.models import SHOWN, UNCLEARED, Flag, Signature, Tally
from tribune.signatures.table import STATUSES

COUNTED_TO = 10_000  # rows; beyond, the page says "more than 10,000"
LATEST_ASKED = 1_000  # signatures among which the organisations are counted
ORGANISATIONS = 10
LATEST = 10


class Waiting(NamedTuple):
    """Mails about a letter that have not left: how many, and how many minutes the oldest has waited."""

    mails: int
    minutes: int


class Organisation(NamedTuple):
    """An organisation as it is printed, and how many of the latest signatures name it."""

    name: str
    signatures: int


class Answers(NamedTuple):
    """The invitations in numbers: accepted or attested, declined, not answered, not asked yet, not to be reached."""

    accepted: int
    declined: int
    silent: int
    unasked: int
    unreachable: int


def hours(letter: Letter, since: datetime) -> dict[datetime, Counts]:
    """Return what happened from `since` on, by the beginning of the hour in UTC, without empty hours."""
    columns = (Tally.signed, Tally.confirmed, Tally.reminded, Tally.confirmed_after)
    signed = sa.select(Tally.hour, *columns).where(Tally.letter_id == letter.id, Tally.hour >= since)
    mailed = sa.select(MailTally.hour, MailTally.sent, MailTally.gave_up).where(
        MailTally.about == letter.id, MailTally.hour >= since
    )
    found = {
        hour: Counts(signed=s, confirmed=c, reminded=r, confirmed_after=a)
        for hour, s, c, r, a in db.session.execute(signed)
    }
    for hour, sent, gave_up in db.session.execute(mailed):
        found[hour] = found.get(hour, Counts()) + Counts(sent=sent, gave_up=gave_up)
    return found


def answers(board: Numbers) -> Answers:
    """Sum up the invitations, as their board counts them."""
    unreachable = board.by_state.get("refused", 0)
    unasked = board.people - board.answered - board.silent - unreachable
    return Answers(board.accepted, board.declined, board.silent, unasked, unreachable)


def counts(letter: Letter) -> dict[str, int]:
    """Count signatures that are pending, held, asked about a new text, and flagged, by kind; up to COUNTED_TO + 1."""
    signatures = sa.select(Signature.id).where(Signature.letter_id == letter.id)
    flags = sa.select(Flag.signature_id).where(Flag.letter_id == letter.id, UNCLEARED)
    rows = {status: signatures.where(STATUSES[status]) for status in ("pending", "held", "asked")}
    rows |= {kind: flags.where(Flag.kind == kind) for kind in KINDS}
    counted = (
        sa.select(sa.func.count()).select_from(found.limit(COUNTED_TO + 1).subquery()) for found in rows.values()
    )
    return dict(zip(rows, db.session.execute(sa.select(*(c.scalar_subquery() for c in counted))).one(), strict=True))


def waiting_mails(letter: Letter) -> Waiting:
    """Count the mails about this letter that have to leave, without paused ones; up to COUNTED_TO + 1."""
    some = sa.select(Message.created_at).where(LEAVES, Message.about == letter.id).limit(COUNTED_TO + 1).subquery()
    count, oldest = db.session.execute(sa.select(sa.func.count(), sa.func.min(some.c.created_at))).one()
    return Waiting(count, max(int((now() - oldest).total_seconds()) // 60, 0) if oldest else 0)


def latest(letter: Letter) -> Sequence[Signature]:
    """Return the LATEST shown signatures that came to count last, without first signatories."""
    return db.session.scalars(_latest(letter, LATEST, Signature)).all()


def top_organisations(letter: Letter) -> list[Organisation]:
    """Return the organisations named most among the LATEST_ASKED latest shown signatures, at least twice."""
    some = _latest(letter, LATEST_ASKED, Signature.id, Signature.organisation_key).subquery()
    count = sa.func.count()
    top = (
        sa.select(sa.func.max(some.c.id), count)
        .where(some.c.organisation_key != "")
        .group_by(some.c.organisation_key)
        .having(count > 1)
        .order_by(count.desc(), some.c.organisation_key)
        .limit(ORGANISATIONS)
    )
    counts = [(number, many) for number, many in db.session.execute(top)]
    named = {s.id: s for s in db.session.scalars(sa.select(Signature).where(Signature.id.in_(n for n, _ in counts)))}
    # A signature may have been erased between the two queries.
    return [Organisation(organisation_of(named[number]), many) for number, many in counts if number in named]


def _latest(letter: Letter, most: int, *what: Any) -> sa.Select[Any]:
    shown = sa.select(*what).where(Signature.letter_id == letter.id, SHOWN, Signature.position.is_(None))
    return shown.order_by(Signature.counted_at.desc(), Signature.id.desc()).limit(most)
