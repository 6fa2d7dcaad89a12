"""Questions about who has to agree to a new text."""

from collections.abc import Sequence
from typing import NamedTuple

import sqlalchemy as sa

from tribune.database import db
from tribune.letters.models import Letter
from tribune.letters.queries import asking_number, earlier_words
from tribune.moderation.asked import (
    MAILED,
    REACHED,
    asking_batches,
    has_declined,
    have_not_answered,
    is_in,
    to_ask,
    to_remind,
)
from tribune.moderation.models import Batch, BatchRow
from tribune.outbox.queries import refused
from tribune.signatures.agreement import DECLINED
from tribune.signatures.models import Signature
from tribune.signatures.queries import PAGE, Page
from tribune.signatures.replacing import ATTESTED
from tribune.signatures.table import NAMED
from tribune.statements import there_is

S = Signature
BEHIND = 2**31 - 1  # sorts those without a position after all who have one


class Asked(NamedTuple):
    """How many would be asked, and how many of these can or cannot be mailed."""

    everybody: int
    mailed: int
    unmailed: int  # their mailbox may receive nothing
    forgotten: int  # their proved address was deleted, as it is a month after closing
    nameless: int  # nobody can ask them

    @property
    def by_hand(self) -> int:
        """How many never proved an address: the organisers ask them, and answer for them."""
        return self.everybody - self.mailed - self.unmailed - self.forgotten - self.nameless


class Answers(NamedTuple):
    """How those who were asked have answered."""

    agreed: int
    declined: int
    silent: int
    nameless: int
    withdrawn: int
    gone: int  # their row was deleted, as when an accepted invitation is declined, or made nameless by retention


class Reminders(NamedTuple):
    """Of those who were asked and have not answered, how many were reminded, and how many can be."""

    done: int
    possible: int
    left: int  # with those who received the question lately


class Refusals(NamedTuple):
    """Who declined the present text, and who declined a change that is called a correction by now."""

    present: list[Signature]
    undone: list[Signature]
    more: bool  # whether there are others, who declined before


def who_is_asked(letter: Letter, number: int) -> Asked:
    """Count those who signed words earlier than this version and were not asked about it yet; nobody if it is 0."""
    deaf, proved = refused(S.mailbox_key), S.confirmed_at.is_not(None)
    kinds = (), MAILED, (*REACHED, deaf), (proved, S.email.is_(None), NAMED), (~NAMED,)
    counts = [sa.func.count().filter(*kind) for kind in kinds]
    asked = sa.select(*counts).select_from(S).where(*to_ask(letter, number))
    return Asked._make(db.session.execute(asked).one())


def is_unasked(letter: Letter) -> bool:
    """Whether the text changed in substance, somebody should be asked about it, and nobody has been."""
    number = asking_number(letter)
    if not number or asking_batches(letter, number):
        return False
    return there_is(*to_ask(letter, number))


def answers(letter: Letter, batches: Sequence[Batch]) -> Answers:
    """Count the answers of those whom these batches asked."""
    ids = [batch.id for batch in batches]
    asked = sa.select(BatchRow.signature_id).where(BatchRow.batch_id.in_(ids))
    stays, agreed = S.withdrawn_at.is_(None), S.letter_version.not_in(earlier_words(letter.id))
    declined = S.disagreed_at.is_not(None)
    kinds = (agreed,), (~agreed, declined), (~agreed, ~declined, NAMED), (~agreed, ~declined, ~NAMED)
    counts = [*(sa.func.count().filter(stays, *kind) for kind in kinds), sa.func.count().filter(~stays)]
    done = sa.select(sa.func.sum(Batch.done)).where(Batch.id.in_(ids)).scalar_subquery()  # at the same moment
    *found, everybody = db.session.execute(sa.select(*counts, done).select_from(S).where(S.id.in_(asked))).one()
    return Answers._make([*found, everybody - sum(found)])


def reminders(letter: Letter, number: int) -> Reminders:
    """Count the reminders of this version; none if it is 0."""
    silent, done = have_not_answered(letter, number), is_in(letter, "remind", number)
    kinds = (done,), to_remind(letter, number), (*MAILED, ~done)
    counts = [sa.func.count().filter(*kind) for kind in kinds]
    return Reminders._make(db.session.execute(sa.select(*counts).select_from(S).where(*silent)).one())


def refusals(letter: Letter, number: int) -> Refusals:
    """Return the last PAGE who declined and do not count because of it; `number`: of the version asked about."""
    earlier = S.letter_version.in_(earlier_words(letter.id))
    declined = sa.or_(sa.and_(earlier, has_declined(letter, number)), sa.and_(~earlier, DECLINED))
    waits = S.letter_id == letter.id, S.counted_at.is_(None), S.withdrawn_at.is_(None)
    query = sa.select(S, earlier).where(*waits, declined).order_by(S.disagreed_at.desc(), S.id.desc())
    rows = db.session.execute(query.limit(PAGE + 1)).all()
    present, undone = ([signature for signature, asks in rows[:PAGE] if asks == which] for which in (True, False))
    return Refusals(present, undone, len(rows) > PAGE)


def reached_by_nobody(letter: Letter, after: int = 0) -> Page[Signature]:
    """Return PAGE of those who have to agree and never proved an address, first signatories first.

    `after`: the id of the last one of the page before; if nobody is left after it, return the last page.
    """
    stands_at = sa.func.coalesce(S.position, BEHIND), S.line_place, S.id
    everybody = sa.select(S).where(S.letter_id == letter.id, *by_hand(letter))
    query = everybody.order_by(*stands_at)
    last = sa.select(*stands_at).where(S.letter_id == letter.id, S.id == after)
    if stands := db.session.execute(last).first():  # if that one was deleted, show the first page
        query = query.where(sa.tuple_(*stands_at) > sa.tuple_(*map(sa.literal, stands)))
    found = db.session.scalars(query.limit(PAGE + 1)).all()
    if stands and not found:
        before = db.session.scalars(everybody.order_by(*(column.desc() for column in stands_at)).limit(PAGE)).all()
        return Page(before[::-1], "")
    return Page(found[:PAGE], str(found[PAGE - 1].id) if len(found) > PAGE else "")


def by_hand(letter: Letter) -> list[sa.ColumnElement[bool]]:
    """Return the conditions for those who have to agree, never proved an address, and have not declined by a link."""
    waits = S.counted_at.is_(None), S.held_at.is_(None), S.withdrawn_at.is_(None), ~DECLINED
    return [ATTESTED, NAMED, *waits, S.letter_version.in_(earlier_words(letter.id))]
