"""Somebody to invite, before there is an invitation: typed, pasted or read from a file."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Proposed:
    """One person, as `actions.add` takes them. People with the same `line` share a printed line."""

    given_name: str
    family_name: str
    role: str = ""
    organisation: str = ""
    affiliation: str | None = None  # as printed elsewhere; None: made of role and organisation
    capacity: str = ""  # "personal", "organisation", or not said
    as_organisation: bool = False  # the organisation signs, represented by the person
    section: str = ""
    email: str | None = None
    note: str = ""  # only the team sees it
    line: int = 1
