"""The whole list as a CSV, compared with COPY of the same columns; its first byte and its memory."""

import time
from collections.abc import Iterator

import psycopg

from bench.measuring import Asked, Figures, Goal, Row, by_turns, per_second
from bench.sites import Database, Visitor, file, visiting
from tests.servers.site import serve

TITLE = "The list as a CSV"
FEW = 1_000  # signatures of the small letter, at most
AS_COPY = Goal("0.35 of COPY at least", 0.35)
COPY = """COPY (  -- the columns of the file as they stand
    SELECT public_id, given_name, family_name, role, organisation, capacity, section, email, origin, published, news,
        letter_version, locale, signed_at, confirmed_at, affiliation
    FROM signatures WHERE letter_id = %s ORDER BY id
) TO STDOUT (FORMAT csv)"""


def rows(database: Database, asked: Asked) -> Iterator[Row]:
    """Rows per second, then the first byte and the memory."""
    few, many = database.letter(min(FEW, asked.signatures)), database.letter(asked.signatures)
    with serve(database.settings) as site, visiting(site) as visitor:
        visitor.log_in(database)
        small, large = (f"{database.desk(slug)}/signatures.csv" for slug in (few, many))
        work = f"CSV of {asked.signatures:,} rows"
        sides = [lambda: _rate(visitor, large, asked.signatures)]
        if database.name == "PostgreSQL":
            number = int(database.desk(many).rpartition("/")[2])
            sides.append(lambda: _copy(database.url, number))
        (ours, *_), *copy = by_turns(min(asked.rounds, 3), *sides)
        if copy:
            raw = copy[0][0]
            yield AS_COPY.row(ours / raw, work, per_second(ours), f"COPY {per_second(raw)}", f"{ours / raw:.2f}")
        else:
            yield Row(work, per_second(ours))
        yield from file(work, visitor, large, small, lines=asked.signatures + 1)


def _rate(visitor: Visitor, path: str, expected: int) -> Figures:
    start, lines = time.perf_counter(), 0
    answer = visitor.open(path)
    while part := answer.read(1 << 16):
        lines += part.count(b"\n")
    if lines != expected + 1:
        raise SystemExit(f"{lines} lines, not {expected + 1}, in {path}")
    return (expected / (time.perf_counter() - start),)


def _copy(url: str, letter: int) -> Figures:
    start = time.perf_counter()
    with psycopg.connect(url) as connection, connection.cursor() as cursor, cursor.copy(COPY, [letter]) as lines:
        number = sum(1 for _line in lines)
    return (number / (time.perf_counter() - start),)
