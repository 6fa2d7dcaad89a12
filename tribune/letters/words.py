"""How pages say the embargo of a letter."""

from babel.dates import format_date, format_skeleton
from flask_babel import gettext as _

from tribune.clocks import city
from tribune.i18n import current_language
from tribune.letters.models import Letter
from tribune.typography import date_locale, long_date


def embargo_end(letter: Letter) -> str:
    """Return when a scheduled letter publishes itself: `Tuesday 1 December 2026 at 06:00 (Paris time)`; else ""."""
    if letter.published_at is None:
        return ""
    there, locale = letter.published_at.astimezone(letter.zone), date_locale(current_language())
    return str(
        _(
            "%(weekday)s %(day)s at %(hour)s (%(city)s time)",
            weekday=format_date(there, "EEEE", locale=locale),
            day=long_date(there.date(), current_language()),
            hour=format_skeleton("Hm", there, tzinfo=letter.zone, locale=locale),
            city=city(letter.zone),
        )
    )
