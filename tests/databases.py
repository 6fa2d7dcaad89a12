"""Marks for tests that run on one database only."""

import pytest

ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""On SQLite only: above a test, or as the `pytestmark` of a file.

For what only SQLite has, and for what forms, templates, settings, permissions, parsing or words decide: PostgreSQL
would give the same result. What depends on a statement, a constraint, the length of a text or a sign in it that
PostgreSQL refuses, a lock, an order, a search, a transaction, a migration, a stored moment or a count runs on both; and
so does a test of every page and one of every action, so that every statement of the site runs on PostgreSQL.
"""

ON_POSTGRESQL = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
"""On PostgreSQL only: for what only it has, and for locks, since SQLite lets one write at a time."""
