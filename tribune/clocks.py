"""Moments in words: as the clocks of a place show them, in the language of the page."""

from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

from babel.dates import format_skeleton

from tribune.i18n import current_language
from tribune.typography import date_locale


def clock(zone: ZoneInfo) -> Callable[[datetime | str], str]:
    """Tells moments, also those kept as text: `24 nov. 2026, 18:00`."""

    def told(moment: datetime | str) -> str:
        at = datetime.fromisoformat(moment) if isinstance(moment, str) else moment
        locale = date_locale(current_language())
        day, hour = (format_skeleton(skeleton, at, tzinfo=zone, locale=locale) for skeleton in ("yMMMd", "Hm"))
        return f"{day}, {hour}"

    return told


def named_clock(zone: ZoneInfo) -> Callable[[datetime | str], str]:
    """The same, on a page that does not say whose clocks: `24 nov. 2026, 18:00 (Europe/Paris)`."""
    return lambda moment: f"{clock(zone)(moment)} ({zone.key})"
