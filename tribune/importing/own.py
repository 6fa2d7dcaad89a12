"""What a file exported by Tribune says besides who signed: the signature's id, its status, its printed line."""

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
_REWRITTEN = ("capitals_lowered", "title_left_out")  # doubts about a name that was changed when read
_INITIALS = re.compile(r"[^\W\d_]{1,3}\.(?: [^\W\d_]{1,3}\.)?")  # the capital of "ß" is "SS"
Words = Mapping[str, str | bool | None]


def columns_of_ours(names: Sequence[str]) -> dict[int, str]:
    """Return what these columns hold, by place, if the headings are those of a file of ours; else nothing."""
    if not {"id", "printed line"} <= set(names):
        return {}
    return {place: _HEADINGS[name] for place, name in enumerate(names) if name in _HEADINGS}


def as_typed(contact: Contact, held: Sequence[str], cells: Sequence[str]) -> Contact:
    """Return the person exactly as in the cells: a name in capitals, or "-", was typed so by its owner."""
    said = dict(zip(held, cells, strict=False))
    if not {GIVEN, FAMILY} <= said.keys():
        return contact
    given, family = (said[GIVEN], said[FAMILY]) if said[FAMILY] else ("", said[GIVEN])  # one name is a family name
    person = replace(contact.person, given_name=given, family_name=family)
    person = replace(person, role=said.get(ROLE, person.role), organisation=said.get(ORGANISATION, person.organisation))
    reasons = tuple(reason for reason in contact.reasons if reason not in _REWRITTEN)
    return replace(contact, person=person, reasons=reasons)


def not_counted(status: str, more: Mapping[str, Sequence[str]]) -> str:
    """Return the code of why organisers cannot answer for somebody of this status, or ""; `more`: cells by what they
    hold.

    A hidden signature may never have been confirmed or attested: its status alone does not tell.
    """
    if status == HIDDEN and more.get(CONFIRMED_AT) == [""] and more.get(ORIGIN) != ["attested"]:
        status = "pending"
    return _NOT_COUNTED.get(status, "")


def printed_as(words: Words, line: str) -> dict[str, str | bool | None]:
    """Return the words that only the printed line shows: that an organisation signs, or an `affiliation`.

    If the other cells disagree with the line, they were corrected since, and are right.
    """
    name, role, organisation = (str(words[key]) for key in ("name", "role", "organisation"))
    made = affiliation(role, organisation)
    if line == name + made:  # nearly always; parsing the line takes a tenth of a millisecond
        return {}
    if organisation and not line.startswith(name) and read_represented(line):
        return {"as_organisation": True}
    found = people_in(line)
    rest = found.printed_affiliation
    if name not in found.names or not line.endswith(f", {rest}") or rest == made[2:]:
        return {}
    # Who shared a line keeps its plural when the others have left it: "Zoé Évrard, fondatrices de La Ruche".
    read = (read_affiliation(rest, several=several) for several in (found.is_about_several, True))
    return {"affiliation": rest} if (role, organisation) in [(one.role, one.organisation) for one in read] else {}


def is_of_initials(words: Words, line: str) -> bool:
    """Whether the line was printed with initials only: no more was agreed to, even if the name was corrected since."""
    if str(words["name"]) in line:
        return False
    speaks = read_represented(line)
    return all(map(_INITIALS.fullmatch, speaks.names if speaks else [line]))
