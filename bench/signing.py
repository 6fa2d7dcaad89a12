"""Signing and confirming at full speed, compared with an empty view and with writing only the rows."""

import itertools
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from secrets import token_hex
from typing import Any

import sqlalchemy as sa

from bench.load import Work, request, run
from bench.measuring import Asked, Figures, Goal, Row, by_turns, per_second
from bench.sites import BARE, PROCESSES, Database, Visitor, ports, serving, visiting, worked
from tests.page import hidden_fields
from tests.servers.site import Site
from tribune import tokens
from tribune.abuse.models import Counter
from tribune.database import Base, db
from tribune.letters.models import Letter
from tribune.names import sort_key
from tribune.outbox.models import Mailbox, Message
from tribune.signatures.links import confirm_link
from tribune.signatures.models import Signature, Tally, new_public_id

TITLE = "Signing and confirming"
WRITERS = 4  # threads of the raw inserts
CONNECTIONS = 16
ENOUGH = 1_000  # people to confirm, per second of load
SIGNING = {"SQLite": Goal("300/s at least", 300), "PostgreSQL": Goal("500/s at least", 500)}
AS_SIGNING = Goal("signing at least", 1)
CPU = Goal("1.5 at most, or a profile", 1.5, least=False)

_person = itertools.count()


def rows(database: Database, asked: Asked) -> Iterator[Row]:
    """The rate of each, and the processor time of one signature; the page that a mail links to, before and after."""
    slug = database.new_letter(1)
    with (
        serving(database.settings, PROCESSES) as sites,
        serving(database.settings, PROCESSES, BARE) as bare,
    ):
        with visiting(sites[0]) as visitor:
            signing = signatures(visitor, slug)
        run(ports(sites), asked.seconds / 2, Work(signing, 303))
        empty = itertools.repeat(request("POST", "/empty", [("name", "x" * 200)]))
        with database.app().app_context():
            raw = raw_inserts(asked.seconds)
            wait_to_confirm(slug, int(ENOUGH * asked.seconds * asked.rounds))
            confirming, before, after = confirmations(slug), openings(slug, False), openings(slug, True)

            sign, confirm, asked_to, told, nothing, inserts = by_turns(
                asked.rounds,
                lambda: pace(sites, asked.seconds, signing),
                lambda: pace(sites, asked.seconds, confirming),
                lambda: pace(sites, asked.seconds, before, 200),
                lambda: pace(sites, asked.seconds, after, 200),
                lambda: pace(bare, asked.seconds, empty),
                raw,
            )
    yield SIGNING[database.name].row(
        sign[0],
        f"signing, {PROCESSES} × 8",
        f"{per_second(sign[0])}, p99 {sign[2]:.0f} ms",
        f"empty POST {per_second(nothing[0])}",
        f"{sign[0] / nothing[0]:.2f}",
    )
    yield AS_SIGNING.row(
        confirm[0] / sign[0],
        f"confirming, {PROCESSES} × 8",
        f"{per_second(confirm[0])}, p99 {confirm[2]:.0f} ms",
        f"signing {per_second(sign[0])}",
        f"{confirm[0] / sign[0]:.2f}",
    )
    for when, page in (("before", asked_to), ("after", told)):
        yield Row(
            f"link opened {when} confirming, {PROCESSES} × 8",
            f"{per_second(page[0])}, p99 {page[2]:.0f} ms",
            f"processor {page[1]:.2f} ms, of signing {sign[1]:.2f}",
            f"{page[1] / sign[1]:.2f}",
        )
    least = nothing[1] + inserts[1]
    yield CPU.row(
        sign[1] / least,
        "processor of a signature",
        f"{sign[1]:.2f} ms",
        f"empty POST {nothing[1]:.2f} + its rows alone {inserts[1]:.2f} ms ({per_second(inserts[0])})",
        f"{sign[1] / least:.2f}",
    )


def signatures(visitor: Visitor, slug: str) -> Iterator[bytes]:
    """Yield requests that sign this letter, each by another person."""
    path, run_of = f"/letters/{slug}/sign", token_hex(3)
    hidden = hidden_fields(visitor.get(path))
    for number in _person:
        typed = {
            "given_name": "Zoé",
            "family_name": f"Évrard-{number % 9973}",
            "email": f"zoe{number}.{run_of}@example{number % 499}.org",
            "role": "Enseignante",
            "organisation": "Université de Nantes",
            "publish": "y",
        }
        network = f"20.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
        yield request("POST", path, [*hidden, *typed.items()], X_Forwarded_For=network)


def confirmations(slug: str) -> Iterator[bytes]:
    """Yield requests that confirm the pending signatures of this letter. Needs an app context."""
    waiting = sa.select(Signature).where(Signature.letter.has(slug=slug), Signature.confirmed_at.is_(None))
    last, more = 0, True
    while more:
        found = db.session.scalars(waiting.where(Signature.id > last).order_by(Signature.id).limit(1000)).all()
        more, paths = bool(found), [_path(signature) for signature in found]
        last = found[-1].id if found else last
        db.session.rollback()  # else SQLite's journal would grow while we are asked for more, as beside no real site
        for path in paths:
            yield request("POST", path)


def openings(slug: str, confirmed: bool) -> Iterator[bytes]:
    """Yield requests that open the links of the last thousand who are to confirm, or have. Needs an app context."""
    which = Signature.confirmed_at.is_not(None) if confirmed else Signature.confirmed_at.is_(None)
    last = sa.select(Signature).where(Signature.letter.has(slug=slug), which).order_by(Signature.id.desc()).limit(1000)
    paths = [_path(signature) for signature in db.session.scalars(last)]
    db.session.rollback()
    for path in itertools.cycle(paths):
        yield request("GET", path)


def _path(signature: Signature) -> str:
    link = confirm_link(signature)
    return f"/signatures/confirm/{tokens.issue(link.purpose, link.payload)}"


def wait_to_confirm(slug: str, many: int) -> None:
    """Add so many pending signatures, copies of one that exists. Needs an app context."""
    with db.engine.begin() as connection:
        letter_id = connection.scalar(sa.select(Letter.id).where(Letter.slug == slug))
        one = copied(connection, Signature)
        one |= {"letter_id": letter_id, "confirmed_at": None, "counted_at": None}
        new = [one | _somebody() for _ in range(many)]
        connection.execute(sa.insert(Signature), new)


def _somebody() -> dict[str, str]:
    """Return the columns in which two people differ."""
    name = f"Évrard-{token_hex(3)}"
    return {
        "public_id": new_public_id(),
        "mailbox_key": token_hex(20),
        "family_name": name,
        "sort_key": sort_key(name, "Zoé"),
    }


def pace(sites: Sequence[Site], seconds: float, requests: Iterator[bytes], status: int = 303) -> Figures:
    """Return answers per second, milliseconds of processor for each, and the 99th percentile in milliseconds."""
    pids = [site.pid for site in sites]
    work, before = Work(requests, status, CONNECTIONS), worked(*pids)
    run(ports(sites), seconds, work)
    if work.wrong or not work.times:
        raise SystemExit(f"{len(work.wrong)} of {len(work.wrong) + len(work.times)} answers wrong: {work.wrong[:3]}")
    return work.rate, (worked(*pids) - before) * 1000 / len(work.times), work.within(0.99)


def raw_inserts(seconds: float) -> Callable[[], Figures]:
    """Return a function that writes only the rows of signatures, one transaction each, in WRITERS threads.

    It returns transactions per second, and milliseconds of processor for each.
    """
    engine = db.engine
    with engine.connect() as connection:
        like = {model: copied(connection, model) for model in (Signature, Mailbox, Message, Tally, Counter)}

    def write(until: float) -> int:
        done = 0
        while not done or time.perf_counter() < until:
            with engine.connect().execution_options(sqlite_begin="IMMEDIATE") as connection, connection.begin():
                connection.execute(sa.insert(Signature), like[Signature] | {"public_id": new_public_id()})
                connection.execute(sa.insert(Mailbox), like[Mailbox] | {"key": token_hex(20)})
                connection.execute(sa.insert(Message), like[Message] | {"message_id": token_hex(16)})
                more = sa.update(Tally).where(_is(Tally, like[Tally])).values({Tally.signed: Tally.signed + 1})
                connection.execute(more)
                connection.execute(sa.insert(Counter), [like[Counter] | {"key": token_hex(20)} for _ in range(2)])
            done += 1
        return done

    def timed() -> Figures:
        start, worked = time.perf_counter(), time.process_time()
        with ThreadPoolExecutor(WRITERS) as writers:
            done = sum(writers.map(write, [start + seconds] * WRITERS))
        return done / (time.perf_counter() - start), (time.process_time() - worked) * 1000 / done

    return timed


def copied(connection: sa.Connection, model: type[Base]) -> dict[str, Any]:
    """Return the last row of a table, by column names, without its id."""
    table = model.__table__
    found = connection.execute(sa.select(table).order_by(*(c.desc() for c in table.primary_key)).limit(1)).one()
    return {name: value for name, value in found._mapping.items() if name != "id"}


def _is(model: type[Base], row: dict[str, Any]) -> sa.ColumnElement[bool]:
    """Return the condition for this row, by its primary key."""
    return sa.and_(*(column == row[column.name] for column in model.__table__.primary_key))
