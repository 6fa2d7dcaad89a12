"""A colleague saves a later change of substance while a batch mails people about the one before."""

from collections.abc import Callable

import pytest
import time_machine
from flask import Flask

from tests.asking.again import ask
from tests.factories import all_leave, make_correction, make_letter, make_signature, owner_of, posted
from tests.threads import LONG
from tests.turns import take_turns
from tribune.asking import actions as asking
from tribune.database import db, now
from tribune.letters.actions import revise
from tribune.letters.models import Letter
from tribune.moderation.actions import advance
from tribune.moderation.asked import REST
from tribune.moderation.models import Batch


def about_to_ask(letter: Letter) -> Batch:
    return asking.ask(letter, by=owner_of(letter))


def about_to_remind(letter: Letter) -> Batch:
    ask(letter)
    all_leave()
    with time_machine.travel(now() + REST):
        return asking.remind(letter, by=owner_of(letter))


@pytest.mark.parametrize("begin", [about_to_ask, about_to_remind])
def test_nobody_is_mailed_about_a_change_that_was_saved_while_a_batch_waited_for_the_letter(
    app: Flask, begin: Callable[[Letter], Batch]
) -> None:
    letter = make_letter()
    make_signature(letter)
    make_correction(letter, substance=True)
    batch, number, mails = begin(letter).id, letter.id, len(posted())

    def save() -> None:
        later = db.session.get_one(Letter, number)
        revise(later, by=None, text="Un troisième texte.", reason="Autre.", substance=True)

    def go_on() -> None:
        advance(db.session.get_one(Batch, batch), LONG)

    with time_machine.travel(now() + REST):
        assert take_turns(app, save, go_on, 1)
    assert len(posted()) == mails  # nobody has decided to ask about it yet
    over = db.session.get_one(Batch, batch)
    assert over.finished_at and over.done == 0
    ask(db.session.get_one(Letter, number))
    assert len(posted()) == mails + 1
