"""Guess what the columns of a file of signatures hold: the person, when they signed, what they agreed to."""

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import zip_longest

from flask_babel import lazy_gettext as _l

from tribune.importing.consent import CONFIRMED, NEWS, PUBLISHED, agreed, asks, may_ask
from tribune.importing.moments import is_moment
from tribune.importing.own import CONFIRMED_AT, ID, LINE, ORIGIN, STATUS, columns_of_ours
from tribune.invitations.column_words import HELD as HELD_BY_PEOPLE
from tribune.names import plain
from tribune.reading.addresses import ADDRESS
from tribune.reading.columns import Columns, guess_below, lowest_headings
from tribune.reading.grid import Row
from tribune.reading.headings import (
    EMAIL,
    FAMILY,
    GIVEN,
    LEFT_OUT,
    MOST_ROWS_ABOVE,
    NAME,
    NOTE,
    SECTION,
    heading_of,
    headings_in,
    is_for_a_program,
)

DATE = "date"
HELD = {
    **{held: words for held, words in HELD_BY_PEOPLE.items() if held not in (SECTION, NOTE, LEFT_OUT)},
    DATE: _l("When they signed"),
    PUBLISHED: _l("Agreed to be shown (yes or no)"),
    NEWS: _l("Agreed to receive news (yes or no)"),
    CONFIRMED: _l("Confirmed their address there (yes or no)"),
    ID: _l("Id given by Tribune"),
    STATUS: _l("Status in Tribune"),
    ORIGIN: _l("Origin in Tribune"),
    CONFIRMED_AT: _l("When they confirmed in Tribune"),
    LINE: _l("Line as Tribune printed it"),
    LEFT_OUT: _l("Leave out"),
}

# Headings of Pytition, openletter.earth, Google Forms, Microsoft Forms, Nextcloud Forms, Framaforms, LimeSurvey and
# Change.org, and similar ones. If a file has several dates, the one listed first here is taken.
_DATES = (
    "signed on|signed at|date signed|date de signature|signature date|signe le|horodateur|horodatage|timestamp"
    "|submitdate|date submitted|submitdate date submitted|submitdate date de soumission"
    "|completion time|heure de fin|start time|heure de debut|submitted time"
    "|heure de soumission|date de soumission|heure d envoi|date d envoi|soumis le|submitted|submitted at|webform time"
    "|date|time|heure|created at|created|completed time|webform completed time"
).split("|")
_WORDS = {
    CONFIRMED: "confirmed|is verified|verified|confirme|email verified|is email verified|adresse confirmee",
    NEWS: "subscribed to mailinglist|newsletter|news|keep updated|consent news|subscribed|opt in|allow contact",
    PUBLISHED: "published|publish|public|is public|show name|display name|visible|publie|publier mon nom|affiche",
}
# Before a question, its number or, in LimeSurvey, its code: "2. Your name", "G01Q02. Your name".
_NUMBER = re.compile(r"^[A-Za-z]*\d[\w\[\]]*[.)] ")
# LimeSurvey's own columns where it exports codes alone: no other heading of the row need be known.
_OF_LIMESURVEY = {"submitdate", "lastpage", "startlanguage"}
_TICKED = frozenset("oui non yes true false vrai faux".split())
_EXACT = {heading: held for held, headings in _WORDS.items() for heading in headings.split("|")}


def guess_columns(rows: Sequence[Row], headings_row: int | None = None) -> Columns:
    """Guess the columns from the first rows of a file, up to the last with a heading; unknown ones are left out.

    `headings_row`: the number of the row of headings if somebody chose it, 0 for none.
    """
    said = [Row(row.number, tuple(_NUMBER.sub("", cell) for cell in row.cells)) for row in rows]
    columns = guess_below(said, _headings_among(said) if headings_row is None else headings_row)
    held = [LEFT_OUT if what in (SECTION, NOTE) else what for what in columns.held]
    headings = _in_full(said, columns)
    below = [row for row in rows if row.number > columns.headings and not is_for_a_program(row.cells)]
    names = [plain(heading) for heading in headings]
    dates = sorted((_DATES.index(name), place) for place, name in enumerate(names) if name in _DATES)
    if dates and held[dates[0][1]] == LEFT_OUT:
        held[dates[0][1]] = DATE
    for place, name in enumerate(names):
        if held[place] == LEFT_OUT:
            held[place] = _agreed_to(name, [row.cells[place] for row in below])
    for place, what in columns_of_ours(names).items():
        held[place] = what
    width = max((place for place, name in enumerate(headings, 1) if name), default=len(held))
    return replace(columns, held=tuple(held[:width]))


def _headings_among(rows: Sequence[Row]) -> int:
    """Return the number of the row of headings, or 0."""
    fullest = 0
    for place, row in enumerate(rows[:MOST_ROWS_ABOVE]):
        filled = sum(map(bool, row.cells))
        are_headings = headings_in(row.cells) or set(row.cells) >= _OF_LIMESURVEY
        if are_headings or (filled > fullest and _are_of_a_form(row.cells, rows[place + 1 :])):
            return lowest_headings(rows, place)
        fullest = max(fullest, filled)
    return 0


def _are_of_a_form(cells: Sequence[str], rows: Sequence[Row]) -> bool:
    """Whether a row has the headings of a form: it asks for a name, and for more that the rows below answer.

    The row of a person does not: it holds an address, a moment or a yes; and below a name that looks like a heading
    there are no addresses.
    """
    if any(ADDRESS.search(cell) or is_moment(cell) or plain(cell) in _TICKED for cell in cells):
        return False
    held = [heading_of(cell) for cell in cells]
    if {NAME, FAMILY}.isdisjoint(held):
        return False
    if GIVEN in held or any(map(asks, cells)) or len(cells) == 1:
        return True
    dated = [what == EMAIL or plain(cell) in _DATES for what, cell in zip(held, cells, strict=True)]
    below = (cell for row in rows for cell, is_said in zip(row.cells, dated, strict=True) if is_said)
    return any(ADDRESS.search(cell) or is_moment(cell) for cell in below)


def _agreed_to(heading: str, cells: Sequence[str]) -> str:
    """Return what a column of yes or no is about; a few answers may be neither.

    If half of them or more are neither, the question asks for something else. CONFIRMED is kept whatever the answers,
    since it can only keep people out.
    """
    what = _EXACT.get(heading) or asks(heading)
    if not what:
        return LEFT_OUT
    said = [agreed(cell, what) is not None for cell in cells if cell]
    is_asked = what == CONFIRMED or not said or 2 * sum(said) > len(said)
    return what if is_asked else LEFT_OUT


def _in_full(rows: Sequence[Row], columns: Columns) -> tuple[str, ...]:
    """Return the headings; in place of one that is only a yes, the question of which it is a box.

    Framaforms gives each box a column: its heading is what stands beside the box, and the question stands in the row
    above, over the first box. Of a question that has a box for no, or of words we do not know, all stay as they are:
    somebody may tick both.
    """
    above: Sequence[str] = next((row.cells for row in reversed(rows) if row.number < columns.headings), ())
    boxes, question = [], ""
    for heading, over in zip_longest(columns.names(rows), above, fillvalue=""):
        question = over or question
        asks_itself = not heading or asks(heading)
        answer = None if asks_itself else agreed(heading, asks(question) or PUBLISHED)
        if asks_itself or (answer is None and heading_of(heading)):  # no box: the column of another question
            question = ""
        boxes.append((heading, question, answer))
    unclear = {"", *(question for _heading, question, answer in boxes if not answer)}
    return tuple(question if answer and question not in unclear else heading for heading, question, answer in boxes)


def perhaps_agreed(rows: Sequence[Row], columns: Columns) -> dict[int, str]:
    """Return the headings, by place, of columns left out although they sound as if people agreed to something."""
    both = enumerate(zip(_in_full(rows, columns), columns.held, strict=False))
    return {place: heading for place, (heading, held) in both if held == LEFT_OUT and may_ask(heading)}
