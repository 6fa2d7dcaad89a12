"""Scripts that make a file in a process of their own, with none of the site's code, settings or secrets."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO


class NotMade(Exception):
    """A script could not be started, failed or took too long; the message is for the log."""


@contextmanager
def running(script: Path, *words: str, output: IO[bytes] | int = subprocess.PIPE) -> Iterator[subprocess.Popen[bytes]]:
    """Run the script until it ends, or kill it if the block raises. Raises NotMade.

    `words`: its arguments; `output`: an open file, if it shall not be a pipe.
    """
    try:
        process = subprocess.Popen(
            [sys.executable, "-I", str(script), *words],
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=subprocess.DEVNULL,  # a traceback may hold names
            env={name: os.environ[name] for name in ("PATH", "SYSTEMROOT") if name in os.environ},
        )
    except OSError as error:  # no memory, process or file is left for it, or the Python we run on was replaced
        raise NotMade(f"not started ({error.strerror})") from None
    with process:
        try:
            yield process
            process.wait()
        except BaseException:
            process.kill()
            with suppress(OSError):  # what it had yet to read goes nowhere
                process.stdin.close()  # type: ignore[union-attr]
            raise


def made_by(script: Path, data: str, seconds: float) -> bytes:
    """Give the data to the script, and return what it makes of it. Raises NotMade."""
    with running(script) as process:
        try:
            made, _nothing = process.communicate(data.encode(), seconds)
        except subprocess.TimeoutExpired:
            raise NotMade(f"took more than {seconds} s") from None
    if process.returncode:
        raise NotMade(f"exit code {process.returncode}")
    return made
