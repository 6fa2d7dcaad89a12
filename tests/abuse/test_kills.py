"""The site is killed while people sign and confirm: see kills.py."""

from pathlib import Path

from tests.abuse import kills

KILLS = 2  # on each database: the worker in the middle of a mail, then the web


def test_a_site_that_is_killed_loses_nothing_it_acknowledged(database_url: str, tmp_path: Path) -> None:
    found = kills.run(database_url, tmp_path, KILLS)
    assert found.wrong() == []
    assert found.signed >= KILLS * kills.BETWEEN and found.confirmed >= KILLS * kills.BETWEEN
    assert found.copies  # else no kill met a worker in the middle of a mail
