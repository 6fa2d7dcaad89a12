"""Saving one's line again, before publication: what the organisers did to it since stays, or is shown first."""

from typing import Any

import pytest
from flask import Flask

from tests.databases import ON_SQLITE
from tests.factories import invitation_path, make_invited, make_letter, make_signature, owner_of
from tests.invitations.answers import LINE, accept, form, printed, say
from tests.page import Reader, hidden_fields
from tribune.invitations.actions import attest, edit
from tribune.invitations.models import Invitation
from tribune.invitations.queries import state
from tribune.letters.models import Letter
from tribune.mine.actions import withdraw
from tribune.people import first
from tribune.people.actions import correct, shown_as, words_of
from tribune.people.queries import places
from tribune.signatures.models import Signature
from tribune.signatures.queries import first_signatories


@pytest.fixture
def letter(app: Flask) -> Letter:
    """A letter under embargo."""
    return make_letter(published=False)


def correct_it(invitation: Invitation, **words: Any) -> Signature:
    """An organiser corrects a typo of the line."""
    signature = invitation.signature
    assert signature
    all_words = {**words_of(signature), **words}
    by = owner_of(invitation.letter)
    correct(signature, by=by, words=all_words, reason="Une coquille", seen_as=shown_as(signature))
    return signature


def test_the_section_stays_that_of_the_organisers(letter: Letter) -> None:
    one, *others = (make_invited(letter, family_name=name) for name in ("Un", "Deux", "Trois"))
    signature = accept(one)
    for other in others:
        accept(other)
    first.set_section(letter, signature, "Élus", by=owner_of(letter))
    before = places(letter)
    accept(one, tell=True)
    assert signature.section == "Élus" and places(letter) == before and one.tell


def test_who_came_back_stands_in_the_section_of_the_organisers(letter: Letter) -> None:
    invitation, other = make_invited(letter, family_name="Un"), make_invited(letter, family_name="Deux", section="Élus")
    accept(other)
    signature = accept(invitation)
    first.set_section(letter, signature, "Élus", by=owner_of(letter))
    withdraw(signature.id, signature.link_nonce)
    assert accept(invitation).id == signature.id and signature.section == "Élus"
    assert [one.family_name for one in first_signatories(letter)] == ["Un", "Deux"]


def test_who_stood_among_the_first_before_their_invitation_stays_in_their_section(app: Flask) -> None:
    letter = make_letter()
    name = {"given_name": "Léa", "family_name": "Martin", "email": "lea@example.org"}
    signature = make_signature(letter, **name)
    first.set_first(letter, signature, True, by=owner_of(letter))
    first.set_section(letter, signature, "Élus", by=owner_of(letter))
    assert accept(make_invited(letter, **name)).id == signature.id and signature.section == "Élus"


def test_whom_the_organisers_put_among_the_others_stays_there(letter: Letter) -> None:
    invitation = make_invited(letter)
    signature = accept(invitation)
    first.set_first(letter, signature, False, by=owner_of(letter))
    accept(invitation, tell=True)
    assert signature.position is None and invitation.tell


def test_whom_they_answered_for_and_put_among_the_others_stays_there(letter: Letter) -> None:
    invitation = make_invited(letter)
    signature = attest(invitation, "par téléphone", by=owner_of(letter))
    first.set_first(letter, signature, False, by=owner_of(letter))
    assert accept(invitation) is signature and signature.position is None


def test_an_organisation_that_signs_as_such_goes_on_doing_so(client: Reader, letter: Letter) -> None:
    invitation = make_invited(letter, **LINE)
    accept(invitation)
    signature = correct_it(invitation, as_organisation=True)
    line, key = printed(letter), signature.sort_key
    page = client.get(invitation_path(invitation)).text
    assert 'name="capacity"' not in page and 'id="preview"' not in page
    typed = {name: value for name, value in LINE.items() if name != "capacity"}
    assert say(client, invitation, "accept", **typed, tell="y").status_code == 303
    assert signature.as_organisation and (printed(letter), signature.sort_key) == (line, key)


def test_what_the_form_does_not_ask_stays_as_it_was_corrected(client: Reader, letter: Letter) -> None:
    invitation = make_invited(letter, **{**LINE, "affiliation": "de l’Académie", "role": "autrice"})
    accept(invitation)
    signature = correct_it(invitation, role="écrivaine", capacity="organisation")
    typed = {"given_name": "Léa", "family_name": "Martin", "affiliation": "de l’Académie française"}
    assert say(client, invitation, "accept", **typed).status_code == 303
    assert (signature.role, signature.capacity) == ("écrivaine", "organisation")
    assert printed(letter) == ["Léa Martin, de l’Académie française"]


def test_a_correction_of_the_organisers_since_the_page_was_shown_is_shown_first(client: Reader, letter: Letter) -> None:
    invitation = make_invited(letter, **LINE)
    accept(invitation)
    path = invitation_path(invitation)
    stale = form(client, path, "accept")
    correct_it(invitation, role="mairesse")
    mine = {**LINE, "organisation": "Ville de Brest"}
    answer = client.post(f"{path}?lang=en", data={**stale, **mine})
    assert answer.status_code == 409 and printed(letter) == ["Léa Martin, mairesse (Brest)"]
    assert "Your line has been changed in the meantime" in answer.text and "mairesse (Brest)" in answer.text
    assert 'value="Ville de Brest"' in answer.text
    again = next(part for part in answer.text.split("<form") if 'value="accept"' in part)
    from_there = {name: value for name, value in dict(hidden_fields(again)).items() if name not in mine}
    assert client.post(path, data={**from_there, **mine}).status_code == 303
    assert printed(letter) == ["Léa Martin, maire (Ville de Brest)"]


@ON_SQLITE
@pytest.mark.parametrize("as_such", [True, False])
def test_who_signs_is_read_before_it_is_signed(client: Reader, letter: Letter, as_such: bool) -> None:
    invitation = make_invited(letter, **LINE, as_organisation=not as_such)
    path = invitation_path(invitation)
    stale = form(client, path, "accept")
    edit(invitation, by=owner_of(letter), email=invitation.email, as_organisation=as_such)
    answer = client.post(f"{path}?lang=en", data={**stale, **LINE})
    assert (
        answer.status_code == 409
        and "Your line has been changed in the meantime" in answer.text
        and printed(letter) == []
    )
    again = next(part for part in answer.text.split("<form") if 'value="accept"' in part)
    assert client.post(path, data={**dict(hidden_fields(again)), **LINE}).status_code == 303
    assert printed(letter) == ["Brest, par la voix de Léa Martin, maire" if as_such else "Léa Martin, maire (Brest)"]


@ON_SQLITE
def test_the_same_words_are_saved_whatever_was_seen(client: Reader, letter: Letter) -> None:
    invitation = make_invited(letter, **LINE)
    path = invitation_path(invitation)
    fields = form(client, path, "accept")
    for _click in range(2):
        assert client.post(path, data={**fields, **LINE, "role": "ancienne maire"}).status_code == 303
    assert printed(letter) == ["Léa Martin, ancienne maire (Brest)"] and state(invitation) == "corrected"


def test_who_accepts_a_line_as_the_organisers_corrected_it_corrects_nothing(letter: Letter) -> None:
    invitation = make_invited(letter, **LINE)
    attest(invitation, "par téléphone", by=owner_of(letter))
    signature = correct_it(invitation, role="mairesse")
    accept(invitation, role="mairesse", seen_as=shown_as(signature))
    assert state(invitation) == "accepted" and printed(letter) == ["Léa Martin, mairesse (Brest)"]


@ON_SQLITE
def test_who_goes_back_to_the_words_proposed_corrects_nothing(letter: Letter) -> None:
    invitation = make_invited(letter, **LINE)
    accept(invitation, role="adjointe au maire")
    assert state(invitation) == "corrected"
    accept(invitation)
    assert state(invitation) == "accepted"


@ON_SQLITE
def test_who_accepted_may_say_later_that_their_name_is_another(letter: Letter) -> None:
    invitation = make_invited(letter, **LINE)
    accept(invitation)
    accept(invitation, given_name="Paula", family_name="Lambert", sure=True)
    assert printed(letter) == ["Paula Lambert, maire (Brest)"] and letter.confirmed_count == 1


@ON_SQLITE
def test_what_is_still_of_the_person_invited_is_not_of_somebody_else(client: Reader, letter: Letter) -> None:
    invitation = make_invited(letter, **LINE)
    accept(invitation)
    correct_it(invitation, organisation="Ville de Brest")
    path = invitation_path(invitation)
    shown = {**LINE, "organisation": "Ville de Brest", "given_name": "Paul", "family_name": "Lambert"}
    page = client.post(path, data={**form(client, path, "accept"), **shown, "answer": "else"})
    assert page.status_code == 200 and 'value="Lambert"' in page.text and "Ville de Brest" not in page.text
