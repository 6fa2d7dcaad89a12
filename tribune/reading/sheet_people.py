"""Reads people to write to from the rows of a sheet whose columns are known."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from tribune.names import plain
from tribune.reading.addresses import ADDRESS, addresses_in, without_addresses
from tribune.reading.affiliations import LONGEST, LONGEST_PART, read_affiliation
from tribune.reading.capitals import is_in_capitals
from tribune.reading.columns import Columns
from tribune.reading.contacts import Contact, Contacts, contacts_of, numbered
from tribune.reading.doubts import Doubt
from tribune.reading.full_names import FullName, name_before_comma, name_in_columns, read_full_name
from tribune.reading.grid import FAILED, Row, Sheet
from tribune.reading.headings import (
    AFFILIATION,
    EMAIL,
    FAMILY,
    GIVEN,
    NAME,
    NOTE,
    ORGANISATION,
    ROLE,
    SECTION,
    headings_in,
    is_for_a_program,
)
from tribune.reading.names_in_line import people_in
from tribune.reading.people import Person, checked
from tribune.reading.roles import Affiliation
from tribune.reading.whose_address import Written

_PRINTED = (ROLE, ORGANISATION, AFFILIATION)
_NONE = frozenset(("", "n a", "neant", "aucun", "aucune", "none", "sans objet"))  # typed if there is nothing; also "-"
_TOTAL = re.compile(r"(?:sous )?(?:total|totaux|nombre|somme|count|sum)\b")


def contacts_in_sheet(sheet: Sheet, columns: Columns) -> Contacts:
    """Read the people of a table, one row each, or several who share one."""
    found: list[Contact] = []
    doubts = [doubt for doubt in sheet.doubts if not doubt.line]
    of_rows: dict[int, list[str]] = {}
    for doubt in sheet.doubts:
        of_rows.setdefault(doubt.line, []).append(doubt.reason)
    for row in sheet.rows:
        known = [*dict.fromkeys(of_rows.get(row.number, []))]  # each once, whatever the number of cells
        cells = _cells(row, columns)
        why = "title_merged" if "title_merged" in known else _why_nobody(row, columns, cells)
        read = [Doubt(row.number, _printed(row), why)] if why else list(_read(row, columns, cells))
        here = [one for one in read if isinstance(one, Contact)]
        found += [replace(one, reasons=(*known, *one.reasons)) for one in here] if known else here
        doubts += [one for one in read if isinstance(one, Doubt)]
        if not here:
            doubts += [Doubt(row.number, _printed(row), reason) for reason in known if reason != why]
    return Contacts(numbered(found), doubts)


@dataclass(frozen=True)
class _Cells:
    """The cells of a row by what they hold; several columns of one kind are joined."""

    name: str
    given: str
    family: str
    role: str
    organisation: str
    affiliation: str
    email: str
    section: str
    note: str
    family_first: bool


def _cells(row: Row, columns: Columns) -> _Cells:
    held: dict[str, list[str]] = {}
    for cell, what in zip(row.cells, columns.held, strict=False):
        if cell and not FAILED.fullmatch(cell) and not (what in _PRINTED and plain(cell) in _NONE):
            held.setdefault(what, []).append(cell if what in (EMAIL, NAME) else cell.replace("\n", ", "))

    def join(what: str, by: str = ", ") -> str:
        return by.join(held.get(what, []))

    given, family = join(GIVEN, " "), join(FAMILY, " ")
    name = "\n".join(filter(None, (f"{given} {family}".strip(), join(NAME, "\n"))))
    return _Cells(
        name=name,
        given=given,
        family=family,
        role=join(ROLE),
        organisation=join(ORGANISATION),
        affiliation=join(AFFILIATION),
        email=join(EMAIL, "\n"),
        section=join(SECTION),
        note=join(NOTE, " ; "),
        family_first=columns.family_first,
    )


def _printed(row: Row) -> str:
    return " | ".join(filter(None, row.cells)).replace("\n", " ")


def _why_nobody(row: Row, columns: Columns, cells: _Cells) -> str:
    """Return the code of why this row is about nobody, or ""."""
    if row.number <= columns.headings:
        return "headings_of_columns" if row.number == columns.headings else "above_headings"
    if columns.headings and is_for_a_program(row.cells):
        return "headings_of_columns"
    if any(map(ADDRESS.search, row.cells)) or cells.email:
        return ""
    if columns.headings and headings_in(row.cells):  # repeated on each page of a printed table
        return "headings_of_columns"
    is_named = any(c.isalpha() for c in cells.given) and any(c.isalpha() for c in cells.family)
    if not is_named and any(_TOTAL.match(plain(cell)) for cell in (cells.name, next(filter(None, row.cells), ""))):
        return "total"
    return "" if cells.name or cells.role or cells.organisation or cells.affiliation else "no_name"


def _read(row: Row, columns: Columns, cells: _Cells) -> Iterator[Contact | Doubt]:
    text, beside = without_addresses(cells.name), without_addresses(cells.email)
    # If there is a column of theirs, an address elsewhere may be of whoever recommended them.
    elsewhere = (cells.name, cells.role, cells.organisation, cells.affiliation) if EMAIL in columns.held else row.cells
    addresses = addresses_in(cells.email or "\n".join(elsewhere))
    reasons: list[str] = []
    notes = [cells.note]
    if cells.email and not addresses:
        addresses = [" ".join(cells.email.split())]  # wrong: to be corrected
    elif any(c.isalpha() for c in beside) and not text:
        text = beside  # as mail programs write it: Zoé Évrard <zoe@example.org>
    elif any(c.isalpha() for c in beside):
        notes.append(" ".join(cells.email.split()))
        reasons.append("address_with_words")
    people: list[Person] = []
    for name in text.split("\n"):
        for one in _people(row, name, cells):
            if isinstance(one, Person):
                people.append(one)
            else:
                reasons.append(one.reason)
    yield from contacts_of(people, Written(row.number, _printed(row), addresses, cells.section, notes), reasons)


def _people(row: Row, text: str, cells: _Cells) -> Iterator[Person | Doubt]:
    """Yield the people named in a cell, all with what the other columns say."""
    if len(text) > LONGEST:
        yield Doubt(row.number, text, "too_long")
        return
    names, reason, rest = [name_in_columns(cells.given, cells.family)], "", ""
    if text and not (cells.given and cells.family and text == f"{cells.given} {cells.family}"):
        names, reason, rest = _names_in(text)
        if cells.family_first and not reason and any(map(_could_be_turned, names)):
            reason = "order_guessed"
    several = len(names) > 1
    known = Affiliation(cells.role, cells.organisation)
    printed = ", ".join(filter(None, (cells.role, cells.affiliation, cells.organisation)))
    is_printed = bool(cells.affiliation)  # printed as it stands rather than made of role and organisation
    if cells.affiliation:
        read = read_affiliation(", ".join(filter(None, (cells.role, cells.affiliation))), several)
        known = replace(read, organisation=", ".join(filter(None, (read.organisation, cells.organisation))))
    if not text:
        yield Person("", "", known.role[:LONGEST_PART], known.organisation[:LONGEST_PART], None, row.number)
        yield Doubt(row.number, text, "name_missing")
        return
    if rest and not printed:
        known, printed, is_printed = read_affiliation(rest, several), rest, True
    elif rest:
        reason = "several_affiliations"
    if reason:
        yield Doubt(row.number, text, reason)
    for name in names:
        for one in checked(row.number, text, name, known, printed):
            yield replace(one, affiliation=one.affiliation if is_printed else None) if isinstance(one, Person) else one


def _could_be_turned(name: FullName) -> bool:
    """Whether nothing shows which of the two names is the family name."""
    return bool(name.given and name.family) and not name.reason and not is_in_capitals(name.family)


def _names_in(text: str) -> tuple[list[FullName], str, str]:
    """Return the names in a cell, the code of a doubt or "", and what stands after the names."""
    if turned := name_before_comma(text):
        return [turned], "family_name_guessed", ""
    line = people_in(text)
    return [read_full_name(name) for name in line.names], line.reason, line.printed_affiliation
