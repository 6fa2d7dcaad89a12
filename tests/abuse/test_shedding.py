"""Too few threads: whoever signs is served, and the others are refused in an order, with a moment to come back."""

import itertools
import re
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.client import HTTPConnection
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, build_opener

import pytest
import sqlalchemy as sa
from flask import Flask
from werkzeug.test import create_environ, run_wsgi_app

from tests.conftest import SETTINGS, let_go, new_app
from tests.databases import ON_SQLITE
from tests.factories import make_letter, make_signature, owner_of
from tests.page import Reader, hidden_fields
from tests.servers.crowd import Crowd, read_form
from tests.servers.postgresql import fresh_database
from tests.servers.site import Site, serve
from tests.servers.small import door
from tests.threads import LONG
from tribune.abuse import shedding
from tribune.abuse.shedding import LONG_PAUSE, PAUSE, RETRY_AFTER, Importance, Threads
from tribune.database import db
from tribune.metrics import SHED

FILE, SEARCH, READ, CONFIRM, SIGN = Importance


def impatient(number: int = 8) -> Threads:
    """The threads of a process in which nobody waits."""
    return Threads(number, patience=0)


def hold(threads: Threads, *importances: Importance) -> list[bool]:
    """Whether each of these, one after the other, is given a thread; none gives it back."""
    return [threads.enter(object(), importance) for importance in importances]


def test_each_has_its_share_and_who_signs_has_them_all() -> None:
    threads = impatient()
    assert hold(threads, FILE, FILE, FILE) == [True, True, False]
    assert hold(threads, SEARCH, SEARCH, SEARCH) == [True, True, False]
    assert hold(threads, READ, READ, READ) == [True, True, False]
    assert hold(threads, CONFIRM, CONFIRM) == [True, False]
    assert hold(threads, SIGN, SIGN, SIGN) == [True, True, True]


def test_what_matters_less_takes_nothing_of_what_matters_more() -> None:
    threads = impatient()
    assert hold(threads, *[READ] * 6) == [True] * 6
    assert hold(threads, SEARCH, FILE, READ, CONFIRM) == [False, False, False, True]


@pytest.mark.parametrize("number", [1, 2, 3, 4])
def test_with_few_threads_everything_is_still_served(number: int) -> None:
    for importance in Importance:
        assert hold(impatient(number), importance) == [True]


def test_a_thread_that_comes_free_goes_to_whoever_waits() -> None:
    threads, reader = Threads(8), object()
    assert threads.enter(reader, READ) and hold(threads, *[READ] * 5) == [True] * 5
    with ThreadPoolExecutor(1) as pool:
        waits = pool.submit(threads.enter, object(), READ)
        while not threads.waiting(READ):
            time.sleep(0)
        threads.leave(reader)
        assert waits.result(LONG) and not threads.waiting(READ)


def test_nobody_waits_behind_those_who_wait_already(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shedding, "SLOW", 10 * LONG)
    threads, files = Threads(8, patience=10 * LONG), [object(), object()]
    assert all(threads.enter(file, FILE) for file in files)
    with ThreadPoolExecutor(3) as pool:
        waiting = [pool.submit(threads.enter, object(), FILE) for _ in range(2)]
        while threads.waiting(FILE) < 2:
            time.sleep(0)
        behind = pool.submit(threads.enter, object(), FILE)
        try:
            assert behind.result(LONG) is False
        finally:
            for file in files:
                threads.leave(file)
        assert all(waits.result(LONG) for waits in waiting)


def test_nobody_waits_where_half_a_share_is_slow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shedding, "SLOW", 0)
    threads = Threads(8, patience=10 * LONG)
    assert hold(threads, *[READ] * 7) == [True] * 6 + [False]
    threads = Threads(8, patience=10 * LONG)
    assert hold(threads, FILE, FILE, SEARCH, *[READ] * 4) == [True] * 6 + [False]


def test_who_reads_waits_although_files_and_searches_are_slow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shedding, "SLOW", 0)
    threads, reader = Threads(8, patience=10 * LONG), object()
    assert hold(threads, FILE, FILE, SEARCH, SEARCH, READ) == [True] * 5 and threads.enter(reader, READ)
    with ThreadPoolExecutor(1) as pool:
        waits = pool.submit(threads.enter, object(), READ)
        while not threads.waiting(READ) and not waits.done():
            time.sleep(0)
        threads.leave(reader)
        assert waits.result(LONG)


@ON_SQLITE
@pytest.mark.parametrize(
    ("others", "somebody_waits", "pauses"),
    [((), False, []), ((SIGN,), False, [PAUSE] * 3), ((), True, [LONG_PAUSE] * 3), ((SIGN,), True, [LONG_PAUSE] * 3)],
)
def test_a_long_file_pauses_while_others_are_served_and_longer_while_they_wait(
    app: Flask,
    monkeypatch: pytest.MonkeyPatch,
    others: tuple[Importance, ...],
    somebody_waits: bool,
    pauses: list[float],
) -> None:
    threads, slept = impatient(), list[float]()
    threads.somebody_waits = lambda: somebody_waits
    monkeypatch.setitem(app.extensions, "tribune_threads", threads)
    monkeypatch.setattr(time, "sleep", slept.append)
    hold(threads, FILE, *others)
    rows = range(3 * shedding.AT_ONCE)
    assert list(shedding.giving_way(rows)) == list(rows)
    assert slept == pauses


@ON_SQLITE
def test_every_file_gives_way_first_and_every_step_of_signing_last(app: Flask) -> None:
    for address, importance, least in (
        (r"/(letters|manage)/.*\.(csv|xlsx|pdf|txt|md|html)", FILE, 10),
        (r"/letters/<slug>/(sign|check-inbox|proof)", SIGN, 4),
        (r"/(healthz|readyz|metrics)", SIGN, 3),
    ):
        found = [rule for rule in app.url_map.iter_rules() if re.fullmatch(address, rule.rule)]
        assert len(found) >= least
        for rule in found:
            assert getattr(app.view_functions[rule.endpoint], "importance", None) == importance, rule
    for endpoint in ("signatures.show_confirm", "signatures.show_code"):
        assert app.view_functions[endpoint].importance == CONFIRM  # type: ignore[attr-defined]


@ON_SQLITE
@pytest.mark.parametrize(
    ("path", "held", "words"),
    [
        ("/letters/rues/signatories.csv", [FILE] * 2, "des fichiers"),
        ("/letters/rues/signatories?q=x", [SEARCH] * 4, "Cherchez"),
        ("/letters/rues/signatories?organisation=x", [SEARCH] * 4, "Cherchez"),
        ("/letters/rues", [READ] * 6, "Rien n’est perdu"),
        ("/letters/rues/signatories?order=surname", [READ] * 6, "Rien n’est perdu"),
    ],
)
def test_who_is_refused_reads_why_and_when_to_come_back(
    app: Flask, client: Reader, path: str, held: list[Importance], words: str
) -> None:
    make_letter(slug="rues", public_file=True)
    threads = app.extensions["tribune_threads"] = impatient()
    tickets = [object() for _ in held]
    for ticket, importance in zip(tickets, held, strict=True):
        assert threads.enter(ticket, importance)
    answer = client.get(path)
    for ticket in tickets:
        threads.leave(ticket)
    assert answer.status_code == 503 and int(answer.headers["Retry-After"]) > 0 and words in answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    assert client.get(path).status_code == 200


@ON_SQLITE
def test_every_answer_gives_its_thread_back(app: Flask, client: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    make_signature(make_letter(slug="rues", public_file=True))
    threads = app.extensions["tribune_threads"] = impatient()  # of this test alone: below it is held for good
    for _ in range(3):
        client.get("/letters/rues/signatories.csv")
        client.get("/nothing")
        client.post("/letters/rues/sign")
        client.get("/letters/rues", headers={"Host": "elsewhere.example"})
    monkeypatch.setitem(app.view_functions, "pages.healthz", sys.exit)
    for _ in range(3):
        with pytest.raises(SystemExit):
            client.get("/healthz")
    assert hold(threads, *[READ] * 6) == [True] * 6
    before = SHED.labels("read")._value.get()
    assert client.get("/letters/rues").status_code == 503
    assert SHED.labels("read")._value.get() == before + 1
    assert client.get("/static/tribune.css").status_code == 200  # a page without it is none
    assert client.post("/signatures/find").status_code == 422  # whatever is sent is like confirming


@ON_SQLITE
def test_an_answer_holds_its_thread_until_its_last_byte_has_left(app: Flask) -> None:
    make_signature(make_letter(slug="rues", public_file=True))
    threads = app.extensions["tribune_threads"] = impatient(1)
    parts, *_ = run_wsgi_app(app, create_environ("/letters/rues/signatories.csv"))
    assert hold(threads, READ) == [False]
    assert b"".join(parts)
    parts.close()  # type: ignore[attr-defined]
    assert hold(threads, READ) == [True]


@contextmanager
def slow_for_organisers(url: str) -> Iterator[sa.Connection]:
    """Something holds the table that every page of an organiser reads first, and that nobody reads who signs."""
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.connect() as holder, engine.connect() as looker:
        holder.exec_driver_sql("LOCK TABLE log_ins IN ACCESS EXCLUSIVE MODE")
        yield looker
        holder.rollback()


def waiting(looker: sa.Connection) -> int:
    """How many wait for the database at this moment."""
    found = looker.exec_driver_sql("SELECT count(*) FROM pg_locks WHERE NOT granted").scalar_one()
    looker.rollback()
    return int(found)


def log_in(site: Site, path: str) -> str:
    """The cookies of an organiser who came in by that path."""
    jar = CookieJar()
    browser = build_opener(HTTPCookieProcessor(jar))
    fields = hidden_fields(browser.open(site.url + path).read().decode())
    browser.open(site.url + path, urlencode(fields).encode())
    return "; ".join(f"{cookie.name}={cookie.value}" for cookie in jar)


class Pressing:
    """Organisers who ask for files and search, again and again, many at once."""

    def __init__(self, site: Site, cookie: str, paths: list[str]) -> None:
        self.site, self.cookie, self.paths = site, cookie, itertools.cycle(paths)
        self.refused = 0
        self.over = threading.Event()

    def go_on(self, path: str) -> None:
        while not self.over.is_set():
            connection = HTTPConnection("127.0.0.1", self.site.port, timeout=LONG)
            connection.request("GET", path, headers={"Cookie": self.cookie})
            answer = connection.getresponse()
            if answer.status == 503 and answer.headers["Retry-After"] == str(RETRY_AFTER[FILE]):
                self.refused += 1
            connection.close()

    @contextmanager
    def at_once(self, many: int) -> Iterator[None]:
        with ThreadPoolExecutor(many) as pool:
            tasks = [pool.submit(self.go_on, next(self.paths)) for _ in range(many)]
            try:
                yield
            finally:
                self.over.set()
        for task in tasks:
            task.result()


def test_while_files_and_searches_wait_for_a_slow_database_people_sign(
    postgresql_server: str, migrated_postgresql: str, tmp_path: Path
) -> None:
    with fresh_database(postgresql_server, migrated_postgresql) as url:
        app = new_app(url, tmp_path)
        settings = {"SECRET_KEY": SETTINGS["SECRET_KEY"], "SQLALCHEMY_DATABASE_URI": url, "MAIL_WORKER": "off"}
        with serve({f"TRIBUNE_{name}": str(value) for name, value in settings.items()}) as site:
            with app.app_context():
                letter = make_letter(slug="rues")
                path, here = door(owner_of(letter)), f"/manage/letters/{letter.id}"
                db.session.remove()
            pressing = Pressing(site, log_in(site, path), [f"{here}/signatures.csv", f"{here}/signatures?q=x"])
            crowd, fields = Crowd(site), read_form(site)
            with slow_for_organisers(url) as looker, pressing.at_once(16):
                deadline = time.monotonic() + LONG
                while waiting(looker) < 4 or not pressing.refused:
                    assert time.monotonic() < deadline
                signed = [
                    crowd.sign({**fields, "given_name": "Zoé", "family_name": "É", "email": f"p{n}@example.org"})
                    for n in range(5)
                ]
                assert signed == [True] * 5 and waiting(looker) == 4
        let_go(app)
