"""Reads people to write to from the rows of a sheet whose columns are known."""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace

from tribune.names import plain
from tribune.reading.addresses import ADDRESS, addresses_in, without_addresses
from tribune.reading.affiliations import LONGEST, LONGEST_PART, read_affiliation
from tribune.reading.capitals import is_in_capitals
from tribune.reading.columns import Columns
from tribune.reading.contacts import Contact, Contacts, compared, contacts_of, numbered
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
from tribune.reading.odd_names import has_letters
from tribune.reading.people import Person, checked
from tribune.reading.roles import Affiliation
from tribune.reading.whose_address import Written

_PRINTED = (ROLE, ORGANISATION, AFFILIATION)
_NONE = frozenset(("", "n a", "neant", "aucun", "aucune", "none", "sans objet"))  # typed if there is nothing; also "-"
# Between the cells of several columns of one kind; others are joined by commas.
_JOINED_BY = {GIVEN: " ", FAMILY: " ", NAME: "\n", EMAIL: "\n", NOTE: " ; "}
_Cells = defaultdict[str, str]  # what a row says, by what its columns hold
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
    return Contacts(numbered(compared(found)), doubts)


def _cells(row: Row, columns: Columns) -> _Cells:
    """Return what a row says; NAME has the names of all its columns, one a line."""
    held: dict[str, list[str]] = {}
    for cell, what in zip(row.cells, columns.held, strict=False):
        if cell and not FAILED.fullmatch(cell) and not (what in _PRINTED and plain(cell) in _NONE):
            held.setdefault(what, []).append(cell if what in (EMAIL, NAME) else cell.replace("\n", ", "))
    cells = defaultdict(str, {what: _JOINED_BY.get(what, ", ").join(found) for what, found in held.items()})
    cells[NAME] = "\n".join(filter(None, (f"{cells[GIVEN]} {cells[FAMILY]}".strip(), cells[NAME])))
    return cells


def _printed(row: Row) -> str:
    return " | ".join(filter(None, row.cells)).replace("\n", " ")


def _why_nobody(row: Row, columns: Columns, cells: _Cells) -> str:
    """Return the code of why this row is about nobody, or ""."""
    if row.number <= columns.headings:
        return "headings_of_columns" if row.number == columns.headings else "above_headings"
    if columns.headings and is_for_a_program(row.cells):
        return "headings_of_columns"
    if any(map(ADDRESS.search, row.cells)) or cells[EMAIL]:
        return ""
    if columns.headings and headings_in(row.cells):  # repeated on each page of a printed table
        return "headings_of_columns"
    is_named = has_letters(cells[GIVEN]) and has_letters(cells[FAMILY])
    if not is_named and any(_TOTAL.match(plain(cell)) for cell in (cells[NAME], next(filter(None, row.cells), ""))):
        return "total"
    return "" if any(cells[what] for what in (NAME, *_PRINTED)) else "no_name"


def _read(row: Row, columns: Columns, cells: _Cells) -> Iterator[Contact | Doubt]:
    text, beside = without_addresses(cells[NAME]), without_addresses(cells[EMAIL])
    # If there is a column of theirs, an address elsewhere may be of whoever recommended them.
    elsewhere = [cells[what] for what in (NAME, *_PRINTED)] if EMAIL in columns.held else row.cells
    addresses = addresses_in(cells[EMAIL] or "\n".join(elsewhere))
    reasons: list[str] = []
    notes = [cells[NOTE]]
    if cells[EMAIL] and not addresses:
        addresses = [" ".join(cells[EMAIL].split())]  # wrong: to be corrected
    elif has_letters(beside) and not text:
        text = beside  # as mail programs write it: Zoé Évrard <zoe@example.org>
    elif has_letters(beside):
        notes.append(" ".join(cells[EMAIL].split()))
        reasons.append("address_with_words")
    people: list[Person] = []
    for name in text.split("\n"):
        for one in _people(row, name, cells, columns.family_first):
            if isinstance(one, Person):
                people.append(one)
            else:
                reasons.append(one.reason)
    yield from contacts_of(people, Written(row.number, _printed(row), addresses, cells[SECTION], notes), reasons)


def _people(row: Row, text: str, cells: _Cells, family_first: bool) -> Iterator[Person | Doubt]:
    """Yield the people named in a cell, all with what the other columns say."""
    if len(text) > LONGEST:
        yield Doubt(row.number, text, "too_long")
        return
    names, reason, rest = _names_in(text, cells, family_first)
    several = len(names) > 1
    known, printed, is_printed = _affiliation_in(cells, several)
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


def _names_in(text: str, cells: _Cells, family_first: bool) -> tuple[list[FullName], str, str]:
    """Return the names in a cell, the code of a doubt or "", and what stands after the names."""
    given, family = cells[GIVEN], cells[FAMILY]
    if not text or (given and family and text == f"{given} {family}"):
        return [name_in_columns(given, family)], "", ""
    if turned := name_before_comma(text):
        return [turned], "family_name_guessed", ""
    line = people_in(text)
    names = [read_full_name(name) for name in line.names]
    is_order_guessed = family_first and not line.reason and any(map(_could_be_turned, names))
    return names, "order_guessed" if is_order_guessed else line.reason, line.printed_affiliation


def _could_be_turned(name: FullName) -> bool:
    """Whether nothing shows which of the two names is the family name."""
    return bool(name.given and name.family) and not name.reason and not is_in_capitals(name.family)


def _affiliation_in(cells: _Cells, several: bool) -> tuple[Affiliation, str, bool]:
    """Return what the other columns say, how it is printed, and whether as it stands, not made of two columns."""
    role, organisation, affiliation = cells[ROLE], cells[ORGANISATION], cells[AFFILIATION]
    printed = ", ".join(filter(None, (role, affiliation, organisation)))
    if not affiliation:
        return Affiliation(role, organisation), printed, False
    read = read_affiliation(", ".join(filter(None, (role, affiliation))), several)
    both = ", ".join(filter(None, (read.organisation, organisation)))
    return replace(read, organisation=both), printed, True
