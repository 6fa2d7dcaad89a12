"""An import that stopped goes on where it was, as it was begun, and adds nobody twice; undone meanwhile, it stops."""

from dataclasses import replace
from math import inf
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from click import ClickException
from flask import Flask

from tests.databases import ON_SQLITE
from tests.factories import make_letter, owner_of
from tests.importing import files
from tests.importing.conftest import opened
from tests.shell import shell
from tribune.database import db, now, write
from tribune.importing import actions
from tribune.importing.entries import ASK, ATTEST
from tribune.importing.shell import add_all
from tribune.letters.models import Letter
from tribune.moderation.actions import undo
from tribune.signatures.counting import recount
from tribune.signatures.models import Flag


def test_an_import_that_stopped_goes_on_where_it_was(app: Flask, tmp_path: Path) -> None:
    letter = make_letter()
    path = files.many(tmp_path, 7)
    file, terms = opened(path, letter, ATTEST, False)
    batch = actions.start(letter, terms, by=None, digest=file.digest, new=7)
    next(actions.advance(batch, file.sheets(3), terms, 0))
    assert 0 < letter.attested_count == batch.done < 7 and recount(letter) == (0, 0)
    again = actions.start(letter, terms, by=None, digest=file.digest, new=0)
    assert again.id == batch.id
    assert list(actions.advance(again, file.sheets(3), terms, inf))[-1] == 8
    assert letter.attested_count == again.done == 7 and again.finished_at


@ON_SQLITE
def test_it_goes_on_knowing_the_names_it_has_added(app: Flask, tmp_path: Path) -> None:
    letter = make_letter()
    path = files.written(tmp_path, "Prénom,Nom,Courriel\nZoé,Roux,zoe@example.org\nZoé,Roux,autre@example.org\n")
    file, terms = opened(path, letter, ASK, False)
    batch = actions.start(letter, terms, by=None, digest=file.digest, new=2)
    for _ in range(2):
        next(actions.advance(batch, file.sheets(2), terms, 0))
    assert batch.done == 2 and db.session.scalars(sa.select(Flag.kind)).all() == ["same_person"]


def test_a_file_goes_on_only_as_it_was_read_before(app: Flask, tmp_path: Path) -> None:
    letter = make_letter()
    file, terms = opened(files.many(tmp_path, 7), letter, ATTEST, False)
    batch = actions.start(letter, terms, by=None, digest=file.digest, new=7)
    next(actions.advance(batch, file.sheets(3), terms, 0))
    swapped = replace(terms.columns, held=terms.columns.held[::-1])
    others = {"columns": swapped, "month_first": True, "zone": ZoneInfo("Pacific/Auckland"), "published": True}
    for name, other in others.items():
        assert actions.goes_on(letter, replace(terms, **{name: other}), file.digest) is None  # type: ignore[arg-type]
    assert actions.goes_on(letter, terms, file.digest) == batch


def test_two_who_go_on_with_one_import_add_nobody_twice(app: Flask, tmp_path: Path) -> None:
    letter = make_letter()
    file, terms = opened(files.many(tmp_path, 7), letter, ATTEST, False)
    batch = actions.start(letter, terms, by=None, digest=file.digest, new=7)
    first = actions.advance(batch, file.sheets(3), terms, inf)
    next(first)
    second = actions.advance(batch, file.sheets(3), terms, inf)
    next(second)
    with pytest.raises(actions.Stopped):
        next(first)
    list(second)
    assert letter.attested_count == batch.done == 7 and recount(letter) == (0, 0)


def test_an_import_that_is_taken_back_meanwhile_stops(app: Flask, tmp_path: Path) -> None:
    letter = make_letter()
    file, terms = opened(files.many(tmp_path, 7), letter, ATTEST, False)
    batch = actions.start(letter, terms, by=None, digest=file.digest, new=7)
    importing = actions.advance(batch, file.sheets(3), terms, inf)
    undo(batch, by=owner_of(letter))
    with write():  # as while a longer one is being taken back
        batch.finished_at = None
    with pytest.raises(actions.Stopped):
        next(importing)
    assert letter.attested_count == batch.done == 0 and recount(letter) == (0, 0)


@ON_SQLITE
def test_one_that_is_taken_back_once_all_are_added_does_not_end_it(app: Flask, tmp_path: Path) -> None:
    letter = make_letter()
    file, terms = opened(files.many(tmp_path, 3), letter, ATTEST, False)
    batch = actions.start(letter, terms, by=None, digest=file.digest, new=3)
    importing = actions.advance(batch, file.sheets(), terms, inf)
    next(importing)
    undo(batch, by=owner_of(letter))
    with pytest.raises(actions.Stopped):
        next(importing)


@ON_SQLITE
def test_the_command_that_finds_another_at_work_undoes_nothing(app: Flask, tmp_path: Path) -> None:
    letter = make_letter()
    file, terms = opened(files.many(tmp_path, 3), letter, ATTEST, False)
    batch = actions.start(letter, terms, by=None, digest=file.digest, new=3)
    list(actions.advance(batch, file.sheets(), terms, inf))
    with pytest.raises(ClickException, match="or continues in another process"):
        add_all(batch, file, terms)
    assert letter.attested_count == batch.done == 3


@ON_SQLITE
def test_the_last_import_is_taken_back_first_though_that_had_stopped_half_way(app: Flask, tmp_path: Path) -> None:
    letter = make_letter(slug="rues")
    for number in 1, 3:  # one of whom is there already
        file, terms = opened(files.many(tmp_path, number), letter, ATTEST, False)
        batch = actions.start(letter, terms, by=None, digest=file.digest, new=number)
        list(actions.advance(batch, file.sheets(), terms, inf))
    with write():  # as where the machine stops
        batch.undone_at, batch.finished_at, batch.last_id = now(), None, 0
    left = []
    for _ in range(2):
        assert shell(app, "signatures", "undo-import", "rues")[0] == 0
        db.session.expire_all()
        left.append(db.session.scalars(sa.select(Letter.attested_count)).one())
    assert left == [1, 0]
