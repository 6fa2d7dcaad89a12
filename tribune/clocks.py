"""Moments in words: by the clocks of a place, in the language of the page."""

from collections.abc import Callable
from datetime import date, datetime, time
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel.dates import format_skeleton, get_timezone_location
from flask_babel import gettext as _

from tribune.i18n import current_language
from tribune.names import plain
from tribune.typography import date_locale, with_ordinal

MOST = 3000  # days, and hours with their minutes, whose words are remembered
HOME = ZoneInfo("Europe/Paris")  # on pages of no letter: the log of a team, an account
PLURAL = frozenset(  # first words of places
    "Açores Bermudes Caïmans Chagos Cocos Comores Fidji Galápagos Îles Maldives Marquises Palaos".split()
)
NAMED = {"America/Montreal": "Montréal"}  # where Babel knows another city: it would say Toronto time


def clock(zone: ZoneInfo) -> Callable[[datetime | str], str]:
    """Return a function that words a moment, or its ISO text: `24 nov. 2026, 18:00`."""

    def told(moment: datetime | str) -> str:
        at = (datetime.fromisoformat(moment) if isinstance(moment, str) else moment).astimezone(zone)
        locale = date_locale(current_language())
        return f"{_day(at.date(), locale)}, {_hour(time(at.hour, at.minute), locale)}"

    return told


# Remembered, because the moments of a table took an eighth of its time.
@lru_cache(MOST)
def _day(day: date, locale: str) -> str:
    return with_ordinal(format_skeleton("yMMMd", day, locale=locale), locale)


@lru_cache(MOST)
def _hour(hour: time, locale: str) -> str:
    return format_skeleton("Hm", hour, locale=locale)


def named_clock(zone: ZoneInfo) -> Callable[[datetime | str], str]:
    """As `clock`, with the city, for pages that do not name it: `24 nov. 2026, 18:00 (heure de Paris)`."""
    return lambda moment: str(_("%(moment)s (%(city)s time)", moment=clock(zone)(moment), city=city(zone)))


def city(zone: ZoneInfo) -> str:
    """Return the city of a zone as it stands beside the word time: `La Réunion` time, heure `de La Réunion`."""
    if zone.key == "UTC":
        return zone.key
    locale = date_locale(current_language())
    place = NAMED.get(zone.key) or get_timezone_location(zone, locale=locale, return_city=True).rpartition("/")[2]
    return _of(place) if locale == "fr" else place


def _of(place: str) -> str:
    """Return the city with its French preposition: `de Paris`, `d’Alger`, `du Caire`, `des Comores`."""
    article, _space, rest = place.partition(" ")
    if article in PLURAL:
        return f"des {place}"
    if article == "Le":
        return f"du {rest}"
    return f"d’{place}" if plain(place)[0] in "aeiou" else f"de {place}"
