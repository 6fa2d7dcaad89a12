"""Check whether mails leave: the server, its certificate, the queue. Sends no mail."""

import smtplib
import socket
import ssl
from collections.abc import Iterator
from datetime import timedelta
from email.utils import parseaddr

import sqlalchemy as sa
from flask import current_app
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from tribune.abuse import switches
from tribune.checks import HERE
from tribune.database import Moment, db, now
from tribune.doctor.findings import Finding, Level, judge
from tribune.outbox.models import LEAVES, Message
from tribune.outbox.queries import lateness
from tribune.outbox.smtp import mail

# By kind of exception, in words that a beginner understands. OSError last: those of SMTP are OSErrors too.
HOW_TO_MEND = (
    (smtplib.SMTPAuthenticationError, _l("It refuses the account: check MAIL_USERNAME and MAIL_PASSWORD.")),
    (
        ssl.SSLCertVerificationError,
        _l(
            "If its certificate is for another name, set MAIL_SERVER to that name; if this machine does not know its "
            "authority, and it is yours, make it known (`update-ca-certificates`); if it has expired, whoever runs the "
            "server has to renew it."
        ),
    ),
    (
        (ssl.SSLError, smtplib.SMTPServerDisconnected, smtplib.SMTPNotSupportedError),
        _l(
            "It does not speak as the settings expect: MAIL_USE_TLS is for port 587, MAIL_USE_SSL for port "
            "465, and an account often needs one of the two."
        ),
    ),
    ((smtplib.SMTPException, ValueError), _l("Check MAIL_SERVER, MAIL_PORT, MAIL_USERNAME and MAIL_PASSWORD.")),
    (socket.gaierror, _l("No machine of that name was found: check MAIL_SERVER.")),
    (
        OSError,
        _l(
            "Nothing answers there: check MAIL_SERVER and MAIL_PORT. Many hosting providers close port 25; use "
            "587 or 465."
        ),
    ),
)
LATE, TOO_LATE = timedelta(minutes=5), timedelta(hours=1)  # since a mail was due and has not been tried
PUT_OFF = timedelta(minutes=10)  # by then servers that greylist strangers have accepted a mail


def check_mail_server() -> Iterator[Finding]:
    """Connect as the mail worker does: encryption, certificate, log-in."""
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
    if bool(config["MAIL_USERNAME"]) != bool(config["MAIL_PASSWORD"]):
        yield Finding(
            Level.WARN,
            "MAIL_USERNAME, MAIL_PASSWORD",
            _("one without the other"),
            _("The site does not log in to the mail server: set both, or neither."),
        )
    try:
        with mail.connect():
            pass
    except (smtplib.SMTPException, OSError, ValueError) as error:  # ValueError: a password that cannot be encoded
        mend = next(words for faults, words in HOW_TO_MEND if isinstance(error, faults))
        waits = _("Emails wait until then, and are sent automatically.")
        said = error.verify_message if isinstance(error, ssl.SSLCertVerificationError) else type(error).__name__
        yield Finding(Level.WRONG, _("Mail server"), f"{server}: {said}", f"{mend} {waits}")
    else:
        yield Finding(Level.OK, _("Mail server"), _("%(server)s answers", server=server))
    domain = parseaddr(config["MAIL_DEFAULT_SENDER"])[1].rpartition("@")[2]
    yield Finding(
        Level.HAND,
        "SPF, DKIM, DMARC",
        _("of %(domain)s: cannot be seen from here", domain=domain),
        _("Send an email of the site to yourself and read its Authentication-Results: all three should pass."),
    )


def check_queue() -> Iterator[Finding]:
    """Check that a worker delivers, that mails are not put off, and how many were given up."""
    waited = lateness()
    level = Level.WRONG if waited > TOO_LATE else Level.WARN if waited > LATE else None
    nobody = _(
        "If the mail server answers, nothing delivers to it: run `flask serve` with MAIL_WORKER on, or `flask "
        "outbox deliver`."
    )
    waits = _("The site is read-only: `flask site read-only off` lets emails be sent again.")
    yield judge(
        _("Mail worker"),
        level,
        _("the next email is %(n)s minutes late", n=_minutes(waited)) if level else _("keeping up"),
        waits if switches.current().read_only else nobody,
    )
    yield _put_off()
    yield _given_up()


def _given_up() -> Finding:
    """Count those given up or returned in a day, and tell what most of them met: the log names no returned ones."""
    number = sa.func.count()
    lately = sa.select(Message.last_error, number).where(Message.gave_up_at > now() - timedelta(days=1))
    codes = db.session.execute(lately.group_by(Message.last_error).order_by(number.desc())).all()
    if not codes:
        return Finding(Level.OK, _("Emails given up"), _("none in the last day"))
    total, code = sum(n for _code, n in codes), codes[0][0]
    return Finding(
        Level.WARN,
        _("Emails given up"),
        _("%(n)s in the last day, most often with code %(code)s", n=total, code=code),
        _("They were refused or returned. A code with 5.7 is often about this site: see SPF, DKIM and DMARC."),
    )


def _put_off() -> Finding:
    """Check whether mails are retried while none leaves: a failure of all of them does not make any of them late.

    Those posted since the last one left tell: an older one may be for a full mailbox, which is retried for three days.
    """
    failed = LEAVES, Message.last_error.is_not(None)
    last = sa.select(sa.func.max(Message.sent_at)).scalar_subquery()
    since = sa.or_(last.is_(None), Message.created_at > last)
    mailboxes = sa.func.count(Message.mailbox_key.distinct()).filter(since)
    begun = sa.func.min(Message.created_at, type_=Moment).filter(since)
    number, different, oldest = db.session.execute(sa.select(sa.func.count(), mailboxes, begun).where(*failed)).one()
    waited = now() - oldest if oldest else timedelta()
    if waited < PUT_OFF:
        return Finding(Level.OK, _("Emails put off"), str(number))
    why = db.session.scalar(sa.select(Message.last_error).where(*failed, since).order_by(Message.created_at).limit(1))
    return Finding(
        Level.WRONG if waited > TOO_LATE and different > 1 else Level.WARN,
        _("Emails put off"),
        _("%(n)s, none sent for %(minutes)s minutes (%(why)s)", n=number, minutes=_minutes(waited), why=why),
        _("See the log of the mail worker and that of the mail server, and check MAIL_DEFAULT_SENDER."),
    )


def _minutes(time: timedelta) -> int:
    return time // timedelta(minutes=1)
