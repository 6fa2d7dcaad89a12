"""The organiser's pages of a letter with many signatures against those of one with a thousand, on both databases.

    .venv/bin/python -m bench.desk [--signatures 1000000] [--rounds 40]

Each figure is a median over rounds in which both sides take turns, so that a noisy machine falls on both alike.
"""

import argparse
import re
import sys
from functools import partial

import sqlalchemy as sa

from bench.measuring import Visitor, databases, file, flask, ratio, visiting
from tests.servers.site import serve
from tribune.signatures.table import STATUSES

FEW = 1_000
ROWS = 100_000  # of the file
ORGANISER = "demo@example.org"
PAGES = {
    "desk": "",
    "desk by hour": "?by=hour",
    "table": "/signatures",
    **{f"table, {status}": f"/signatures?status={status}" for status in STATUSES},
    **{f"table by {sort}": f"/signatures?sort={sort}" for sort in ("surname", "organisation")},
}
# Of nine signatures one is of each other status, so that a page of a thousand is full too, and two are flagged.
SPREAD = (
    "UPDATE signatures SET counted_at = NULL, confirmed_at = NULL WHERE id % 9 = 0",
    "UPDATE signatures SET attested_at = confirmed_at, confirmed_at = NULL WHERE id % 9 = 1",
    "UPDATE signatures SET held_at = confirmed_at, counted_at = NULL WHERE id % 9 = 2",
    "UPDATE signatures SET hidden_at = confirmed_at WHERE id % 9 = 3",
    """INSERT INTO flags (letter_id, signature_id, kind, created_at)
       SELECT letter_id, id, 'joke', signed_at FROM signatures WHERE id % 9 IN (4, 5)""",
)


def main() -> None:
    """Print a table a database."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--signatures", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=40)
    asked = parser.parse_args()
    for name, settings in databases():
        measure(name, settings, asked.signatures, asked.rounds)


def measure(name: str, settings: dict[str, str], signatures: int, rounds: int) -> None:
    """Fill one database and print its figures."""
    for many in (FEW, signatures):
        flask(settings, "demo", "fill", "--signatures", str(many))
    spread(settings["TRIBUNE_SQLALCHEMY_DATABASE_URI"])
    flask(settings, "demo", "fill", "--signatures", str(ROWS))
    print(f"\n{name}, {signatures} to {FEW} signatures, {rounds} rounds", flush=True)
    with serve(settings) as site, visiting(site) as visitor:
        visitor.log_in(flask({**settings, "TRIBUNE_PUBLIC_URL": site.url}, "organisers", "log-in-link", ORGANISER))
        whole, large, small = letters(visitor)
        for page, asked in PAGES.items():
            pair = [partial(visitor.get, letter + asked) for letter in (small, large)]
            ratio(f"{page}, many to {FEW}", rounds, *pair)
        pair = [
            partial(visitor.get, address) for address in (f"{large}/signatures", deep_page(visitor, large, signatures))
        ]
        ratio("table, deep page to first", rounds, *pair)
        for kind in ("csv", "xlsx"):
            file(f"{kind.upper()} of {ROWS} rows", visitor, f"{whole}/signatures.{kind}", f"{small}/signatures.{kind}")


def spread(url: str) -> None:
    """Give the made-up signatures every status, and let the database look at its tables as it would by itself."""
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        for statement in SPREAD:
            connection.exec_driver_sql(
                statement.replace("%", "%%") if engine.dialect.name == "postgresql" else statement
            )
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("VACUUM ANALYZE" if engine.dialect.name == "postgresql" else "ANALYZE")
    engine.dispose()


def letters(visitor: Visitor) -> list[str]:
    """The addresses of the desks, newest first, as the organiser finds them."""
    found = list(dict.fromkeys(re.findall(r'href="(/manage/letters/\d+)"', visitor.get("/manage/"))))
    if len(found) != 3:
        sys.exit(f"Three letters were filled, and My letters lists {found}")
    return found


def deep_page(visitor: Visitor, letter: str, signatures: int) -> str:
    """The page nine tenths down its table, whose cursor is the number of a signature."""
    first = f"{letter}/signatures"
    after = int(re.search(r"[?&;]after=(\d+)", visitor.get(first))[1])  # type: ignore[index]
    return f"{first}?after={after - signatures * 9 // 10}"


if __name__ == "__main__":
    main()
