"""The place of an invited person among the first signatories: by the rank of the invitation."""

from collections.abc import Sequence

import sqlalchemy as sa

from tribune.database import db
from tribune.invitations.models import Invitation
from tribune.letters.models import Letter
from tribune.people.first import alike
from tribune.people.order import Entry, Order, index_of
from tribune.people.placing import settle
from tribune.signatures.models import Signature


def place_by_rank(letter: Letter, invitation: Invitation, signature: Signature) -> None:
    """Place a signature after its predecessor by rank, else before its successor, else last.

    People of the same rank with the same words after their names share a line, in the order of their invitations. A
    signature that has a place keeps it. In the caller's transaction.
    """
    if signature.position is not None:
        return
    here, rank = (invitation.rank, invitation.id), invitation.rank
    own = Entry((signature.id,), signature.section)
    placed = _placed(letter)
    before = [row for row in placed if (row.rank, row.id) < here]
    after = [row for row in placed if (row.rank, row.id) > here]
    mates = [row.signature_id for row in placed if row.rank == rank]

    def arrange(order: Order) -> list[Entry]:
        for at in (index_of(order, mate) for mate in mates):
            if at is not None and order[at].section == own.section and alike(letter, order[at], own):
                return [*order[:at], _among(order[at], own, {row.signature_id for row in before}), *order[at + 1 :]]
        if before:
            at = (index_of(order, before[-1].signature_id) or 0) + 1
        else:
            at = (index_of(order, after[0].signature_id) or 0) if after else len(order)
        return [*order[:at], own, *order[at:]]

    settle(letter, arrange)


def _among(line: Entry, own: Entry, before: set[int]) -> Entry:
    """Return the line with `own` on it, after the last of those who come before."""
    at = max((n for n, person in enumerate(line.people, 1) if person in before), default=0)
    return Entry((*line.people[:at], *own.people, *line.people[at:]), line.section)


def _placed(letter: Letter) -> Sequence[sa.Row[int, int, int]]:
    """Return (rank, id, signature_id) of the invited who are among the first signatories, by rank."""
    query = (
        sa.select(Invitation.rank, Invitation.id, Signature.id.label("signature_id"))
        .join(Signature, Invitation.signature_id == Signature.id)
        .where(Invitation.letter_id == letter.id, Signature.position.is_not(None))
    )
    return db.session.execute(query.order_by(Invitation.rank, Invitation.id)).all()
