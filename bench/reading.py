"""What reading costs, against the least Flask application on the same server: rates by turns, on both databases.

    .venv/bin/python -m bench.reading [--signatures 1000000] [--rounds 9]

Kept: the same page again and again, as a crowd reads it. Made: another address each time, so that no page is kept.
"""

import argparse
import base64
import json
import re
import socket
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from itertools import count
from typing import NamedTuple

import sqlalchemy as sa

from bench.measuring import FLASK, databases, flask, visiting
from tests.servers.site import HOST, Site, serve

READERS = 8  # at once, each over a connection of its own
TURN = 0.5  # seconds
LEAST = [*FLASK[:3], "--app", "bench.least", "serve", "--host", HOST, "--port", "{port}"]
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

Ask = Callable[[], bytes]


class Row(NamedTuple):
    """One figure: what it is, our side, the other, the ratio (or milliseconds alone), and what it should reach."""

    name: str
    ours: float
    other: float
    ratio: float
    to_reach: str


def main() -> None:
    """Print a table a database."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--signatures", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=9)
    asked = parser.parse_args()
    for name, settings in databases():
        print(f"\n{name}, {asked.signatures} signatures, {asked.rounds} rounds", flush=True)
        for row in rows(settings, asked.signatures, asked.rounds):
            print(f"  {row.name:44} {row.ours:9.1f} {row.other:9.1f} {row.ratio:7.2f}   {row.to_reach}", flush=True)


def rows(settings: dict[str, str], signatures: int, rounds: int) -> Iterator[Row]:
    """Fill an empty database; then requests a second, ours and the other's, and the ratio of the medians."""
    slug = flask(settings, "demo", "fill", "--signatures", str(signatures))
    letter = f"/letters/{slug}"
    first, deep = f"{letter}/signatories", f"{letter}/signatories?after={after(settings, signatures * 9 // 10)}"
    with serve(settings) as site, serve({}, LEAST) as least:
        empty, page = (least, get("/empty")), (least, get("/page"))
        tag = etag(site, letter)
        yield compare("letter page, kept, to 4 kB", rounds, (site, get(letter)), page, "0.6")
        yield compare("letter page, made, to 4 kB", rounds, (site, another(letter)), page, "")
        yield compare("304, to empty", rounds, (site, get(letter, f"If-None-Match: {tag}")), empty, "0.8")
        yield compare("list, kept, to 4 kB", rounds, (site, get(first)), page, "0.4")
        yield compare("list, made, to 4 kB", rounds, (site, another(first)), page, "")
        yield compare("list nine tenths down, kept, to 4 kB", rounds, (site, get(deep)), page, "0.4")
        yield compare(
            "list nine tenths down, made, to first", rounds, (site, another(deep)), (site, another(first)), "0.83"
        )
        yield search(site, first, rounds)


def compare(name: str, rounds: int, ours: tuple[Site, Ask], other: tuple[Site, Ask], to_reach: str) -> Row:
    """Both sides by turns."""
    rates: tuple[list[float], list[float]] = ([], [])
    for _ in range(rounds):
        for side, (site, ask) in enumerate((ours, other)):
            rates[side].append(rate(site, ask))
    above, below = map(statistics.median, rates)
    return Row(name, above, below, above / below, to_reach)


def search(site: Site, path: str, rounds: int) -> Row:
    """Milliseconds of a search, in the middle and in the worst of a hundred; several words, none kept."""
    times, number = [], count()
    with visiting(site) as visitor:
        for _ in range(rounds * 4):
            for words in SEARCHES:
                start = time.perf_counter()
                visitor.get(f"{path}?q={words.replace(' ', '+')}&n={next(number)}")
                times.append((time.perf_counter() - start) * 1000)
    return Row("search, ms: median, p99", statistics.median(times), statistics.quantiles(times, n=100)[98], 0, "20 ms")


def get(path: str, *headers: str) -> Ask:
    """The same request each time."""
    words = "\r\n".join((f"GET {path} HTTP/1.1", "Host: {host}", *headers))
    return f"{words}\r\n\r\n".encode


def another(path: str) -> Ask:
    """The same page under another address each time."""
    sign, number = "&" if "?" in path else "?", count(int(time.time() * 1000))

    def ask() -> bytes:
        return get(f"{path}{sign}n={next(number)}")()

    return ask


def rate(site: Site, ask: Ask) -> float:
    """Answers a second to READERS who ask again as soon as they were answered."""
    host = f"{HOST}:{site.port}".encode()
    readers = [socket.create_connection((HOST, site.port)) for _ in range(READERS)]
    for reader in readers:
        reader.sendall(ask().replace(b"{host}", host))
    start, answered = time.perf_counter(), 0
    while (seconds := time.perf_counter() - start) < TURN:
        for reader in readers:
            read(reader)
            answered += 1
            reader.sendall(ask().replace(b"{host}", host))
    for reader in readers:
        read(reader)
        reader.close()
    return answered / seconds


def read(reader: socket.socket) -> None:
    """One whole answer; the bench ends where it is no success."""
    answer = b""
    while (end := answer.find(b"\r\n\r\n")) < 0:
        answer += reader.recv(1 << 18) or sys.exit(f"hung up after {answer[:300]!r}")
    if answer[9:12] not in {b"200", b"304"}:
        sys.exit(f"answered {answer[:300]!r}")
    length = re.search(rb"\r\ncontent-length: (\d+)", answer[:end], re.IGNORECASE)
    missing = (int(length[1]) if length else 0) + end + 4 - len(answer)
    while missing > 0:
        missing -= len(reader.recv(missing)) or sys.exit("hung up in the middle")


def etag(site: Site, path: str) -> str:
    """The tag of a page as it is now."""
    with visiting(site) as visitor:
        return visitor.open(path).headers["ETag"]


def after(settings: dict[str, str], number: int) -> str:
    """The cursor of the page that begins after so many, as the page before it has it."""
    newest = "SELECT counted_at, id FROM signatures ORDER BY counted_at DESC, id DESC LIMIT 1 OFFSET :number"
    with sa.create_engine(settings["TRIBUNE_SQLALCHEMY_DATABASE_URI"]).connect() as connection:
        moment, id_ = connection.execute(sa.text(newest), {"number": number}).one()
    return base64.urlsafe_b64encode(json.dumps(["others", str(moment), id_]).encode()).decode().rstrip("=")


if __name__ == "__main__":
    main()
