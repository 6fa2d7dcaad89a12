"""Questions about who has to agree to a new text."""

from collections.abc import Sequence
from typing import NamedTuple

import sqlalchemy as sa

from tribune.database import db, now, there_is
from tribune.letters.models import Letter
from tribune.letters.queries import asking_number, earlier_words
from tribune.moderation.models import Batch, BatchRow
from tribune.moderation.queries import REACHED, asking_batches, has_refused, to_ask
from tribune.outbox.queries import refused
from tribune.signatures.agreement import REFUSED
from tribune.signatures.models import Signature
from tribune.signatures.queries import PAGE, Page
from tribune.signatures.replacing import ATTESTED
from tribune.signatures.table import NAMED

S = Signature
BEHIND = 2**31 - 1  # the place of whoever has none: after all who have


class Asked(NamedTuple):
    """Who would be asked: how many, and of these who is mailed, and by whom no mail is read or answered."""

    everybody: int
    mailed: int
    unmailed: int  # their mailbox is sent nothing
    forgotten: int  # they have proved an address that is deleted since, as a month after a letter has closed
    nameless: int  # nor can they answer

    @property
    def by_hand(self) -> int:
        """Who has proved no address: the organisers ask, and answer for them."""
        return self.everybody - self.mailed - self.unmailed - self.forgotten - self.nameless


class Answers(NamedTuple):
    """What became of those who were asked."""

    agreed: int
    refused: int
    silent: int
    nameless: int


def who_is_asked(letter: Letter, number: int) -> Asked:
    """Who stands under words before this version, and was not asked about it yet; nobody where it is 0."""
    deaf, proved = refused(S.mailbox_key), S.confirmed_at.is_not(None)
    kinds = (), (*REACHED, ~deaf), (*REACHED, deaf), (proved, S.email.is_(None), NAMED), (~NAMED,)
    counts = [sa.func.count().filter(*kind) if kind else sa.func.count() for kind in kinds]
    asked = sa.select(*counts).select_from(S).where(*to_ask(letter, number))
    return Asked._make(db.session.execute(asked).one())


def is_unasked(letter: Letter) -> bool:
    """Its text changed in substance, and nobody has been asked about it yet, though somebody would be."""
    number = asking_number(letter)
    if not number or asking_batches(letter, number):
        return False
    return there_is(*to_ask(letter, number))


def takes_answers(letter: Letter) -> bool:
    """Whether who is asked by mail can still answer: before the publication, whenever it was to close."""
    return not letter.is_published or letter.confirms_until is None or now() < letter.confirms_until


def answers(letter: Letter, batches: Sequence[Batch]) -> Answers:
    """How those answered whom these batches asked, but for who has left."""
    asked = sa.select(BatchRow.signature_id).where(BatchRow.batch_id.in_([batch.id for batch in batches]))
    agreed, refused = S.letter_version.not_in(earlier_words(letter.id)), S.disagreed_at.is_not(None)
    kinds = (agreed,), (~agreed, refused), (~agreed, ~refused, NAMED), (~agreed, ~refused, ~NAMED)
    counts = [sa.func.count().filter(*kind) for kind in kinds]
    theirs = S.id.in_(asked), S.withdrawn_at.is_(None)
    return Answers._make(db.session.execute(sa.select(*counts).select_from(S).where(*theirs)).one())


def refusals(letter: Letter, number: int) -> Sequence[Signature]:
    """The last PAGE who said that they do not sign this version."""
    waits = S.counted_at.is_(None), S.withdrawn_at.is_(None)
    query = sa.select(S).where(S.letter_id == letter.id, has_refused(letter, number), *waits)
    latest = query.where(S.letter_version.in_(earlier_words(letter.id))).order_by(S.disagreed_at.desc(), S.id.desc())
    return db.session.scalars(latest.limit(PAGE)).all()


def reached_by_nobody(letter: Letter, after: int = 0) -> Page[Signature]:
    """PAGE of those who wait to agree and have proved no address, for whom the organisers answer: the first first.

    `after`: the number of the last one before them; the last page where nobody is left after that one.
    """
    place = sa.func.coalesce(S.position, BEHIND)
    everybody = sa.select(S).where(S.letter_id == letter.id, *by_hand(letter))
    query = everybody.order_by(place, S.id)
    last = sa.select(place, S.id).where(S.letter_id == letter.id, S.id == after)
    if stands := db.session.execute(last).first():  # whoever is gone meanwhile leads to the first page
        query = query.where(sa.tuple_(place, S.id) > sa.tuple_(*map(sa.literal, stands)))
    found = db.session.scalars(query.limit(PAGE + 1)).all()
    if stands and not found:
        before = db.session.scalars(everybody.order_by(place.desc(), S.id.desc()).limit(PAGE)).all()
        return Page(before[::-1], "")
    return Page(found[:PAGE], str(found[PAGE - 1].id) if len(found) > PAGE else "")


def by_hand(letter: Letter) -> list[sa.ColumnElement[bool]]:
    """What holds for whoever waits to agree, has proved no address, and has not answered by the link of their page."""
    waits = S.counted_at.is_(None), S.held_at.is_(None), S.withdrawn_at.is_(None), ~REFUSED
    return [ATTESTED, NAMED, *waits, S.letter_version.in_(earlier_words(letter.id))]
