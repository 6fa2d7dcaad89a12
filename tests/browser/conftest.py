"""One site for all who need nothing particular of it: to start one takes longer than most of these tests."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from tests.servers.site import Site
from tests.servers.small import small_site


@pytest.fixture(scope="session")
def served(migrated_sqlite: Path) -> Iterator[tuple[Site, Flask]]:
    """The site and an application on its database. Its mails wait, and other tests have left their letters there.

    So a test makes an organiser and a letter of its own, and takes the slug that it is given.
    """
    with small_site(migrated_sqlite) as served:
        yield served
