"""Whether mails leave: the server, its certificate, the queue. Sends none."""

import smtplib
from collections.abc import Iterator
from datetime import timedelta
from email.utils import parseaddr

import sqlalchemy as sa
from flask import current_app
from flask_babel import gettext as _

from tribune.abuse.switches import current
from tribune.database import db, now
from tribune.doctor.findings import Finding, Level, judge
from tribune.doctor.settings import HERE
from tribune.outbox.models import LEAVES, Message
from tribune.outbox.queries import first_asked_at
from tribune.outbox.transport import mail

LATE, TOO_LATE = timedelta(minutes=5), timedelta(hours=1)  # that a mail is due and has not been tried


def check_mail_server() -> Iterator[Finding]:
    """Greets it as the worker does: encryption, certificate, log-in."""
    config = current_app.config
    server = config["MAIL_SERVER"]
    if not server:
        level = Level.WARN if config["DEVELOPMENT"] else Level.WRONG
        yield Finding(level, _("Mail server"), _("none"), _("Emails stay in instance/mailbox/: set MAIL_SERVER."))
        return
    secret = config["MAIL_USE_TLS"] or config["MAIL_USE_SSL"] or server in HERE
    yield judge(
        _("Email encryption"),
        None if secret else Level.WARN,
        _("on, or not needed") if secret else _("off"),
        _("Addresses and links travel in clear: set MAIL_USE_TLS (port 587) or MAIL_USE_SSL (port 465)."),
    )
    try:
        with mail.connect():
            pass
    except (smtplib.SMTPException, OSError) as error:
        mend = _("Check MAIL_SERVER, MAIL_PORT, the account and the certificate; emails wait meanwhile.")
        yield Finding(Level.WRONG, _("Mail server"), f"{server}: {type(error).__name__}", mend)
    else:
        yield Finding(Level.OK, _("Mail server"), _("%(server)s answers", server=server))
    domain = parseaddr(config["MAIL_DEFAULT_SENDER"])[1].rpartition("@")[2]
    yield Finding(
        Level.HAND,
        "SPF, DKIM, DMARC",
        _("of %(domain)s: not seen from here", domain=domain),
        _("Send an email of the site to yourself and read its Authentication-Results: all three should pass."),
    )


def check_queue() -> Iterator[Finding]:
    """Whether somebody delivers, and what was given up."""
    moment = now()
    due = db.session.scalar(sa.select(sa.func.min(Message.next_at)).where(LEAVES))
    oldest = min(filter(None, (due, first_asked_at())), default=moment)
    waited = max(moment - oldest, timedelta())
    minutes = waited.seconds // 60 + waited.days * 1440
    level = Level.WRONG if waited > TOO_LATE else Level.WARN if waited > LATE else None
    nobody = _("Nobody delivers: let `flask serve` run with MAIL_WORKER on, or `flask outbox deliver`.")
    waits = _("The site is only read: `flask site read-only off` lets emails leave again.")
    yield judge(
        _("Mail worker"),
        level,
        _("the next email is %(n)s minutes late", n=minutes) if level else _("keeps up"),
        waits if current().read_only else nobody,
    )
    lost = sa.select(sa.func.count()).select_from(Message).where(Message.gave_up_at > moment - timedelta(days=1))
    number = db.session.scalar(lost) or 0
    yield judge(
        _("Emails given up"),
        Level.WARN if number else None,
        _("%(n)s in the last day", n=number),
        _("The servers of those people refuse them: see `flask outbox status` and the log of the mail server."),
    )
