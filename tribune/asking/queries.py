"""Questions about who has to agree to a new text."""

from collections.abc import Sequence
from typing import NamedTuple

import sqlalchemy as sa

from tribune.database import db, now, there_is
from tribune.letters.models import Letter
from tribune.letters.queries import asking_number, earlier_words
from tribune.moderation.models import Batch, BatchRow
from tribune.moderation.queries import asking_batches, has_refused, to_ask
from tribune.signatures.agreement import REFUSED
from tribune.signatures.models import Signature
from tribune.signatures.queries import PAGE
from tribune.signatures.replacing import ATTESTED
from tribune.signatures.table import NAMED

S = Signature
BEHIND = 2**31 - 1  # the place of whoever has none: after all who have
# Who has proved an address that is deleted since, as a month after a letter has closed: nobody can ask them.
FORGOTTEN: tuple[sa.ColumnElement[bool], ...] = (S.confirmed_at.is_not(None), S.email.is_(None), NAMED)
NAMELESS: tuple[sa.ColumnElement[bool], ...] = (~NAMED,)  # nor can they answer


class Answers(NamedTuple):
    """What became of those who were asked."""

    agreed: int
    refused: int
    silent: int
    nameless: int


def is_unasked(letter: Letter) -> bool:
    """Its text changed in substance, and nobody has been asked about it yet, though somebody would be."""
    number = asking_number(letter)
    if not number or asking_batches(letter, number):
        return False
    return there_is(*to_ask(letter, number))


def takes_answers(letter: Letter) -> bool:
    """Whether who is asked by mail can still answer."""
    return letter.confirms_until is None or now() < letter.confirms_until


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


def reached_by_nobody(letter: Letter, after: int = 0, most: int = PAGE) -> Sequence[Signature]:
    """Those who wait to agree and have proved no address, for whom the organisers answer: first signatories first.

    `most` at a time; `after`: the number of the last one before them.
    """
    place = sa.func.coalesce(S.position, BEHIND)
    query = sa.select(S).where(S.letter_id == letter.id, *by_hand(letter))
    last = sa.select(place, S.id).where(S.letter_id == letter.id, S.id == after)
    if stands := db.session.execute(last).first():  # whoever is gone meanwhile leads to the first page
        query = query.where(sa.tuple_(place, S.id) > sa.tuple_(*map(sa.literal, stands)))
    return db.session.scalars(query.order_by(place, S.id).limit(most)).all()


def by_hand(letter: Letter) -> list[sa.ColumnElement[bool]]:
    """What holds for whoever waits to agree, has proved no address, and has not answered by the link of their page."""
    waits = S.counted_at.is_(None), S.held_at.is_(None), S.withdrawn_at.is_(None), ~REFUSED
    return [ATTESTED, NAMED, *waits, S.letter_version.in_(earlier_words(letter.id))]
