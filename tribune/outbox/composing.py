"""A mail is written once, as plain text; its HTML is the same words with one button."""

import re
import textwrap
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from flask import render_template
from flask_babel import force_locale
from markupsafe import Markup, escape

from tribune.typography import NO_BREAK

COLUMNS = 72
TYPED = "[[=]]"  # a paragraph of its own, in a template for many: where `Composed.about` writes what each typed
CODE = "code"  # the name of what is not a link: digits to be copied
WAY_OUT = "not_me"  # the name of the link by which one is written to no more: never the button
SPACES = re.compile(r"[ \t\r\n]+")
LINK = re.compile(r"\[\[(\w+)\]\]")
# Where we write links, and nobody else can: a line of its own, an attribute and an element, in which typed quotes and
# brackets are escaped.
PLACE = re.compile(
    r'^\[\[(\w+)\]\]$|(?<=href=")\[\[(\w+)\]\](?=")|(?<=<b class="code">)\[\[(code)\]\](?=</b>)', re.MULTILINE
)
# Where a line of typed words would be such a place. What is typed as a paragraph of its own is no link either:
# ours have words before them.
ALONE = re.compile(r"^(?=\[\[\w+\]\]$)", re.MULTILINE)


@dataclass(frozen=True)
class Composed:
    """A mail ready to post. `[[name]]` stands where the link of that name will be written when it leaves."""

    subject: str
    text: str
    html: str
    locale: str

    def about(self, typed: str) -> "Composed":
        """The same for one person, with what they typed."""
        text, html = self.text.replace(TYPED, _filled(typed)), self.html.replace(TYPED, escape(typed))
        return replace(self, text=text, html=html)


@lru_cache(500)
def compose_for_many(template: str, locale: str, **values: str | bool) -> Composed:
    """As `compose`, once for all for whom these values are the same; see `Composed.about`."""
    return compose(template, locale, **values)


def compose(template: str, locale: str, **values: Any) -> Composed:
    """Render `templates/<template>` in one language: the first line is the subject, blank lines part paragraphs.

    A paragraph that ends with a line `[[name]]` is a link, and the words before it say where it leads; or the code.
    """
    with force_locale(locale):
        subject, _, body = render_template(template, **values).strip().partition("\n")
        paragraphs = [p.strip() for p in re.split(r"\n\s*\n", body) if p.strip()]
        html = render_template("components/mail.html", locale=locale, subject=subject, paragraphs=_as_html(paragraphs))
    return Composed(" ".join(subject.split())[:150], "\n\n".join(map(_wrapped, paragraphs)) + "\n", html, locale)


def _wrapped(paragraph: str) -> str:
    lines = enumerate(paragraph.splitlines())
    return "\n".join(line if number and LINK.fullmatch(line) else _filled(line) for number, line in lines)


def _filled(words: str) -> str:
    """Words in lines, none of which is a PLACE, whatever was typed."""
    lines = textwrap.fill(words, COLUMNS, break_long_words=False, break_on_hyphens=False)
    return ALONE.sub(" ", lines)


def _as_html(paragraphs: list[str]) -> list[Markup]:
    made, buttons = [], 0
    for paragraph in paragraphs:
        words, _, last = paragraph.rpartition("\n")
        link = LINK.fullmatch(last.strip())
        if not (words and link):
            made.append(Markup("<p>{}</p>").format(Markup("<br>").join(escape(x) for x in paragraph.splitlines())))
            continue
        if link[1] == CODE:
            made.append(Markup('<p>{} <b class="code">[[{}]]</b></p>').format(_on_one_line(words), CODE))
            continue
        buttons += link[1] != WAY_OUT
        style = "button" if buttons == 1 and link[1] != WAY_OUT else "link"
        leads = _on_one_line(words).rstrip(f"{NO_BREAK} :")
        made.append(Markup('<p><a class="{}" href="[[{}]]">{}</a></p>').format(style, link[1], leads))
    return made


def _on_one_line(words: str) -> str:
    """With single spaces; those that no line breaks at stay."""
    return SPACES.sub(" ", words).strip()


def fill_in(text: str, addresses: dict[str, str]) -> str:
    """Write the addresses of the links where they belong; the same marks within what people typed stay as they are."""
    return PLACE.sub(lambda found: addresses.get(found[1] or found[2] or found[3], found[0]), text)
