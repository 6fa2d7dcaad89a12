"""The page of a letter, compared with a page of another site on this machine, under the same load."""

from collections.abc import Iterator
from itertools import repeat
from urllib.parse import urlsplit

from bench.load import Work, request, run
from bench.measuring import Asked, Figures, Row, by_turns, per_second
from bench.sites import PROCESSES, Database, ports, serving

TITLE = "A peer"


def rows(database: Database, asked: Asked) -> Iterator[Row]:
    """Nothing unless a `peer` was given."""
    if not asked.peer:
        return
    theirs = urlsplit(asked.peer)
    page = theirs.path + (f"?{theirs.query}" if theirs.query else "")

    def pace(where: list[int], asking: bytes) -> Figures:
        work = Work(repeat(asking))
        run(where, asked.seconds, work)
        if not work.times:
            raise SystemExit(f"no right answer: {work.wrong[:3]}")
        return work.rate, work.within(0.99)

    with serving(database.settings, PROCESSES) as sites:
        letter = request("GET", f"/letters/{database.letter(asked.signatures)}")
        other = request("GET", page, host=theirs.netloc)
        ours, found = by_turns(
            asked.rounds, lambda: pace(ports(sites), letter), lambda: pace([theirs.port or 80], other)
        )
    yield Row(
        f"page, {asked.signatures:,} signatures",
        f"{per_second(ours[0])}, p99 {ours[1]:.0f} ms",
        f"{asked.peer} {found[0]:,.1f}/s, p99 {found[1]:.0f} ms",
        f"{ours[0] / found[0]:.1f}",
    )
