"""Recognises the footnotes of a word processor, which a copy has at the very end, below a list of signatories."""

import re
from collections.abc import Sequence

from tribune.reading.text_blocks import Numbered

_MARK = r"\[(?:\d{1,3}|[ivx]{1,5}|[a-z])\]"
_NOTE = re.compile(rf"({_MARK})\s*\S")
_REFERENCE = re.compile(rf"(?<=\S)\s*({_MARK})")


def footnotes_in(lines: Sequence[Numbered]) -> set[int]:
    """Return the numbers of the lines that begin with a mark, as `[1]`, which an earlier line bears in its words."""
    referred: set[str] = set()
    notes = set()
    for number, line in lines:
        words = line.strip()
        note = _NOTE.match(words)
        if note and note[1] in referred:
            notes.add(number)
        referred.update(_REFERENCE.findall(words))
    return notes
