"""A draft deleted while a colleague types, takes a file of it, sends its invitations or imports: gone for both."""

from collections.abc import Callable
from contextlib import suppress
from functools import partial
from math import inf
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy.orm.exc import ObjectDeletedError

from tests.databases import ON_POSTGRESQL
from tests.factories import make_invited, make_letter, owner_of
from tests.importing import files
from tests.importing.conftest import opened
from tests.turns import Act, all_turns, take_turns
from tribune.database import db
from tribune.exports.actions import begin as begin_file
from tribune.exports.choice import Choice
from tribune.importing import actions as importing
from tribune.importing.entries import ATTEST
from tribune.invitations.sending import invite, to_invite
from tribune.letters.models import Letter
from tribune.moderation.actions import undo
from tribune.moderation.models import Batch
from tribune.writing.actions import keep_draft
from tribune.writing.deleting import delete_letter


def delete(number: int) -> None:
    there = db.session.get_one(Letter, number)
    delete_letter(there, owner_of(there))


def send(letter: Letter) -> None:
    invite(letter, to_invite(letter), by=owner_of(letter))


def take(letter: Letter) -> None:
    begin_file(letter, Choice(), by=owner_of(letter), what="csv", purpose="")(0)


@ON_POSTGRESQL
@pytest.mark.parametrize("deletes_first", [True, False])
@pytest.mark.parametrize("act", [send, take])
def test_a_draft_is_deleted_whatever_a_colleague_does(
    app: Flask, act: Callable[[Letter], None], deletes_first: bool
) -> None:
    numbers = []

    def begin(_pause: int) -> tuple[Act, Act]:
        letter = make_letter(published=False)
        make_invited(letter)
        numbers.append(number := letter.id)

        def other() -> None:
            if there := db.session.get(Letter, number):
                with suppress(ObjectDeletedError):  # which a page answers as any that is gone
                    act(there)

        deletes = partial(delete, number)
        return (deletes, other) if deletes_first else (other, deletes)

    for _pause in all_turns(app, begin):
        assert db.session.get(Letter, numbers[-1]) is None


@ON_POSTGRESQL
@pytest.mark.parametrize("undoes", [True, False])
def test_an_import_into_a_draft_goes_with_it_whether_it_goes_on_or_is_undone(
    app: Flask, tmp_path: Path, undoes: bool
) -> None:
    letter = make_letter(published=False)
    file, terms = opened(files.many(tmp_path, 2), letter, ATTEST, False)
    batch = importing.start(letter, terms, by=None, digest=file.digest, new=2)
    pieces = importing.advance(batch, file.sheets(2), terms, inf)
    next(pieces)
    letter_id, batch_id = letter.id, batch.id

    def go_on() -> None:
        there = db.session.get_one(Batch, batch_id)
        with pytest.raises(ObjectDeletedError):
            undo(there, by=None) if undoes else list(importing.advance(there, file.sheets(2), terms, inf))

    assert take_turns(app, partial(delete, letter_id), go_on, 1)  # who goes on waits for the letter
    assert db.session.get(Letter, letter_id) is None


@ON_POSTGRESQL
def test_what_a_colleague_types_meanwhile_finds_it_gone(app: Flask) -> None:
    number = make_letter(published=False).id

    def keep() -> None:
        there = db.session.get_one(Letter, number)
        with pytest.raises(ObjectDeletedError):
            keep_draft(there, by=owner_of(there), content={}, revision=1)

    assert take_turns(app, partial(delete, number), keep, 1)
    assert db.session.get(Letter, number) is None
