"""What it costs to look over a thousand people pasted with their addresses, on the real site, on both databases.

    .venv/bin/python -m bench.inviting [--people 1000] [--rounds 10]

The time is that of the whole answer: from sending the list to the last byte of the page that shows it understood.
"""

import argparse
import os
import re
import statistics
import time
from urllib.parse import urlencode

from bench.measuring import Visitor, databases, flask, peak, visiting
from tests.page import hidden_fields
from tests.servers.site import serve

ORGANISER = "demo@example.org"


def main() -> None:
    """Print two lines a database: a list, and the cells of a spreadsheet."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--people", type=int, default=1_000)
    parser.add_argument("--rounds", type=int, default=10)
    asked = parser.parse_args()
    for name, settings in databases():
        flask(settings, "demo", "fill", "--signatures", "1000")
        print(f"\n{name}, {asked.people} people, {asked.rounds} rounds", flush=True)
        with serve(settings) as site, visiting(site) as visitor:
            visitor.log_in(flask({**settings, "TRIBUNE_PUBLIC_URL": site.url}, "organisers", "log-in-link", ORGANISER))
            for shape, people in (("list", listed(asked.people)), ("cells", cells(asked.people))):
                measure(shape, visitor, people, asked.rounds)


def listed(many: int) -> str:
    """As a list is pasted."""
    return "\n".join(f"Zoé{n} Évrard{n}, maire de Lille, zoe{n}@example.org" for n in range(many))


def cells(many: int) -> str:
    """As a spreadsheet copies them, headings first."""
    rows = [f"Zoé{n}\tÉVRARD{n}\tMaire\tLille\tzoe{n}@example.org\tÉlus" for n in range(many)]
    return "\n".join(["Prénom\tNom\tFonction\tStructure\tCourriel\tRubrique", *rows])


def measure(shape: str, visitor: Visitor, people: str, rounds: int) -> None:
    """Paste them as often, and print the median and the worst."""
    letter = re.search(r'href="(/manage/letters/\d+)"', visitor.get("/manage/"))[1]  # type: ignore[index]
    path = f"{letter}/invitations/add"
    hidden = dict(hidden_fields(visitor.get(path)))
    times, size, before = [], 0, worked(visitor)
    for _ in range(rounds):
        start = time.perf_counter()
        page = visitor.post(path, urlencode({**hidden, "people": people}))
        times.append(time.perf_counter() - start)
        size = len(page.encode())
    work = (worked(visitor) - before) / rounds
    print(
        f"  {shape:8} median {statistics.median(times):.2f} s, worst {max(times):.2f} s, of which the site worked"
        f" {work:.2f} s, page {size / 1e6:.1f} MB,"
        f" the site's memory at most {peak(visitor.site):.0f} MB",
        flush=True,
    )


def worked(visitor: Visitor) -> float:
    """Seconds of processor that the site has taken so far, whoever else keeps the machine busy."""
    with open(f"/proc/{visitor.site.pid}/stat") as stat:
        user, system = stat.read().rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    main()
