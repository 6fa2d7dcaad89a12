"""Reads rows pasted from a spreadsheet: which cell is the name, role or organisation, and which is left out."""

from collections.abc import Sequence
from dataclasses import dataclass

from tribune.names import plain
from tribune.reading.affiliations import looks_like_an_affiliation, read_affiliation
from tribune.reading.full_names import FullName, begins_with_a_title, name_in_columns, read_full_name
from tribune.reading.headings import FAMILY, GIVEN, LEFT_OUT, NAME, OF_PEOPLE, ORGANISATION, ROLE, heading_of
from tribune.reading.odd_names import has_letters
from tribune.reading.roles import Affiliation

# How an answer stands; nothing at all says nothing else.
_STATES = frozenset(
    "|accepte|acceptee|confirme|confirmee|en attente|ok|oui|signe|signee|valide|validee|confirmed|pending".split("|")
)


@dataclass(frozen=True)
class Table:
    """What the columns hold, in order; `has_headings`: in the first row; `is_guessed`: two name columns are a guess."""

    columns: tuple[str, ...]
    has_headings: bool
    is_guessed: bool

    def read(self, cells: Sequence[str]) -> tuple[FullName, Affiliation, str]:
        """Return a person's name, affiliation, and the cells after the name joined by commas.

        Cells beyond the known columns go with the organisation, so that none is lost.
        """
        held: dict[str, list[str]] = {}
        for index, cell in enumerate(cells):
            column = self.columns[index] if index < len(self.columns) else ORGANISATION
            held.setdefault(column, []).append(cell)
        text = {column: ", ".join(filter(None, found)) for column, found in held.items()}
        given, family, role, organisation = (text.get(column, "") for column in (GIVEN, FAMILY, ROLE, ORGANISATION))
        # Without headings, the first column may hold a title such as "M.".
        names = [cell for column, cell in zip(self.columns, cells, strict=False) if column in (GIVEN, FAMILY)]
        is_titled = self.is_guessed and begins_with_a_title(names)
        in_columns = name_in_columns(given, family, is_titled=is_titled)
        name = in_columns if given or family else read_full_name(text.get(NAME, ""))
        printed = ", ".join(filter(None, (role, organisation)))
        # A single column after the name may hold both, as "Directrice de Koeo" does.
        is_one_column = not self.has_headings and not (role and organisation)
        return name, read_affiliation(printed) if is_one_column else Affiliation(role, organisation), printed


def cells_of(line: str) -> list[str]:
    """Return the cells of a row, spaces tidied; a tab may follow a comma."""
    return [" ".join(cell.split()).strip(" ,;") for cell in line.split("\t")]


def read_table(rows: Sequence[Sequence[str]]) -> Table:
    """Find the columns of all rows together, from their headings or from their cells."""
    headings = [_held_below(cell) for cell in rows[0]]
    if NAME in headings or FAMILY in headings:
        if GIVEN in headings:
            headings = [FAMILY if column == NAME else column for column in headings]
        below = zip(*(row for row in rows[1:] if len(row) == len(headings)), strict=True)
        for place, cells in enumerate(below):
            if headings[place] == ROLE and all(plain(cell) in _STATES for cell in cells):
                headings[place] = LEFT_OUT  # of an answer: "Statut" may be anything
        return Table(tuple(headings), has_headings=True, is_guessed=False)
    numbering = 0
    while all(len(row) > numbering + 1 and not has_letters(row[numbering]) for row in rows):
        numbering += 1  # the first column numbers the rows
    rows = [row[numbering:] for row in rows]
    names, is_guessed = [NAME], _begins_with_given_and_family(rows)
    if is_guessed:
        in_capitals = all(row[0].isupper() for row in rows) and not all(row[1].isupper() for row in rows)
        names = [FAMILY, GIVEN] if in_capitals else [GIVEN, FAMILY]
    columns = *[LEFT_OUT] * numbering, *names, ROLE, ORGANISATION
    return Table(columns, has_headings=False, is_guessed=is_guessed)


def _held_below(heading: str) -> str:
    """Return what the column holds, or LEFT_OUT."""
    held = heading_of(heading)
    return held if held in (ROLE, ORGANISATION) else OF_PEOPLE.get(plain(heading), LEFT_OUT)


def _begins_with_given_and_family(rows: Sequence[Sequence[str]]) -> bool:
    """Whether the name takes two columns: the first always one word, the second never a role or an organisation."""
    if any(len(row) < 2 or not row[1] or len(row[0].split()) != 1 for row in rows):
        return False
    if max(len(row) for row in rows) > 3:
        return True
    # Scripts without capitals or spaces: a whole name looks like one word, and nothing tells a role from a name.
    return not any(looks_like_an_affiliation(row[1]) or not row[1][0].isupper() for row in rows)
