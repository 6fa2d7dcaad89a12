"""On which databases a test runs: on both, but where only one decides what it finds."""

import pytest

ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""On SQLite alone: above a test, or as the `pytestmark` of a file.

It is for what SQLite alone has, and for what forms, templates, settings, permissions, parsing or words decide: there
PostgreSQL would say the same a second time. What is decided by a statement, a constraint, a lock, an order, a search,
a transaction, a migration, a moment that is stored or a count stays on both; and so does a test of every page and one
of every action, for each statement of the site is to run on PostgreSQL.
"""

ON_POSTGRESQL = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
"""On PostgreSQL alone: for what it alone has, and for who waits for whom, since on SQLite one writes at a time."""
