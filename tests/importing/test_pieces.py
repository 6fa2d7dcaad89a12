"""What becomes of a row is the same wherever its file is cut into pieces, and wherever the import stopped."""

from collections.abc import Iterator
from math import inf
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.factories import make_letter
from tests.importing import files
from tests.importing.conftest import Import, opened
from tribune.database import db
from tribune.importing import actions
from tribune.importing.entries import ASK, ATTEST
from tribune.letters import life
from tribune.reading.grid import Sheet
from tribune.signatures.models import Flag, Signature

S = Signature


@pytest.mark.parametrize("stops", [False, True])
def test_a_name_that_is_there_twice_is_flagged_however_often_the_import_stops(
    app: Flask, tmp_path: Path, stops: bool
) -> None:
    letter = make_letter()
    twice = "Zoé,Évrarda,,again@example.org,False,True\nAna,Ba,,ana@example.org,False,True\n"
    file, terms = opened(files.many(tmp_path, 100, last=twice), letter, ASK, False)  # many: Évrarda is the first
    batch = actions.start(letter, terms, by=None, digest=file.digest, new=102)
    while not batch.finished_at:
        list(actions.advance(batch, file.sheets(100), terms, 0 if stops else inf))
    flagged = sa.select(S.email).join(Flag, Flag.signature_id == S.id).where(Flag.kind == "same_person")
    assert db.session.scalars(flagged).all() == ["again@example.org"] and batch.done == 102


def test_no_transaction_lasts_as_long_as_the_file_is_looked_over(app: Flask, tmp_path: Path) -> None:
    letter = make_letter()
    file, terms = opened(files.many(tmp_path, 250), letter, ATTEST, False)
    lasts: list[bool] = []

    def sheets() -> Iterator[Sheet]:
        for sheet in file.sheets(100):
            yield sheet
            lasts.append(db.session().in_transaction())

    assert len(list(actions.check(letter, sheets(), terms))) == 250
    assert lasts == [False] * 3


@pytest.mark.parametrize("how", [ASK, ATTEST])
def test_once_the_letter_is_closed_nobody_more_is_added(app: Flask, tmp_path: Path, how: str) -> None:
    letter = make_letter()
    file, terms = opened(files.many(tmp_path, 110), letter, how, False)
    batch = actions.start(letter, terms, by=None, digest=file.digest, new=110)
    importing = actions.advance(batch, file.sheets(100), terms, inf)
    next(importing)
    life.close(letter)
    with pytest.raises(actions.CannotImport):
        list(importing)
    there = db.session.scalar(sa.select(sa.func.count()).select_from(S))
    assert 0 < there == batch.done < 110 and not batch.finished_at


def test_a_line_without_a_date_is_the_same_person_in_the_dry_run_as_in_the_import(import_: Import) -> None:
    lines = [f"Ana Ba{'x' * number}\t\t\t\t\t2023-11-24" for number in range(1, 61)]
    again = ["Zoé Évrard\t\t\t\t\t", "Zoé Évrard\t\t\t\t\t2023-11-25"]
    for between in (lines, lines * 20):  # in one piece, and over two
        text = "\n".join((files.CHANGE.rstrip("\n"), *between, *again))
        batch = import_(make_letter(), text)
        assert batch.done == batch.total == 3 + 60 + 1
