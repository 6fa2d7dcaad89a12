"""The organiser's pages and workbook of a letter with many signatures, compared with one that has a thousand."""

import re
from collections.abc import Iterator
from functools import partial

import sqlalchemy as sa

from bench.measuring import Asked, Goal, Row, ratio
from bench.sites import Database, Visitor, file, visiting
from tests.servers.site import serve
from tribune.signatures.table import STATUSES

TITLE = "The desk"
FEW = 1_000  # signatures of the small letter, at most
ROWS = 100_000  # of the workbook, at most
TWICE = Goal("2 at most", 2, least=False)
WORKBOOK = Goal("30 s at most", 30, least=False), Goal("+100 MB at most", 100, least=False)
PAGES = {
    "desk": "",
    "desk by hour": "?by=hour",
    "table": "/signatures",
    **{f"table, {status}": f"/signatures?status={status}" for status in STATUSES},
    **{f"table by {sort}": f"/signatures?sort={sort}" for sort in ("surname", "organisation")},
}
# Of nine signatures, one gets each other status, so that pages of a small letter are full too, and two are flagged.
SPREAD = (
    "UPDATE signatures SET counted_at = NULL, confirmed_at = NULL WHERE id % 9 = 0 AND {theirs}",
    "UPDATE signatures SET attested_at = confirmed_at, confirmed_at = NULL WHERE id % 9 = 1 AND {theirs}",
    "UPDATE signatures SET held_at = confirmed_at, counted_at = NULL WHERE id % 9 = 2 AND {theirs}",
    "UPDATE signatures SET hidden_at = confirmed_at WHERE id % 9 = 3 AND {theirs}",
    """INSERT INTO flags (letter_id, signature_id, kind, created_at)
       SELECT letter_id, id, 'joke', signed_at FROM signatures WHERE id % 9 IN (4, 5) AND {theirs}""",
)


def rows(database: Database, asked: Asked) -> Iterator[Row]:
    """Every page, then a workbook."""
    few = min(FEW, asked.signatures)
    small, large = (database.desk(database.new_letter(many)) for many in (few, asked.signatures))
    spread(database.url, small, large)
    rounds = asked.rounds * 2
    with serve(database.settings) as site, visiting(site) as visitor:
        visitor.log_in(database)
        for page, path in PAGES.items():
            below, above = (partial(visitor.get, letter + path) for letter in (small, large))
            yield ratio(f"{page}, many to {few:,}", rounds, below, above, TWICE)
        deep = deep_page(visitor, large, asked.signatures)
        below, above = (partial(visitor.get, path) for path in (f"{large}/signatures", deep))
        yield ratio("table, deep page to first", rounds, below, above, TWICE)
        many = min(asked.signatures, ROWS)
        whole = database.desk(database.letter(many))
        paths = f"{whole}/signatures.xlsx", f"{small}/signatures.xlsx"
        yield from file(f"XLSX of {many:,} rows", visitor, *paths, goals=WORKBOOK)


def spread(url: str, *letters: str) -> None:
    """Give their signatures every status, and run VACUUM ANALYZE, as PostgreSQL would do by itself later."""
    engine = sa.create_engine(url)
    theirs = f"letter_id IN ({', '.join(letter.rpartition('/')[2] for letter in letters)})"
    with engine.begin() as connection:
        for statement in SPREAD:
            connection.execute(sa.text(statement.format(theirs=theirs)))
    if engine.dialect.name == "postgresql":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM ANALYZE")
    engine.dispose()


def deep_page(visitor: Visitor, letter: str, signatures: int) -> str:
    """Return the path of the page nine tenths down the table; its cursor is the id of a signature."""
    first = f"{letter}/signatures"
    after = int(re.search(r"[?&;]after=(\d+)", visitor.get(first))[1])  # type: ignore[index]
    return f"{first}?after={after - signatures * 9 // 10}"
