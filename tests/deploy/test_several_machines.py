"""Two web processes and two mail workers around one database and one Redis are one site."""

import re
import shutil
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.conftest import SETTINGS, let_go, new_app
from tests.deploy import machines
from tests.deploy.machines import Reader
from tests.factories import make_letter, owner_of
from tests.servers import redis
from tests.servers.postgresql import fresh_database
from tests.servers.site import Site
from tests.servers.small import door
from tests.servers.smtp import Mail, MailServer
from tribune.abuse.limits import LATE, PROVE
from tribune.database import db, now
from tribune.letters.models import Letter
from tribune.outbox.models import Message

SIGNATORIES = 30


@dataclass
class Machines:
    """What runs, and what a test looks at it with."""

    webs: list[Site]
    mails: MailServer
    app: Flask


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def started(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machines]:
    """Two web machines and two workers on each kind of database, for all of these: to start them takes seconds."""
    folder = tmp_path_factory.mktemp("machines")
    with ExitStack() as running:
        if request.param == "sqlite":
            url = f"sqlite:///{shutil.copy(request.getfixturevalue('migrated_sqlite'), folder)}"
        else:
            server, template = map(request.getfixturevalue, ("postgresql_server", "migrated_postgresql"))
            url = running.enter_context(fresh_database(server, template))
        mails = running.enter_context(MailServer())
        ours = {
            "SECRET_KEY": SETTINGS["SECRET_KEY"], "SQLALCHEMY_DATABASE_URI": url, "MAIL_SERVER": "127.0.0.1",
            "MAIL_PORT": mails.port, "MAIL_DEFAULT_SENDER": "t@example.org", "RATELIMITS": "on",
            "RATELIMIT_STORAGE_URI": running.enter_context(redis.start()),
        }  # fmt: skip
        settings = {f"TRIBUNE_{name}": str(value) for name, value in ours.items()}
        webs = running.enter_context(machines.webs(settings))
        running.enter_context(machines.workers(settings))
        app = new_app(url, folder)
        yield Machines(webs, mails, app)
        let_go(app)


@pytest.fixture
def site(started: Machines) -> Iterator[Machines]:
    """The machines, with an application context for the test."""
    with started.app.app_context():
        yield started


@pytest.fixture
def letter(site: Machines) -> Letter:
    """One of this test alone, as are those who sign it."""
    return make_letter()


def sign(reader: Reader, letter: Letter, number: int) -> int:
    """Sign as this person; the status of the answer."""
    typed = {"given_name": "Zoé", "family_name": "Évrard", "publish": "y"}
    return reader.post(f"/letters/{letter.slug}/sign", **typed, email=f"p{number}.{letter.id}@example.org")[0]


def link_in(mail: Mail) -> str:
    found = re.search(r"http://[^/]+(/signatures/confirm/\S+)", mail.message.get_body(("plain",)).get_content())
    assert found
    return found[1]


def test_what_one_machine_took_another_confirms_and_each_mail_leaves_once(site: Machines, letter: Letter) -> None:
    before = len(site.mails.taken)
    readers = [Reader(site.webs, f"203.0.113.{number}") for number in range(SIGNATORIES)]
    assert {sign(reader, letter, number) for number, reader in enumerate(readers)} == {303}
    mails = site.mails.wait_for(before + SIGNATORIES)[before:]
    for mail in mails:
        assert Reader(site.webs[::-1]).post(link_in(mail))[0] == 303  # by the machine that did not take the form
    pages = [Reader([web]).get(f"/letters/{letter.slug}?made=anew")[1] for web in site.webs]
    assert all(f">{SIGNATORIES} signatures confirmées</strong>" in page for page in pages)
    assert Counter(mail.recipients[0] for mail in site.mails.taken[before:]).most_common(1)[0][1] == 1


def test_whoever_logged_in_at_one_machine_is_known_to_all_until_they_log_out(site: Machines, letter: Letter) -> None:
    browser = Reader(site.webs)
    page = f"/manage/letters/{letter.id}"
    assert browser.post(door(owner_of(letter)))[0] == 303
    assert [browser.get(page)[0] for _ in range(4)] == [200] * 4
    before = dict(browser.cookies)
    assert browser.post("/organisers/log-out", form_at=page)[0] == 303
    copied = Reader(site.webs, cookies=before)
    assert [copied.get(page)[0] for _ in range(2)] == [303] * 2  # to the door, on both


def test_the_machines_count_together_what_one_network_sends(site: Machines, letter: Letter) -> None:
    taken = len(site.mails.taken)
    for address in ("198.51.100.7", "198.51.100.8"):  # the second if the ten minutes of the first ended meanwhile
        before, end = late_mails(), PROVE.end(now())
        both = [Reader(webs, address) for webs in (site.webs, site.webs[::-1])]  # each sends its forms to one machine
        assert {sign(both[number % 2], letter, number) for number in range(PROVE.most + 1)} == {303}
        if PROVE.end(now()) == end:
            break
    site.mails.wait_for(taken + PROVE.most)
    assert late_mails() == before + 1


def late_mails() -> int:
    late = sa.select(sa.func.count()).where(Message.sent_at.is_(None), Message.next_at > now() + LATE / 2)
    db.session.rollback()
    return db.session.scalars(late).one()
