"""Questions about invitations."""

from collections.abc import Sequence

import sqlalchemy as sa

from tribune.database import db
from tribune.invitations.models import Invitation
from tribune.letters.models import Letter


def invitations_of(letter: Letter) -> Sequence[Invitation]:
    """Everybody invited to be a first signatory, in the order of the organisers."""
    query = sa.select(Invitation).where(Invitation.letter_id == letter.id)
    return db.session.scalars(query.order_by(Invitation.rank, Invitation.id)).all()
