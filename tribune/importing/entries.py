"""Turn the rows of a file into entries: each understood, perhaps with doubts, or refused for a reason."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from itertools import zip_longest
from typing import Any

from tribune.database import now
from tribune.exports.spreadsheet import typed
from tribune.fields import DOMAIN, PHONE, URL, is_printable, tidy
from tribune.importing.columns import DATE
from tribune.importing.consent import CONFIRMED, NEWS, PUBLISHED, all_agreed
from tribune.importing.moments import moment_in
from tribune.importing.own import HIDDEN, ID, LINE, OWN, STATUS, as_typed, is_of_initials, not_counted, printed_as
from tribune.letters.models import Letter
from tribune.names import plain
from tribune.outbox.mailboxes import AddressRefused, address_and_key
from tribune.reading.affiliations import LONGEST
from tribune.reading.columns import Columns
from tribune.reading.contacts import Contact
from tribune.reading.grid import Row, Sheet
from tribune.reading.headings import LEFT_OUT
from tribune.reading.sheet_people import contacts_in_sheet
from tribune.signatures.forms import AFFILIATION, NAME

_FURNITURE = ("headings_of_columns", "above_headings")  # rows that are nobody's
_SAYS_MORE = frozenset((DATE, NEWS, PUBLISHED, CONFIRMED, LEFT_OUT)) | OWN  # than who it is
_LONGEST = {
    "given_name": NAME,
    "family_name": NAME,
    "role": AFFILIATION,
    "organisation": AFFILIATION,
    "affiliation": LONGEST,
}
_QUOTED = 254  # characters of a row that names nobody
EARLIEST_YEAR = 1990
ASK, ATTEST = "ask", "attest"


@dataclass(frozen=True)
class Terms:
    """How a whole file is imported. `how`: ASK or ATTEST; `published`: organisers say that all agreed to be shown."""

    how: str
    columns: Columns
    zone: tzinfo
    month_first: bool = False
    published: bool = False
    reason: str = ""

    @property
    def deciding(self) -> dict[str, Any]:
        """All that decides what becomes of a row, as JSON values: everything but the reason."""
        return {
            "how": self.how,
            "published": self.published,
            "columns": list(self.columns.held),
            "headings": self.columns.headings,
            "zone": str(self.zone),
            "month_first": self.month_first,
        }


@dataclass(frozen=True)
class Entry:
    """Somebody who signed elsewhere. `key`: of their mailbox, or empty; `reasons`: codes of doubts.

    Only from a file of Tribune's own: `id`, the public one; `hidden` by organisers; `initials`: they agreed to no more.
    """

    row: int
    words: dict[str, str | bool | None]  # as `new_signature` names them
    email: str
    key: str
    signed_at: datetime | None
    published: bool
    news: bool
    reasons: tuple[str, ...]
    id: str
    hidden: bool
    initials: bool

    @property
    def name(self) -> str:
        """Given and family name."""
        return f"{self.words['given_name']} {self.words['family_name']}".strip()

    def is_left_unnamed(self, letter: Letter, how: str) -> bool:
        """Whether attesting it would show the whole name although its owner agreed only to initials."""
        return self.initials and self.published and how == ATTEST and letter.public_list == "yes"


@dataclass(frozen=True)
class Refused:
    """A row that is not imported, and the code of why."""

    row: int
    name: str
    reason: str


def entries_in(sheet: Sheet, terms: Terms) -> Iterator[Entry | Refused]:
    """Yield what the rows of a sheet hold; nothing for the headings and rows above them."""
    columns = terms.columns
    width = len(columns.held)
    rows = {row.number: row for row in sheet.rows}
    if ID in columns.held:
        rows = {number: Row(number, tuple(map(typed, row.cells))) for number, row in rows.items()}
    too_wide = [row for row in sheet.rows if row.number > columns.headings > 0 and any(row.cells[width:])]
    for row in too_wide:
        yield Refused(row.number, " | ".join(filter(None, row.cells))[:_QUOTED], "more_cells")
        del rows[row.number]
    people = replace(columns, held=tuple(LEFT_OUT if held in _SAYS_MORE else held for held in columns.held))
    bare = Sheet([_bare(row, people) for row in rows.values()], [d for d in sheet.doubts if d.line in rows])
    read = contacts_in_sheet(bare, people)
    there = Counter(contact.row for contact in read.contacts)
    for contact in read.contacts:
        row = rows[contact.row]
        is_alone = ID in columns.held and there[contact.row] == 1
        yield _entry(as_typed(contact, columns.held, row.cells) if is_alone else contact, _more(row, columns), terms)
    nobody = {d.line for d in read.doubts if d.reason in _FURNITURE}
    refused = {d.line: d for d in read.doubts if d.line not in there and d.line not in nobody}
    for number, doubt in refused.items():
        yield Refused(number, doubt.text[:_QUOTED], doubt.reason)


def _bare(row: Row, columns: Columns) -> Row:
    """Empty the cells of columns left out: an address in a comment, say, need not be theirs."""
    if row.number <= columns.headings:
        return row
    cells = (cell if held != LEFT_OUT else "" for cell, held in zip(row.cells, columns.held, strict=False))
    return Row(row.number, tuple(cells))


def _more(row: Row, columns: Columns) -> dict[str, list[str]]:
    """Return the cells that say more than who it is, by what they hold; cells missing at the end are empty."""
    more: dict[str, list[str]] = {}
    for held, cell in zip_longest(columns.held, row.cells[: len(columns.held)], fillvalue=""):
        if held in _SAYS_MORE:
            more.setdefault(held, []).append(cell)
    return more


def _entry(contact: Contact, more: dict[str, list[str]], terms: Terms) -> Entry | Refused:
    person, reasons = contact.person, list(contact.reasons)
    words: dict[str, str | bool | None] = {name: tidy(getattr(person, name)) for name in _LONGEST}
    words |= {"affiliation": words["affiliation"] or None, "as_organisation": person.as_organisation}
    name = f"{words['given_name']} {words['family_name']}".strip()
    line, status = _first(more, LINE), plain(_first(more, STATUS))
    named = {**words, "name": name}
    if line and person.affiliation is None:
        words |= printed_as(named, line)
    email, key = _address(contact.email)
    if why := _cannot_print(words) or ("" if name else "name_missing") or _cannot_count(contact, email, more, terms):
        return Refused(contact.row, name, why)
    if contact.email and not email:
        reasons.append("wrong_address")
    if status == HIDDEN:
        reasons.append("hidden_there")
    signed_at, doubt = _signed_at(_first(more, DATE), terms)
    if doubt:
        reasons.append(doubt)
    said = {held: all_agreed(more.get(held, ()), held) for held in (PUBLISHED, NEWS)}
    if None in said.values():
        reasons.append("consent_unclear")
    return Entry(
        row=contact.row,
        words=words,
        email=email,
        key=key,
        signed_at=signed_at,
        published=terms.published or said[PUBLISHED] is True,
        news=said[NEWS] is True,
        reasons=tuple(dict.fromkeys(reasons)),
        id=_first(more, ID),
        hidden=status == HIDDEN,
        initials=bool(line) and not terms.published and is_of_initials(named, line),
    )


def _first(more: dict[str, list[str]], held: str) -> str:
    return next(filter(None, more.get(held, ())), "")


def _signed_at(date: str, terms: Terms) -> tuple[datetime | None, str]:
    """Return the moment in a cell, None if impossible, and the code of a doubt, or ""."""
    moment = moment_in(date, terms.zone, terms.month_first)
    if moment is None:
        return None, "date_unreadable" if date else ""
    if moment.year < EARLIEST_YEAR or moment > now():
        return None, "date_impossible"
    return moment, ""


def _address(text: str) -> tuple[str, str]:
    """Return the address as mail is sent to it, and its mailbox key; two empty strings if it is no address."""
    try:
        return address_and_key(text) if text else ("", "")
    except AddressRefused:
        return "", ""


def _cannot_count(contact: Contact, email: str, more: dict[str, list[str]], terms: Terms) -> str:
    """Return the code of why they can be neither asked nor answered for, on these terms; empty if they can."""
    if terms.how == ASK:
        return "" if email else "not_reachable" if contact.email else "no_address"
    confirmed = all_agreed(more.get(CONFIRMED, ["yes"]), CONFIRMED)
    if not confirmed:
        return "confirmation_unclear" if confirmed is None else "unconfirmed_there"
    return not_counted(plain(_first(more, STATUS)), more)


def _cannot_print(words: dict[str, str | bool | None]) -> str:
    """Return the code of why a line cannot be printed, by the rules of the public form; empty if it can."""
    text = "\n".join(str(words[name] or "") for name in _LONGEST)
    names = f"{words['given_name']} {words['family_name']}"
    if any(len(str(words[name] or "")) > most for name, most in _LONGEST.items()):
        return "too_long"
    if not is_printable(text):
        return "not_printable"
    if PHONE.search(names):
        return "telephone"
    return "web_address" if URL.search(text) or DOMAIN.search(names) else ""
