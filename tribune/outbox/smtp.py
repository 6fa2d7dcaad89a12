"""A connection to the mail server: how long it waits for an answer, and how it hands over a mail (RFC 5321, 2920)."""

import re
import smtplib
import socket
import ssl
import time
from collections.abc import Callable
from contextlib import suppress
from io import BufferedReader, RawIOBase
from typing import Any

import flask_mail
from flask import current_app

TIME_OUT = 10  # seconds for each step of SMTP but the last
# Seconds for a server to accept or refuse a mail it has received. After hanging up earlier we would send it again, and
# a slow server would deliver every copy. RFC 5321 says minutes: no worker is held for so long.
JUDGES = 60
HANGS_UP, GO_ON = 421, 354
PERIOD = re.compile(rb"^\.", re.MULTILINE)  # alone on a line it would end the mail


class Mail(flask_mail.Mail):
    """Flask-Mail, with time-outs and verified certificates."""

    def connect(self) -> "Connection":
        return Connection(current_app.extensions["mail"])


class _Answer(RawIOBase):
    """The words of a server until `ends`, on the monotonic clock: a socket alone allows its time-out for each byte."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock, self.ends = sock, 0.0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        left = self.ends - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self._sock.settimeout(left)
        return self._sock.recv_into(buffer)


class Patient(smtplib.SMTP):
    """Waits for each answer so long and no longer, and longer once the mail itself is sent."""

    sent_mail = refused = False

    def send(self, s: Any) -> None:
        self.sent_mail = False  # until all of it is
        super().send(s)
        self.sent_mail = isinstance(s, bytes)  # commands are text

    def getreply(self) -> tuple[int, bytes]:
        if self.file is None and self.sock:  # a new connection, or one that is encrypted from now on
            self.file = BufferedReader(_Answer(self.sock))
        if self.file:
            self.file.raw.ends = time.monotonic() + (JUDGES if self.sent_mail else TIME_OUT)
        answer = super().getreply()
        if self.sock:
            self.sock.settimeout(TIME_OUT)  # to send, or to agree on keys: not what was left of that answer's time
        return answer

    def hand_over(self, sender: str, recipient: str, content: bytes) -> None:
        """Send one mail, its lines ended by CRLF. Raises what `sendmail` raises.

        Where the server offers PIPELINING (RFC 2920), all that precedes the mail leaves at once: two round trips, not
        four. After a refusal it does not, until a mail is taken: DATA for nobody is one fault more, and Postfix takes a
        second for each answer after ten in a row, and hangs up after twenty.
        """
        at_once = self.has_extn("pipelining") and not self.refused
        self.refused = True  # until it is taken
        if at_once:
            self._pipeline(sender, recipient, content)
        else:
            self.sendmail(sender, [recipient], content)
        self.refused = False

    def _pipeline(self, sender: str, recipient: str, content: bytes) -> None:
        self._announce(sender, recipient, len(content))
        self.send(PERIOD.sub(b"..", content) + b".\r\n")
        code, said = self.getreply()
        if code != 250:
            self._forget(code)
            raise smtplib.SMTPDataError(code, said)

    def _announce(self, sender: str, recipient: str, size: int) -> None:
        """Say from whom and for whom a mail follows. Each of the three lines is answered; the first refusal counts."""
        options = f" SIZE={size}" if self.has_extn("size") else ""
        from_, to = smtplib.quoteaddr(sender), smtplib.quoteaddr(recipient)
        self.send(f"MAIL FROM:{from_}{options}\r\nRCPT TO:{to}\r\nDATA\r\n")
        steps: tuple[tuple[tuple[int, ...], Callable[[int, bytes], smtplib.SMTPException]], ...] = (
            ((250,), lambda code, said: smtplib.SMTPSenderRefused(code, said, sender)),
            ((250, 251), lambda code, said: smtplib.SMTPRecipientsRefused({recipient: (code, said)})),
            ((GO_ON,), smtplib.SMTPDataError),
        )
        refusal = None
        for accepted, refused in steps:
            try:
                code, said = self.getreply()
            except smtplib.SMTPServerDisconnected:
                if not refusal:
                    raise
                break  # it hung up after its refusal
            if code not in accepted:
                refusal = refusal or refused(code, said)
            if code == HANGS_UP:
                break
        if refusal:
            self._forget(code)
            raise refusal

    def _forget(self, code: int) -> None:
        """Leave a mail that is refused, so that another can be sent. `code`: the last answer.

        Who said to go on although nobody may get it would take our next line for the mail: there we hang up.
        """
        if code in (HANGS_UP, GO_ON):
            self.close()
        with suppress(smtplib.SMTPServerDisconnected):
            self.rset()


class PatientTls(Patient, smtplib.SMTP_SSL):
    """As above, encrypted from the beginning."""


class Connection(flask_mail.Connection):
    """One SMTP connection, kept open over many mails."""

    host: Patient

    def configure_host(self) -> Patient:
        mail = self.mail
        context = ssl.create_default_context()
        if mail.use_ssl:
            host: Patient = PatientTls(mail.server, mail.port or 465, timeout=TIME_OUT, context=context)
        else:
            host = Patient(mail.server, mail.port or 25, timeout=TIME_OUT)
        try:
            if mail.use_tls:
                host.starttls(context=context)
            if mail.username and mail.password:
                host.login(mail.username, mail.password)
            host.ehlo_or_helo_if_needed()  # it may take long, and is no part of the first mail
        except BaseException:
            host.close()  # else the worker would leak a socket at each try
            raise
        return host

    def __exit__(self, *_error: object) -> None:
        # The server may be gone already; the fault that mattered was raised where it happened.
        try:
            self.host.quit()
        except (smtplib.SMTPException, OSError):
            self.host.close()


mail = Mail()
