"""Keys of before migration 0022, which left out marks that are spelling (`राम`, `ガ`)."""

import json
import re
import sys
import unicodedata
from collections.abc import Sequence
from typing import Any

import flask_migrate
import pytest
import sqlalchemy as sa
from alembic.script import ScriptDirectory
from flask import Flask

from tests.migrations.filled import fill
from tests.migrations.test_keys import KEYS, SIGNED, WITHOUT_NAME, Merges, merged, merges_now
from tests.migrations.test_rows import found_by_index
from tribune import ROOT
from tribune.database import db
from tribune.letters.models import Letter
from tribune.names import organisation_key
from tribune.organisations.queries import count_left
from tribune.signatures.actions import keys
from tribune.signatures.models import Merge, Signature

REVISION = "0021"  # of `site_of_before`
TWICE = (flask_migrate.upgrade, lambda: flask_migrate.downgrade(revision="0021"), flask_migrate.upgrade)

RAM = SIGNED.format(
    2, "राम", "वर्मा", "ガ社 Keʻala", "NULL", "NULL",
    "カ社 keʻala", "वरम\x01र म\x01वर्मा राम", "र म वरम カ社 keʻala keala",
)  # fmt: skip
AS_GA = SIGNED.format(4, "Ana", "Ba", "カ", "'ガ'", 2, "カ", "カ\x01\x01ガ ", "ana ba カ")
JEAN = SIGNED.format("{0}", "김", "Ĝuo", "Œuvre", "NULL", "NULL", "oeuvre", "guo\x01as\x01before", "as before")


@pytest.mark.parametrize("others", [1, 200])  # where few change, SQLite changes its index; else it makes it anew
def test_people_of_before_are_found_by_their_whole_words(site_of_before: Flask, others: int) -> None:
    written: list[Any] = []
    lines = [RAM, WITHOUT_NAME, AS_GA, *(JEAN.format(n) for n in range(5, 5 + others))]
    fill("0021", f"INSERT INTO merges VALUES (2, 1, 'カ', 'ガ', '2026-11-24'){''.join(lines)}")
    db.session.execute(sa.text("UPDATE signatures SET as_organisation = true WHERE id = 4"))
    db.session.commit()
    sa.event.listen(db.engine, "before_cursor_execute", lambda *args: written.append(args[2:4]))
    flask_migrate.upgrade(revision="0022")
    assert len([each for each in written if each[0].startswith("UPDATE signatures")]) == 1
    for move in TWICE:
        move()
        first, ram, nobody, ga, *jean = [tuple(row)[1:] for row in db.session.execute(KEYS)]
        assert first == ("", "evrard", "zoe evrard") and nobody == ("", "", "")
        assert jean == [("oeuvre", "guo\x01as\x01before", "as before")] * others
        assert ram == tuple(keys("राम", "वर्मा", "", "ガ社 Keʻala").values())
        as_printed = keys("Ana", "Ba", "", "ガ", as_organisation=True)
        assert ga == (*list(as_printed.values())[:2], f"ana ba カ {as_printed['organisation_key']}")
        for words, whose in (("वर्मा", ["p2"]), ("राम", ["p2"]), ("वरम", []), ("keala", ["p2"]), ("evrard", ["p"])):
            assert found_by_index(unicodedata.normalize("NFD", words)) == whose
        db.session.rollback()
    db.session.execute(sa.text("UPDATE signatures SET search_key = 'zoe martin' WHERE id = 1"))  # the index follows
    assert found_by_index("arti") == ["p"]


KA, GA = "カ", "カ\u3099"  # the keys of カ and ガ
OLD_KEYS = {"カ": KA, "ガ": KA, "राम": "र म", "Keʻala": "keʻala", "Ke'ala": "ke ala", "Foo": "foo", "Bar": "bar"}


PRINTED: Sequence[tuple[Merges, Sequence[str], str, Merges]] = [
    ([("c n r s", "CNRS"), (KA, "Foo")], [], "", [("c n r s", "CNRS"), (KA, "Foo")]),
    ([(KA, "Foo")], ["ガ"], "Foo", [(GA, "Foo")]),
    ([(KA, "Foo")], ["カ", "ガ"], "Foo", [(KA, "Foo"), (GA, "Foo")]),
    ([(KA, "ガ")], ["カ", "ガ"], "ガ", [(KA, "ガ"), (GA, "ガ")]),
    ([(KA, "")], ["カ", "ガ"], "Bar", [(KA, ""), (GA, "")]),  # being undone
    ([("foo", "ガ"), (KA, "Bar")], ["Foo", "カ"], "Bar", [("foo", "ガ"), (KA, "Bar"), (GA, "Bar")]),  # a chain
    ([("keʻala", "Foo")], ["Keʻala"], "Foo", [("ke ala", "Foo")]),
    ([("keʻala", "Foo"), ("ke ala", "")], ["Keʻala", "Ke'ala"], "Foo", [("ke ala", "Foo")]),
]


def test_merges_of_before_print_the_same(site_of_before: Flask) -> None:
    names = [(letter, name, printed) for letter, (_, typed, printed, _) in enumerate(PRINTED, 2) for name in typed]
    lines = "".join(_line(number, *name) for number, name in enumerate(names, 2))
    fill("0021", merged(before for before, *_ in PRINTED) + lines)
    of_lines = sa.select(Signature.letter_id, Signature.organisation, Signature.printed_organisation, Merge.from_key)
    of_lines = of_lines.outerjoin(Merge, Merge.id == Signature.merge_id).where(Signature.id > 1).order_by(Signature.id)
    for move in TWICE:
        move()
        assert merges_now() == [after for *_, after in PRINTED]
        assert [tuple(row) for row in db.session.execute(of_lines)] == [
            (letter, name, printed, organisation_key(name)) for letter, name, printed in names
        ]
        for letter, (_, typed, _, after) in enumerate(PRINTED, 2):
            assert count_left(db.session.get_one(Letter, letter)) == (0 if after[-1][1] else len(typed))
        db.session.rollback()


ENDING: Sequence[tuple[Merges, Merges]] = [
    ([("ke ala", "Foo"), ("keʻala", "Bar")], [("ke ala", "Bar")]),  # the later holds
    ([("ke ala", "Foo"), ("keʻala", "Ke''ala")], [("ke ala", "Foo")]),  # one led to the other
    ([("ke ala", "Foo"), ("foo", "Keʻala")], [("ke ala", "Keʻala"), ("foo", "Keʻala")]),  # would be circles
    ([("foo", "Keʻala"), ("ke ala", "Foo")], [("foo", "Keʻala"), ("ke ala", "Keʻala")]),
]


def test_merges_of_spellings_that_are_now_one_end(site_of_before: Flask) -> None:
    fill("0021", merged(before for before, _ in ENDING))
    flask_migrate.upgrade(revision="0022")
    assert merges_now() == [after for _, after in ENDING]


def test_who_was_invited_accepts_as_is_printed_today(site_of_before: Flask) -> None:
    invited = "UPDATE invitations SET organisation = 'ガ', signature_id = NULL, letter_id = 2"
    fill("0021", f"{merged([[(KA, 'Foo')]])};{invited}")
    flask_migrate.upgrade(revision="0022")
    assert merges_now() == [[(GA, "Foo")]]


def test_the_log_of_before_names_every_spelling_that_was_typed(site_of_before: Flask) -> None:
    said = [
        {"spelling": KA, "into": "Foo"},
        {"spelling": "र म", "into": "Bar"},
        {"spelling": "cnrs", "into": "CNRS"},
        {},
    ]
    events = [*(("organisations_merged", each) for each in said), ("merge_undone", said[1]), ("exported", said[0])]
    lines = "".join(
        f""";INSERT INTO events (id, at, team_id, actor, verb, letter_id, subject, details)
            VALUES ({number}, '2026-11-24', 1, 'Alice', '{verb}', 2, '', '{json.dumps(details)}')"""
        for number, (verb, details) in enumerate(events, 2)
    )
    ram = SIGNED.format(4, "A", "B", "राम", "NULL", "NULL", "र म", "b\x01a\x01b a", "a b र म")
    theirs = _line(2, 2, "カ", "Foo") + _line(3, 2, "ガ", "Foo") + ram + "; UPDATE signatures SET letter_id = 2"
    fill("0021", merged([[(KA, "Foo")]]) + theirs + lines)
    flask_migrate.upgrade(revision="0022")
    found = sa.table("events", sa.column("id"), sa.column("details", sa.JSON))
    now = db.session.scalars(sa.select(found.c.details).where(found.c.id > 1).order_by(found.c.id)).all()
    whole = {"spelling": "राम", "into": "Bar"}
    assert now == [{"spelling": f"{KA}, {GA}", "into": "Foo"}, whole, *said[2:], whole, said[0]]


def test_whoever_is_not_read_keeps_the_keys_of_before() -> None:
    migration = ScriptDirectory(str(ROOT / "migrations")).get_revision("0022").module
    letters = [c for c in map(chr, range(sys.maxunicode + 1)) if unicodedata.category(c)[0] != "C"]
    others = [c for c in letters if not re.match(migration.CHANGED, c)]
    for n in range(0, len(others), 20):
        some = "a".join(others[n : n + 20])
        assert migration.key_before(some) == migration.key_now(some)


def _line(number: int, letter: int, typed: str, printed: str) -> str:
    """One who typed this under that letter and is printed like that, with the keys of before."""
    merge = f"(SELECT id FROM merges WHERE letter_id = {letter} AND from_key = '{OLD_KEYS[typed]}')"
    typed, keys = typed.replace("'", "''"), (OLD_KEYS[printed], "b\x01a\x01b a", "a b")
    line = SIGNED.format(number, "A", "B", typed, f"'{printed}'", merge, *keys)
    return f"{line}; UPDATE signatures SET letter_id = {letter} WHERE id = {number}"
