"""Somebody whom the organisers mean to ask, as plain values."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Proposed:
    """The line as it is proposed, and where to write; those with the same `line` are to share a printed line."""

    given_name: str
    family_name: str
    role: str = ""
    organisation: str = ""
    affiliation: str | None = None
    capacity: str = ""
    as_organisation: bool = False
    section: str = ""
    email: str | None = None
    note: str = ""
    line: int = 0
