"""What an organiser does while writing: keep what is typed, save the letter, give it a picture."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from tribune.asking.actions import count_again
from tribune.asking.queries import is_unasked
from tribune.audit.models import Verb
from tribune.database import db, now, write
from tribune.fingerprint import ChangedMeanwhile
from tribune.letters.actions import SlugTaken, revise, texts_in, typeset_anew
from tribune.letters.life import unschedule
from tribune.letters.models import WORDS, Draft, Image, Letter
from tribune.letters.queries import is_signed, lock, said_before
from tribune.letters.recording import record_letter
from tribune.letters.slugs import is_taken
from tribune.organisers.models import Organiser
from tribune.statements import insert
from tribune.writing.pictures import Picture
from tribune.writing.promises import broken
from tribune.writing.queries import draft_of, removed_picture, shown_as


class SavedMeanwhile(Exception):
    """Somebody has saved the letter since this form was opened; nothing was written."""


class DraftedElsewhere(Exception):
    """This organiser's draft was written by another tab; nothing was written."""


class PublishedMeanwhile(Exception):
    """It was published, scheduled or unscheduled while the form was checked; nothing was written."""


class Promised(Exception):
    """People signed because these fields said something else, see `broken`; nothing was written."""

    def __init__(self, fields: list[str]) -> None:
        self.fields = fields


class KindMissing(Exception):
    """People have signed the words that change, and the kind of change was not given; nothing was written."""


class NoPicture(Exception):
    """There is no picture to describe."""


def save(
    letter: Letter,
    *,
    by: Organiser,
    revision: int,
    published_at: datetime | None,
    changes: dict[str, Any],
    tab: Mapping[str, str],
    reason: str = "",
    substance: bool | None = False,
) -> int:
    """Write `changes`, by field name, and delete the organiser's draft; other fields stay.

    Return the number of the earlier version whose exact words are back, 0 if none: those who signed it count again.

    `revision`: of the letter when the form was opened. `published_at`: of the letter when the form was checked, as what
    may change depends on it. `tab`: see `_of_tab`. `reason`: for new words, required once somebody has confirmed.
    `substance`: whether those who signed are to be asked again; None if the form did not ask. Raises DraftedElsewhere,
    SavedMeanwhile, PublishedMeanwhile, Promised, SlugTaken, KindMissing, ReasonMissing, FieldTooLong or TextTooLong,
    and then nothing was written.
    """
    back = 0
    made = texts_in(letter, changes["locale"]) if "locale" in changes else {}
    with write():
        lock(letter)
        _drop_draft(letter, by, tab)
        if letter.revision != revision:
            raise SavedMeanwhile
        if letter.published_at != published_at:
            raise PublishedMeanwhile
        if not changes:
            return back
        if fields := broken(letter, changes):
            raise Promised(fields)
        was_closed = letter.state == "closed"
        columns = {name: value for name, value in changes.items() if name not in WORDS}  # WORDS go into a version
        _save_columns(letter, columns)
        if "locale" in columns:
            typeset_anew(letter, made)
        if {*WORDS} & set(changes):
            back = _save_words(letter, changes, by=by, reason=reason, substance=substance)
        letter.revision = revision + 1  # one step, even if `revise` raised it too
        if columns:
            record_letter(letter, Verb.LETTER_EDITED, by=by, fields=list(columns))
        if was_closed and letter.is_open:  # its end was moved or removed
            record_letter(letter, Verb.LETTER_REOPENED, by=by)
    if back:
        count_again(letter)
    return back


def _save_columns(letter: Letter, columns: Mapping[str, Any]) -> None:
    if "slug" in columns and is_taken(columns["slug"]):
        raise SlugTaken
    for name, value in columns.items():
        setattr(letter, name, value)
    try:
        db.session.flush()
    except IntegrityError as error:  # the slug is the only column that has to be unique
        raise SlugTaken from error


def _save_words(
    letter: Letter, changes: Mapping[str, Any], *, by: Organiser, reason: str, substance: bool | None
) -> int:
    """Revise the words among `changes`; return what `save` returns.

    A scheduled letter becomes a draft again if those who signed earlier words have yet to be asked: else it would
    publish them under words they may not know.
    """
    if substance is None and is_signed(letter):
        raise KindMissing
    named = {name: changes[name] for name in WORDS if name in changes}
    version = revise(letter, by=by, reason=reason, substance=bool(substance), **named)
    if letter.state == "scheduled" and is_unasked(letter):
        unschedule(letter, by)
    return said_before(letter, version.words, version.number)[0]


def keep_draft(letter: Letter, *, by: Organiser, content: dict[str, str], revision: int) -> datetime:
    """Store what is typed as the organiser's draft, replacing the one before. `content`: the form's fields, by name.

    Return its `saved_at`. It is not read again: it may have been saved, thrown away or replaced since. Raises
    DraftedElsewhere.
    """
    number = by.id
    with write() as session:
        lock(letter, shared=True)  # else it could be deleted meanwhile
        key = {"letter_id": letter.id, "organiser_id": number}
        moment = now()
        values = {"content": content, "revision": revision, "saved_at": moment}
        kept = insert(Draft).values(key | values)
        kept = kept.on_conflict_do_update(index_elements=list(key), set_=values, where=_of_tab(content))
        if session.execute(kept.returning(Draft.letter_id)).first() is None:
            raise DraftedElsewhere
    return moment


def _of_tab(tab: Mapping[str, str]) -> sa.ColumnElement[bool]:
    """Match the drafts that a tab may overwrite: those it wrote itself, or showed as they are.

    `tab`: fields of its form. `pen`: its own name; `left`: the name of the page left in this tab before, whose words it
    shows and whose last draft may arrive only now; `draft`: `saved_at` of the draft that it began from.
    """
    pens, shown = [tab[name] for name in ("pen", "left") if tab.get(name)], tab.get("draft", "")
    mine: sa.ColumnElement[bool] = Draft.content["pen"].as_string().in_(pens)
    try:
        return sa.or_(mine, Draft.saved_at == datetime.fromisoformat(shown).astimezone(UTC))
    except (ValueError, OverflowError):
        return mine


def throw_away(letter: Letter, *, by: Organiser, tab: Mapping[str, str]) -> None:
    """Delete this organiser's draft. `tab`: see `_of_tab`. Raises DraftedElsewhere."""
    with write():
        _drop_draft(letter, by, tab)


def _drop_draft(letter: Letter, by: Organiser, tab: Mapping[str, str]) -> None:
    theirs = Draft.letter_id == letter.id, Draft.organiser_id == by.id
    db.session.execute(sa.delete(Draft).where(*theirs, _of_tab(tab)))
    if draft_of(letter, by) is not None:
        raise DraftedElsewhere


def set_picture(
    letter: Letter, *, by: Organiser, picture: Picture | None, description: str, credit: str = "", seen_as: str
) -> None:
    """Give the letter this picture, or (None) other words for the one it has.

    `seen_as`: `queries.shown_as` of the picture that was shown. Raises ChangedMeanwhile or NoPicture.
    """
    with write() as session:
        lock(letter)
        if shown_as(letter.image) != seen_as:
            raise ChangedMeanwhile
        if letter.image is None and picture is None:
            raise NoPicture
        image = letter.image or removed_picture(letter) or Image(letter_id=letter.id)
        image.description, image.credit, image.removed_at = description, credit, None
        if picture is not None:
            image.data, image.digest = picture.data, picture.digest
            image.width, image.height = picture.width, picture.height
        session.add(image)
        record_letter(letter, Verb.LETTER_EDITED, by=by, fields=["image"])


def remove_picture(letter: Letter, *, by: Organiser) -> None:
    """Hide the picture of a letter, which is kept until another replaces it."""
    with write():
        lock(letter)
        _mark_removed(letter, letter.image, now(), by)


def put_picture_back(letter: Letter, *, by: Organiser) -> bool:
    """Show the removed picture again, with its words; return False if there is none."""
    with write():
        lock(letter)
        removed = removed_picture(letter)
        _mark_removed(letter, removed, None, by)
    return removed is not None


def _mark_removed(letter: Letter, image: Image | None, moment: datetime | None, by: Organiser) -> None:
    if image is not None:
        image.removed_at = moment
        record_letter(letter, Verb.LETTER_EDITED, by=by, fields=["image"])
