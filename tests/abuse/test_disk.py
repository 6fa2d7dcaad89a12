"""The disk is full and freed while people sign: see disk.py."""

from pathlib import Path

import pytest

from tests.abuse import disk

CYCLES = 3


@pytest.mark.parametrize("database", disk.SITES)
def test_a_disk_that_is_full_and_freed_loses_nothing_and_needs_no_hand(database: str, tmp_path: Path) -> None:
    found = disk.run(database, tmp_path, CYCLES)
    assert found.wrong() == [] and found.signed >= CYCLES * disk.BETWEEN
