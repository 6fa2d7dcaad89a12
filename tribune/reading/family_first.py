"""Lists whose lines begin with the family name and a comma: `Dupont, Jean, maire`, or `Dupont, Jean`."""

import re
from collections.abc import Sequence

from tribune.reading.capitals import is_in_capitals
from tribune.reading.full_names import is_organisation_name, name_before_comma
from tribune.reading.role_words import is_known_role
from tribune.reading.roles import begins_with_a_role

_FEWEST = 3  # one such line may be "Orelsan, Caen, rappeur"
_CELL = r"[^,;:()|\s][^,;:()|\t]*?"
_LINE = re.compile(rf"({_CELL}), +({_CELL})(?:(?:, | ?[(（]| [–—-] )(?=\S)|$)")


def given_first(lines: Sequence[str]) -> list[str]:
    """Return `Jean Dupont, maire` of each `Dupont, Jean, maire`, if three quarters of all lines with a comma are such.

    Most given names must be one word, as in "Nantes, Jean Dupont, maire" they are not, and most lines a role. If most
    have the two names alone, as "Koeo, Lyon" may be, three quarters of all lines have to be such.
    """
    found = {number: one for number, line in enumerate(lines) if (one := _LINE.match(line)) and _may_be_a_name(one)}
    such = [one for one in found.values() if name_before_comma(f"{one[1]}, {one[2]}")]
    with_a_comma = sum("," in line for line in lines)
    one_word = sum(" " not in one[2] for one in such)
    behind = [one.string[one.end() :] for one in such]
    with_a_role, names_alone = sum(map(begins_with_a_role, behind)), behind.count("")
    others = len(lines) if 2 * names_alone > len(such) else with_a_comma
    if 4 * len(such) < max(4 * _FEWEST, 3 * others) or 2 * min(one_word, with_a_role + names_alone) < len(such):
        return list(lines)
    turned = {number: f"{one[2]} {one[1]}{one.string[one.end(2) :]}" for number, one in found.items()}
    return [turned.get(number, line) for number, line in enumerate(lines)]


def _may_be_a_name(found: re.Match[str]) -> bool:
    both = [found[1].split(), found[2].split()]
    return not is_in_capitals(found[1]) and not any(is_organisation_name(of) or is_known_role(of[0]) for of in both)
