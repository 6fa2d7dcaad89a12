"""Many press the button of one link at once: see crowd.py."""

from pathlib import Path

from tests.abuse import crowd

LINKS = AT_ONCE = 20


def test_each_link_counts_once_however_many_press_it_at_once(database_url: str, tmp_path: Path) -> None:
    found = crowd.run(database_url, tmp_path, LINKS, AT_ONCE)
    assert found.wrong() == []
    assert found.statuses.total() == LINKS * AT_ONCE
