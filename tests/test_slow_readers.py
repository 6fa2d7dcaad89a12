"""Readers who ask for a large file and never read it do not keep the site from others."""

import socket
from contextlib import ExitStack
from http.client import HTTPConnection
from pathlib import Path

from tests.conftest import new_app
from tests.factories import make_letter
from tests.servers import site as sites
from tribune.database import db
from tribune.demo.people import fill
from tribune.serving import THREADS

ROWS = 60_000  # about 6 MB: more than the sockets of both sides hold


def test_more_silent_readers_than_threads_do_not_stop_the_site(migrated_sqlite: Path, tmp_path: Path) -> None:
    file = tmp_path / "tribune.sqlite"
    file.write_bytes(migrated_sqlite.read_bytes())
    app = new_app(f"sqlite:///{file}", tmp_path)
    with app.app_context():
        list(fill(make_letter(slug="rues"), ROWS))
        db.session.remove()
        db.engine.dispose()
    settings = {"TRIBUNE_SECRET_KEY": "a key for tests", "TRIBUNE_SQLALCHEMY_DATABASE_URI": f"sqlite:///{file}"}
    with sites.serve({**settings, "TRIBUNE_MAIL_WORKER": "off"}) as site, ExitStack() as silent:
        for _ in range(THREADS + 1):
            reader = silent.enter_context(socket.socket())
            reader.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            reader.connect((sites.HOST, site.port))
            reader.sendall(f"GET /letters/rues/signatories.csv HTTP/1.1\r\nHost: {sites.HOST}\r\n\r\n".encode())
        connection = HTTPConnection(sites.HOST, site.port, timeout=60)
        connection.request("GET", "/healthz")
        assert connection.getresponse().status == 200
        connection.close()
