"""A backup is taken while people sign, confirm and erase: see backups.py."""

from pathlib import Path

from tests.abuse import backups

BEFORE = 20  # who have confirmed when it begins


def test_a_backup_under_load_comes_back_whole_into_an_empty_folder(database_url: str, tmp_path: Path) -> None:
    found = backups.run(database_url, tmp_path, BEFORE, writes=20)
    assert found.wrong() == []
    assert found.signed >= found.confirmed >= BEFORE - backups.ERASED
