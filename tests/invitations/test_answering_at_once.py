"""Several tabs at once: one person counts once, and everybody has a place of their own."""

from collections.abc import Callable
from functools import partial

import pytest
from flask import Flask

from tests.databases import ON_POSTGRESQL
from tests.factories import make_invited, make_letter, make_signature, owner_of, posted
from tests.invitations.answers import accept, decline
from tests.invitations.sent import invite_all
from tests.threads import at_once
from tests.turns import Act, all_turns
from tribune.database import db
from tribune.invitations import actions as invitations
from tribune.invitations import answering, pausing
from tribune.invitations.announcing import announce
from tribune.invitations.models import Invitation
from tribune.invitations.sending import invite, save_words, send_again
from tribune.letters.life import publish
from tribune.letters.models import Letter
from tribune.letters.queries import letter_by_slug
from tribune.signatures.actions import confirm, not_me
from tribune.signatures.counting import recount
from tribune.signatures.queries import first_signatories
from tribune.writing.deleting import delete_letter

TABS = 6


def of(number: int) -> Invitation:
    return db.session.get_one(Invitation, number)


def test_one_person_accepts_in_six_tabs_and_counts_once(app: Flask) -> None:
    letter = make_letter(published=False)
    number = make_invited(letter).id
    at_once(app, [lambda: accept(of(number))] * TABS)
    assert (letter.confirmed_count, recount(letter), len(first_signatories(letter))) == (1, (0, 0), 1)


def test_six_people_accept_at_once_and_stand_in_order(app: Flask) -> None:
    letter = make_letter(published=False)
    people = [make_invited(letter, family_name=f"Nom {n}").id for n in range(TABS)]
    at_once(app, [lambda n=n: accept(of(n)) for n in reversed(people)])
    assert [s.family_name for s in first_signatories(letter)] == [f"Nom {n}" for n in range(TABS)]
    assert [s.position for s in first_signatories(letter)] == list(range(1, TABS + 1))
    assert recount(letter) == (0, 0) and letter.confirmed_count == TABS


def test_who_accepts_and_declines_at_once_has_one_answer(app: Flask) -> None:
    letter = make_letter(published=False)
    number = make_invited(letter).id
    at_once(app, [lambda: accept(of(number)), lambda: decline(of(number))] * 3)
    invitation = of(number)
    assert (invitation.accepted_at is None) is (invitation.declined_at is not None)
    assert letter.confirmed_count == (1 if invitation.accepted_at else 0) and recount(letter) == (0, 0)


def test_who_accepts_and_confirms_the_public_form_at_once_counts_once(app: Flask) -> None:
    letter: Letter = make_letter()
    number = make_invited(letter, email="lea@example.org").id
    name = {"given_name": "Léa", "family_name": "Martin"}
    waiting = make_signature(letter, **name, email="lea@example.org", confirmed=False)
    link = waiting.id, waiting.link_nonce
    at_once(app, [lambda: accept(of(number)), *[lambda: confirm(*link)] * 5])
    assert (letter.confirmed_count, recount(letter)) == (1, (0, 0))
    assert of(number).signature_id is not None


def remove(invitation: Invitation) -> None:
    invitations.remove(invitation, by=owner_of(invitation.letter))


@ON_POSTGRESQL
@pytest.mark.parametrize("act", [accept, decline, remove])
def test_who_is_answered_for_and_says_of_another_mail_that_it_was_not_them_waits_in_no_ring(
    app: Flask, act: Callable[[Invitation], object]
) -> None:
    def begin(pause: int) -> tuple[Act, Act]:
        letter, email = make_letter(published=False, slug=f"lettre-{pause}"), f"zoe{pause}@example.org"
        make_signature(letter, confirmed=False, email=email)
        invited = make_invited(letter, email=email)
        invite(letter, [invited.id], by=owner_of(letter))
        invitations.attest(invited, "Lundi, au téléphone.", by=owner_of(letter))
        number, key = invited.id, invited.mailbox_key
        return lambda: act(of(number)), partial(not_me, key)

    for pause in all_turns(app, begin):
        assert recount(letter_by_slug(f"lettre-{pause}")) == (0, 0)


@ON_POSTGRESQL
def test_two_who_take_back_a_yes_and_are_each_the_contact_of_the_other_s_letter_wait_in_no_ring(app: Flask) -> None:
    def begin(pause: int) -> tuple[Act, Act]:
        ana, bob = (f"{name}{pause}@example.org" for name in ("ana", "bob"))
        both = [
            make_invited(make_letter(published=False, contact=to), email=email)
            for email, to in ((ana, bob), (bob, ana))
        ]
        for invited in both:
            invite_all(invited.letter)
            accept(invited)
        one, other = (invited.id for invited in both)
        return lambda: decline(of(one)), lambda: decline(of(other))

    for pause in all_turns(app, begin):
        assert len([mail for mail in posted() if mail.kind == "question"]) == 2 * pause


@ON_POSTGRESQL
def test_a_contact_who_asks_by_an_own_invitation_and_says_that_it_was_not_them_waits_in_no_ring(app: Flask) -> None:
    """The question is mailed to the mailbox whose invitation waits."""

    def begin(pause: int) -> tuple[Act, Act]:
        email = f"alice{pause}@example.org"
        invited = make_invited(make_letter(published=False, contact=email), email=email)
        invite_all(invited.letter)
        number, nonce, key = invited.id, invited.link_nonce, invited.mailbox_key
        return lambda: answering.ask(number, nonce, "Et la phrase 3 ?"), partial(not_me, key)

    for pause in all_turns(app, begin):
        assert not [mail for mail in posted() if mail.recipient == f"alice{pause}@example.org"]


@ON_POSTGRESQL
def test_two_who_are_told_of_a_letter_while_they_are_invited_to_another_wait_in_no_ring(app: Flask) -> None:
    def begin(pause: int) -> tuple[Act, Act]:
        told, other = make_letter(published=False), make_letter()
        for name in ("ana", "bob", "zoe"):
            email = f"{name}{pause}@example.org"
            accept(make_invited(told, email=email), tell=True)
            make_invited(other, email=email)
        publish(told)
        numbers = told.id, other.id
        return lambda: announce(letter(numbers[0])), lambda: invite_all(letter(numbers[1]))

    def letter(number: int) -> Letter:
        return db.session.get_one(Letter, number)

    for pause in all_turns(app, begin):
        assert len(posted()) == 6 * pause


def resume_in_other_words(invitation: Invitation) -> None:
    letter = invitation.letter
    me = owner_of(letter)
    pausing.pause(letter, by=me)
    save_words(letter, by=me, subject="Signez", message="Bonjour.", sender="Nous", reply_by=None)
    pausing.resume(letter, by=me)


def delete_the_draft(invitation: Invitation) -> None:
    delete_letter(invitation.letter, owner_of(invitation.letter))


def answer_for_and_delete_the_draft(invitation: Invitation) -> None:
    invitations.attest(invitation, "Lundi, au téléphone.", by=owner_of(invitation.letter))
    delete_the_draft(invitation)


ACTS: dict[str, Callable[[Invitation], object]] = {
    "accepts": accept,
    "is removed": remove,
    "is written to again": lambda invited: send_again(invited, by=owner_of(invited.letter), last=invited.message_id),
    "is resumed": resume_in_other_words,
    "goes with the draft": delete_the_draft,
    "is answered for, and goes with the draft": answer_for_and_delete_the_draft,
}


@ON_POSTGRESQL
@pytest.mark.parametrize("act", ACTS.values(), ids=ACTS)
def test_whose_mail_waits_and_who_says_of_another_that_it_was_not_them_waits_in_no_ring(
    app: Flask, act: Callable[[Invitation], object]
) -> None:
    def begin(pause: int) -> tuple[Act, Act]:
        letter, email = make_letter(published=False), f"zoe{pause}@example.org"
        invited = make_invited(letter, email=email)
        invite(letter, [invited.id], by=owner_of(letter))
        number, key = invited.id, invited.mailbox_key
        return lambda: act(of(number)), partial(not_me, key)

    list(all_turns(app, begin))
