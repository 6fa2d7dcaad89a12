"""Joins a role to the name above it, as lists on cards and in columns are copied: the name alone, then what they do."""

from collections.abc import Sequence
from itertools import pairwise

from tribune.names import plain
from tribune.reading.full_names import HONORIFICS, is_lowercase
from tribune.reading.list_marks import LEADS, is_marked, without_marks
from tribune.reading.names_in_line import is_full_name
from tribune.reading.odd_names import why_not_a_name
from tribune.reading.pieces_of_line import named_and_others
from tribune.reading.role_words import is_modifier, is_role
from tribune.reading.roles import begins_with_a_role


def with_roles_below(lines: Sequence[str]) -> list[str]:
    """Join each line that only says what somebody does with the name above it, leaving a blank line in its place.

    If fewer than half of the names that stand alone have such a line below them, the list is not written so.
    """
    filled = [place for place, line in enumerate(lines) if line.strip()]
    names = [place for place in filled if _is_a_name(lines[place])]
    alone = set(names)
    below = [(name, role) for name, role in pairwise(filled) if name in alone and _is_a_role(lines[role])]
    joined = [*lines]
    for name, role in below if 2 * len(below) >= len(names) else []:
        places = [role, role + 1] if _ends_a_card(lines, name, role + 1) else [role]
        joined[name] = ", ".join([lines[name].rstrip(" ,"), *(lines[place].strip(" ,") for place in places)])
        for place in places:
            joined[place] = ""
    return joined


def _ends_a_card(lines: Sequence[str], first: int, last: int) -> bool:
    """Whether the last line holds the organisation: of three lines between blank ones."""
    around = [line.strip() for line in (*lines[max(first - 1, 0) : first], *lines[last + 1 : last + 2])]
    is_card = last == first + 2 and last < len(lines) and not any(around)
    return is_card and _may_be_an_organisation(lines[last].strip())


def _may_be_an_organisation(line: str) -> bool:
    """Whether a line names no person and is neither a heading nor what somebody says: "Je signe pour eux"."""
    return not line.endswith(LEADS) and not why_not_a_name(line) and not named_and_others(line)[0]


def _is_a_name(line: str) -> bool:
    """Whether a name stands alone on a line, which is no row of a table."""
    name = without_marks(line, 0).rstrip(" ,")
    return "\t" not in name and is_full_name(name)


def _is_a_role(line: str) -> bool:
    """Whether a line begins as a role and holds no name: "Directrice de Koeo", but not "Professeur Petit"."""
    first, *others = line.split()
    is_titled = plain(first) in HONORIFICS and others and not is_modifier(others[0]) and others[0][0].isupper()
    begins = (is_lowercase(first) and not is_marked(line.strip())) or is_role(first) or is_modifier(first)
    may_be_one = begins and not is_titled and not line.endswith(LEADS) and "\t" not in line.strip()
    return may_be_one and begins_with_a_role(line) and not is_full_name(line)
