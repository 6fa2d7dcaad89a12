"""The load generator: requests over persistent connections, as fast as they are answered or at a given rate."""

import asyncio
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlencode

from bench.measuring import percentile
from tests.servers.site import HOST

PATIENCE = 60  # seconds for one answer


@dataclass
class Work:
    """Requests of one kind. `per_second`: their rate, with delays in `times`; None: as fast as they are answered."""

    requests: Iterator[bytes]
    status: int = 200
    connections: int = 8
    per_second: float | None = None
    times: list[float] = field(default_factory=list)  # seconds of each right answer
    wrong: list[str] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def rate(self) -> float:
        """Right answers per second."""
        return len(self.times) / self.seconds if self.seconds else 0.0

    def within(self, share: float) -> float:
        """Return the milliseconds within which this share of the right answers came."""
        return percentile(self.times, share) * 1000


def request(method: str, path: str, fields: Sequence[tuple[str, str]] = (), host: str = HOST, **headers: str) -> bytes:
    """Return the bytes of one request. `headers`: names with `_` for `-`."""
    body = urlencode(fields).encode()
    lines = [f"{method} {path} HTTP/1.1", f"Host: {host}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    if method == "POST":
        lines += ["Content-Type: application/x-www-form-urlencoded", f"Content-Length: {len(body)}"]
    return "\r\n".join([*lines, "", ""]).encode() + body


def run(ports: Sequence[int], seconds: float, *works: Work) -> None:
    """Run these works at the same time for so many seconds; their connections are spread over `ports`."""
    asyncio.run(_run(ports, seconds, works))


async def _run(ports: Sequence[int], seconds: float, works: Sequence[Work]) -> None:
    start = time.perf_counter()
    users = [
        _user(work, number, ports[number % len(ports)], start, seconds)
        for work in works
        for number in range(work.connections)
    ]
    await asyncio.gather(*users)


async def _user(work: Work, number: int, port: int, start: float, seconds: float) -> None:
    """One connection: send the next request once the last is answered or, with `per_second`, at its time."""
    connection, turn, asked = None, number, None
    while asked is None or time.perf_counter() < start + seconds:  # at least once, however slow the machine
        begun = time.perf_counter()
        if work.per_second:
            begun = start + turn / work.per_second
            turn += work.connections
            if begun >= start + seconds:
                break
            await asyncio.sleep(max(0, begun - time.perf_counter()))
        asked = next(work.requests, None)
        if asked is None:
            break
        try:
            if connection is None or connection.transport.is_closing():
                loop = asyncio.get_running_loop()
                connection = (await loop.create_connection(_Connection, HOST, port))[1]
            status = await asyncio.wait_for(connection.ask(asked), PATIENCE)
        except (OSError, TimeoutError) as fault:
            connection = None
            work.wrong.append(type(fault).__name__)
            continue
        if status == work.status:
            work.times.append(time.perf_counter() - begun)
        else:
            work.wrong.append(f"{status}")
    work.seconds = max(work.seconds, time.perf_counter() - start)
    if connection is not None:
        connection.transport.close()


class _Connection(asyncio.Protocol):
    """One request at a time; the answers must have a Content-Length."""

    transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport  # type: ignore[assignment]
        self.answer: asyncio.Future[int] | None = None

    def connection_lost(self, error: Exception | None) -> None:
        if self.answer and not self.answer.done():
            self.answer.set_exception(ConnectionError("closed before the end of the answer"))

    def ask(self, asked: bytes) -> "asyncio.Future[int]":
        self.head, self.left = b"", -1
        self.answer = asyncio.get_running_loop().create_future()
        self.transport.write(asked)
        return self.answer

    def data_received(self, data: bytes) -> None:
        if self.left < 0:
            self.head += data
            head, end, data = self.head.partition(b"\r\n\r\n")
            if not end:
                return
            length = head.lower().partition(b"\r\ncontent-length:")[2].partition(b"\r\n")[0]
            self.status, self.left = int(head[9:12]), int(length or 0)
        self.left -= len(data)
        if self.left <= 0 and self.answer and not self.answer.done():
            self.answer.set_result(self.status)
