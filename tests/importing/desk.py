"""What the tests of the pages of an import share: a file is given, a button pressed, and what came of it."""

import io
import re
from typing import Any

import sqlalchemy as sa
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from tests.page import Reader
from tests.pasting.form import filled_in
from tribune.database import db
from tribune.letters.models import Letter
from tribune.signatures.models import Signature

KNOWN = "Ils ont signé sur Pytition."


def path(letter: Letter) -> str:
    return f"/manage/letters/{letter.id}/signatures/import"


def give(client: Reader, letter: Letter, content: str | bytes) -> TestResponse:
    """Choose a file and press the button."""
    form: dict[str, Any] = {**filled_in(client.get(path(letter)).text).to_dict(), "lang": "en"}
    form["file"] = (io.BytesIO(content.encode() if isinstance(content, str) else content), "signatures.csv")
    return client.post(path(letter), data=form, content_type="multipart/form-data")


def press(client: Reader, letter: Letter, page: TestResponse, act: str, **typed: Any) -> TestResponse:
    """Press a button of the page, `typed` replacing single fields."""
    form: MultiDict[str, str] = filled_in(page.text)
    sent = {**form.to_dict(flat=False), "lang": "en", "act": act, **typed}
    return client.post(f"{path(letter)}/review", data=sent)


def numbers(page: TestResponse) -> list[str]:
    """New, of which to look at, there already, refused."""
    return re.findall(r"<dd>([\d,.]+)</dd>", page.text)


def signatures() -> list[Signature]:
    return list(db.session.scalars(sa.select(Signature).order_by(Signature.id)))
