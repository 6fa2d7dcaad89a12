"""One person erases their signature: see erased.py."""

from pathlib import Path

from tests.abuse import erased
from tests.databases import ON_SQLITE


# What is left in rows, pages and files of PostgreSQL, tests/mine/ looks at; here caches, the log and raw files are.
@ON_SQLITE
def test_who_is_erased_is_soon_read_nowhere_and_kept_nowhere(database_url: str, tmp_path: Path) -> None:
    found = erased.run(database_url, tmp_path)
    assert found.wrong() == []
