"""From the Markdown that an organiser types to safe HTML, or to plain text."""

from __future__ import annotations  # which name types of a library that is imported later

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import count, repeat
from typing import TYPE_CHECKING, Any

import nh3

from tribune.later import Later
from tribune.typography import raise_ordinals, typeset_pieces

if TYPE_CHECKING:
    import markdown_it
    from markdown_it.renderer import RendererHTML
    from markdown_it.rules_inline import StateInline
    from markdown_it.token import Token
    from markdown_it.utils import EnvType, OptionsDict
else:
    markdown_it = Later("markdown_it")

LIMIT = 64 * 1024  # bytes of UTF-8

_TAGS = set("a blockquote br code em h2 h3 h4 h5 h6 hr li ol p strong sup ul".split())
_ATTRIBUTES: dict[str, set[str]] = {"a": {"href"}, "ol": {"start"}, "*": set()}  # else nh3 adds title and lang to all
_SCHEMES = {"http", "https", "mailto"}
_LINK = re.compile(r"https?://[^/]|mailto:.", re.IGNORECASE)
_ASTERISKS_IN_A_WORD = re.compile(r"(?<=[^\W_])\*+(?=[^\W_])")
_SURROGATE = re.compile("[\ud800-\udfff]")

# What typography sees in place of inline tokens that it must not change; for all others, nothing.
_STAND_INS = {"code_inline": "x", "softbreak": "\n", "hardbreak": "\n"}
_LINE_ENDS = {"softbreak": " ", "hardbreak": "\n"}


class TextTooLong(ValueError):
    """The text has more than LIMIT bytes."""


def render(markdown: str, locale: str) -> str:
    """Return the text as safe HTML, to be shown under the page's own h1, with the typography of its language.

    The highest heading of the text becomes an h2, the next an h3, and so on. Images are left out, raw HTML is shown as
    typed, and so are links to anything but http, https or mailto. NUL and lone surrogates become U+FFFD.
    Raises TextTooLong above 64 KB of UTF-8.
    """
    tokens = _parse(markdown)
    _place_headings(tokens)
    for token in tokens:
        _typeset(token.children or [], locale)
    html = _markdown().renderer.render(tokens, _markdown().options, {"locale": locale})
    return nh3.clean(
        html,
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        url_schemes=_SCHEMES,
        url_relative="deny",
        link_rel="noopener nofollow ugc",
    )


def plain(markdown: str) -> str:
    """Return the text without Markdown, paragraphs separated by an empty line, as typed (not typeset).

    Raises TextTooLong above 64 KB of UTF-8.
    """
    return "\n\n".join(_blocks(markdown))


def readable(markdown: str) -> list[str]:
    """Return the words of the text as typed, a string for each block, with the address after each link.

    Raises TextTooLong above 64 KB of UTF-8.
    """
    return list(_blocks(markdown, links=True))


def _blocks(markdown: str, links: bool = False) -> Iterator[str]:
    """Yield the words of each block, after its number if it is an item of a numbered list."""
    lists: list[Iterator[str]] = []  # of each open list, what stands before its items
    shown = ""
    for token in _parse(markdown):
        if token.type == "ordered_list_open":
            lists.append(f"{number}. " for number in count(int(token.attrs.get("start", 1))))
        elif token.type == "bullet_list_open":
            lists.append(repeat(""))
        elif token.type in ("ordered_list_close", "bullet_list_close"):
            lists.pop()
        elif token.type == "list_item_open":
            shown += next(lists[-1])
        elif token.type == "list_item_close" and shown:  # an empty item: only its number
            yield shown.strip()
            shown = ""
        elif words := _words(token, links):
            yield shown + words
            shown = ""


def _parse(markdown: str) -> list[Token]:
    if len(markdown.encode("utf-8", "surrogatepass")) > LIMIT:
        raise TextTooLong
    text = _SURROGATE.sub("\ufffd", markdown)
    found: dict[str, Any] = {}
    tokens = _markdown().parse(text, found)
    unused = _unused(tokens, found)
    return _markdown().parse(_as_words(text, unused)) if unused else tokens


def _unused(tokens: Sequence[Token], found: Mapping[str, Any]) -> list[int]:
    """Return the lines of link definitions that no link uses: for example a footnote, `[1]: https://…`."""
    used = {child.meta.get("label") for token in tokens for child in token.children or []}
    alone = [where for label, where in found.get("references", {}).items() if label not in used]
    return [where["map"][0] for where in [*alone, *found.get("duplicate_refs", [])]]


def _as_words(text: str, numbers: Iterable[int]) -> str:
    """Return the text with these lines escaped into paragraphs: as definitions they would not be printed."""
    lines = re.split(r"\r\n?|\n", text)
    for number in numbers:
        lines[number] = lines[number].replace("[", "\\[", 1) + "\n"
    return "\n".join(lines)


def _place_headings(tokens: list[Token]) -> None:
    """Give the headings consecutive levels from h2 down, so that none is skipped below the page's h1."""
    headings = [token for token in tokens if token.type in ("heading_open", "heading_close")]
    levels = sorted({token.tag for token in headings})
    for token in headings:
        token.tag = f"h{min(levels.index(token.tag) + 2, 6)}"


def _typeset(children: list[Token], locale: str) -> None:
    """Typeset one block in place; its pieces are seen together, so that rules work across emphasis and links."""
    pieces = [token.content if token.type == "text" else _STAND_INS.get(token.type, "") for token in children]
    for token, piece in zip(children, typeset_pieces(pieces, locale), strict=True):
        if token.type == "text":
            token.content = piece


def _words(token: Token, links: bool) -> str:
    words, leads_to = [], ""
    for child in token.children or []:
        leads_to = str(child.attrs["href"]) if child.type == "link_open" else leads_to
        if child.type in ("text", "code_inline"):
            words.append(child.content)
        elif child.type == "link_close" and links:
            words.append(f" ({leads_to})")
        else:
            words.append(_LINE_ENDS.get(child.type, ""))
    return "".join(words).strip()


def _print_text(
    renderer: RendererHTML, tokens: Sequence[Token], position: int, options: OptionsDict, env: EnvType
) -> str:
    return str(raise_ordinals(tokens[position].content, str(env["locale"])))


def _keep_asterisks(state: StateInline, silent: bool) -> bool:
    """Parser rule: keep asterisks within a word, as in "agent*es"; CommonMark would take them for emphasis."""
    found = _ASTERISKS_IN_A_WORD.match(state.src, state.pos)
    if found is None:
        return False
    if not silent:
        state.pending += found[0]
    state.pos = found.end()
    return True


@cache
def _markdown() -> markdown_it.MarkdownIt:
    """Return CommonMark without raw HTML or code blocks, and with links only to what _LINK allows.

    No code blocks, because a paragraph indented by a word processor would become one.
    """
    made = markdown_it.MarkdownIt("commonmark", {"html": False, "store_labels": True})
    made.disable(["code", "fence"])
    made.inline.ruler.before("emphasis", "asterisks_in_a_word", _keep_asterisks)
    made.add_render_rule("text", _print_text)
    made.validateLink = lambda url: bool(_LINK.match(url))  # type: ignore[method-assign]
    return made
