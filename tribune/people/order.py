"""The order of first signatories: what moving, joining and parting lines does to it. Knows no database."""

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import NamedTuple

from tribune.fingerprint import fingerprint


class Place(NamedTuple):
    """Where one signature stands; those who share a position share a line."""

    id: int
    position: int | None
    section: str


class Entry(NamedTuple):
    """One line: the numbers of the signatures on it, and the section in which it stands."""

    people: tuple[int, ...]
    section: str


Order = Sequence[Entry]
MOVES = ("up", "down", "top", "bottom")


def entries(places: Iterable[Place]) -> list[Entry]:
    """The lines of places that come in order."""
    groups = (list(group) for _, group in groupby(places, key=lambda place: place.position))
    return [Entry(tuple(place.id for place in group), group[0].section) for group in groups]


def digest(places: Iterable[Place]) -> str:
    """Names this very order: a form carries it, so that nobody moves lines in an order they have not seen."""
    return fingerprint([tuple(place) for place in places])


def index_of(order: Order, person: int) -> int | None:
    """Where the line of this signature stands, counted from 0; None: nowhere."""
    return next((index for index, entry in enumerate(order) if person in entry.people), None)


def grouped(order: Order) -> list[Entry]:
    """Sections whole, in the order of their first lines; lines without a section before them all."""
    return _flat(order, _sections(order))


def moved(order: Order, index: int, how: str) -> list[Entry]:
    """The line moved `up`, `down`, `top` or `bottom` within its section; at its end, the whole section moves."""
    lines = [i for i, entry in enumerate(order) if entry.section == order[index].section]
    step = -1 if how in {"up", "top"} else 1
    if index != (lines[0] if step < 0 else lines[-1]):
        target = {"up": index - 1, "down": index + 1, "top": lines[0], "bottom": lines[-1]}[how]
        return placed(order, index, target)
    sections = _sections(order)
    here = sections.index(order[index].section)
    target = {"up": max(here - 1, 0), "down": here + 1, "top": 0, "bottom": len(sections)}[how]
    sections.insert(target, sections.pop(here))
    return _flat(order, sections)


def placed(order: Order, index: int, target: int) -> list[Entry]:
    """The line taken from one index to another."""
    made = list(order)
    made.insert(target, made.pop(index))
    return made


def rearranged(order: Order, indices: Sequence[int]) -> list[Entry]:
    """These lines in this new order, in the places they held together; the others stay where they are."""
    made = list(order)
    for slot, index in zip(sorted(indices), indices, strict=True):
        made[slot] = order[index]
    return made


def joined(order: Order, index: int) -> list[Entry]:
    """The line made one with the line above it."""
    above, here = order[index - 1], order[index]
    return [*order[: index - 1], Entry(tuple(sorted(above.people + here.people)), above.section), *order[index + 1 :]]


def parted(order: Order, index: int) -> list[Entry]:
    """Each person of the line on a line of their own."""
    return [
        *order[:index],
        *(Entry((person,), order[index].section) for person in order[index].people),
        *order[index + 1 :],
    ]


def _sections(order: Order) -> list[str]:
    return list(dict.fromkeys(entry.section for entry in order))


def _flat(order: Order, sections: Iterable[str]) -> list[Entry]:
    unnamed_first = sorted(sections, key=lambda section: section != "")
    return [entry for section in unnamed_first for entry in order if entry.section == section]
