"""The canary: a run of the tests fails when anything that the site wrote down names somebody or opens something.

Looked at: every line that is logged in this process, and all that a process started by a test has printed. Not looked
at: what a command answers whoever typed it, since some exist to print a link or an address (`organisers log-in-link`,
`demo run`).
"""

import logging
import re

from tribune.logs import formatter

# The addresses of the suite; a signature as itsdangerous writes it, SHA-1 or SHA-256; the keys of the suite and any
# that was made as the manual says.
BETRAYED = re.compile(r"\w@\w|\.[\w-]{27}(?:[\w-]{16})?(?![\w-])|a key for tests|for the bench|\b[0-9a-f]{64}\b")


def check(written: str) -> None:
    """AssertionError with the lines that hold an address, a token or a key."""
    lines = [line for line in written.splitlines() if BETRAYED.search(line)]
    assert not lines, "The log tells what it must not:\n" + "\n".join(lines)


class Canary(logging.Handler):
    """Sees each line as the site writes it, and the words of our own code even before `logs.redact`, the last net."""

    def __init__(self) -> None:
        super().__init__()
        self.setFormatter(formatter(development=False))
        self.seen: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep it for the next `check`."""
        self.seen.append(self.format(record))
        if record.name.startswith("tribune."):  # "tribune" alone is Flask, which names the address of what failed
            self.seen.append(record.getMessage())

    def check(self) -> None:
        """Look at what was logged since the last time."""
        seen, self.seen = self.seen, []
        check("\n".join(seen))
