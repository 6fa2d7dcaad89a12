"""Whatever is typed or asked: plain text or a clear refusal, never an error of ours, on whatever database sees it."""

import csv
import io
import re
from html import unescape
from itertools import product
from urllib.parse import quote, urlencode

import html5lib
import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_wtf import FlaskForm
from werkzeug.test import TestResponse as Response

from tests.abuse.corpus import HEADERS, STRANGE
from tests.abuse.corpus import TYPED as HOSTILE
from tests.databases import ON_SQLITE
from tests.exports.typed import TYPED
from tests.factories import (
    confirm_path,
    latest_signature,
    make_letter,
    make_organiser,
    make_signature,
    owner_of,
)
from tests.page import Reader
from tribune.database import db
from tribune.fields import OrganiserForm
from tribune.letters.models import Letter
from tribune.organisers.links import log_in_link
from tribune.reading.pasted import MOST_ACCENTS
from tribune.received import MOST_FIELDS
from tribune.signatures.models import Signature

SIGN = "/letters/rues/sign"
FORM = "application/x-www-form-urlencoded"
FIELD = re.compile(r'<(?:input|select|textarea)\b[^>]* name="(\w+)"')
OTHERS = ["lang", "unknown"]
TOO_LONG = 300_000  # not much more than a form may have


@pytest.fixture
def letter(app: Flask) -> Letter:
    app.config["PROPAGATE_EXCEPTIONS"] = False  # as in production: an error of ours would be a 500
    return make_letter(slug="rues")


def fields(client: Reader) -> set[str]:
    """The fields of the form, hidden ones too, and some that it does not have."""
    return {*FIELD.findall(client.get(SIGN).text), *OTHERS}


def encoded(fields: dict[str, bytes]) -> str:
    return "&".join(f"{name}={quote(value)}" for name, value in fields.items())


def good(client: Reader) -> dict[str, bytes]:
    typed = {"given_name": "Zoé", "family_name": "Évrard", "email": "zoe@example.org", "publish": "y"}
    return {name: value.encode() for name, value in {**client.fields(SIGN), **typed}.items()}


def assert_nothing_runs(html: str) -> None:
    """Scripts come from us, by address; no tag and no attribute was typed by a reader."""
    for element in html5lib.parse(html, namespaceHTMLElements=False).iter():
        assert element.tag != "script" or element.get("src", "").startswith("/static/")
        assert not any(name.startswith("on") for name in element.attrib)


def test_a_field_of_the_form_holds_plain_text_or_is_refused(client: Reader, letter: Letter) -> None:
    form = good(client)
    for field in fields(client):
        for number, (case, value) in enumerate(HOSTILE.items()):
            form["email"] = f"{field}{number}@example.org".encode()  # one mailbox may be sent few mails
            answer = client.post(SIGN, data=encoded({**form, field: value}), content_type=FORM)
            assert answer.status_code in {303, 422}, (field, case)
            if answer.status_code == 422 and b"alert" in value:
                assert_nothing_runs(answer.text)
    kept = db.session.query(Signature).all()
    assert len(kept) > 100
    for signature in kept:
        words = "".join(getattr(signature, name) for name in TYPED)
        assert not re.search(r"[\x00-\x1f\x7f-\x9f\u200b\u202e\u2066\ufeff\ufffd]", words)
        page = client.get(confirm_path(signature))
        assert page.status_code == 200
        assert_nothing_runs(page.text)


def test_what_was_accepted_is_printed_as_text_everywhere(client: Reader, letter: Letter) -> None:
    form = good(client)
    hostile = [HOSTILE[case] for case in ("script", "attribute", "formula", "quotes", "line ends")]
    for number, value in enumerate(hostile):
        address = f"person{number}@example.org".encode()
        fields = {**form, "email": address, "family_name": value, "role": value}
        client.post(SIGN, data=encoded(fields), content_type=FORM)
        client.post(confirm_path(latest_signature()))
    listed = client.get("/letters/rues/signatories?order=surname")
    for answer in (listed, client.get("/letters/rues")):
        assert_nothing_runs(answer.text)
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in answer.text
        assert "'; DROP TABLE letters; --" in unescape(answer.text)
    file = client.get("/letters/rues/signatories.csv").text
    assert '"\'=HYPERLINK(""http://x""' not in file  # an address of a page is refused in a line
    assert not re.search(r'(^|[;"])[=+@]', file, re.MULTILINE)


@ON_SQLITE
def test_no_cell_of_the_public_file_runs(client: Reader, letter: Letter) -> None:
    running = ["=1+1", "+1", "@SUM(A1)", "-1+1", "\uff1d1+1", "\t=1", "\r=1", " =1"]
    for cell in running:
        make_signature(letter, given_name=cell, family_name=cell, role=cell, organisation=cell, section=cell)
    rows = list(csv.reader(io.StringIO(client.get("/letters/rues/signatories.csv").text, newline=""), delimiter=";"))
    guarded = [*running[:5], "\t'=1", "\r'=1", " =1"]  # behind a tab or a line end too, where a cell may begin
    assert [row[1:6] for row in rows[1:]] == [[f"'{cell}"] * 5 for cell in guarded]
    assert all(row[-1].startswith("'") for row in rows[1:])


@ON_SQLITE
def test_what_looks_like_a_template_is_text(app: Flask, client: Reader, letter: Letter) -> None:
    words = "{{ 7 * 7 }} {% x %} %(title)s"
    form = {**good(client), "given_name": words.encode()}
    client.post(SIGN, data=encoded(form), content_type=FORM)
    plain = FlaskClient(app, Response)  # one that allows braces on a page
    for answer in (plain.get(confirm_path(latest_signature())), plain.get("/letters/rues", query_string={"q": words})):
        assert answer.status_code == 200
    client.post(confirm_path(latest_signature()))
    assert words in plain.get("/letters/rues").text


@ON_SQLITE
def test_a_body_that_is_too_large_is_refused(client: Reader, letter: Letter) -> None:
    form = good(client)
    for field in fields(client):
        data = {**form, field: b"x" * TOO_LONG}
        answer = client.post(SIGN, data=encoded(data), content_type=FORM)
        assert answer.status_code == 413 and "trop long" in answer.text
    for path, size in product((SIGN, "/signatures/new-link"), (TOO_LONG, 2_000_000)):
        answer = client.post(path, data={"email": "x" * size})
        assert answer.status_code == 413 and "trop long" in answer.text, (path, size)
    assert db.session.query(Signature).count() == 0


@ON_SQLITE
def test_a_form_of_a_great_many_fields_is_refused_before_they_are_made(client: Reader, letter: Letter) -> None:
    """Also where a large form is expected, before anybody asks who sent it."""
    for path in (SIGN, "/signatures/find", f"/manage/letters/{letter.id}/signatures/import/review"):
        answer = client.post(path, data=b"a&" * MOST_FIELDS, content_type=FORM)
        assert answer.status_code == 413 and "trop long" in answer.text, path
    assert client.post(SIGN, data=b"a&" * (MOST_FIELDS - 1), content_type=FORM).status_code == 422


@ON_SQLITE
def test_a_tower_of_accents_is_cut_before_it_is_sorted(client: Reader, letter: Letter) -> None:
    """To sort 120,000, as many as a form has room for, stopped the whole process for minutes."""
    tower = ("Z+" + "\u0301" * 20_000 + "\u0323" * 20_000).encode()
    answer = client.post(SIGN, data=b"family_name=" + tower, content_type=FORM)
    assert answer.status_code == 422 and "trop d’accents" in answer.text
    given_back = client.post("/manage/account", data=b"x=" + tower, content_type=FORM, headers={"Accept": "text/html"})
    assert given_back.status_code == 400 and 0 < given_back.text.count("\u0301") <= MOST_ACCENTS


@ON_SQLITE
def test_a_body_that_is_no_form_is_an_empty_form(client: Reader, letter: Letter) -> None:
    for kind in ("application/json", "multipart/form-data; boundary=x", "multipart/form-data", "text/plain", "x", FORM):
        for body in (b"", b"\0\xff", b"[" * 5000, b'--x\r\nContent-Disposition: form-data; name="email"\r\n\r\n\0'):
            assert client.post(SIGN, data=body, content_type=kind).status_code in {400, 422}


ARGUMENTS = {
    "/letters/rues": ["lang", "endpoint", "_scheme"],
    "/letters/rues/signatories": ["q", "organisation", "after", "order", "lang"],
    "/letters/rues/signatories.csv": ["delimiter", "lang"],
}


def test_an_argument_of_a_public_page_breaks_nothing(client: Reader, letter: Letter) -> None:
    make_signature(letter)
    asked = [f"{path}?{argument}=" for path, arguments in ARGUMENTS.items() for argument in arguments]
    for address, (case, value) in product(asked, HOSTILE.items()):
        answer = client.get(address + quote(value))
        assert answer.status_code in {200, 400}, (address, case)
        if b"alert" in value and answer.mimetype == "text/html":
            assert_nothing_runs(answer.text)


def test_an_argument_of_an_organisers_page_breaks_nothing(client: Reader, letter: Letter) -> None:
    organiser = make_organiser()
    link = log_in_link(organiser).url().removeprefix("http://localhost")
    assert client.post(link, data=client.fields(link)).status_code == 303
    mine = make_letter(organiser)
    make_signature(mine)
    asked = {"signatures": ["q", "status", "after"], "signatures.csv": ["status", "delimiter", "addresses"]}
    for page, arguments in asked.items():
        for argument in arguments:
            for case, value in HOSTILE.items():
                answer = client.get(f"/manage/letters/{mine.id}/{page}?{argument}={quote(value)}")
                assert answer.status_code in {200, 400, 403}, (page, argument, case)
    for number in ("0", "2147483648", "9223372036854775807", "9223372036854775808", "9" * 400, "-1", "1.5", "²"):
        assert client.get(f"/manage/letters/{number}").status_code == 404


@ON_SQLITE
def test_an_organisers_form_is_filled_by_the_fields_of_a_form_alone(client: Reader) -> None:
    letter = make_letter()
    client.log_in(owner_of(letter))
    path = f"/manage/letters/{letter.id}/invitations/people/new"
    form = client.fields(path)
    token = {"X-CSRFToken": form["csrf_token"]}
    for body in ("[" * 5000, '{"family_name": 1}', '{"family_name": ["x"], "email": {}}', "[1]", "1", '"\\ud800"'):
        assert client.post(path, data=body, content_type="application/json", headers=token).status_code == 422, body
    for field in ("given_name", "family_name", "capacity", "as_organisation", "email"):
        sent = {**form, "family_name": "Martin", field: (io.BytesIO(b"x"), "x.txt")}
        assert client.post(path, data=sent, content_type="multipart/form-data").status_code in {303, 422}, field


@ON_SQLITE
def test_every_form_behind_a_log_in_is_such_a_form(app: Flask) -> None:
    assert [form.__name__ for form in FlaskForm.__subclasses__() if form.__module__.startswith("tribune.")] == [
        OrganiserForm.__name__
    ]


def test_a_number_that_no_row_has_is_nobodys(client: Reader) -> None:
    letter = make_letter()
    client.log_in(owner_of(letter))
    base = f"/manage/letters/{letter.id}"
    token = client.fields("/manage/account")["csrf_token"]
    pages = "mail?person=", "send?person=", "send?ids=", "send?tick="
    for number in ("0", "-1", "9223372036854775808", "9" * 5000, "1_0", "x"):
        for page in pages:
            assert client.get(f"{base}/invitations/{page}{number}").status_code == 200, (page, number)
        assert client.get(f"{base}/signatures/batches/new?verb=hide&ids={number}").status_code == 303, number
        for button, sent in (("review/clear", {"kind": "joke", "id": number}), ("asking/attest", {"ids": number})):
            answer = client.post(f"{base}/{button}", data={"csrf_token": token, **sent})
            assert answer.status_code in {303, 400}, (button, number)


@ON_SQLITE
def test_a_host_that_is_not_ours_is_refused_whatever_else_is_wrong(client: Reader, letter: Letter) -> None:
    for path in ("/letters/rues", "/letters/rues?q=%00", "/nothing", "/manage/"):
        for answer in (client.get(path, headers={"Host": "x, y"}), client.post(path, headers={"Host": "evil.test"})):
            assert answer.status_code == 400 and answer.mimetype == "text/plain", path
            assert "PUBLIC_URL" in answer.text, path  # most often a proxy that forwards no host


def test_an_address_made_of_anything_is_a_page_that_is_not_there(client: Reader, letter: Letter) -> None:
    below = "/letters/", "/signatures/confirm/", "/signatures/not-me/", "/organisers/log-in/"
    for before, (case, value) in product(below, HOSTILE.items()):
        for answer in (client.get(before + quote(value, safe="")), client.post(before + quote(value, safe=""))):
            assert answer.status_code in {400, 404, 405, 410}, (before, case)
            assert "alert(1)<" not in answer.text


@ON_SQLITE
def test_a_header_made_of_anything_breaks_nothing(client: Reader, letter: Letter) -> None:
    body = urlencode({key: value.decode() for key, value in good(client).items()})
    for name in HEADERS[:7]:  # the others: tests/abuse/fuzz.py
        for value in STRANGE:
            headers = {"Content-Type": FORM, name: value}
            assert client.get("/letters/rues", headers=headers).status_code in {200, 304}
            assert client.post(SIGN, data=body, headers=headers).status_code in {303, 403, 422}
