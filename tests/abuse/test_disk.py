"""The disk is full and freed while people sign: see disk.py."""

from pathlib import Path

from tests.abuse import disk

CYCLES = 3


def test_a_disk_that_is_full_and_freed_loses_nothing_and_needs_no_hand(migrated_sqlite: Path, tmp_path: Path) -> None:
    found = disk.run(migrated_sqlite, tmp_path, CYCLES)
    assert (found.lost, found.right) == (set(), True) and found.signed >= CYCLES * disk.BETWEEN
    assert set(found.statuses) == {303, 503}
