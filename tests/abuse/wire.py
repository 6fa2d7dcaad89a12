"""HTTP as bytes: what no client would send, and how long the answer took."""

import socket
import time
from collections.abc import Sequence
from http.client import HTTPException, HTTPResponse
from typing import NamedTuple, Self

from tests.servers.site import HOST

PATIENCE = 30  # seconds for an answer


class Answer(NamedTuple):
    """What came back; `status` 0: the connection ended without an answer."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes
    seconds: float

    def header(self, name: str) -> str:
        """The first of this name; empty: none."""
        return next((value for each, value in self.headers if each.lower() == name.lower()), "")


class Wire:
    """A connection to a site, kept open while the site keeps it, made again after."""

    def __init__(self, port: int) -> None:
        self.port = port
        self._socket: socket.socket | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        """Hang up."""
        if self._socket:
            self._socket.close()
        self._socket = None

    def ask(
        self, method: str, target: bytes, headers: Sequence[tuple[bytes, bytes]] = (), body: bytes | None = None
    ) -> Answer:
        """Send exactly this; Host, and the length of a body, are added unless given."""
        lines = [method.encode() + b" " + target + b" HTTP/1.1", *(name + b": " + value for name, value in headers)]
        given = {name.lower() for name, _ in headers}
        if b"host" not in given:
            lines.append(f"Host: {HOST}:{self.port}".encode())
        if body is not None and b"content-length" not in given:
            lines.append(b"Content-Length: %d" % len(body))
        raw = b"\r\n".join(lines) + b"\r\n\r\n" + (body or b"")
        kept = self._socket is not None
        began = time.perf_counter()
        answer = self._send(method, raw, began)
        if answer.status == 0 and kept:  # the site had hung up on a connection that was idle
            began = time.perf_counter()
            answer = self._send(method, raw, began)
        return answer

    def _send(self, method: str, raw: bytes, began: float) -> Answer:
        try:
            if self._socket is None:
                self._socket = socket.create_connection((HOST, self.port), timeout=PATIENCE)
                self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._socket.sendall(raw)
            response = HTTPResponse(self._socket, method=method)
            response.begin()
            body = response.read()
        except TimeoutError:
            self.close()
            return Answer(599, [], b"no answer in time", time.perf_counter() - began)
        except (OSError, HTTPException) as error:  # among them an answer that stopped in the middle
            self.close()
            return Answer(0, [], repr(error).encode(), time.perf_counter() - began)
        seconds = time.perf_counter() - began
        if response.will_close:
            self.close()
        return Answer(response.status, response.getheaders(), body, seconds)
