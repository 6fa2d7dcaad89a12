"""Keys of before migration 0020, which left capitals in what a sign stands for (`Acme™`, `𝐉𝐞𝐚𝐧`)."""

import json
from collections.abc import Iterable, Sequence
from itertools import groupby

import flask_migrate
import sqlalchemy as sa
from flask import Flask

from tests.migrations.filled import fill, more_letters
from tests.migrations.test_rows import found_by_index
from tribune.database import db
from tribune.letters.models import Letter
from tribune.organisations.actions import advance
from tribune.organisations.queries import count_left
from tribune.signatures.actions import keys
from tribune.signatures.models import Merge, Signature
from tribune.signatures.spellings import followed

REVISION = "0019"  # of `site_of_before`
SIGNED = """;
    INSERT INTO signatures (id, public_id, letter_id, letter_version, origin, given_name, family_name, role,
            organisation, printed_organisation, merge_id, capacity, section, organisation_key, sort_key, search_key,
            locale, link_nonce, published, news, wording, as_organisation, signed_at, confirmed_at, counted_at)
        VALUES ({0}, 'p{0}', 1, 1, 'web', '{1}', '{2}', '', '{3}', {4}, {5}, '', '', '{6}', '{7}', '{8}', 'fr', 'n',
            true, false, '2026-11', false, '2026-11-24', '2026-11-24', '2026-11-24')"""
JEAN = SIGNED.format(
    2, "𝐉𝐞𝐚𝐧", "Œuvrard", "Acme™", "NULL", "NULL",
    "acmeTM", "oeuvrard\x01Jean\x01œuvrard 𝐉𝐞𝐚𝐧", "Jean oeuvrard acmeTM",
)  # fmt: skip
WITHOUT_NAME = SIGNED.format(3, "", "", "", "NULL", "NULL", "", "", "")
KEYS = sa.text("SELECT id, organisation_key, sort_key, search_key FROM signatures ORDER BY id")

TWICE = (flask_migrate.upgrade, lambda: flask_migrate.downgrade(revision="0019"), flask_migrate.upgrade)


def test_people_of_before_are_found_by_what_a_sign_stands_for(site_of_before: Flask) -> None:
    written: list[str] = []
    fill("0019", JEAN + WITHOUT_NAME)
    sa.event.listen(db.engine, "before_cursor_execute", lambda *args: written.append(args[2]))
    flask_migrate.upgrade(revision="0020")
    assert sum(statement.startswith("UPDATE signatures") for statement in written) == 1
    for move in TWICE:
        move()
        first, jean, nobody = [tuple(row)[1:] for row in db.session.execute(KEYS)]
        assert first == ("", "evrard", "zoe evrard") and nobody == ("", "", "")
        assert jean == tuple(keys("𝐉𝐞𝐚𝐧", "Œuvrard", "", "Acme™").values())
        assert jean[::2] == ("acmetm", "jean oeuvrard acmetm")
        for words, whose in (("acmetm", ["p2"]), ("jean", ["p2"]), ("evrard", ["p"]), ("Jean", [])):
            assert found_by_index(words) == whose
        db.session.rollback()


Merges = Sequence[tuple[str, str]]
TM, ACME, FOO = ("acmetm", "Acme"), ("acme", "Acme™"), ("acmeTM", "Foo")


MERGES: Sequence[tuple[Merges, Merges]] = [
    ([FOO], [("acmetm", "Foo")]),
    ([("c n r s", "CNRS"), ("foo", "Acme™")], [("c n r s", "CNRS"), ("foo", "Acme™")]),
    ([("acmetm", "Acme™")], [("acmetm", "Acme™")]),  # now one spelling, printed as was chosen
    ([("acmeTM", "AcmeTM"), TM], [TM]),  # one led to the other
    ([TM, ("acmeTM", "AcmeTM")], [TM]),
    ([FOO, ("acmetm", "Bar")], [("acmetm", "Bar")]),  # the later holds
    ([FOO, ("acmetm", "")], [("acmetm", "Foo")]),  # the other is being undone
    ([("foo", "Acme™"), TM], [("foo", "Acme™"), TM]),  # one leads to the other now
    ([TM, ACME], [("acmetm", "Acme™"), ACME]),  # would be circles
    ([ACME, TM], [ACME, ("acmetm", "Acme™")]),
    ([("acme", "AcmeTM"), ("acmeTM", "Acme")], [("acme", "AcmeTM"), ("acmetm", "AcmeTM")]),
    ([("acmetm", "Foo™"), ("footm", "Acme™")], [("acmetm", "Foo™"), ("footm", "Foo™")]),
]


def merged(cases: Iterable[Merges]) -> str:
    """What merges so under letters of their own, the second and those that follow, in SQL."""
    under = list(enumerate(cases, 2))
    rows = ", ".join(f"({letter}, '{key}', '{into}', '2026-11-24')" for letter, case in under for key, into in case)
    new = f'INSERT INTO merges (letter_id, from_key, "into", created_at) VALUES {rows}'
    return f"{more_letters(len(under) + 1)}; DELETE FROM merges; {new}"


def merges_now() -> list[list[tuple[str, str]]]:
    """How each of these letters merges."""
    merges = sa.select(Merge.letter_id, Merge.from_key, Merge.into).order_by(Merge.letter_id, Merge.id)
    found = db.session.execute(merges)
    return [[tuple(row[1:]) for row in rows] for _, rows in groupby(found, key=lambda row: row[0])]


def test_merges_of_before_print_the_same_and_end(site_of_before: Flask) -> None:
    fill("0019", merged(before for before, _ in MERGES))
    for move in TWICE:
        move()
        assert merges_now() == [after for _, after in MERGES]
        db.session.rollback()
    for _, after in MERGES:
        merges = {key: Merge(from_key=key, into=into) for key, into in after}
        assert all(followed(key, merges.get) for key in merges)


def test_lines_of_two_spellings_that_are_now_one_are_printed_as_one(site_of_before: Flask) -> None:
    two = "INSERT INTO merges VALUES (2, 1, 'acmeTM', 'Foo', '2026-11-24'), (3, 1, 'acmetm', 'Bar', '2026-11-24')"
    lines = (
        SIGNED.format(2, "Ana", "Ba", "Acme™", "'Foo'", 2, "foo", "ba\x01ana\x01ba ana", "ana ba acmeTM foo"),
        SIGNED.format(3, "Eve", "Li", "AcmeTM", "'Bar'", 3, "bar", "li\x01eve\x01li eve", "eve li acmetm bar"),
    )
    printed = sa.select(Signature.printed_organisation, Signature.search_key).order_by(Signature.id).offset(1)
    fill("0019", two + "".join(lines))
    flask_migrate.upgrade()
    letter = db.session.get_one(Letter, 1)
    assert count_left(letter) == 1
    assert [row[1] for row in db.session.execute(printed)] == ["ana ba acmetm foo", "eve li acmetm bar"]
    advance(letter, 1)
    assert count_left(letter) == 0
    found = [tuple(row) for row in db.session.execute(printed)]
    assert found == [("Bar", "ana ba acmetm bar"), ("Bar", "eve li acmetm bar")]


def test_the_log_of_before_names_a_spelling_as_its_merge_does(site_of_before: Flask) -> None:
    said = [{"spelling": "acmeTM", "into": "Acme"}, {"spelling": "cnrs", "into": "CNRS"}, {}]
    lines = "".join(
        f""";INSERT INTO events (id, at, team_id, actor, verb, letter_id, subject, details)
            VALUES ({number}, '2026-11-24', 1, 'Alice', '{verb}', 1, '', '{json.dumps(details)}')"""
        for number, (verb, details) in enumerate(
            [*(("organisations_merged", each) for each in said), ("merge_undone", said[0]), ("exported", said[0])], 2
        )
    )
    fill("0019", lines)
    flask_migrate.upgrade()
    events = sa.table("events", sa.column("id"), sa.column("details", sa.JSON))
    found = db.session.scalars(sa.select(events.c.details).where(events.c.id > 1).order_by(events.c.id)).all()
    now = {**said[0], "spelling": "acmetm"}
    assert found == [now, *said[1:], now, said[0]]
