"""Who waits for a thread is served in turn: pages in memory first, then who signs and all others."""

import sys
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask
from waitress import wasyncore
from waitress.adjustments import Adjustments
from waitress.parser import HTTPRequestParser
from werkzeug.test import Client

from tests.databases import ON_SQLITE
from tests.factories import make_letter
from tests.threads import LONG
from tribune import kept as keeping
from tribune import serving
from tribune import waiting as waiting_room
from tribune.abuse.shedding import Threads
from tribune.kept import Kept
from tribune.waiting import IN_A_ROW, Listening, Waiting


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


@ON_SQLITE
def test_pages_that_are_kept_do_not_wait_for_who_signs_nor_for_ever_let_them_wait(kept: Kept) -> None:
    assert Client(kept).get("/letters/rues/sign").status_code == 200
    first, second = asking("POST /letters/rues/sign"), asking("GET /letters/rues?q=zoe")
    readers = [asking(f"GET /letters/rues?fbclid={number}") for number in range(IN_A_ROW + 1)]
    order = [*readers[:IN_A_ROW], first, readers[-1], second]
    assert served(kept, first, second, *readers) == order


@ON_SQLITE
def test_a_page_that_has_to_be_made_overtakes_one_who_signs(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "KEPT", 0)
    signing = [asking("POST /letters/rues/sign") for _ in range(2)]
    readers = [asking("GET /letters/rues") for _ in range(2)]
    assert served(kept, *signing, *readers) == [readers[0], signing[0], readers[1], signing[1]]


@ON_SQLITE
def test_a_part_of_a_page_is_not_in_memory_and_comes_in_its_turn(kept: Kept) -> None:
    signing, part = asking("POST /letters/rues/sign"), asking("GET /letters/rues", "Range: bytes=0-1\r\n")
    for asked in ([signing, part], [part, signing]):
        assert served(kept, *asked) == asked


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
    monkeypatch.setattr(waiting_room, "REST", 10 * LONG)
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
        rest.result(LONG)


@ON_SQLITE
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


@pytest.mark.parametrize(
    ("database_url", "threads", "writers"),
    [("sqlite", 8, 2), ("sqlite", 2, 1), ("sqlite", 1, 1), ("postgresql", 8, 4)],
    indirect=["database_url"],
)
def test_so_many_sign_at_once_as_the_database_lets_write_and_half_of_the_threads_at_most_and_one_at_least(
    app: Flask, threads: int, writers: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "THREADS", threads)
    apart: list[bool] = []
    monkeypatch.setattr(serving, "collect_garbage_apart", lambda: apart.append(True))  # this process would for good
    monkeypatch.setitem(app.extensions, "tribune_threads", Threads(8))
    app.wsgi_app, bare = Kept(app.wsgi_app), app.wsgi_app  # type: ignore[method-assign]
    try:
        server = serving.listen(app, "localhost", 0)
    finally:
        app.wsgi_app = bare  # type: ignore[method-assign]
    waitress = server.task_dispatcher
    with waitress.lock:  # no thread takes one of them meanwhile
        for _ in range(writers + 2):
            waitress.queue.append(asking("POST /letters/rues/sign"))
        somebody_waits = app.extensions["tribune_threads"].somebody_waits()
        at_once, waitress.queue = len(waitress.queue), deque()
    waitress.shutdown()
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


@ON_SQLITE
@pytest.mark.parametrize("words", ["get /letters/rues", "\x01", "GET /letters/rues HTTP/1.1\r\nX-A: \x01\r\nX-B:"])
def test_what_cannot_be_read_waits_with_the_others(kept: Kept, words: str) -> None:
    signing, broken, reader = asking("POST /letters/rues/sign"), asking(words), asking("GET /letters/rues")
    assert broken.requests[0].error
    assert served(kept, signing, broken, reader) == [reader, signing, broken]
