"""Questions about what is being written."""

import sqlalchemy as sa

from tribune.database import db
from tribune.fingerprint import fingerprint
from tribune.letters.models import Draft, Image, Letter
from tribune.organisers.models import Organiser
from tribune.statements import the_one


def draft_of(letter: Letter, organiser: Organiser) -> Draft | None:
    """Return this organiser's draft of this letter, if there is one."""
    return db.session.get(Draft, (letter.id, organiser.id))


def picture_data(slug: str, digest: str) -> bytes | None:
    """Return the JPEG of the letter at this address, if its digest is this one."""
    query = sa.select(Image.data).join(Letter, Letter.id == Image.letter_id)
    return db.session.scalars(
        query.where(Letter.slug == slug, Image.digest == digest, Image.removed_at.is_(None))
    ).first()


def removed_picture(letter: Letter) -> Image | None:
    """Return the removed picture, if no other has replaced it."""
    return the_one(Image, Image.letter_id == letter.id, Image.removed_at.is_not(None))


def shown_as(image: Image | None) -> str:
    """Return a fingerprint of a picture and its words; forms carry it, so that nobody replaces one unseen."""
    if image is None:
        return "none"
    return fingerprint((image.digest, image.description, image.credit))
