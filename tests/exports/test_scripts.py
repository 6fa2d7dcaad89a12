"""A script that makes a file has a limit of time, stands back, ends with who asked for it, and says nothing."""

import os
import signal
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.exports.workbooks import lines
from tests.threads import LONG
from tribune.exports import workbook
from tribune.exports.scripts import NotMade


class GivenUp(Exception):
    pass


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


@pytest.mark.parametrize("when", ["while rows are read", "once it has died", "while it is packed"])
def test_no_process_is_left_if_it_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, when: str) -> None:
    worker, pipe, running = tmp_path / "worker.py", tmp_path / "pipe", list[int]()
    os.mkfifo(pipe)
    tell = f"import os, signal, sys, time; open({str(pipe)!r}, 'w').write(str(os.getpid()))"
    worker.write_text(f"{tell}; sys.stdin.read(); os.kill(os.getppid(), signal.SIGUSR1); time.sleep(600)")
    monkeypatch.setattr(workbook, "WORKER", worker)

    def rows() -> Iterator[bytes]:
        running.append(int(pipe.read_text()))
        os.kill(running[0], 0)
        yield from lines("n", "a")
        if when == "once it has died":  # with a row on its way
            os.kill(running[0], signal.SIGKILL)
            os.waitid(os.P_PID, running[0], os.WEXITED | os.WNOWAIT)
        if when != "while it is packed":
            raise GivenUp

    def given_up(*_signal: object) -> None:
        raise GivenUp

    before = signal.signal(signal.SIGUSR1, given_up)
    try:
        with pytest.raises(GivenUp):
            workbook.workbook(rows())
    finally:
        signal.signal(signal.SIGUSR1, before)
    with pytest.raises(ProcessLookupError):
        os.kill(running[0], 0)


def test_what_its_process_says_of_rows_goes_nowhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    worker = tmp_path / "worker.py"
    worker.write_text("raise RuntimeError(input())")
    monkeypatch.setattr(workbook, "WORKER", worker)
    with pytest.raises(NotMade):
        workbook.workbook(lines("Zoé"))
    assert capfd.readouterr() == ("", "")


def test_the_process_that_makes_it_stands_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told, of_linux = tmp_path / "told.py", Path("/proc/self/oom_score_adj")
    run = f"try: runpy.run_path({str(workbook.WORKER)!r}, run_name='__main__')\nexcept Exception: pass"  # of no sheet
    told.write_text(f"import os, runpy, sys\ndel sys.argv[1:]\n{run}\nprint(os.nice(0), open('{of_linux}').read())")
    monkeypatch.setattr(workbook, "WORKER", told)
    with workbook.workbook(lines("n")) as file:
        assert not of_linux.exists() or file.read().split() == [b"%d" % min(19, os.nice(0) + 10), b"1000"]
