"""The canary: a test fails when the site logs an address, a token or a key.

It checks every line logged in this process, and the output of processes started by a test. It does not check the
answers of commands, since some exist to print a link or an address (`organisers log-in-link`, `demo run`).
"""

import logging
import re

from tribune.logs import formatter

# Any address; a signature of itsdangerous, SHA-1 or SHA-256; the keys of the suite, and any made as the manual says.
BETRAYED = re.compile(r"\w@\w|\.[\w-]{27}(?:[\w-]{16})?(?![\w-])|a key for tests|for the bench|\b[0-9a-f]{64}\b")


def check(written: str) -> None:
    """Raise AssertionError with the lines that contain an address, a token or a key."""
    lines = [line for line in written.splitlines() if BETRAYED.search(line)]
    assert not lines, "The log tells what it must not:\n" + "\n".join(lines)


class Canary(logging.Handler):
    """Collects each line as the site logs it, and those of our own code also before `logs.redact` cleans them."""

    def __init__(self) -> None:
        super().__init__()
        self.setFormatter(formatter(development=False))
        self.seen: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep the line for the next `check`."""
        self.seen.append(self.format(record))
        if record.name.startswith("tribune."):  # plain "tribune" is Flask, which logs the path of a failed request
            self.seen.append(record.getMessage())

    def check(self) -> None:
        """Check what was logged since the last call."""
        seen, self.seen = self.seen, []
        check("\n".join(seen))
