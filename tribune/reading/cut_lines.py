"""Joins the lines of a list again that a margin has cut, as when copied from a PDF."""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from tribune.reading.addresses import ADDRESS, beside_addresses
from tribune.reading.list_marks import LEADS, is_marked
from tribune.reading.lone_addresses import with_cards_joined
from tribune.reading.names_in_line import is_full_name
from tribune.reading.odd_names import has_letters
from tribune.reading.whose_address import fits

_ENDS_A_LINE = (*LEADS, ";", ".", "!", "?", "…")
_FEWEST = 3  # lines of a paragraph
# "(LFI), députée", or "Députée", goes on about the same person.
_NEXT_WITH_BRACKETS = re.compile(r"[)）], (?:et |and )?[A-ZÀ-Þ][^()（）,]*[(（]")
_MARK = re.compile(r";|>, (?=[A-ZÀ-Þ])")  # between people, or fields; "<zoe@…>, maire" goes on about her
_BETWEEN = re.compile(r";|[>)\]], ")
# "<zoe@…> ; Ana Ba", where a mail program cut a line of recipients.
_OF_SOMEBODY_ABOVE = re.compile(
    rf"[<(\[]?(?P<address>{ADDRESS.pattern})(?:[>)\]] ?[,;]| ?;) ?(?P<next>[A-ZÀ-Þ][^<(\[;@]*)"
)
_BEHIND_WORDS = re.compile(rf"\w,? [<(\[]?{ADDRESS.pattern}")
_CUT_WORD = re.compile(r"(?<=[^\W\d_])[-‐]$")
# Words that keep their hyphen: "vice-présidente".
_HYPHENATED = re.compile(r"\b(?:vice|ex|sous|non|semi|demi|porte|contre|haute?|grande?|franco)[-‐]$", re.IGNORECASE)


def rejoined(text: str) -> str:
    """Join each cut line with the next, leaving a blank line in its place, so that line numbers stay."""
    lines = [line for run in _runs(text.splitlines()) for line in (_as_one(run) if _are_recipients(run) else run)]
    return "\n".join(line for run in _runs(with_cards_joined(lines)) for line in _rejoined(run))


def _runs(lines: Iterable[str]) -> list[list[str]]:
    """Group lines with no blank one between them; a line that ends with a colon closes its group."""
    runs: list[list[str]] = []
    for line in map(str.rstrip, lines):
        if line and runs and runs[-1][-1] and not runs[-1][-1].endswith(LEADS):
            runs[-1].append(line)
        else:
            runs.append([line])
    return runs


def _rejoined(run: Sequence[str]) -> Iterator[str]:
    is_paragraph, has_marks = _is_paragraph(run), sum(map(is_marked, run)) > 1
    parts = [run[0]]
    for line in run[1:]:
        may_go_on = has_marks and not is_marked(line) and ("@" not in line or is_marked(parts[-1].lstrip()))
        goes_on = line[:1].islower() and (_CUT_WORD.search(parts[-1]) or may_go_on)
        if not (is_paragraph or goes_on or _is_cut_in_brackets(parts[-1], line)):
            yield from _as_one(parts)
            parts = []
        parts.append(line)
    yield from _as_one(parts)


def _are_recipients(run: Sequence[str]) -> bool:
    """Whether a line begins with the address of whoever is named at the end of the line above.

    Above stand several people on a line; or somebody with a role, and further addresses stand behind their people. If
    all that stands above are names and headings, or the address names only whoever comes next, it may be of the latter,
    unless a name follows it and an address alone ends them all.
    """
    starts = ((place, found) for place, line in enumerate(run) if (found := _OF_SOMEBODY_ABOVE.match(line)))
    first, found = next(starts, (0, None))
    if not first or not found:
        return False
    is_of_next = fits(found["address"], found["next"]) and not fits(found["address"], run[first - 1])
    are_behind = "," in run[0] and any(map(_BEHIND_WORDS.search, run[first:]))
    end_alone = is_full_name(found["next"].strip()) and not has_letters(beside_addresses(run[-1]))
    return not is_of_next and (are_behind or end_alone or any(_BETWEEN.search(line) for line in run[:first]))


def _is_paragraph(run: Sequence[str]) -> bool:
    """Whether these are people separated by `;` or by brackets in running text, so that lines begin anywhere.

    Not if each line has as many, for then they separate name, role and organisation; nor if the first line begins with
    a small letter, for then others may do so too; nor if every address ends its line.
    """
    marks = [len(_MARK.findall(line.rstrip(" ;"))) + len(_NEXT_WITH_BRACKETS.findall(line)) for line in run]
    cut = sum(_is_cut(line, following) for line, following in pairwise(run))
    addressed = [line for line in run if "@" in line]
    are_rows = len(addressed) > 1 and all("@" in line.split()[-1] and not line.endswith(";") for line in addressed)
    is_long = len(run) >= _FEWEST and len(set(marks)) > 1 and not run[0][:1].islower() and not are_rows
    return is_long and 3 * sum(marks) >= len(run) and 3 * cut >= len(run) - 1


def _is_cut(line: str, following: str) -> bool:
    return bool(_CUT_WORD.search(line)) or (following[:1].islower() and not line.endswith(_ENDS_A_LINE))


def _is_cut_in_brackets(line: str, following: str) -> bool:
    """Whether brackets opened at the end of a line are closed in the next; those that nobody closes end with theirs."""
    is_open, is_closed = ")" not in line.rpartition("(")[2] and "(" in line, ")" in following.partition("(")[0]
    return is_open and is_closed and not is_marked(following)


def _as_one(parts: Sequence[str]) -> list[str]:
    whole = [_before(part, following) for part, following in pairwise(parts)]
    return ["".join([*whole, parts[-1]]), *[""] * (len(parts) - 1)]


def _before(part: str, following: str) -> str:
    if not _CUT_WORD.search(part):
        return f"{part} "
    is_syllable = following[:1].islower() and not _HYPHENATED.search(part)
    return part[:-1] if is_syllable else part
