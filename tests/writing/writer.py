"""What the tests of writing share: an organiser's browser on the edit page of a letter, and what is logged of it."""

import re
from html import unescape

import sqlalchemy as sa

from tests.page import Reader, hidden_fields
from tribune.audit.models import Event
from tribune.database import db
from tribune.letters.models import Letter
from tribune.writing.comparing import as_typed
from tribune.writing.forms import LetterForm


def edit_page(letter: Letter) -> str:
    """Where it is written."""
    return f"/manage/letters/{letter.id}/edit"


def begin(client: Reader, letter: Letter) -> dict[str, str]:
    """The fields of the edit page as a browser would send them back untouched."""
    page = client.get(edit_page(letter))
    assert page.status_code == 200
    with client.application.test_request_context():
        typed = as_typed(LetterForm(letter=letter))
    chosen = {"kind": "correction"} if 'name="kind"' in page.text else {}
    return typed | dict(hidden_fields(page.text)) | chosen


def field(html: str, name: str) -> str:
    """What a text field of a page holds."""
    area = re.search(rf'<textarea[^>]*\bname="{name}"[^>]*>\r?\n?(.*?)</textarea>', html, re.DOTALL)
    if area:
        return unescape(area[1])
    tag = re.search(rf'<input[^>]*\bname="{name}"[^>]*>', html)
    assert tag, f"no field {name}"
    value = re.search(r'\bvalue="([^"]*)"', tag[0])
    return unescape(value[1]) if value else ""


def save(desk: Reader, letter: Letter, **typed: str) -> int:
    """Type into the edit page and save: the status of the answer."""
    return desk.post(edit_page(letter), data={**begin(desk, letter), **typed}).status_code


def events(letter: Letter) -> list[tuple[str, object]]:
    """What the log says of its edits, from the first: each verb, and the fields it names."""
    query = sa.select(Event).where(Event.letter_id == letter.id, Event.verb.in_(["letter_edited", "letter_corrected"]))
    return [(event.verb, event.details.get("fields")) for event in db.session.scalars(query.order_by(Event.id))]
