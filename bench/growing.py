"""The page, signing and confirming under a letter with very many signatures, compared with one that has few."""

from collections.abc import Iterator
from functools import partial
from itertools import repeat

from bench.load import Work, request, run
from bench.measuring import Asked, Figures, Goal, Row, by_turns, per_second
from bench.signing import ENOUGH, confirmations, pace, signatures, wait_to_confirm
from bench.sites import PROCESSES, Database, ports, serving, visiting

TITLE = "Growth"
TIMES = {True: 10, False: 1}  # factor of the largest letter: ten, if a million signatures or more are asked
FEW = 10_000
NO_SLOWER = Goal("1.2 at most", 1.2, least=False)


def rows(database: Database, asked: Asked) -> Iterator[Row]:
    """On PostgreSQL only; the full size has ten million signatures."""
    if database.name != "PostgreSQL":
        return
    few = max(min(FEW, asked.signatures // 10), 1)
    many = asked.signatures * TIMES[asked.signatures >= 1_000_000]
    letters = [database.new_letter(number) for number in (few, many)]
    with serving(database.settings, PROCESSES) as sites, database.app().app_context():
        with visiting(sites[0]) as visitor:
            signing = [signatures(visitor, slug) for slug in letters]
            run(ports(sites), asked.seconds / 2, Work(signing[0], 303))
        for slug in letters:
            wait_to_confirm(slug, int(ENOUGH * asked.seconds * asked.rounds))
        confirming = [confirmations(slug) for slug in letters]
        reading = [repeat(request("GET", f"/letters/{slug}")) for slug in letters]

        def read(pages: Iterator[bytes]) -> Figures:
            work = Work(pages)
            run(ports(sites), asked.seconds, work)
            return (work.rate,)

        def take(requests: Iterator[bytes]) -> Figures:
            return pace(sites, asked.seconds / 2, requests)

        for name, works, measure in (
            ("letter page", reading, read),
            ("signing", signing, take),
            ("confirming", confirming, take),
        ):
            (low, *_), (high, *_) = by_turns(asked.rounds, *(partial(measure, work) for work in works))
            times = low / high
            work = f"{name}, {many:,} to {few:,}"
            yield NO_SLOWER.row(times, work, per_second(high), per_second(low), f"{times:.2f}")
