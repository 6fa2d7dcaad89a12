"""Readers who ask for a large file and never read it do not keep the site from others."""

import socket
from contextlib import ExitStack
from http.client import HTTPConnection
from pathlib import Path

import sqlalchemy as sa

from tests.factories import make_letter
from tests.servers.site import HOST
from tests.servers.small import small_site
from tribune.database import write
from tribune.demo.people import fill
from tribune.signatures.models import Signature

ROWS = 8_000  # of the longest lines: few rows make a file that is large all the same
LARGE = 6_000_000  # bytes: more than the sockets of both sides hold
FILE = "/letters/rues/signatories.csv"


def test_more_silent_readers_than_threads_do_not_stop_the_site(migrated_sqlite: Path) -> None:
    with small_site(migrated_sqlite, THREADS="1") as (site, app), ExitStack() as silent:
        with app.app_context():
            list(fill(make_letter(slug="rues"), ROWS))
            with write() as session:
                session.execute(sa.update(Signature).values(role="r" * 200, organisation="o" * 200))
            assert len(app.test_client().get(FILE).data) > LARGE
        for _ in range(2):
            reader = silent.enter_context(socket.socket())
            reader.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            reader.connect((HOST, site.port))
            reader.sendall(f"GET {FILE} HTTP/1.1\r\nHost: {HOST}\r\n\r\n".encode())
        connection = HTTPConnection(HOST, site.port, timeout=60)
        connection.request("GET", "/healthz")
        assert connection.getresponse().status == 200
        connection.close()
