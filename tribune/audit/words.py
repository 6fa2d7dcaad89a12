"""What a line of the log says, in words: templates/audit/_words.html knows the sentences."""

from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

from babel.dates import format_skeleton
from flask import get_template_attribute
from flask_babel import get_locale
from markupsafe import Markup

from tribune.audit.models import Event


def clock(zone: ZoneInfo) -> Callable[[datetime | str], str]:
    """Tells moments, also those that details keep as text, on the clocks of a zone in the language of the page."""

    def told(moment: datetime | str) -> str:
        at = datetime.fromisoformat(moment) if isinstance(moment, str) else moment
        day, hour = (format_skeleton(skeleton, at, tzinfo=zone, locale=get_locale()) for skeleton in ("yMMMd", "Hm"))
        return f"{day}, {hour}"

    return told


def sentence(event: Event, told: Callable[[datetime | str], str]) -> str:
    """What was done, as text."""
    words: Callable[..., Markup] = get_template_attribute("audit/_words.html", "words")
    return words(event, told).striptags()
