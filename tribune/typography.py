"""French and English typography: the spaces, quotes, apostrophes and dots that a printer would set for the typist.

The French rules are those of the « Lexique des règles typographiques en usage à l’Imprimerie nationale »: a narrow
no-break space before ; ! ?, a no-break space before : and inside « ». Only spaces, quotes, apostrophes, dots and dashes
ever change, never a letter or a digit, and text that is already right comes back as it was.

The locale "fr" gets the French rules, every other one the English ones.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import date

from babel.dates import format_date
from markupsafe import Markup, escape

NARROW = "\u202f"
NO_BREAK = "\u00a0"

_SPACES = f" {NO_BREAK}{NARROW}\u2009"
_SPACE = f"[{_SPACES}]"

# The rest of an address: it stops at a quote, and the punctuation of the sentence around it stays outside.
_REST = r"""[^\s<>"«»“”]* (?<![.,;:!?…'’)\]}*])"""

# What a typist means letter for letter. Each part can begin only where a word begins: long words stay cheap to match.
_KEPT = rf"""(?P<kept>
      (?<![\w+-]) [a-zA-Z][a-zA-Z0-9+-]* :// {_REST}                # https://example.org/?a=b
    | (?<![\w.+'-]) [\w.+'-]+ @ [\w-]+ (?:\.[\w-]+)+                # louise@example.org
    | (?<![\w.-]) [\w-]+ (?:\.[\w-]+)+ (?:[/?\#] {_REST})?          # example.org/page, report.pdf
    | (?<!\S) [:;] '? -? [()DPp|/\\] (?!\w)                         # :-)
)"""

_QUOTES = re.compile(rf"""{_KEPT} | (?P<paragraph>\n\s*\n) | (?P<quote>["'«»“”])""", re.VERBOSE)
_ELIDED = re.compile(r"(?:tis|twas|em|til|cause|n)\b", re.IGNORECASE)

_ALIKE = r"""
    | (?P<ellipsis> (?<!\.) \.\.\. (?!\.))
    | (?P<dash> (?<![^\s«]) -- (?=[ ]\S) | (?<=[\w»”)\]]) -- (?=[\w«“(\[]))
"""

# A colon that ends nothing belongs to a time, a smiley or a path; so does a question mark with letters behind it.
_ENDING = r"""(?=[\s»”’«“]|\Z)"""
_COLON = rf":{_ENDING}"
_HIGH_MARK = rf"""(?: ;{_ENDING} | [!?]++ (?![\w/=&\#%@+$~<>|\\-]))"""

# Spaces that were typed, or the place of the space that was not.
_GAP = rf"""(?: (?<=\S){_SPACE}+ | (?<=[\w)\]}}»”’"%‰€$£°….+]) )"""

_FRENCH = re.compile(
    rf"""{_KEPT} {_ALIKE}
    | (?P<thousands> (?<![\w.,]) [1-9]\d{{0,2}} (?:{_SPACE}\d{{3}})+ (?!\w))
    | (?P<after>
          « {_SPACE}* (?=\S)
        | (?<!\w) [nN][°º] {_SPACE}* (?=\d)
        | (?<![\w.]) (?:MM?\.|M(?:me|lle)s?|Mgr|Dr|Pr|Me) {_SPACE}+ (?=[A-ZÀ-Þ])
        | (?<![\w.]) (?:pp?|art|chap|fig|vol|t)\. {_SPACE}+ (?=\d)
      )
    | (?P<narrow> {_GAP} (?={_HIGH_MARK}))
    | (?P<wide>
          {_GAP} (?={_COLON})
        | (?: (?<=\S){_SPACE}+ | (?<=[^\s«]) ) (?=»)
        | (?<=\d) {_SPACE}* (?=[%‰€$£](?!\w)|°C\b)
        | (?<=\d) {_SPACE}+ (?=(?:millions?|milliards?|euros?)\b)
      )
    """,
    re.VERBOSE,
)
_ENGLISH = re.compile(
    rf"""{_KEPT} {_ALIKE} | (?P<closed> (?<=\S){_SPACE}+ (?=(?:{_COLON}|{_HIGH_MARK})))""",
    re.VERBOSE,
)
_REPLACEMENTS = {"ellipsis": "…", "dash": "—", "closed": ""}
_SPACES_BEFORE = {"narrow": NARROW, "wide": NO_BREAK}

_FIRST = re.compile(r"\b1(?=\s*–|\s+[^\W\d])")  # a day before its month, or before the last day of several
_ORDINAL = re.compile(
    r"(?<![\w./&#=?])(?:(1|I)(ers?|res?|ères?)|(2)(nde?s?)|(\d+|[IVX]+)(es?|èmes?))\b",
)


def typeset(text: str, locale: str) -> str:
    """Return the plain text as it should be printed in this language."""
    return typeset_pieces([text], locale)[0]


def typeset_pieces(pieces: Sequence[str], locale: str) -> list[str]:
    """Typeset one sentence that comes in pieces, because some of it is in italics, say; they come back in order."""
    text = _set_quotes("".join(pieces), locale)
    rules = _FRENCH if locale == "fr" else _ENGLISH
    cells = list(text)
    for start, end, printed in _corrections(text, rules):
        cells[start:end] = [printed, *[""] * (end - start - 1)]
    printed_pieces, start = [], 0
    for piece in pieces:
        printed_pieces.append("".join(cells[start : start + len(piece)]))
        start += len(piece)
    return printed_pieces


def typeset_html(text: str, locale: str) -> Markup:
    """Return the plain text typeset and escaped for HTML, with its French ordinals raised: 1<sup>er</sup>."""
    return raise_ordinals(typeset(text, locale), locale)


def raise_ordinals(text: str, locale: str) -> Markup:
    """Return the text escaped for HTML; in French the ending of 1er, 2e or XXIe is a superscript."""
    escaped = str(escape(text))
    if locale == "fr":
        escaped = _ORDINAL.sub(_raise_ending, escaped)
    return Markup(escaped)  # noqa: S704 - escaped above, and only <sup> was added


def date_locale(locale: str) -> str:
    """Return the locale for days and hours: English takes en_GB, 25 November 2026, 18:00."""
    return "en_GB" if locale == "en" else locale


def long_date(day: date, locale: str) -> str:
    """Return the day in words: "1er mars 2026" in French, "1 March 2026" in English; number and month stay together."""
    return with_ordinal(str(format_date(day, "long", locale=date_locale(locale))).replace(" ", NO_BREAK, 1), locale)


def with_ordinal(words: str, locale: str) -> str:
    """Return a printed date with the first of a month as French has it: "1er déc.", "1er–24 nov."."""
    return _FIRST.sub("1er", words) if locale == "fr" else words


def _raise_ending(match: re.Match[str]) -> str:
    number, ending = filter(None, match.groups())
    return f"{number}<sup>{ending}</sup>"


def _set_quotes(text: str, locale: str) -> str:
    """Turn straight quotes and apostrophes into printed ones, character for character."""
    french = locale == "fr"
    outer, inner = ("«»", "“”") if french else ("“”", "‘’")
    awaited: list[str] = []  # the closing quotes still to come, the innermost last

    def printed(match: re.Match[str]) -> str:
        quote = match["quote"]
        if match["paragraph"]:
            awaited.clear()
        if not quote:
            return match[0]
        before, after = text[max(match.start() - 1, 0) : match.start()], text[match.end() : match.end() + 1]
        if quote == "'":
            return "‘" if not french and _opens_single(text, match.end(), before) else "’"
        if quote == outer[0]:
            awaited.append(outer[1])
        elif quote == outer[1]:
            while awaited and awaited.pop() != quote:
                pass
        if quote != '"':
            return quote
        return _double(before, after, outer, inner, awaited)

    return _QUOTES.sub(printed, text)


def _opens_single(text: str, position: int, before: str) -> bool:
    """Whether a straight apostrophe before this position opens an English quotation: 'so', and not 'tis or the '90s."""
    begins_a_word = not before or before.isspace() or before in '([{"“—'
    return begins_a_word and text[position : position + 1].isalpha() and not _ELIDED.match(text, position)


def _double(before: str, after: str, outer: str, inner: str, awaited: list[str]) -> str:
    """Choose what a straight double quote becomes from its neighbours and the quotes still open."""
    space_before, space_after = not before or before.isspace(), not after or after.isspace()
    if _in_word(before) and _in_word(after):
        return '"'
    if space_before and space_after:
        opens = not awaited
    elif before in ("'", "’"):
        opens = _in_word(after)
    else:
        is_stuck = not awaited and not _in_word(before) and _in_word(after)  # the space before it was forgotten
        opens = not space_after and (space_before or is_stuck or before in "([{«“‘—–-")
    if opens:
        pair = inner if outer[1] in awaited else outer
        awaited.append(pair[1])
        return pair[0]
    if awaited:
        return awaited.pop()
    return '"' if before.isdigit() else outer[1]  # 17" is a size


def _in_word(character: str) -> bool:
    return character.isalnum() or character == "_"


def _corrections(text: str, rules: re.Pattern[str]) -> Iterator[tuple[int, int, str]]:
    """Yield what must change: its start, its end (at least one character further) and what is printed there."""
    for match in rules.finditer(text):
        kind, start, end = match.lastgroup or "", match.start(), match.end()
        if kind in _REPLACEMENTS:
            yield start, end, _REPLACEMENTS[kind]
        elif kind in _SPACES_BEFORE and start == end:
            yield start, start + 1, _SPACES_BEFORE[kind] + text[start]
        elif kind in _SPACES_BEFORE:
            yield start, end, _SPACES_BEFORE[kind]
        elif kind == "after":
            word_end = start + len(match[0].rstrip(_SPACES))
            if word_end == end:
                yield end - 1, end, text[end - 1] + NO_BREAK
            else:
                yield word_end, end, NO_BREAK
        elif kind == "thousands":
            yield from ((start + i, start + i + 1, NARROW) for i, sign in enumerate(match[0]) if sign in _SPACES)
