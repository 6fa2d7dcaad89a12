"""What people type to make pages run it: see payloads.py."""

import shutil
from pathlib import Path

from playwright.sync_api import Browser

from tests.abuse import payloads
from tests.abuse.scripts import PAYLOADS


def test_nothing_that_is_typed_runs(migrated_sqlite: Path, tmp_path: Path, chromium: Browser) -> None:
    url = f"sqlite:///{shutil.copy(migrated_sqlite, tmp_path)}"  # pages are the same on either database
    found = payloads.run(url, tmp_path, chromium, rounds=1, share=5)
    assert found.ran == [] and len(PAYLOADS) == 200
    assert found.pages >= 12 and found.forms >= 3 and found.bare >= 2
