"""SQLite gives the number of the newest signature anew once that is deleted; the log does not take the two for one.

Here the number is given by hand, so that both databases show it.
"""

from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.factories import make_invited, make_letter, make_signature, owner_of
from tests.invitations.answers import accept, decline
from tests.retention.forgetful import ran
from tribune.audit.models import Event, Verb
from tribune.backup.forgetting import forget
from tribune.database import db
from tribune.invitations import actions
from tribune.invitations.queries import attested_by
from tribune.letters.models import Letter
from tribune.mine.erasing import erase
from tribune.people.actions import correct, seen, words_of
from tribune.people.removing import remove
from tribune.retention import periods
from tribune.signatures.models import Signature


@pytest.fixture
def letter(app: Flask) -> Letter:
    """A letter under embargo, with a first signatory."""
    return make_letter(published=False, first="Ana Blanc, maire (Lyon)")


def next_of(letter: Letter, **given: Any) -> Signature:
    """Somebody who has the number of Ana Blanc, whose line was corrected and then removed."""
    ana, me = db.session.scalars(sa.select(Signature)).one(), owner_of(letter)
    number, words = ana.id, {**words_of(ana), "role": "Maire"}
    correct(ana, by=me, words=words, reason="Une majuscule.", seen_as=seen(ana))
    remove(ana, by=me)
    return make_signature(letter, id=number, given_name="Zoé", family_name="Roux", **given)


def kept(letter: Letter) -> bool:
    """Whether the log still says what was done to Ana Blanc, and why."""
    db.session.expire_all()
    lines = db.session.scalars(sa.select(Event).where(Event.subject.contains("Ana Blanc")).order_by(Event.id)).all()
    said = [(line.verb, line.details.get("reason")) for line in lines if line.letter_id == letter.id]
    return said == [(Verb.SIGNATURE_CORRECTED, "Une majuscule."), (Verb.FIRST_SIGNATORY_REMOVED, None)]


def test_nobody_is_said_to_be_attested_because_another_was(app: Flask) -> None:
    letter = make_letter(published=False)
    mistaken, zoe, me = make_invited(letter), make_invited(letter), owner_of(letter)
    number = actions.attest(mistaken, "par téléphone", by=me).id
    actions.undo_attesting(mistaken, by=me)
    make_signature(letter, id=number, email=zoe.email, given_name=zoe.given_name, family_name=zoe.family_name)
    assert accept(zoe).id == number and attested_by(zoe) is None
    other = make_invited(letter)
    actions.attest(other, "par courrier", by=me)
    event = attested_by(other)
    assert event and event.details["how"] == "par courrier" and attested_by(mistaken) is None


def test_who_declines_takes_their_own_lines_out_of_the_log(letter: Letter) -> None:
    invitation = make_invited(letter, given_name="Zoé", family_name="Roux")
    signature = next_of(letter, email=invitation.email)
    number = accept(invitation).id
    words = {**words_of(signature), "role": "autrice"}
    correct(signature, by=owner_of(letter), words=words, reason="", seen_as=seen(signature))
    decline(invitation)
    assert kept(letter)
    of_both = db.session.scalars(sa.select(Event.subject).where(Event.signature_id == number).order_by(Event.id)).all()
    assert len(of_both) == 3 and of_both[2] == ""


def test_who_erases_takes_theirs(letter: Letter) -> None:
    signature = next_of(letter)
    erase(signature.id, signature.link_nonce)
    assert kept(letter)


def test_so_does_who_never_confirmed(letter: Letter) -> None:
    signature = next_of(letter, confirmed=False)
    assert ran(signature.signed_at + periods.UNCONFIRMED)["unconfirmed"] == 1
    assert kept(letter)


def test_and_who_is_erased_once_more_by_a_restore(letter: Letter) -> None:
    public_id = next_of(letter).public_id
    db.session.commit()
    with db.engine.begin() as connection:
        assert forget(connection, [public_id]) == 1
    assert kept(letter)
