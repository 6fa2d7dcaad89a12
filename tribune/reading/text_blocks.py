"""Gathers lines of plain text or Markdown into blocks: paragraphs, headings, lists."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_WRAPPED_AT = 100  # characters; only shorter lines can be one paragraph that an editor cut
_SURELY_NOT_WRAPPED = 60  # a line this short ended before the margin

_ENDS = (".", "!", "?", "…")  # of a sentence: a line an editor cut rarely ends so before a capital

_HEADING = re.compile(r"\s*(#{1,6})\s+(\S.*)")
_UNDERLINE = re.compile(r"\s*(=+|-{3,})")
# Word processors use an o in some font as a bullet, and private characters.
_BULLET = re.compile(r"(\s*)(?:[•▪●◦‣·\uf0a7\uf0b7]\s*|o\t\s*|([-*+]\s+|\d{1,3}[.)]\s+))")

Numbered = tuple[int, str]


@dataclass(frozen=True)
class Block:
    """A paragraph, a heading or a list in Markdown, with the number of its first line."""

    line: int
    text: str
    level: int = 0  # of a heading marked as one; 0 for anything else

    @property
    def is_list(self) -> bool:
        """Whether every line is an item."""
        return all(_BULLET.match(line) for line in self.text.split("\n"))

    @property
    def is_short_line(self) -> bool:
        """Whether it could be a title or a subheading, by its shape."""
        return "\n" not in self.text and not self.is_list and not self.text.startswith(">")


def blocks_of(lines: list[Numbered], left_out: list[str]) -> list[Block]:
    """Return the blocks in order; rules and underlines, which hold no word, go to `left_out`."""
    blocks: list[Block] = []
    group: list[Numbered] = []
    for number, line in [*lines, (0, "")]:
        if line.strip():
            group.append((number, line))
        elif group:
            blocks += _blocks_in(group, left_out, is_first=not blocks)
            group = []
    return blocks


def _blocks_in(group: list[Numbered], left_out: list[str], is_first: bool) -> Iterator[Block]:
    paragraph: list[Numbered] = []
    has_items = False  # noted as the paragraph grows: searching it at each line took hours for 200 kB of short lines
    is_wrapped = all(len(line) <= _WRAPPED_AT for _, line in group)
    for index, (number, line) in enumerate(group):
        heading = _HEADING.fullmatch(line)
        level = _underlined_as(group, index)
        if heading or level or not any(c.isalnum() for c in line):
            yield from _paragraph(paragraph)
            paragraph = []
        if heading:
            yield Block(number, heading[2].rstrip("# ").strip() or heading[2].strip(), len(heading[1]))
        elif level:
            yield Block(number, line.strip(), level)
        elif not any(c.isalnum() for c in line):
            left_out.append(line.strip())
        else:
            is_item = _BULLET.match(line) is not None
            if paragraph and has_items and not is_item and _ends_a_list(paragraph[-1][1], line, is_wrapped):
                yield from _paragraph(paragraph)
                paragraph = []
            has_items = is_item or (has_items and bool(paragraph))
            paragraph.append((number, _item_or_line(line)))
            is_title = is_first and index == 0 and _stands_above(group)
            if is_title or (not is_wrapped and not is_item):
                yield from _paragraph(paragraph)
                paragraph = []
    yield from _paragraph(paragraph)


def _ends_a_list(last: str, line: str, is_wrapped: bool) -> bool:
    """Whether a paragraph begins below a list without a blank line; Markdown would add it to the last item."""
    return not is_wrapped or (last.endswith(_ENDS) and line[0].isupper())


def _paragraph(lines: list[Numbered]) -> Iterator[Block]:
    if lines:
        yield Block(lines[0][0], "\n".join(line for _, line in lines))


def _underlined_as(group: list[Numbered], index: int) -> int:
    """Return the level of a heading underlined with `=` or `-`, or 0."""
    under = _UNDERLINE.fullmatch(group[index + 1][1]) if index + 1 < len(group) else None
    # Under the last line of a paragraph the same signs are a rule.
    if not under or index > 0 or not any(c.isalnum() for c in group[index][1]):
        return 0
    return 1 if under[1].startswith("=") else 2


def _stands_above(group: list[Numbered]) -> bool:
    """Whether the first line of the page is a title without a blank line below it."""
    first, second = group[0][1].strip(), (group[1][1].strip() if len(group) > 1 else "")
    is_complete = len(first) < _SURELY_NOT_WRAPPED and first[-1] not in ".,;:"
    return is_complete and second[:1].isupper() and not _BULLET.match(group[0][1])


def _item_or_line(line: str) -> str:
    """Return the line without indentation; an item keeps its own, with a Markdown bullet."""
    bullet = _BULLET.match(line)
    if not bullet:
        return line.strip()
    return f"{bullet[1].expandtabs(4)}{bullet[2] or '- '}{line[bullet.end() :].strip()}"
