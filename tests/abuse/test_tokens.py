"""Links that nobody signed: see tokens.py."""

from pathlib import Path

from tests.abuse import tokens
from tests.databases import ON_SQLITE

ASKED, READS = 300, 3000


@ON_SQLITE
def test_no_link_that_nobody_signed_opens_anything(database_url: str, tmp_path: Path) -> None:
    found = tokens.run(database_url, tmp_path, asked=ASKED, reads=READS)
    assert found.accepted == [] and not found.changed
    assert found.asked.total() == ASKED and found.read == READS
    assert found.asked[404] + found.asked[410] > 0.7 * ASKED
