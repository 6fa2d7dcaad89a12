"""Moments as other sites write them in a file."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta, timezone, tzinfo

_DAY = r"(?:(?P<y1>\d{4})[-/.](?P<m1>\d{1,2})[-/.](?P<d1>\d{1,2})|(?P<a>\d{1,2})[-/.](?P<b>\d{1,2})[-/.](?P<y2>\d{4}))"
_CLOCK = r"(?P<hour>\d{1,2})[:hH](?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,]\d+)?)?(?:\s?(?P<half>[aApP])\.?[mM]\.?)?"
_ZONE = r"(?P<zone>Z|(?:UTC|GMT)?(?P<offset>[+-]\d{1,2}(?::?\d{2})?)|UTC|GMT)"
_MOMENT = re.compile(rf"{_DAY}(?:(?:T|,?\s+(?:-\s|à\s|at\s)?){_CLOCK}(?:\s?{_ZONE})?)?")


def moment_in(text: str, zone: tzinfo, month_first: bool) -> datetime | None:
    """The moment, in the zone it names or else in this one; a day alone begins it. None where it is none.

    `month_first`: 11/24/2023 rather than 24/11/2023.
    """
    found = _MOMENT.fullmatch(text.strip())
    if found is None:
        return None
    part = found.groupdict()
    first, second = (part["b"], part["a"]) if month_first else (part["a"], part["b"])
    year, month, day = (part["y1"], part["m1"], part["d1"]) if part["y1"] else (part["y2"], second, first)
    hour = int(part["hour"] or 0)
    if part["half"]:
        hour = hour % 12 + (12 if part["half"] in "pP" else 0)
    try:
        clock = (int(year), int(month), int(day), hour, int(part["minute"] or 0), int(part["second"] or 0))
        return datetime(*clock, tzinfo=_offset(part["offset"]) if part["zone"] else zone)
    except ValueError:
        return None


def _offset(text: str | None) -> timezone:
    if not text:
        return UTC
    hours, minutes = (text[1:3], text[-2:]) if len(text) > 3 else (text[1:], "0")
    found = timedelta(hours=int(hours.rstrip(":")), minutes=int(minutes))
    return timezone(-found if text[0] == "-" else found)


def is_month_first(cells: Iterable[str]) -> bool:
    """Whether one of these dates shows that the month stands before the day."""
    for cell in cells:
        found = _MOMENT.fullmatch(cell.strip())
        if found and found["a"] and (int(found["a"]) > 12) != (int(found["b"]) > 12):
            return int(found["b"]) > 12
    return False
