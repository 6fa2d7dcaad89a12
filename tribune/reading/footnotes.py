"""Recognises the footnotes of a word processor, which a copy has at the very end, below a list of signatories."""

import re

_MARK = r"\[(?:\d{1,3}|[ivx]{1,5}|[a-z])\]"
_NOTE = re.compile(rf"({_MARK})\s*\S")
_REFERENCE = re.compile(rf"(?<=\S)\s*({_MARK})")


def mark_before(line: str) -> str:
    """Return the mark that the line begins with, as `[1]`, if words follow it; else ""."""
    note = _NOTE.match(line.strip())
    return note[1] if note else ""


def marks_within(line: str) -> list[str]:
    """Return the marks that the line bears in or after its words: each refers to a note."""
    return _REFERENCE.findall(line.strip())
