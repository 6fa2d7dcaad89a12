"""Everything at once: people sign, confirm and read at fixed rates while a list is exported and a mailing leaves."""

import subprocess
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from itertools import repeat

import sqlalchemy as sa

from bench.load import Work, request, run
from bench.mailing import post, relay
from bench.measuring import Asked, Goal, Row
from bench.signing import confirmations, signatures, wait_to_confirm
from bench.sites import FLASK, PROCESSES, Database, peak, ports, serving, visiting
from tests.servers.site import HOST, ROOT
from tribune.database import db, now
from tribune.letters.queries import letter_by_slug
from tribune.outbox.models import Message
from tribune.signatures.models import Signature

TITLE = "Everything at once"
RATES = {"SQLite": (100, 100, 300), "PostgreSQL": (330, 330, 500)}  # signing, confirming, reading, per second
MAILING = 10_000
WARM_UP = 0.2  # share of the time, before memory is measured
NO_ERROR = Goal("0 errors", 0.5, least=False)
FAST = Goal("300 ms at most", 300, least=False)
WORST = Goal("2 s at most", 2, least=False)
FRESH = Goal("60 s at most", 60, least=False)
FLAT = Goal("+20 MB at most", 20, least=False)


def rows(database: Database, asked: Asked) -> Iterator[Row]:
    """Errors and times of each, the mails, the counter, the memory."""
    exported, slug = database.letter(asked.signatures), database.new_letter(1)
    sign, confirm, read = RATES[database.name]
    seconds = asked.together
    with ExitStack() as stack:
        port = stack.enter_context(relay())
        mail = {"TRIBUNE_MAIL_SERVER": HOST, "TRIBUNE_MAIL_PORT": str(port)}
        environment = {**mail, "TRIBUNE_MAIL_DEFAULT_SENDER": "tribune@example.org"}
        sites = stack.enter_context(serving(database.settings, PROCESSES))
        visitor = stack.enter_context(visiting(sites[0]))
        visitor.log_in(database)
        signing = signatures(visitor, slug)
        stack.enter_context(database.app().app_context())
        run(ports(sites), min(0.5, seconds), Work(signing, 303))
        wait_to_confirm(slug, int(confirm * seconds * (1 + WARM_UP)) + 100)
        confirming = iter(list(confirmations(slug)))
        reading = repeat(request("GET", f"/letters/{slug}"))

        def works() -> list[Work]:
            return [Work(signing, 303, 32, sign), Work(confirming, 303, 32, confirm), Work(reading, 200, 32, read)]

        post(min(MAILING, int(asked.signatures / 10)), priority=9)
        worker = subprocess.Popen([*FLASK, "outbox", "deliver"], cwd=ROOT, env=database.environment(environment))
        stack.callback(worker.wait)
        stack.callback(worker.terminate)
        began = now()
        run(ports(sites), seconds * WARM_UP, *works())
        before = [peak(site) for site in sites]
        lines: list[int] = []
        path = f"{database.desk(exported)}/signatures.csv"
        export = threading.Thread(target=lambda: lines.append(visitor.open(path).read().count(b"\n")))
        export.start()
        found = works()
        run(ports(sites), seconds, *found)
        export.join()
        grew = max(peak(site) - least for site, least in zip(sites, before, strict=True))
        oldest, drift = _oldest(began), _drift(slug)
    for name, work, rate in zip(("signing", "confirming", "reading"), found, (sign, confirm, read), strict=True):
        what = f"{name}, {rate}/s for {seconds:.0f} s"
        wrong = f", {work.wrong[0]}" if work.wrong else ""
        yield NO_ERROR.row(max(len(work.wrong), 0.1), what, f"{len(work.wrong)} errors{wrong}, {work.rate:.0f}/s done")
        yield FAST.row(work.within(0.99), f"{what}, p99", f"{work.within(0.99):.0f} ms")
        yield WORST.row(work.within(1) / 1000, f"{what}, worst", f"{work.within(1) / 1000:.2f} s")
    rest = asked.signatures + 1 - sum(lines)
    yield NO_ERROR.row(max(abs(rest), 0.1), f"export of {asked.signatures:,} meanwhile", f"{rest} lines lacking")
    yield FRESH.row(max(oldest, 0.1), "oldest mail of confirmation", f"{oldest:.1f} s")
    yield NO_ERROR.row(max(abs(drift), 0.1), "counter against the rows", f"{drift} apart")
    yield FLAT.row(max(grew, 0.1), "memory of a process", f"+{grew:.1f} MB")


def _oldest(began: object) -> float:
    """Return the seconds that the slowest confirmation mail took to leave, or has waited."""
    asked = sa.select(Message.created_at, Message.sent_at)
    asked = asked.where(Message.kind == "ask_to_confirm", Message.priority == 0, Message.created_at >= began)
    moment = now()
    ages = [((sent or moment) - made).total_seconds() for made, sent in db.session.execute(asked)]
    return max(ages, default=0.0)


def _drift(slug: str) -> int:
    """Return the difference between the number readers see and the rows that count."""
    letter = letter_by_slug(slug)
    if letter is None:
        raise SystemExit(f"no letter {slug}")
    counted = sa.select(sa.func.count()).where(Signature.letter_id == letter.id, Signature.counted_at.is_not(None))
    return letter.confirmed_count + letter.attested_count - (db.session.scalar(counted) or 0)
