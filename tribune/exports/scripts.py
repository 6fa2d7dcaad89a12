"""Scripts that make a file in a process of their own, with none of the site's code, settings or secrets."""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO


class NotMade(Exception):
    """A script could not be started, failed or took too long; the message is for the log."""


@contextmanager
def running(
    script: Path, *words: str, seconds: float, output: IO[bytes] | int = subprocess.PIPE
) -> Iterator[subprocess.Popen[bytes]]:
    """Run the script until it ends; kill it if the block raises, or after so many seconds. Raises NotMade.

    `words`: its arguments; `output`: an open file, if it shall not be a pipe.
    """
    late = threading.Event()

    def give_up() -> None:
        late.set()
        process.kill()

    limit = threading.Timer(seconds, give_up)
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
            _start(limit)
            yield process
            process.wait()
        except BaseException:
            process.kill()
            with suppress(OSError):  # what it had yet to read goes nowhere
                process.stdin.close()  # type: ignore[union-attr]
            raise
        finally:
            limit.cancel()
    if late.is_set():
        raise NotMade(f"took more than {seconds} s")


def _start(limit: threading.Timer) -> None:
    try:
        limit.start()
    except RuntimeError as error:  # no thread is left for it
        raise NotMade(f"not started ({error})") from None


def made_by(script: Path, data: str, seconds: float) -> bytes:
    """Give the data to the script, and return what it makes of it. Raises NotMade."""
    with running(script, seconds=seconds) as process:
        made, _nothing = process.communicate(data.encode())
    if process.returncode:
        raise NotMade(f"exit code {process.returncode}")
    return made
