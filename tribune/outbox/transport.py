"""How a mail leaves: over SMTP by Flask-Mail, or into a folder while no server is set."""

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from pathlib import Path
from typing import Protocol

import flask_mail
from flask import current_app

from tribune.database import now

TIME_OUT = 10  # seconds for each step of SMTP


class Undeliverable(Exception):
    """The server refused this mail for ever; the text is its code."""


class MailboxRefused(Undeliverable):
    """As above, for there is no such mailbox, or it takes nothing: the next mail would be refused too."""


class TryLater(Exception):
    """This mail did not leave now; the text is the server's code or the kind of the fault."""


class Transport(Protocol):
    """Something that takes mails."""

    def send(self, mail: EmailMessage) -> None:
        """Hand over one mail. Raises Undeliverable or TryLater."""


class Mail(flask_mail.Mail):
    """Flask-Mail, with time-outs and certificates that are verified."""

    def connect(self) -> "Connection":
        return Connection(current_app.extensions["mail"])


class Connection(flask_mail.Connection):
    """One SMTP connection, kept open over many mails."""

    def configure_host(self) -> smtplib.SMTP:
        mail = self.mail
        context = ssl.create_default_context()
        if mail.use_ssl:
            host: smtplib.SMTP = smtplib.SMTP_SSL(mail.server, mail.port or 465, timeout=TIME_OUT, context=context)
        else:
            host = smtplib.SMTP(mail.server, mail.port or 25, timeout=TIME_OUT)
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
        if self.host is not None:
            try:
                self.host.quit()
            except (smtplib.SMTPException, OSError):
                self.host.close()


class Message(flask_mail.Message):
    """A Flask-Mail message whose bytes the standard library writes: folded lines, our own Message-ID."""

    def __init__(self, mail: EmailMessage) -> None:
        super().__init__(subject=str(mail["Subject"]), recipients=[str(mail["To"])], sender=str(mail["From"]))
        self.mail = mail

    def as_bytes(self) -> bytes:
        return self.mail.as_bytes(policy=SMTP)


class Smtp:
    """Sends over one Flask-Mail connection."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def send(self, mail: EmailMessage) -> None:
        try:
            self.connection.send(Message(mail))
        except smtplib.SMTPRecipientsRefused as refused:
            code, said = next(iter(refused.recipients.values()))
            ours = said.startswith(b"5.7.")  # by a rule of theirs about who we are, not about this mailbox
            raise (TryLater if code < 500 else Undeliverable if ours else MailboxRefused)(str(code)) from None
        except smtplib.SMTPSenderRefused as refused:
            raise TryLater(str(refused.smtp_code)) from None  # our fault or the server's, not this recipient's
        except smtplib.SMTPResponseException as refused:
            raise (Undeliverable if refused.smtp_code >= 500 else TryLater)(str(refused.smtp_code)) from None
        except (smtplib.SMTPException, OSError) as fault:
            raise TryLater(type(fault).__name__) from fault


class Folder:
    """Keeps each mail as an `.eml` file."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def send(self, mail: EmailMessage) -> None:
        name = str(mail["Message-ID"]).strip("<>").partition("@")[0]
        moment = now().strftime("%Y%m%dT%H%M%S.%f")
        for earlier in self.folder.glob(f"*-{name}.eml"):
            earlier.unlink()
        partial = self.folder / f"{moment}-{name}.part"
        partial.write_bytes(mail.as_bytes(policy=SMTP))
        partial.rename(partial.with_suffix(".eml"))


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


def as_mail(
    subject: str, to: str, text: str, html: str, message_id: str, *, reply_to: str | None = None
) -> EmailMessage:
    """A mail as the standard library writes it: text first, HTML beside it. `reply_to`: an address and nothing else."""
    made = EmailMessage(policy=SMTP)
    made["Subject"] = subject
    made["From"] = current_app.config["MAIL_DEFAULT_SENDER"]
    made["To"] = parseaddr(to)[1]
    if reply_to:
        made["Reply-To"] = parseaddr(reply_to)[1]
    made["Date"] = format_datetime(now())
    made["Message-ID"] = message_id
    made["Auto-Submitted"] = "auto-generated"
    made.set_content(text)
    made.add_alternative(html, subtype="html")
    return made
