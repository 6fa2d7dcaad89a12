"""How a mail leaves: over SMTP by Flask-Mail, or into a folder while no server is set."""

import re
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

import flask_mail
from flask import current_app

from tribune.database import now
from tribune.outbox.mime import Outgoing

TIME_OUT = 10  # seconds for each step of SMTP but the last
# Seconds in which a server takes or refuses a mail that it has in whole. Whoever leaves before gives it again, and one
# that looks at each mail for long would hand over every copy. RFC 5321 says minutes: no worker is held for so long.
JUDGES = 60
STATUS = re.compile(r"5\.\d{1,3}\.\d{1,3}")  # of what has failed for ever (RFC 3463)
# The address or the mailbox; not our sender (5.1.7, 5.1.8), our server, our mail or the line between.
OF_THE_MAILBOX = re.compile(r"5\.(?:1\.(?![78]$)|2\.)")
OF_ITS_CONTENT = re.compile(r"5\.(?:3\.4$|6\.)")  # too large, or not to be understood
NO_SUCH_MAILBOX = {550, 551, 553}  # what a server says at RCPT that gives no status (RFC 5321)
HANGS_UP = 421


class Undeliverable(Exception):
    """The server refused this mail for ever; the text is its code."""


class MailboxRefused(Undeliverable):
    """As above, for there is no such mailbox, or it takes nothing: the next mail would be refused too."""


class TryLater(Exception):
    """This mail did not leave now; the text is the server's code or the kind of the fault."""


class ConnectionLost(TryLater):
    """As above, and no other leaves over this connection."""


def in_a_word(fault: Exception) -> str:
    """What to write down of a fault: the server's code, or its kind; never its words, which name people."""
    return str(fault) if isinstance(fault, TryLater) else type(fault).__name__


class Transport(Protocol):
    """Something that takes mails."""

    def send(self, mail: Outgoing) -> None:
        """Hand over one mail. Raises Undeliverable or TryLater."""


class Mail(flask_mail.Mail):
    """Flask-Mail, with time-outs and certificates that are verified."""

    def connect(self) -> "Connection":
        return Connection(current_app.extensions["mail"])


class _Patient(smtplib.SMTP):
    """Waits longer once a mail is said."""

    def send(self, s: Any) -> None:
        super().send(s)
        if self.sock:
            self.sock.settimeout(JUDGES if isinstance(s, bytes) else TIME_OUT)  # commands are text, a mail is bytes


class _PatientTls(_Patient, smtplib.SMTP_SSL):
    """As above, encrypted from the beginning."""


class Connection(flask_mail.Connection):
    """One SMTP connection, kept open over many mails."""

    host: smtplib.SMTP

    def configure_host(self) -> smtplib.SMTP:
        mail = self.mail
        context = ssl.create_default_context()
        if mail.use_ssl:
            host: smtplib.SMTP = _PatientTls(mail.server, mail.port or 465, timeout=TIME_OUT, context=context)
        else:
            host = _Patient(mail.server, mail.port or 25, timeout=TIME_OUT)
        try:
            if mail.use_tls:
                host.starttls(context=context)
            if mail.username and mail.password:
                host.login(mail.username, mail.password)
        except BaseException:
            host.close()  # the worker tries again and again: it must not hold a socket for each time
            raise
        return host

    def __exit__(self, *_error: object) -> None:
        # The server may be gone already; the reason that mattered was raised where it happened.
        try:
            self.host.quit()
        except (smtplib.SMTPException, OSError):
            self.host.close()


class Smtp:
    """Sends over one Flask-Mail connection, without its `send`, which takes a mail that is ready apart again."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def send(self, mail: Outgoing) -> None:
        try:
            self.connection.host.sendmail(mail.sender, [mail.recipient], mail.content)
        except smtplib.SMTPRecipientsRefused as refused:
            raise _of_recipient(*next(iter(refused.recipients.values()))) from None
        except smtplib.SMTPHeloError as refused:
            raise ConnectionLost(type(refused).__name__) from None  # the name of our machine is, no mail could leave
        except smtplib.SMTPSenderRefused as refused:
            raise _put_off(refused.smtp_code) from None  # our fault or the server's, not this recipient's
        except smtplib.SMTPDataError as refused:
            raise _of_mail(refused.smtp_code, refused.smtp_error) from None
        except (smtplib.SMTPException, OSError) as fault:
            raise ConnectionLost(type(fault).__name__) from fault


def _of_recipient(code: int, said: bytes | str) -> Undeliverable | TryLater:
    """What a server means that does not take a recipient.

    Unless it is for their mailbox, it is for our account, our sender or our machine, and would be so for everybody: the
    mail leaves once whoever runs the site has mended that.
    """
    status = _status(said)
    theirs = OF_THE_MAILBOX.match(status) if status else code in NO_SUCH_MAILBOX
    return MailboxRefused(str(code)) if code >= 500 and theirs else _put_off(code)


def _of_mail(code: int, said: bytes | str) -> Undeliverable | TryLater:
    """As above, of one that does not take the mail itself."""
    status = _status(said)
    of_this_one = OF_THE_MAILBOX.match(status) or OF_ITS_CONTENT.match(status)
    return Undeliverable(str(code)) if code >= 500 and of_this_one else _put_off(code)


def _put_off(code: int) -> TryLater:
    makes_no_sense = code < 400  # where it refuses
    return (ConnectionLost if code == HANGS_UP or makes_no_sense else TryLater)(str(code))


def _status(said: bytes | str) -> str:
    """With which a refusal for ever begins where the server gives one; else empty."""
    words = said.decode("ascii", "replace") if isinstance(said, bytes) else said
    found = STATUS.match(words)
    return found[0] if found else ""


class Folder:
    """Keeps each mail as an `.eml` file."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def send(self, mail: Outgoing) -> None:
        name = mail.message_id.strip("<>").partition("@")[0]
        moment = now().strftime("%Y%m%dT%H%M%S.%f")
        for earlier in self.folder.glob(f"*-{name}.eml"):
            earlier.unlink()
        partial = self.folder / f"{name}.part"  # the same at each try
        partial.write_bytes(mail.content)
        partial.rename(self.folder / f"{moment}-{name}.eml")


mail = Mail()


@contextmanager
def open_transport() -> Iterator[Transport]:
    """The way out that the settings name. Raises OSError or smtplib.SMTPException when the server cannot be reached."""
    if not current_app.config["MAIL_SERVER"]:
        yield Folder(mailbox_folder())
        return
    with mail.connect() as connection:
        yield Smtp(connection)


def mailbox_folder() -> Path:
    """Where mails are kept while no SMTP server is set."""
    return Path(current_app.instance_path) / "mailbox"
