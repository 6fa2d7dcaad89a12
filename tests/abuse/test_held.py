"""Another program holds the database while people sign: see held.py."""

from pathlib import Path

from tests.abuse import held


def test_a_database_that_is_held_refuses_who_signs_and_loses_nobody(database_url: str, tmp_path: Path) -> None:
    found = held.run(database_url, tmp_path, times=2, wait=1)
    assert found.wrong() == [] and found.signed >= 3 * held.BETWEEN
