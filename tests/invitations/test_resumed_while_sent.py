"""Pausing and resuming at once, while a worker has the mail in its hands."""

from datetime import timedelta
from itertools import count

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from tests.databases import ON_POSTGRESQL
from tests.factories import make_invited, make_letter, owner_of, posted
from tests.invitations.sent import invite_all
from tests.outbox.sites import MakeApp, site
from tests.servers.smtp import OK, Mail, MailServer
from tests.turns import Act, all_turns
from tribune.database import db, now
from tribune.invitations import pausing
from tribune.invitations.queries import numbers
from tribune.letters.models import Letter
from tribune.outbox.claiming import claim, record
from tribune.outbox.delivery import deliver_due
from tribune.outbox.models import Message

LATER = "451 4.3.0 Try again later"


@pytest.mark.parametrize("tries", [1, 2], ids=["at its first try", "at a retry"])
def test_a_mail_resumed_while_the_server_reads_it_leaves_once(make_app: MakeApp, tries: int) -> None:
    sites: list[Flask] = []
    tried = count(1)

    def presses(_mail: Mail) -> str:
        if next(tried) < tries:
            return LATER
        with sites[1].app_context():
            letter = db.session.scalars(sa.select(Letter)).one()
            pausing.pause(letter, by=owner_of(letter))
            pausing.resume(letter, by=owner_of(letter))
            assert claim() is None  # as another worker would
            assert db.session.scalars(sa.select(Message.attempts)).one() == tries  # that it may leave is still known
        return OK

    with MailServer(answers=presses) as server:
        sites += [site(make_app, server.port), site(make_app, server.port)]
        with sites[0].app_context():
            letter = make_letter(published=False)
            make_invited(letter)
            invite_all(letter)
            for n in range(tries):
                with time_machine.travel(now() + n * timedelta(minutes=2)):
                    deliver_due()
            assert (len(server.accepted), numbers(letter).by_state) == (1, {"sent": 1})


@ON_POSTGRESQL
def test_a_mail_that_leaves_while_it_is_written_anew_keeps_no_words(app: Flask) -> None:
    def begin(pause: int) -> tuple[Act, Act]:
        letter = make_letter(published=False)
        make_invited(letter)
        invite_all(letter)
        number, mail = letter.id, claim()
        assert mail
        pausing.pause(letter, by=owner_of(letter))

        def resume() -> None:
            letter = db.session.get_one(Letter, number)
            pausing.resume(letter, by=owner_of(letter))

        return resume, lambda: record(mail, None)

    for _pause in all_turns(app, begin):
        mail = posted()[-1]
        assert mail.sent_at and mail.text is mail.html is mail.subject is mail.sender_name is None
