"""Parse moments as other sites write them in a file."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta, timezone, tzinfo

from tribune.names import plain

# Two digits at the end are a year after "/" or "."; not after "-", since 23-11-24 may begin with it.
_DAY = (
    r"(?:(?P<y1>\d{4})[-/.](?P<m1>\d{1,2})[-/.](?P<d1>\d{1,2})"
    r"|(?P<a>\d{1,2})[-/.](?P<b>\d{1,2})(?:[-/.](?P<y2>\d{4})|[/.](?P<short>\d{2})))"
)
_CLOCK = (  # "13:12:05.5", "1:12 PM", and in French "13 h 12" or "13h"
    r"(?P<hour>\d{1,2})(?:(?::|\s?[hH]\s?)(?P<minute>\d{2})|\s?[hH])(?::(?P<second>\d{2})(?:[.,]\d+)?)?"
    r"(?:\s?(?P<half>[aApP])\.?[mM]\.?)?"
)
_ZONE = r"(?P<zone>Z|(?:UTC|GMT)?(?P<offset>[+-]\d{1,2}(?::?\d{2})?)|UTC|GMT)"
_MOMENT = re.compile(rf"{_DAY}(?:(?:T|,?\s+(?:-\s|à\s|at\s)?){_CLOCK}(?:\s?{_ZONE})?)?")
_MONTHS = (
    "janvier janv january jan|fevrier fevr fev february feb|mars march mar|avril avr april apr|mai may|juin june jun"
    "|juillet juil july jul|aout august aug|septembre september sept sep|octobre october oct|novembre november nov"
    "|decembre december dec"
)
_MONTH_OF = {name: month for month, names in enumerate(_MONTHS.split("|"), 1) for name in names.split()}
_IN_WORDS = re.compile(
    r"(?:[^\W\d_]+\.?,?\s)?(?:(?P<d1>\d{1,2})(?:er|st|nd|rd|th)?[\s-](?P<m1>[^\W\d_]+)\.?"
    r"|(?P<m2>[^\W\d_]+)\.?\s(?P<d2>\d{1,2})(?:st|nd|rd|th)?),?[\s-](?P<year>\d{4}|\d{2})(?P<clock>\D.*)?"
)
# How a spreadsheet stores a moment, and shows it in a column without a format: days since _FIRST_DAY, with a fraction.
_SERIAL = re.compile(r"(\d{5})(?:[.,](\d{1,12}))?")
_FIRST_DAY = datetime(1899, 12, 30)


def moment_in(text: str, zone: tzinfo, month_first: bool) -> datetime | None:
    """Return the moment, in the zone it names or else in `zone`; midnight for a day alone; None if it is no moment.

    `month_first`: 11/24/2023 rather than 24/11/2023.
    """
    found = _found(text)
    if found is None:
        return None
    part = found.groupdict()
    first, second = (part["b"], part["a"]) if month_first else (part["a"], part["b"])
    last = part["y2"] or f"20{part['short']}"
    year, month, day = (part["y1"], part["m1"], part["d1"]) if part["y1"] else (last, second, first)
    hour = int(part["hour"] or 0)
    if part["half"]:
        hour = hour % 12 + (12 if part["half"] in "pP" else 0)
    try:
        clock = (int(year), int(month), int(day), hour, int(part["minute"] or 0), int(part["second"] or 0))
        return datetime(*clock, tzinfo=_offset(part["offset"]) if part["zone"] else zone)
    except ValueError:
        return None


def _found(text: str) -> re.Match[str] | None:
    """Match the parts of a moment; a spreadsheet's number, or a month in words, is first written out in digits."""
    if serial := _SERIAL.fullmatch(text.strip()):
        seconds = round(float(f"0.{serial[2] or 0}") * 86_400)
        text = str(_FIRST_DAY + timedelta(int(serial[1]), seconds))
    if words := _IN_WORDS.fullmatch(text.strip()):
        month = _MONTH_OF.get(plain(words["m1"] or words["m2"]), 0)  # there is no month 0
        year = f"20{words['year']}"[-4:]
        text = f"{year}-{month}-{words['d1'] or words['d2']}{words['clock'] or ''}"
    return _MOMENT.fullmatch(text.strip())


def _offset(text: str | None) -> timezone:
    if not text:
        return UTC
    hours, minutes = (text[1:3], text[-2:]) if len(text) > 3 else (text[1:], "0")
    found = timedelta(hours=int(hours.rstrip(":")), minutes=int(minutes))
    return timezone(-found if text[0] == "-" else found)


def is_moment(text: str) -> bool:
    """Whether it is written like a moment."""
    return _found(text) is not None


def is_month_first(cells: Iterable[str]) -> bool:
    """Whether one of these dates shows that the month stands before the day."""
    for cell in cells:
        found = _found(cell)
        if found and found["a"] and (int(found["a"]) > 12) != (int(found["b"]) > 12):
            return int(found["b"]) > 12
    return False
