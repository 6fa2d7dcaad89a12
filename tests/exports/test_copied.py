"""What SQL writes of a CSV by itself: the same bytes as Python writes of the same rows."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import product

import pytest
import sqlalchemy as sa
from flask import Flask, current_app
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.exc import DatabaseError

from tests.databases import ON_POSTGRESQL
from tests.exports.typed import TYPED
from tests.factories import make_letter, make_signature
from tribune import database
from tribune.database import db, is_postgresql, write
from tribune.exports import copying
from tribune.exports.choice import Choice
from tribune.exports.copying import Shape, cells_in_sql, copied, copies, public_cells_in_sql
from tribune.exports.spreadsheet import COLUMNS, PUBLIC_COLUMNS, ROWS_A_PART, cells, csv_parts, public_cells, safe
from tribune.faults import is_of_the_database
from tribune.letters.models import Letter
from tribune.signatures import table
from tribune.signatures.models import SHOWN, Signature
from tribune.signatures.table import every_row, line_writer

MOMENT = datetime(2026, 12, 31, 23, 59, 59, 999_999, UTC)
HOSTILE = [
    "", "Zoé", "-Ange", "'t Hooft", "=1+1", " =1+1", "＝1+1", "﹣2+3", "+33", "@SUM(A1)", "\t=1", "\r=1", "a\r\n=1",
    "a\nb", "a\n", "a, =1", "a,  =1", "a;=1", 'a,"=1', 'a; "=1',
    "a,b", "a, b; c", "a,  b", 'a "b"', '"', "a,", "a ;", "é", "ÿ;ÿ", "a\\b", "\\.", "\\N",
    "a\x0bb", "a\x1fb", "a\x1cb", "a\x85b", "\u00a0a", "a\u2028b", "\ufeffa", "?12", "a?12", "ﬁ", "Ⅷ", "٣", "日本",
    "a\x7fb", "a\xa0", "a \x1f", "🎉", "ŉ", "%s", "%(a)s", "a:b", "-", "−1",
    "a,-1", "a;-b", "a, “b”", "A=1", "0", "1-2", "a,0", "a;@b", "A\u0338", "=\u0338", "Ł, ŀ", "d’Été, d’Ivry",
]  # fmt: skip


@pytest.fixture
def letter(app: Flask) -> Iterator[Letter]:
    yield make_letter(first="Ismaël Le Mouël et Léa Thomassin, fondateurs\nBruno Humbert, Président de la Ruche")


def same(letter: Letter, choice: Choice, delimiter: str) -> bytes:
    """The file of organisers and that of readers, made by both; the first of them."""
    written = line_writer(letter)

    def ours(signature: Signature) -> list[str]:
        return cells(signature, written(signature), choice.addresses)

    def public(signature: Signature) -> list[str]:
        return public_cells(signature, written(signature))

    taken: list[int] = []
    shape = Shape(COLUMNS, ours, cells_in_sql(choice.addresses))
    made = b"".join(copied(letter, choice.condition(letter), shape, delimiter, taken.append))
    assert made == b"".join(csv_parts(COLUMNS, every_row(letter, choice.condition(letter)), ours, delimiter))
    assert taken == [choice.count(letter)]
    read = partial(copied, letter, SHOWN, Shape(PUBLIC_COLUMNS, public, public_cells_in_sql()))
    assert b"".join(read(delimiter)) == b"".join(csv_parts(PUBLIC_COLUMNS, every_row(letter, SHOWN), public, delimiter))
    return made


def insert(letter: Letter, *rows: dict[str, object]) -> None:
    """Rows as no form would let them in."""
    usual = dict.fromkeys(TYPED, "") | {
        "letter_id": letter.id, "letter_version": 1, "given_name": "Zoé", "family_name": "Évrard",
        "sort_key": "", "search_key": "", "locale": "fr", "link_nonce": "",
        "published": True, "news": False, "affiliation": None, "printed_organisation": None, "as_organisation": False,
        "email": None, "signed_at": MOMENT, "confirmed_at": MOMENT, "counted_at": MOMENT,
    }  # fmt: skip
    with write() as session:
        session.execute(sa.delete(Signature).where(Signature.letter_id == letter.id, Signature.position.is_(None)))
        made = [usual | row | {"public_id": f"p{number}"} for number, row in enumerate(rows)]
        session.connection().execute(sa.insert(Signature), made)


@pytest.mark.parametrize("delimiter", ["semicolon", "comma"])
def test_hostile_cells_are_written_as_python_writes_them(letter: Letter, delimiter: str) -> None:
    names = [*TYPED, "affiliation", "printed_organisation"]
    each = [{name: text} for text in HOSTILE for name in names]
    pairs = [{"role": one, "organisation": other} for one in HOSTILE for other in ("", "CNRS", "a, b")]
    insert(letter, *each, *pairs)
    file = same(letter, Choice(addresses="all"), delimiter)
    assert file.count(b"Hooft") > 10
    for addresses in ("none", "consented"):
        same(letter, Choice(addresses=addresses), delimiter)


def test_no_letter_that_a_plain_cell_begins_with_is_run_by_a_spreadsheet() -> None:
    letters = [chr(code) for code in range(0x800) if chr(code).encode()[0] in copying.BEGIN]
    assert len(letters) == 62 + 0x280 - 0xC0
    assert [safe(f"{letter}, {letter}") for letter in letters] == [f"{letter}, {letter}" for letter in letters]


ANY = st.characters(exclude_categories=["Cs"], exclude_characters="\0")
TEXT = st.text(st.sampled_from(list("aZé09 ,;=-+@'\"\\\t\r\n().?\x1f")) | ANY, max_size=8)
ROWS = st.lists(
    st.fixed_dictionaries(
        {
            **dict.fromkeys(TYPED, TEXT),
            "affiliation": st.none() | TEXT, "printed_organisation": st.none() | TEXT, "email": st.none() | TEXT,
            "published": st.booleans(), "news": st.booleans(), "as_organisation": st.booleans(),
            "confirmed_at": st.none() | st.just(MOMENT), "attested_at": st.none() | st.just(MOMENT),
            "held_at": st.none() | st.just(MOMENT), "hidden_at": st.none() | st.just(MOMENT),
            "signed_at": st.datetimes(datetime(1990, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC)),
        }
    ),
    min_size=1,
    max_size=20,
)  # fmt: skip


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=ROWS, status=st.sampled_from(["all", "confirmed"]), delimiter=st.sampled_from(["semicolon", "comma"]))
def test_any_row_is_written_as_python_writes_it(
    letter: Letter, rows: list[dict[str, object]], status: str, delimiter: str
) -> None:
    insert(letter, *rows)
    same(letter, Choice(status=status, addresses="consented"), delimiter)


def test_plain_rows_in_every_state_are_written_as_python_writes_them(letter: Letter) -> None:
    flags = ("published", "news", "as_organisation")
    moments = ("confirmed_at", "attested_at", "held_at", "hidden_at", "withdrawn_at")
    plain = {"role": "Médecin", "organisation": "CNRS", "email": "zoe@example.org", **dict.fromkeys(moments)}
    rows: list[dict[str, object]] = [
        plain
        | dict(zip(flags, said, strict=True))
        | {name: MOMENT for name, is_so in zip(moments, reached, strict=True) if is_so}
        for said in product([False, True], repeat=len(flags))
        for reached in product([False, True], repeat=len(moments))
    ]
    insert(letter, *rows, plain | {"affiliation": "maire de Lyon"}, plain | {"printed_organisation": "Cnrs"})
    for addresses in ("all", "consented", "none"):
        assert same(letter, Choice(addresses=addresses), "comma").count(b"\r\n") > len(rows)


def test_plain_lines_are_written_without_python(letter: Letter) -> None:
    plain: dict[str, object] = {
        "role": "Médecin, chercheuse",
        "organisation": "CNRS (Lyon)",
        "email": "zoe@example.org",
    }
    insert(letter, plain, plain, {"role": "« Maire »"}, plain)
    came: list[str] = []

    def by_python(signature: Signature) -> list[str]:
        came.append(signature.role)
        return [""]

    condition = sa.and_(Signature.counted_at.is_not(None), Signature.position.is_(None))
    made = b"".join(copied(letter, condition, Shape(COLUMNS, by_python, cells_in_sql("all")), "comma"))
    assert made.count('"Zoé Évrard, Médecin, chercheuse (CNRS (Lyon))"'.encode()) == 3
    assert came == ["« Maire »"]


def test_initials_alone_are_not_written_by_sql(letter: Letter) -> None:
    assert copies(letter)
    with write():
        letter.public_list = "initials"
    assert not copies(letter)


@pytest.mark.parametrize("at_once", [1, 3, 10])
def test_a_file_in_several_parts_has_every_line_once(
    letter: Letter, monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    for where, name in ((copying, "BY_SQLITE"), (copying, "BY_POSTGRESQL"), (table, "ROWS_AT_ONCE")):
        monkeypatch.setattr(where, name, at_once)
    insert(letter, *[{"role": role, "withdrawn_at": gone} for role in ("Médecin", "=1") * 5 for gone in (None, MOMENT)])
    made = same(letter, Choice(status="all"), "comma").splitlines()
    assert len(made) == len(set(made)) == 1 + 3 + 10


def test_who_left_before_a_line_was_made_by_python_is_not_in_it_nor_is_a_stranger(
    letter: Letter, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("LINES_AT_ONCE", "ROWS_A_PART"):
        monkeypatch.setattr(copying, name, 1)
    insert(letter, {}, {"role": "« Maire »"}, {"role": "« Juge »"})
    shape = Shape(PUBLIC_COLUMNS, lambda s: public_cells(s, "« ici »"), public_cells_in_sql())
    parts = copied(letter, SHOWN, shape, "comma")
    begun = [next(parts), next(parts)]
    erased, left = db.session.scalars(sa.select(Signature).order_by(Signature.id.desc()).limit(2)).all()
    with write() as session:
        left.withdrawn_at, left.counted_at = MOMENT, None
        session.delete(erased)
    make_signature(make_letter(), role="« Inconnue »", confirmed=False)  # on SQLite with the number of the erased one
    assert "«".encode() not in b"".join([*begun[1:], *parts])


@pytest.mark.parametrize("by_sql", [True, False], ids=["by SQL", "by Python"])
def test_nobody_reads_while_a_file_is_taken_slowly(
    letter: Letter, monkeypatch: pytest.MonkeyPatch, by_sql: bool
) -> None:
    for name in ("BY_SQLITE", "BY_POSTGRESQL"):
        monkeypatch.setattr(copying, name, ROWS_A_PART)
    insert(letter, *[{}] * (ROWS_A_PART * 3))
    shape = Shape(COLUMNS, lambda s: cells(s, ""), cells_in_sql("none"))
    by_python = csv_parts(COLUMNS, every_row(letter, SHOWN), shape.as_cells, "comma")
    parts = copied(letter, SHOWN, shape, "comma") if by_sql else by_python
    for _ in range(3):
        next(parts)
        assert not reads()
    assert [*parts], "it was not whole before"


def test_nobody_reads_while_a_file_gives_way(letter: Letter, monkeypatch: pytest.MonkeyPatch) -> None:
    insert(letter, *[{}] * 500)
    pauses: list[bool] = []
    monkeypatch.setattr(current_app.extensions["tribune_threads"], "somebody_waits", lambda: True)
    monkeypatch.setattr(time, "sleep", lambda _seconds: pauses.append(reads()))
    list(copied(letter, SHOWN, Shape(COLUMNS, lambda s: cells(s, ""), cells_in_sql("none")), "comma"))
    assert bool(pauses) is not is_postgresql() and not any(pauses)


def reads() -> bool:
    """Whether a transaction reads, or holds what it has read."""
    with db.engine.connect() as connection:
        if is_postgresql():
            busy = "state <> 'idle' AND datname = current_database() AND pid <> pg_backend_pid()"
            ours = "backend_type = 'client backend'"  # and not PostgreSQL's own, which vacuums new rows
            return bool(connection.scalar(sa.text(f"SELECT count(*) FROM pg_stat_activity WHERE {busy} AND {ours}")))
        connection.commit()
        raw = connection.connection.cursor()
        raw.execute("PRAGMA busy_timeout=0")
        return bool(raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0])


@ON_POSTGRESQL
def test_a_table_that_is_locked_once_a_file_has_begun_is_an_outage(
    letter: Letter, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    insert(letter, {})
    monkeypatch.setattr(database, "WAIT", 1)
    db.engine.dispose()  # the next connection waits no longer
    copy = partial(copied, letter, SHOWN, Shape(COLUMNS, lambda s: cells(s, ""), cells_in_sql("none")), "comma")
    parts = copy()
    next(parts)
    with sa.create_engine(database_url, poolclass=sa.NullPool).connect() as other:
        other.exec_driver_sql("LOCK TABLE signatures IN ACCESS EXCLUSIVE MODE")
        with pytest.raises(DatabaseError, match="lock timeout") as failed:
            next(parts)
    assert is_of_the_database(failed.value) and len(list(copy())) == 2


def test_a_filter_reaches_the_lines(letter: Letter) -> None:
    insert(letter, {"search_key": "o'brien 50% a", "signed_at": MOMENT - timedelta(days=1)}, {"search_key": "dupont"})
    asked = Choice.from_args({"q": "o'brien"})
    assert same(letter, asked, "comma").count(b"\r\n") == 2
