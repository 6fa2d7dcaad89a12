"""The list of signatories as newspapers print it: *Given Family, role (organisation) ; …*."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from babel.numbers import format_decimal
from markupsafe import Markup

from tribune.exports.press_choices import Choices
from tribune.signatures.lines import AND, Line
from tribune.typography import NARROW, NO_BREAK, typeset

# By language: between people; after a heading; the words for those who are not named.
_SEMICOLON = {"fr": f"{NARROW}; ", "en": "; "}
_COLON = {"fr": f"{NO_BREAK}:", "en": ":"}
_OTHERS = {"fr": ("autre signataire", "autres signataires"), "en": ("other signatory", "other signatories")}
_OTHER_PEOPLE = {"fr": "Autres signataires", "en": "Other signatories"}

# Text that `typeset` never changes: matching this is much cheaper than calling it.
_SET_ALREADY = re.compile(r"(?:[^\W\d_]|[ ,()’&/]|-(?!-))*")
_TITLE = re.compile(r"\b(?:M(?:me|lle)s?|Mgr|Dr|Pr|Me) ")
_MARKS = re.compile(r"[\\`*_\[\]<>&~|]")
_OPENS_A_BLOCK = re.compile(r"([#+=-]|\d+[.)])")
_BETWEEN_PEOPLE = re.compile("[;；؛、]")
_BETWEEN_COMMAS = re.compile("[,;；؛、،，(（)）]")


@dataclass(frozen=True)
class Block:
    """Some people under a heading; `heading` may be empty."""

    heading: str
    entries: list[str]


@dataclass(frozen=True)
class PressList:
    """A list ready to be written; `closing` says how many others signed, `printed` is how many people are named.

    `closing` is empty if nobody else did, or nobody is named.
    `unclear`: lines that contain what separates people, so that a reader may see more people than there are.
    """

    blocks: list[Block]
    closing: str
    printed: int
    separator: str
    locale: str
    unclear: list[str]

    def beginning(self, most: int) -> "PressList":
        """Return the same list with its first `most` lines, without `closing`."""
        blocks, left = [], most
        for block in self.blocks:
            if left > 0:
                blocks.append(Block(block.heading, block.entries[:left]))
                left -= len(block.entries)
        return replace(self, blocks=blocks, closing="", unclear=[])

    def text(self) -> str:
        """Return it as plain text."""
        written = []
        for heading, paragraphs in self._written():
            title = [heading + _COLON[self.locale]] if heading else []
            written.append("\n".join([*title, *paragraphs]))
        return "\n\n".join(written)

    def html(self) -> Markup:
        """Return it as headings and paragraphs only, which word processors paste well."""
        parts: list[Markup] = []
        for heading, paragraphs in self._written():
            parts += [Markup("<h3>{}</h3>").format(heading)] if heading else []
            parts += [Markup("<p>{}</p>").format(paragraph) for paragraph in paragraphs]
        return Markup("\n").join(parts)

    def markdown(self) -> str:
        """Return it as Markdown: headings, and paragraphs or list items."""
        bullet = "- " if self.separator == "lines" else ""
        parts = []
        for heading, paragraphs in self._written():
            parts += [f"### {_escaped(heading)}"] if heading else []
            parts.append("\n".join(bullet + _escaped(paragraph) for paragraph in paragraphs))
        return "\n\n".join(parts)

    def _written(self) -> Iterable[tuple[str, list[str]]]:
        """Yield each heading with its paragraphs; `closing` is a block of its own after people under a heading."""
        blocks, closing = list(self.blocks), self.closing
        if closing and not blocks[-1].heading:
            blocks[-1] = Block("", [*blocks[-1].entries, closing])
            closing = ""
        elif closing:
            blocks.append(Block("", [closing[:1].upper() + closing[1:]]))
        for block in blocks:
            if self.separator == "lines":
                yield block.heading, block.entries
            else:
                between = _SEMICOLON[self.locale] if self.separator == "semicolon" else ", "
                whole = between.join(block.entries)
                yield block.heading, [whole if whole.endswith((".", "…", "!", "?")) else f"{whole}."]


def press_list(
    first: Sequence[Line], others: Sequence[Line], choices: Choices, *, counting: int, locale: str
) -> PressList:
    """Make the list from lines written in `choices.style`; `counting`: how many people count under the letter.

    `others`: by surname, as many as may be printed.
    """
    lines = [*first, *others]
    if choices.people == "first":
        lines = list(first)
    elif choices.people == "surname":
        lines.sort(key=lambda line: (line.signatures[0].sort_key, line.signatures[0].id))
    kept, printed = _beginning(lines, choices.limit)
    left = counting - printed
    closing = others_in_words(left, locale) if kept and left > 0 and choices.others == "yes" else ""
    blocks = _in_sections(kept, locale) if choices.sections == "yes" else [Block("", _entries(kept, locale))]
    unclear = [_set(line.text, locale) for line in kept if _is_unclear(line, choices.separator)]
    return PressList([b for b in blocks if b.entries], closing, printed, choices.separator, locale, unclear)


def _is_unclear(line: Line, separator: str) -> bool:
    if separator == "comma":
        inside = line.rest.removeprefix(" (").removesuffix(")")
        return any(mark in "()（）;；" for mark in inside) or _BETWEEN_COMMAS.search(line.names) is not None
    return separator == "semicolon" and _BETWEEN_PEOPLE.search(line.text) is not None


def _beginning(lines: Iterable[Line], most: int) -> tuple[list[Line], int]:
    """Return whole lines until at least `most` people are named, and how many are."""
    kept: list[Line] = []
    printed = 0
    for line in lines:
        if printed >= most:
            break
        kept.append(line)
        printed += len(line.signatures)
    return kept, printed


def _in_sections(lines: Sequence[Line], locale: str) -> list[Block]:
    """Group first signatories without a section, then each section in order of appearance, then everybody else."""
    groups: dict[str, list[Line]] = {"": []}
    rest: list[Line] = []
    for line in lines:
        apart = not line.section and line.signatures[0].position is None
        (rest if apart else groups.setdefault(line.section, [])).append(line)
    blocks = [Block(typeset(name, locale), _entries(group, locale)) for name, group in groups.items() if group]
    return [*blocks, Block(_OTHER_PEOPLE[locale] if blocks else "", _entries(rest, locale))]


def _entries(lines: Iterable[Line], locale: str) -> list[str]:
    return [_set(line.text, locale) for line in lines]


def _set(text: str, locale: str) -> str:
    if _SET_ALREADY.fullmatch(text) and not _TITLE.search(text):
        return text
    return typeset(text, locale)


def others_in_words(left: int, locale: str) -> str:
    """Return `et 1 159 autres signataires`, with no-break spaces inside the number and after it."""
    one, several = _OTHERS[locale]
    return f"{AND[locale].lstrip()}{format_decimal(left, locale=locale)}{NO_BREAK}{one if left == 1 else several}"


def _escaped(text: str) -> str:
    """Escape plain text for Markdown."""
    marked = _MARKS.sub(r"\\\g<0>", text)
    opens = _OPENS_A_BLOCK.match(marked)
    if not opens:
        return marked
    return marked[: opens.end() - 1] + "\\" + marked[opens.end() - 1 :]
