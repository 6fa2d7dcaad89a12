"""Reads people from a list as printed or pasted; says what is doubtful instead of guessing in silence."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from tribune.names import plain
from tribune.reading.addresses import without_addresses
from tribune.reading.affiliations import LONGEST, LONGEST_PART, read_affiliation
from tribune.reading.capitals import is_in_capitals
from tribune.reading.doubts import Doubt
from tribune.reading.family_first import given_first
from tribune.reading.full_names import FullName, read_full_name, without_courtesy
from tribune.reading.headings import LEFT_OUT
from tribune.reading.list_marks import LEADS, tabbed, without_marks
from tribune.reading.names_in_line import FEWEST_IN_A_ROW, people_in
from tribune.reading.odd_names import has_letters, oddities, why_not_a_name
from tribune.reading.page_furniture import announces_signatories
from tribune.reading.pasted import readable_list
from tribune.reading.pasted_tables import Table, cells_of, read_table
from tribune.reading.pieces_of_line import counts_others, may_hold_another, pieces_before_roles, pieces_of
from tribune.reading.representatives import Represented, read_represented
from tribune.reading.role_words import names_groups
from tribune.reading.roles import Affiliation

# A heading inside a list: "Élus et syndicats signataires".
_SOME_SIGNATORIES = re.compile(
    r"(?!.*\bautres\b)(?:[^\W\d_]+ ){1,4}(?:co-?)?(?:signataires|signatories)", re.IGNORECASE
)
# Set apart from what stands before; not the name of an organisation, as in "fondateur de www.koeo.org".
_LINK = re.compile(r"(?:(?<=[,;:|–—-]) | (?=[(\[<]))[(\[<]?(?:https?://|www\.)\S+", re.IGNORECASE)


@dataclass(frozen=True)
class Person:
    """Somebody on a printed list; `affiliation`: what follows the name as printed; `line` counts from 1.

    People who share a printed line have the same `line`; those cut from one row get different ones. If `affiliation` is
    None, the line is made of role and organisation.
    """

    given_name: str
    family_name: str
    role: str
    organisation: str
    affiliation: str | None
    line: int
    as_organisation: bool = False  # the organisation signs as such, and they speak for it


@dataclass(frozen=True)
class People:
    """All that a list held: each row that is not blank is in `people`, in `doubts`, or in both.

    `rows`: maps each `line` to the row it stood on, as doubts count rows: from 1, without blank ones.
    """

    people: list[Person]
    doubts: list[Doubt]
    rows: dict[int, int] = field(default_factory=dict, compare=False)


def read_people(text: str) -> People:
    """Read the people of a pasted list, one a line or several, in the shapes people print them; never raises."""
    lines = [tabbed(line.rstrip()) for line in readable_list(text).splitlines() if line.strip()]
    marked = [without_marks(line, number) for number, line in enumerate(lines, 1)]
    unmarked = given_first(marked)
    rows = {number: cells_of(line) for number, line in enumerate(lines, 1) if "\t" in unmarked[number - 1]}
    table = read_table(list(rows.values())) if rows else None
    first_row = min(rows, default=0)
    read: list[list[Person | Doubt]] = []  # by printed line
    for number, line in enumerate(unmarked, 1):
        if table and number in rows:
            read.append(list(_read_row(table, rows[number], number, is_first=number == first_row)))
        else:
            read += _read_line(" ".join(line.split()), number, lines[number - 1].strip())
    found = [(place, one) for place, line in enumerate(read, 1) for one in line]
    people = [(place, one) for place, one in found if isinstance(one, Person)]
    doubts = [one for _place, one in found if isinstance(one, Doubt)]
    doubts += _repeated([person for _place, person in people])
    doubts += _turned([person for _place, person in people], unmarked)
    turned = [number for number, line in enumerate(unmarked) if line != marked[number]]
    doubts += [Doubt(number + 1, marked[number], "family_name_first") for number in turned]
    return People(
        people=[replace(person, line=place) for place, person in people],
        doubts=sorted(dict.fromkeys(doubts), key=lambda doubt: doubt.line),
        rows={place: person.line for place, person in people},
    )


def _read_line(line: str, number: int, printed: str) -> list[list[Person | Doubt]]:
    if not has_letters(line):
        return [[Doubt(number, printed, "no_name")]]
    announces = announces_signatories(line) or _SOME_SIGNATORIES.fullmatch(line) or names_groups(line)
    if (announces and not counts_others(line)) or line.startswith("#") or line.endswith(LEADS):
        return [[Doubt(number, printed, "heading")]]
    heading, _, listed = line.partition(":")
    if listed.strip(" *_") and announces_signatories(heading):  # a paragraph copied with the words that introduce it
        return [[Doubt(number, heading.strip(), "heading")], *_read_pieces(listed.strip(" *_"), number)]
    return _read_pieces(line, number)


def _read_pieces(line: str, number: int) -> list[list[Person | Doubt]]:
    cut = pieces_before_roles(line)
    doubts: list[Person | Doubt] = [Doubt(number, cut[0], "people_share_a_line")] if cut else []
    doubts += [Doubt(number, piece, "perhaps_two_people") for piece in cut if may_hold_another(piece)]
    pieces = (list(_read_piece(piece.strip(" ,;"), number)) for piece in cut or pieces_of(line))
    first, *others = [printed for read in pieces for printed in _set_apart(read)]
    return [[*doubts, *first], *others]


def _set_apart(read: list[Person | Doubt]) -> list[list[Person | Doubt]]:
    """Give a line each to names in a row, which share nothing that is printed."""
    people = [one for one in read if isinstance(one, Person)]
    if len(people) < FEWEST_IN_A_ROW or any(one.affiliation != "" for one in people):
        return [read]
    doubts = [one for one in read if isinstance(one, Doubt)]
    others: list[list[Person | Doubt]] = [[one] for one in people[1:]]
    return [[*doubts, people[0]], *others]


def _read_piece(piece: str, number: int) -> Iterator[Person | Doubt]:
    unlinked = _LINK.sub("", piece)
    if unlinked != piece:
        yield Doubt(number, piece, "link_in_line")
    if any(map(is_address, unlinked.split())):
        yield Doubt(number, piece, "address_in_line")
        unlinked = without_addresses(unlinked)  # with the marks around them; below go those that are incomplete
    text = _without_address_words(unlinked)
    if counts_others(text):
        yield Doubt(number, piece, "other_signatories")
        return
    represented = read_represented(text)
    if represented:
        yield from _read_represented(represented, piece, number)
        return
    line = people_in(text)
    if line.reason:
        yield Doubt(number, piece, line.reason)
    affiliation = read_affiliation(line.affiliation, several=line.is_about_several)
    as_we_print = line.affiliation == f"({affiliation.organisation})"
    for name in line.names:
        for one in checked(number, piece, read_full_name(name), affiliation, line.printed_affiliation):
            yield replace(one, affiliation=None) if as_we_print and isinstance(one, Person) else one


def _read_represented(found: Represented, piece: str, number: int) -> Iterator[Person | Doubt]:
    for reason in found.reasons:
        yield Doubt(number, piece, reason)
    for name in found.names:
        for one in checked(number, piece, read_full_name(name), Affiliation(found.role, found.organisation), ""):
            if isinstance(one, Person) and one.organisation:
                yield replace(one, affiliation=None, as_organisation=True)
            else:
                yield one


def _read_row(table: Table, cells: list[str], number: int, is_first: bool) -> Iterator[Person | Doubt]:
    printed = " | ".join(cells)
    if is_first and table.has_headings:
        yield Doubt(number, printed, "headings_of_columns")
        if left_out := [cell for cell, column in zip(cells, table.columns, strict=True) if column == LEFT_OUT]:
            yield Doubt(number, " | ".join(left_out), "column_left_out")
        return
    if is_first and table.is_guessed:
        yield Doubt(number, printed, "columns_guessed")
    if any(map(is_address, cells)) and not table.has_headings:
        yield Doubt(number, printed, "address_in_line")
    yield from checked(number, printed, *table.read([_without_address_words(cell).strip(" ,;") for cell in cells]))


def checked(number: int, piece: str, name: FullName, known: Affiliation, printed: str) -> Iterator[Person | Doubt]:
    """Yield the person, unless nobody is called so, and a doubt for each thing that is unclear."""
    given = without_courtesy(name)
    full_name = f"{given} {name.family}".strip()
    refusal = why_not_a_name(full_name)
    if refusal:
        yield Doubt(number, piece, refusal)
        return
    if len(printed) > LONGEST or max(len(known.role), len(known.organisation)) > LONGEST_PART:
        known, printed = Affiliation("", "", "too_long"), printed if len(printed) <= LONGEST else ""
    yield Person(given, name.family, known.role, known.organisation, printed, number)
    title = "title_left_out" if given != name.given else ""
    for reason in (title, name.reason, known.reason, *oddities(full_name, piece)):
        if reason:
            yield Doubt(number, piece, reason)


def _repeated(people: list[Person]) -> Iterator[Doubt]:
    seen: set[str] = set()
    for person in people:
        name = f"{person.given_name} {person.family_name}".strip()
        if plain(name) in seen:
            yield Doubt(person.line, name, "repeated_name")
        seen.add(plain(name))


def _turned(people: list[Person], lines: list[str]) -> Iterator[Doubt]:
    """Doubt `AIDES Alsace` or `ZAZ, Paris`, read as `DUPONT, Jean` would be, unless most of the list is written so."""
    turned = [
        person
        for person in people
        if is_in_capitals(person.family_name)
        and person.given_name
        and f"{person.family_name} {person.given_name}" in lines[person.line - 1].replace(",", "")
    ]
    if 2 * len(turned) <= len(people):
        for person in turned:
            yield Doubt(person.line, f"{person.family_name} {person.given_name}", "turned")


def _without_address_words(text: str) -> str:
    return " ".join(word for word in text.split() if not is_address(word))


def is_address(word: str) -> bool:
    """Whether this word is left out of a printed line as an address, complete or not."""
    before, at, after = word.partition("@")
    return bool(before and at) and "." in after
