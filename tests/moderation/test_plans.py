"""Each filter and each order of the table goes by an index: a page of a million costs what a page of ten does."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.factories import make_letter, make_signature
from tribune.database import db, is_postgresql, write
from tribune.moderation import queries
from tribune.moderation.filters import Filter
from tribune.signatures.models import Flag

AFTER = {"recent": "900000", "surname": "1:a", "organisation": "1:a"}
FILTERS = [
    {},
    *({"status": status} for status in ("pending", "confirmed", "attested", "held", "hidden", "withdrawn")),
    {"flag": "joke"},
    {"since": "2026-11-01", "until": "2026-11-24"},
    {"published": "no"},
    {"news": "yes"},
    {"section": "Soutiens"},
    {"q": "zoe"},
    {"q": "zoe@example.org"},
]
# The index that must be there: without it the page would pass everybody by.
INDEXES = {
    ("recent", "status", "pending"): "ix_signatures_pending",
    ("recent", "status", "attested"): "ix_signatures_attested",
    ("recent", "status", "held"): "ix_signatures_held",
    ("recent", "status", "hidden"): "ix_signatures_hidden",
    ("recent", "status", "withdrawn"): "ix_signatures_withdrawn",
    ("recent", "flag", "joke"): "ix_flags_open",
    ("recent", "section", "Soutiens"): "ix_signatures_sections",
    ("recent", "q", "zoe@example.org"): "ix_signatures_mailbox",
}
# What has no index of its own goes by that of the order, which is what a search for words walks along.
ORDERS = {
    "recent": "ix_signatures_table",
    "surname": "ix_signatures_table_surname",
    "organisation": "ix_signatures_table_organisation",
}
WALKED = ({}, {"q": "zoe"}, {"published": "no"}, {"news": "yes"}, {"since": "2026-11-01", "until": "2026-11-24"})
SORTED_ANYWAY = {"flag", "@"}  # few, and found by their own index before they are put in order


@contextmanager
def plans() -> Iterator[list[str]]:
    """How the database answers each question about signatures that is asked meanwhile."""
    asked: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_more: Any) -> None:
        if "FROM signatures" in statement:
            asked.append((statement, parameters))

    sa.event.listen(db.engine, "before_cursor_execute", note)
    found: list[str] = []
    try:
        yield found
    finally:
        sa.event.remove(db.engine, "before_cursor_execute", note)
    explain = "EXPLAIN " if is_postgresql() else "EXPLAIN QUERY PLAN "
    for statement, parameters in asked:
        rows = db.session.connection().exec_driver_sql(explain + statement, parameters).all()
        found.append("\n".join(str(row[-1]) for row in rows))


def scans(plan: str) -> bool:
    return "Seq Scan on signatures" in plan or "SCAN signatures" in plan


def sorts(plan: str) -> bool:
    return "Sort Key" in plan or "USE TEMP B-TREE" in plan


@pytest.mark.parametrize("sort", ["recent", "surname", "organisation"])
def test_no_filter_and_no_order_reads_everybody(app: Flask, monkeypatch: pytest.MonkeyPatch, sort: str) -> None:
    letter = make_letter()
    signature = make_signature(letter, section="Soutiens", email="zoe@example.org")
    with write() as session:
        session.add(Flag(letter_id=letter.id, signature_id=signature.id, kind="joke"))
    if is_postgresql():  # which reads a few rows whole, unless told that it must not
        for way in ("seqscan", "bitmapscan", "sort"):
            db.session.execute(sa.text(f"SET enable_{way} = off"))
    monkeypatch.setattr(queries, "COUNTED_TO", -1)  # as where more match than may be sorted
    for given in FILTERS:
        asked = Filter.from_args({**given, "sort": sort})
        for after in ("", AFTER[sort]):
            with plans() as found:
                queries.table_page(letter, asked, after)
            page = [plan for plan in found if plan]
            assert page and not any(map(scans, page)), (given, after, page)
            if not any(mark in str(given) for mark in SORTED_ANYWAY):
                assert not any(map(sorts, page)), (given, after, page)
            if given in WALKED:
                assert re.search(rf"{ORDERS[sort]}\b", page[-1]), (given, after, page)
            for name, value in given.items():
                assert INDEXES.get((sort, name, value), "") in "\n".join(page), (given, after, page)


@pytest.mark.parametrize("sort", ["surname", "organisation"])
def test_few_are_found_by_their_own_index_and_then_put_in_order(app: Flask, sort: str) -> None:
    letter = make_letter()
    make_signature(letter, held_at=None)
    if is_postgresql():
        for way in ("seqscan", "bitmapscan"):
            db.session.execute(sa.text(f"SET enable_{way} = off"))
    with plans() as found:
        queries.table_page(letter, Filter(status="held", sort=sort))
    assert "ix_signatures_held" in found[0] and not any(map(scans, found))
    assert not any(f"table_{sort}" in plan for plan in found)
