"""Additions to a letter, outside its signed text."""

from tribune.audit.models import Verb
from tribune.database import write
from tribune.history.queries import addendum_of
from tribune.letters.models import Addendum, Letter
from tribune.letters.queries import addenda_of, lock
from tribune.letters.recording import record_letter
from tribune.letters.rendering import render
from tribune.organisers.models import Organiser

LONGEST = 5000  # characters


class NotPublished(Exception):
    """Nobody has read the letter yet: what is missing belongs in the text itself."""


def add(letter: Letter, text: str, by: Organiser) -> Addendum:
    """Add a paragraph, in Markdown, below a published text; the same one only once. Raises NotPublished."""
    html = render(text, letter.locale)
    with write() as session:
        lock(letter)
        if not letter.is_published:
            raise NotPublished
        if there := next((one for one in addenda_of(letter) if one.text == text), None):
            return there
        addendum = Addendum(letter_id=letter.id, text=text, html=html)
        session.add(addendum)
        record_letter(letter, Verb.ADDENDUM_ADDED, by=by, text=text)
    return addendum


def remove(letter: Letter, addendum_id: int, by: Organiser) -> int | None:
    """Remove an addition. Return the id of the log line, which keeps its words; None if it was gone already."""
    with write() as session:
        lock(letter)
        addendum = addendum_of(letter, addendum_id)
        if addendum is None:
            return None
        event = record_letter(letter, Verb.ADDENDUM_REMOVED, by=by, text=addendum.text, addendum=addendum_id)
        session.delete(addendum)
        session.flush()
        return event.id
