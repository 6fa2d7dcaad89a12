"""The server says in a sentence why it cannot start, and goes on once it has."""

import os
import re
import socket
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from http.client import HTTPConnection
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import waitress
from flask import Flask
from waitress import wasyncore
from waitress.adjustments import Adjustments
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser
from werkzeug.test import Client

from tests import canary
from tests.conftest import SETTINGS
from tests.factories import make_letter
from tests.servers import postgresql
from tests.servers.site import HOST, serve
from tests.servers.small import small_site
from tests.shell import shell
from tribune import ROOT, serving
from tribune import kept as keeping
from tribune import waiting as waiting_room
from tribune.abuse.shedding import Threads
from tribune.kept import Kept
from tribune.waiting import IN_A_ROW, Listening, Waiting


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


def test_a_port_that_there_is_not_is_wrong_usage(app: Flask) -> None:
    code, said = shell(app, "serve", "--port", "99999")
    assert code == 2 and "65535" in said


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


def asking(words: str, more: str = "") -> Any:
    """A connection with a request as waitress has read it."""
    request = HTTPRequestParser(Adjustments())
    request.received(f"{words} HTTP/1.1\r\nHost: localhost\r\n{more}\r\n".encode())
    return SimpleNamespace(requests=[request])


def served(kept: Kept, *asked: Any) -> list[Any]:
    """In which order they are, if all come at once."""
    waiting = Waiting(kept, writers=len(asked))
    for each in asked:
        waiting.append(each)
    order = [getattr(turn, "channel", turn) for turn in (waiting.popleft() for _ in asked)]
    assert len(waiting) == 0
    return order


@pytest.fixture
def kept(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Kept:
    """What keeps the page of a letter, for as long as it is wanted here."""
    monkeypatch.setattr(keeping, "KEPT", 3600)
    make_letter(slug="rues")
    kept = Kept(app.wsgi_app)
    assert Client(kept).get("/letters/rues").status_code == 200
    return kept


def test_pages_that_are_kept_do_not_wait_for_who_signs_nor_for_ever_let_them_wait(kept: Kept) -> None:
    first, second = asking("POST /letters/rues/sign"), asking("GET /letters/rues?q=zoe")
    readers = [asking("GET /letters/rues") for _ in range(IN_A_ROW + 1)]
    order = [*readers[:IN_A_ROW], first, readers[-1], second]
    assert served(kept, first, second, *readers) == order


def test_a_page_that_has_to_be_made_overtakes_one_who_signs(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "KEPT", 0)
    signing = [asking("POST /letters/rues/sign") for _ in range(2)]
    readers = [asking("GET /letters/rues") for _ in range(2)]
    assert served(kept, *signing, *readers) == [readers[0], signing[0], readers[1], signing[1]]


def test_a_part_of_a_page_is_not_in_memory(kept: Kept) -> None:
    signing, part = asking("POST /letters/rues/sign"), asking("GET /letters/rues", "Range: bytes=0-1\r\n")
    assert served(kept, signing, part) == [signing, part]


def test_where_one_may_write_those_who_sign_take_turns_and_all_others_are_served(kept: Kept) -> None:
    waiting, done = Waiting(kept, writers=1), []
    sign, confirm = asking("POST /letters/rues/sign"), asking("POST /signatures/confirm/x.y")
    search, reader = asking("GET /letters/rues?q=zoe"), asking("GET /letters/rues")
    confirm.service = lambda: done.append(len(waiting))
    for each in (confirm, sign, search):
        waiting.append(each)
    first = waiting.popleft()
    assert first.channel is confirm and len(waiting) == 1
    waiting.append(reader)
    assert [waiting.popleft(), waiting.popleft()] == [reader, search]
    assert len(waiting) == 0
    first.service()
    assert done == [0] and len(waiting) == 1
    assert waiting.popleft().channel is sign


def test_who_listens_rests_while_somebody_waits_and_no_longer(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting_room, "REST", 30)
    waiting = Waiting(kept, writers=1)
    waiting.rest()
    for each in (asking("POST /letters/rues/sign"), asking("GET /letters/rues?q=zoe")):
        waiting.append(each)
    with ThreadPoolExecutor(1) as listening:
        rest = listening.submit(waiting.rest)
        waiting.popleft()
        with pytest.raises(TimeoutError):
            rest.result(0.1)
        waiting.popleft()
        rest.result(10)


def test_a_place_is_given_back_whatever_happens(kept: Kept) -> None:
    waiting = Waiting(kept, writers=1)
    signing = [asking(f"POST {slashes}letters/rues/sign") for slashes in ("/", "//", "/")]
    for each in signing:
        waiting.append(each)
    first = waiting.popleft()
    assert len(waiting) == 0
    with pytest.raises(AttributeError):
        first.service()  # it has none
    second = waiting.popleft()
    signing[1].cancel = lambda: None
    assert len(waiting) == 0
    second.cancel()
    assert len(waiting) == 1


@pytest.mark.parametrize(("database_url", "writers"), [("sqlite", 1), ("postgresql", 4)], indirect=["database_url"])
def test_so_many_sign_at_once_as_the_database_lets_write(
    app: Flask, writers: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    apart: list[bool] = []
    monkeypatch.setattr(serving, "collect_garbage_apart", lambda: apart.append(True))  # this process would for good
    monkeypatch.setitem(app.extensions, "tribune_threads", Threads(8))
    app.wsgi_app, bare = Kept(app.wsgi_app), app.wsgi_app  # type: ignore[method-assign]
    try:
        server = serving.listen(app, "localhost", 0)
    finally:
        app.wsgi_app = bare  # type: ignore[method-assign]
    threads = server.task_dispatcher
    with threads.lock:  # no thread takes one of them meanwhile
        for _ in range(writers + 2):
            threads.queue.append(asking("POST /letters/rues/sign"))
        somebody_waits = app.extensions["tribune_threads"].somebody_waits()
        at_once, threads.queue = len(threads.queue), deque()
    threads.shutdown()
    server.close()
    assert at_once == writers and isinstance(server.asyncore, Listening)
    assert somebody_waits  # as whoever makes a long file is told
    assert len(apart) == (sys.version_info < (3, 12))


def test_those_who_come_at_once_are_let_in_though_somebody_waits(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    door, inside, rounds = list(range(5)), {-1: "the door"}, []

    class Waits:
        def rest(self) -> None:
            rounds.append(len(inside))
            inside.clear()  # the site stops

    def one_round(**how: Any) -> None:
        assert how["map"] is inside and how["count"] == 1
        if door:  # one comes, one goes
            inside.pop(len(door), None)
            inside[len(door)] = door.pop()

    monkeypatch.setattr(wasyncore, "loop", one_round)
    Listening(Waits()).loop(map=inside, timeout=1, use_poll=True)  # type: ignore[arg-type]
    assert rounds == [2] and not door


@pytest.mark.parametrize("words", ["get /letters/rues", "\x01", "GET /letters/rues HTTP/1.1\r\nX-A: \x01\r\nX-B:"])
def test_what_cannot_be_read_waits_with_the_others(kept: Kept, words: str) -> None:
    signing, broken, reader = asking("POST /letters/rues/sign"), asking(words), asking("GET /letters/rues")
    assert broken.requests[0].error
    assert served(kept, signing, broken, reader) == [reader, signing, broken]


@pytest.mark.parametrize(
    "words", [b"get / HTTP/1.1", b"GET http://[::1/x HTTP/1.1", b"GET / HTTP/1.1\r\nX-A: \x01", b"\x01"]
)
def test_what_cannot_be_read_is_answered_alone_and_after_others(migrated_sqlite: Path, words: bytes) -> None:
    with small_site(migrated_sqlite) as (site, _app):
        good = f"GET /healthz HTTP/1.1\r\nHost: {HOST}:{site.port}\r\n\r\n".encode()
        for before, answers in ((b"", [b"400"]), (good, [b"200", b"400"])):
            with socket.create_connection((HOST, site.port), timeout=60) as talk:
                talk.sendall(before + words + b"\r\n\r\n")
                said = b"".join(iter(lambda: talk.recv(2**16), b""))  # until it hangs up
            assert re.findall(rb"^HTTP/1\.[01] (\d+)", said, re.MULTILINE) == answers
        assert "exception" not in site.output


def test_what_is_larger_than_any_file_of_ours_is_not_waited_for(migrated_sqlite: Path) -> None:
    with small_site(migrated_sqlite) as (site, _app), socket.create_connection((HOST, site.port), timeout=60) as talk:
        talk.sendall(f"POST /letters/x/sign HTTP/1.1\r\nHost: {HOST}\r\nContent-Length: {2**26}\r\n\r\n".encode())
        assert talk.recv(2**16).startswith(b"HTTP/1.1 413 ")


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
