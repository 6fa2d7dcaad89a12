"""The mail of the launch says how who asked for it stands under the letter: not all who accepted are named there."""

import pytest
from flask import Flask

from tests.asking.again import ask
from tests.databases import ON_SQLITE
from tests.factories import make_correction, make_invited, make_letter, posted
from tests.invitations.answers import accept
from tribune.database import now, write
from tribune.invitations.announcing import launch
from tribune.letters.models import Letter
from tribune.mine.actions import choose
from tribune.signatures.models import Signature

pytestmark = ON_SQLITE


@pytest.fixture
def letter(app: Flask) -> Letter:
    return make_letter(published=False, contact="alice@example.org")


@pytest.fixture
def signature(letter: Letter) -> Signature:
    """Of somebody who has accepted, and wants to be told."""
    return accept(make_invited(letter, given_name="Ana", family_name="Roux"), tell=True)


def mailed(letter: Letter) -> str:
    assert launch(letter) == 1
    [mail] = [mail for mail in posted() if mail.kind == "published"]
    return " ".join((mail.text or "").split())


def test_who_stands_there_reads_their_line(letter: Letter, signature: Signature) -> None:
    assert "signez parmi les premiers" in (mail := mailed(letter)) and "Ana Roux" in mail


def test_who_has_not_agreed_to_the_changed_text_reads_that_their_name_is_not_there(
    letter: Letter, signature: Signature
) -> None:
    make_correction(letter, text="Un tout autre texte.", substance=True)
    ask(letter)
    mail = mailed(letter)
    assert "Votre nom n’y figure pas" in mail and "parmi les premiers" not in mail and "Ana Roux" not in mail


def test_whose_line_the_organisers_have_hidden_reads_so(letter: Letter, signature: Signature) -> None:
    with write():
        signature.hidden_at = now()
    mail = mailed(letter)
    assert "ont masqué votre ligne" in mail and "parmi les premiers" not in mail and "Ana Roux" not in mail


def test_who_no_longer_wants_to_be_shown_reads_that_they_are_counted(letter: Letter, signature: Signature) -> None:
    choose(signature.id, signature.link_nonce, "published", False)
    mail = mailed(letter)
    assert "votre nom n’est pas affiché" in mail and "parmi les premiers" not in mail and "Ana Roux" not in mail


def test_who_is_held_does_not_learn_it(letter: Letter, signature: Signature) -> None:
    with write():
        signature.held_at, signature.counted_at = now(), None
        letter.confirmed_count = 0
    assert "Ana Roux" in mailed(letter)
