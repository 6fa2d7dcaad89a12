"""Questions about passkeys."""

from collections.abc import Sequence

import sqlalchemy as sa

from tribune.database import db
from tribune.organisers.models import Organiser, Passkey
from tribune.statements import the_one


def passkeys_of(organiser: Organiser) -> Sequence[Passkey]:
    """Return the passkeys of an account, oldest first."""
    return db.session.scalars(sa.select(Passkey).where(Passkey.organiser_id == organiser.id).order_by(Passkey.id)).all()


def passkey_of(organiser: Organiser, passkey_id: int) -> Passkey | None:
    """Return one passkey of this account; None for another account's."""
    return the_one(Passkey, Passkey.organiser_id == organiser.id, Passkey.id == passkey_id)


def passkey_with(credential_id: bytes) -> Passkey | None:
    """Return the passkey with this credential id, of any account."""
    return the_one(Passkey, Passkey.credential_id == credential_id)
