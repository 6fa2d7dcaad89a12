"""What a browser without scripts does with the pages that add people to invite."""

import io
from typing import Any

from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from tests.page import Reader
from tests.pasting.form import filled_in
from tribune.letters.models import Letter


def add_path(letter: Letter) -> str:
    return f"/manage/letters/{letter.id}/invitations/add"


def give(client: Reader, letter: Letter, people: str = "", file: bytes = b"", name: str = "list.csv") -> TestResponse:
    """Paste people into the box, or choose a file, and press the button."""
    path = add_path(letter)
    form: dict[str, Any] = {**filled_in(client.get(path).text).to_dict(), "people": people}
    if file:
        form["file"] = (io.BytesIO(file), name)
    return client.post(path, data=form, content_type="multipart/form-data")


def review(client: Reader, letter: Letter, page: MultiDict[str, str], act: str, **typed: Any) -> TestResponse:
    """Press a button of the review, `typed` replacing single fields."""
    return client.post(f"{add_path(letter)}/review", data={**page.to_dict(flat=False), "act": act, **typed})


def read_otherwise(client: Reader, letter: Letter, page: MultiDict[str, str], **typed: Any) -> TestResponse:
    """Choose other columns and press the button beside them."""
    columns = {name: page.getlist(name) for name in ("csrf_token", "sheet", "column", "headings")}
    return client.post(f"{add_path(letter)}/review", data={**columns, "act": "read", **typed})


def names(page: MultiDict[str, str]) -> list[str]:
    """Who stands in the rows."""
    pairs = zip(page.getlist("given_name"), page.getlist("family_name"), strict=True)
    return [f"{given} {family}".strip() for given, family in pairs]
