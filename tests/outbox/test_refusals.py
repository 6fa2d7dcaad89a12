"""A server that refuses for ever what is no fault of the recipient: the mail waits for whoever runs the site."""

import re

import pytest
import sqlalchemy as sa
import time_machine

from tests.databases import ON_SQLITE
from tests.factories import make_message, posted
from tests.outbox.returned import ZOE, bounces
from tests.outbox.sites import MakeApp, site
from tests.servers.smtp import MailServer
from tribune.database import db
from tribune.outbox.delivery import deliver_due
from tribune.outbox.models import Message

AT_RCPT = {
    "a log-in that is wrong by now": "554 5.7.1 <zoe@example.org>: Relay access denied",
    "a sender that is not ours": "553 5.7.1 <t@example.org>: Sender address rejected: not owned by user t",
    "a sender that nobody knows": "550 5.1.8 <t@example.org>: Sender address rejected: Domain not found",
    "a sender without a mailbox": "550 5.1.0 <t@example.org>: Sender address rejected: User unknown",  # Postfix
    "a sender that is none": "553 5.1.7 <t>: Sender address rejected",
    "the name of our machine": "504 5.5.2 <web>: Helo command rejected: need fully-qualified hostname",
    "our machine": "550 5.7.1 Service unavailable; client [192.0.2.1] blocked",
    "a rule that we do not know": "550 5.4.1 Recipient address rejected: Access denied",
    "no status": "554 Blocked, see the list",
    "no status, from Exim": "550 relay not permitted",
    "an address that holds what looks like a status": "550 Client host [195.1.1.2] blocked",
    "a limit of Microsoft": "550 5.1.90 You have reached your daily limit for message recipients",
}
AFTER_DATA = {
    "a sender that is not proved": "554 Message rejected: Email address is not verified",
    "an account that is suspended": "550 5.7.1 Your account is suspended",
    "too many for today": "554 5.7.0 Daily quota exceeded",
    "a limit that Microsoft does not name": "554 5.2.0 STOREDRV.Submission.Exception: quota exceeded",
    "a sender that Microsoft does not allow": "554 5.2.252 SendAsDenied; a@example.org not allowed as t@example.org",
}


@ON_SQLITE
@pytest.mark.parametrize("why", [*AT_RCPT, *AFTER_DATA])
def test_what_the_recipient_has_no_part_in_waits_until_it_is_mended(
    make_app: MakeApp, why: str, caplog: pytest.LogCaptureFixture
) -> None:
    answers = [AFTER_DATA[why]] if why in AFTER_DATA else []
    refused = {ZOE: AT_RCPT[why]} if why in AT_RCPT else {}
    with MailServer(answers, refused) as server, site(make_app, server.port).app_context():
        make_message(ZOE)
        assert deliver_due() == 0
        [message] = posted()
        said = re.match(r"5\d\d( 5[.\d]+)?", AT_RCPT.get(why) or AFTER_DATA[why])
        assert message.gave_up_at is None and said and message.last_error == said[0]  # code and status, no words
        assert message.recipient == ZOE and bounces() == 0
        assert f"mail {message.id} is put off ({message.last_error})" in caplog.text
        server.refused.clear()
        with time_machine.travel(message.next_at):
            assert deliver_due() == 1


@ON_SQLITE
@pytest.mark.parametrize("said", ["552 5.3.4 Message too big", "554 5.6.0 No", "552 5.2.2 Mailbox full"])
def test_what_is_about_this_mail_alone_is_given_up(
    make_app: MakeApp, said: str, caplog: pytest.LogCaptureFixture
) -> None:
    with MailServer([said]) as server, site(make_app, server.port).app_context():
        make_message(ZOE)
        assert deliver_due() == 0
        [message] = db.session.scalars(sa.select(Message))
        assert message.gave_up_at and message.recipient is None
        assert f"mail {message.id} is given up ({said[:9]})" in caplog.text
