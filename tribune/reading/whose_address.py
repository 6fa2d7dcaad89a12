"""Whose address is whose among the people who stand on one line."""

import re
from bisect import bisect
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from tribune.names import plain
from tribune.reading.addresses import ADDRESS, QUOTES
from tribune.reading.full_names import PARTICLES
from tribune.reading.names_in_line import MARKS, is_full_name
from tribune.reading.people import Person
from tribune.reading.role_words import is_institution

_BEFORE_NAME = re.compile(rf"[;•·] ?<?{ADDRESS.pattern}>? (?=\w)")  # "; zoe@… Zoé Évrard": of whoever comes next
_FIELD_ENDS = re.compile(r", | / | \(")
_BETWEEN_NAMES = re.compile(rf", | (?:et|and|&|[{MARKS}]) |[.:] | ?[()] ?")
_LEADS = re.compile(r"^(?:[^\W\d_A-ZÀ-Þ]\S* )+")  # small words before a name: "via Zoé Cy", "assistante Zoé Cy"


@dataclass(frozen=True)
class Written:
    """What stands in one row or on one line, besides the names."""

    row: int
    printed: str
    addresses: list[str] = field(default_factory=list)
    section: str = ""
    notes: list[str] = field(default_factory=list)


Read = tuple[list[Person], Written, Sequence[str]]  # people, what else stands there, and the doubts about it


def fits(address: str, name: str) -> bool:
    """Whether the address bears a word of the name: `zoe@…`, `zevrard@…`, not `contact@…`."""
    local = plain(address.partition("@")[0]).split()
    words = [word for word in plain(name).split() if len(word) > 1 and word not in PARTICLES]
    return any(_bears(part, word) for part in (*local, "".join(local)) for word in words)


def _bears(part: str, word: str) -> bool:
    """Whether it is the word, or begins or ends with it: "Ida" is not meant by `solidarite@…`."""
    return part == word or (len(word) > 2 and (part.startswith(word) or part.endswith(word)))


def mailbox_of(address: str) -> str:
    """Return what the mailbox is called, as one word: `zoeevrard` for `Zoe.Evrard@…`."""
    return "".join(plain(address.partition("@")[0]).split())


def mailboxes(first: str, last: str) -> tuple[str, ...]:
    """Return what a mailbox may be called by two names in this order: `zoeevrard` or `zevrard`; () if one is empty."""
    one, other = ("".join(plain(name).split()) for name in (first, last))
    return (one + other, one[0] + other) if one and other else ()


def may_be_another_s(
    address: str, person: Person, reasons: Sequence[str], line: str, *, in_a_row: bool, between_addresses: bool
) -> bool:
    """Whether it does not name the person, and somebody may stand between whom it does, or who is doubted.

    `in_a_row`: there may be others on the line, as in `Ana Ba, juge, Zoé Cy, zoe@…`; elsewhere `Terre Vivante,
    terrevivante@…` is an organisation. `between_addresses`: nothing else parts people there: anybody may be meant.
    """
    name = f"{person.given_name} {person.family_name}"
    if not address or fits(address, name):
        return False
    behind = person.affiliation or person.organisation
    between = [part.strip() for part in _BETWEEN_NAMES.split(behind)]
    led_to = ((part, _LEADS.sub("", part)) for part in between)
    named = [(part, one) for part, one in led_to if is_full_name(one) and fits(address, one)]
    others = [one for part, one in named if in_a_row or not _is_of_organisation(address, part, one)]
    are_between = between_addresses and any(map(is_full_name, between))
    are_two = "perhaps_two_people" in reasons or _are_joined(behind, address, line)
    may_be = bool(are_two or are_between or others)
    return may_be and not re.search(rf"{re.escape(name)}\W{{1,4}}{re.escape(address)}", line)


def _is_of_organisation(address: str, part: str, name: str) -> bool:
    """Whether an organisation bears the name (`collège Jean Moulin`), or the mailbox runs its words into one."""
    return any(map(is_institution, part.split())) or "".join(plain(name).split()) in plain(address.partition("@")[0])


def _are_joined(behind: str, address: str, line: str) -> bool:
    """Whether a slash leads to a name: `Ana Ba / Zoé Cy : one@…`; another beside the address parts fields."""
    is_name = is_full_name(_FIELD_ENDS.split(behind, 1)[0])
    parts_fields = rf"/[^/\w]*{re.escape(address)}|^\W*{re.escape(address)}[^/\w]*/"
    return is_name and f"/ {behind}" in line and not re.search(parts_fields, line)


def apart(people: list[Person], written: Written, reasons: Sequence[str]) -> list[Read]:
    """Split several people on a line, each with what stands behind their name and the doubts about it.

    They stay together if the addresses are theirs in order, before or behind all of them, or if they share a printed
    line. An address of which it cannot be known whose it is goes into the note: their invitation would be mailed to
    somebody else.
    """
    if len(people) < 2 or not written.addresses:
        return [(people, written, reasons)]
    printed = " ".join(written.printed.split())
    addresses = [found[0].strip(QUOTES) for found in ADDRESS.finditer(printed)]
    starts = [found.start() for found in ADDRESS.finditer(printed)]
    names = [] if _BEFORE_NAME.search(printed) else _where_named(people, printed, starts)
    if len(people) == len(written.addresses) and not (names and names[0] < starts[0] < names[-1]):
        return [(people, written, reasons)]
    if not names or starts[0] < names[0]:
        return [_nobody_s(people, written, reasons)]
    places = [place for place, one in enumerate(people) if not place or one.line != people[place - 1].line]
    split: list[Read] = []
    for place, following in pairwise([*places, len(people)]):
        start, end = names[place], [*names, len(printed)][following]
        own = [*dict.fromkeys(addresses[bisect(starts, start) : bisect(starts, end)])]
        theirs = people[place:following], replace(written, printed=printed[start:end], addresses=own), reasons
        split.append(_nobody_s(*theirs) if 1 < len(theirs[0]) != len(own) > 0 else theirs)
    return split


def _where_named(people: Sequence[Person], printed: str, addresses: Sequence[int]) -> list[int]:
    """Return where each whole name begins, either part first; [] if any may stand before or behind an address.

    A role may hold the name of somebody else on the line: so those that are found from either end must agree.
    """
    both = [(f"{one.given_name} {one.family_name}", f"{one.family_name} {one.given_name}") for one in people]
    earliest, latest, after, before = [], [], 0, len(printed)
    for names in both:
        earliest.append(min((at for name in names if (at := printed.find(name, after)) >= 0), default=-1))
        after = earliest[-1] + len(names[0])
    for names in reversed(both):
        latest.append(max(printed.rfind(name, 0, before) for name in names))
        before = max(latest[-1], 0)
    pairs = list(zip(earliest, reversed(latest), strict=True))
    are_known = all(one.given_name for one in people) and min(map(min, pairs)) >= 0
    agree = are_known and all(bisect(addresses, one) == bisect(addresses, other) for one, other in pairs)
    return earliest if agree else []


def _nobody_s(people: list[Person], written: Written, reasons: Sequence[str]) -> Read:
    """Return the same with the addresses in the note of each."""
    noted = replace(written, addresses=[], notes=[*written.notes, *written.addresses])
    return people, noted, [*reasons, "address_of_whom"]
