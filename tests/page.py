"""A client that reads each page it is given the way a careful reader would, and fails on what is wrong with it."""

import re
from collections import Counter
from contextvars import Context
from functools import lru_cache
from html import unescape
from typing import Any
from urllib.parse import urlsplit

import html5lib
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tribune.database import db
from tribune.organisers.links import log_in_link
from tribune.organisers.models import Organiser

ORGANISER_PAGES = ("/organisers", "/manage", "/teams")
# Words and values that no parser trips over: none has a sign of HTML in it, or of no text at all.
PLAIN = r"[^<>&\0-\x08\x0e-\x1f\x7f]"
TEXT, VALUE = re.compile(rf">{PLAIN}*(?!\s){PLAIN}{PLAIN}*<"), re.compile(rf'="(?:(?!"){PLAIN})+"')
ROWS = re.compile(r"(<(tr|li|option|fieldset)\b(?:(?!<\2\b).)*?</\2>)(?:\s*\1)+", re.DOTALL)  # several of one shape
SIGNED = re.compile(r'(?<=value=")[\w.-]{40,}(?=")')  # another each time, and nothing that HTML could be broken by


class Reader(FlaskClient):
    """Every HTML answer is checked. Each request runs apart from the test, as it would in a server."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        kwargs.setdefault("buffered", True)  # a streamed answer is read where the request ran
        answer: TestResponse = Context().run(super().open, *args, **kwargs)
        db.session.rollback()  # what the request wrote is seen by what the test reads next
        self.look_at(answer)
        return answer

    def look_at(self, answer: TestResponse) -> None:
        """Fail where it is not as every answer is."""
        if answer.mimetype == "text/html" and answer.status_code not in {301, 302, 303, 304, 308} and answer.data:
            check(SIGNED.sub("", answer.text))
        if answer.request.method in {"GET", "HEAD"} and not answer.request.path.startswith(ORGANISER_PAGES):
            assert "Set-Cookie" not in answer.headers, f"{answer.request.path} sets a cookie"

    def fields(self, path: str) -> dict[str, str]:
        """The hidden fields of the form on a page, as a program would keep them."""
        return dict(hidden_fields(self.get(path).text))

    def sign(self, slug: str, **typed: str) -> TestResponse:
        """Fill in and send the form of a letter; `typed` wins over a good example."""
        example = {"given_name": "Zoé", "family_name": "Évrard", "email": "zoe@example.org", "publish": "y"}
        path = f"/letters/{slug}/sign"
        return self.post(path, data={**self.fields(path), **example, **typed})

    def log_in(self, organiser: Organiser) -> None:
        """Enter as this organiser, by a link such as they receive, to wherever they wanted to. Needs an app context."""
        path = urlsplit(log_in_link(organiser).url()).path
        answer = self.post(path, data=self.fields(path))
        assert (answer.location or "").startswith("/manage/")


def hidden_fields(html: str) -> list[tuple[str, str]]:
    """Name and value of each hidden field."""
    tags = [tag for tag in re.findall(r"<input\b[^>]*>", html) if 'type="hidden"' in tag]
    parts = [(re.search(r'\bname="([^"]+)"', tag), re.search(r'\bvalue="([^"]*)"', tag)) for tag in tags]
    return [(name[1], unescape(value[1]) if value else "") for name, value in parts if name]


def words(html: str) -> str:
    """What is read on a page, but for its head; or in a piece of one."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html.partition("<main")[2] or html)).split())


def listed(html: str) -> list[str]:
    """The signatories on a page as their lines read, in order: what has a permanent address of its own, and words."""
    tree = html5lib.parse(html, namespaceHTMLElements=False)
    lines = [element for element in tree.iter() if element.get("id", "").startswith("s-")]
    return [text for line in lines if (text := " ".join("".join(line.itertext()).split()))]


@lru_cache(maxsize=1000)
def check(html: str) -> None:
    """A title, one h1, ids that are unique, labels, nothing left of a template, and HTML without a parse error."""
    _parse(ROWS.sub(r"\1", TEXT.sub(">a<", VALUE.sub('="a"', html))))
    assert re.search(r"<title>[^<]*\w[^<]*</title>", html), "no title"
    assert len(re.findall(r"<h1[ >]", html)) == 1, "not exactly one h1"
    twice = [name for name, times in Counter(re.findall(r'\bid="([^"]*)"', html)).items() if times > 1]
    assert not twice, f"ids used twice: {twice}"
    labelled = set(re.findall(r'<label[^>]* for="([^"]+)"', html))
    for tag in re.findall(r"<(?:input|select|textarea)\b[^>]*>", html):
        if 'type="hidden"' not in tag:
            name = re.search(r'\bid="([^"]+)"', tag)
            assert name and name[1] in labelled, f"no label for {tag}"
    assert "data-once" not in html or "once.js" in html, "a form to be sent once, without what does so"
    assert not re.search(r"\{\{|\}\}|\{%|%\(\w+\)|\[\[\w+\]\]", html), "something of a template is left"


@lru_cache(maxsize=1000)  # to parse a page takes as long as to make it, and most differ in their words alone
def _parse(html: str) -> None:
    html5lib.HTMLParser(strict=True).parse(html)
