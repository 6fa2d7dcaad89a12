"""Reads a page of text or Markdown, printed or copied, as the parts of a letter."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from tribune.names import plain
from tribune.reading.cut_lines import rejoined
from tribune.reading.doubts import Doubt
from tribune.reading.footnotes import mark_before
from tribune.reading.list_marks import without_marks
from tribune.reading.page_furniture import rubric_of
from tribune.reading.page_lines import sort_lines
from tribune.reading.pasted import UNREADABLE, readable
from tribune.reading.pieces_of_line import named_and_others
from tribune.reading.text_blocks import Block, blocks_of

_LONGEST_TITLE = 200  # characters, like the next four
_LONGEST_GUESSED_TITLE = 150
_LONGEST_PROPOSAL = 80
_LONGEST_SUBHEADING = 100
_LONGEST_STANDFIRST = 600

_SPEAKS_ABOUT_THE_LETTER = re.compile(
    r"\b(?:tribune|lettre ouverte|signataires?|co ?sign\w+|un collectif d\w*|manifeste"
    r"|open letter|signatories|have signed)\b"
)
_SPEAKS_AS_THE_AUTHORS = frozenset("nous je we i".split())
_EMPHASISED = re.compile(r"(\*{1,3}|_{1,3})(?![*_\s])([^*_]+)\1", re.DOTALL)
_MARKDOWN = re.compile(r"\]\([^()\s]*\)|[_#>`\[\]]|(?<![^\W_])\*|\*(?![^\W_])")  # but not the asterisks inside a word


@dataclass(frozen=True)
class Page:
    """The parts of a letter found on a page.

    `title` is empty if the page has none; `proposed_title` never is. `text` is Markdown, subheadings as `## `.
    `signatories` holds the lines of the list as they are. `left_out`: the lines that are not part of the letter.
    """

    title: str
    proposed_title: str
    standfirst: str
    text: str
    signatories: str
    outlet: str
    authors: str
    left_out: list[str]
    doubts: list[Doubt]


def read_page(text: str) -> Page:
    """Find the letter on a page: title, standfirst, text, signatories, outlet and authors; never raises."""
    lines = [(number, line.rstrip()) for number, line in enumerate(readable(text).splitlines(), 1)]
    piles = sort_lines(lines)
    doubts = [Doubt(number, line.strip(), "unreadable_character") for number, line in lines if UNREADABLE in line]
    blocks = blocks_of(piles.text, piles.left_out)
    listed = [] if piles.signatories else _listed_at_the_end(blocks)
    if listed:
        doubts.append(Doubt(listed[0].line, listed[0].text.split("\n")[0], "list_without_heading"))
    title, blocks = _take_title(blocks, doubts)
    if rubric := rubric_of(title):
        title = title.removeprefix(rubric)
        piles.left_out.append(rubric.strip())
    standfirst, blocks = _take_standfirst(blocks, doubts)
    body = "\n\n".join(_body(blocks, listed, doubts))
    if not body:
        doubts.append(Doubt(1, "", "no_text"))
    return Page(
        title=title,
        proposed_title=title or _proposed_title(standfirst or body),
        standfirst=standfirst,
        text=body,
        signatories=rejoined("\n".join(piles.signatories)).strip("\n"),
        outlet=piles.outlet,
        authors=piles.authors,
        left_out=piles.left_out,
        doubts=sorted(doubts, key=lambda doubt: doubt.line),
    )


def _take_title(blocks: list[Block], doubts: list[Doubt]) -> tuple[str, list[Block]]:
    """Take the heading that opens the page, else its first heading of level 1, else a first short line."""
    marked = [block for block in blocks if block.level == 1 and len(block.text) <= _LONGEST_TITLE]
    if blocks and blocks[0].level and len(blocks[0].text) <= _LONGEST_TITLE:
        marked = blocks[:1]
    if marked:
        return _without_emphasis(marked[0].text), [block for block in blocks if block is not marked[0]]
    if len(blocks) < 2 or not blocks[0].is_short_line:
        return "", blocks
    title = _without_emphasis(blocks[0].text)
    if len(title) > _LONGEST_GUESSED_TITLE or title.endswith((".", ",", ";", ":", "…")):
        return "", blocks
    doubts.append(Doubt(blocks[0].line, title, "title_guessed"))
    return title, blocks[1:]


def _take_standfirst(blocks: list[Block], doubts: list[Doubt]) -> tuple[str, list[Block]]:
    """Take the first paragraph if it is emphasised or speaks about the letter from outside."""
    if len(blocks) < 2 or blocks[0].level or blocks[0].is_list or len(blocks[0].text) > _LONGEST_STANDFIRST:
        return "", blocks
    first = blocks[0].text
    if _EMPHASISED.fullmatch(first):
        return _without_emphasis(first), blocks[1:]
    words = plain(first)
    if not _SPEAKS_ABOUT_THE_LETTER.search(words) or not _SPEAKS_AS_THE_AUTHORS.isdisjoint(words.split()):
        return "", blocks
    doubts.append(Doubt(blocks[0].line, first, "standfirst_guessed"))
    return first, blocks[1:]


def _listed_at_the_end(blocks: list[Block]) -> list[Block]:
    """Return the blocks at the end that list more than two people, most of their parts being names, or points."""
    if blocks and blocks[-1].is_list and blocks[-1].text.count("\n") > 1:
        return blocks[-1:]
    named, first = 0, len(blocks)
    while first and not blocks[first - 1].level:
        lines = filter(None, rejoined(blocks[first - 1].text).split("\n"))
        counted = [named_and_others(without_marks(line, 0)) for line in lines]
        people, others = map(sum, zip(*counted, strict=True))
        if people <= others:
            break
        named, first = named + people, first - 1
    return blocks[first:] if named > 2 else []


def _body(blocks: list[Block], listed: list[Block], doubts: list[Doubt]) -> Iterator[str]:
    of_the_list = {block.line for block in listed}
    for index, block in enumerate(blocks):
        is_short = block.is_short_line and len(block.text) <= _LONGEST_SUBHEADING
        is_followed = index + 1 < len(blocks) and not blocks[index + 1].level and not blocks[index + 1].is_list
        may_be_one = is_short and is_followed and len(blocks[index + 1].text) > len(block.text)
        may_be_one = may_be_one and not mark_before(block.text)  # a footnote
        if block.line in of_the_list:
            yield block.text
        elif block.level or (may_be_one and _EMPHASISED.fullmatch(block.text)):
            yield f"## {_without_emphasis(block.text)}"
        elif may_be_one and block.text[-1] not in ".,;:!?…" and index > 0:
            doubts.append(Doubt(block.line, block.text, "subheading_guessed"))
            yield f"## {block.text}"
        else:
            if may_be_one and block.text[-1] not in ".,;:…":
                doubts.append(Doubt(block.line, block.text, "perhaps_a_subheading"))
            yield block.text


def _without_emphasis(text: str) -> str:
    emphasised = _EMPHASISED.fullmatch(text)
    return emphasised[2] if emphasised else text


def _proposed_title(text: str) -> str:
    """Return the first sentence, or as many of its words as a title may have."""
    words = " ".join(_MARKDOWN.sub("", text[: 10 * _LONGEST_PROPOSAL]).split())
    sentence = re.split(r"(?<=[.!?…])\s", words, maxsplit=1)[0].rstrip(".")
    if not any(c.isalnum() for c in sentence):
        return "Untitled letter"
    if len(sentence) <= _LONGEST_PROPOSAL:
        return sentence
    cut = sentence[: _LONGEST_PROPOSAL - 1]
    return f"{(cut.rpartition(' ')[0] or cut).rstrip(' ,;:')}…"
