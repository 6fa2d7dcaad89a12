"""What the tests of writing share: an organiser's browser on the edit page of a letter."""

import re
from html import unescape

from tests.page import Reader, hidden_fields
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
    return typed | dict(hidden_fields(page.text))


def field(html: str, name: str) -> str:
    """What a text field of a page holds."""
    area = re.search(rf'<textarea[^>]*\bname="{name}"[^>]*>\r?\n?(.*?)</textarea>', html, re.DOTALL)
    if area:
        return unescape(area[1])
    tag = re.search(rf'<input[^>]*\bname="{name}"[^>]*>', html)
    assert tag, f"no field {name}"
    value = re.search(r'\bvalue="([^"]*)"', tag[0])
    return unescape(value[1]) if value else ""
