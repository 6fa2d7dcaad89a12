"""SIGKILL of the web process and of the mail worker, again and again, while people sign and confirm.

Nothing acknowledged is lost, nobody counts twice, the public number is that of the rows after each restart, whoever
waits to confirm was mailed, and there are at most as many extra copies as kills that met a worker had connections.

    .venv/bin/python -m pytest tests/abuse/test_kills.py        a few kills
    .venv/bin/python -m tests.abuse.kills --kills 100           by hand
"""

import threading
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa
import time_machine
from flask import Flask

from tests.abuse.sites import counted_right, open_letter, report, the_letter
from tests.servers.crowd import Crowd
from tests.servers.site import FLASK, Program, Site, serve
from tests.servers.smtp import NEVER, OK, MailServer
from tests.shell import shell
from tribune.database import db, now
from tribune.outbox.claiming import LEASE
from tribune.outbox.connecting import MOST
from tribune.outbox.models import Message
from tribune.outbox.queries import queue
from tribune.signatures.models import Signature

A_SECOND = 30  # signatures, and confirmations
PEOPLE = 4  # who sign at once, and as many who confirm
BETWEEN = 8  # told that they signed, and that they confirmed, before the next kill
DELIVER = [*FLASK, "outbox", "deliver"]
MEETS = ("the worker in the middle of a mail", "the web", "both", "the worker")  # by turns


@dataclass(frozen=True)
class Found:
    """What the killed site left."""

    signed: int  # told so
    confirmed: int  # told so
    lost: set[str]
    twice: set[str]
    unmailed: set[str]
    miscounted: int  # restarts after which the public number was not that of the rows
    copies: int  # extra ones, of all mails
    hits: int  # kills that met the worker
    statuses: Counter[int]

    def wrong(self) -> list[str]:
        """What does not hold."""
        told = [
            f"{name}: {sorted(emails)}"
            for name, emails in (("lost", self.lost), ("counted twice", self.twice), ("not mailed", self.unmailed))
            if emails
        ]
        if self.miscounted:
            told.append(f"miscounted after {self.miscounted} restarts")
        if self.copies > self.hits * (1 + MOST):
            told.append(f"{self.copies} extra copies of mails by {self.hits} kills")
        if set(self.statuses) - {303, 503}:
            told.append(f"answers are not 303 or 503: {dict(self.statuses)}")
        return told


def run(url: str, folder: Path, kills: int) -> Found:
    """Kill that many times on this empty database, and look at what is left."""
    silent, miscounted = threading.Event(), 0
    with (
        MailServer(answers=lambda mail: NEVER if silent.is_set() else OK) as mails,
        open_letter(url, folder, mails) as (app, settings),
        serve(settings) as web,
    ):
        worker, crowd = Program(folder / "worker", web.env, DELIVER), Crowd(web, A_SECOND)
        worker.start()
        try:
            with crowd.signing(PEOPLE), crowd.confirming(PEOPLE, mails):
                for number in range(kills):
                    crowd.wait_for(BETWEEN)
                    crowd.wait_for_confirmed(BETWEEN)
                    kill(MEETS[number % len(MEETS)], web, worker, mails, silent)
                    miscounted += not counted_right()
            mails.wait_until(lambda: nothing_is_due(app))
        finally:
            worker.kill()
        hits = sum(MEETS[number % len(MEETS)] != "the web" for number in range(kills)) + 1
        with time_machine.travel(now() + LEASE):  # what a killed worker had claimed is due when its lease ends
            assert shell(app, "outbox", "deliver", "--once")[0] == 0
        return look(crowd, mails, miscounted, hits)


def kill(met: str, web: Site, worker: Program, mails: MailServer, silent: threading.Event) -> None:
    """Kill what is met, and start it again."""
    if met == "the worker in the middle of a mail":
        unanswered = len(mails.taken) - len(mails.accepted)
        silent.set()
        mails.wait_until(lambda: len(mails.taken) - len(mails.accepted) > unanswered)
    if met != "the web":
        worker.kill()
        silent.clear()
        worker.start()
    if met in {"the web", "both"}:
        web.kill()
        web.start()


def nothing_is_due(app: Flask) -> bool:
    """Whether the worker has nothing to do now."""
    with app.app_context():
        due = sa.select(Message.id).where(Message.sent_at.is_(None), Message.next_at <= now())
        return db.session.scalars(due.limit(1)).first() is None


def look(crowd: Crowd, mails: MailServer, miscounted: int, hits: int) -> Found:
    """Hold what people were told, and mailed, against the rows."""
    letter = the_letter()
    rows = Counter(db.session.scalars(sa.select(Signature.email)))
    counted = Counter(db.session.scalars(sa.select(Signature.email).where(Signature.counted_at.is_not(None))))
    assert letter.confirmed_count == counted.total() and queue() == (0, len(mails_by_id(mails)), 0)
    mailed = Counter(mails_by_id(mails).values())
    return Found(
        signed=len(crowd.acknowledged),
        confirmed=len(crowd.confirmed),
        lost=(set(crowd.acknowledged) - set(rows)) | (set(crowd.confirmed) - set(counted)),
        twice={email for email, times in counted.items() if times > 1},
        unmailed={email for email, times in rows.items() if mailed[email] < times},
        miscounted=miscounted,
        copies=len(mails.taken) - mailed.total(),
        hits=hits,
        statuses=crowd.statuses,
    )


def mails_by_id(mails: MailServer) -> dict[str, str]:
    """Who each mail was for, whatever the number of its copies."""
    return {str(mail.message["Message-ID"]): mail.recipients[0] for mail in mails.taken}


if __name__ == "__main__":
    report(run, kills=100)
