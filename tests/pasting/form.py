"""What a browser without scripts does with the pages of pasting: fills in their forms and sends them as they stand."""

import re
from html import unescape
from typing import Any

import html5lib
import sqlalchemy as sa
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from tests.page import Reader
from tribune.database import db
from tribune.demo.commands import TEXT
from tribune.letters.models import Letter
from tribune.signatures.lines import lines
from tribune.signatures.queries import first_signatories

PASTE, REVIEW = "/manage/letters/paste", "/manage/letters/paste/review"
PAGE = TEXT.read_text("utf-8").replace("- Laure Drevillon", "- 30Laure Drevillon")  # as it was once printed
SHORT = "# Les rues\n\nNous voulons jouer dehors.\n\nSignataires :\n\n"


def paste(client: Reader, page: Any, **typed: Any) -> TestResponse:
    """Paste a page into the box, as a browser does."""
    form = {**filled_in(client.get(PASTE).text).to_dict(), "page": page, **typed}
    return client.post(PASTE, data=form, content_type="multipart/form-data")


def filled_in(html: str) -> MultiDict[str, str]:
    """What a browser would send of the last form of a page, as it stands, without any button."""
    tree = html5lib.parse(html, namespaceHTMLElements=False)
    form = [form for form in tree.iter("form") if "log-out" not in form.get("action", "")][-1]
    sent: MultiDict[str, str] = MultiDict()
    for element in form.iter():
        name = element.get("name")
        if name is None or element.tag == "button" or element.get("type") == "file":
            continue
        if element.tag == "select":
            chosen = [o for o in element.iter("option") if "selected" in o.attrib] or [*element.iter("option")]
            sent.add(name, chosen[0].get("value", ""))
        elif element.tag == "textarea":
            sent.add(name, (element.text or "").removeprefix("\n"))
        elif element.get("type") not in {"checkbox", "radio"} or "checked" in element.attrib:
            sent.add(name, element.get("value", ""))
    return sent


def send(client: Reader, page: MultiDict[str, str], act: str = "keep", **typed: Any) -> TestResponse:
    """Press a button of the review, `typed` replacing single fields."""
    return client.post(REVIEW, data={**page.to_dict(flat=False), "act": act, **typed})


def change(page: MultiDict[str, str], field: str, number: int, value: str) -> None:
    """Type in a field of the person of that row, counted from 0."""
    values = page.getlist(field)
    values[number] = value
    page.setlist(field, values)


def row_of(page: MultiDict[str, str], family_name: str) -> int:
    """Which row a family name stands in."""
    return page.getlist("family_name").index(family_name)


def the_letter() -> Letter:
    """The one made last."""
    db.session.rollback()
    return db.session.scalars(sa.select(Letter).order_by(Letter.id.desc())).first()  # type: ignore[return-value]


def printed(letter: Letter) -> list[str]:
    """Its first signatories as readers see them."""
    return [line.text for line in lines(first_signatories(letter))]


def words(answer: TestResponse) -> str:
    """What stands on a page, without its tags."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())
