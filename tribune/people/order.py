"""The order of first signatories, and moving, joining and parting its lines; without a database."""

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import NamedTuple

from tribune.fingerprint import fingerprint


class Place(NamedTuple):
    """The place of one signature; those with the same position share a line, in the order of their line_place."""

    id: int
    position: int | None
    section: str
    line_place: int


class Entry(NamedTuple):
    """One line: the ids of the signatures on it, in their order, and its section."""

    people: tuple[int, ...]
    section: str


Order = Sequence[Entry]
MOVES = ("up", "down", "top", "bottom")


def entries(places: Iterable[Place]) -> list[Entry]:
    """Return the lines made by these places, which have to be in order."""
    groups = (list(group) for _, group in groupby(places, key=lambda place: place.position))
    return [Entry(tuple(place.id for place in group), group[0].section) for group in groups]


def order_shown_as(places: Iterable[Place]) -> str:
    """Return a fingerprint of the order; a form carries it, so that nobody changes an order they have not seen."""
    return fingerprint([tuple(place) for place in places])


def index_of(order: Order, person: int) -> int | None:
    """Return the index of the line of this signature, from 0, or None."""
    return next((index for index, entry in enumerate(order) if person in entry.people), None)


def grouped(order: Order) -> list[Entry]:
    """Return the lines without a section, then those of each section, in the order of the sections' first lines."""
    return _flat(order, _sections(order))


def moved(order: Order, index: int, how: str) -> list[Entry]:
    """Return the order with a line moved `up`, `down`, `top` or `bottom` in its section; at its end, the section."""
    first, last = _section_of(order, index)
    if index != (first if how in {"up", "top"} else last):
        return placed(order, index, {"up": index - 1, "down": index + 1, "top": first, "bottom": last}[how])
    sections = _sections(order)
    here = sections.index(order[index].section)
    target = {"up": max(here - 1, 0), "down": here + 1, "top": 0, "bottom": len(sections)}[how]
    sections.insert(target, sections.pop(here))
    return _flat(order, sections)


def placed(order: Order, index: int, target: int) -> list[Entry]:
    """Return the order with a line moved from one index to another, or as near as its section allows."""
    first, last = _section_of(order, index)
    made = list(order)
    made.insert(min(max(target, first), last), made.pop(index))
    return made


def rearranged(order: Order, indices: Sequence[int]) -> list[Entry]:
    """Return the order with these lines, in this new order, in the places they held; the others stay."""
    made = list(order)
    for slot, index in zip(sorted(indices), indices, strict=True):
        made[slot] = order[index]
    return made


def joined(order: Order, index: int) -> list[Entry]:
    """Return the order with a line joined to the one above."""
    above, here = order[index - 1], order[index]
    return [*order[: index - 1], Entry(above.people + here.people, above.section), *order[index + 1 :]]


def parted(order: Order, index: int) -> list[Entry]:
    """Return the order with each person of a line on a line of their own."""
    return [
        *order[:index],
        *(Entry((person,), order[index].section) for person in order[index].people),
        *order[index + 1 :],
    ]


def _section_of(order: Order, index: int) -> tuple[int, int]:
    """Return the first and the last index of the section of this line."""
    lines = [i for i, entry in enumerate(order) if entry.section == order[index].section]
    return lines[0], lines[-1]


def _sections(order: Order) -> list[str]:
    return list(dict.fromkeys(entry.section for entry in order))


def _flat(order: Order, sections: Iterable[str]) -> list[Entry]:
    unnamed_first = sorted(sections, key=lambda section: section != "")
    return [entry for section in unnamed_first for entry in order if entry.section == section]
