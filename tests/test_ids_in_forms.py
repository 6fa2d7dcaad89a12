"""A field of a form or a link of the desk names what is of its own letter: another's changes nothing and tells nothing.

Ids in paths: tests/test_guards.py.
"""

import re
from collections.abc import Iterator
from html import unescape
from urllib.parse import parse_qsl, urlencode, urlsplit

import sqlalchemy as sa
from flask import Flask
from werkzeug.datastructures import MultiDict

from tests.abuse.places import forms_of
from tests.addresses import NAMES, build, rules
from tests.databases import ON_SQLITE
from tests.factories import make_invited, make_organiser, make_signature, owner_of
from tests.objects import OBJECTS, full_letter
from tests.page import Reader
from tribune.database import db
from tribune.invitations.models import Invitation
from tribune.letters.models import Letter
from tribune.signatures.models import Signature

SECRET = "Zqvictime"  # the name of who signed the other letter
LINK = re.compile(r'href="(/manage/[^"?#]*\?[^"#]*)')
BUTTON = re.compile(r'<button\b[^>]*\bname="([^"]+)"')
Sent = tuple[str, dict[str, str]]  # a path, and the fields that a form or a link of ours gives it


def ids_of(letter: Letter) -> list[list[str]]:
    """What fields may name of a letter, by kind, the newest first; the kinds come in one order for every letter."""
    found = []
    for of, name in ((Signature, "id"), (Signature, "public_id"), (Invitation, "id")):
        query = sa.select(getattr(of, name)).filter_by(letter_id=letter.id).order_by(sa.desc("id"))
        found.append([str(value) for value in db.session.scalars(query)])
    return [*found, [letter.slug], [str(letter.team_id)]]


def sent_from(client: Reader, path: str) -> Iterator[Sent]:
    """What the forms and links of a page send."""
    page = client.get(path)
    if page.mimetype == "text/html" and page.status_code == 200:
        buttons = set(BUTTON.findall(page.text))
        for to, fields in forms_of(page.text, path):
            typed = {name: value for name, value in fields.items() if name not in buttons}
            for pressed in fields.keys() & buttons or {""}:
                yield to, typed | ({pressed: fields[pressed]} if pressed else {})
        for link in LINK.findall(page.text):
            at = urlsplit(unescape(link))
            yield at.path, dict(parse_qsl(at.query))


def all_sent(app: Flask, client: Reader, letter: Letter) -> list[Sent]:
    """What all pages of the desk send, and those that they lead to; each path and its fields once."""
    made = {name: make(letter, owner_of(letter)) for name, make in OBJECTS.items()}
    paths = [build(app, rule, made) for rule in rules(app, NAMES[1]) if "token" not in rule.arguments]
    found: dict[tuple[str, ...], Sent] = {}
    for path in paths:
        for to, fields in sent_from(client, path):
            found.setdefault((to, *sorted(fields)), (to, fields))
    for to, fields in list(found.values()):
        if {"ids", "key", "id"} & fields.keys():  # ticked: the next page says what would be done
            for further, theirs in sent_from(client, f"{to}?verb=hide&{'&'.join(map('='.join, fields.items()))}"):
                found.setdefault((further, *sorted(theirs)), (f"{further}?verb=hide", theirs))
    return list(found.values())


def rows_of(letter: Letter) -> list[tuple[object, ...]]:
    """Every row that belongs to a letter."""
    tables = [table for table in db.metadata.sorted_tables if "letter_id" in table.c]
    return [
        tuple(row) for table in tables for row in db.session.execute(sa.select(table).filter_by(letter_id=letter.id))
    ]


def told(client: Reader, path: str, named: list[tuple[str, str]]) -> str:
    """What is answered to these fields, sent as a form and in the address, with the page that it leads to."""
    asked = f"{path}?{urlencode(named)}"
    answer = client.post(asked, data=MultiDict(named))
    if answer.status_code == 405:
        answer = client.get(asked)
    assert answer.status_code < 500, path
    return answer.text + (client.get(answer.location).text if answer.location else "")


@ON_SQLITE
def test_an_id_of_another_letter_in_a_field_changes_and_tells_nothing(app: Flask, client: Reader) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    theirs, mine = full_letter(make_organiser()), full_letter(make_organiser())
    make_signature(theirs, given_name=SECRET, family_name=SECRET, organisation=SECRET, news=True)
    make_invited(theirs, given_name=SECRET, family_name=SECRET)
    client.log_in(owner_of(mine))
    sent, kinds = all_sent(app, client, mine), list(zip(ids_of(mine), ids_of(theirs), strict=True))
    before, tried = rows_of(theirs), set[str]()
    for path, fields in sent:
        for name, value in fields.items():
            for others in (others for ours, others in kinds if value in ours):
                tried.add(name)
                rest = [(each, said) for each, said in fields.items() if each != name]
                page = told(client, path, [*rest, *((name, each) for each in others)])
                assert SECRET not in page, f"{path} tells of another by {name}"
                assert rows_of(theirs) == before, f"{path} changes another by {name}"
    assert tried >= {"ids", "id", "shown", "up", "person", "team"}
    assert client.get(f"/manage/letters/{mine.id}").status_code == 200  # no button that was pressed has taken it away
