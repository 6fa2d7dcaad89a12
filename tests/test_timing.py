"""A statement that takes long is written down, once, without a value."""

import json
import re
import time
from collections.abc import Callable, Iterator
from typing import Any

import click
import pytest
import sqlalchemy as sa
from flask import Flask

from tests.databases import ON_POSTGRESQL
from tests.threads import LONG
from tribune.database import db
from tribune.timing import LONGEST

CANARY = "canari@example.org"
SECONDS = "0.3"  # longer than the default


@pytest.fixture
def slow(make_app: Callable[..., Flask]) -> Iterator[Flask]:
    """A site with a page whose one statement takes SECONDS on its database."""
    app = make_app(SLOW_STATEMENT_MS=200)

    @app.get("/slow/<token>")
    def page(token: str) -> str:
        ask(token)
        return ""

    with app.app_context():
        yield app


def ask(token: str) -> None:
    """A statement that takes SECONDS, with a value that is bound and one that is not."""
    text = f"SELECT :value, 'it''s {CANARY}', {napping()}"
    db.session.execute(sa.text(text), {"value": token})


def napping() -> str:
    """How each database sleeps."""
    if db.engine.dialect.name == "postgresql":
        return f"pg_sleep({SECONDS})"
    raw: Any = db.session.connection().connection.driver_connection
    raw.create_function("nap", 1, time.sleep)
    return f"nap({SECONDS})"


def printed(capsys: pytest.CaptureFixture[str]) -> tuple[list[dict[str, Any]], str]:
    text = capsys.readouterr().err
    return [line for line in map(json.loads, text.splitlines()) if line["event"] == "slow statement"], text


def slept(capsys: pytest.CaptureFixture[str]) -> tuple[list[dict[str, Any]], str]:
    """What is written of the statements that sleep: on a busy machine any other may be slow too."""
    lines, text = printed(capsys)
    return [line for line in lines if re.search("sleep|nap", line["statement"])], text


def test_it_is_written_once_with_the_rule_and_without_values(slow: Flask, capsys: pytest.CaptureFixture[str]) -> None:
    answer = slow.test_client().get(f"/slow/{CANARY}")
    assert answer.status_code == 200
    [line], text = slept(capsys)
    assert line["rule"] == "/slow/<token>" and line["milliseconds"] >= 300 and line["request_id"]
    assert line["statement"].startswith("SELECT ") and "'…', " in line["statement"]
    assert "canari" not in text


def test_of_a_command_none_is(slow: Flask, capsys: pytest.CaptureFixture[str]) -> None:
    with click.Context(click.Command("restore")):
        ask("x")
    assert printed(capsys)[0] == []
    with slow.test_request_context("/nowhere"):
        ask("x")
    assert [line["rule"] for line in slept(capsys)[0]] == [None]


def test_what_is_quick_is_not_and_zero_writes_nothing(slow: Flask, capsys: pytest.CaptureFixture[str]) -> None:
    slow.config["SLOW_STATEMENT_MS"] = 1000 * LONG  # on a busy machine the usual one is over before a quick statement
    slow.test_client().get("/")
    slow.config["SLOW_STATEMENT_MS"] = 0
    slow.test_client().get("/slow/x")
    assert printed(capsys)[0] == []


def test_outside_a_request_it_is_written_too(slow: Flask, capsys: pytest.CaptureFixture[str]) -> None:
    ask(CANARY)
    [line], text = slept(capsys)
    assert line["rule"] is None and "request_id" not in line and "canari" not in text


def test_a_long_list_of_values_does_not_hide_the_statement(slow: Flask, capsys: pytest.CaptureFixture[str]) -> None:
    many = sa.literal("x").not_in([str(number) for number in range(600)])
    asked = sa.select(sa.text(napping())).where(many, sa.literal(1) < sa.literal(2))
    db.session.execute(asked.suffix_with(sa.text(f"/* {'a' * LONGEST} */")))
    [line], _ = slept(capsys)
    assert ", …)" in line["statement"] and " < " in line["statement"] and len(line["statement"]) == LONGEST


@ON_POSTGRESQL
def test_one_that_fails_after_a_while_is_written(slow: Flask, capsys: pytest.CaptureFixture[str]) -> None:
    db.session.execute(sa.text("SET statement_timeout = '250ms'"))
    with pytest.raises(sa.exc.OperationalError):
        ask(CANARY)
    [line], text = slept(capsys)
    assert line["milliseconds"] >= 250 and "canari" not in text
