"""Pages and files with many signatures against the same with few, on the real site, on both databases.

    .venv/bin/python -m bench.pages [--signatures 100000] [--rounds 60]

Each figure is a median over rounds in which both sides take turns, so that a noisy machine falls on both alike.
"""

import argparse
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from html import unescape
from http.client import HTTPConnection

from tests.servers import postgresql
from tests.servers.site import HOST, ROOT, Site, serve

PAGE = 100
FLASK = [sys.executable, "-m", "flask", "--app", "wsgi"]


def main() -> None:
    """Print a table a database."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--signatures", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=60)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        measure("SQLite", f"sqlite:///{folder}/bench.sqlite", folder, asked.signatures, asked.rounds)
    with (
        tempfile.TemporaryDirectory() as folder,
        postgresql.start() as server,
        postgresql.fresh_database(server) as url,
    ):
        measure("PostgreSQL", url, folder, asked.signatures, asked.rounds)


def measure(name: str, url: str, folder: str, signatures: int, rounds: int) -> None:
    """Fill one database and print its figures."""
    settings = {
        "TRIBUNE_SECRET_KEY": "for the bench",
        "TRIBUNE_DEVELOPMENT": "1",
        "TRIBUNE_SQLALCHEMY_DATABASE_URI": url,
        "TRIBUNE_INSTANCE_PATH": folder,
        "TRIBUNE_MAIL_WORKER": "off",
    }
    flask(settings, "db", "upgrade")
    few = flask(settings, "demo", "fill", "--signatures", "1")
    many = flask(settings, "demo", "fill", "--signatures", str(signatures))
    print(f"\n{name}, {signatures} signatures, {rounds} rounds")
    with serve(settings) as site, connected(site) as get:
        first, deep = f"/letters/{many}/signatories", deep_page(get, many, signatures)
        ratio("letter page, many to 1", rounds, lambda: get(f"/letters/{few}"), lambda: get(f"/letters/{many}"))
        ratio("list, deep page to first", rounds, lambda: get(first), lambda: get(deep))
        surname = f"{first}?order=surname"
        ratio("list by surname to recent", rounds, lambda: get(first), lambda: get(surname))
        ratio("search of a rare word to first", rounds, lambda: get(first), lambda: get(f"{first}?q=ecoffier+zoe"))
        file(site, get, f"/letters/{many}/signatories.csv", signatures)


def flask(settings: dict[str, str], *words: str) -> str:
    """Run a command of the site; the last line it prints."""
    environment = {**os.environ, **settings}
    done = subprocess.run([*FLASK, *words], cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"flask {' '.join(words)} failed:\n{done.stderr}")
    return (done.stdout.strip().splitlines() or [""])[-1]


@contextmanager
def connected(site: Site) -> Iterator[Callable[[str], str]]:
    """One kept connection, as a function from an address to its page."""
    connection = HTTPConnection(HOST, site.port, timeout=60)

    def get(path: str) -> str:
        connection.request("GET", path)
        answer = connection.getresponse()
        body = answer.read().decode()
        if answer.status != 200:
            sys.exit(f"{path} answered {answer.status}:\n{site.output[-3000:]}")
        return body

    yield get
    connection.close()


def deep_page(get: Callable[[str], str], slug: str, signatures: int) -> str:
    """The address of the page nine tenths down the list, found as a reader would: page after page."""
    path = f"/letters/{slug}/signatories"
    for _ in range(signatures * 9 // 10 // PAGE):
        path = unescape(re.search(r'rel="next" href="([^"]+)"', get(path))[1])  # type: ignore[index]
    return path


def ratio(name: str, rounds: int, below: Callable[[], object], above: Callable[[], object]) -> None:
    """Time both by turns and print the medians and their ratio."""
    times: tuple[list[float], list[float]] = ([], [])
    for number in range(rounds + 5):
        for side, work in enumerate((below, above)):
            start = time.perf_counter()
            work()
            if number >= 5:  # the first rounds warm caches up
                times[side].append(time.perf_counter() - start)
    low, high = (statistics.median(side) * 1000 for side in times)
    print(f"  {name:34} {high:8.2f} ms / {low:8.2f} ms = {high / low:5.2f}")


def file(site: Site, get: Callable[[str], str], path: str, rows: int) -> None:
    """Time to the first byte and to the last, and how much memory the site took for it."""
    get("/healthz")
    before = peak(site)
    connection = HTTPConnection(HOST, site.port, timeout=300)
    start = time.perf_counter()
    connection.request("GET", path)
    answer = connection.getresponse()
    answer.read(1)
    first = time.perf_counter() - start
    lines = 0
    while part := answer.read(1 << 16):
        lines += part.count(b"\n")
    whole = time.perf_counter() - start
    connection.close()
    if lines != rows + 1:
        sys.exit(f"{lines} lines for {rows} rows")
    print(f"  CSV of {rows} rows: first byte {first:.3f} s, whole {whole:.2f} s, memory +{peak(site) - before:.1f} MB")


def peak(site: Site) -> float:
    """The most memory the site has held so far, in MB."""
    with open(f"/proc/{site.pid}/status") as status:
        return int(re.search(r"VmHWM:\s+(\d+)", status.read())[1]) / 1024  # type: ignore[index]


if __name__ == "__main__":
    main()
