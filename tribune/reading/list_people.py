"""Reads people to write to from the lines of a list, each with the address that stands beside them."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from tribune.reading.addresses import ADDRESS, PHONE, addresses_in, beside_addresses, without_addresses
from tribune.reading.contacts import Contact, Contacts, compared, contacts_of, numbered
from tribune.reading.doubts import Doubt
from tribune.reading.full_names import FullName, name_before_comma
from tribune.reading.headings import FAMILY, NAME, heading_of
from tribune.reading.list_marks import without_bullets
from tribune.reading.odd_names import has_letters
from tribune.reading.pasted import readable_list
from tribune.reading.people import Person, checked, read_people
from tribune.reading.pieces_of_line import pieces_of
from tribune.reading.recipients import in_a_row, recipients_in
from tribune.reading.roles import Affiliation
from tribune.reading.whose_address import Written, apart, may_be_another_s

_MOST_TOLD_APART = 1_000  # people of a row: each doubt is compared with each of them
_LONGEST_PIECE = 4_000  # characters: some hundred people in a row
_RECIPIENT = re.compile(r"[\"']?([^\"<>]+?)[\"']?\s*<[^<>]+>")
# What stands before the recipients of a mail, or before a message that a telephone copies from a chat: when, and who.
_HEAD = re.compile(
    r"^(?:(?:de|from|à|a|to|cci?|bcc)\s?:\s*+(?=.*@)"
    r"|(?:\[[^\]]{0,25}\d:\d\d[^\]]{0,25}\]|[\d/.-]{6,10},? (?:à )?\d?\d:\d\d[ \u202fapm.]{0,6} -)[^:]{1,60}:\s)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class _Piece:
    """A line, or the part of one that ends with an address; `row`: the number of the line."""

    row: int
    text: str
    people: list[Person] = field(default_factory=list)
    doubts: list[Doubt] = field(default_factory=list)

    @property
    def is_too_long(self) -> bool:
        """Whether some part of it is longer than any printed line, even cut between its people."""
        parts = pieces_of(without_addresses(self.text)) if len(self.text) > _LONGEST_PIECE else []
        return max(map(len, parts), default=0) > _LONGEST_PIECE


def contacts_in_list(text: str) -> Contacts:
    """Read the people of a list, in the shapes in which people print them or mail programs copy them."""
    lines = dict(_numbered_lines(text))
    doubts: list[Doubt] = []
    first = next(iter(lines), 0)
    if first and heading_of(lines[first]) in (NAME, FAMILY):
        doubts.append(Doubt(first, lines.pop(first), "headings_of_columns"))
    in_rows = {number: parts for number, line in lines.items() if (parts := in_a_row(line))}
    doubts += [Doubt(number, lines[number], "people_share_a_line") for number in in_rows]
    cut = ((number, in_rows.get(number) or recipients_in(line)) for number, line in lines.items())
    pieces = [_Piece(number, part) for number, parts in cut for part in parts]
    doubts += [Doubt(piece.row, piece.text, "too_long") for piece in pieces if piece.is_too_long]
    short = [piece for piece in pieces if not piece.is_too_long]
    found = [one for piece in _with_their_people(short) for one in _found_in(piece)]
    contacts = [one for one in found if isinstance(one, Contact)]
    doubts += [one for one in found if isinstance(one, Doubt)]
    return Contacts(numbered(compared([*_surely_theirs(contacts, lines, in_rows)])), doubts)


def _numbered_lines(text: str) -> Iterator[tuple[int, str]]:
    """Yield the lines that are not blank, with their numbers from 1, without bullets and heads of mails or messages."""
    for number, line in enumerate(map(str.strip, readable_list(text).splitlines()), 1):
        if line:
            # First of all: one of the bullets is an o with a tab, and tabs are lost where addresses are cut out.
            yield number, _HEAD.sub("", without_bullets(line) or line)


def _with_their_people(pieces: Sequence[_Piece]) -> Iterator[_Piece]:
    """Yield each with the people and doubts read from it: all are read together, as one list."""
    # a piece of addresses alone must not be blank, or those after it would be counted wrong
    read = read_people("\n".join(beside_addresses(piece.text) or "@" for piece in pieces))
    people: dict[int, list[Person]] = {}
    doubts: dict[int, list[Doubt]] = {}
    for person in read.people:
        people.setdefault(read.rows[person.line], []).append(person)
    for doubt in read.doubts:
        if doubt.reason != "repeated_name":
            doubts.setdefault(doubt.line, []).append(doubt)
    for place, piece in enumerate(pieces, 1):
        yield replace(piece, people=people.get(place, []), doubts=doubts.get(place, []))


def _found_in(piece: _Piece) -> Iterator[Contact | Doubt]:
    """Yield the people of a piece, each with their own address, and the doubts that are about none of them."""
    written = Written(piece.row, piece.text, addresses_in(piece.text))
    people, reasons = piece.people, [*dict.fromkeys(doubt.reason for doubt in piece.doubts)]
    are_told_apart = 1 < len(people) <= _MOST_TOLD_APART
    if are_told_apart:
        others = [doubt for doubt in piece.doubts if not any(_is_of(doubt, person) for person in people)]
        yield from (replace(doubt, line=piece.row) for doubt in others)
    if len(people) == 1 and (name := _name_before_comma(piece.text)):
        made = [*checked(people[0].line, beside_addresses(piece.text), name, Affiliation("", ""), "")]
        people = [replace(one, affiliation=None) for one in made if isinstance(one, Person)]
        reasons = [one.reason for one in made if isinstance(one, Doubt)]
    if PHONE.search(without_addresses(piece.text)):  # a number inside an address is none
        reasons = [*reasons, "phone_left_out"]
    if not people and written.addresses and not has_letters(beside_addresses(piece.text)):
        people, reasons = [Person("", "", "", "", None, 0) for _address in written.addresses], ["name_missing"]
    for part in apart(people, written, reasons):
        for one in contacts_of(*part):
            yield _alone(one, piece.doubts) if are_told_apart and isinstance(one, Contact) else one


def _name_before_comma(piece: str) -> FullName | None:
    """Return the name of a recipient as mail programs of offices write it: `"Évrard, Zoé" <zoe@…>`."""
    spaced = " ".join(piece.split())  # else the pattern tries many spaces again from each of them
    recipient = _RECIPIENT.fullmatch(spaced.strip(" ,;."))
    name = name_before_comma(recipient[1]) if recipient and ADDRESS.search(piece) else None
    return name and replace(name, reason="family_name_guessed")


def _is_of(doubt: Doubt, person: Person) -> bool:
    text = doubt.text.casefold()  # a name in capitals was rewritten
    return person.given_name.casefold() in text and person.family_name.casefold() in text


def _alone(contact: Contact, about: Sequence[Doubt]) -> Contact:
    """Drop from one of several people on a line the doubts about others: newspapers print a list on one line."""
    theirs = {doubt.reason for doubt in about if _is_of(doubt, contact.person)}
    others = {doubt.reason for doubt in about} - theirs
    return replace(contact, reasons=tuple(reason for reason in contact.reasons if reason not in others))


def _surely_theirs(
    contacts: Sequence[Contact], lines: Mapping[int, str], in_rows: Mapping[int, list[str]]
) -> Iterator[Contact]:
    """Yield them all; an address that may be somebody else's goes into the note."""
    on_line = Counter(one.row for one in contacts)
    for one in contacts:
        shape = {"in_a_row": len(lines) == 1 or on_line[one.row] > 1, "between_addresses": one.row in in_rows}
        if may_be_another_s(one.email, one.person, one.reasons, lines[one.row], **shape):
            note = " ; ".join(filter(None, (one.note, one.email)))
            yield replace(one, email="", note=note, reasons=(*one.reasons, "address_of_whom"))
        else:
            yield one
