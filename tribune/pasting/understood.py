"""What was understood of a pasted page: the fields of a letter, its people, and doubts about both."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from tribune.fields import tidy, tidy_text
from tribune.i18n import LANGUAGES
from tribune.letters.rendering import LIMIT
from tribune.pasting.rows import PersonForm, row_of
from tribune.reading.doubts import LIST_DOUBTS, N_, PAGE_DOUBTS, Doubt
from tribune.reading.languages import language_of
from tribune.reading.page import Page, read_page
from tribune.reading.pasted import readable
from tribune.reading.people import People, Person, read_people

MOST_PEOPLE = 500  # in one form; the command line has no limit
LARGEST_REVIEW = 1024 * 1024  # bytes of the form: 500 people in any alphabet, at up to six bytes a letter
LONGEST_DOUBT = 200  # characters of a quotation
TITLE_PROPOSED, ANOTHER_LANGUAGE = "title_proposed", "another_language"
WORDS = LIST_DOUBTS | {
    ANOTHER_LANGUAGE: N_("The text does not seem to be in the language that was chosen for its typography, but in:"),
    TITLE_PROPOSED: N_("The page has no title: the first words of the text are used instead. Type the right one."),
}
_FIELDS_DOUBTED = {
    ANOTHER_LANGUAGE: "locale",
    TITLE_PROPOSED: "title",
    "title_guessed": "title",
    "standfirst_guessed": "standfirst",
}


class NoText(Exception):
    """There is no text of a letter on the page."""


class TooLong(Exception):
    """The text of the letter is longer than a letter may be."""


class TooManyPeople(Exception):
    """There are more than MOST_PEOPLE on the page."""


class TooMuch(Exception):
    """With everything around the letter, the page is more than one form can hold."""


@dataclass(frozen=True)
class Understood:
    """The fields of ReviewForm, by name, and the rows of its people."""

    fields: dict[str, Any]
    rows: list[PersonForm]


def understand(pasted: str, locale: str) -> Understood:
    """Read a pasted page. `locale`: the language chosen for it. Raises NoText, TooLong, TooManyPeople or TooMuch."""
    page = read_page(tidy_text(readable(pasted)))
    if not page.text.strip():
        raise NoText
    if len(page.text.encode()) > LIMIT:
        raise TooLong
    if sum(bool(line.strip()) for line in page.signatories.splitlines()) > 2 * MOST_PEOPLE:
        raise TooManyPeople  # before reading them all
    people = read_people(page.signatories)
    if len(people.people) > MOST_PEOPLE:
        raise TooManyPeople
    if len(people.doubts) > 4 * MOST_PEOPLE:
        raise TooMuch
    rows = [row_of(PersonForm, person, _reasons(person, people)) for person in people.people]
    fields = {
        "title": tidy(page.proposed_title),
        "standfirst": tidy(page.standfirst),
        "text": page.text,
        "outlet": tidy(page.outlet),
        "authors": tidy(page.authors),
        "left_out": "\n".join(page.left_out),
        "doubts": "\n".join(_unplaced(page, people, locale)),
    }
    if _weight(fields, rows) > LARGEST_REVIEW * 3 // 4:  # corrections need room
        raise TooMuch
    return Understood(fields, rows)


def _reasons(person: Person, people: People) -> list[str]:
    return [doubt.reason for doubt in people.doubts if _is_about(doubt, person, people)]


def _is_about(doubt: Doubt, person: Person, people: People) -> bool:
    is_there = doubt.line == people.rows[person.line]
    return is_there and person.given_name in doubt.text and person.family_name in doubt.text


def _unplaced(page: Page, people: People, locale: str) -> Iterator[str]:
    """Yield a line for each doubt that is not about a person: its code, a space, and a quotation."""
    if (language := language_of(page.text)) not in ("", locale):
        yield f"{ANOTHER_LANGUAGE} {LANGUAGES[language]}"
    if not page.title:
        yield TITLE_PROPOSED
    doubts = [doubt for doubt in page.doubts if not _is_of_the_list(doubt, page)]
    doubts += [doubt for doubt in people.doubts if not any(_is_about(doubt, one, people) for one in people.people)]
    for doubt in doubts:
        yield f"{doubt.reason} {tidy(doubt.text)[:LONGEST_DOUBT]}"


def _is_of_the_list(doubt: Doubt, page: Page) -> bool:
    return doubt.reason == "unreadable_character" and doubt.text in page.signatories


def _weight(fields: dict[str, Any], rows: list[PersonForm]) -> int:
    """Return how many bytes a browser will send."""
    pairs = [*fields.items(), *((field.name, field.data) for row in rows for field in row)]
    return len(urlencode(pairs))


@dataclass(frozen=True)
class Check:
    """Something to check: the code of the reason, and its places, each as (anchor or "", words)."""

    reason: str
    places: list[tuple[str, str]]


def checks(unplaced: str, rows: list[PersonForm]) -> list[Check]:
    """Return what should be checked, grouped by reason, the page first. `unplaced`: `doubts` of ReviewForm."""
    places = []
    for line in unplaced.splitlines():
        reason, _, text = line.partition(" ")
        if reason in WORDS:
            field = _FIELDS_DOUBTED.get(reason, "text" if reason in PAGE_DOUBTS else "")
            places.append((reason, field, text))
    return together([*places, *places_of(rows)])


def places_of(rows: Iterable[PersonForm]) -> Iterator[tuple[str, str, str]]:
    """Yield code, anchor and name for each doubt of a row; of a row left out, only that it is invited already."""
    for number, row in enumerate(rows):
        for reason in row.doubts:
            if not row.is_left_out or reason == "already_invited":
                yield reason, f"person-{number}", row.called


def together(places: Iterable[tuple[str, str, str]]) -> list[Check]:
    """Group places by reason."""
    found: dict[str, list[tuple[str, str]]] = {}
    for reason, anchor, text in places:
        found.setdefault(reason, []).append((anchor, text))
    return [Check(reason, of_one) for reason, of_one in found.items()]
