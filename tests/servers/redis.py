"""A real, temporary Redis, in memory."""

import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager

from tests.servers import cannot_run
from tests.servers.site import HOST, free_port
from tests.threads import LONG


@contextmanager
def start() -> Iterator[str]:
    """Yield its URL; skip with a reason if there is no Redis. Who asks it waits for long: the machine may be busy."""
    program = shutil.which("redis-server")
    if program is None:
        cannot_run("Redis: no redis-server on this machine (`apt install redis-server`).")
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="redis-") as folder:
        words = [program, "--port", str(port), "--bind", HOST, "--save", "", "--dir", folder]
        process = subprocess.Popen(words, stdout=subprocess.DEVNULL)
        try:
            _wait_for(port, process)
            yield f"redis://{HOST}:{port}/0?socket_timeout={LONG}&socket_connect_timeout={LONG}"
        finally:
            process.terminate()
            process.wait(20)


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 20
    while True:
        try:
            socket.create_connection((HOST, port), 1).close()
            return
        except OSError:
            assert time.monotonic() < deadline and process.poll() is None, "Redis does not start"
