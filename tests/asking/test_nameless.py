"""Whose names are deleted can agree to nothing: under a text of another sense they count no longer."""

from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from tests.asking.again import ask, counts
from tests.factories import make_correction, make_letter, owner_of, posted
from tests.moderation.acting import back
from tests.page import Reader, words
from tests.retention.forgetful import closed, names_go, ran
from tests.traces import someone
from tribune.asking.queries import reached_by_nobody
from tribune.letters.life import publish
from tribune.letters.models import Letter


@pytest.fixture
def letter(app: Flask) -> Letter:
    return make_letter(slug="rues", first="Ada Un\nBea Deux")


def test_they_stop_counting_with_those_who_are_asked_and_count_again_with_them(client: Reader, letter: Letter) -> None:
    someone(letter)
    closed(letter)
    day = names_go(letter)
    assert ran(day)["names"] == 3
    with time_machine.travel(day + timedelta(days=1), tick=False):
        publish(letter)
        client.log_in(owner_of(letter))
        someone(letter, email="new@example.org")
        make_correction(letter, substance=True)
        desk = f"/manage/letters/{letter.id}"
        before = words(client.get(f"{desk}/asking?lang=en").text)
        assert "4 people signed an earlier text" in before and "1 of them will be asked once" in before
        assert "The names of 3 have been deleted" in before and "no confirmed address" not in before
        batch = ask(letter)
        assert counts(letter) == (0, 0) and len(posted()) == 1 and not reached_by_nobody(letter).signatures
        after = words(client.get(f"{desk}/asking?lang=en").text)
        assert "1 has not answered yet" in after and "The names of 3 have been deleted" in after
        assert "Have not answered about the new text 1" in words(client.get(f"{desk}?lang=en").text)
        assert len(client.get(f"{desk}/signatures.csv?status=asked").text.splitlines()) == 2
        back(batch)
        assert counts(letter) == (2, 2)
