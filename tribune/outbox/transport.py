"""Sends a mail over SMTP by Flask-Mail, or writes it to a folder while no server is set."""

import re
import smtplib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import current_app

from tribune.database import now
from tribune.outbox.mime import Outgoing
from tribune.outbox.smtp import HANGS_UP, Connection, mail

STATUS = re.compile(r"5\.\d{1,3}\.\d{1,3}")  # permanent failures (RFC 3463)
# About the address or the mailbox; not our server, our mail, the network or our sender: 5.1.7 and 5.1.8, also 5.1.0
# (Postfix), 5.1.90, 5.2.0 and 5.2.252 (Microsoft).
OF_THE_MAILBOX = re.compile(r"5\.(?:1\.(?:[1-6]|10)|2\.[1-4])$")
OF_ITS_CONTENT = re.compile(r"5\.(?:3\.4$|6\.)")  # too large, or not understood


class Undeliverable(Exception):
    """The server refused this mail for good; the text is its code."""


class MailboxRefused(Undeliverable):
    """As above, because the mailbox does not exist or accepts nothing: the next mail would be refused too."""


class TryLater(Exception):
    """This mail did not leave now; the text is the server's code or the kind of the fault."""


class ConnectionLost(TryLater):
    """As above, and this connection sends no other."""


class HadEnough(ConnectionLost):
    """As above, after other mails and before the server had this one: it may leave over the next connection at once."""


def in_a_word(fault: Exception) -> str:
    """Return what to log of a fault: the server's code, or its kind; never its words, which name people."""
    return str(fault) if isinstance(fault, TryLater) else type(fault).__name__


class Smtp:
    """Sends over a Flask-Mail connection, bypassing its `send`, which would parse the finished mail again."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self._mails = 0

    def send(self, mail: Outgoing) -> None:
        """Hand over one mail. Raises Undeliverable or TryLater."""
        host = self.connection.host
        self._mails += 1
        try:
            host.hand_over(mail.sender, mail.recipient, mail.content)
        except smtplib.SMTPRecipientsRefused as refused:
            raise self._unheard(_of_recipient(*next(iter(refused.recipients.values())))) from None
        except smtplib.SMTPSenderRefused as refused:
            raise self._unheard(_of_sender(refused.smtp_code, refused.smtp_error)) from None
        except smtplib.SMTPDataError as refused:
            raise _of_mail(refused.smtp_code, refused.smtp_error) from None
        except (smtplib.SMTPException, OSError) as fault:
            lost = ConnectionLost(type(fault).__name__)
            raise (lost if host.sent_mail else self._unheard(lost)) from fault

    def _unheard(self, fault: Undeliverable | TryLater) -> Undeliverable | TryLater:
        """Return what a server means that has not had the mail yet."""
        return HadEnough(str(fault)) if self._mails > 1 and isinstance(fault, ConnectionLost) else fault


def _of_recipient(code: int, said: bytes | str) -> Undeliverable | TryLater:
    """Return what it means that a server refuses a recipient.

    Unless it is about their mailbox, it is about our account, sender or machine, and true for everybody: the mail
    leaves once that is mended. It also waits if no status tells: Exim says "550 relay not permitted".
    """
    theirs = OF_THE_MAILBOX.match(_status(said))
    return MailboxRefused(_code(code, said)) if code >= 500 and theirs else _put_off(code, said)


def _of_sender(code: int, said: bytes | str) -> TryLater:
    """As above, for our sender, which every mail has: whoever accepts it later accepts none of them now.

    OpenSMTPD takes a hundred mails over a connection; then it says 452 to each, and hangs up on nobody.
    """
    return (TryLater if code >= 500 else ConnectionLost)(_code(code, said))


def _of_mail(code: int, said: bytes | str) -> Undeliverable | TryLater:
    """As above, for a server that refuses the mail itself."""
    status = _status(said)
    of_this_one = OF_THE_MAILBOX.match(status) or OF_ITS_CONTENT.match(status)
    return Undeliverable(_code(code, said)) if code >= 500 and of_this_one else _put_off(code, said)


def _put_off(code: int, said: bytes | str) -> TryLater:
    makes_no_sense = code < 400  # a refusal with a code of success
    return (ConnectionLost if code == HANGS_UP or makes_no_sense else TryLater)(_code(code, said))


def _code(code: int, said: bytes | str) -> str:
    """Return the code of an answer, with its status if it has one: `550 5.7.26`."""
    return f"{code} {_status(said)}".rstrip()


def _status(said: bytes | str) -> str:
    """Return the status with which a permanent refusal begins; empty if the server gives none."""
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


@contextmanager
def open_transport() -> Iterator[Smtp | Folder]:
    """Open the transport that the settings name. Raises OSError or SMTPException if the server cannot be reached."""
    if not current_app.config["MAIL_SERVER"]:
        yield Folder(mailbox_folder())
        return
    with mail.connect() as connection:
        yield Smtp(connection)


def mailbox_folder() -> Path:
    """Where mails are kept while no SMTP server is set."""
    return Path(current_app.instance_path) / "mailbox"
