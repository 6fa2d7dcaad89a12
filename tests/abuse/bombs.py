"""Many posts at one mailbox, over many letters and in all its spellings: a site that cannot be used as a weapon.

What arrives at a real mail server is at most 3 mails in 24 hours and 10 in 30 days, and each post is answered by the
same bytes, whatever became of it. Half of the posts come at once, over several connections; the others in the weeks
that follow, while the clock of this process is set forward.

    .venv/bin/python -m pytest tests/abuse/test_bombs.py                    some of them
    .venv/bin/python -m tests.abuse.bombs --posts 10000 --letters 500       by hand, on each database
"""

import re
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

import sqlalchemy as sa
import time_machine
from flask import Flask

from tests.abuse.odd_requests import FORM, encoded
from tests.abuse.sites import open_letter, report
from tests.abuse.wire import Wire
from tests.factories import make_letter, make_organiser
from tests.servers.site import serve
from tests.servers.smtp import MailServer
from tests.shell import shell
from tribune.database import db, now
from tribune.letters.models import Letter
from tribune.mine.answering import answer_due
from tribune.outbox.models import MailRequest
from tribune.outbox.queries import queue
from tribune.signatures.reminding import remind_due
from tribune.signatures.stamp import stamp
from tribune.signatures.wordings import WORDING

LOCAL, DOMAINS = "zoeevrard", ("gmail.com", "googlemail.com", "GMail.Com", "GOOGLEMAIL.COM")
ATTACKERS = 4  # at once
WEEKS = 6
BY_DESIGN = re.compile(rb"(?<=tribune_signing=)[\w.-]+|(?<=bomb-)\d+|(?<=Date: )[^\n]+|(?<=Expires=)[^;\n]+")


@dataclass
class Found:
    """What arrived, by the moment its mail was sent, and what was told, without what is random by design."""

    posts: int
    letters: int
    burst: Counter[bytes] = field(default_factory=Counter)
    later: Counter[bytes] = field(default_factory=Counter)
    arrived: list[datetime] = field(default_factory=list)

    def most_in(self, period: timedelta) -> int:
        """The most mails that came within any time so long."""
        return max((sum(start <= each < start + period for each in self.arrived) for start in self.arrived), default=0)

    def wrong(self) -> list[str]:
        """What does not hold."""
        day, month = self.most_in(timedelta(hours=24)), self.most_in(timedelta(days=30))
        told = [f"{day} mails arrived in 24 hours and {month} in 30 days"] if day > 3 or month > 10 else []
        if max(len(self.burst), len(self.later)) > 2:  # one a form
            told.append(f"different answers: {len(self.burst)} at once, {len(self.later)} later")
        return told

    def __str__(self) -> str:
        return f"{self.posts} posts over {self.letters} letters: {len(self.arrived)} mails arrived in {WEEKS} weeks"


def spelling(random: Random) -> str:
    """One of the many ways to write the address of one mailbox."""
    letters = [letter.upper() if random.random() < 0.3 else letter for letter in LOCAL]
    dotted = letters[0] + "".join(("." if random.random() < 0.3 else "") + letter for letter in letters[1:])
    tag = f"+{random.randrange(10**6)}" if random.random() < 0.5 else ""
    return f"{dotted}{tag}@{random.choice(DOMAINS)}"


def post(random: Random, letters: list[tuple[str, str]]) -> tuple[str, bytes]:
    """A post that causes a mail: the path, and the form. Needs an app context."""
    email = spelling(random)
    if random.random() < 0.1:
        path, typed = "/signatures/new-link", {"stamp": stamp("new-link")}
    else:
        slug, digest = random.choice(letters)
        path, typed = f"/letters/{slug}/sign", {"stamp": stamp(slug), "version": digest, "wording": WORDING}
        typed |= {"given_name": "Zoé", "family_name": f"Évrard {random.choice('ABCDE')}", "publish": "y"}
    fields = {**typed, "email": email}
    return path, encoded([(name.encode(), value.encode()) for name, value in fields.items()])


def told(path: str, status: int, headers: list[tuple[str, str]], body: bytes) -> bytes:
    """An answer as it is compared."""
    lines = [f"{path.rpartition('/')[2]} {status}", *(f"{name}: {value}" for name, value in headers)]
    return BY_DESIGN.sub(b"", "\n".join(lines).encode() + b"\n\n" + body)


def run(url: str, folder: Path, posts: int, letters: int) -> Found:
    """Post so often at a site on this empty database."""
    found = Found(posts, letters)
    with MailServer() as mails, open_letter(url, folder, mails) as (app, settings):
        with app.app_context():
            organiser = make_organiser()
            for number in range(letters):
                make_letter(organiser, slug=f"bomb-{number:04}")
            rows = sa.select(Letter).where(Letter.slug.startswith("bomb-"))
            aims = [(letter.slug, letter.version.digest) for letter in db.session.scalars(rows)]
            db.session.remove()
        with serve({**settings, "TRIBUNE_MAIL_WORKER": "on"}) as site:
            with ThreadPoolExecutor(ATTACKERS) as attackers:
                share = posts // 2 // ATTACKERS
                tasks = [attackers.submit(attack, app, site.port, n, share, aims) for n in range(ATTACKERS)]
            for task in tasks:
                found.burst += task.result()
            mails.wait_until(lambda: nothing_waits(app))
        with app.app_context():
            found.later = besiege(app, posts - posts // 2, aims)
        found.arrived = [mail.message["Date"].datetime for mail in mails.accepted]
    return found


def attack(app: Flask, port: int, seed: int, posts: int, aims: list[tuple[str, str]]) -> Counter[bytes]:
    """So many posts over one connection, one after the other: what was told, and how often."""
    answers: Counter[bytes] = Counter()
    random = Random(seed)
    with Wire(port) as wire:
        for _ in range(posts):
            with app.app_context():
                path, form = post(random, aims)
            answer = wire.ask("POST", path.encode(), [(b"Content-Type", FORM)], form)
            answers[told(path, answer.status, answer.headers, answer.body)] += 1
    return answers


def nothing_waits(app: Flask) -> bool:
    """Whether all that was asked for is answered, and all that was posted has left."""
    with app.app_context():
        return not db.session.scalar(sa.select(sa.exists().where(MailRequest.id > 0))) and queue().waiting == 0


def besiege(app: Flask, posts: int, aims: list[tuple[str, str]]) -> Counter[bytes]:
    """The posts of the weeks that follow, spread evenly, with the chores of the site: what was told, and how often."""
    answers: Counter[bytes] = Counter()
    random, client, began = Random(99), app.test_client(), now()
    for number in range(1, posts + 1):
        with time_machine.travel(began + number * timedelta(weeks=WEEKS) / posts, tick=False):
            path, form = post(random, aims)
            answer = client.post(path, data=form, content_type=FORM.decode())
            answers[told(path, answer.status_code, list(answer.headers), answer.data)] += 1
            remind_due()
            answer_due()
            if queue().waiting:
                assert shell(app, "outbox", "deliver", "--once")[0] == 0
    return answers


if __name__ == "__main__":
    report(run, posts=10_000, letters=500)
