"""Turn the HTML of a letter into the blocks and words that the typesetter takes."""

from html.parser import HTMLParser
from typing import Any

DEEPEST = 12  # levels of lists and quotations inside one another; deeper ones are flattened to this depth
_INLINE = ("em", "strong", "sup")
_NESTED = ("ul", "ol", "blockquote")
_HEADINGS = {f"h{level}": level - 1 for level in range(2, 7)}  # h1 is the title of the letter


def blocks(html: str) -> list[Any]:
    """Parse HTML made by `letters/rendering.py`.

    Blocks are ["p", words], ["h", level, words], ["ul", items], ["ol", start, items], ["quote", blocks] or ["hr"];
    items are blocks; words are strings, [tag, words], ["a", address, words], ["code", text] or ["br"].
    """
    parser = _Parser()
    parser.feed(html)
    parser.close()
    return parser.top


class _Parser(HTMLParser):
    """Keeps a stack of the open elements, each with the list its content goes to."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.top: list[Any] = []
        self.open: list[tuple[str, list[Any]]] = [("", self.top)]
        self.flat: list[str] = []  # the open elements that are too deep: their content goes to those around them
        self.tight: list[Any] | None = None  # the words of the paragraph made for text outside one, while it goes on
        self.text: list[str] | None = None  # the pieces of an open <code>, which becomes one string

    @property
    def _depth(self) -> int:
        return sum(tag in _NESTED for tag, _ in self.open)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self._leave(tag)
        if tag in _HEADINGS:
            self._begin(tag, ["h", _HEADINGS[tag]])
        elif tag == "p":
            self._begin(tag, ["p"])
        elif tag in _NESTED and self._depth < DEEPEST:
            start = given.get("start") or "1"
            heads: dict[str, list[Any]] = {
                "ul": ["ul"],
                "blockquote": ["quote"],
                "ol": ["ol", int(start) if start.isdecimal() else 1],
            }
            self._begin(tag, heads[tag])
        elif tag == "li" and self.open[-1][0] in ("ul", "ol"):
            item: list[Any] = []
            self.open[-1][1].append(item)
            self.open.append((tag, item))
        elif tag in _NESTED or tag == "li":
            self.flat.append(tag)
        elif tag == "a":
            self._begin(tag, ["a", given.get("href") or ""])
        elif tag in _INLINE:
            self._begin(tag, [tag])
        elif tag == "code":
            self.text = []
        elif tag in ("hr", "br"):
            self._words(tag == "br").append([tag])

    def handle_endtag(self, tag: str) -> None:
        if tag == "code" and self.text is not None:
            self._words(True).append(["code", "".join(self.text)])
            self.text = None
            return
        self._leave(tag)
        if self.flat and self.flat[-1] == tag:
            self.flat.pop()
        elif self.open[-1][0] == tag:
            self.open.pop()

    def handle_data(self, data: str) -> None:
        if self.text is not None:
            self.text.append(data)
        elif data.strip() or self._in_words or self.tight is not None:
            self._words(True).append(data.replace("\n", " "))

    @property
    def _in_words(self) -> bool:
        return self.open[-1][0] in ("p", "a", *_HEADINGS, *_INLINE)

    def _begin(self, tag: str, head: list[Any]) -> None:
        content: list[Any] = []
        self._words(tag == "a" or tag in _INLINE).append([*head, content])
        self.open.append((tag, content))

    def _words(self, inline: bool) -> list[Any]:
        """Return the list to append to; inline content outside a paragraph, as in a tight list item, gets its own."""
        content = self.open[-1][1]
        if not inline or self._in_words:
            return content
        if self.tight is None:
            self.tight = []
            content.append(["p", self.tight])
        return self.tight

    def _leave(self, tag: str) -> None:
        """End the paragraph made for text outside one, where a block begins or ends."""
        if tag in ("li", "p", "hr", *_NESTED, *_HEADINGS):
            self.tight = None
