"""People to write to, as read from a list or a sheet: each with their own address, and what is doubtful about them."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from tribune.reading.addresses import ADDRESS, without_addresses
from tribune.reading.capitals import is_in_capitals, without_capitals
from tribune.reading.doubts import Doubt
from tribune.reading.people import Person, is_address
from tribune.reading.whose_address import Written, mailbox_of, mailboxes

# Of "a/b@…", read as "b@…", both may be the address.
_BEHIND_SLASH = re.compile(rf"(?<![^\s(<,;:])[^\W\d_][^\s@/(<,;:]*/{ADDRESS.pattern}")


@dataclass(frozen=True)
class Contact:
    """Somebody to write to. `row`: where they stood in the list or sheet; `reasons`: the codes of what is doubtful."""

    person: Person
    row: int
    email: str = ""
    section: str = ""
    note: str = ""
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True)
class Contacts:
    """Each row that is not blank is the row of a contact, the line of a doubt, or both."""

    contacts: list[Contact]
    doubts: list[Doubt]


def contacts_of(people: Sequence[Person], written: Written, reasons: Sequence[str]) -> Iterator[Contact | Doubt]:
    """Yield each person with their own address, never another's; without people, the doubts that say why."""
    if not people:
        yield from (Doubt(written.row, written.printed, reason) for reason in dict.fromkeys(reasons or ["no_name"]))
        return
    theirs, others, doubts = _addresses_for(len(people), written)
    note = " ; ".join(filter(None, (*written.notes, *others)))
    for person, address in zip(people, theirs, strict=True):
        named = _without_capitals(person)
        lowered = [] if named is person else ["capitals_lowered"]
        doubted = tuple(dict.fromkeys((*reasons, *doubts, *lowered)))
        yield Contact(named, written.row, address, written.section, note, doubted)


def _addresses_for(number: int, written: Written) -> tuple[list[str], list[str], list[str]]:
    """Return the address of each of so many people, "" for whoever has none; those left; and the doubts about them."""
    theirs, others, doubts = written.addresses[:1], written.addresses[1:], []
    if others and number == len(written.addresses):
        theirs, others, doubts = written.addresses, [], ["addresses_in_order"]
    elif others:
        doubts = ["two_addresses"]
    if "@" in (beside := without_addresses(written.printed)) or _BEHIND_SLASH.search(written.printed):
        doubts = [*doubts, "at_sign"]
        wrong = [word.strip("<>()[],;") for word in beside.split() if is_address(word) and "/" not in word]
        if number == 1 and not written.addresses:
            theirs = wrong[:1]  # to be corrected in its field
    return theirs + [""] * (number - len(theirs)), others, doubts


def _without_capitals(person: Person) -> Person:
    if not (person.given_name and is_in_capitals(person.family_name)):
        return person  # a name alone may be written so: "JR", "ZAZ"
    given = without_capitals(person.given_name, is_family=False)
    return replace(person, given_name=given, family_name=without_capitals(person.family_name, is_family=True))


def compared(contacts: Sequence[Contact]) -> Iterator[Contact]:
    """Yield them all, with a doubt where an address is called by the name of somebody else: rows of a column slip."""
    names = [(one.person.given_name, one.person.family_name) for one in contacts]
    called = [{*mailboxes(one, other), *mailboxes(other, one)} for one, other in names]
    everybody = set().union(*called)
    for one, name, own in zip(contacts, names, called, strict=True):
        box = mailbox_of(one.email)
        is_another_s = any(name) and box in everybody and box not in own
        yield replace(one, reasons=(*one.reasons, "address_of_another")) if is_another_s else one


def numbered(contacts: Iterable[Contact]) -> list[Contact]:
    """Number the lines from 1; people who shared a line still share one, and those on line 0 have one each."""
    lines: dict[int, int] = {}
    return [
        replace(one, person=replace(one.person, line=lines.setdefault(one.person.line or -place, len(lines) + 1)))
        for place, one in enumerate(contacts)
    ]
