"""What the review page shows of a file: its columns and terms, and what would become of each row."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from zoneinfo import ZoneInfo

from tribune.fingerprint import fingerprint
from tribune.importing.actions import check
from tribune.importing.columns import DATE, HELD, guess_columns
from tribune.importing.entries import ASK, ATTEST, Terms
from tribune.importing.forms import ALL, DAY_FIRST, FILE, MONTH_FIRST, TermsForm
from tribune.importing.known import LEFT_OUT, NEW, Finding
from tribune.importing.moments import is_month_first
from tribune.letters.models import Letter
from tribune.reading.columns import Columns, columns_of
from tribune.reading.grid import Sheet
from tribune.reading.headings import EMAIL


@dataclass
class Looked:
    """How many rows would be added or left out; which are doubtful, there already or refused, by reason."""

    new: int = 0
    left_out: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    rows: defaultdict[str, dict[str, list[Finding]]] = field(default_factory=lambda: defaultdict(dict))


def look_over(letter: Letter, sheet: Sheet, terms: Terms) -> Looked:
    """Check each row and sum up; writes nothing."""
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
    """Return the default choices for a file: ask everybody to confirm, if that is possible."""
    place = columns.held.index(DATE) if DATE in columns.held else None
    dates = [row.cells[place] for row in sheet.rows if row.number > columns.headings] if place is not None else []
    return {
        "how": ASK if EMAIL in columns.held and letter.is_open else ATTEST,
        "published": FILE,
        "zone": letter.timezone,
        "dates": MONTH_FIRST if is_month_first(dates) else DAY_FIRST,
    }


def columns_in(chosen: Sequence[str], form: TermsForm, sheet: Sheet) -> Columns:
    """Return the columns chosen, or our guess where the choice does not fit this table.

    If another row of headings was chosen, columns left as guessed are guessed again.
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
    """Read the terms from the form; an unknown choice becomes the first."""
    return Terms(
        how=ATTEST if form.how.data == ATTEST else ASK,
        columns=columns,
        zone=ZoneInfo(form.zone.data if form.zone.data in form.zones else form.zones[0]),
        month_first=form.dates.data == MONTH_FIRST,
        published=form.published.data == ALL,
        reason=form.reason.data or "",
    )


def digest_of(form: TermsForm) -> str:
    """Return the digest of the table that the form carries."""
    return sha256((form.sheet.data or "").encode("utf-8", "replace")).hexdigest()


def promise(looked: Looked, terms: Terms) -> str:
    """Return how many rows the button adds, with a fingerprint of the terms, without the reason."""
    return f"{looked.new}-{fingerprint(terms.deciding)}"


def pieces(sheet: Sheet, at_once: int) -> Iterator[Sheet]:
    """Split a sheet into sheets of `at_once` rows."""
    for first in range(0, len(sheet.rows), at_once):
        yield Sheet(sheet.rows[first : first + at_once], sheet.doubts)
