"""Every page that a token opens, against the tokens of every other purpose and of every other object."""

import re
from urllib.parse import quote, urlsplit

import pytest
from flask import Flask
from werkzeug.routing import Rule

from tests.databases import ON_SQLITE
from tests.factories import everything, make_letter, make_organiser, make_signature
from tests.links import links_of
from tests.page import Reader
from tribune.database import db
from tribune.letters.models import Letter
from tribune.signatures.links import confirm_link, not_me_link
from tribune.tokens import Purpose, issue

pytestmark = ON_SQLITE


@pytest.fixture
def letter(app: Flask) -> Letter:
    app.config["WTF_CSRF_ENABLED"] = False  # so that nothing but the token stands in the way
    return make_letter(make_organiser(), slug="rues")


def asked(app: Flask) -> list[tuple[Rule, str]]:
    """Each address that holds a token, with each method that it answers."""
    rules = [rule for rule in app.url_map.iter_rules() if "token" in rule.arguments]
    return [(rule, method) for rule in rules for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})]


def answer(app: Flask, client: Reader, rule: Rule, method: str, token: str) -> tuple[int, str]:
    """The status and the page, but for what differs from one showing to the next."""
    path = app.url_map.bind("localhost").build(rule.endpoint, {"token": token})
    shown = client.open(path, method=method)
    page = shown.text.replace(token, "TOKEN")
    return shown.status_code, re.sub(r'name="(?:stamp|csrf_token)" value="[^"]*"', "", page)


def test_each_page_has_its_link(app: Flask, letter: Letter) -> None:
    assert {rule.endpoint for rule, _ in asked(app)} == set(links_of(letter))


def test_a_damaged_link_is_a_page_never_a_fault(app: Flask, client: Reader, letter: Letter) -> None:
    for rule, method in asked(app):
        for token in ("x", "%ED%B2%80", "%80", "%F0%9F%98%80", "a.b.c", "." * 2000, "é" * 300, "%00", "..%2f..%2fetc"):
            answer = client.open(rule.rule.replace("<token>", token), method=method)
            assert answer.status_code in {400, 404, 410} and "<h1" in answer.text, f"{method} {rule} {token[:20]}"


def test_a_damaged_link_of_a_mail_shows_the_way_to_a_new_one(client: Reader, letter: Letter) -> None:
    signature = make_signature(letter, confirmed=False)
    links = [urlsplit(link.url()).path for link in (confirm_link(signature), not_me_link(signature.mailbox_key or ""))]
    before = everything()
    for path, _, good in (link.rpartition("/") for link in links):
        changed = [good[:place] + ("B" if good[place] == "A" else "A") + good[place + 1 :] for place in (2, -5)]
        cut = [good[:-10], good[:20], good + "A", good.replace(".", "", 1), good.upper(), "x", "a.b.c", "." * 9, "é"]
        for token in [*changed, *cut, "\ud800", "%ED%A0%80", "A" * 5000]:
            address = f"{path}/{quote(token, safe='%', errors='surrogatepass')}"
            for answer in (client.get(address), client.post(address)):
                assert answer.status_code == 404, address
                assert "Ce lien ne fonctionne pas" in answer.text
                assert '<a class="primary" href="/signatures/find">' in answer.text
    assert everything() == before


def test_a_page_opens_by_the_tokens_of_its_purpose_alone(app: Flask, client: Reader, letter: Letter) -> None:
    links = links_of(letter)
    before = everything()
    for rule, method in asked(app):
        link = links[rule.endpoint]
        refused = answer(app, client, rule, method, "no-token")
        assert refused[0] in {404, 410}, rule
        for purpose in set(Purpose) - {link.purpose}:
            token = issue(purpose, link.payload)
            assert answer(app, client, rule, method, token) == refused, f"{method} {rule} by a token of {purpose}"
    db.session.rollback()
    assert everything() == before


def test_the_secret_half_of_one_link_opens_nothing_of_another(app: Flask, client: Reader, letter: Letter) -> None:
    ours, theirs = links_of(letter), links_of(make_letter(make_organiser(), slug="places"))
    before, mixed = everything(), 0
    for rule, method in asked(app):
        one, other = ours[rule.endpoint], theirs[rule.endpoint]
        if len(one.payload) > 1 and one.payload[0] != other.payload[0]:
            token, mixed = issue(one.purpose, [other.payload[0], *one.payload[1:]]), mixed + 1
            refused = answer(app, client, rule, method, issue(one.purpose, [999_999, *one.payload[1:]]))
            assert answer(app, client, rule, method, token) == refused and refused[0] in {404, 410}, f"{method} {rule}"
    db.session.rollback()
    assert mixed >= 8 and everything() == before
