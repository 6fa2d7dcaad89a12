"""The review of a thousand people to invite, pasted with their addresses.

The time is that of the whole answer: from sending the list to the last byte of the review page.
"""

import statistics
import time
from collections.abc import Iterator
from urllib.parse import urlencode

from bench.measuring import Asked, Goal, Row
from bench.sites import Database, Visitor, visiting, worked
from tests.page import hidden_fields
from tests.servers.site import serve

TITLE = "People to invite"
MOST = 1_000
FEW = 1_000  # signatures of the letter, at most
TWO_SECONDS = Goal("2 s at most", 2, least=False)


def rows(database: Database, asked: Asked) -> Iterator[Row]:
    """A pasted list, and the cells of a spreadsheet."""
    people = min(MOST, asked.signatures)
    with serve(database.settings) as site, visiting(site) as visitor:
        visitor.log_in(database)
        desk = database.desk(database.letter(min(FEW, asked.signatures)))
        for shape, typed in (("a list", listed(people)), ("cells", cells(people))):
            yield _measure(f"{people:,} people, {shape}", visitor, desk, typed, asked.rounds)


def listed(many: int) -> str:
    """Return people as a pasted list."""
    return "\n".join(f"Zoé{n} Évrard{n}, maire de Lille, zoe{n}@example.org" for n in range(many))


def cells(many: int) -> str:
    """Return people as cells copied from a spreadsheet, headings first."""
    rows = [f"Zoé{n}\tÉVRARD{n}\tMaire\tLille\tzoe{n}@example.org\tÉlus" for n in range(many)]
    return "\n".join(["Prénom\tNom\tFonction\tStructure\tCourriel\tRubrique", *rows])


def _measure(work: str, visitor: Visitor, desk: str, people: str, rounds: int) -> Row:
    path = f"{desk}/invitations/add"
    hidden = dict(hidden_fields(visitor.get(path)))
    times, before = [], worked(visitor.site.pid)
    for _ in range(rounds):
        start = time.perf_counter()
        visitor.post(path, urlencode({**hidden, "people": people}))
        times.append(time.perf_counter() - start)
    each = (worked(visitor.site.pid) - before) / rounds
    median = statistics.median(times)
    return TWO_SECONDS.row(median, work, f"{median:.2f} s, of which the site worked {each:.2f} s")
