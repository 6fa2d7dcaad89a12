"""The page of somebody invited, where they accept: which words are signed, in whose name, and for one person only."""

import re

import pytest
from flask import Flask

from tests.databases import ON_SQLITE
from tests.factories import invitation_path, make_correction, make_invited, make_letter, make_organiser, make_signature
from tests.invitations.answers import LINE, accept, form, printed, say
from tests.page import Reader, hidden_fields
from tribune.database import write
from tribune.invitations import actions
from tribune.invitations.models import Invitation
from tribune.invitations.queries import state
from tribune.letters.life import publish
from tribune.letters.models import Letter
from tribune.mine.actions import withdraw
from tribune.signatures.lines import Style, lines
from tribune.signatures.queries import first_signatories


@pytest.fixture
def letter(app: Flask) -> Letter:
    """A letter under embargo."""
    return make_letter(published=False)


@ON_SQLITE
def test_accepting_signs_the_line(client: Reader, letter: Letter, invitation: Invitation) -> None:
    answer = say(client, invitation, "accept", **LINE, tell="y")
    assert answer.status_code == 303 and printed(letter) == ["Léa Martin, maire (Brest)"]
    assert (invitation.tell, invitation.corrected_at, invitation.signature.news) == (True, None, False)  # type: ignore[union-attr]
    assert "Vous avez accepté" in client.get(answer.location or "").text


def test_own_words_are_signed_and_can_be_corrected_again(
    client: Reader, letter: Letter, invitation: Invitation
) -> None:
    say(client, invitation, "accept", **{**LINE, "role": "maire de Brest", "organisation": ""})
    assert printed(letter) == ["Léa Martin, maire de Brest"] and state(invitation) == "corrected"
    say(client, invitation, "accept", **{**LINE, "role": "ancienne maire"})
    assert printed(letter) == ["Léa Martin, ancienne maire (Brest)"] and letter.confirmed_count == 1


@ON_SQLITE
def test_on_whose_behalf_one_signs_is_told_before_and_after_publication(
    client: Reader, letter: Letter, invitation: Invitation
) -> None:
    say(client, invitation, "accept", **{**LINE, "capacity": "organisation"})
    said = "au nom de l’organisation</p>"  # in the list of readers it is no paragraph
    assert said in client.get(invitation_path(invitation)).text
    publish(letter)
    assert said in client.get(invitation_path(invitation)).text


@ON_SQLITE
def test_what_is_mistyped_is_told_and_kept(client: Reader, letter: Letter, invitation: Invitation) -> None:
    answer = say(client, invitation, "accept", **{**LINE, "family_name": "", "role": "maire honoraire"})
    assert answer.status_code == 422 and 'value="maire honoraire"' in answer.text and printed(letter) == []


@ON_SQLITE
def test_words_that_changed_meanwhile_are_not_signed(client: Reader, letter: Letter, invitation: Invitation) -> None:
    path = invitation_path(invitation)
    fields = form(client, path, "accept")
    make_correction(letter)
    answer = client.post(path, data={**fields, **LINE})
    assert answer.status_code == 422 and "corrigé" in answer.text and letter.confirmed_count == 0
    again = client.post(path, data={**dict(hidden_fields(answer.text.split("<form")[1])), **LINE})
    assert again.status_code == 303 and letter.confirmed_count == 1


@ON_SQLITE
def test_whoever_read_other_sentences_reads_those_of_today_before_they_agree(
    client: Reader, letter: Letter, invitation: Invitation
) -> None:
    path = invitation_path(invitation)
    fields = form(client, path, "accept")
    answer = client.post(path, data={**fields, **LINE, "wording": "2025", "news": "y", "tell": "y"})
    assert answer.status_code == 422 and "Ce formulaire a changé" in answer.text and letter.confirmed_count == 0
    boxes = [box for box in re.findall("<input[^>]*>", answer.text) if 'type="checkbox"' in box]
    assert len(boxes) == 2 and not [box for box in boxes if "checked" in box]
    again = client.post(path, data={**dict(hidden_fields(answer.text.split("<form")[1])), **LINE})
    assert again.status_code == 303 and letter.confirmed_count == 1


@ON_SQLITE
def test_a_line_as_it_was_printed_elsewhere_is_one_text(client: Reader, letter: Letter) -> None:
    invitation = make_invited(
        letter, given_name="Léa", family_name="Martin", affiliation="de l’Académie", role="autrice"
    )
    page = client.get(invitation_path(invitation)).text
    assert 'name="affiliation"' in page and 'name="role"' not in page and 'name="capacity"' not in page
    assert re.search(r'autocapitalize="none"[^>]* name="affiliation"', page)  # for a telephone
    name = {"given_name": "Léa", "family_name": "Martin"}
    assert say(client, invitation, "accept", **name, affiliation="de l’Académie").status_code == 303
    assert invitation.signature and not invitation.signature.organisation and not invitation.corrected_at
    assert say(client, invitation, "accept", **name, affiliation="de l’Académie française").status_code == 303
    assert printed(letter) == ["Léa Martin, de l’Académie française"]
    assert invitation.signature and invitation.signature.role == "autrice"


@ON_SQLITE
def test_whose_printed_line_names_an_organisation_says_whether_they_sign_for_it(client: Reader, letter: Letter) -> None:
    words = {"role": "maire", "organisation": "Lille", "affiliation": "maire de Lille"}
    invitation = make_invited(letter, given_name="Léa", family_name="Martin", **words)
    page = client.get(invitation_path(invitation)).text
    assert 'name="capacity"' in page and 'name="organisation"' not in page
    typed = {"given_name": "Léa", "family_name": "Martin", "affiliation": "maire de Lille", "capacity": "organisation"}
    assert say(client, invitation, "accept", **typed).status_code == 303
    assert printed(letter) == ["Léa Martin, maire de Lille"]
    assert invitation.signature and invitation.signature.capacity == "organisation"
    assert say(client, invitation, "accept", **{**typed, "affiliation": "maire"}).status_code == 303
    assert invitation.signature.organisation == "Lille"  # for which they sign, though it is not named any more


@ON_SQLITE
def test_who_corrects_what_is_printed_after_their_name_leaves_no_role_of_before(client: Reader, letter: Letter) -> None:
    words = {"given_name": "Léa", "family_name": "Martin"}
    proposed = {"role": "maire", "organisation": "Lille", "affiliation": "maire de Lille"}
    invitation = make_invited(letter, **words, **proposed)
    assert say(client, invitation, "accept", **words, affiliation="écrivaine", capacity="personal").status_code == 303
    for_newspapers = Style("brackets")
    assert [one.text for one in lines(first_signatories(letter), for_newspapers)] == ["Léa Martin, écrivaine"]
    assert say(client, invitation, "accept", **words, affiliation="ancienne maire de Lille").status_code == 303
    assert [one.text for one in lines(first_signatories(letter), for_newspapers)] == [
        "Léa Martin, ancienne maire (Lille)"
    ]


@ON_SQLITE
def test_an_organisation_is_asked_for_its_name_and_no_capacity(client: Reader, letter: Letter) -> None:
    invitation = make_invited(
        letter, given_name="Léa", family_name="Martin", organisation="Rues libres", as_organisation=True
    )
    assert 'name="capacity"' not in client.get(invitation_path(invitation)).text
    typed = {"given_name": "Léa", "family_name": "Martin", "role": "", "organisation": ""}
    assert say(client, invitation, "accept", **typed).status_code == 422
    assert say(client, invitation, "accept", **{**typed, "organisation": "Rues libres"}).status_code == 303
    signature = invitation.signature
    assert signature and (signature.as_organisation, signature.capacity) == (True, "organisation")
    assert state(invitation) == "accepted"


def test_whom_the_organisers_answer_for_is_told_so(client: Reader, letter: Letter, invitation: Invitation) -> None:
    actions.attest(invitation, "par téléphone", by=make_organiser())
    assert "The organisers say that you agreed" in client.get(f"{invitation_path(invitation)}?lang=en").text
    assert say(client, invitation, "accept", **LINE).status_code == 303
    assert (letter.confirmed_count, letter.attested_count) == (1, 0)


@ON_SQLITE
def test_who_has_left_is_told_so(client: Reader, letter: Letter, invitation: Invitation) -> None:
    accept(invitation)
    with write() as session:
        session.delete(invitation.signature)
        letter.confirmed_count = 0
    assert "You have withdrawn" in client.get(f"{invitation_path(invitation)}?lang=en").text
    assert say(client, invitation, "accept", **LINE).status_code == 303 and letter.confirmed_count == 1


def test_who_corrects_their_line_is_shown_what_they_agreed_to_beside_it(
    client: Reader, letter: Letter, invitation: Invitation
) -> None:
    say(client, invitation, "accept", **LINE, tell="y", news="y")
    page = client.get(invitation_path(invitation)).text
    assert set(re.findall(r'<input(?=[^>]* checked)[^>]* name="(news|tell)"', page)) == {"news", "tell"}
    say(client, invitation, "accept", **{**LINE, "role": "ancienne maire"}, tell="y")
    assert invitation.tell and invitation.signature and not invitation.signature.news  # and may take it back


def test_one_address_signs_for_one_person(client: Reader, letter: Letter, invitation: Invitation) -> None:
    other = make_invited(letter, given_name="Zoé", family_name="Évrard", email=invitation.email)
    accept(invitation)
    line = {"given_name": "Zoé", "family_name": "Évrard"}
    for sure in ({}, {"sure": "yes"}):
        answer = say(client, other, "accept", **line, **sure)
        assert answer.status_code == 409 and "a déjà signé sous un autre nom" in answer.text
    assert printed(letter) == ["Léa Martin, maire (Brest)"] and other.accepted_at is None
    same = make_invited(letter, given_name="Léa", family_name="Martin", email=invitation.email)
    assert say(client, same, "accept", **LINE).status_code == 303 and letter.confirmed_count == 1


@ON_SQLITE
def test_who_is_invited_at_the_address_by_which_another_signed_takes_nothing_from_them(client: Reader) -> None:
    letter = make_letter()
    make_signature(make_letter(), given_name="Ana", family_name="Ba", email="office@example.org")  # stands elsewhere
    assistant = make_signature(letter, given_name="Zoé", family_name="Évrard", email="office@example.org")
    waiting = make_signature(letter, given_name="Ana", family_name="Ba", email="office@example.org", confirmed=False)
    boss = make_invited(letter, **LINE, email="office@example.org")
    for sure in ({}, {"sure": "yes"}):
        answer = say(client, boss, "accept", **LINE, **sure)
        assert answer.status_code == 409 and "a déjà signé sous un autre nom" in answer.text
    assert (assistant.family_name, assistant.position, letter.confirmed_count) == ("Évrard", None, 1)
    withdraw(assistant.id, assistant.link_nonce)
    assert say(client, boss, "accept", **LINE).status_code == 303  # who has only typed the address stands nowhere
    assert printed(letter) == ["Léa Martin, maire (Brest)"] and waiting.family_name == "Ba"


@ON_SQLITE
def test_nor_does_it_take_the_place_of_somebody_attested(
    client: Reader, letter: Letter, invitation: Invitation
) -> None:
    actions.attest(invitation, "par téléphone", by=make_organiser())
    other = make_invited(letter, given_name="Zoé", family_name="Évrard", email=invitation.email)
    assert say(client, other, "accept", given_name="Zoé", family_name="Évrard").status_code == 409
    assert printed(letter) == ["Léa Martin, maire (Brest)"] and letter.attested_count == 1
