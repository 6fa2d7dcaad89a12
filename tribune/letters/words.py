"""How pages say how many signed a letter, its embargo, its last moment, and to whom it is written."""

from datetime import datetime
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_skeleton
from flask_babel import format_decimal, ngettext
from flask_babel import gettext as _

from tribune.clocks import city
from tribune.i18n import current_language
from tribune.letters.models import Letter
from tribune.typography import date_locale, long_date


def counted(letter: Letter) -> tuple[str, str]:
    """Return the public numbers in words, never added up: who confirmed, then who is attested.

    The second begins with a space; it is empty where nobody is attested, and where the first says it, as no number
    of an open letter is zero.
    """
    confirmed, attested = letter.confirmed_count, letter.attested_count
    printed = format_decimal(attested)
    if attested and not confirmed:
        alone = ngettext(
            "%(n)s signature attested by the organisers",
            "%(n)s signatures attested by the organisers",
            attested,
            n=printed,
        )
        return str(alone), ""
    if not confirmed and letter.state != "closed":
        return str(_("No confirmed signature yet")), ""
    words = ngettext("%(n)s confirmed signature", "%(n)s confirmed signatures", confirmed, n=format_decimal(confirmed))
    also = ngettext("and %(n)s attested by the organisers", "and %(n)s attested by the organisers", attested, n=printed)
    return str(words), f" {also}" if attested else ""


def embargo_end(letter: Letter) -> str:
    """Return when a scheduled letter publishes itself, as `long_moment`; else ""."""
    return long_moment(letter.published_at, letter.zone) if letter.published_at else ""


def long_moment(moment: datetime, zone: ZoneInfo) -> str:
    """Return `Tuesday 1 December 2026 at 06:00 (Paris time)`."""
    there, locale = moment.astimezone(zone), date_locale(current_language())
    return str(
        _(
            "%(weekday)s %(day)s at %(hour)s (%(city)s time)",
            weekday=format_date(there, "EEEE", locale=locale),
            day=long_date(there.date(), current_language()),
            hour=format_skeleton("Hm", there, tzinfo=zone, locale=locale),
            city=city(zone),
        )
    )


def addressed(addressee: str, locale: str) -> tuple[str, str]:
    """Return the word before the addressee of a letter, in the language of the page, and the addressee after it.

    French makes one word of « à le » and « à les »; who types « Au Premier ministre » means the same. A name such as
    « Le Clézio » loses its article so: few letters are written to one without a given name. « A » is an « À »
    that the keyboard did not have.
    """
    to, french = str(_("To")), locale == "fr"
    said, _space, whom = addressee.partition(" ")
    if not whom:
        return to, addressee
    articles = {"au": "le", "le": "le", "aux": "les", "les": "les", "à": "", "a": ""}
    article = articles.get(said.lower()) if french else None
    if article is None:
        return to, whom if not french and said.lower() == "to" else addressee
    if article and current_language() == "fr":
        return ("Au" if article == "le" else "Aux"), whom
    return to, f"{article} {whom}".strip()
