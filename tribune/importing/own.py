"""What a file of Tribune's own says beside who signed: which signature it was, how it stood, how its line read."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from tribune.reading.affiliations import read_affiliation
from tribune.reading.contacts import Contact
from tribune.reading.headings import FAMILY, GIVEN, ORGANISATION, ROLE
from tribune.reading.names_in_line import people_in
from tribune.reading.representatives import read_represented
from tribune.signatures.lines import affiliation

ID, STATUS, ORIGIN, CONFIRMED_AT, LINE = "id", "status", "origin", "confirmed_at", "line"
_HEADINGS = {"id": ID, "status": STATUS, "origin": ORIGIN, "confirmed at": CONFIRMED_AT, "printed line": LINE}
OWN = frozenset(_HEADINGS.values())
_NOT_COUNTED = {"pending": "unconfirmed_there", "held": "held_there"}
HIDDEN = "hidden"
_REWRITTEN = ("capitals_lowered", "title_left_out")  # what is doubted of a name that was not kept as it stood
_INITIALS = re.compile(r"[^\W\d_]{1,3}\.(?: [^\W\d_]{1,3}\.)?")  # the capital of "ß" is "SS"
Words = Mapping[str, str | bool | None]


def columns_of_ours(names: Sequence[str]) -> dict[int, str]:
    """What these columns hold by their place, where a file of ours has such headings; of any other nothing."""
    if not {"id", "printed line"} <= set(names):
        return {}
    return {place: _HEADINGS[name] for place, name in enumerate(names) if name in _HEADINGS}


def as_typed(contact: Contact, held: Sequence[str], cells: Sequence[str]) -> Contact:
    """The one person of a row, as its cells say: whoever stands in capitals there, or is "-", has typed them so."""
    said = dict(zip(held, cells, strict=False))
    if not {GIVEN, FAMILY} <= said.keys():
        return contact
    person = replace(contact.person, given_name=said[GIVEN], family_name=said[FAMILY])
    person = replace(person, role=said.get(ROLE, person.role), organisation=said.get(ORGANISATION, person.organisation))
    reasons = tuple(reason for reason in contact.reasons if reason not in _REWRITTEN)
    return replace(contact, person=person, reasons=reasons)


def not_counted(status: str, more: Mapping[str, Sequence[str]]) -> str:
    """The code of why nobody can answer for whoever stood so, or nothing; `more`: the cells by what they hold.

    Who was hidden may never have confirmed, nor been answered for: the status alone does not tell.
    """
    if status == HIDDEN and more.get(CONFIRMED_AT) == [""] and more.get(ORIGIN) != ["attested"]:
        status = "pending"
    return _NOT_COUNTED.get(status, "")


def printed_as(words: Words, line: str) -> dict[str, str | bool | None]:
    """What of the words only the printed line tells: that an organisation signs as such; a line kept as it was printed.

    Where the other cells were corrected since, they are right.
    """
    name, role, organisation = (str(words[key]) for key in ("name", "role", "organisation"))
    made = affiliation(role, organisation)
    if line == name + made:  # nearly always, and to read it again takes a tenth of a millisecond
        return {}
    if organisation and not line.startswith(name) and read_represented(line):
        return {"as_organisation": True}
    found = people_in(line)
    rest = found.printed_affiliation
    if name not in found.names or not line.endswith(f", {rest}") or rest == made[2:]:
        return {}
    read = read_affiliation(rest, several=found.is_about_several)
    return {"affiliation": rest} if (read.role, read.organisation) == (role, organisation) else {}


def is_of_initials(words: Words, line: str) -> bool:
    """Whether the line was printed with initials alone: more was not agreed to, be the name corrected since."""
    if str(words["name"]) in line:
        return False
    speaks = read_represented(line)
    return all(map(_INITIALS.fullmatch, speaks.names if speaks else [line]))
