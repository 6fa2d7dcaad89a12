"""People to write to, read from a pasted list, each with the address that stands beside them."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import count

from tribune.reading.addresses import ADDRESS, PHONE, addresses_in, beside_addresses, without_addresses
from tribune.reading.capitals import is_in_capitals, without_capitals
from tribune.reading.doubts import Doubt
from tribune.reading.full_names import FullName, name_before_comma
from tribune.reading.headings import FAMILY, NAME, heading_of
from tribune.reading.list_marks import without_bullets
from tribune.reading.pasted import readable_list
from tribune.reading.people import Person, checked, is_address, read_people
from tribune.reading.pieces_of_line import pieces_of
from tribune.reading.recipients import in_a_row, recipients_in
from tribune.reading.roles import Affiliation
from tribune.reading.whose_address import Written, apart, may_be_another_s

_MOST_TOLD_APART = 1_000  # people of a row: each doubt is compared with each of them
LONGEST_PIECE = 4_000  # characters: some hundred people in a row
_RECIPIENT = re.compile(r"[\"']?([^\"<>]+?)[\"']?\s*<[^<>]+>")
_HEAD = re.compile(r"^(?:de|from|à|a|to|cci?|bcc)\s?:\s*(?=.*@)", re.IGNORECASE)  # of a mail, before its recipients


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
    theirs, notes, more = [*written.addresses[:1]], written.notes, []
    if 1 < len(people) == len(written.addresses):
        theirs, more = written.addresses, ["addresses_in_order"]
    elif len(written.addresses) > 1:
        notes, more = [*notes, *written.addresses[1:]], ["two_addresses"]
    theirs = theirs + [""] * (len(people) - len(theirs))
    if "@" in (beside := without_addresses(written.printed)):
        more = [*more, "at_sign"]
        wrong = [word.strip("<>()[],;") for word in beside.split() if is_address(word) and "/" not in word]
        if len(people) == 1 and not written.addresses:
            theirs = wrong[:1] or theirs  # to be corrected in its field
    for person, address in zip(people, theirs, strict=True):
        named = _without_capitals(person)
        lowered = [] if named is person else ["capitals_lowered"]
        doubted = tuple(dict.fromkeys((*reasons, *more, *lowered)))
        yield Contact(named, written.row, address, written.section, " ; ".join(filter(None, notes)), doubted)


def _without_capitals(person: Person) -> Person:
    if not (person.given_name and is_in_capitals(person.family_name)):
        return person  # a name alone may be written so: "JR", "ZAZ"
    given = without_capitals(person.given_name, is_family=False)
    return replace(person, given_name=given, family_name=without_capitals(person.family_name, is_family=True))


def numbered(contacts: Sequence[Contact]) -> list[Contact]:
    """Number the lines from 1; people who shared a line still share one."""
    lines: dict[int, int] = {}
    return [
        replace(one, person=replace(one.person, line=lines.setdefault(one.person.line, len(lines) + 1)))
        for one in contacts
    ]


def contacts_in_list(text: str) -> Contacts:
    """Read the people of a list, in the shapes in which people print them or mail programs copy them."""
    given = enumerate(map(str.strip, readable_list(text).splitlines()), 1)
    # First of all: one of the bullets is an o with a tab, and tabs are lost where addresses are cut out.
    lines = [(number, _HEAD.sub("", without_bullets(line) or line)) for number, line in given if line]
    doubts: list[Doubt] = []
    if lines and heading_of(lines[0][1]) in (NAME, FAMILY):
        doubts.append(Doubt(*lines.pop(0), "headings_of_columns"))
    rows = {number: in_a_row(line) for number, line in lines}
    doubts += [Doubt(number, line, "people_share_a_line") for number, line in lines if rows[number]]
    pieces = [(number, piece) for number, line in lines for piece in rows[number] or recipients_in(line)]
    doubts += [Doubt(number, piece, "too_long") for number, piece in pieces if _is_too_long(piece)]
    pieces = [(number, piece) for number, piece in pieces if not _is_too_long(piece)]
    # a line of addresses alone must not be blank, or the lines after it would be counted wrong
    read = read_people("\n".join(beside_addresses(piece) or "@" for _number, piece in pieces))
    people: dict[int, list[Person]] = {}
    doubted: dict[int, list[Doubt]] = {}
    for person in read.people:
        people.setdefault(read.rows[person.line], []).append(person)
    for doubt in read.doubts:
        if doubt.reason != "repeated_name":
            doubted.setdefault(doubt.line, []).append(doubt)
    found: list[Contact] = []
    unused = count(-1, -1)  # a line for each person without a name; those of the others count from 1
    for place, (number, piece) in enumerate(pieces, 1):
        written = Written(number, piece, addresses_in(piece))
        here, about = people.get(place, []), doubted.get(place, [])
        why = [*dict.fromkeys(doubt.reason for doubt in about)]
        are_told_apart = 1 < len(here) <= _MOST_TOLD_APART
        if are_told_apart:
            doubts += [replace(doubt, line=number) for doubt in about if not any(_is_of(doubt, one) for one in here)]
        if len(here) == 1 and (name := _name_before_comma(piece)):
            made = [*checked(here[0].line, beside_addresses(piece), name, Affiliation("", ""), "")]
            here = [replace(one, affiliation=None) for one in made if isinstance(one, Person)]
            why = [one.reason for one in made if isinstance(one, Doubt)]
        if PHONE.search(without_addresses(piece)):  # a number inside an address is none
            why = [*why, "phone_left_out"]
        if not here and written.addresses and not any(c.isalpha() for c in beside_addresses(piece)):
            here = [Person("", "", "", "", None, next(unused)) for _ in written.addresses]
            why = ["name_missing"]
        made_of_it = [one for part in apart(here, written, why) for one in contacts_of(*part)]
        found += [_alone(one, about) if are_told_apart else one for one in made_of_it if isinstance(one, Contact)]
        doubts += [one for one in made_of_it if isinstance(one, Doubt)]
    return Contacts(numbered([*_surely_theirs(found, dict(lines), rows)]), doubts)


def _is_of(doubt: Doubt, person: Person) -> bool:
    text = doubt.text.casefold()  # a name in capitals was rewritten
    return person.given_name.casefold() in text and person.family_name.casefold() in text


def _alone(contact: Contact, about: Sequence[Doubt]) -> Contact:
    """Drop from one of several people on a line the doubts about others: newspapers print a list on one line."""
    theirs = {doubt.reason for doubt in about if _is_of(doubt, contact.person)}
    others = {doubt.reason for doubt in about} - theirs
    return replace(contact, reasons=tuple(reason for reason in contact.reasons if reason not in others))


def _surely_theirs(found: Sequence[Contact], lines: dict[int, str], rows: dict[int, list[str]]) -> Iterator[Contact]:
    """Yield them all; an address that may be somebody else's goes into the note."""
    on_line = Counter(one.row for one in found)
    for one in found:
        shape = {
            "in_a_row": len(lines) == 1 or on_line[one.row] > 1,
            "between_addresses": bool(rows[one.row]),
        }
        if may_be_another_s(one.email, one.person, one.reasons, lines[one.row], **shape):
            note = " ; ".join(filter(None, (one.note, one.email)))
            yield replace(one, email="", note=note, reasons=(*one.reasons, "address_of_whom"))
        else:
            yield one


def _name_before_comma(piece: str) -> FullName | None:
    """Return the name of a recipient as mail programs of offices write it: `"Évrard, Zoé" <zoe@…>`."""
    spaced = " ".join(piece.split())  # else the pattern tries many spaces again from each of them
    recipient = _RECIPIENT.fullmatch(spaced.strip(" ,;."))
    name = name_before_comma(recipient[1]) if recipient and ADDRESS.search(piece) else None
    return name and replace(name, reason="family_name_guessed")


def _is_too_long(piece: str) -> bool:
    """Whether some part of the piece is longer than any printed line, even cut between its people."""
    return len(piece) > LONGEST_PIECE and max(map(len, pieces_of(without_addresses(piece))), default=0) > LONGEST_PIECE
