"""What the doctor finds: one thing, how it is, and how to mend it."""

from enum import StrEnum
from typing import NamedTuple


class Level(StrEnum):
    """How it is; `hand` is what no program can see from here."""

    OK = "ok"
    WARN = "warn"
    WRONG = "wrong"
    HAND = "hand"


class Finding(NamedTuple):
    """One line of what the doctor says."""

    level: Level
    what: str
    found: str
    mend: str = ""


def judge(what: str, level: Level | None, found: str, mend: str) -> Finding:
    """A finding that is fine when there is no level, and then needs no mending."""
    return Finding(level, what, found, mend) if level else Finding(Level.OK, what, found)
