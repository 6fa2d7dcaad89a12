"""The numbers of several processes are summed from their files, whatever happens to one of them."""

import os
from pathlib import Path

from prometheus_client import CollectorRegistry, Counter

from tribune.processes import Together


class Process:
    """What one process counts, without the process."""

    def __init__(self, folder: Path) -> None:
        registry = CollectorRegistry()
        self.counter = Counter("things", "Things.", ["kind"], registry=registry)
        self.together = Together(str(folder), registry)
        self.together.write()

    def total(self) -> float:
        return self.together.total()[1]["things_total", (("kind", "x"),)]


def test_no_number_is_told_that_a_kill_would_take_back(tmp_path: Path) -> None:
    process = Process(tmp_path)
    process.counter.labels("x").inc(60)
    assert process.total() == 60
    assert Process(tmp_path).total() == 60  # of the file, as if the first were killed


def test_what_a_killed_process_left_half_written_is_cleared_away_and_breaks_nothing(tmp_path: Path) -> None:
    process = Process(tmp_path)
    process.counter.labels("x").inc(1)
    for name, words in (("cut.json", '{"since": 1, "cou'), ("empty.json", ""), ("cut.part", "{")):
        (tmp_path / "metrics" / name).write_text(words)
    assert process.total() == 1
    for file in (tmp_path / "metrics").iterdir():
        os.utime(file, (0, 0))
    process.together.write()
    process.together.take_over()
    assert (process.total(), len(list((tmp_path / "metrics").iterdir()))) == (1, 1)


def test_who_slept_and_was_taken_for_dead_is_not_counted_twice(tmp_path: Path) -> None:
    asleep, awake = Process(tmp_path), Process(tmp_path)
    asleep.counter.labels("x").inc(7)
    since, _ = asleep.together.total()
    awake.counter.labels("x").inc(1)
    awake.together.write()
    awake.together.take_over()
    assert (awake.together.total()[0], len(list((tmp_path / "metrics").iterdir()))) == (since, 2)
    os.utime(asleep.together._file, (0, 0))
    awake.together.take_over()
    assert Process(tmp_path).total() == awake.total() == 8 and awake.together.total()[0] == since
    assert not asleep.together._file.exists()
    asleep.counter.labels("x").inc(2)
    in_the_way = asleep.together._file.with_suffix(".part")
    in_the_way.mkdir()  # it cannot write, as on a full disk
    assert asleep.total() == asleep.total() == 10
    in_the_way.rmdir()
    assert asleep.total() == 10
    asleep.together.write()
    assert awake.total() == asleep.total() == 10
