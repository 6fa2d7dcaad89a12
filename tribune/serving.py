"""`flask serve`: the web pages and the mail worker in one process."""

import gc
import logging
import signal
import sys
import threading
import time
from contextlib import suppress
from itertools import count
from typing import Any

import click
import waitress
from flask import Flask, current_app
from sqlalchemy.exc import SQLAlchemyError
from waitress.task import ThreadedTaskDispatcher

from tribune.database import db, is_postgresql
from tribune.http import IN_MEMORY
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
# What a slow reader leaves unread goes to a temporary file, so that the thread goes on. Above this many bytes it would
# wait for them, and as many silent readers as threads would stop the site.
KEPT_FOR_SLOW_READERS = 2**31
COLLECT, COLLECT_ALL = 0.02, 250  # seconds between two collections; every so many is a full one

log = logging.getLogger(__name__)


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
