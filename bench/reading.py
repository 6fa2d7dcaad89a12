"""Reading, compared with a minimal Flask application on the same server; and the time of a search.

Kept: the same page again and again, as a crowd reads it. Made: a different address each time, so that none is kept.
"""

import base64
import json
import re
import socket
import sys
import time
from collections.abc import Callable, Iterator
from itertools import count

import sqlalchemy as sa

from bench.measuring import Asked, Figures, Goal, Row, by_turns, per_second, percentile
from bench.sites import BARE, Database, visiting
from tests.servers.site import HOST, Site, serve

TITLE = "Reading"
READERS = 6  # connections: as many as may read in one process at once
TURN = 0.5  # seconds, at most
FEW = 10  # signatures of the small letter
SEARCHES = (
    "ecoffier zoe",
    "zoe",
    "cnrs",
    "ecoffier",
    "universite",
    "theatre",
    "hopital",
    "xyzzy",
    "marie dubois",
    "an",
)
AS_FAST = Goal("0.83 at least", 1 / 1.2)

Ask = Callable[[], bytes]


def rows(database: Database, asked: Asked) -> Iterator[Row]:
    """The page of a letter and its list, kept and made, compared with bare views and with a small letter."""
    slug, turn = database.letter(asked.signatures), min(TURN, asked.seconds)
    letter, small = f"/letters/{slug}", f"/letters/{database.letter(FEW)}"
    first = f"{letter}/signatories"
    deep = f"{first}?after={_after(database, slug, asked.signatures * 9 // 10)}"
    with serve(database.settings) as site, serve({}, BARE) as bare:
        empty, page = (bare, _get("/empty")), (bare, _get("/page"))
        with visiting(site) as visitor:
            seen = _get(letter, f"If-None-Match: {visitor.open(letter).headers['ETag']}")
        made = site, _another(first)
        for work, ours, beside, goal in (
            ("letter page, kept, to 4 kB of Jinja", (site, _get(letter)), page, Goal("0.6 at least", 0.6)),
            ("letter page, made, to 4 kB of Jinja", (site, _another(letter)), page, None),
            ("letter page, made, many to few", (site, _another(letter)), (site, _another(small)), AS_FAST),
            ("not modified, to an empty view", (site, seen), empty, Goal("0.8 at least", 0.8)),
            ("list, kept, to 4 kB of Jinja", (site, _get(first)), page, Goal("0.4 at least", 0.4)),
            ("list, made, to 4 kB of Jinja", made, page, None),
            ("list nine tenths down, kept, to 4 kB of Jinja", (site, _get(deep)), page, Goal("0.4 at least", 0.4)),
            ("list nine tenths down, made, to first", (site, _another(deep)), made, AS_FAST),
            ("list by surname, made, to recent", (site, _another(f"{first}?order=surname")), made, None),
        ):
            (above,), (below,) = by_turns(asked.rounds, _rate(*ours, turn), _rate(*beside, turn))
            words = work, per_second(above), per_second(below), f"{above / below:.2f}"
            yield goal.row(above / below, *words) if goal else Row(*words)
        yield _search(site, f"{first}?q=", "search, the whole page", asked.searches)
        yield _search(site, f"{first}?order=surname&q=", "search by surname, the whole page", asked.searches)


def _search(site: Site, path: str, work: str, searches: int) -> Row:
    """Search several words, none kept; the first round, which compiles the statements, is not counted."""
    times, number = [], count()
    with visiting(site) as visitor:
        for turn in range(searches + 1):
            for searched in SEARCHES:
                start = time.perf_counter()
                visitor.get(f"{path}{searched.replace(' ', '+')}&n={next(number)}")
                if turn:
                    times.append((time.perf_counter() - start) * 1000)
    worst = percentile(times, 0.99)
    words = f"p99 {worst:.1f} ms", f"median {percentile(times, 0.5):.1f} ms"
    return Goal("p99 20 ms at most", 20, least=False).row(worst, work, *words)


def _get(path: str, *headers: str) -> Ask:
    """Return a function that gives the same request each time."""
    words = "\r\n".join((f"GET {path} HTTP/1.1", "Host: {host}", *headers))
    return f"{words}\r\n\r\n".encode


def _another(path: str) -> Ask:
    """Return a function that gives a request for the same page, with another address each time."""
    sign, number = "&" if "?" in path else "?", count(int(time.time() * 1000))

    def ask() -> bytes:
        return _get(f"{path}{sign}n={next(number)}")()

    return ask


def _rate(site: Site, ask: Ask, turn: float) -> Callable[[], Figures]:
    """Return a function that measures answers per second to READERS who ask again as soon as they are answered."""
    host = f"{HOST}:{site.port}".encode()

    def load() -> Figures:
        readers = [socket.create_connection((HOST, site.port)) for _ in range(READERS)]
        for reader in readers:
            reader.sendall(ask().replace(b"{host}", host))
        start, answered = time.perf_counter(), 0
        while not answered or time.perf_counter() - start < turn:
            for reader in readers:
                _read(reader)
                answered += 1
                reader.sendall(ask().replace(b"{host}", host))
        seconds = time.perf_counter() - start
        for reader in readers:
            _read(reader)
            reader.close()
        return (answered / seconds,)

    return load


def _read(reader: socket.socket) -> None:
    """Read one whole answer; exit unless it is 200 or 304."""
    answer = b""
    while (end := answer.find(b"\r\n\r\n")) < 0:
        answer += reader.recv(1 << 18) or sys.exit(f"hung up after {answer[:300]!r}")
    if answer[9:12] not in {b"200", b"304"}:
        sys.exit(f"answered {answer[:300]!r}")
    length = re.search(rb"\r\ncontent-length: (\d+)", answer[:end], re.IGNORECASE)
    missing = (int(length[1]) if length else 0) + end + 4 - len(answer)
    while missing > 0:
        missing -= len(reader.recv(missing)) or sys.exit("hung up in the middle")


def _after(database: Database, slug: str, number: int) -> str:
    """Return the cursor of the page of the list that begins after so many signatures."""
    newest = """SELECT counted_at, id FROM signatures WHERE letter_id = (SELECT id FROM letters WHERE slug = :slug)
        AND position IS NULL ORDER BY counted_at DESC, id DESC LIMIT 1 OFFSET :number"""
    with sa.create_engine(database.url).connect() as connection:
        moment, id_ = connection.execute(sa.text(newest), {"slug": slug, "number": number}).one()
    return base64.urlsafe_b64encode(json.dumps(["others", str(moment), id_]).encode()).decode().rstrip("=")
