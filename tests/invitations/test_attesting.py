"""Answering for somebody who agreed by telephone; undone, or made their own by their own answer."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.databases import ON_SQLITE
from tests.factories import make_invited, make_letter, make_signature, owner_of
from tests.invitations.answers import accept, decline
from tests.invitations.board import at
from tests.invitations.sent import invite_all
from tests.page import Reader, words
from tribune.audit.models import Event, Verb
from tribune.database import db, now, write
from tribune.invitations import actions, answering, sending
from tribune.invitations.queries import attested_by, numbers, state
from tribune.letters.life import close, publish
from tribune.letters.models import Letter
from tribune.mine.actions import come_back, withdraw
from tribune.signatures.actions import confirm
from tribune.signatures.counting import recount
from tribune.signatures.lines import line
from tribune.signatures.queries import first_signatories
from tribune.signatures.wordings import WORDINGS


@pytest.fixture
def letter(app: Flask) -> Letter:
    """A letter under embargo."""
    return make_letter(published=False)


def test_it_counts_as_attested_in_its_place_and_the_log_says_how(letter: Letter) -> None:
    first, second = make_invited(letter, family_name="Un"), make_invited(letter, family_name="Deux", email=None)
    signature = actions.attest(second, "par téléphone, lundi", by=owner_of(letter))
    accept(first)
    assert (signature.origin, signature.status, signature.email) == ("attested", "attested", None)
    assert signature.capacity == "" and first.signature and first.signature.capacity == "personal"  # who chose it
    assert [s.family_name for s in first_signatories(letter)] == ["Un", "Deux"]
    assert (letter.confirmed_count, letter.attested_count, recount(letter)) == (1, 1, (0, 0))
    assert (state(second), numbers(letter).accepted, numbers(letter).answered) == ("attested", 2, 2)
    event = attested_by(second)
    assert event and event.details["how"] == "par téléphone, lundi" and event.actor == owner_of(letter).called
    assert event.subject == "Léa Deux"


def test_undone_they_stand_where_they_stood(letter: Letter) -> None:
    invitation, me = make_invited(letter), owner_of(letter)
    actions.attest(invitation, "par téléphone", by=me)
    actions.undo_attesting(invitation, by=me)
    assert (letter.attested_count, state(invitation), first_signatories(letter)) == (0, "unsent", [])
    with pytest.raises(actions.NotAttested):
        actions.undo_attesting(invitation, by=me)
    verbs = db.session.scalars(sa.select(Event.verb).order_by(Event.id)).all()
    assert verbs[-2:] == [Verb.INVITATION_ATTESTED, Verb.ATTESTING_UNDONE]


@ON_SQLITE
def test_their_own_answer_is_not_undone_as_if_they_had_been_vouched_for(letter: Letter) -> None:
    accept(invitation := make_invited(letter))
    with pytest.raises(actions.NotAttested):
        actions.undo_attesting(invitation, by=owner_of(letter))
    assert (letter.confirmed_count, state(invitation)) == (1, "accepted")


@ON_SQLITE
def test_words_are_signed_by_whom_one_vouches_for_once_readers_can_read_them(letter: Letter) -> None:
    early, late = make_invited(letter), make_invited(letter)
    actions.attest(early, "par téléphone", by=owner_of(letter))
    assert letter.version.signed_at is None  # until then they are edited in place
    actions.undo_attesting(early, by=owner_of(letter))
    publish(letter)
    assert letter.version.signed_at is None
    actions.attest(late, "par téléphone", by=owner_of(letter))
    assert letter.version.signed_at


@ON_SQLITE
def test_after_publication_it_is_not_undone(letter: Letter) -> None:
    invitation, me = make_invited(letter), owner_of(letter)
    actions.attest(invitation, "par téléphone", by=me)
    publish(letter)
    with pytest.raises(actions.LineIsPublic):
        actions.undo_attesting(invitation, by=me)
    with pytest.raises(answering.OnTheirOwnPage):
        decline(invitation)


def test_their_own_answer_takes_its_place(letter: Letter) -> None:
    invitation = make_invited(letter, email="lea@example.org")
    signature = actions.attest(invitation, "par téléphone", by=owner_of(letter))
    publish(letter)
    assert accept(invitation).id == signature.id
    assert (letter.confirmed_count, letter.attested_count, recount(letter)) == (1, 0, (0, 0))
    assert (signature.origin, signature.status, state(invitation)) == ("invitation", "confirmed", "accepted")
    assert signature.attested_at is None


def test_with_a_signature_of_their_own_beside_it_they_count_once(letter: Letter) -> None:
    invitation = make_invited(letter, email="lea@example.org")
    actions.attest(invitation, "par téléphone", by=owner_of(letter))
    publish(letter)
    own = make_signature(letter, given_name="Léa", family_name="Martin", email="lea@example.org")
    assert accept(invitation).id == own.id
    assert (letter.confirmed_count, letter.attested_count, recount(letter)) == (1, 0, (0, 0))
    assert [s.id for s in first_signatories(letter)] == [own.id]


@ON_SQLITE
def test_declining_before_publication_ends_it(letter: Letter) -> None:
    invitation, again = (make_invited(letter, family_name="Martin", email="lea@example.org") for _ in range(2))
    actions.attest(invitation, "par téléphone", by=owner_of(letter))
    decline(again)  # which ends no more than itself
    assert (letter.attested_count, state(invitation), state(again)) == (1, "attested", "declined")
    decline(invitation)
    assert (letter.attested_count, state(invitation)) == (0, "declined")


def test_who_was_attested_and_then_signs_by_themselves_is_asked_no_more(client: Reader) -> None:
    letter = make_letter(published=False)
    invitation = make_invited(letter)
    actions.attest(invitation, "par téléphone", by=owner_of(letter))
    publish(letter)
    signed = make_signature(letter, email=invitation.email, confirmed=False)
    confirm(signed.id, signed.link_nonce)
    assert (letter.confirmed_count, letter.attested_count, state(invitation)) == (1, 0, "accepted")
    assert sending.to_invite(letter) == [] and numbers(letter).accepted == 1
    assert not sending.send_again(invitation, by=owner_of(letter), last=None).posted
    withdraw(signed.id, signed.link_nonce)
    assert (sending.to_invite(letter), state(invitation), numbers(letter).declined) == ([], "withdrew", 1)
    assert not sending.send_again(invitation, by=owner_of(letter), last=None).posted
    client.log_in(owner_of(letter))
    assert "/send" not in client.get(f"/manage/letters/{letter.id}/invitations/people/{invitation.id}").text
    with write():
        invitation.invited_at = now() - timedelta(days=3)
    assert sending.to_remind(letter) == []
    come_back(signed.id, signed.link_nonce)
    assert state(invitation) == "accepted"


def test_who_then_agrees_to_initials_alone_is_named_among_the_first_no_more(app: Flask) -> None:
    letter = make_letter(public_list="initials")
    invitation = make_invited(letter)
    actions.attest(invitation, "par téléphone", by=owner_of(letter))
    assert [line(s).text for s in first_signatories(letter)] == [f"Léa {invitation.family_name}"]
    signed = make_signature(letter, email=invitation.email, confirmed=False, wording=WORDINGS["initials"])
    confirm(signed.id, signed.link_nonce)
    assert first_signatories(letter) == [] and line(signed).text == "Z. É."
    assert (letter.confirmed_count, letter.attested_count, recount(letter)) == (1, 0, (0, 0))


@ON_SQLITE
def test_the_board_says_why_more_have_answered_or_not_than_were_invited(desk: Reader, letter: Letter) -> None:
    make_invited(letter)
    invite_all(letter)
    never = make_invited(letter)
    for vouched, shown in ((False, "invited 1 answered 0"), (True, "invited 1 answered 1")):
        if vouched:
            actions.attest(never, "par téléphone", by=owner_of(letter))
        page = words(desk.get(at(letter)).text)
        assert shown in page and "no answer 1" in page
        assert ("People for whom you vouch, or who signed in another way, count here" in page) is vouched


@ON_SQLITE
def test_the_page_speaks_of_a_personal_link_where_there_is_one(client: Reader, letter: Letter) -> None:
    client.log_in(owner_of(letter))
    for email, has_one in (("lea@example.org", True), (None, False)):
        invitation = make_invited(letter, email=email)
        page = client.get(f"/manage/letters/{letter.id}/invitations/people/{invitation.id}?lang=en").text
        assert ("They can still answer through their link" in page) is has_one
        assert ("Show the personal link" in page) is has_one
        assert ("Without an address they have no personal link" in page) is not has_one


@ON_SQLITE
def test_under_a_closed_letter_it_promises_no_answer_through_a_link(client: Reader) -> None:
    letter = make_letter()
    people = [make_invited(letter), make_invited(letter, email=None)]
    client.log_in(owner_of(letter))
    close(letter)
    for each in people:
        page = client.get(f"/manage/letters/{letter.id}/invitations/people/{each.id}?lang=en").text
        assert "you vouch for them" in page
        assert "They can still answer through their link" not in page and "or add an address" not in page
