"""Who signs waits for no young letter read whole, though PostgreSQL last counted before it, and for no compiler."""

import re

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.databases import ON_POSTGRESQL
from tests.factories import confirm_path, latest_signature, make_letter, make_signature
from tests.page import Reader
from tests.plans import Plan, plans, scans
from tribune.database import db, write
from tribune.letters.models import Letter
from tribune.letters.queries import lock
from tribune.signatures.flags import BURST
from tribune.signatures.models import Flag, Signature

pytestmark = ON_POSTGRESQL

MANY = 20_000
MIXED = "(n * 7919 % 10007)"  # in no order
# Nothing but the letter, or the time of signing.
TOO_LITTLE = re.compile(r"Index Cond: \((?:letter_id = |signed_at > )[^()]+\)$", re.MULTILINE)


def fill(letter: Letter, many: int = MANY, signed_at: str = "signed_at") -> None:
    """Signatures from few places."""
    of_their_own = {
        "public_id": f"'{letter.id}p' || n",
        "mailbox_key": "'m' || n",
        "sort_key": f"repeat('s', 60) || {MIXED}",  # long, so that any other index is smaller
        "domain": "n % 5 || '.org'",
        "network_hash": "NULL",  # forgotten, as that of all who signed a month ago
        "signed_at": signed_at,
    }
    columns = [column.name for column in Signature.__table__.c if column.name != "id"]
    values = ", ".join(of_their_own.get(name, name) for name in columns)
    one = make_signature(letter)
    with write() as session:
        session.execute(
            sa.text(
                f"INSERT INTO signatures ({', '.join(columns)}) SELECT {values}"
                f" FROM signatures, generate_series(1, {many}) AS n WHERE id = {one.id}"
            )
        )


def count() -> None:
    """Have PostgreSQL count what is there now."""
    with write() as session:
        session.execute(sa.text("ANALYZE"))


def walked(found: list[Plan]) -> list[str]:
    """Which of these read all signatures, or all of a letter."""
    return [f"{plan.statement}\n{plan}" for plan in found if scans(plan) or TOO_LITTLE.search(plan)]


@pytest.mark.parametrize(
    "signed_at",
    [
        pytest.param(f"signed_at - ({MANY} - n) * interval '1 minute'", id="in the order of the table"),
        pytest.param(f"signed_at - {MIXED} * interval '1 minute'", id="in no order"),
    ],
)
def test_who_signs_and_confirms_is_answered_by_the_index_made_for_it(
    app: Flask, client: Reader, signed_at: str
) -> None:
    fill(make_letter(), signed_at=signed_at)
    count()
    letter = make_letter(slug="rues")
    for _ in range(BURST["domain"]):
        make_signature(letter, domain="example.org")
    with plans(generic=True) as found:
        client.sign("rues", organisation="École")
        assert client.post(confirm_path(latest_signature())).status_code == 303
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Flag)) == BURST["domain"]  # they were looked for
    assert len(found) > 6
    assert walked(found) == []


def test_their_statements_are_planned_for_any_letter(app: Flask) -> None:
    letter = make_letter()
    planned = sa.text("SHOW plan_cache_mode")
    with write() as session:
        lock(letter, shared=True)
        assert session.scalar(planned) == "force_generic_plan"
    assert db.session.scalar(planned) == "auto"  # a list is planned for its own letter


def test_no_statement_waits_for_a_compiler(app: Flask) -> None:
    assert db.session.scalar(sa.text("SHOW jit")) == "off"
