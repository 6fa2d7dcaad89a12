"""How a name reads in print: *Given Family, role (organisation)*. The only place where a line is made."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from tribune.names import initial
from tribune.signatures.models import Signature

AND = {"fr": " et ", "en": " and "}


@dataclass(frozen=True)
class Line:
    """A printed line: the names, and what follows them. Two people who share a line share what follows."""

    names: str
    rest: str
    signatures: tuple[Signature, ...]

    @property
    def text(self) -> str:
        """The whole line, as it is printed, mailed and exported."""
        return self.names + self.rest

    @property
    def section(self) -> str:
        """The heading under which it stands among the first signatories; empty: none."""
        return self.signatures[0].section

    @property
    def initial(self) -> str:
        """The letter of the alphabet under which it stands."""
        return initial(self.signatures[0].family_name)


def affiliation(role: str, organisation: str) -> str:
    """What follows the name: `, role (organisation)`, either part left out when empty."""
    return (f", {role}" if role else "") + (f" ({organisation})" if organisation else "")


def organisation_of(person: Signature) -> str:
    """The organisation as it is printed: as typed, unless its spelling was merged with another."""
    return person.organisation if person.printed_organisation is None else person.printed_organisation


def line(*people: Signature, locale: str = "fr", full: bool = False) -> Line:
    """The line of one person, or of people who share role and organisation; initials alone where the letter says so.

    `full`: for the organisers, who have to know whom they look at.
    """
    if shown_as_initials(people[0]) and not full:
        return Line(_initials(people[0]), "", people)
    names = [f"{person.given_name} {person.family_name}".strip() for person in people]
    joined = names[0] if len(names) == 1 else ", ".join(names[:-1]) + AND.get(locale, AND["en"]) + names[-1]
    return Line(joined, _rest(people[0]), people)


def shown_as_initials(person: Signature) -> bool:
    """First signatories are always named: they signed before the public did."""
    return person.position is None and person.letter is not None and person.letter.public_list == "initials"


def _initials(person: Signature) -> str:
    """`Z. É.`"""
    first = (next(filter(str.isalpha, name), "") for name in (person.given_name, person.family_name))
    return " ".join(f"{letter.upper()}." for letter in first if letter)


def _rest(person: Signature) -> str:
    if person.affiliation is None:
        return affiliation(person.role, organisation_of(person))
    return f", {person.affiliation}" if person.affiliation else ""


def lines(people: Iterable[Signature], locale: str) -> list[Line]:
    """One line each, in the given order; neighbours whom the organiser put on one line share it."""
    made = []
    for _key, group in groupby(people, key=lambda p: (p.position, _rest(p)) if p.position is not None else p.id):
        made.append(line(*group, locale=locale))
    return made
