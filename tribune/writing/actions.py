"""What an organiser does to a letter while writing: keep what is typed, save it, give it a picture."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from tribune.audit.actions import record
from tribune.audit.models import Verb
from tribune.database import db, is_postgresql, now, write
from tribune.letters.actions import OURS, SlugTaken, revise
from tribune.letters.models import Draft, Image, Letter
from tribune.letters.queries import hold, letter_by_slug
from tribune.organisers.models import Organiser
from tribune.writing.pictures import Picture

WORDS = ("title", "standfirst", "text")  # of a version; the other fields are columns of the letter


class SavedMeanwhile(Exception):
    """The letter is no longer the revision that was begun from; nothing was written."""


class NoPicture(Exception):
    """There is none to describe."""


def save(
    letter: Letter,
    *,
    by: Organiser,
    revision: int,
    changes: dict[str, Any],
    reason: str = "",
    substance: bool = False,
) -> None:
    """Write what changed, by the names of the fields, and drop the organiser's draft. What is not named stays.

    `revision`: of the letter that the changes were begun from. `reason`: for new words, once somebody has confirmed;
    `substance`: they say something else, and who signed is asked again.
    Raises SavedMeanwhile, SlugTaken, ReasonMissing, FieldTooLong or TextTooLong, and then has written nothing.
    """
    with write() as session:
        hold(letter)
        if letter.revision != revision:
            raise SavedMeanwhile
        throw_away(letter, by=by)
        if not changes:
            return
        letter.revision += 1
        if "slug" in changes:
            _refuse_taken(changes["slug"])
        columns = [name for name in changes if name not in WORDS]
        for name in columns:
            setattr(letter, name, changes[name])
        session.flush()
        if {*WORDS, "locale"} & set(changes):  # typography follows the language
            words = {name: changes.get(name, getattr(letter.version, name)) for name in WORDS}
            revise(letter, by=by, reason=reason, substance=substance, **words)
        if columns:
            _record_edit(letter, by, columns)


def _refuse_taken(slug: str) -> None:
    if slug in OURS or letter_by_slug(slug) is not None:
        raise SlugTaken


def _record_edit(letter: Letter, by: Organiser, fields: list[str]) -> None:
    title = letter.version.title
    record(Verb.LETTER_EDITED, team_id=letter.team_id, by=by, letter_id=letter.id, subject=title, fields=fields)


def keep_draft(letter: Letter, *, by: Organiser, content: dict[str, str], revision: int) -> Draft:
    """Keep what is typed, in place of what was kept before. `content`: the fields of the form, by name."""
    insert = postgresql.insert if is_postgresql() else sqlite.insert
    key = {"letter_id": letter.id, "organiser_id": by.id}
    values = {"content": content, "revision": revision, "saved_at": now()}
    with write() as session:
        kept = insert(Draft).values(key | values).on_conflict_do_update(index_elements=list(key), set_=values)
        session.execute(kept)
    return db.session.get_one(Draft, (key["letter_id"], key["organiser_id"]))


def throw_away(letter: Letter, *, by: Organiser) -> None:
    """Forget what this organiser typed and did not save."""
    with write() as session:
        session.execute(sa.delete(Draft).where(Draft.letter_id == letter.id, Draft.organiser_id == by.id))


def set_picture(letter: Letter, *, by: Organiser, picture: Picture | None, description: str, credit: str = "") -> None:
    """Give the letter this picture, or (None) other words for the one it has. Raises NoPicture."""
    with write() as session:
        hold(letter)
        image = session.get(Image, letter.id)
        if image is None and picture is None:
            raise NoPicture
        image = image or Image(letter_id=letter.id)
        image.description, image.credit = description, credit
        if picture is not None:
            image.data, image.digest = picture.data, picture.digest
            image.width, image.height = picture.width, picture.height
        session.add(image)
        session.flush()
        session.expire(letter, ["image"])
        _record_edit(letter, by, ["image"])


def remove_picture(letter: Letter, *, by: Organiser) -> None:
    """Show the letter without a picture, and forget the one it had."""
    with write() as session:
        hold(letter)
        if letter.image is not None:
            session.execute(sa.delete(Image).where(Image.letter_id == letter.id))
            session.expire(letter, ["image"])
            _record_edit(letter, by, ["image"])
