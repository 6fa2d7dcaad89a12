"""`flask serve`: the web pages and the mail worker in one process."""

import gc
import logging
import re
import signal
import sys
import threading
import time
from contextlib import suppress
from itertools import count
from typing import Any

import click
import waitress
import waitress.parser
from flask import Flask, current_app
from sqlalchemy.exc import SQLAlchemyError
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser, ParsingError
from waitress.rfc7230 import HEADER_FIELD_RE, OWS
from waitress.task import ThreadedTaskDispatcher, WSGITask
from waitress.utilities import BadRequest, RequestEntityTooLarge

from tribune.database import db, is_postgresql
from tribune.kept import Kept
from tribune.outbox import worker
from tribune.schema import revision_of, revision_of_the_code
from tribune.shell import sigterm_unwinds
from tribune.waiting import Listening, Waiting

if sys.platform != "win32":
    import resource

PART = 2**16  # bytes of a request that are read at once
CONNECTIONS = 2000  # a slow sender holds a socket, never a thread: waitress reads the request first
FEWEST = 10  # of which waitress counts two of its own: with one it would let nobody in
OTHER_FILES = 100  # open at once besides connections: database, mails, what is read
IDLE = 10  # seconds
# Bytes of a request: more than any upload of ours may have, so that its page says what is too large. Waitress first
# puts all of it in a temporary file, and by default takes a gigabyte over each connection.
LARGEST_REQUEST = 2**25
# Of what stands between the parts of a body sent in parts, or behind the last: a few digits, and what no browser adds.
# Waitress joins and searches all of it again with each byte that comes, in memory, and serves nobody meanwhile.
LONGEST_BETWEEN_PARTS = 2**13
TOO_LARGE = (  # nginx says it itself, deploy/nginx.conf
    "Ce fichier est trop gros\u00a0: le site n’en prend aucun de plus de 32\u00a0Mo. "
    "Revenez en arrière et envoyez-en un plus petit.\n\n"
    "This file is too large: the site takes none above 32 MB. Go back and send a smaller one."
)
# What a slow reader leaves unread goes to a temporary file, so that the thread goes on. Above this many bytes it would
# wait for them, and as many silent readers as threads would stop the site.
KEPT_FOR_SLOW_READERS = 2**31
COLLECT, COLLECT_ALL = 0.02, 250  # seconds between two collections; every so many is a full one
# Bytes of an answer kept in memory before that file: more than any page has, so that pages need no room on the disk.
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


class Parser(HTTPRequestParser):  # type: ignore[misc]
    """Says in words what is too large; answers 400 to two lengths, to lengths without end, or to an address that
    `urlsplit` refuses (`http://[::1/`).

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
# The same patterns, which go back over nothing. As waitress has them, 60 kB of spaces before a character that no header
# has take it half a minute, and as many digits behind `a://` minutes, in which nobody else is served.
waitress.parser.HEADER_FIELD_RE = re.compile(HEADER_FIELD_RE.pattern.replace(OWS.encode(), rb"[ \t]*+"))
waitress.parser.first_line_re = re.compile(
    rb"(?P<method>[!#$%&'*+\-.^_`|~0-9A-Za-z]++) (?P<uri>[^ ]++)(?: HTTP/(?P<version>[0-9]\.[0-9]))?"
)


def room_for_connections() -> int:
    """Raise this process's limit of open files, often 1,024, and return how many connections fit.

    A connection takes one, and that of a slow reader a second. With none left the database, a picture or a mail could
    not be opened either, and each connection refused would log a line.
    """
    if sys.platform == "win32":
        return CONNECTIONS
    allowed, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 2 * CONNECTIONS + OTHER_FILES
    if resource.RLIM_INFINITY not in (allowed, most):
        wanted = min(wanted, most)
    if allowed != resource.RLIM_INFINITY and allowed < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, most))
        allowed = wanted
    return CONNECTIONS if allowed == resource.RLIM_INFINITY else max(FEWEST, min(CONNECTIONS, allowed - OTHER_FILES))


def listen(app: Flask, host: str, port: int) -> Any:
    """Bind the port and return the server; `.run()` answers. Raises ClickException if the port is taken."""
    dispatcher = ThreadedTaskDispatcher()
    try:
        server = waitress.create_server(
            app,
            _dispatcher=dispatcher,
            host=host,
            port=port,
            connection_limit=room_for_connections(),
            recv_bytes=PART,
            max_request_body_size=LARGEST_REQUEST,
            asyncore_use_poll=True,  # select() ends the server at the 1,024th open file
            channel_timeout=IDLE,
            outbuf_high_watermark=KEPT_FOR_SLOW_READERS,
            outbuf_overflow=IN_MEMORY,
            clear_untrusted_proxy_headers=False,  # TRUSTED_PROXIES says whom to believe
            ident="tribune",
        )
    except (OSError, ValueError) as error:
        raise click.ClickException(
            f"Nothing can listen on {host}, port {port} ({error}). Stop what listens there, or choose another --port."
        ) from None
    if isinstance(app.wsgi_app, Kept):
        with app.app_context():
            # On SQLite one writes while the other's signature reaches the disk, or its form is read (decision 0095).
            half = max(1, app.config["THREADS"] // 2)
            writers = half if is_postgresql() else min(2, half)
        dispatcher.queue = Waiting(app.wsgi_app, writers)
        server.asyncore = Listening(dispatcher.queue)
        app.extensions["tribune_threads"].somebody_waits = dispatcher.queue.somebody
    dispatcher.set_thread_count(app.config["THREADS"])
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # it logs each request that waits
    worker.start(app)
    if sys.version_info < (3, 12):
        collect_garbage_apart()
    return server


def _look_at_the_schema(app: Flask) -> None:
    """Log what to type if the schema is not the code's; a database that is away may come back with the right one."""
    with app.app_context(), suppress(SQLAlchemyError):
        with db.engine.connect() as connection:
            found, wanted = revision_of(connection), revision_of_the_code()
        if found != wanted:
            words = "the database has the schema %s and the code %s: `flask db upgrade` brings an older one up to date"
            log.error(words, found or "none", wanted)


def collect_garbage_apart() -> None:
    """Collect garbage in a thread of its own from now on, for the whole process.

    Python 3.11 may begin to collect while a thread is in the middle of an allocation in C: six readers of a letter and
    its list on SQLite ended the process with SIGSEGV within some hundred requests (3.11.2, 3.11.7). Since 3.12 it
    collects between two instructions only, as this thread does. docs/decisions/0044-garbage-is-collected-apart.md
    """

    def collect() -> None:
        for number in count():
            time.sleep(COLLECT)
            gc.collect(2 if number % COLLECT_ALL == 0 else 1)

    gc.disable()
    gc.freeze()  # what the start made stays for good: never look at it again
    threading.Thread(target=collect, name="garbage", daemon=True).start()


@click.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", type=click.IntRange(0, 65535), default=5000, show_default=True)
def serve_command(host: str, port: int) -> None:
    """Serve the site and deliver its mails, in one process."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    _look_at_the_schema(app)
    with sigterm_unwinds():
        server = listen(app, host, port)
        if isinstance(server.asyncore, Listening):
            signal.signal(signal.SIGTERM, lambda *_: server.asyncore.end())
        log.info("listening on %s, port %s, for %s", host, port, app.config["PUBLIC_URL"])
        server.run()  # until SIGTERM or Ctrl-C; whoever is here then has five seconds more
        worker.finish(app)
