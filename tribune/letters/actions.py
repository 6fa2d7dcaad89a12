"""What happens to a letter: written, published, closed."""

from typing import Any

import sqlalchemy as sa
from slugify import slugify

from tribune.audit.actions import record
from tribune.audit.models import Verb
from tribune.database import now, write
from tribune.letters.models import Letter, Version
from tribune.letters.queries import is_frozen, letter_by_slug
from tribune.letters.rendering import render
from tribune.organisers.models import Organiser
from tribune.teams.models import Team

LONGEST_SLUG = 80  # characters, with the number that tells two apart


class SlugTaken(Exception):
    """Another letter has this address."""


class FieldTooLong(Exception):
    """The field of this name holds at most this many characters."""

    def __init__(self, name: str, longest: int) -> None:
        self.name, self.longest = name, longest


class ReasonMissing(Exception):
    """People have confirmed a signature: a new text needs a reason that readers can see."""


def create(
    team: Team,
    *,
    by: Organiser | None = None,
    title: str,
    text: str,
    standfirst: str = "",
    slug: str = "",
    locale: str = "fr",
    **details: Any,
) -> Letter:
    """A new draft with its first version. `details`: other columns of a letter, such as authors or outlet.

    `by`: the organiser who makes it, and answers for it on the form until they say otherwise; None for the shell.
    Raises SlugTaken, FieldTooLong or TextTooLong.
    """
    title = " ".join(title.split())
    details = {"controller": by.name if by else "", **details}
    _refuse_too_long(Letter, details)
    _refuse_too_long(Version, {"title": title})
    html = render(text, locale)
    with write() as session:
        if slug and letter_by_slug(_as_slug(slug)):
            raise SlugTaken
        letter = Letter(slug=_as_slug(slug) if slug else _free_slug(title), locale=locale, **details)
        letter.team_id = team.id
        session.add(letter)
        session.flush()
        session.add(Version(letter_id=letter.id, number=1, title=title, standfirst=standfirst, text=text, html=html))
        record(Verb.LETTER_CREATED, team_id=team.id, by=by, letter_id=letter.id, subject=title)
    return letter


def _refuse_too_long(model: type[Letter] | type[Version], values: dict[str, Any]) -> None:
    for name, value in values.items():
        longest = getattr(model.__table__.c[name].type, "length", None)
        if longest is not None and len(value) > longest:
            raise FieldTooLong(name, longest)


def _as_slug(text: str) -> str:
    # slugify drops the typographic apostrophe, and l’école would read lecole.
    return slugify(text, max_length=LONGEST_SLUG - 5, word_boundary=True, replacements=[("\u2019", "-")]) or "letter"


def _free_slug(title: str) -> str:
    slug = wanted = _as_slug(title)
    number = 1
    while letter_by_slug(slug):
        number += 1
        slug = f"{wanted}-{number}"
    return slug


def revise(
    letter: Letter, *, by: Organiser | None, title: str, text: str, standfirst: str = "", reason: str = ""
) -> Version:
    """Change the text: in place while nobody has signed it, else as a new version; who signed keeps what they signed.

    Once a signature was confirmed a `reason` is needed, and readers see it. Raises ReasonMissing, FieldTooLong or
    TextTooLong.
    """
    title = " ".join(title.split())
    _refuse_too_long(Version, {"title": title})
    html = render(text, letter.locale)
    with write() as session:
        session.refresh(letter, with_for_update=True)  # nobody signs the old words meanwhile
        current = session.scalars(_current(letter).execution_options(populate_existing=True)).one()
        new = {"title": title, "standfirst": standfirst, "text": text, "html": html}
        if (title, standfirst, text) == (current.title, current.standfirst, current.text):
            current.html = html
            return current
        if current.signed_at is None:
            for name, value in new.items():
                setattr(current, name, value)
            _record(Verb.LETTER_EDITED, letter, by)
            return current
        if not reason.strip() and is_frozen(letter):
            raise ReasonMissing
        letter.version_number += 1
        version = Version(letter_id=letter.id, number=letter.version_number, reason=reason.strip(), **new)
        session.add(version)
        session.flush()
        session.expire(letter, ["version"])
        _record(Verb.LETTER_CORRECTED, letter, by, number=version.number, reason=version.reason)
    return version


def publish(letter: Letter, by: Organiser | None = None) -> None:
    """Show the letter to readers and take signatures; a closed one opens again. `by`: None for the shell."""
    with write():
        verb = Verb.LETTER_REOPENED if letter.is_published else Verb.LETTER_PUBLISHED
        letter.published_at = letter.published_at or now()
        letter.closed_at = None
        _record(verb, letter, by)


def close(letter: Letter, by: Organiser | None = None) -> None:
    """Take no more signatures; those who signed in time may still confirm. `by`: None for the shell."""
    with write():
        letter.closed_at = letter.closed_at or now()
        _record(Verb.LETTER_CLOSED, letter, by)


def _current(letter: Letter) -> sa.Select[Version]:
    return sa.select(Version).where(Version.letter_id == letter.id, Version.number == letter.version_number)


def _record(verb: Verb, letter: Letter, by: Organiser | None, **details: Any) -> None:
    record(verb, team_id=letter.team_id, by=by, letter_id=letter.id, subject=letter.version.title, **details)
