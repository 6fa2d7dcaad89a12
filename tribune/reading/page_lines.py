"""Sorts the lines of a page: the text of a letter, its list of signatories, and what of the site stands around them."""

from dataclasses import dataclass, field

from tribune.reading.footnotes import mark_before, marks_within
from tribune.reading.page_furniture import (
    announces_signatories,
    ends_the_page,
    is_button,
    is_note,
    outlet_named,
    signatories_after_colon,
    stands_above_the_text,
)
from tribune.reading.pasted_tables import cells_of, read_table
from tribune.reading.pieces_of_line import named_and_others
from tribune.reading.text_blocks import Numbered

_LONGEST_LINE_OF_A_LIST = 200  # characters; longer: names in a row, or text
_SENTENCES_ABOVE = 2  # a standfirst is one; after two the text has begun
_SENTENCES_BELOW = 2  # a heading: one may be a note about the list
_SMALL_WORDS_IN_TEXT = 0.8  # share of words without a capital above which it is text


@dataclass
class Piles:
    """The lines of a page, each in one pile."""

    text: list[Numbered] = field(default_factory=list)
    signatories: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    first_signatory: str = ""  # the line that begins the list
    awaited: set[str] = field(default_factory=set)  # marks of footnotes that the text refers to, and has not reached
    outlet: str = ""
    authors: str = ""

    def keep(self, in_list: bool, number: int, line: str) -> None:
        """Add a line of the letter to the list or to the text."""
        if in_list and self.is_footnote(line):
            self.text += [(number, ""), (number, line)]
        elif in_list:
            self.signatories.append(line)
            self.first_signatory = self.first_signatory or line
        else:
            self.text.append((number, line))
            self.awaited.discard(mark_before(line))
            self.awaited.update(marks_within(line))

    def is_footnote(self, line: str) -> bool:
        """Whether a line below the list is a footnote of the text: a list may number its people or affiliations so."""
        is_numbered = not self.first_signatory or mark_before(self.first_signatory)
        return not is_numbered and mark_before(line) in self.awaited


def sort_lines(lines: list[Numbered]) -> Piles:
    """Sort each line: what it is depends on whether the list has begun or the page has ended."""
    piles = Piles()
    in_list = has_title = False
    end = next((place for place, (_, line) in enumerate(lines) if ends_the_page(line.strip())), len(lines))
    last = max((place for place, (_, line) in enumerate(lines[:end]) if _is_of_a_text(line)), default=0)
    sentences = 0  # how many lines below the first end as one does
    for index, (number, line) in enumerate(lines):
        words = line.strip()
        if not words:
            piles.keep(in_list, number, line)
            continue
        is_over = index >= end
        in_list = in_list or (last < index < end and _heads_a_table(line))
        may_be_above = in_list or sentences < _SENTENCES_ABOVE
        is_around = is_button(words) or is_note(words) or (may_be_above and stands_above_the_text(words))
        outlet = outlet_named(words)
        piles.outlet = piles.outlet or outlet
        heads_a_list = not is_over and announces_signatories(words) and _is_followed_by_a_list(lines, index)
        on_the_same_line = "" if is_over or in_list else signatories_after_colon(words)
        authors = _authors_named(words[:1].upper() + words[1:] if may_be_above else words)
        piles.authors = piles.authors or authors
        if is_over or outlet or authors or heads_a_list or is_around:
            piles.left_out.append(words)
        elif on_the_same_line and _is_a_list(on_the_same_line):
            piles.left_out.append(words[: words.index(":") + 1])
            piles.keep(True, number, on_the_same_line)
            in_list = True
        else:
            piles.keep(in_list, number, line)
            sentences += has_title and _ends_a_sentence(words)
            has_title = True
        in_list = in_list or heads_a_list
    return piles


def _authors_named(words: str) -> str:
    """Return `Zoé Évrard et Luc Da` if the line is `Par Zoé Évrard et Luc Da`, else ""."""
    by, _, names = words.partition(" ")
    may_be_a_byline = by in ("Par", "By") and len(words) <= _LONGEST_LINE_OF_A_LIST
    named, others = named_and_others(names) if may_be_a_byline else (0, 0)
    return names if named and not others else ""


def _ends_a_sentence(line: str) -> bool:
    return line.rstrip(' »”"*_').endswith((".", "!", "?", "…"))


def _is_of_a_text(line: str) -> bool:
    """Whether a line ends a sentence and is no row of a table: what stands above it is not the list at the end."""
    return _ends_a_sentence(line) and "\t" not in line.strip()


def _heads_a_table(line: str) -> bool:
    """Whether these are the headings of a table of people, copied from a spreadsheet: `Nom`, `Prénom`, `Fonction`."""
    return "\t" in line.strip() and read_table([cells_of(line)]).has_headings


def _is_followed_by_a_list(lines: list[Numbered], index: int) -> bool:
    """Whether a list may begin below: a menu may say "Signatories" above the text, and a part of it be called so."""
    below = [line.strip() for _, line in lines[index + 1 : index + 20] if line.strip()][:_SENTENCES_BELOW]
    is_text = all(_ends_a_sentence(line) and _is_prose(line) for line in below)
    return bool(below) and _is_a_list(below[0]) and not is_text


def _is_a_list(words: str) -> bool:
    """Whether this could be a line of names."""
    return len(words) <= _LONGEST_LINE_OF_A_LIST or not _is_prose(words)


def _is_prose(words: str) -> bool:
    small = sum(word[0].islower() for word in words.split())
    return small > _SMALL_WORDS_IN_TEXT * len(words.split())
