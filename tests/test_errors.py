"""When the database fails: a page that says to come back, a log that says why, and nobody's name in it."""

import errno
import logging
from collections.abc import Callable, Iterator

import pytest
import sqlalchemy as sa
from flask import Flask
from werkzeug.exceptions import ServiceUnavailable, TooManyRequests

from tests.databases import ON_SQLITE
from tests.factories import make_letter, make_organiser, make_signature
from tests.page import Reader, hidden_fields, words
from tribune.database import DatabaseBusy, run, write
from tribune.extensions import csrf
from tribune.signatures.actions import new_signature


@pytest.fixture
def app(make_app: Callable[..., Flask]) -> Iterator[Flask]:
    """A site of its own, to which each test adds a page that fails."""
    app = make_app()
    with app.app_context():
        yield app


def test_a_database_that_fails_is_a_page_that_says_when_to_come_back(
    app: Flask, client: Reader, caplog: pytest.LogCaptureFixture
) -> None:
    @app.get("/broken")
    def broken() -> str:
        raise sa.exc.OperationalError("INSERT", {"email": "zoe@example.org"}, Exception("disk is full"))

    answer = client.get("/broken")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "10")
    assert "Le site ne peut pas le faire pour le moment" in answer.text and "Rien n’est perdu" in answer.text
    assert "disk is full" in caplog.text and "zoe@example.org" not in caplog.text


def test_a_schema_that_has_moved_on_is_the_same(app: Flask, client: Reader, caplog: pytest.LogCaptureFixture) -> None:
    make_letter(slug="rues")
    with write():
        run(sa.text("ALTER TABLE letters RENAME COLUMN slug TO name"))
    for page in ("/", "/letters/rues"):
        answer = client.get(page)
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "10")
    assert "slug" in caplog.text and "SELECT" not in caplog.text


def test_a_statement_that_makes_no_sense_is_an_error_of_ours(
    app: Flask, client: Reader, caplog: pytest.LogCaptureFixture
) -> None:
    app.config["PROPAGATE_EXCEPTIONS"] = False

    @app.get("/wrong")
    def wrong() -> str:
        raise sa.exc.ProgrammingError("SELECT", {"email": "zoe@example.org"}, Exception("syntax"))

    assert client.get("/wrong").status_code == 500 and "ProgrammingError" in caplog.text


def test_a_database_that_is_held_is_the_same(app: Flask, client: Reader) -> None:
    @app.get("/held")
    def held() -> str:
        raise DatabaseBusy

    answer = client.get("/held")
    assert answer.status_code == 503 and "Le site est très sollicité" in answer.text


@ON_SQLITE
def test_a_form_that_comes_meanwhile_is_given_back_to_be_copied_or_sent_again(app: Flask, client: Reader) -> None:
    """Of a page that may not be kept, which is every one but the public ones, browsers forget what was typed."""
    errors: list[Exception] = [DatabaseBusy(), ServiceUnavailable(), TooManyRequests(retry_after=60)]

    @app.post("/refused")
    @csrf.exempt
    def refused() -> str:
        raise errors.pop()

    sent = {"question": "Qui relit\n<b>le texte</b> ?", "seen": "abc"}
    html = {"Accept": "text/html"}
    for code in (429, 503, 503):
        given = client.post("/refused", data=sent, headers=html)
        assert (given.status_code, given.headers["Cache-Control"]) == (code, "no-store")
        assert "Qui relit\n&lt;b&gt;le texte&lt;/b&gt; ?" in given.text.partition("<textarea")[2]
        assert dict(hidden_fields(given.text)) == sent and "data-once" in given.text
        assert "autre onglet" not in given.text  # nobody has been logged out
    for headers in ({**html, "Sec-Fetch-Site": "cross-site"}, {"Accept": "application/json"}):
        errors.append(DatabaseBusy())
        assert "Qui relit" not in client.post("/refused", data=sent, headers=headers).text
    errors.append(DatabaseBusy())
    too_long = client.post("/refused", data={"question": "Qui " * app.config["MAX_CONTENT_LENGTH"]}, headers=html)
    assert too_long.status_code == 503 and "Qui" not in words(too_long.text)


@ON_SQLITE
def test_an_error_of_ours_is_a_page_in_the_readers_language(
    app: Flask, client: Reader, caplog: pytest.LogCaptureFixture
) -> None:
    app.config["PROPAGATE_EXCEPTIONS"] = False

    errors = [ZeroDivisionError(), OSError(errno.ENOENT, "no such file"), OSError(errno.EDQUOT, "no share left")]

    @app.get("/wrong")
    def wrong() -> str:
        raise errors.pop()

    assert [client.get("/wrong").status_code for _ in range(2)] == [503, 500]  # a disk is full, and what is none
    with caplog.at_level(logging.ERROR):
        answer = client.get("/wrong")
    assert answer.status_code == 500 and "ZeroDivisionError" in caplog.text
    assert "ZeroDivisionError" not in answer.text and '<html lang="fr"' in answer.text


@ON_SQLITE
def test_an_error_leads_on_in_the_language_that_was_asked(client: Reader) -> None:
    page = client.get("/nowhere?lang=en").text
    assert '<a href="/?lang=en">Open letters</a>' in page and "<code>" not in page  # a number is for errors of ours


@ON_SQLITE
def test_an_error_at_the_desk_leads_back_to_it(client: Reader) -> None:
    assert 'href="/manage/"' not in client.get("/nothing").text
    client.log_in(make_organiser())
    answer = client.get("/manage/letters/1")
    assert answer.status_code == 404 and 'href="/manage/"' in answer.text


def test_an_error_of_the_database_does_not_tell_whose_row_it_was(app: Flask) -> None:
    letter = make_letter()
    signature = make_signature(letter, family_name="Secret", email="zoe@example.org")
    with pytest.raises(sa.exc.IntegrityError) as failed, write() as session:
        again = new_signature(
            letter, given_name="Zoé", family_name="Secret", role="", organisation="", email="zoe@example.org",
            capacity="personal", locale="fr", published=True, news=False,
        )  # fmt: skip
        again.public_id = signature.public_id
        session.add(again)
    assert "Secret" not in str(failed.value) and "zoe@" not in str(failed.value)


@ON_SQLITE
def test_a_slash_too_many_leads_to_the_page(client: Reader) -> None:
    make_letter(slug="rues")
    for path in ("/letters/rues/", "/letters/rues/signatories/?q=zo%C3%A9", "/organisers/log-in//"):
        answer = client.get(path)
        assert (answer.status_code, answer.location) == (308, path.replace("/?", "?").rstrip("/"))
        assert client.get(answer.location).status_code == 200
    assert client.get("/letters/other/").location == "/letters/other"  # which then says that there is nothing
    for name in ("%0D%0AX-Other%3A%201", "%3Fq%3Dx", "%23x", "%C3%A9", "%0A"):
        assert client.get(f"/letters/rues{name}/").location == f"/letters/rues{name}"
    for path in ("/nothing/", "/%2Fexample.org/", "/.//example.org/"):
        assert client.get(path).status_code == 404
