"""The PDF of a letter: its content, in the letter's language, and the separate process that typesets it."""

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from threading import Lock
from time import monotonic
from typing import Any

from flask_babel import force_locale, format_decimal, ngettext
from flask_babel import gettext as _

from tribune.exports.pdf_text import blocks
from tribune.exports.press import others_in_words
from tribune.exports.scripts import made_by
from tribune.letters.models import Letter
from tribune.letters.words import addressed, counted, embargo_end
from tribune.signatures.lines import Line
from tribune.typography import long_date, typeset

MOST = 50_000  # people in a PDF: as many as can be typeset in SECONDS
SECONDS = 60  # that a PDF may take
WORKER = Path(__file__).with_name("pdf_worker.py")

PATIENCE = 15  # seconds for which a place in the queue is kept: three times what people are told to wait

_making, _queueing = Lock(), Lock()
_queue: dict[int, float] = {}  # accounts that were told to come back, first come first, and when they last asked


class Busy(Exception):
    """Another PDF is being made, or somebody else is next."""


def contents(
    letter: Letter, first: Sequence[Line], others: Sequence[Line], at: datetime, *, named: bool = True, left: int = 0
) -> dict[str, Any]:
    """Return everything that is printed, as JSON values; the template reads all of it as plain text.

    `named`: whether first signatories are listed; `left`: how many signed that a list of everybody does not name.
    """
    version, locale = letter.version, letter.locale
    with force_locale(locale):
        words = {"page": _("Page"), "first": _("First signatories"), "others": _("Signatories")}
        if first:
            words["others"] = _("Other signatories")
        words["version"] = _(
            "Version %(number)s of the text, SHA-256 %(digest)s", number=version.number, digest=version.whole_digest
        )
        words["embargo"] = "" if letter.is_published else _embargo(letter)
        addressee = " ".join(addressed(version.addressee, locale)) if version.addressee else ""
        counts = _counts(letter, sum(len(line.signatures) for line in first), at)
    return {
        "lang": locale,
        "title": typeset(version.title, locale),
        "standfirst": typeset(version.standfirst, locale),
        "authors": typeset(version.authors, locale),
        "addressee": typeset(addressee, locale),
        "day": long_date(letter.printed_on or (letter.published_at or at).astimezone(letter.zone).date(), locale),
        "body": blocks(version.html),
        "counts": counts,
        "words": words,
        "first": _in_sections(first, locale) if named else [],
        "others": _lines(others),
        "closing": others_in_words(left, locale) if left > 0 else "",
    }


@contextmanager
def turn(account: int) -> Iterator[None]:
    """Hold the one place where a PDF is made. Whoever was told to come back goes first. Raises Busy."""
    with _queueing:
        for other in [other for other, asked in _queue.items() if asked < monotonic() - PATIENCE]:
            del _queue[other]
        if next(iter(_queue), account) != account or not _making.acquire(blocking=False):
            _queue[account] = monotonic()  # at the place they have, if they have one
            raise Busy
        _queue.pop(account, None)
    try:
        yield
    finally:
        _making.release()


def set_pdf(data: dict[str, Any]) -> bytes:
    """Make the PDF in a new process; within a `turn`. Raises NotMade."""
    return made_by(WORKER, json.dumps(data), SECONDS)


def _counts(letter: Letter, first: int, at: datetime) -> str:
    """Return `1 158 signatures confirmées et 45 attestées par les organisateurs au 24 novembre 2026, dont …`."""
    counts = _(
        "%(counts)s as of %(day)s",
        counts="".join(counted(letter)),
        day=long_date(at.astimezone(letter.zone).date(), letter.locale),
    )
    among = ngettext(
        "%(n)s first signatory among them", "%(n)s first signatories among them", first, n=format_decimal(first)
    )
    return f"{counts}, {among}" if first else str(counts)


def _embargo(letter: Letter) -> str:
    """Return the warning on every page of a copy made before the publication, the same as on the site."""
    if letter.published_at:
        return str(_("Confidential – under embargo until %(moment)s", moment=embargo_end(letter)))
    return str(_("Confidential – under embargo until it is published"))


def _in_sections(lines: Sequence[Line], locale: str) -> list[dict[str, Any]]:
    """Group first signatories by section, as on the page of the letter."""
    names = dict.fromkeys(["", *(line.section for line in lines)])
    groups = ((name, [line for line in lines if line.section == name]) for name in names)
    return [{"heading": typeset(name, locale), "lines": _lines(group)} for name, group in groups if group]


def _lines(lines: Iterable[Line]) -> list[tuple[str, str]]:
    return [(line.names, line.rest) for line in lines]
