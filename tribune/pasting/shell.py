"""A printed page in a file, for the shell: its text, what was understood of it, and what the review would refuse."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import click
from flask_babel import force_locale

from tribune.fields import INVISIBLE, is_tower, tidy, tidy_text
from tribune.pasting.rows import PersonForm, row_of
from tribune.reading.delimited import text_of
from tribune.reading.doubts import LIST_DOUBTS
from tribune.reading.grid import CannotRead
from tribune.reading.page import Page, read_page
from tribune.reading.pasted import UNREADABLE, readable
from tribune.reading.people import People, Person

LARGEST_FILE = 1024 * 1024  # bytes
LINES = ("title", "proposed_title", "standfirst", "signatories", "outlet", "authors")  # of Page; the text is none
WORDS = ("given_name", "family_name", "role", "organisation", "affiliation")  # of Person


def page_in(file: Path) -> Page:
    """Return the page in a file, without what nobody sees on a line. Raises ClickException as `_text_of`."""
    page = read_page(_text_of(file))
    seen: dict[str, Any] = {name: _seen(getattr(page, name)) for name in LINES}
    return replace(page, **seen)


def _text_of(file: Path) -> str:
    """Return the text of a file, to be read as a page. Raises ClickException if it is too large or not UTF-8."""
    if file.stat().st_size > LARGEST_FILE:
        raise click.ClickException("This file is larger than 1 MB: a letter with its list is not.")
    try:
        return tidy_text(readable(text_of(file.read_bytes())))
    except CannotRead:
        raise click.ClickException("This file is not plain text in UTF-8: save it as such and try again.") from None


def understood(page: Page, people: People, title: str | None) -> Iterator[str]:
    """Yield what was understood, line by line, then what was left out and what is doubtful. `title`: as was typed."""
    if not title:
        yield f"Title: {page.title}" if page.title else f"No title found; proposed: {page.proposed_title}"
    yield f"Standfirst: {page.standfirst or 'none'}"
    blocks = [block for block in page.text.split("\n\n") if block]
    headings = [block for block in blocks if block.startswith("#")]
    yield from (f"Subheading: {heading.lstrip('# ')}" for heading in headings)
    yield f"Paragraphs: {len(blocks) - len(headings)}"
    yield f"Signatories: {len(people.people)} on {len({p.line for p in people.people})} lines"
    for person in people.people:
        name = f"{person.given_name} {person.family_name}".strip()
        yield f"  {person.line}. {name} | {person.role or '-'} | {person.organisation or '-'}"
    if page.authors:
        yield f"Authors: {page.authors}"
    if page.outlet:
        yield f"Printed by: {page.outlet}"
    titled = [page.title] if title and page.title not in ("", title) else []
    yield from (f"Left out: {line}" for line in [*titled, *page.left_out])
    yield from (f"Doubt: {d.text!r}: {LIST_DOUBTS.get(d.reason, d.reason)}" for d in [*page.doubts, *people.doubts])


def words_of(page: Page, **typed: str | None) -> dict[str, str]:
    """Return what is printed with the text: as typed, or else as the page has it.

    Raises ClickException for what the review of a pasted page would refuse.
    """
    read = {"title": page.title or page.proposed_title, "standfirst": page.standfirst}
    read |= {"authors": page.authors, "outlet": page.outlet}
    words = {name: tidy(typed.get(name) or read.get(name)) for name in {**read, **typed}}
    for name, text in words.items():
        if text != _seen(text) or is_tower(text):
            raise click.ClickException(f"The {name} holds characters that cannot be printed: type it again.")
    if words["outlet_url"] and not words["outlet"]:
        raise click.ClickException("Say with --outlet who prints it: the link reads “Read on …”.")
    return words


def kept(people: Sequence[Person]) -> list[Person]:
    """Return the people as the review of a pasted page would keep them, also with characters that were UNREADABLE.

    Raises ClickException where it would keep somebody only once corrected, after saying why.
    """
    refused = 0
    with force_locale("en"):  # the language of all commands
        for person in people:
            row = row_of(PersonForm, _legible(person))
            if not row.validate():
                reasons = dict.fromkeys(str(reason) for field in row for reason in field.errors)
                click.echo(f"Refused: {row.called!r}: {' '.join(reasons)}")
                refused += 1
    if refused:
        raise click.ClickException(f"People who cannot be kept as they stand: {refused}. Correct the file.")
    return [row_of(PersonForm, person).person for person in people]


def _seen(text: str) -> str:
    """Remove what nobody sees on a line; the mark of what was UNREADABLE stays, so that somebody mends it."""
    return UNREADABLE.join(INVISIBLE.sub("", part) for part in text.split(UNREADABLE))


def _legible(person: Person) -> Person:
    words: dict[str, Any] = {name: getattr(person, name) for name in WORDS}
    return replace(person, **{name: text and text.replace(UNREADABLE, "") for name, text in words.items()})
