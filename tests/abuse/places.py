"""Every address of the site as somebody may open it who may open all, and what the forms of its pages send."""

import re
from collections.abc import Iterator
from html import unescape
from typing import NamedTuple
from urllib.parse import urljoin, urlsplit

from flask import Flask
from werkzeug.routing import Rule

from tests.factories import make_correction, make_letter, make_organiser, make_signature, owner_of
from tests.links import links_of
from tests.objects import OBJECTS
from tests.page import Reader
from tribune import ORGANISERS
from tribune.letters.models import Letter
from tribune.tokens import Link

FORM = re.compile(r"<form\b([^>]*)>(.*?)</form>", re.DOTALL)
FIELD = re.compile(r"<(input|textarea|select|button)\b([^>]*)>(?:([^<]*)</textarea>)?")
ENDINGS = {"organisers.log_out", "manage_accounts.delete", "manage_accounts.end_log_in"}  # of the log-in that all need


class Place(NamedTuple):
    """An address that answers, and for each form that leads there what it sends when it is filled in well."""

    rule: str
    path: str
    methods: list[str]
    forms: list[dict[str, str]]
    is_private: bool  # opened as an organiser


class Ground(NamedTuple):
    """A letter with something of everything, and all that may be asked about it."""

    letter: Letter
    places: list[Place]
    cookie: str  # of an organiser who owns it
    csrf_token: str

    def __repr__(self) -> str:
        return f"<Ground of {len(self.places)} addresses>"


def make_ground(app: Flask) -> Ground:
    """Make such a letter. Needs an app context; leaves nothing of it open."""
    organiser = make_organiser()
    letter = make_letter(organiser, first="Alice Martin, maire\nBob Durand, éditeur (Le Port)")
    for organisation in ("Le Port", "le port", "La Gare"):
        make_signature(letter, organisation=organisation, role="éditrice", news=True)
    make_correction(letter)
    client = app.test_client()
    assert isinstance(client, Reader)
    client.log_in(organiser)
    token = client.fields("/manage/account")["csrf_token"]  # the first page with a form ties it to the cookie
    cookie = client.get_cookie("tribune_organiser")
    assert cookie
    addresses = list(_addresses(app, letter))
    forms = _crawl(client, addresses)
    places = [
        Place(rule.rule, path, sorted(rule.methods or set()), forms.get(path, []), _is_private(rule))
        for rule, path in addresses
    ]
    return Ground(letter, places, f"{cookie.key}={cookie.value}", token)


def _is_private(rule: Rule) -> bool:
    return rule.endpoint not in ENDINGS and rule.endpoint.partition(".")[0] in {area.bp.name for area in ORGANISERS}


def _addresses(app: Flask, letter: Letter) -> Iterator[tuple[Rule, str]]:
    links: dict[str, Link] = links_of(letter)
    made = {name: make(letter, owner_of(letter)) for name, make in OBJECTS.items()}
    known = {**made, "slug": letter.slug, "filename": "tribune.css"}
    for rule in app.url_map.iter_rules():
        if "token" in rule.arguments:
            yield rule, urlsplit(links[rule.endpoint].url()).path
        else:
            yield (
                rule,
                app.url_map.bind("localhost").build(rule.endpoint, {each: known[each] for each in rule.arguments}),
            )


def _crawl(client: Reader, addresses: list[tuple[Rule, str]]) -> dict[str, list[dict[str, str]]]:
    """The forms of all pages, by the path that they are sent to."""
    found: dict[str, list[dict[str, str]]] = {}
    for rule, path in addresses:
        if "GET" in (rule.methods or set()):
            page = client.get(path)
            assert page.status_code < 500, path
            if page.mimetype == "text/html":
                for action, fields in forms_of(page.text, path):
                    found.setdefault(action, []).append(fields)
    return found


def forms_of(html: str, path: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Each form of a page: the path it is sent to, and its fields as they stand."""
    for attributes, inside in FORM.findall(html):
        fields: dict[str, str] = {}
        for _, words, text in FIELD.findall(inside):
            if name := _attribute(words, "name"):
                fields.setdefault(name, _attribute(words, "value") or unescape(text))
        yield urlsplit(urljoin(path, _attribute(attributes, "action"))).path, fields


def _attribute(words: str, name: str) -> str:
    found = re.search(rf'\b{name}="([^"]*)"', words)
    return unescape(found[1]) if found else ""
