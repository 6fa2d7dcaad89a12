"""A test client that checks every page it gets, and fails on what is wrong with it."""

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
# Texts and attribute values that cannot break HTML, replaced before parsing so that more pages are the same.
PLAIN = r"[^<>&\0-\x08\x0e-\x1f\x7f]"
TEXT, VALUE = re.compile(rf">{PLAIN}*(?!\s){PLAIN}{PLAIN}*<"), re.compile(rf'="(?:(?!"){PLAIN})+"')
ROWS = re.compile(r"(<(tr|li|option|fieldset)\b(?:(?!<\2\b).)*?</\2>)(?:\s*\1)+", re.DOTALL)  # of the same shape
MOMENT = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d)?[+-]\d\d:\d\d)?")
SIGNED = re.compile(r'(?<=value=")[\w.-]{40,}(?=")')  # tokens: harmless, and different each time


class Reader(FlaskClient):
    """Checks every HTML answer. Each request runs in its own context, as in a server."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        kwargs.setdefault("buffered", True)  # read a streamed answer in the request's context
        answer: TestResponse = Context().run(super().open, *args, **kwargs)
        db.session.rollback()  # so that the test reads what the request wrote
        self.look_at(answer)
        return answer

    def look_at(self, answer: TestResponse) -> None:
        """Fail if the HTML is wrong, or a public page sets a cookie."""
        if answer.mimetype == "text/html" and answer.status_code not in {301, 302, 303, 304, 308} and answer.data:
            try:
                check(SIGNED.sub("", answer.text))
            except Exception as error:
                error.add_note(f"on {answer.request.method} {answer.request.path}")
                raise
        if answer.request.method in {"GET", "HEAD"} and not answer.request.path.startswith(ORGANISER_PAGES):
            assert "Set-Cookie" not in answer.headers, f"{answer.request.path} sets a cookie"

    def fields(self, path: str) -> dict[str, str]:
        """Return the hidden fields of the page."""
        return dict(hidden_fields(self.get(path).text))

    def sign(self, slug: str, **typed: str) -> TestResponse:
        """Send the form of a letter; `typed` replaces fields of a valid example."""
        example = {"given_name": "Zoé", "family_name": "Évrard", "email": "zoe@example.org", "publish": "y"}
        path = f"/letters/{slug}/sign"
        return self.post(path, data={**self.fields(path), **example, **typed})

    def log_in(self, organiser: Organiser) -> None:
        """Log in as this organiser by a link such as they receive. Needs an app context."""
        path = urlsplit(log_in_link(organiser).url()).path
        answer = self.post(path, data=self.fields(path))
        assert (answer.location or "").startswith("/manage/")


def hidden_fields(html: str) -> list[tuple[str, str]]:
    """Return name and value of each hidden field."""
    tags = [tag for tag in re.findall(r"<input\b[^>]*>", html) if 'type="hidden"' in tag]
    parts = [(re.search(r'\bname="([^"]+)"', tag), re.search(r'\bvalue="([^"]*)"', tag)) for tag in tags]
    return [(name[1], unescape(value[1]) if value else "") for name, value in parts if name]


def words(html: str) -> str:
    """Return the text of a page from <main> on, or of a fragment."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html.partition("<main")[2] or html)).split())


def listed(html: str) -> list[str]:
    """Return the lines of the signatories on a page, in order: elements with an id `s-…` and a text."""
    tree = html5lib.parse(html, namespaceHTMLElements=False)
    lines = [element for element in tree.iter() if element.get("id", "").startswith("s-")]
    return [text for line in lines if (text := " ".join("".join(line.itertext()).split()))]


@lru_cache(maxsize=1000)
def check(html: str) -> None:
    """Check valid HTML, a title, one h1, unique ids, labels, and that no template syntax is left."""
    _parse(ROWS.sub(r"\1", TEXT.sub(">a<", VALUE.sub('="a"', html))))
    assert re.search(r"<title>[^<]*\w[^<]*</title>", html), "no title"
    assert len(re.findall(r"<h1[ >]", html)) == 1, "not exactly one h1"
    twice = [name for name, times in Counter(re.findall(r'\bid="([^"]*)"', html)).items() if times > 1]
    assert not twice, f"ids used twice: {twice}"
    moments = re.findall(r'<time datetime="([^"]*)"', html)
    assert all(map(MOMENT.fullmatch, moments)), f"no moment of HTML: {moments}"
    labelled = set(re.findall(r'<label[^>]* for="([^"]+)"', html))
    for tag in re.findall(r"<(?:input|select|textarea)\b[^>]*>", html):
        if 'type="hidden"' not in tag:
            name = re.search(r'\bid="([^"]+)"', tag)
            assert name and name[1] in labelled, f"no label for {tag}"
        else:
            assert "autocomplete" not in tag, f"nobody fills in {tag}"
    assert "data-once" not in html or "once.js" in html, "a form to be sent once, without what does so"
    assert not re.search(r"\{\{|\}\}|\{%|%\(\w+\)|\[\[\w+\]\]", html), "something of a template is left"


@lru_cache(maxsize=1000)  # parsing a page takes as long as making it, and most differ only in their words
def _parse(html: str) -> None:
    html5lib.HTMLParser(strict=True).parse(html)
