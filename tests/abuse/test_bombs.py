"""Many posts at one mailbox: see bombs.py."""

from datetime import timedelta
from pathlib import Path

from tests.abuse import bombs

POSTS, LETTERS = 120, 6  # on each database


def test_a_mailbox_receives_few_mails_however_often_its_address_is_typed(database_url: str, tmp_path: Path) -> None:
    found = bombs.run(database_url, tmp_path, POSTS, LETTERS)
    assert found.most_in(timedelta(hours=24)) == 3 and found.most_in(timedelta(days=30)) == 10
    assert len(found.burst) == len(found.later) == 2  # one answer to each form
    assert found.burst.total() + found.later.total() == POSTS
