"""A draft that one organiser deletes while another takes a file of it or sends its invitations: it is gone for both."""

from collections.abc import Callable
from contextlib import suppress

import pytest
from flask import Flask
from sqlalchemy.orm.exc import ObjectDeletedError

from tests.databases import ON_POSTGRESQL
from tests.factories import make_invited, make_letter, owner_of
from tests.turns import Act, all_turns
from tribune.database import db
from tribune.exports.actions import begin as begin_file
from tribune.exports.choice import Choice
from tribune.invitations.sending import invite, to_invite
from tribune.letters.models import Letter
from tribune.writing.deleting import delete_letter


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

        def delete() -> None:
            there = db.session.get_one(Letter, number)
            delete_letter(there, owner_of(there))

        return (delete, other) if deletes_first else (other, delete)

    for _pause in all_turns(app, begin):
        assert db.session.get(Letter, numbers[-1]) is None
