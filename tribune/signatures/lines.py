"""How a name reads in print: *Given Family, role (organisation)*. The only place where a line is made."""

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import NamedTuple

from markupsafe import escape

from tribune.letters.models import Letter
from tribune.names import initial
from tribune.signatures.as_such import enumerated, represented_by
from tribune.signatures.models import Signature

AND = {"fr": " et ", "en": " and "}
IN_A_PERSONAL_CAPACITY = {"fr": "à titre personnel", "en": "in a personal capacity"}


@dataclass(frozen=True)
class Style:
    """How lines are written where that is not as the page writes them."""

    organisation: str = "page"  # as the page; or made of role and organisation: in "brackets", or after a "comma"
    inside: bool = False  # all that follows a name stands in brackets
    capitals: bool = False  # of family names
    capacity: bool = False  # says who signs in a personal capacity


PAGE = Style()


class Printed(NamedTuple):
    """What is read of somebody whose line is printed: to read a whole signature takes longer than to print it."""

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
    confirmed_at: datetime | None
    counted_at: datetime
    sort_key: str
    letter: Letter


Signatory = Signature | Printed
PRINTED = [getattr(Signature, name) for name in Printed._fields if name != "letter"]


@dataclass(frozen=True)
class Line:
    """A printed line: the names, and what follows them. Two people who share a line share what follows."""

    names: str
    rest: str
    signatures: tuple[Signatory, ...]

    @property
    def text(self) -> str:
        """The whole line, as it is printed, mailed and exported."""
        return self.names + self.rest

    def __html__(self) -> str:
        """As pages print it: what follows the names stands back."""
        return f'<b class="name">{escape(self.names)}</b>{escape(self.rest)}'

    @property
    def on_behalf(self) -> bool:
        """Whether pages say behind it that an organisation is signed for: not of initials, nor of one that signs."""
        person = self.signatures[0]
        return bool(self.rest) and person.capacity == "organisation" and not person.as_organisation

    @property
    def section(self) -> str:
        """The heading under which it stands among the first signatories; empty: none."""
        return self.signatures[0].section

    @property
    def initial(self) -> str:
        """The letter of the alphabet under which it stands."""
        person = self.signatures[0]
        return initial(organisation_of(person) if person.as_organisation else person.family_name)


def affiliation(role: str, organisation: str) -> str:
    """What follows the name: `, role (organisation)`, either part left out when empty."""
    return (f", {role}" if role else "") + (f" ({organisation})" if organisation else "")


def organisation_of(person: Signatory) -> str:
    """The organisation as it is printed: as typed, unless its spelling was merged with another."""
    return person.organisation if person.printed_organisation is None else person.printed_organisation


def line(*people: Signatory, full: bool = False, style: Style = PAGE) -> Line:
    """The line of one person, or of people who share role and organisation, as their letter prints it.

    `full`: for the organisers, who have to know whom they look at.
    """
    first, hidden = people[0], shown_as_initials(people[0]) and not full
    locale = first.letter.locale
    names = [initials(person.given_name, person.family_name) if hidden else _name(person, style) for person in people]
    if first.as_organisation:
        role = f", {first.role}" if first.role and not hidden else ""
        rest = represented_by(names, locale) + role
        return Line(organisation_of(first), f" ({rest})" if style.inside else f", {rest}", people)
    joined = enumerated(names, AND.get(locale, AND["en"]))
    return Line(joined, "" if hidden else _rest(first, style), people)


def shown_as_initials(person: Signatory) -> bool:
    """First signatories are always named: nobody who agreed to initials alone becomes one."""
    return person.position is None and person.letter.public_list == "initials"


def shared(person: Signatory, style: Style = PAGE) -> Hashable:
    """What people must have in common to stand on one line: what is printed around their names and after them."""
    if person.as_organisation:
        return organisation_of(person), person.role
    return _rest(person, PAGE), _rest(person, style), person.capacity == "organisation"


def _name(person: Signatory, style: Style) -> str:
    family = person.family_name.upper() if style.capitals else person.family_name
    return f"{person.given_name} {family}".strip(" ")


def initials(given_name: str, family_name: str) -> str:
    """`Z. É.`"""
    first = (next(filter(str.isalpha, name), "") for name in (given_name, family_name))
    return " ".join(f"{letter.upper()}." for letter in first if letter)


def _rest(person: Signatory, style: Style) -> str:
    role, organisation, printed = person.role, organisation_of(person), person.affiliation
    as_page = style.organisation == "page" and not (style.inside and "(" in (printed or ""))
    if printed is not None and (as_page or not (role or organisation)):  # else there are parts to make it of
        after = f", {printed}" if printed else ""
    elif style.organisation != "comma" and not style.inside:
        after = affiliation(role, organisation)
    else:
        after = "".join(f", {part}" for part in (role, organisation) if part)
    if after and style.capacity and person.capacity == "personal":
        after += ", " + IN_A_PERSONAL_CAPACITY.get(person.letter.locale, IN_A_PERSONAL_CAPACITY["en"])
    return f" ({after.removeprefix(', ')})" if after and style.inside else after


def lines(people: Iterable[Signatory], style: Style = PAGE) -> list[Line]:
    """One line each, in the given order; neighbours whom the organiser put on one line share it."""

    def stands(person: Signatory) -> Hashable:
        return person.id if person.position is None else (person.position, shared(person, style))

    return [line(*group, style=style) for _place, group in groupby(people, key=stands)]
