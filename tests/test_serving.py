"""The server says in a sentence why it cannot start, and goes on once it has."""

import os
import re
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from http.client import HTTPConnection
from io import BytesIO
from itertools import product
from pathlib import Path
from typing import Any

import pytest
import waitress
from flask import Flask
from waitress import wasyncore
from waitress.channel import HTTPChannel

from tests import canary
from tests.conftest import SETTINGS
from tests.databases import ON_SQLITE
from tests.servers import postgresql
from tests.servers.disk import small_disk
from tests.servers.site import HOST, Site, serve
from tests.servers.small import small_site
from tests.shell import shell
from tribune import ROOT, serving


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


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_server_without_the_schema_says_what_to_type(kind: str, postgresql_server: str, tmp_path: Path) -> None:
    with postgresql.fresh_database(postgresql_server) as url:
        database = url if kind == "postgresql" else f"sqlite:///{tmp_path / 'empty.sqlite'}"
        settings = {"SECRET_KEY": str(SETTINGS["SECRET_KEY"]), "SQLALCHEMY_DATABASE_URI": database}
        with serve({f"TRIBUNE_{name}": value for name, value in settings.items()}) as site:
            site.wait_for_output("flask db upgrade")
            site.wait_for_output(f"listening on {HOST}, port {site.port}, for http")
            site.wait_for_output("the database fails")
            assert "Traceback" not in site.output
            with closing(HTTPConnection(HOST, site.port, timeout=60)) as connection:
                connection.request("GET", "/")
                answer = connection.getresponse()
                assert (answer.status, answer.headers["Retry-After"]) == (503, "10")


@ON_SQLITE
def test_a_port_that_there_is_not_is_wrong_usage_and_a_host_is_said_in_a_sentence(app: Flask) -> None:
    code, said = shell(app, "serve", "--port", "99999")
    assert code == 2 and "65535" in said
    code, said = shell(app, "serve", "--host", "a..b")
    assert code == 1 and said.startswith("Error: Nothing can listen on a..b, port 5000")


# As a server of Python 3.11 has it: a ring of objects, and which thread found that nobody needs it any more.
COLLECTED = """
import gc, threading, weakref
from tribune import serving
class Ring: pass
serving.collect_garbage_apart()
found, ring = [], Ring()
ring.ring, gone = ring, threading.Event()
weakref.finalize(ring, lambda: (found.append(threading.current_thread().name), gone.set()))
del ring
gone.wait(60)
print(gc.isenabled(), *found)
"""


def test_garbage_is_collected_by_one_thread_and_nobody_else() -> None:
    done = subprocess.run([sys.executable, "-c", COLLECTED], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "garbage"]


READERS, PAGES = 6, 100


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


UNREADABLE = [
    b"get / HTTP/1.1",
    b"GET / HTTP/1.0",
    b"GET http://[::1/x HTTP/1.1",
    b"GET / HTTP/1.1\r\nX-A: \x01",
    b"\x01",
    b"GET / HTTP/1.1\r\nX-A:" + b" " * 250_000 + b"\x01",  # each of these two stopped the site for minutes
    b"GET a://" + b"1" * 250_000 + b" x",
    b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\nGET / HTTP/1.1",
]


@pytest.fixture(scope="module")
def site(migrated_sqlite: Path) -> Iterator[Site]:
    """One for those who only ask it something."""
    with small_site(migrated_sqlite) as (site, _app):
        yield site


def test_what_cannot_be_read_is_answered_alone_and_after_others(site: Site) -> None:
    good = f"GET /healthz HTTP/1.1\r\nHost: {HOST}:{site.port}\r\n\r\n".encode()
    for words, (before, answers) in product(UNREADABLE, ((b"", [b"400"]), (good, [b"200", b"400"]))):
        with socket.create_connection((HOST, site.port), timeout=60) as talk:
            talk.sendall(before + words + b"\r\n\r\n")
            said = b"".join(iter(lambda: talk.recv(2**16), b""))  # until it hangs up
        assert re.findall(rb"^HTTP/1\.[01] (\d+)", said, re.MULTILINE) == answers, words
        assert b"trop gros" not in said, words
    assert "exception" not in site.output


def test_after_an_answer_without_a_page_the_connection_stays_unless_it_was_to_be_closed(site: Site) -> None:
    """A proxy would connect anew for each; whoever waits for the end of an answer would wait until it was idle."""
    for asked, closes in (("1.1", False), ("1.1\r\nConnection: Close", True), ("1.0", True)):
        with socket.create_connection((HOST, site.port), timeout=60) as talk:
            talk.sendall(f"GET / HTTP/{asked}\r\nHost: {HOST}:{site.port}\r\nIf-None-Match: *\r\n\r\n".encode())
            said = talk.recv(2**16)
        assert b" 304 " in said and (b"Connection: close" in said) is closes, asked


def test_what_is_larger_than_any_file_of_ours_is_not_waited_for(site: Site) -> None:
    with socket.create_connection((HOST, site.port), timeout=60) as talk:
        talk.sendall(f"POST /letters/x/sign HTTP/1.1\r\nHost: {HOST}\r\nContent-Length: {2**26}\r\n\r\n".encode())
        with talk.makefile("rb") as answer:
            said = answer.read().decode()
        assert said.startswith("HTTP/1.1 413 ") and "Ce fichier est trop gros" in said and "max_body" not in said


def test_what_finds_no_room_in_the_temporary_folder_is_answered_in_words(
    migrated_sqlite: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    post = f"POST /letters/x/sign HTTP/1.1\r\nHost: {HOST}:{{}}\r\n{{}}\r\n\r\n"
    megabyte = b"x" * 2**20
    whole = "Content-Length: 5242880", 5 * megabyte
    in_parts = "Transfer-Encoding: chunked", 5 * (b"100000\r\n" + megabyte + b"\r\n") + b"0\r\n\r\n"
    with small_disk(tmp_path, megabytes=1) as disk:
        monkeypatch.setenv("TMPDIR", str(disk))
        with small_site(migrated_sqlite) as (site, _app):
            for length, body in (whole, in_parts):
                with socket.create_connection((HOST, site.port), timeout=60) as talk:
                    talk.sendall(post.format(site.port, length).encode() + body)
                    with talk.makefile("rb") as answer:
                        said = answer.read().decode()
                assert said.startswith("HTTP/1.1 503 ") and "Le site n’a pas de place" in said, length
                assert "Retry-After: 120" in said
            assert site.output.count("the temporary folder takes nothing of what is sent: No space left on device") == 2
            assert "exception" not in site.output
            assert sum(file.stat().st_size for file in disk.iterdir()) == 0


def test_what_stands_between_the_parts_of_a_body_is_not_waited_for_without_end(site: Site) -> None:
    """Some megabytes of it, then a byte at a time, kept the site from everybody else, as it was read anew each time."""
    in_parts = (
        f"POST /letters/x/sign HTTP/1.1\r\nHost: {HOST}:{site.port}\r\nTransfer-Encoding: chunked\r\n\r\n".encode()
    )
    between, behind = b"1" * 2**14, b"1\r\nx\r\n0\r\nX-A: " + b"a" * 2**14
    for parts, status in ((between, b"400"), (behind, b"400"), (b"1;a=b\r\nx\r\n0\r\nX-A: a\r\n\r\n", b"404")):
        with socket.create_connection((HOST, site.port), timeout=60) as talk:
            talk.sendall(in_parts + parts)
            assert talk.recv(2**16)[:12] == b"HTTP/1.1 " + status, parts[:20]


def test_of_a_long_answer_no_more_is_in_memory_than_its_reader_has_yet_to_take() -> None:
    held: list[int] = []

    def long(_environ: Any, start_response: Any) -> Iterator[bytes]:
        start_response("200 OK", [])
        for _ in range(200):
            channel = next(each for each in list(server._map.values()) if isinstance(each, HTTPChannel))
            waits = [each.buf.getfile() for each in channel.outbufs if each.buf]
            held.append(sum(file.getbuffer().nbytes for file in waits if isinstance(file, BytesIO)))
            yield b"x" * 20_000

    server = waitress.create_server(long, host=HOST, port=0, outbuf_overflow=serving.IN_MEMORY)
    running = threading.Thread(target=server.run, daemon=True)
    running.start()
    try:
        with closing(HTTPConnection(HOST, server.effective_port, timeout=60)) as connection:
            connection.request("GET", "/")
            assert len(connection.getresponse().read()) == 200 * 20_000
    finally:
        server.task_dispatcher.shutdown()
        # By its own thread: another would close sockets on which it is about to wait.
        server.trigger.pull_trigger(lambda: wasyncore.close_all(server._map))
    running.join(10)
    assert not running.is_alive()
    assert max(held) < 6 * serving.IN_MEMORY
