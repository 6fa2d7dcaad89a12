"""Pausing and resuming at once, while a worker has the mail in its hands."""

from datetime import timedelta
from itertools import count

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from tests.factories import make_invited, make_letter, owner_of
from tests.invitations.sent import invite_all
from tests.outbox.sites import MakeApp, site
from tests.servers.smtp import OK, Mail, MailServer
from tribune.database import db, now
from tribune.invitations import pausing
from tribune.invitations.queries import numbers
from tribune.letters.models import Letter
from tribune.outbox.claiming import claim
from tribune.outbox.delivery import deliver_due

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
