"""A finding of the doctor: what was checked, what was found, and how to fix it."""

from enum import StrEnum
from typing import NamedTuple


class Level(StrEnum):
    """How bad it is; HAND: a person has to check it, no program can from here."""

    OK = "ok"
    WARN = "warn"
    WRONG = "wrong"
    HAND = "hand"


class Finding(NamedTuple):
    """One finding; `mend`: how to fix it."""

    level: Level
    what: str
    found: str
    mend: str = ""


def judge(what: str, level: Level | None, found: str, mend: str) -> Finding:
    """Return a finding of this level; without a level, one that is OK, without `mend`."""
    return Finding(level, what, found, mend) if level else Finding(Level.OK, what, found)
