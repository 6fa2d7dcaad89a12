"""The real programs that tests use: PostgreSQL, SMTP, Chromium, nginx, and the site in its own process."""

import os
from typing import NoReturn

import pytest


def cannot_run(reason: str) -> NoReturn:
    """Skip the test with a reason; in CI, where everything must run, fail it."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"In CI nothing may be skipped: {reason}", pytrace=False)
    pytest.skip(reason)
