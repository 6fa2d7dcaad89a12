"""What the site writes down: enough to find what went wrong, and nothing about whom."""

import json
import logging
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from time import process_time
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask

from tests.canary import Canary, check
from tests.conftest import SETTINGS, new_app
from tests.databases import ON_SQLITE
from tests.factories import confirm_path, latest_signature, make_letter, make_member, make_organiser, posted
from tests.page import Reader
from tests.servers.site import serve
from tribune import logs
from tribune.database import db, write
from tribune.mine.answering import answer_due
from tribune.organisers.links import log_in_link
from tribune.outbox.delivery import deliver_due
from tribune.teams.models import Role
from tribune.tokens import Purpose, issue

CANARY = {"given_name": "Canari", "family_name": "Jaune", "email": "canari@example.org", "organisation": "Volière"}


@pytest.fixture
def app(make_app: Callable[..., Flask], monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    """A site of its own, to which a test adds a page that fails; no page is slow here, however busy the machine is."""
    monkeypatch.setattr(logs, "SLOW", 60.0)
    app = make_app()
    with app.app_context():
        yield app


def printed(capsys: pytest.CaptureFixture[str]) -> tuple[list[dict[str, Any]], str]:
    """The lines printed since the last look, read and as they are."""
    text = capsys.readouterr().err
    return [json.loads(line) for line in text.splitlines()], text


@ON_SQLITE
def test_the_log_of_a_signature_names_the_request_and_nobody(
    app: Flask, client: Reader, capsys: pytest.CaptureFixture[str]
) -> None:
    make_letter(make_organiser(), slug="rues")
    client.sign("rues", **CANARY)
    client.post(confirm_path(latest_signature()))
    client.get("/letters/rues/signatories?q=canari")
    client.post("/signatures/new-link", data={**client.fields("/signatures/new-link"), "email": CANARY["email"]})
    answer_due()
    deliver_due()
    written, text = printed(capsys)
    assert [(line["method"], line["rule"], line["status"]) for line in written] == [
        ("POST", "/letters/<slug>/sign", 303),
        ("POST", "/signatures/confirm/<token>", 303),
        ("POST", "/signatures/new-link", 303),
    ]
    assert len({line["request_id"] for line in written}) == 3
    told = text.lower()
    assert not [word for word in (*CANARY.values(), "127.0.0.1") if word.lower() in told]
    assert confirm_path(latest_signature()).rpartition("/")[2] not in told


def test_what_the_worker_says_of_a_mail_leads_to_the_request_that_posted_it(
    app: Flask, client: Reader, capsys: pytest.CaptureFixture[str]
) -> None:
    make_letter(make_organiser(), slug="rues")
    client.sign("rues", **CANARY)
    [line] = printed(capsys)[0]
    [message] = posted()
    assert line["mails"] == [message.id]
    with write():
        message.links = {"confirm": {}}
    deliver_due()
    lines = printed(capsys)[0]
    assert [line["event"].partition(" (")[0] for line in lines] == [
        f"mail {message.id} cannot be made",
        f"mail {message.id} is put off",
    ]
    assert not any("request_id" in line for line in lines)


@ON_SQLITE
def test_an_error_is_found_by_the_number_on_its_page(
    app: Flask, client: Reader, capsys: pytest.CaptureFixture[str]
) -> None:
    app.config["PROPAGATE_EXCEPTIONS"] = False

    @app.get("/wrong/<token>")
    def wrong(token: str) -> str:
        raise ValueError(f"canari@example.org {token}")

    token = issue(Purpose.CONFIRM, [1, "a nonce"])
    number = re.search(r"<code>(\w+)</code>", client.get(f"/wrong/{token}").text)
    assert number
    written = [line for line in printed(capsys)[0] if line["request_id"] == number[1]]
    assert [line["level"] for line in written] == ["error", "warning"]
    assert "ValueError" in written[0]["exception"] and "test_logs.py" in written[0]["exception"]
    assert written[1]["rule"] == "/wrong/<token>" and written[1]["status"] == 500
    assert "canari" not in str(written) and token not in str(written)


@ON_SQLITE
def test_a_page_that_is_read_in_time_is_not_written_down(
    client: Reader, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    client.get("/")
    client.get("/letters/nowhere")  # what crawlers do all day
    client.head("/")
    client.options("/")
    assert printed(capsys)[0] == []
    monkeypatch.setattr(logs, "SLOW", 0.0)
    client.get("/")
    [line] = printed(capsys)[0]
    assert (line["event"], line["level"], line["rule"]) == ("slow", "warning", "/")


@ON_SQLITE
def test_who_comes_in_or_is_refused_leaves_a_line(client: Reader, capsys: pytest.CaptureFixture[str]) -> None:
    letter, viewer = make_letter(), make_organiser()
    make_member(letter, Role.VIEWER, viewer)
    number = viewer.id
    client.log_in(viewer)
    link = urlsplit(log_in_link(viewer).url()).path
    client.log_in(viewer)  # which replaces the nonce of the link
    client.post(link, data=client.fields("/manage/"))
    client.get(f"/manage/letters/{letter.id}/edit")
    client.get(f"/manage/letters/{make_letter().id}/edit")  # of another team
    client.post("/organisers/log-out")
    found = [(line["method"], line["rule"], line["status"], line.get("organiser")) for line in printed(capsys)[0]]
    assert found == [
        ("POST", "/organisers/log-in/<token>", 303, number),
        ("POST", "/organisers/log-in/<token>", 303, number),
        ("POST", "/organisers/log-in/<token>", 410, number),
        ("GET", "/manage/letters/<int:letter_id>/edit", 403, number),
        ("GET", "/manage/letters/<int:letter_id>/edit", 404, number),
        ("POST", "/organisers/log-out", 400, number),
    ]


@ON_SQLITE
def test_what_is_logged_stays_on_one_line_and_tells_its_moment_in_utc(
    app: Flask, capsys: pytest.CaptureFixture[str]
) -> None:
    logging.getLogger("tribune.tests").warning("one\r\n\x1b[2J\u2028{%s}", '"level": "info"')
    [line], text = printed(capsys)
    assert line["event"] == 'one\r\n\x1b[2J\u2028{"level": "info"}' and line["level"] == "warning"
    assert line["timestamp"].endswith("Z") and text.count("\n") == 1
    assert "\x1b" not in text and "\u2028" not in text


@ON_SQLITE
@pytest.mark.parametrize(
    ("proxies", "given", "kept"), [(1, "from-the-proxy", True), (0, "from-anybody", False), (1, "a b", False)]
)
def test_a_request_keeps_the_name_that_a_trusted_proxy_gave_it(
    make_app: Callable[..., Flask], capsys: pytest.CaptureFixture[str], proxies: int, given: str, kept: bool
) -> None:
    app = make_app(TRUSTED_PROXIES=proxies)
    with app.app_context():
        app.test_client().post("/nothing", headers={"X-Request-ID": given})
    [line] = printed(capsys)[0]
    assert (line["request_id"] == given) is kept and line["request_id"] and line["rule"] is None


def test_what_a_library_says_is_a_line_of_the_same_form_without_addresses(
    migrated_sqlite: Path, tmp_path: Path
) -> None:
    file = tmp_path / "tribune.sqlite"
    file.write_bytes(migrated_sqlite.read_bytes())
    settings = {f"TRIBUNE_{name}": str(value) for name, value in SETTINGS.items() if name != "PUBLIC_URL"}
    settings |= {"TRIBUNE_SQLALCHEMY_DATABASE_URI": f"sqlite:///{file}", "TRIBUNE_MAIL_WORKER": "on"}
    settings |= {
        "TRIBUNE_MAIL_SERVER": "127.0.0.1",
        "TRIBUNE_MAIL_PORT": "1",
        "TRIBUNE_MAIL_DEFAULT_SENDER": "t@example.org",
    }
    app = new_app(settings["TRIBUNE_SQLALCHEMY_DATABASE_URI"], tmp_path)
    with app.app_context():
        make_letter(make_organiser(), slug="rues")
        app.test_client().sign("rues", **CANARY)  # type: ignore[attr-defined]
        db.session.remove()
        db.engine.dispose()
    with serve(settings) as site:
        site.wait_for_output("mail cannot leave now")
        output = site.output
    assert all(json.loads(line)["logger"] for line in output.splitlines())
    assert "example.org" not in output


@ON_SQLITE
def test_addresses_tokens_and_rows_are_taken_out_of_any_text(app: Flask) -> None:
    token = issue(Purpose.CONFIRM, [1, "a nonce"])
    said = f"to <zoe@example.org>: https://t/confirm/{token} failed\nDETAIL:  Key (email)=(x).\nsqlalchemy.exc.Error"
    assert logs.redact(said) == (
        "to <[address]>: https://t/confirm/[token] failed\nDETAIL: [row]\nsqlalchemy.exc.Error"
    )


def test_a_long_path_is_redacted_in_no_time() -> None:
    """An error quotes it. Were a token looked for from each of its letters, that would take half a minute."""
    started = process_time()
    for letters in (".", "a.", "a", "a@"):
        logs.redact(letters * 20_000)
    assert process_time() - started < 10


@ON_SQLITE
def test_the_canary_of_the_suite_sees_an_address_a_token_and_a_key_and_nothing_else(app: Flask) -> None:
    check(
        "POST /letters/<slug>/sign 303 in 12 ms\nhttp://127.0.0.1:5000/letters/rues\n@app.get tribune.outbox.delivery"
    )
    cookie = app.session_interface.get_signing_serializer(app).dumps({"_user_id": "1"})  # type: ignore[attr-defined]
    for secret in ("zoe@example.org", issue(Purpose.CONFIRM, [1]), cookie, app.config["SECRET_KEY"], "0f" * 32):
        with pytest.raises(AssertionError):
            check(f"well\nsaid {secret} aloud")


def test_the_canary_looks_at_what_our_code_says_before_the_last_net_does() -> None:
    canary = Canary()
    for name in ("a.library", "tribune.outbox.delivery"):
        canary.handle(logging.LogRecord(name, logging.INFO, __file__, 1, "to %s", ("zoe@example.org",), None))
        if name == "a.library":
            canary.check()  # the net takes it out
    with pytest.raises(AssertionError, match=r"to zoe@example\.org"):
        canary.check()
    canary.check()
