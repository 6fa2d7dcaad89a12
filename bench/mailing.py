"""The mail worker, compared with SMTP alone: the same mails over one connection, to the same server."""

import smtplib
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from secrets import token_hex

import sqlalchemy as sa

from bench.measuring import Asked, Figures, Goal, Row, by_turns, per_second
from bench.sites import FLASK, Database
from tests.servers.site import HOST, ROOT
from tribune.database import db, now, write
from tribune.outbox.mime import as_mail
from tribune.outbox.models import Message

TITLE = "Mail"
A_SECOND = 200  # mails posted per second of a load
AS_SMTP = Goal("0.7 of SMTP at least", 0.7)
ANSWERS_IN = 20  # milliseconds that a typical relay takes per mail
TEXT = "Votre signature n'est pas encore comptée.\n" * 30
RELAY = """
import asyncio, sys
from aiosmtpd.smtp import SMTP
class Sink:
    async def handle_EHLO(self, server, session, envelope, name, offered):
        session.host_name = name
        return [offered[0], "250-PIPELINING", *offered[1:]]
    async def handle_DATA(self, server, session, envelope):
        await asyncio.sleep(float(sys.argv[1]) / 1000)
        return "250 OK"
async def main():
    server = await asyncio.get_running_loop().create_server(lambda: SMTP(Sink()), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()
asyncio.run(main())
"""


def rows(database: Database, asked: Asked) -> Iterator[Row]:
    """First to a server that answers at once, which shows our own cost, then to one like a real relay."""
    many = max(int(A_SECOND * asked.seconds), 20)
    with database.app().app_context():
        with relay() as port:
            yield from _compared(database, asked, port, many, "")
        with relay(ANSWERS_IN) as port:
            yield from _compared(database, asked, port, max(many // 5, 20), f" to a relay of {ANSWERS_IN} ms")


def _compared(database: Database, asked: Asked, port: int, many: int, words: str) -> Iterator[Row]:
    """Compare one worker, and on PostgreSQL several, with SMTP alone."""
    settings = {"TRIBUNE_MAIL_SERVER": HOST, "TRIBUNE_MAIL_PORT": str(port)}
    settings |= {"TRIBUNE_MAIL_DEFAULT_SENDER": "tribune@example.org"}
    more = asked.workers if database.name == "PostgreSQL" else ()
    sides = [lambda number=number: deliver(database, settings, many, number) for number in (1, *more)]
    (alone,), *found = by_turns(min(asked.rounds, 3), lambda: by_hand(port, many), *sides)
    one = found[0][0]
    beside = f"SMTP alone {per_second(alone)}"
    yield AS_SMTP.row(one / alone, f"one worker{words}", per_second(one), beside, f"{one / alone:.2f}")
    for number, (rate,) in zip(more, found[1:], strict=True):
        yield Row(f"{number} workers{words}", per_second(rate), f"one worker {per_second(one)}", f"{rate / one:.2f}")


@contextmanager
def relay(answers_in: float = 0) -> Iterator[int]:
    """Run a server in its own process that takes each mail in so many milliseconds and keeps none; yield its port."""
    with subprocess.Popen([sys.executable, "-c", RELAY, str(answers_in)], stdout=subprocess.PIPE, text=True) as process:
        try:
            yield int(process.stdout.readline())  # type: ignore[union-attr]
        finally:
            process.terminate()


def by_hand(port: int, many: int) -> Figures:
    """Send as many mails over one connection; return mails per second."""
    mail = as_mail("Confirmez", "zoe@example.org", TEXT, f"<p>{TEXT}</p>", "<1@example.org>").content
    with smtplib.SMTP(HOST, port) as server:
        start = time.perf_counter()
        for _ in range(many):
            server.sendmail("tribune@example.org", ["zoe@example.org"], mail)
        return (many / (time.perf_counter() - start),)


def deliver(database: Database, settings: dict[str, str], many: int, workers: int) -> Figures:
    """Post mails and let the workers send them; return mails per second, from the first that left to the last."""
    post(many)
    began = now()
    with ExitStack() as stack:
        command = [*FLASK, "outbox", "deliver", "--once"]
        environment = database.environment(settings)
        processes = [
            stack.enter_context(subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL))
            for _ in range(workers)
        ]
    if any(process.returncode for process in processes):
        raise SystemExit("a worker failed")
    query = sa.select(sa.func.count(), sa.func.min(Message.sent_at), sa.func.max(Message.sent_at))
    sent, first, last = db.session.execute(query.where(Message.sent_at >= began)).one()
    db.session.rollback()
    if first is None or last is None or sent < many:
        raise SystemExit(f"{sent} of {many} mails left")
    return ((sent - 1) / max((last - first).total_seconds(), 1e-6),)


def post(many: int, priority: int = 0) -> None:
    """Add waiting mails like confirmations; those that waited before are given up."""
    mail = {
        "kind": "ask_to_confirm", "budget": "confirmation", "priority": priority, "locale": "fr",
        "subject": "Confirmez", "text": TEXT, "html": f"<p>{TEXT}</p>", "links": {}, "attempts": 0,
    }  # fmt: skip
    with write() as session:
        moment, run = now(), token_hex(4)
        session.execute(sa.update(Message).where(Message.sent_at.is_(None)).values(gave_up_at=moment))
        waiting = [
            mail | {"recipient": f"zoe{n}@example.org", "mailbox_key": f"{run}{n}", "message_id": f"<{run}{n}@x>"}
            | {"created_at": moment, "next_at": moment}
            for n in range(many)
        ]  # fmt: skip
        session.connection().execute(sa.insert(Message), waiting)
