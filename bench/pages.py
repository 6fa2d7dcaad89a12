"""Public pages and files with many signatures against the same with few, on the real site, on both databases.

    .venv/bin/python -m bench.pages [--signatures 100000] [--rounds 60]

Each figure is a median over rounds in which both sides take turns, so that a noisy machine falls on both alike.
"""

import argparse
import re
from collections.abc import Callable
from html import unescape

from bench.measuring import databases, file, flask, ratio, visiting
from tests.servers.site import serve

PAGE = 100


def main() -> None:
    """Print a table a database."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--signatures", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=60)
    asked = parser.parse_args()
    for name, settings in databases():
        measure(name, settings, asked.signatures, asked.rounds)


def measure(name: str, settings: dict[str, str], signatures: int, rounds: int) -> None:
    """Fill one database and print its figures."""
    few = flask(settings, "demo", "fill", "--signatures", "1")
    many = flask(settings, "demo", "fill", "--signatures", str(signatures))
    print(f"\n{name}, {signatures} signatures, {rounds} rounds")
    with serve(settings) as site, visiting(site) as visitor:
        get = visitor.get
        first, deep = f"/letters/{many}/signatories", deep_page(get, many, signatures)
        ratio("letter page, many to 1", rounds, lambda: get(f"/letters/{few}"), lambda: get(f"/letters/{many}"))
        ratio("list, deep page to first", rounds, lambda: get(first), lambda: get(deep))
        surname = f"{first}?order=surname"
        ratio("list by surname to recent", rounds, lambda: get(first), lambda: get(surname))
        ratio("search of a rare word to first", rounds, lambda: get(first), lambda: get(f"{first}?q=ecoffier+zoe"))
        small = f"/letters/{few}/signatories.csv"
        file(f"CSV of {signatures} rows", visitor, f"{first}.csv", small, lines=signatures + 1)


def deep_page(get: Callable[[str], str], slug: str, signatures: int) -> str:
    """The address of the page nine tenths down the list, found as a reader would: page after page."""
    path = f"/letters/{slug}/signatories"
    for _ in range(signatures * 9 // 10 // PAGE):
        path = unescape(re.search(r'rel="next" href="([^"]+)"', get(path))[1])  # type: ignore[index]
    return path


if __name__ == "__main__":
    main()
