"""How waitress reads requests and sends answers here: it does so, for the whole process, once this is imported."""

import logging
import re
from contextlib import suppress
from typing import Any

import waitress.parser
from waitress.buffers import OverflowableBuffer
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser, ParsingError
from waitress.rfc7230 import HEADER_FIELD_RE, OWS
from waitress.task import WSGITask
from waitress.utilities import BadRequest, Error, RequestEntityTooLarge

# Of what stands between the parts of a body sent in parts, or behind the last: a few digits, and what no browser adds.
# Waitress joins and searches all of it again with each byte that comes, in memory, and serves nobody meanwhile.
LONGEST_BETWEEN_PARTS = 2**13
TOO_LARGE = (  # nginx says it itself, deploy/nginx.conf
    "Ce fichier est trop gros\u00a0: le site n’en prend aucun de plus de 32\u00a0Mo. "
    "Revenez en arrière et envoyez-en un plus petit.\n\n"
    "This file is too large: the site takes none above 32 MB. Go back and send a smaller one."
)
NO_ROOM = (
    "Le site n’a pas de place pour recevoir ceci en ce moment. Revenez en arrière, et renvoyez-le dans quelques "
    "minutes.\n\n"
    "The site has no room to receive this just now. Go back, and send it again in a few minutes."
)
ROOM_AFTER = 120  # seconds
# Bytes of an answer kept in memory before the rest goes to a file: more than any page has, so that pages need no disk.
IN_MEMORY = 2**17

log = logging.getLogger(__name__)


class Task(WSGITask):  # type: ignore[misc]
    """Keeps the connection after a 304: waitress would close it for want of a length, and proxies reconnect."""

    def set_close_on_finish(self) -> None:
        """Close the connection, unless the answer has no body and the client keeps it alive."""
        if self.has_body or self.version == "1.0" or self.request.headers.get("CONNECTION", "").lower() == "close":
            super().set_close_on_finish()

    def build_response_header(self) -> bytes:
        """Return the head of the answer; when the site ends, it says that the connection does too."""
        if not self.channel.server.accepting:
            self.request.headers["CONNECTION"] = "close"
        head: bytes = super().build_response_header()
        return head

    def write(self, data: bytes) -> None:
        """Write; of a long answer, let waitress forget what has been sent.

        It keeps a buffer until all of it is sent, in memory while the reader keeps up: so what follows begins another.
        """
        super().write(data)
        channel = self.channel
        if channel.current_outbuf_count >= 2 * IN_MEMORY:
            with channel.outbuf_lock:
                if not channel.outbufs[-1].overflowed:
                    channel.current_outbuf_count = channel.adj.outbuf_high_watermark  # as it does between two requests


class ServiceUnavailable(Error):  # type: ignore[misc]
    """For what cannot be received."""

    code, reason = 503, "Service Unavailable"

    def to_response(self, ident: str | None = None) -> tuple[str, list[tuple[str, str]], bytes]:
        """Return status, headers and body; as any 503 of ours, it says when to come back."""
        status, headers, body = super().to_response(ident)
        return status, [*headers, ("Retry-After", str(ROOM_AFTER))], body


class Body(OverflowableBuffer):  # type: ignore[misc]
    """A body, set aside in the temporary folder if it is long; nothing of it once the folder has no room.

    Waitress would let the error through, hang up, and log it with the address of whoever sent it.
    """

    without_room = False

    def append(self, data: bytes) -> None:
        """Set more of it aside."""
        if self.without_room:
            return
        try:
            super().append(data)
        except OSError as error:
            self.without_room = True
            log.error("the temporary folder takes nothing of what is sent: %s", error.strerror)
            with suppress(OSError):  # nor its last bytes
                self.close()


class Parser(HTTPRequestParser):  # type: ignore[misc]
    """Says in words what is too large, or finds no room; answers 400 to two lengths, to lengths without end, or to an
    address that `urlsplit` refuses (`http://[::1/`).

    Waitress lets the exception of the address through, and logs an error with the address of whoever sent it; of the
    lengths it takes one, and keeps the connection, where a proxy that took the other would have sent somebody else's
    request.
    """

    error: Any  # why it is answered without being served; None if it is not

    def received(self, data: bytes) -> int:
        """Read more of a request; return how many bytes were read."""
        read: int = super().received(data)
        if isinstance(self.error, RequestEntityTooLarge):
            self.error.body = TOO_LARGE
        elif self.chunked and len(self.body_rcv.control_line + self.body_rcv.trailer) > LONGEST_BETWEEN_PARTS:
            self.error, self.completed = BadRequest("A length without end"), True
        elif self.completed and self.body_rcv is not None and self.body_rcv.buf.without_room:
            self.error = ServiceUnavailable(NO_ROOM)  # not earlier: who still sends would read no answer
        return read

    def parse_header(self, header_plus: bytes) -> None:
        """Parse the lines above the body. Raises ParsingError, which becomes a 400."""
        try:
            super().parse_header(header_plus)
        except ValueError as error:
            raise ParsingError("Bad address") from error
        if self.chunked and "CONTENT_LENGTH" in self.headers:
            raise ParsingError("Two lengths")


HTTPChannel.task_class, HTTPChannel.parser_class = Task, Parser
waitress.parser.OverflowableBuffer = Body
# The same patterns, which go back over nothing. As waitress has them, 60 kB of spaces before a character that no header
# has take it half a minute, and as many digits behind `a://` minutes, in which nobody else is served.
waitress.parser.HEADER_FIELD_RE = re.compile(HEADER_FIELD_RE.pattern.replace(OWS.encode(), rb"[ \t]*+"))
waitress.parser.first_line_re = re.compile(
    rb"(?P<method>[!#$%&'*+\-.^_`|~0-9A-Za-z]++) (?P<uri>[^ ]++)(?: HTTP/(?P<version>[0-9]\.[0-9]))?"
)
