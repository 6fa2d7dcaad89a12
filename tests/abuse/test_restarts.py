"""PostgreSQL restarts while people sign: see restarts.py."""

from pathlib import Path

from tests.abuse import restarts


def test_a_postgresql_that_restarts_costs_some_503_and_nothing_else(tmp_path: Path) -> None:
    found = restarts.run(tmp_path, times=len(restarts.MODES))
    assert found.wrong() == [] and found.signed >= 3 * restarts.BETWEEN
