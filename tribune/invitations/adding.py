"""Turn a list or file into rows to review: who is meant, what is in doubt, who is known already."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from tribune.database import write
from tribune.invitations.actions import add, give_addresses
from tribune.invitations.add_forms import KNOWN, WORDS, InviteeForm, row_in_words
from tribune.invitations.known import gone_from, known, plain_name
from tribune.letters.models import Letter
from tribune.letters.queries import lock
from tribune.names import sort_key
from tribune.organisers.models import Organiser
from tribune.outbox.mailboxes import AddressRefused, mailbox_key
from tribune.pasting import rows
from tribune.pasting.rows import PersonForm, kept
from tribune.pasting.understood import LONGEST_DOUBT, Check, places_of, together
from tribune.reading.affiliations import read_affiliation
from tribune.reading.columns import Columns, guess
from tribune.reading.contacts import Contact, Contacts
from tribune.reading.cut_lines import rejoined
from tribune.reading.grid import Sheet
from tribune.reading.list_people import contacts_in_list
from tribune.reading.people import Person
from tribune.reading.pieces_of_line import pieces_of
from tribune.reading.sheet_people import contacts_in_sheet
from tribune.reading.sheets import read_cells, read_file

MOST_PEOPLE = 1_000  # in one review
LARGEST_REVIEW = 4 * 1024 * 1024  # bytes of its form, in any alphabet
LONGEST_LIST = 300_000  # characters of a list without columns
ON_THE_LIST = ("already_invited", "gives_address", "name_invited")  # doubts that nobody is to read too late


class TooManyPeople(Exception):
    """More people than one review holds."""


class NobodyThere(Exception):
    """There is text, and nobody in it."""


class Listed(NamedTuple):
    """How many people were added, how many were given an address, and how many left out: they have left the letter."""

    added: int
    addressed: int
    left_out: int


@dataclass(frozen=True)
class Given:
    """The people read from a list, or from a table and its columns."""

    contacts: Contacts
    sheet: Sheet | None = None
    columns: Columns | None = None


def read(pasted: str, content: bytes) -> Given:
    """Read the file, or what was pasted if there is none. Raises CannotRead, TooManyPeople or NobodyThere."""
    sheet = read_file(content) if content else read_cells(pasted)
    if sheet and max(sum(map(bool, row.cells)) for row in sheet.rows) > 1:
        return read_again(sheet, guess(sheet.rows))
    text = "\n".join(_lines(sheet)) if sheet else rejoined(pasted)
    lines = [line for line in text.splitlines() if line.strip()]
    if len(text) > LONGEST_LIST or sum(len(pieces_of(line)) for line in lines) > 2 * MOST_PEOPLE:
        raise TooManyPeople  # before spending time on reading them
    return _checked(Given(contacts_in_list(text)))


def _lines(sheet: Sheet) -> Iterator[str]:
    """Yield the only column of a sheet as lines, with empty ones so that line numbers are row numbers."""
    number = 1
    for row in sheet.rows:
        yield from [""] * (row.number - number)
        yield " ".join(cell.replace("\n", " ") for cell in row.cells if cell)
        number = row.number + 1


def read_again(sheet: Sheet, columns: Columns) -> Given:
    """Read a table by the columns given. Raises TooManyPeople."""
    return _checked(Given(contacts_in_sheet(sheet, columns), sheet, columns))


def _checked(given: Given) -> Given:
    if len(given.contacts.contacts) > MOST_PEOPLE:
        raise TooManyPeople
    if not given.contacts.contacts and not given.sheet:
        raise NobodyThere
    return given


def row_of(contact: Contact) -> InviteeForm:
    """Return the form row of somebody who was read."""
    beside = {"email": contact.email, "section": contact.section, "note": contact.note.replace("\n", " ")}
    return rows.row_of(InviteeForm, _in_fields(contact.person), contact.reasons, **beside, row=str(contact.row))


def rows_of_page(people: Sequence[PersonForm]) -> list[InviteeForm]:
    """Return the people of a pasted page as they were corrected on its review, without addresses."""
    return [rows.row_of(InviteeForm, _in_fields(row.person), row.doubts) for row in kept(people)]


def _in_fields(person: Person) -> Person:
    return replace(person, affiliation=None) if _is_set_apart(person) else person


def _is_set_apart(person: Person) -> bool:
    """Whether only a comma joined role and organisation, so that two fields print the same.

    Other words ("mayor of Lille"), and what was read in doubt, are printed as they stood.
    """
    apart = ", ".join(filter(None, (person.role, person.organisation)))
    return person.affiliation == apart and not read_affiliation(apart).reason


def look_up(letter: Letter, rows: Sequence[InviteeForm]) -> bool:
    """Mark each row with the doubts of KNOWN; True when an address or a name is newly found to be on the list already.

    A row with such an address is left out once: an organiser who takes it in again after reading the warning means it.
    """
    keys = [_key(row) for row in rows]
    names = [plain_name(row.given_name.data or "", row.family_name.data or "") for row in rows]
    there = known(letter, set(filter(None, keys)), {_sort_key(row) for row in rows})
    times = Counter(key for key, row in zip(keys, rows, strict=True) if key and not row.is_left_out)
    named = Counter(name for name, row in zip(names, rows, strict=True) if name and not row.is_left_out)
    is_new = False
    for row, key, name in zip(rows, keys, names, strict=True):
        gives = bool(key) and key not in there.invited and named[name] == 1 and name in there.unaddressed
        row.gives_to = there.unaddressed[name] if gives else None
        found = {
            "wrong_address": bool(row.email.data) and not key,
            "already_invited": key in there.invited,
            "has_signed": key in there.signed,
            "gives_address": gives,
            "name_invited": name in there.invited_names and key not in there.invited and not gives,
            "name_signed": name in there.signed_names and key not in there.signed,
            "repeated_address": times[key] > 1,
            "repeated_name": named[name] > 1,
        }
        was = row.doubts
        if not row.is_left_out and any(found[code] and code not in was for code in ON_THE_LIST):
            row.is_left_out = found["already_invited"]
            is_new = True
        row.reasons.data = " ".join(
            [code for code in was if code not in KNOWN] + [code for code in found if found[code]]
        )
    return is_new


def put_on_the_list(letter: Letter, rows: Sequence[InviteeForm], *, by: Organiser) -> Listed | None:
    """Add the rows not left out, or give their address to whoever is on the list without one.

    None, and nothing is written, when some were put on the list since they were looked up. A second press, or another
    organiser at the same moment, waits for the lock and then finds the people of the first. Those who have left this
    letter are not added.
    """
    with write():
        lock(letter)
        if look_up(letter, rows):
            return None
        people = kept(rows)
        gone = gone_from(letter, {_key(row) for row in people})
        wanted = [row for row in people if _key(row) not in gone]
        new = [row.proposed for row in wanted if row.gives_to is None]
        add(letter, new, by)
        given = {row.gives_to: row.email.data or "" for row in wanted if row.gives_to is not None}
        give_addresses(letter, given, by)
    return Listed(len(new), addressed=len(given), left_out=len(people) - len(wanted))


def _key(row: InviteeForm) -> str:
    try:
        return mailbox_key(row.email.data) if row.email.data else ""
    except AddressRefused:
        return ""


def _sort_key(row: InviteeForm) -> str:
    return sort_key(row.family_name.data or "", row.given_name.data or "")


def doubts_in_form(given: Given) -> str:
    """Return the doubts about no row in particular, for a form field: one a line."""
    shown = given.columns.headings if given.columns else 0  # the page shows the headings with the columns
    return "\n".join(
        f"{doubt.reason} {doubt.line} {' '.join(doubt.text.split())[:LONGEST_DOUBT]}"
        for doubt in given.contacts.doubts
        if not shown or doubt.line != shown
    )


def checks(doubts: str, rows: Sequence[InviteeForm]) -> list[Check]:
    """Return what to look at, grouped by reason; doubts about no row come first."""
    places = []
    for line in doubts.splitlines():
        reason, number, *text = [*line.split(" ", 2), ""]
        if reason in WORDS:
            places.append((reason, "", row_in_words(number, text[0]) if number != "0" else text[0]))
    return together([*places, *places_of(rows)])


def without_address(rows: Sequence[InviteeForm]) -> int:
    """Count the rows not left out that have no address."""
    return sum(not row.email.data for row in kept(rows))
