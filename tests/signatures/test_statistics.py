"""PostgreSQL soon counts a young letter, however many others there are, and then reads its list in order."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.conftest import let_go, migrate, new_app
from tests.factories import make_letter
from tests.page import Reader
from tests.plans import plans, sorts
from tests.servers import postgresql
from tests.signatures.test_plans_of_postgresql import count, fill
from tests.threads import LONG
from tribune.database import db, write

OFTEN = f"{postgresql.FAST} -c autovacuum_naptime=1"  # PostgreSQL looks each second, not each minute
OLD, YOUNG = 20_000, 1_200  # of which the young letter is less than a tenth


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Flask]:
    with postgresql.own(OFTEN) as server:
        migrate(server.url, tmp_path)
        app = new_app(server.url, tmp_path)
        with app.app_context():
            yield app
        let_go(app)


def autovacuum(state: str) -> None:
    with write() as session:
        session.execute(sa.text(f"ALTER TABLE signatures SET (autovacuum_enabled = {state})"))


def sorts_all(client: Reader) -> bool:
    """Whether the list by surname reads and sorts all of a letter, to show the first hundred."""
    with plans() as found:
        assert client.get("/letters/rues/signatories?order=surname").status_code == 200
    (by_surname,) = (plan for plan in found if "ORDER BY signatures.sort_key" in plan.statement)
    return sorts(by_surname)


def test_a_young_letter_is_counted_and_its_list_read_in_order(app: Flask, client: Reader) -> None:
    autovacuum("off")
    fill(make_letter(), OLD)
    with write() as session:
        session.execute(sa.text("SELECT pg_stat_force_next_flush()"))  # or the old would pass for new
    count()
    fill(make_letter(slug="rues"), YOUNG)
    assert sorts_all(client)
    autovacuum("on")
    for _ in range(LONG):
        if not sorts_all(client):
            break
        db.session.execute(sa.text("SELECT pg_sleep(1)"))
        db.session.rollback()
    else:
        raise AssertionError("PostgreSQL has not counted them")
