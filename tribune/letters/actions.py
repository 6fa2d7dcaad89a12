"""What happens to a letter: written, published, closed."""

from typing import Any

from slugify import slugify

from tribune.database import now, write
from tribune.letters.models import Letter, Version
from tribune.letters.queries import letter_by_slug
from tribune.letters.rendering import render
from tribune.organisers.models import Organiser

LONGEST_SLUG = 80  # characters, with the number that tells two apart


class SlugTaken(Exception):
    """Another letter has this address."""


class FieldTooLong(Exception):
    """The field of this name holds at most this many characters."""

    def __init__(self, name: str, longest: int) -> None:
        self.name, self.longest = name, longest


def create(
    organiser: Organiser,
    *,
    title: str,
    text: str,
    standfirst: str = "",
    slug: str = "",
    locale: str = "fr",
    **details: Any,
) -> Letter:
    """A new draft with its first version. `details`: other columns of a letter, such as authors or outlet.

    Raises SlugTaken, FieldTooLong or TextTooLong.
    """
    title = " ".join(title.split())
    details = {"controller": organiser.name, **details}
    _refuse_too_long(Letter, details)
    _refuse_too_long(Version, {"title": title})
    html = render(text, locale)
    with write() as session:
        if slug and letter_by_slug(_as_slug(slug)):
            raise SlugTaken
        letter = Letter(slug=_as_slug(slug) if slug else _free_slug(title), locale=locale, **details)
        letter.organiser_id = organiser.id
        session.add(letter)
        session.flush()
        session.add(Version(letter_id=letter.id, number=1, title=title, standfirst=standfirst, text=text, html=html))
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


def publish(letter: Letter) -> None:
    """Show the letter to readers and take signatures; a closed one opens again."""
    with write():
        letter.published_at = letter.published_at or now()
        letter.closed_at = None


def close(letter: Letter) -> None:
    """Take no more signatures; those who signed in time may still confirm."""
    with write():
        letter.closed_at = letter.closed_at or now()
