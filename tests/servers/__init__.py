"""The real servers the tests talk to: PostgreSQL, SMTP, a browser, and the site itself in its own process."""

import os
from typing import NoReturn

import pytest


def cannot_run(reason: str) -> NoReturn:
    """Skip the test, saying why in one sentence. In CI everything must run, so there it fails instead."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"In CI nothing may be skipped: {reason}", pytrace=False)
    pytest.skip(reason)
