"""The card of a letter: its title as a picture, for where it is shared; docs/decisions/0101."""

import json
import re
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from threading import Lock
from typing import NamedTuple
from urllib.parse import urlsplit

from flask import current_app
from flask_babel import force_locale
from flask_babel import gettext as _

from tribune.exports.scripts import made_by
from tribune.letters.models import Letter
from tribune.typography import typeset

WORKER = Path(__file__).with_name("card_worker.py")
SECONDS = 10  # that a card may take; a quarter of one does
MOST = 100  # cards kept in memory, some 20 kB each
# What the font that typst brings can print, in its two weights: Latin, Greek, Cyrillic. For all else it has boxes.
PRINTED = re.compile(
    "[ -~\xa0-\u023f\u0250-\u02ce\u0300-\u0331\u0358\u0386-\u03ce\u0400-\u045f\u0490-\u04bf\u1e00-\u1e9b\u1ea0-\u1ef9"
    "\u1f00-\u1fff\u2010-\u2027\u202f-\u2037\u2039\u203a\u2070-\u208e€№™→−⋅]*"
)

_one_at_a_time = Lock()


class Card(NamedTuple):
    """What a card says, typeset, in the language of the letter."""

    lang: str
    title: str
    authors: str
    site: str

    @property
    def digest(self) -> str:
        """Return the first 16 hexadecimal digits of the SHA-256 of all of it."""
        return sha256("\0".join(self).encode()).hexdigest()[:16]

    @property
    def words(self) -> str:
        """Return what it says of the letter, for whoever cannot see it."""
        return " – ".join(filter(None, (self.title, self.authors)))


def card_of(letter: Letter) -> Card | None:
    """Return what the card of this letter says; None if it has no title, or the font lacks a letter of it."""
    title, authors = (typeset(words, letter.locale) for words in (letter.version.title, letter.version.authors))
    card = Card(letter.locale, title, authors, urlsplit(current_app.config["PUBLIC_URL"]).netloc)
    return card if title and PRINTED.fullmatch("".join(card)) else None


def draw(card: Card) -> bytes:
    """Return the card as PNG, 1200 × 630; it is drawn once, in a process of its own. Raises NotMade."""
    with _one_at_a_time:  # however many ask for a new card, one process draws it, and the others find it
        return _drawn(card)


@lru_cache(MOST)
def _drawn(card: Card) -> bytes:
    with force_locale(card.lang):
        kicker = _("Open letter")
    return made_by(WORKER, json.dumps({**card._asdict(), "kicker": kicker}), SECONDS)
