"""Questions about what is being written."""

import sqlalchemy as sa

from tribune.database import db
from tribune.fingerprint import fingerprint
from tribune.letters.models import Draft, Image, Letter
from tribune.organisers.models import Organiser


def draft_of(letter: Letter, organiser: Organiser) -> Draft | None:
    """What this organiser has typed about this letter and not saved."""
    return db.session.get(Draft, (letter.id, organiser.id))


def picture_data(slug: str, digest: str) -> bytes | None:
    """The JPEG of the letter at this address, if it is the one that this digest names."""
    query = sa.select(Image.data).join(Letter, Letter.id == Image.letter_id)
    return db.session.scalars(
        query.where(Letter.slug == slug, Image.digest == digest, Image.removed_at.is_(None))
    ).first()


def removed_picture(letter: Letter) -> Image | None:
    """The picture that was removed last, while no other has taken its place."""
    return db.session.scalars(
        sa.select(Image).where(Image.letter_id == letter.id, Image.removed_at.is_not(None))
    ).first()


def seen(image: Image | None) -> str:
    """Names this very picture with its words: a form carries it, so that nobody replaces what they have not seen."""
    if image is None:
        return "none"
    return fingerprint((image.digest, image.description, image.credit))
