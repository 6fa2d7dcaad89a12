"""Joins an address on a line of its own to the person above or below it, as on cards and in signatures of mails."""

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from tribune.reading.addresses import addresses_in, beside_addresses
from tribune.reading.headings import EMAIL, NAME, heading_of
from tribune.reading.list_marks import LEADS
from tribune.reading.names_in_line import is_full_name, people_in
from tribune.reading.odd_names import has_letters
from tribune.reading.pieces_of_line import pieces_before_roles, pieces_of
from tribune.reading.roles_below import with_roles_below
from tribune.reading.whose_address import fits

_MOST_LINES = 5_000  # more than any page reviews; each is read here before it is known how many there are
_Lines = dict[int, str]  # by place, in order


def with_cards_joined(lines: Sequence[str]) -> list[str]:
    """Join roles and addresses to the names they stand below or above, leaving blank lines in their places.

    An address of which it is not known whose it is stays alone.
    """
    if len(lines) > _MOST_LINES:
        return [*lines]
    alone = {place: line for place, line in enumerate(lines) if _is_an_address(line)}
    joined = with_roles_below(["" if place in alone else line for place, line in enumerate(lines)])
    for group in _groups(lines, alone) if alone else []:
        addresses = {place: addresses_in(alone[place])[0] for place in group if place in alone}
        others = {place: joined[place] for place in group if has_letters(beside_addresses(joined[place]))}
        whose = _whose(addresses, others)
        if len(addresses) == 1 and len(others) == 2 and [*whose.values()] == [min(others)]:
            _join_organisation(lines, joined, *others)
        for place, address in addresses.items():
            if place in whose:
                joined[whose[place]] = f"{joined[whose[place]].rstrip(' ,')}, {address}"
            else:
                joined[place] = address  # without its label, which would be read as a name
    return joined


def _join_organisation(lines: Sequence[str], joined: list[str], person: int, organisation: int) -> None:
    """Join the last words of a card to the person if a role stands between: they might name somebody else."""
    if joined[person] != lines[person]:
        joined[person] = f"{joined[person]}, {joined[organisation].strip(' ,')}"
        joined[organisation] = ""


def _is_an_address(line: str) -> bool:
    """Whether the line holds one address, and at most a label or a phone number beside it."""
    if "@" not in line or len(addresses_in(line)) != 1:
        return False
    beside = beside_addresses(line)
    return not has_letters(beside) or heading_of(beside) in (EMAIL, NAME)


def _groups(lines: Sequence[str], alone: _Lines) -> list[range]:
    """Return the places between blank lines, or all together if every address stands between blank lines."""
    ends = [-1, *(place for place, line in enumerate(lines) if not line.strip()), len(lines)]
    groups = [range(end + 1, following) for end, following in pairwise(ends)]
    are_cards = any(len(group) > 1 and not alone.keys().isdisjoint(group) for group in groups)
    return groups if are_cards else [range(len(lines))]


def _whose(addresses: _Lines, others: _Lines) -> dict[int, int]:
    """Return the place of the person of each address: the only one around it whom it names, or else the only one.

    Where an address stands between two people, it is of the one above if the last line is an address, and of the one
    below if the first line is. One that names somebody on the side on which fewer do may be of an assistant: nobody's.
    """
    stretches = _stretches(addresses, others)
    around = dict(zip(addresses, pairwise(stretches), strict=True))
    names = {place: _only_name(line) for place, line in others.items()}
    whose = _named(addresses, around, names)
    on_side = Counter(other > place for place, other in whose.items())
    disputed = {place for place, other in whose.items() if on_side[other > place] <= on_side[other < place]}
    whose = {place: other for place, other in whose.items() if place not in disputed}
    is_below = not stretches[0]
    if is_below != bool(stretches[-1]) or any((other > place) != is_below for place, other in whose.items()):
        return whose
    for place, sides in around.items():
        theirs = sides[is_below]
        if place not in whose and place not in disputed and len(theirs) == 1 and names[theirs[0]]:
            whose[place] = theirs[0]
    return whose


def _stretches(addresses: _Lines, others: _Lines) -> list[list[int]]:
    """Return the places of the other lines: above the first address, between two of them, and below the last."""
    stretches: list[list[int]] = [[]]
    for place in sorted([*addresses, *others]):
        if place in addresses:
            stretches.append([])
        else:
            stretches[-1].append(place)
    return stretches


def _named(addresses: _Lines, around: dict[int, tuple[list[int], list[int]]], names: _Lines) -> dict[int, int]:
    """Return the place of the only one around each address whom it names, if it names anybody."""
    whose: dict[int, int] = {}
    for place, (above, below) in around.items():
        named = [other for other in (*above, *below) if fits(addresses[place], names[other])]
        if len(named) == 1 and is_full_name(names[named[0]]):  # not "Attac" of attac@…
            whose[place] = named[0]
    return whose


def _only_name(line: str) -> str:
    """Return the name of the one person on a line without an address; "" if there are none or several."""
    if "@" in line or line.endswith(LEADS):
        return ""
    pieces = pieces_before_roles(line) or pieces_of(line)
    names = people_in(pieces[0].strip(" ,;")).names if len(pieces) == 1 else []
    return names[0] if len(names) == 1 else ""
