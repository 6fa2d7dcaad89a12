"""The file that `flask signatures export --output` writes: for its owner alone, and whole or not at all."""

import os
import signal
import stat
import sys
from collections.abc import Iterator
from pathlib import Path
from threading import Thread
from types import SimpleNamespace
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.databases import ON_SQLITE
from tests.factories import make_letter, make_signature
from tests.shell import shell
from tribune.audit.models import Event, Verb
from tribune.database import db
from tribune.signatures import commands

pytestmark = ON_SQLITE


@pytest.fixture(autouse=True)
def open_handed(app: Flask) -> Iterator[None]:
    make_signature(make_letter(slug="rues"))
    before = os.umask(0o022)
    yield
    os.umask(before)


def export(app: Flask, output: Path, *more: str) -> int:
    return shell(app, "signatures", "export", "rues", "--output", str(output), *more)[0]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_nobody_else_reads_it_though_they_read_the_one_before(app: Flask, tmp_path: Path, kind: str) -> None:
    output = tmp_path / "list"
    output.touch(0o644)
    assert export(app, output, "--format", kind) == 0
    assert stat.S_IMODE(output.stat().st_mode) == 0o600 and output.stat().st_size > 100


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_one_that_is_broken_off_leaves_the_one_before(
    app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    def broken(*_row: Any) -> list[str]:
        raise RuntimeError

    output = tmp_path / "list"
    output.write_text("of yesterday")
    monkeypatch.setattr(commands, "cells", broken)
    with pytest.raises(RuntimeError):
        export(app, output, "--format", kind)
    assert output.read_text() == "of yesterday" and [*tmp_path.iterdir()] == [output]


def test_a_link_to_it_stays_a_link(app: Flask, tmp_path: Path) -> None:
    output, link = tmp_path / "list", tmp_path / "link"
    link.symlink_to(output)
    for _ in range(2):
        assert export(app, link) == 0
        assert link.is_symlink() and output.stat().st_size > 100


def test_a_pipe_is_written_as_it_is(app: Flask, tmp_path: Path) -> None:
    pipe, read = tmp_path / "pipe", list[bytes]()
    os.mkfifo(pipe)
    reader = Thread(target=lambda: read.append(pipe.read_bytes()), daemon=True)
    reader.start()
    assert export(app, pipe) == 0
    reader.join(10)
    assert read[0].count(b"\r\n") == 2 and pipe.is_fifo()


def test_without_a_file_or_an_output_nothing_is_exported(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(commands, "sys", SimpleNamespace(stdout=None))  # as after `>&-`
    assert shell(app, "signatures", "export", "rues") == (1, "Error: The output cannot be written: it is closed.\n")
    assert db.session.scalar(sa.select(Event.id).where(Event.verb == Verb.EXPORTED)) is None


@pytest.mark.parametrize("on_screen", [True, False])
def test_a_terminal_shows_how_far_it_came_unless_it_shows_the_rows(
    app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, on_screen: bool
) -> None:
    ours, theirs = os.openpty()
    with open(theirs, "w") as terminal:
        monkeypatch.setattr(sys, "stdout", terminal)
        monkeypatch.setattr(sys, "stderr", terminal)
        more = [] if on_screen else ["--output", str(tmp_path / "list")]
        commands.export.main(["rues", *more], standalone_mode=False)
        monkeypatch.undo()
        shown = os.read(ours, 10_000)
    os.close(ours)
    assert (b"100%" in shown, b"printed_line" in shown) == (not on_screen, on_screen)


def test_a_dash_is_standard_output(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    code, said = shell(app, "signatures", "export", "rues", "--output", "-")
    assert code == 0 and "Évrard" in said and [*tmp_path.iterdir()] == []


def test_one_that_is_asked_to_stop_leaves_nothing(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def asked(*_words: object) -> Iterator[bytes]:
        yield "Zoé Évrard".encode()
        os.kill(os.getpid(), signal.SIGTERM)
        yield b""

    monkeypatch.setattr(commands, "csv_parts", asked)
    before = signal.signal(signal.SIGTERM, signal.SIG_IGN)
    try:
        code, _ = shell(app, "signatures", "export", "rues", "--output", tmp_path / "list.csv")
        assert (code, list(tmp_path.glob("*list*"))) == (128 + signal.SIGTERM, [])
    finally:
        signal.signal(signal.SIGTERM, before)
