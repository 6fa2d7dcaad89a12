"""Reporting a letter: a form without cookie that writes to whoever runs the site."""

from collections.abc import Callable, Iterator

import pytest
from flask import Flask

from tests.databases import ON_SQLITE
from tests.factories import make_letter, posted
from tests.page import Reader
from tribune.outbox.mailboxes import mailbox_key
from tribune.signatures.actions import not_me

pytestmark = ON_SQLITE

REPORT = {"reason": "data", "message": "Je n'ai pas signé.\nLéa Martin", "email": "lea@example.org"}


@pytest.fixture
def reader(make_app: Callable[..., Flask]) -> Iterator[Reader]:
    app = make_app(OPERATOR_CONTACT="operator@example.org")
    with app.app_context():
        make_letter(slug="rues", title="Pour l'air des rues")
        client = app.test_client()
        assert isinstance(client, Reader)
        yield client


def send(reader: Reader, **typed: str) -> int:
    path = "/letters/rues/report"
    return reader.post(path, data={**reader.fields(path), **REPORT, **typed}).status_code


def test_a_report_is_mailed_to_whoever_runs_the_site(reader: Reader) -> None:
    for page in ("", "/signatories", "/versions", "/versions/1"):
        assert 'href="/letters/rues/report"' in reader.get(f"/letters/rues{page}").text, page
    assert send(reader) == 303
    [mail] = posted()
    assert (mail.recipient, mail.reply_to) == ("operator@example.org", "lea@example.org")
    assert (mail.subject or "").endswith(" Pour l’air des rues")
    address = "http://localhost/letters/rues"
    for words in (
        "Je n'ai pas signé.",
        "Léa Martin",
        "lea@example.org",
        "Elle révèle la vie privée",
        address,
        "take-down rues",
        "withhold rues",
    ):
        assert words in (mail.text or "")
    assert f'href="{address}">La tribune</a>' in (mail.html or "")
    assert "Votre signalement est envoyé" in reader.get("/letters/rues/report/sent").text


def test_the_legal_notice_says_to_whom_one_writes_there(reader: Reader) -> None:
    assert "permet d’écrire à l’éditeur." in reader.get("/legal").text


def test_without_an_address_of_whoever_runs_the_site_one_writes_to_the_organisers(client: Reader) -> None:
    make_letter(slug="rues", contact="rues@example.org")
    assert "permet d’écrire à ses organisateurs." in client.get("/legal").text
    assert "Écrivez aux organisateurs" in client.get("/letters/rues/report").text


def test_a_mark_typed_into_a_report_is_no_button(reader: Reader) -> None:
    assert send(reader, message="Voyez :\n[[x]]\n[[code]]\n[[letter]]") == 303
    [mail] = posted()
    html = mail.html or ""
    assert "<p>[[letter]]</p>" in html and "[[letter]]\n" in (mail.text or "")
    assert "<p>[[x]]</p>" in html and "<p>[[code]]</p>" in html and "[[x]]\n" in (mail.text or "")


def test_a_report_without_an_address_cannot_be_answered(reader: Reader) -> None:
    assert send(reader, email="") == 303
    [mail] = posted()
    assert mail.reply_to is None and "Aucune adresse" in (mail.text or "")


def test_whoever_runs_the_site_reads_reports_even_after_saying_that_a_signature_was_not_theirs(reader: Reader) -> None:
    assert send(reader) == 303
    not_me(mailbox_key("operator@example.org"))
    assert len(posted()) == 1  # it waited for the mail server
    assert send(reader) == 303
    assert [mail.recipient for mail in posted()] == ["operator@example.org"] * 2


WRONG = [
    ({"message": ""}, "Dites ce qui ne va pas"),
    ({"reason": ""}, "Choisissez"),
    ({"reason": "x"}, "Choisissez"),
    ({"email": "nowhere"}, "adresse"),
    ({"message": "x" * 2001}, "2000"),
    ({"stamp": "x"}, "trop ancienne"),
    ({"website": "x"}, "caché"),
]


def test_what_is_wrong_is_said_and_nothing_typed_is_lost(reader: Reader) -> None:
    path = "/letters/rues/report"
    for typed, sentence in WRONG:
        answer = reader.post(path, data={**reader.fields(path), **REPORT, **typed})
        assert answer.status_code == 422 and sentence in answer.text, typed
        assert "Je n&#39;ai pas sign" in answer.text or "message" in typed, typed
    assert posted() == []


def test_a_flood_of_reports_is_stopped_with_another_way_to_write(reader: Reader) -> None:
    assert [send(reader) for _ in range(51)] == [303] * 50 + [422]
    assert len(posted()) == 50


def test_another_site_cannot_send_one(reader: Reader) -> None:
    path = "/letters/rues/report"
    answer = reader.post(path, data={**reader.fields(path), **REPORT}, headers={"Origin": "https://evil.example"})
    assert answer.status_code == 403 and posted() == []


def test_where_nobody_is_named_the_page_says_to_write_to_the_organisers(client: Reader) -> None:
    make_letter(slug="rues", contact="contact@example.org")
    assert 'href="mailto:contact@example.org"' in client.get("/letters/rues/report").text
