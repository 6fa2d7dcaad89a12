"""Each filter and each order of the table goes by an index: a page of a million costs what a page of ten does."""

import re

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.factories import make_letter, make_signature
from tests.plans import plans, scans, sorts
from tribune.database import db, is_postgresql, write
from tribune.moderation import queries
from tribune.moderation.filters import Filter
from tribune.signatures.models import Flag

AFTER = {"recent": "900000", "surname": "1:a", "organisation": "1:a"}
FILTERS = [
    {},
    *({"status": status} for status in ("pending", "confirmed", "attested", "asked", "held", "hidden", "withdrawn")),
    {"status": "disagreed"},
    {"flag": "joke"},
    {"since": "2026-11-01", "until": "2026-11-24"},
    {"published": "no"},
    {"news": "yes"},
    {"section": "Soutiens"},
    {"network": "abc"},
    {"q": "zoe"},
    {"q": "zoe@example.org"},
]
# The index that must be there: without it the page would pass everybody by.
INDEXES = {
    ("recent", "status", "pending"): "ix_signatures_pending",
    ("recent", "status", "attested"): "ix_signatures_attested",
    ("recent", "status", "asked"): "ix_signatures_asked",
    ("recent", "status", "disagreed"): "ix_signatures_disagreed",
    ("recent", "status", "held"): "ix_signatures_held",
    ("recent", "status", "hidden"): "ix_signatures_hidden",
    ("recent", "status", "withdrawn"): "ix_signatures_withdrawn",
    ("recent", "flag", "joke"): "ix_flags_open",
    ("recent", "section", "Soutiens"): "ix_signatures_sections",
    ("recent", "network", "abc"): "ix_signatures_network",
    ("recent", "q", "zoe@example.org"): "ix_signatures_mailbox",
}
# What has no index of its own goes by that of the order, which is what a search for words walks along.
ORDERS = {
    "recent": "ix_signatures_table",
    "surname": "ix_signatures_table_surname",
    "organisation": "ix_signatures_table_organisation",
}
WALKED = ({}, {"q": "zoe"}, {"published": "no"}, {"news": "yes"}, {"since": "2026-11-01", "until": "2026-11-24"})
SORTED_ANYWAY = {"flag", "network", "@"}  # few, and found by their own index before they are put in order


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
