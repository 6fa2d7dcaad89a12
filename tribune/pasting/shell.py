"""A printed page in a file, for the shell: its text, and what was understood of it."""

from collections.abc import Iterator
from pathlib import Path

import click

from tribune.fields import tidy_text
from tribune.reading.delimited import text_of
from tribune.reading.doubts import LIST_DOUBTS
from tribune.reading.grid import CannotRead
from tribune.reading.page import Page
from tribune.reading.pasted import readable
from tribune.reading.people import People

LARGEST_FILE = 1024 * 1024  # bytes


def text_of_page(file: Path) -> str:
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
