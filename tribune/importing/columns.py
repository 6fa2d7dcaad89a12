"""What the columns of a file of signatures hold: people as in any list, when they signed, what they agreed to."""

import re
from collections.abc import Sequence
from dataclasses import replace

from flask_babel import lazy_gettext as _l

from tribune.importing.consent import is_an_answer
from tribune.invitations.column_words import HELD as HELD_BY_PEOPLE
from tribune.names import plain
from tribune.reading.columns import NOTE, SECTION, Columns, guess
from tribune.reading.grid import Row
from tribune.reading.pasted_tables import LEFT_OUT

DATE, PUBLISHED, NEWS, CONFIRMED = "date", "published", "news", "confirmed"
HELD = {
    **{held: words for held, words in HELD_BY_PEOPLE.items() if held not in (SECTION, NOTE, LEFT_OUT)},
    DATE: _l("When they signed"),
    PUBLISHED: _l("Agreed to be shown (yes or no)"),
    NEWS: _l("Agreed to receive news (yes or no)"),
    CONFIRMED: _l("Confirmed their address there (yes or no)"),
    LEFT_OUT: _l("Leave this column out"),
}

# The headings of Pytition, openletter.earth, Google Forms, Framaforms and Change.org, and those near them; of several
# dates the one that stands first here.
_DATES = (
    "signed on|signed at|date signed|date de signature|signature date|signe le|horodateur|timestamp|submitted time"
    "|heure de soumission|date de soumission|heure d envoi|date d envoi|soumis le|submitted|submitted at|webform time"
    "|time|heure|date|created at|created|completed time|webform completed time"
).split("|")
_WORDS = {
    CONFIRMED: "confirmed|is verified|verified|confirme|email verified|is email verified|adresse confirmee",
    NEWS: "subscribed to mailinglist|newsletter|news|keep updated|consent news|subscribed|opt in|allow contact",
    PUBLISHED: "published|publish|public|is public|show name|display name|visible|publie|publier mon nom|affiche",
}
_EXACT = {heading: held for held, headings in _WORDS.items() for heading in headings.split("|")}
# A question of a form, of which the words differ each time.
_ASKS = {
    NEWS: re.compile(
        r"\b(?:newsletter|mailing list|infolettre|actualites|tenue?s? informee?s?|recevoir|keep me|updates)\b"
    ),
    PUBLISHED: re.compile(r"\b(?:publi\w*|affich\w*|appara\w*|rendre public|shown|displayed|visible)\b"),
}


def guess_columns(rows: Sequence[Row]) -> Columns:
    """The columns of the first rows of a file, to the last that has a heading; what none tells of is left out."""
    columns = guess(rows)
    held = [LEFT_OUT if what in (SECTION, NOTE) else what for what in columns.held]
    headings = next((row.cells for row in rows if row.number == columns.headings), ())
    below = [row for row in rows if row.number > columns.headings]
    names = [plain(heading) for heading in headings]
    dates = sorted((_DATES.index(name), place) for place, name in enumerate(names) if name in _DATES)
    if dates and held[dates[0][1]] == LEFT_OUT:
        held[dates[0][1]] = DATE
    for place, name in enumerate(names):
        if held[place] == LEFT_OUT and (what := _agreed(name, [row.cells[place] for row in below])) not in held:
            held[place] = what
    width = max((place for place, name in enumerate(headings, 1) if name), default=len(held))
    return replace(columns, held=tuple(held[:width]))


def _agreed(heading: str, cells: Sequence[str]) -> str:
    """What a column of answers, yes or no, is about; an odd one among them is no reason to trust the others less.

    A question that was answered in words of one's own, as often as not, asks for something else.
    """
    said = list(map(is_an_answer, filter(None, cells)))
    asked = (held for held, words in _ASKS.items() if words.search(heading) and (not said or 2 * sum(said) > len(said)))
    return _EXACT.get(heading) or next(asked, LEFT_OUT)
