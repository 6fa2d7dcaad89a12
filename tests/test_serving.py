"""The server says in a sentence why it cannot start, and goes on once it has."""

import os
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from flask import Flask
from waitress.adjustments import Adjustments
from waitress.parser import HTTPRequestParser
from werkzeug.test import Client

from tests import canary
from tests.conftest import SETTINGS
from tests.factories import make_letter, make_signature
from tests.servers.site import HOST
from tests.servers.small import small_site
from tribune import ROOT
from tribune.kept import Kept
from tribune.serving import QUICK_IN_A_ROW, Waiting


def test_a_port_that_is_taken_is_said_in_a_sentence(tmp_path: Path) -> None:
    env = {**os.environ, "TRIBUNE_INSTANCE_PATH": str(tmp_path), "TRIBUNE_SECRET_KEY": str(SETTINGS["SECRET_KEY"])}
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = str(other.getsockname()[1])
        command = [sys.executable, "-m", "flask", "--app", "wsgi", "serve", "--port", port]
        env["TRIBUNE_PUBLIC_URL"] = f"http://127.0.0.1:{port}"
        done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    canary.check(done.stdout + done.stderr)
    assert done.returncode == 1
    assert f"port {port}" in done.stderr and "--port" in done.stderr and "Traceback" not in done.stderr


READERS, PAGES = 6, 100  # three times as many as ended a process of Python 3.11 that collected where it liked


def test_many_who_read_pages_that_are_made_anew_do_not_end_the_process(migrated_sqlite: Path) -> None:
    with small_site(migrated_sqlite) as (site, app):
        with app.app_context():
            letter = make_letter(slug="rues")
            for _ in range(100):
                make_signature(letter)

        def read(reader: int) -> set[int]:
            connection = HTTPConnection(HOST, site.port, timeout=60)
            found = set()
            for number in range(PAGES):
                for page in ("/letters/rues", "/letters/rues/signatories"):
                    connection.request("GET", f"{page}?reader={reader}&number={number}")
                    answer = connection.getresponse()
                    answer.read()
                    found.add(answer.status)
            connection.close()
            return found

        with ThreadPoolExecutor(READERS) as readers:
            assert set().union(*readers.map(read, range(READERS))) == {200}


def test_who_waits_for_a_thread_leaves_no_line(migrated_sqlite: Path) -> None:
    def read(_number: int) -> int:
        connection = HTTPConnection(HOST, site.port, timeout=60)
        connection.request("GET", "/static/tribune.css")
        status = connection.getresponse().status
        connection.close()
        return status

    with small_site(migrated_sqlite, THREADS="1") as (site, _app):
        with ThreadPoolExecutor(READERS) as readers:
            assert set(readers.map(read, range(PAGES))) == {200}
        assert "waitress" not in site.output


def asking(words: str) -> Any:
    """A connection with a request as waitress has read it."""
    request = HTTPRequestParser(Adjustments())
    request.received(f"{words} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
    return SimpleNamespace(words=words, requests=[request])


def test_pages_that_are_kept_do_not_wait_for_who_signs_nor_for_ever_let_them_wait(app: Flask) -> None:
    make_letter(slug="rues")
    kept = Kept(app.wsgi_app)
    assert Client(kept).get("/letters/rues").status_code == 200
    waiting = Waiting(kept)
    first, second = asking("POST /letters/rues/sign"), asking("GET /letters/rues?q=zoe")
    readers = [asking("GET /letters/rues") for _ in range(QUICK_IN_A_ROW + 1)]
    for each in (first, second, *readers):
        waiting.append(each)
    served = [waiting.popleft() for _ in range(len(waiting))]
    assert served == [*readers[:QUICK_IN_A_ROW], first, readers[-1], second] and len(waiting) == 0
