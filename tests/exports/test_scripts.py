"""A script that makes a file has a limit of time."""

import threading
from pathlib import Path

import pytest

from tests.threads import LONG
from tribune.exports import workbook
from tribune.exports.scripts import NotMade


@pytest.mark.parametrize("rows", [1, 100_000])  # more than the pipe takes
def test_one_that_stops_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rows: int) -> None:
    script = tmp_path / "script.py"
    script.write_text("import os, signal; os.kill(os.getpid(), signal.SIGSTOP)")
    monkeypatch.setattr(workbook, "WORKER", script)
    monkeypatch.setattr(workbook, "SECONDS", 0.1)
    with pytest.raises(NotMade, match=r"more than 0\.1 s"):
        workbook.workbook(b"a\r\n" for _ in range(rows))


def test_nothing_waits_for_the_limit_of_one_that_has_ended() -> None:
    workbook.workbook([b"a\r\n"]).close()
    waiting = [thread for thread in threading.enumerate() if isinstance(thread, threading.Timer)]
    for thread in waiting:
        thread.join(LONG)
    assert not any(thread.is_alive() for thread in waiting)


def test_one_for_whose_limit_no_thread_is_left_is_not_made() -> None:
    before = threading.stack_size(1 << 45)  # more than there is
    try:
        with pytest.raises(NotMade, match="not started"):
            workbook.workbook([b"a\r\n"])
    finally:
        threading.stack_size(before)
