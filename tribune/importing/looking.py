"""A file on the page: its columns and choices, and what would become of each of its rows."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from zoneinfo import ZoneInfo

from tribune.fingerprint import fingerprint
from tribune.importing.actions import check
from tribune.importing.columns import DATE, HELD, guess_columns
from tribune.importing.entries import ASK, ATTEST, Terms
from tribune.importing.forms import ALL, DAY_FIRST, FILE, MONTH_FIRST, TermsForm
from tribune.importing.known import DOUBTFUL, LEFT_OUT, NEW, REFUSED, THERE, Finding
from tribune.importing.moments import is_month_first
from tribune.letters.models import Letter
from tribune.reading.columns import Columns, columns_of
from tribune.reading.grid import Sheet
from tribune.reading.headings import EMAIL


@dataclass
class Looked:
    """How many rows would be added, and left out; of those that are doubted, there or refused, which and why."""

    new: int = 0
    left_out: int = 0
    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys((DOUBTFUL, THERE, REFUSED), 0))
    rows: dict[str, dict[str, list[Finding]]] = field(
        default_factory=lambda: {k: {} for k in (DOUBTFUL, THERE, REFUSED)}
    )


def look_over(letter: Letter, sheet: Sheet, terms: Terms) -> Looked:
    """What would become of each row; writes nothing."""
    looked = Looked()
    for finding in check(letter, [sheet], terms):
        looked.new += finding.verdict == NEW
        looked.left_out += finding.verdict == LEFT_OUT
        if finding.reasons:
            looked.counts[finding.kind] += 1
            for reason in finding.reasons:
                looked.rows[finding.kind].setdefault(reason, []).append(finding)
    return looked


def first_choices(letter: Letter, sheet: Sheet, columns: Columns) -> dict[str, str]:
    """What is proposed of a file that was just read: to ask everybody, where that can be done."""
    place = columns.held.index(DATE) if DATE in columns.held else None
    dates = [row.cells[place] for row in sheet.rows if row.number > columns.headings] if place is not None else []
    return {
        "how": ASK if EMAIL in columns.held and letter.is_open else ATTEST,
        "published": FILE,
        "zone": letter.timezone,
        "dates": MONTH_FIRST if is_month_first(dates) else DAY_FIRST,
    }


def columns_in(chosen: Sequence[str], form: TermsForm, sheet: Sheet) -> Columns:
    """What somebody chose, or our guess where that is not for this table.

    Where they gave another row of headings, what they had left as it was guessed is guessed again.
    """
    if not (0 < len(chosen) <= len(sheet.rows[0].cells) and set(chosen) <= HELD.keys()):
        return guess_columns(sheet.rows)
    headings, before = form.headings.data or 0, form.guessed_from.data
    if before is None or before == headings:
        return columns_of(chosen, headings, sheet.rows)
    guessed = zip(chosen, guess_columns(sheet.rows, before).held, strict=False)
    by_hand = {place: what for place, (what, was) in enumerate(guessed) if what != was}
    held = guess_columns(sheet.rows, headings).held
    return columns_of([by_hand.get(place, what) for place, what in enumerate(held)], headings, sheet.rows)


def terms_in(form: TermsForm, columns: Columns) -> Terms:
    """The choices of the form. What is none of them is the first."""
    return Terms(
        how=ATTEST if form.how.data == ATTEST else ASK,
        columns=columns,
        zone=ZoneInfo(form.zone.data if form.zone.data in form.zones else form.zones[0]),
        month_first=form.dates.data == MONTH_FIRST,
        published=form.published.data == ALL,
        reason=form.reason.data or "",
    )


def digest_of(form: TermsForm) -> str:
    """Names the table that travels."""
    return sha256((form.sheet.data or "").encode("utf-8", "replace")).hexdigest()


def promise(looked: Looked, terms: Terms) -> str:
    """What the button says it does: how many, on which terms but for the reason."""
    return f"{looked.new}-{fingerprint(terms.deciding)}"


def pieces(sheet: Sheet, at_once: int) -> Iterator[Sheet]:
    """Its rows, so many at a time."""
    for first in range(0, len(sheet.rows), at_once):
        yield Sheet(sheet.rows[first : first + at_once], sheet.doubts)
