"""A real SMTP server in a thread: it keeps the mails it gets, and fails as it is told.

- `MailServer(answers=["451 4.3.0 Try again later"] * 2)`: twice, then it accepts;
- `MailServer(answers=lambda mail: CLOSE if mail.subject == "Big" else OK)`;
- `MailServer(refused={"gone@example.org": "550 5.1.1 No such mailbox"})`.
"""

import asyncio
import re
import ssl
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Self

import trustme
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

from tests.threads import LONG

HOST = "127.0.0.1"
OK = "250 2.0.0 Accepted"
CLOSE = "close"  # take the whole mail, then close without an answer: the sender cannot know whether it was accepted
NEVER = "never"  # take the whole mail, then say nothing until the sender leaves


@dataclass(frozen=True)
class Mail:
    """One mail as it came in, and the addresses it was for."""

    sender: str
    recipients: list[str]
    message: EmailMessage

    @property
    def subject(self) -> str:
        """The decoded subject."""
        return str(self.message["Subject"])


class MailServer:
    """Listens on HOST while the `with` block lasts.

    `answers`: the reply to each mail, as a function of the mail, or as a list used up in order (then OK): a line such
    as "451 4.3.0 Later", or CLOSE, or NEVER. `refused`: replies to RCPT, by address; may be changed meanwhile.
    `certificate_for`: offer STARTTLS with a certificate for that name, by an authority that nobody trusts
    (`authority`, which a test may give to a client); `from_the_beginning`: TLS only, as on port 465.
    `refuses_accounts`: offer a log-in, and refuse every account. `one_by_one`: want each command by itself, offering no
    PIPELINING as every other relay does.
    """

    def __init__(
        self,
        answers: Callable[[Mail], str] | Iterable[str] = (),
        refused: Mapping[str, str] | None = None,
        *,
        certificate_for: str | None = None,
        from_the_beginning: bool = False,
        refuses_accounts: bool = False,
        one_by_one: bool = False,
    ) -> None:
        self.port = 0
        self.refused = dict(refused or {})
        self.taken: list[Mail] = []  # received completely, whatever the answer
        self.accepted: list[Mail] = []  # answered with 250
        self.connections = 0
        self.authority = trustme.CA()
        self._offers = [] if one_by_one else ["250-PIPELINING"]
        self._log_in = _refuse if refuses_accounts else None
        self._answer = answers if callable(answers) else _one_after_the_other(answers)
        tls = self._certified(certificate_for) if certificate_for else None
        self._offered, self._spoken = (None, tls) if from_the_beginning else (tls, None)
        self._news = threading.Condition()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), name="mail server")
        self._loop: asyncio.AbstractEventLoop
        self._over: asyncio.Event

    def __enter__(self) -> Self:
        self._thread.start()
        self.wait_until(lambda: self.port)
        return self

    def __exit__(self, *error: object) -> None:
        self._loop.call_soon_threadsafe(self._over.set)
        self._thread.join()

    def wait_for(self, mails: int) -> list[Mail]:
        """Wait until so many mails are accepted; return them. The sender may not have read our answer yet."""
        self.wait_until(lambda: len(self.accepted) >= mails)
        return list(self.accepted)

    def wait_until(self, holds: Callable[[], object]) -> None:
        """Wait until `holds()` is true, about this server or what its mails cause; AssertionError after LONG.

        It is called when this server has news, and every 0.1 s, since a database does not tell when a row changes.
        """
        deadline = time.monotonic() + LONG
        with self._news:
            while not holds():
                assert time.monotonic() < deadline, (
                    f"not within {LONG} s: {self.connections} connections, {len(self.taken)} mails taken, "
                    f"{len(self.accepted)} accepted"
                )
                self._news.wait(0.1)

    # called by aiosmtpd

    async def handle_EHLO(
        self, server: SMTP, session: Session, envelope: Envelope, name: str, offered: list[str]
    ) -> list[str]:
        session.host_name = name
        return [offered[0], *self._offers, *offered[1:]]

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address in self.refused:
            return self.refused[address]
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 Recipient fine"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        content = envelope.content if isinstance(envelope.content, bytes) else b""
        mail = Mail(envelope.mail_from or "", envelope.rcpt_tos, message_from_bytes(content, policy=policy.default))
        answer = self._answer(mail)
        with self._news:
            self.taken.append(mail)
            if answer.startswith("250"):
                self.accepted.append(mail)
            self._news.notify_all()
        if answer == CLOSE and server.transport:
            server.transport.close()
        if answer in {CLOSE, NEVER}:
            await asyncio.Event().wait()  # until the connection is lost, which ends this task
        return answer

    async def _serve(self) -> None:
        self._loop, self._over = asyncio.get_running_loop(), asyncio.Event()
        listening = await self._loop.create_server(self._greet, HOST, 0, ssl=self._spoken)
        with self._news:
            self.port = listening.sockets[0].getsockname()[1]
            self._news.notify_all()
        await self._over.wait()
        listening.close()

    def _greet(self) -> SMTP:
        with self._news:
            self.connections += 1
            self._news.notify_all()
        return SMTP(
            self,
            hostname="mail.example.org",
            tls_context=self._offered,
            loop=self._loop,
            authenticator=self._log_in,
            auth_require_tls=self._log_in is None,
        )

    def _certified(self, name: str) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.authority.issue_cert(name).configure_cert(context)
        return context


def _refuse(*_who: object) -> AuthResult:
    return AuthResult(success=False, handled=False)


def _one_after_the_other(answers: Iterable[str]) -> Callable[[Mail], str]:
    left = iter(answers)
    return lambda _: next(left, OK)


def path_in(mail: Mail, below: str) -> str:
    """Return the path of the first link in a mail that matches the pattern `below`."""
    body = mail.message.get_body(("plain",))
    found = re.search(rf"https?://[^/]+({below}\S+)", body.get_content() if body else "")
    assert found, "the mail holds no such link"
    return found[1]
