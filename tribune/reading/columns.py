"""What the columns of a sheet hold: guessed from headings in French or English, or from the cells."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from tribune.names import plain
from tribune.reading.full_names import HONORIFICS
from tribune.reading.grid import Row
from tribune.reading.headings import (
    AFFILIATION,
    ASKED,
    EMAIL,
    FAMILY,
    GIVEN,
    LEFT_OUT,
    MOST_ROWS_ABOVE,
    NAME,
    ORGANISATION,
    ROLE,
    heading_of,
    headings_in,
)
from tribune.reading.pasted_tables import read_table
from tribune.reading.whose_address import mailbox_of, mailboxes

_TITLES = HONORIFICS | frozenset("mx f h".split())
_FAMILY_FIRST = re.compile(r"(?:\w*\d\w* )?noms? (?:et )?prenoms?\b")  # maybe numbered, as a question
_FAMILY = frozenset("nom noms name".split())  # when a column of given names exists
_OF_A_HOUSE = frozenset("adresse adresses address".split())  # may be email or postal addresses
_PHONE_OR_NUMBER = re.compile(r"[\d\s.,:/+()%€$-]+(?:h|km)?")


@dataclass(frozen=True)
class Columns:
    """What each column holds, first to last; `headings`: the number of the row of headings, or 0.

    `family_first`: a column of whole names asks for the family name first ("Nom et prénom"), which not everybody obeys.
    """

    held: tuple[str, ...]
    headings: int
    family_first: bool = False

    def names(self, rows: Iterable[Row]) -> tuple[str, ...]:
        """Return the cells of the row of headings; empty if there is none."""
        return next((row.cells for row in rows if row.number == self.headings), ())


def guess(rows: Sequence[Row]) -> Columns:
    """Guess the columns of one row or more, all of the same length."""
    above = enumerate(rows[:MOST_ROWS_ABOVE])
    first = next((place for place, row in above if headings_in(row.cells) or _are_of_names(row.cells)), None)
    return guess_below(rows, 0 if first is None else lowest_headings(rows, first))


def _are_of_names(cells: Sequence[str]) -> bool:
    """Whether a row has a heading for given and one for family names, among many unknown ones; not a person's row."""
    held = [heading_of(cell) for cell in cells]
    return GIVEN in held and not {NAME, FAMILY}.isdisjoint(held) and not any("@" in cell for cell in cells)


def lowest_headings(rows: Sequence[Row], first: int) -> int:
    """Return the number of the row of headings, given the place of the first: above another, it only names groups."""
    below = rows[first + 1 : first + 2]
    return below[0].number if below and headings_in(below[0].cells) else rows[first].number


def guess_below(rows: Sequence[Row], headings: int) -> Columns:
    """Guess the columns of such rows from the headings in the row of that number; 0: there are none."""
    below = [row for row in rows if row.number > headings]
    said = next((_by_headings(row.cells, below) for row in rows if row.number == headings), None)
    return columns_of(said or _by_contents(rows), headings, rows)


def columns_of(held: Sequence[str], headings: int, rows: Iterable[Row]) -> Columns:
    """Return the columns, with what the headings among `rows` say about the order of names."""
    columns = Columns(tuple(held), headings)
    both = zip(held, columns.names(rows), strict=False)
    return replace(columns, family_first=any(what == NAME and _FAMILY_FIRST.match(plain(cell)) for what, cell in both))


def _by_headings(headings: Sequence[str], rows: Sequence[Row]) -> tuple[str, ...]:
    held = [heading_of(heading) or _unnamed(_column(rows, place)) for place, heading in enumerate(headings)]
    for place, what in enumerate(held):
        cells = _column(rows, place)
        if plain(headings[place]) in _OF_A_HOUSE and not any("@" in cell for cell in cells):
            held[place] = LEFT_OUT
        elif what == ROLE and _are_titles(cells):
            held[place] = LEFT_OUT  # "titre" may be Madame or Monsieur
        elif cells and all(cell.lower() == "anonymous" for cell in cells):
            held[place] = LEFT_OUT  # Microsoft Forms did not ask for it
    if GIVEN in held:
        for place in _whole_names(held, headings):
            held[place] = _unnamed(_column(rows, place))
        held = [FAMILY if what == NAME else what for what in held]
    theirs = [place for place, heading in enumerate(headings) if held[place] == EMAIL == heading_of(heading)]
    if any("@" in cell for place in theirs for cell in _column(rows, place)):  # the others are of somebody else
        held = [LEFT_OUT if what == EMAIL and place not in theirs else what for place, what in enumerate(held)]
    if ORGANISATION not in held and held.count(ROLE) == 1:
        held[held.index(ROLE)] = AFFILIATION
    affiliation = [place for place, heading in enumerate(headings) if plain(heading).startswith("affiliation")]
    if ROLE not in held and held.count(ORGANISATION) == 1 and affiliation:
        held[affiliation[0]] = AFFILIATION
    return tuple(held)


def _whole_names(held: Sequence[str], headings: Sequence[str]) -> list[int]:
    """Return the columns of names that, beside one of given names, hold no family names: whole names, or contacts.

    A form that asks for both names puts first the one it already knows: "Name", then "Name2".
    """
    names = [place for place, what in enumerate(held) if what == NAME]
    if held.count(GIVEN) > 1:
        return []
    called = [place for place in names if ASKED.sub("", plain(headings[place])).rstrip(" 0123456789") in _FAMILY]
    return [place for place in names if FAMILY in held or place != (called or names)[-1]]


def _unnamed(cells: Sequence[str]) -> str:
    """Return what a column with an unknown heading holds: addresses, or nothing we read."""
    return EMAIL if _are_addresses(cells) else LEFT_OUT


def _by_contents(rows: Sequence[Row]) -> tuple[str, ...]:
    held = [_seen_in(_column(rows, place)) for place in range(len(rows[0].cells))]
    free = [place for place, what in enumerate(held) if not what]
    if free:
        table = [[row.cells[place] for place in free] for row in rows]
        wide = Counter(sum(map(bool, cells)) for cells in table if any(cells)).most_common(1)
        usual = [cells for cells in table if wide and sum(map(bool, cells)) == wide[0][0]] or table
        found = read_table([_cut(cells) for cells in usual]).columns
        for place, what in zip(free, (*found, *[LEFT_OUT] * len(free)), strict=False):
            held[place] = what
        last = free[: len(found)][-1]
        if ROLE in held and ORGANISATION not in held and held[last] == ROLE:
            held[last] = AFFILIATION
    return _ordered_by_addresses([what or LEFT_OUT for what in held], rows)


def _ordered_by_addresses(held: list[str], rows: Sequence[Row]) -> tuple[str, ...]:
    """Return the columns, the family name first if more addresses say so: `zoe.dupont@…` beside `Dupont | Zoé`."""
    if {GIVEN, FAMILY, EMAIL} <= {*held}:
        given, family, email = map(held.index, (GIVEN, FAMILY, EMAIL))
        said = [(mailbox_of(row.cells[email]), row.cells[given], row.cells[family]) for row in rows]
        as_read = sum(box in mailboxes(first, last) for box, first, last in said)
        if as_read < sum(box in mailboxes(last, first) for box, first, last in said):
            held[given], held[family] = FAMILY, GIVEN
    return tuple(held)


def _cut(cells: list[str]) -> list[str]:
    while len(cells) > 1 and not cells[-1]:
        cells = cells[:-1]
    return cells


def _column(rows: Sequence[Row], place: int) -> list[str]:
    return [row.cells[place] for row in rows if row.cells[place]]


def _seen_in(cells: Sequence[str]) -> str:
    if _are_addresses(cells):
        return EMAIL
    is_left_out = not cells or _are_titles(cells) or all(map(_PHONE_OR_NUMBER.fullmatch, cells))
    return LEFT_OUT if is_left_out else ""


def _are_addresses(cells: Sequence[str]) -> bool:
    return bool(cells) and 2 * sum("@" in cell for cell in cells) > len(cells)


def _are_titles(cells: Sequence[str]) -> bool:
    return bool(cells) and all(plain(cell) in _TITLES for cell in cells)
