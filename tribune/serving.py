"""`flask serve`: the web pages and the mail worker in one process."""

from typing import Any

import click
import waitress
from flask import Flask, current_app

from tribune.outbox import delivery

CONNECTIONS = 2000  # a slow sender holds a socket, never a thread: waitress reads the request first
IDLE = 10  # seconds
# Nor does a slow reader: what they leave unread goes to a temporary file, and the thread goes on. From this many bytes
# on the thread would wait for them, and as many silent readers as threads would stop the site.
KEPT_FOR_SLOW_READERS = 2**31
IN_MEMORY = 2**14  # bytes of an answer kept in memory before that file: less than one part of a download


def listen(app: Flask, host: str, port: int) -> Any:
    """A server that has its port and answers once it runs (`.run()`). Says in a sentence when the port is taken."""
    try:
        server = waitress.create_server(
            app,
            host=host,
            port=port,
            threads=app.config["THREADS"],
            connection_limit=CONNECTIONS,
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
    delivery.start(app)
    return server


@click.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=5000, show_default=True)
def serve_command(host: str, port: int) -> None:
    """Serve the site and deliver its mails, in one process."""
    listen(current_app._get_current_object(), host, port).run()  # type: ignore[attr-defined]
