"""A line of the log in words, by the macros of templates/audit/_words.html."""

from collections.abc import Callable
from datetime import datetime

from flask import get_template_attribute
from markupsafe import Markup

from tribune.audit.models import Event


def who(event: Event) -> str:
    """Return who did it, as text."""
    words: Callable[..., Markup] = get_template_attribute("audit/_words.html", "who")
    return words(event).striptags()


def sentence(event: Event, clock: Callable[[datetime | str], str]) -> str:
    """Return what was done, as text."""
    words: Callable[..., Markup] = get_template_attribute("audit/_words.html", "words")
    return words(event, clock).striptags()
