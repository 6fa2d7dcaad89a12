"""How a name is printed: *Given Family, role (organisation)*. The only place where lines are made."""

import unicodedata
from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import NamedTuple

from markupsafe import escape

from tribune.letters.models import Letter
from tribune.names import initial
from tribune.signatures.as_such import enumerated, represented_by
from tribune.signatures.models import COLUMNS, Signature

AND = {"fr": " et ", "en": " and "}
IN_A_PERSONAL_CAPACITY = {"fr": "à titre personnel", "en": "in a personal capacity"}


@dataclass(frozen=True)
class Style:
    """How files may write lines differently from the page."""

    organisation: str = "page"  # as on the page; or built from role and organisation, in "brackets" or after a "comma"
    inside: bool = False  # everything after the name in brackets
    capitals: bool = False  # family names in capitals
    capacity: bool = False  # add "in a personal capacity"


PAGE = Style()


class Printed(NamedTuple):
    """The columns of a signature that its line needs: loading a whole Signature takes longer than printing it."""

    id: int
    public_id: str
    given_name: str
    family_name: str
    role: str
    organisation: str
    printed_organisation: str | None
    affiliation: str | None
    capacity: str | None
    as_organisation: bool
    section: str
    position: int | None
    line_place: int
    confirmed_at: datetime | None
    counted_at: datetime
    sort_key: str
    letter: Letter


Signatory = Signature | Printed
PRINTED = [COLUMNS[name] for name in Printed._fields if name != "letter"]


@dataclass(frozen=True)
class Line:
    """A printed line: names, and what follows them. People who share a line share what follows."""

    names: str
    rest: str
    signatures: tuple[Signatory, ...]

    @property
    def text(self) -> str:
        """The whole line, as it is printed, mailed and exported."""
        return self.names + self.rest

    def __html__(self) -> str:
        """Return the line for pages, with the names in bold."""
        return f'<b class="name">{escape(self.names)}</b>{escape(self.rest)}'

    @property
    def on_behalf(self) -> bool:
        """Whether pages add "on behalf of the organisation": not after initials, nor if it signs itself."""
        person = self.signatures[0]
        return bool(self.rest) and person.capacity == "organisation" and not person.as_organisation

    @property
    def section(self) -> str:
        """Return the heading above it among the first signatories, or ""."""
        return self.signatures[0].section

    @property
    def initial(self) -> str:
        """Return the letter of the alphabet under which it is listed."""
        person = self.signatures[0]
        return initial(organisation_of(person) if person.as_organisation else person.family_name)


def affiliation(role: str, organisation: str) -> str:
    """Return `, role (organisation)`, without empty parts."""
    return (f", {role}" if role else "") + (f" ({organisation})" if organisation else "")


def organisation_of(person: Signatory) -> str:
    """Return the organisation as printed: as typed, unless its spelling is merged with another."""
    return person.organisation if person.printed_organisation is None else person.printed_organisation


def line(*people: Signatory, full: bool = False, style: Style = PAGE) -> Line:
    """Return the line of one person, or of several with the same role and organisation, as their letter prints it.

    `full`: with names instead of initials, for organisers.
    """
    first, hidden = people[0], not full and shown_as_initials(people[0])
    names = [initials(person.given_name, person.family_name) if hidden else _name(person, style) for person in people]
    if first.as_organisation:
        role = f", {first.role}" if first.role and not hidden else ""
        rest = represented_by(names, first.letter.locale) + role
        return Line(organisation_of(first), f" ({rest})" if style.inside else f", {rest}", people)
    # Its letter is asked for only where that matters: for each row of a table, it takes as long as the line.
    joined = names[0] if len(names) == 1 else enumerated(names, AND.get(first.letter.locale, AND["en"]))
    return Line(joined, "" if hidden else _rest(first, style), people)


def shown_as_initials(person: Signatory) -> bool:
    """Whether readers see initials only; first signatories are always named, and never agreed to initials alone."""
    return person.position is None and person.letter.public_list == "initials"


def shared(person: Signatory, style: Style = PAGE) -> Hashable:
    """Return what people must have in common to share a line: what is printed around their names and after them."""
    if person.as_organisation:
        return organisation_of(person), person.role
    return _rest(person, PAGE), _rest(person, style), person.capacity == "organisation"


def _name(person: Signatory, style: Style) -> str:
    family = person.family_name.upper() if style.capitals else person.family_name
    return f"{person.given_name} {family}".strip(" ")


def initials(given_name: str, family_name: str) -> str:
    """Return `Z. É.`"""
    first = (next(filter(_begins_a_name, name), "") for name in (given_name, family_name))
    return " ".join(f"{letter.title()}." for letter in first if letter)


def _begins_a_name(letter: str) -> bool:
    """Whether it is a letter, and none such as ʻ, which stands before the first."""
    return letter.isalpha() and unicodedata.category(letter) != "Lm"


def _rest(person: Signatory, style: Style) -> str:
    role, organisation, printed = person.role, organisation_of(person), person.affiliation
    as_page = style.organisation == "page" and not (style.inside and "(" in (printed or ""))
    if printed is not None and (as_page or not (role or organisation)):  # else it is built from its parts
        after = f", {printed}" if printed else ""
    elif style.organisation != "comma" and not style.inside:
        after = affiliation(role, organisation)
    else:
        after = "".join(f", {part}" for part in (role, organisation) if part)
    if after and style.capacity and person.capacity == "personal":
        after += ", " + IN_A_PERSONAL_CAPACITY.get(person.letter.locale, IN_A_PERSONAL_CAPACITY["en"])
    return f" ({after.removeprefix(', ')})" if after and style.inside else after


def lines(people: Iterable[Signatory], style: Style = PAGE) -> list[Line]:
    """Return the lines of people in the given order; neighbours whom the organiser put on one line share it."""

    def stands(person: Signatory) -> Hashable:
        return person.id if person.position is None else (person.position, shared(person, style))

    return [line(*group, style=style) for _place, group in groupby(people, key=stands)]
