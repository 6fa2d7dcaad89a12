"""Composes mails: each is written once, as plain text; its HTML has the same words with one button."""

import re
import textwrap
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from flask import render_template
from flask_babel import force_locale
from markupsafe import Markup, escape

from tribune.typography import NO_BREAK

COLUMNS = 72
LONGEST_SUBJECT = 150  # characters
TYPED = "[[=]]"  # a paragraph in templates of compose_for_many, replaced by what one person typed: `Composed.about`
CODE = "code"  # the name that stands for digits to copy, not for a link
WAY_OUT = "not_me"  # the link that stops all mail: never the button
SPACES = re.compile(r"[ \t\r\n]+")
LINK = re.compile(r"\[\[(\w+)\]\]")
# Where we write links, and typed words cannot: a line of its own, an attribute and an element, in which typed quotes
# and brackets are escaped. It begins with the brackets, for which whole mails are searched quickly.
PLACE = re.compile(
    r'\[\[(?:(?<=^\[\[)(\w+)\]\]$|(?<=href="\[\[)(\w+)\]\](?=")|(?<=<b class="code">\[\[)(code)\]\](?=</b>))',
    re.MULTILINE,
)
# A line of typed words that would be such a place. A typed paragraph of such a line is no link either: ours have words
# before it.
ALONE = re.compile(r"^(?=\[\[\w+\]\]$)", re.MULTILINE)


@dataclass(frozen=True)
class Composed:
    """A mail ready to post. `[[name]]` stands where the link of that name is written when it is sent.

    `sender_name`: as `outbox/mime.py: sender` takes it.
    """

    subject: str
    text: str
    html: str
    locale: str
    sender_name: str | None = None

    def about(self, typed: str) -> "Composed":
        """Return the mail for one person, with what they typed."""
        text, html = self.text.replace(TYPED, _filled(typed)), self.html.replace(TYPED, escape(typed))
        return replace(self, text=text, html=html)


@lru_cache(500)
def compose_for_many(template: str, locale: str, **values: str | bool) -> Composed:
    """As `compose`, cached for all who share these values; see `Composed.about`."""
    return compose(template, locale, None, **values)


def compose(template: str, locale: str, pages: Mapping[str, str] | None = None, **values: Any) -> Composed:
    """Render `templates/<template>` in one language: the first line is the subject, blank lines separate paragraphs.

    A paragraph that ends with a line `[[name]]` is a link, or the code; the words before it say where it leads.
    `pages`: addresses without a token in them, by name, which are written in at once. Written among words, an address
    could not be clicked in the HTML: few mail programs make a link of it there.
    """
    pages = pages or {}
    with force_locale(locale):
        subject, _, body = render_template(template, **values).strip().partition("\n")
        paragraphs = [p.strip() for p in re.split(r"\n\s*\n", body) if p.strip()]
        html = render_template("components/mail.html", locale=locale, subject=subject, paragraphs=_as_html(paragraphs))
    text = fill_in("\n\n".join(map(_wrapped, paragraphs)) + "\n", pages)
    html = fill_in(html, {name: escape(address) for name, address in pages.items()})
    return Composed(_shortened(" ".join(subject.split())), text, html, locale)


def _shortened(subject: str) -> str:
    """Show that a long subject goes on, where it is cut: between two words, if one ends nearby."""
    if len(subject) <= LONGEST_SUBJECT:
        return subject
    cut = subject[: LONGEST_SUBJECT - 1]
    words = cut.rpartition(" ")[0]
    return f"{(words if len(words) > LONGEST_SUBJECT - 30 else cut).rstrip(' ,;:«“')}…"


def _wrapped(paragraph: str) -> str:
    lines = enumerate(paragraph.splitlines())
    return "\n".join(line if number and LINK.fullmatch(line) else _filled(line) for number, line in lines)


def _filled(words: str) -> str:
    """Wrap words into lines, none of which is a PLACE, whatever was typed."""
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
    """Return the text with single spaces; no-break spaces stay."""
    return SPACES.sub(" ", words).strip()


def fill_in(text: str, addresses: Mapping[str, str]) -> str:
    """Write addresses and code in their places; the same marks in what people typed stay."""
    return PLACE.sub(lambda found: addresses.get(found[1] or found[2] or found[3], found[0]), text)
