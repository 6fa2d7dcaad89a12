"""Who asked not to stand under a letter is put back by no file, and is a number to who imports it."""

from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from tests.databases import ON_SQLITE
from tests.factories import make_invited, make_letter, make_signature, owner_of
from tests.importing import files
from tests.importing.conftest import Import, opened
from tests.invitations.answers import accept, decline
from tribune.audit.models import Event
from tribune.database import db, now, write
from tribune.importing import actions
from tribune.importing.entries import ASK, ATTEST
from tribune.importing.known import LEFT_OUT, NEW
from tribune.invitations import actions as invitations
from tribune.letters import life
from tribune.mine.actions import withdraw
from tribune.mine.erasing import erase
from tribune.outbox.actions import count_bounce
from tribune.outbox.mailboxes import mailbox_key
from tribune.outbox.models import MOST_BOUNCES
from tribune.people import removing
from tribune.retention import actions as retention
from tribune.signatures.actions import not_me
from tribune.signatures.counting import recount
from tribune.signatures.models import Signature

S = Signature


@ON_SQLITE
@pytest.mark.parametrize("how", [ASK, ATTEST])
def test_who_said_it_was_not_them_or_erased_is_put_back_by_no_file(import_: Import, tmp_path: Path, how: str) -> None:
    letter, other = make_letter(), make_letter()
    not_me(mailbox_key("Zoe+petition@example.org"))
    ana = make_signature(letter, email="ana@example.org")
    erase(ana.id, ana.link_nonce)
    leo = make_signature(other, email="leo@example.org")
    erase(leo.id, leo.link_nonce)  # under that letter alone
    file, terms = opened(files.written(tmp_path, files.GOOGLE), letter, how, False)
    told = [(one.row, one.name, one.verdict, one.reasons) for one in actions.check(letter, file.sheets(), terms)]
    assert told == [(2, "", LEFT_OUT, ()), (3, "", LEFT_OUT, ()), (4, "Léo Roux", NEW, ())]
    assert import_(letter, files.GOOGLE, how).done == 1
    assert db.session.scalars(sa.select(S.given_name).where(S.letter_id == letter.id)).all() == ["Léo"]


@ON_SQLITE
@pytest.mark.parametrize("how", [ASK, ATTEST])
def test_who_declined_the_invitation_to_a_letter_is_put_under_it_by_no_file(
    import_: Import, tmp_path: Path, how: str
) -> None:
    letter, other = make_letter(published=False), make_letter()
    decline(make_invited(letter, email="zoe@example.org"), "Je ne suis pas d'accord.")
    make_invited(letter, email="ana@example.org")  # has yet to answer
    life.publish(letter)
    file, terms = opened(files.written(tmp_path, files.GOOGLE), letter, how, False)
    told = [(one.row, one.name, one.verdict) for one in actions.check(letter, file.sheets(), terms)]
    assert told == [(2, "", LEFT_OUT), (3, "Ana Ba", NEW), (4, "Léo Roux", NEW)]
    assert import_(other, files.GOOGLE, how).done == 3


@pytest.mark.parametrize(("how", "verdict"), [(ASK, LEFT_OUT), (ATTEST, NEW)])
def test_who_sends_mails_back_is_not_asked_and_may_be_answered_for(
    app: Flask, tmp_path: Path, how: str, verdict: str
) -> None:
    letter = make_letter()
    with write():
        for _ in range(MOST_BOUNCES):
            count_bounce(mailbox_key("zoe@example.org"), "zoe@example.org")
    file, terms = opened(files.written(tmp_path, files.GOOGLE), letter, how, False)
    assert [one.verdict for one in actions.check(letter, file.sheets(), terms)] == [verdict, NEW, NEW]


def test_nor_who_left_or_declined_and_was_then_taken_off_the_list(import_: Import, tmp_path: Path) -> None:
    letter = make_letter(published=False)
    zoe, ana, leo = (make_invited(letter, email=f"{name}@example.org") for name in ("zoe", "ana", "leo"))
    decline(zoe)
    left, by = accept(ana), owner_of(letter)
    withdraw(left.id, left.link_nonce)
    answered_for = invitations.attest(leo, "par téléphone", by=by)
    withdraw(answered_for.id, answered_for.link_nonce)
    removing.remove(answered_for, by=by)
    for invitation in (zoe, ana, leo):
        invitations.remove(invitation, by=by)
    assert not any("Martin" in f"{event.subject} {event.details}" for event in db.session.scalars(sa.select(Event)))
    file, terms = opened(files.written(tmp_path, files.GOOGLE), letter, ATTEST, False)
    assert [one.verdict for one in actions.check(letter, file.sheets(), terms)] == [LEFT_OUT] * 3


def test_who_left_and_was_forgotten_is_put_back_by_no_file(import_: Import) -> None:
    letter = make_letter()
    import_(letter, files.GOOGLE)
    zoe = db.session.scalars(sa.select(S).where(S.given_name == "Zoé")).one()
    withdraw(zoe.id, zoe.link_nonce)
    with time_machine.travel(now() + timedelta(days=31)):
        assert dict(retention.run())["withdrawn"] == 1
        with pytest.raises(actions.NothingNew):
            import_(letter, files.GOOGLE)
    assert set(db.session.scalars(sa.select(S.given_name))) == {"Ana", "Léo"}


def test_who_erased_may_sign_and_erase_again(app: Flask) -> None:
    letter = make_letter()
    for _ in range(2):
        signature = make_signature(letter, email="ana@example.org")
        erase(signature.id, signature.link_nonce)
    assert letter.confirmed_count == 0 and recount(letter) == (0, 0)
