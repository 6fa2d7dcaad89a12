"""What a line of the log says, in words: templates/audit/_words.html knows the sentences."""

from collections.abc import Callable
from datetime import datetime

from flask import get_template_attribute
from markupsafe import Markup

from tribune.audit.models import Event


def who(event: Event) -> str:
    """Who did it, as text."""
    words: Callable[..., Markup] = get_template_attribute("audit/_words.html", "who")
    return words(event).striptags()


def sentence(event: Event, told: Callable[[datetime | str], str]) -> str:
    """What was done, as text."""
    words: Callable[..., Markup] = get_template_attribute("audit/_words.html", "words")
    return words(event, told).striptags()
