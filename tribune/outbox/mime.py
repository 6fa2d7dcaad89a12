"""Formats a mail for a server: headers, text and HTML (RFC 5322, RFC 2045)."""

import re
from email.charset import QP, Charset
from email.header import Header
from email.message import Message
from email.policy import compat32
from email.utils import format_datetime, formataddr, parseaddr
from typing import NamedTuple

from flask import current_app

from tribune.database import now
from tribune.outbox.mailboxes import ENCODED

WORD = 75  # characters of an encoded word at most (RFC 2047), so that every mail program decodes it
SMTP = compat32.clone(linesep="\r\n", max_line_length=1 + WORD)
UTF_8 = Charset("utf-8")
UTF_8.body_encoding = QP
BOUNDARY = "=_tribune"  # never in quoted-printable, where only hexadecimal or the end of the line follows "="
LINE_BREAK = re.compile(r"[\r\n]")


class Outgoing(NamedTuple):
    """A formatted mail."""

    sender: str
    recipient: str
    message_id: str
    content: bytes


def sender(name: str | None) -> tuple[str, str]:
    """Return the name and the address that a mail comes from: those of the site, "" where it has no name.

    `name`: in whose name it comes. That of the site, or else its host, always stands behind it (decision 0094).
    """
    site, address = parseaddr(current_app.config["MAIL_DEFAULT_SENDER"])
    if not name or name == site:
        return site, address
    return f"{name}, via {site or address.rpartition('@')[2]}", address


def as_mail(
    subject: str,
    to: str,
    text: str,
    html: str,
    message_id: str,
    *,
    reply_to: str | None = None,
    sender_name: str | None = None,
    unsubscribe: str | None = None,
) -> Outgoing:
    """Format a mail, text first, HTML beside it. `reply_to`: an address and nothing else. `sender_name`: see `sender`.

    `unsubscribe`: the address of a page to which a mail program may POST for its owner (RFC 8058). Raises ValueError
    for a line break in a header.

    The standard library writes the headers and encodes the words. The frame around the two parts is ours: with theirs,
    a mail takes two and a half times as long.
    """
    given = (subject, to, message_id, reply_to or "", sender_name or "")
    if any(map(LINE_BREAK.search, given)):  # the rest would be a header
        raise ValueError("a line break in a header")
    mail: Message[str, Header | str] = Message(policy=SMTP)
    # What looks encoded is encoded itself: a program would show what is inside, which no form has looked at.
    mail["Subject"] = Header(subject, UTF_8, WORD, "Subject") if ENCODED in subject else subject
    name, address = sender(sender_name)
    mail["From"] = formataddr((Header(name, maxlinelen=WORD, header_name="From").encode(linesep=""), address))
    mail["MIME-Version"] = "1.0"
    mail["Content-Type"] = f'multipart/alternative; boundary="{BOUNDARY}"'
    parts = f"{_part('plain', text)}{_part('html', html)}--{BOUNDARY}--\n"
    mail.set_payload(parts.replace("\n", "\r\n"))
    # Never folded, however long: the library would break the line before an address or a link, and leave nothing but
    # "Message-ID: " on the first. Some relays sign such a header (DKIM) so that the signature does not verify.
    unbroken = {
        "To": to,
        "Reply-To": reply_to,
        "Date": format_datetime(now()),
        "Message-ID": message_id,
        "Auto-Submitted": "auto-generated",
        # The line above (RFC 3834) stops most answers that somebody is away, this one those of Exchange; it leaves
        # its reports that a mail cannot be delivered ("NDR"). Where somebody reads answers, they want to know.
        "X-Auto-Response-Suppress": None if reply_to else "OOF, AutoReply",
        "List-Unsubscribe": unsubscribe and f"<{unsubscribe}>",
        "List-Unsubscribe-Post": unsubscribe and "List-Unsubscribe=One-Click",
    }
    headers = "".join(f"{name}: {value}\r\n" for name, value in unbroken.items() if value)
    return Outgoing(address, to, message_id, headers.encode("ascii") + mail.as_bytes())


def _part(kind: str, words: str) -> str:
    return (
        f'--{BOUNDARY}\nContent-Type: text/{kind}; charset="utf-8"\nContent-Transfer-Encoding: quoted-printable\n\n'
        f"{UTF_8.body_encode(words)}\n"
    )
