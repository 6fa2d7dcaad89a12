"""`flask serve`: the web pages and the mail worker in one process."""

import click
import waitress
from flask import Flask, current_app

from tribune.outbox import delivery

CONNECTIONS = 2000  # a slow sender holds a socket, never a thread: waitress reads the request first
IDLE = 10  # seconds
# Nor does a slow reader: what they leave unread goes to a temporary file, and the thread goes on. From this many bytes
# on the thread would wait for them, and as many silent readers as threads would stop the site.
KEPT_FOR_SLOW_READERS = 2**31
THREADS = 8


def serve(app: Flask, host: str, port: int) -> None:
    """Answer requests until stopped."""
    delivery.start(app)
    waitress.serve(
        app,
        host=host,
        port=port,
        threads=THREADS,
        connection_limit=CONNECTIONS,
        channel_timeout=IDLE,
        outbuf_high_watermark=KEPT_FOR_SLOW_READERS,
        clear_untrusted_proxy_headers=False,  # TRUSTED_PROXIES says whom to believe
        ident="tribune",
    )


@click.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=5000, show_default=True)
def serve_command(host: str, port: int) -> None:
    """Serve the site and deliver its mails, in one process."""
    serve(current_app._get_current_object(), host, port)  # type: ignore[attr-defined]
