"""One person erases their signature: see erased.py."""

from pathlib import Path

from tests.abuse import erased


def test_who_is_erased_is_soon_read_nowhere_and_kept_nowhere(database_url: str, tmp_path: Path) -> None:
    found = erased.run(database_url, tmp_path)
    assert found.wrong() == []
