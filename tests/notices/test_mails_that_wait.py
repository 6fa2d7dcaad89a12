"""The mails about a letter that was taken down: they wait until it is back, and invitations until they are resumed."""

import pytest
from flask import Flask

from tests.asking.again import ask
from tests.databases import ON_SQLITE
from tests.factories import make_correction, make_invited, make_letter, make_signature, owner_of, posted
from tests.invitations.answers import accept
from tribune.database import db, now, write
from tribune.invitations import pausing
from tribune.invitations.announcing import launch
from tribune.invitations.sending import invite
from tribune.invitations.words import gathering_of
from tribune.letters.models import Letter
from tribune.notices import actions
from tribune.signatures.actions import LetterClosed
from tribune.signatures.mails import post_ask_to_confirm

pytestmark = ON_SQLITE

REASON = "Une phrase accuse quelqu’un."


@pytest.fixture
def letter(app: Flask) -> Letter:
    letter = make_letter()
    make_signature(letter)
    return letter


def test_invitations_that_wait_do_not_leave_until_it_is_back_and_they_are_resumed(letter: Letter) -> None:
    owner = owner_of(letter)
    invite(letter, [make_invited(letter).id], by=owner)
    actions.take_down(letter, REASON)
    [waiting] = [mail for mail in posted() if mail.kind == "invitation"]
    assert waiting.paused_at is not None
    with pytest.raises(LetterClosed):
        pausing.resume(letter, by=owner)
    actions.put_back(letter)
    assert waiting.paused_at is not None
    pausing.resume(letter, by=owner)
    db.session.refresh(waiting)
    assert waiting.paused_at is None


def waits_until_it_is_back(letter: Letter, kind: str) -> bool:
    """Whether the one mail of this kind is paused while the letter is taken down, no longer, and then as it was."""
    actions.take_down(letter, REASON)
    [waiting] = [mail for mail in posted() if mail.kind == kind]
    paused = waiting.paused_at is not None
    actions.put_back(letter)
    db.session.refresh(waiting)
    return paused and (waiting.paused_at, waiting.reply_to) == (None, None)


def test_questions_about_a_changed_text_wait_until_it_is_back(letter: Letter) -> None:
    make_correction(letter, substance=True)
    ask(letter)
    assert waits_until_it_is_back(letter, "ask_to_agree")


def test_that_it_is_published_is_told_once_it_is_back(app: Flask) -> None:
    letter = make_letter(published=False, contact="alice@example.org")
    accept(make_invited(letter), tell=True)
    launch(letter)
    assert waits_until_it_is_back(letter, "published")


def test_invitations_of_which_none_waits_are_not_paused(letter: Letter) -> None:
    invite(letter, [make_invited(letter).id], by=owner_of(letter))
    with write():
        posted()[-1].gave_up_at = now()
    other = make_letter()
    invite(other, [make_invited(other).id], by=owner_of(other))
    with write():
        post_ask_to_confirm(make_signature(letter, confirmed=False), "zoe@example.org")
    actions.take_down(letter, REASON)
    assert gathering_of(letter).paused_at is None
