"""Accepting, correcting and declining: once, in the order of the organisers, and gone again without a trace."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.databases import ON_SQLITE
from tests.factories import everything, make_correction, make_invited, make_letter, make_signature, owner_of, posted
from tests.invitations.answers import accept, decline, printed
from tests.moderation.acting import do_to
from tribune.database import db, now, write
from tribune.invitations import actions, answering
from tribune.invitations.mails import MOST_QUESTIONS
from tribune.invitations.models import Invitation
from tribune.invitations.proposed import Proposed
from tribune.invitations.queries import InvitationGone, numbers, state
from tribune.letters.life import close, publish
from tribune.letters.models import Letter
from tribune.mine.actions import withdraw
from tribune.mine.queries import last_rewording
from tribune.people.actions import correct, shown_as, words_of
from tribune.review.queries import open_counts
from tribune.signatures.actions import LetterClosed, TextChanged
from tribune.signatures.counting import recount
from tribune.signatures.listing import signatories
from tribune.signatures.models import Signature

LEA = {"given_name": "Lea", "family_name": "Martin"}  # as she may spell herself on the public form


@pytest.fixture
def draft(app: Flask) -> Letter:
    """A letter under embargo."""
    return make_letter(published=False)


def test_accepting_makes_a_confirmed_first_signatory_of_the_words_read(draft: Letter) -> None:
    invitation = make_invited(draft, family_name="Martin", role="maire", section="Élus", email="Lea@example.org")
    signature = accept(invitation, tell=True, news=True)
    assert (signature.origin, signature.status, signature.published, signature.news) == (
        "invitation", "confirmed", True, True,
    )  # fmt: skip
    assert (signature.email, signature.domain, signature.section) == ("Lea@example.org", "example.org", "Élus")
    assert signature.wording and signature.letter_version == 1 and draft.version.frozen_at
    assert (draft.confirmed_count, recount(draft), printed(draft)) == (1, (0, 0), ["Léa Martin, maire"])
    assert (state(invitation), invitation.tell, invitation.corrected_at) == ("accepted", True, None)


@ON_SQLITE
def test_own_words_are_kept_as_a_correction(draft: Letter) -> None:
    invitation = make_invited(draft, given_name="Lea", family_name="Martin", role="Maire")
    accept(invitation, given_name="Léa", role="maire de Brest")
    assert printed(draft) == ["Léa Martin, maire de Brest"]
    assert state(invitation) == "corrected" and invitation.role == "Maire"
    accept(invitation, given_name="Léa", role="maire")
    assert printed(draft) == ["Léa Martin, maire"] and draft.confirmed_count == 1


def test_first_signatories_stand_in_the_order_of_the_organisers_whoever_answers_first(draft: Letter) -> None:
    people = [make_invited(draft, family_name=name) for name in ("Un", "Deux", "Trois", "Quatre")]
    for number in (2, 0, 3, 1):
        accept(people[number])
    assert printed(draft) == ["Léa Un", "Léa Deux", "Léa Trois", "Léa Quatre"]


def test_who_is_invited_stands_beside_those_the_organisers_placed(app: Flask) -> None:
    letter = make_letter(published=False, first="Anna Avant\nZoé Après")
    people = [make_invited(letter, family_name=name) for name in ("Un", "Deux")]
    for number in (1, 0):
        accept(people[number])
    assert printed(letter) == ["Anna Avant", "Zoé Après", "Léa Un", "Léa Deux"]


def test_two_of_one_rank_share_a_line_when_they_print_the_same(draft: Letter) -> None:
    names_of_both = ("Luc", "Jean-Pierre")
    pair = [Proposed(name, "Dardenne", role="cinéastes", email=f"{name}@example.org") for name in names_of_both]
    luc, jean = actions.add(draft, pair, owner_of(draft))
    last = make_invited(draft, family_name="Martin")
    accept(last), accept(luc), accept(jean)
    assert printed(draft) == ["Luc Dardenne et Jean-Pierre Dardenne, cinéastes", "Léa Martin"]
    accept(jean, role="cinéaste")
    assert printed(draft) == ["Luc Dardenne, cinéastes", "Jean-Pierre Dardenne, cinéaste", "Léa Martin"]


def test_whoever_accepts_first_those_who_share_a_line_stand_on_it_as_the_organisers_wrote_them(draft: Letter) -> None:
    names_of_all = ("Luc", "Ana", "Eva", "Bob")
    people = [Proposed(name, "Roi", role="cinéastes", email=f"{name}@example.org") for name in names_of_all]
    luc, ana, eva, bob = actions.add(draft, people, owner_of(draft))
    accept(eva), accept(luc), accept(bob), accept(ana)
    assert printed(draft) == ["Luc Roi, Ana Roi, Eva Roi et Bob Roi, cinéastes"]
    decline(luc)
    assert printed(draft) == ["Ana Roi, Eva Roi et Bob Roi, cinéastes"]
    accept(luc)
    assert printed(draft) == ["Luc Roi, Ana Roi, Eva Roi et Bob Roi, cinéastes"]


@ON_SQLITE
def test_two_of_one_rank_who_print_different_words_get_a_line_each(draft: Letter) -> None:
    pair = [Proposed(name, "Dardenne", role="cinéastes", email=f"{name}@example.org") for name in ("Luc", "Jean")]
    luc, jean = actions.add(draft, pair, owner_of(draft))
    assert (accept(luc).position, accept(jean, role="cinéaste").position) == (1, 2)


def test_two_of_one_rank_in_two_sections_get_a_line_each(draft: Letter) -> None:
    sections = {"Luc": "", "Jean": "Cinéastes"}
    pair = [Proposed(name, "Dardenne", email=f"{name}@example.org", section=sections[name]) for name in sections]
    luc, jean = actions.add(draft, pair, owner_of(draft))
    assert [(one.section, one.position) for one in (accept(luc), accept(jean), accept(luc))] == [
        ("", 1),
        ("Cinéastes", 2),
        ("", 1),
    ]


@ON_SQLITE
def test_a_second_press_changes_nothing(draft: Letter) -> None:
    invitation = make_invited(draft)
    first, before = accept(invitation), everything()
    second = accept(invitation)
    assert everything() == before
    assert first.id == second.id and draft.confirmed_count == 1
    assert (state(invitation), recount(draft)) == ("accepted", (0, 0))


def test_who_has_signed_the_public_form_becomes_a_first_signatory_and_counts_once(app: Flask) -> None:
    letter = make_letter()
    signed = make_signature(letter, **LEA, email="lea@example.org", published=False, news=True)
    invitation = make_invited(letter, family_name="Martin", email="LEA+tribune@example.org", role="maire")
    assert accept(invitation).id == signed.id
    assert (letter.confirmed_count, recount(letter), printed(letter)) == (1, (0, 0), ["Léa Martin, maire"])
    assert (signed.origin, signed.published, signed.news) == ("web", True, True)  # the form had asked for news


@ON_SQLITE
def test_who_has_signed_for_themselves_then_accepts_for_an_organisation_is_printed_as_it(app: Flask) -> None:
    letter = make_letter()
    own = make_signature(letter, **LEA, email="lea@example.org")
    line = {**LEA, "organisation": "Rues libres", "as_organisation": True}
    assert accept(make_invited(letter, **line, email="lea@example.org")).id == own.id
    assert printed(letter) == ["Rues libres, par la voix de Lea Martin"]
    assert last_rewording(own) is None  # organisers alone take back that the organisation signs


def test_a_signature_that_waits_to_be_confirmed_counts_no_second_time(app: Flask) -> None:
    letter = make_letter()
    make_signature(letter, **LEA, email="lea@example.org", confirmed=False)
    accept(make_invited(letter, email="lea@example.org"))
    assert letter.confirmed_count == 1 and len(signatories(letter).signatures) == 1


def test_who_signed_words_of_before_agrees_to_those_of_today_by_accepting(app: Flask) -> None:
    letter = make_letter()
    signed = make_signature(letter, **LEA, email="lea@example.org")
    with write():
        letter.version_number, letter.confirmed_count, signed.counted_at = 1, 0, None
    make_correction(letter)
    accept(make_invited(letter, email="lea@example.org"))
    assert signed.counted_at and signed.letter_version == 2 and recount(letter) == (0, 0)


def test_a_held_signature_stays_held(app: Flask) -> None:
    letter = make_letter()
    signed = make_signature(letter, **LEA, email="lea@example.org")
    with write():
        signed.held_at, signed.counted_at, letter.confirmed_count = now(), None, 0
    accept(make_invited(letter, email="lea@example.org"))
    assert (signed.counted_at, letter.confirmed_count, printed(letter)) == (None, 0, [])


def test_flags_of_who_has_left_need_a_look_again_once_they_accept_again(draft: Letter) -> None:
    make_signature(draft, **LEA, email="another@example.org")
    invitation = make_invited(draft, **LEA)
    signature = accept(invitation)
    assert open_counts(draft) == {"same_person": 1}
    withdraw(signature.id, signature.link_nonce)
    assert open_counts(draft) == {}
    accept(invitation)
    assert open_counts(draft) == {"same_person": 1}


def test_declining_before_publication_leaves_no_trace_of_the_signature(draft: Letter) -> None:
    invitation = make_invited(draft, family_name="Indécise")
    accept(invitation, role="maire", tell=True)
    assert invitation.corrected_at and invitation.tell
    decline(invitation, "Pas cette fois.")
    assert (invitation.corrected_at, invitation.tell) == (None, False)
    assert (draft.confirmed_count, printed(draft)) == (0, [])
    assert db.session.scalars(sa.select(Signature)).all() == []
    assert (state(invitation), invitation.word, invitation.accepted_at) == ("declined", "Pas cette fois.", None)
    accept(invitation)
    assert (state(invitation), invitation.word, draft.confirmed_count) == ("accepted", "", 1)


@ON_SQLITE
def test_after_publication_the_line_is_changed_on_its_own_page(draft: Letter) -> None:
    invitation, late = make_invited(draft), make_invited(draft, family_name="Tardive")
    accept(invitation)
    publish(draft)
    for answer in (accept, decline):
        with pytest.raises(answering.OnTheirOwnPage):
            answer(invitation)
    assert draft.confirmed_count == 1
    decline(late)
    accept(late)  # still open, and nothing of theirs was public
    assert draft.confirmed_count == 2


def test_questions_flood_no_mailbox_that_a_letter_names_as_its_contact(app: Flask) -> None:
    people = []
    for letter in (make_letter(published=False), make_letter(published=False)):
        with write():
            letter.contact = "zoe@example.org"
        people += [make_invited(letter) for _ in range(MOST_QUESTIONS // 6 + 1)]
    for number in range(3):
        for one in people:
            answering.ask(one.id, one.link_nonce, f"Pourquoi {number} ?")
    assert len(posted()) == MOST_QUESTIONS < 3 * len(people)
    assert {one.question for one in people} == {"Pourquoi 2 ?"}  # on the board they stand all the same


@ON_SQLITE
def test_a_closed_letter_takes_no_answer(app: Flask) -> None:
    letter = make_letter()
    invitation = make_invited(letter)
    close(letter)
    with pytest.raises(LetterClosed):
        accept(invitation)


@ON_SQLITE
def test_nobody_accepts_words_they_have_not_read(draft: Letter) -> None:
    invitation, before = make_invited(draft), draft.version.digest
    make_correction(draft)
    rows = everything()
    with pytest.raises(TextChanged):
        accept(invitation, digest=before)
    assert everything() == rows


@ON_SQLITE
def test_a_replaced_link_answers_nothing(draft: Letter) -> None:
    invitation = make_invited(draft)
    with pytest.raises(InvitationGone):
        answering.accept(invitation.id, "another", words={}, digest="", news=False, locale="fr", wording="")


def test_no_mail_tells_of_a_line_that_is_gone_with_the_answer(draft: Letter) -> None:
    invitation = make_invited(draft)
    signature = accept(invitation)
    words = {**words_of(signature), "role": "maire"}
    correct(signature, by=owner_of(draft), words=words, reason="Une coquille.", seen_as=shown_as(signature))
    do_to("hide", signature, tells=True)
    assert [mail.kind for mail in posted()] == ["corrected", "hidden"]
    decline(invitation)
    assert posted() == []


def test_an_erased_signature_is_told_as_having_left(draft: Letter) -> None:
    invitation = make_invited(draft)
    signature = accept(invitation)
    with write() as session:
        session.delete(session.get(Signature, signature.id))
    assert state(session.get_one(Invitation, invitation.id)) == "withdrew"
    assert (numbers(draft).accepted, numbers(draft).declined) == (0, 1)


@ON_SQLITE
def test_what_was_proposed_to_be_printed_is_printed_so(draft: Letter) -> None:
    invitation = make_invited(draft, family_name="Martin", affiliation="de l’Académie", role="écrivaine")
    accept(invitation)
    assert printed(draft) == ["Léa Martin, de l’Académie"]
    later = now() + timedelta(days=1)
    assert invitation.accepted_at and invitation.accepted_at < later
