"""The page of somebody invited once the letter is published: what they can still do, and what came too late."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask

from tests.asking.again import ask
from tests.databases import ON_SQLITE
from tests.factories import invitation_path, make_correction, make_invited, make_letter, make_signature, owner_of
from tests.invitations.answers import LINE, accept, decline, printed
from tests.page import Reader, hidden_fields, words
from tribune.database import now, write
from tribune.invitations import actions
from tribune.invitations.models import Invitation
from tribune.invitations.queries import state
from tribune.letters.life import close, publish
from tribune.letters.models import Letter
from tribune.mine.actions import choose, withdraw
from tribune.signatures.counting import recount
from tribune.signatures.models import Signature

UNLESS = "Your name will not appear unless you accept."
NOTHING = "Nothing was changed: the letter has been published in the meantime."
HERE = "on your signature’s page"


@pytest.fixture
def letter(app: Flask, client: Reader) -> Letter:
    """A letter under embargo, read in English."""
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    return make_letter(published=False, contact="nous@example.org")


@pytest.fixture
def invitation(letter: Letter) -> Invitation:
    """Léa Martin, invited."""
    return make_invited(letter, **{**LINE, "email": "lea@example.org"})


def forms(client: Reader, invitation: Invitation) -> dict[str, dict[str, str]]:
    """The hidden fields of each form of the page, by the answer it gives."""
    parts = client.get(invitation_path(invitation)).text.split("<form")[1:]
    return {fields["answer"]: fields for fields in map(dict, map(hidden_fields, parts)) if "answer" in fields}


@ON_SQLITE
def test_whom_the_organisers_answered_for_can_still_say_so_themselves(
    client: Reader, letter: Letter, invitation: Invitation
) -> None:
    actions.attest(invitation, "par téléphone", by=owner_of(letter))
    publish(letter)
    shown = forms(client, invitation)
    assert set(shown) == {"accept", "ask"}  # their line is public: nothing ends it without a trace
    page = words(client.get(invitation_path(invitation)).text)
    assert "the organisers say that you agreed" in page and "nous@example.org" in page and "decline" not in page
    answer = client.post(invitation_path(invitation), data={**shown["accept"], **LINE})
    assert answer.status_code == 303 and (letter.confirmed_count, letter.attested_count) == (1, 0)
    assert HERE in client.get(answer.location or "").text
    if signature := invitation.signature:
        withdraw(signature.id, signature.link_nonce)
    left = client.get(invitation_path(invitation)).text
    assert "sign again, or erase it" in left and HERE not in left  # where nothing can be corrected


@ON_SQLITE
def test_under_a_closed_letter_they_are_told_whom_to_write_to(
    client: Reader, letter: Letter, invitation: Invitation
) -> None:
    actions.attest(invitation, "par téléphone", by=owner_of(letter))
    publish(letter), close(letter)
    assert forms(client, invitation) == {}
    page = words(client.get(invitation_path(invitation)).text)
    assert "Léa Martin , maire (Brest)" in page and "write to the organisers. nous@example.org" in page


@ON_SQLITE
def test_under_a_closed_letter_who_declined_still_reads_it(
    client: Reader, letter: Letter, invitation: Invitation
) -> None:
    publish(letter), close(letter)
    closed = "This letter is closed: it takes no more signatures."
    page = client.get(invitation_path(invitation)).text
    reopens = "write to the organisers, who can open the letter again: nous@example.org"
    assert closed in page and reopens in words(page) and "You have declined" not in page
    signed = make_signature(letter, email=invitation.email, given_name="Léa", family_name="Martin")
    assert reopens not in words(client.get(invitation_path(invitation)).text)
    with write() as session:
        session.delete(signed)
        invitation.declined_at = now()
    page = client.get(invitation_path(invitation)).text
    assert f"You have declined. {closed}" in page and reopens not in words(page)


@ON_SQLITE
def test_a_correction_that_comes_after_the_publication_is_shown_as_not_saved(
    client: Reader, letter: Letter, invitation: Invitation
) -> None:
    accept(invitation)
    begun = forms(client, invitation)["accept"]
    publish(letter)
    typed = {**begun, **LINE, "role": "ancienne maire"}
    for wrong in ({}, {"version": "of yesterday"}):  # as where the text was changed too
        late = client.post(invitation_path(invitation), data={**typed, **wrong})
        assert late.status_code == (422 if wrong else 409) and printed(letter) == ["Léa Martin, maire (Brest)"]
        said = words(late.text)
        assert NOTHING in said and "Léa Martin, ancienne maire (Brest)" in said and HERE in said


@ON_SQLITE
def test_a_decline_that_comes_after_the_publication_is_shown_as_not_recorded(
    client: Reader, letter: Letter, invitation: Invitation
) -> None:
    accept(invitation)
    begun = forms(client, invitation)["decline"]
    publish(letter)
    for word in ("Pas <b>maintenant</b>.\nDésolée.", ""):
        late = client.post(invitation_path(invitation), data={**begun, "word": word})
        assert late.status_code == 409 and invitation.declined_at is None and invitation.word == ""
        said = words(late.text)
        assert NOTHING in said and HERE in said
        assert ("You had typed: Pas <b>maintenant</b>. Désolée." in said) is bool(word)
        [there] = re.findall('<[^>]*id="sign"[^>]*>', late.text)  # where the form leads: no autofocus is heeded
        assert 'role="alert"' in there


@ON_SQLITE
def test_so_is_that_of_somebody_the_organisers_answered_for(
    client: Reader, letter: Letter, invitation: Invitation
) -> None:
    actions.attest(invitation, "par téléphone", by=owner_of(letter))
    begun = forms(client, invitation)["decline"]
    publish(letter)
    late = client.post(invitation_path(invitation), data={**begun, "word": "Jamais dit oui."})
    assert late.status_code == 409 and NOTHING in words(late.text) and "Jamais dit oui." in late.text
    assert "If you did not agree, write to the organisers." in words(late.text)


def test_so_is_that_of_somebody_whom_a_file_of_the_organisers_names(
    client: Reader, letter: Letter, invitation: Invitation
) -> None:
    attested = {"confirmed": False, "attested_at": now(), "counted_at": now(), "email": "lea@example.org"}
    make_signature(letter, **attested, given_name="Léa", family_name="Martin")
    recount(letter, repair=True)
    begun = forms(client, invitation)["decline"]
    publish(letter)
    late = client.post(invitation_path(invitation), data={**begun, "word": "Jamais dit oui."})
    assert late.status_code == 409 and NOTHING in words(late.text) and "Jamais dit oui." in late.text
    assert "If you did not agree, write to the organisers." in words(late.text)
    assert (state(invitation), letter.attested_count) == ("unsent", 1)


@ON_SQLITE
def test_a_decline_after_the_publication_deletes_no_line_of_a_file_that_the_organisers_hid(
    letter: Letter, invitation: Invitation
) -> None:
    hidden = {"confirmed": False, "attested_at": now(), "counted_at": now(), "hidden_at": now()}
    make_signature(letter, **hidden, given_name="Léa", family_name="Martin", email="lea@example.org")
    recount(letter, repair=True)
    publish(letter)
    decline(invitation)
    assert (state(invitation), letter.attested_count) == ("declined", 1)


@ON_SQLITE
def test_who_accepts_after_the_publication_with_a_double_click_has_lost_nothing(
    client: Reader, letter: Letter, invitation: Invitation
) -> None:
    publish(letter)
    begun = {**forms(client, invitation)["accept"], **LINE}
    assert client.post(invitation_path(invitation), data=begun).status_code == 303
    second = client.post(invitation_path(invitation), data=begun)
    assert second.status_code == 409 and NOTHING not in words(second.text) and HERE in words(second.text)
    third = client.post(invitation_path(invitation), data={**begun, "news": "y"})  # which they had not ticked
    assert NOTHING in words(third.text)


def test_whom_the_organisers_answered_for_and_then_hid_is_not_told_that_their_name_is_there(
    client: Reader, letter: Letter, invitation: Invitation
) -> None:
    signature = actions.attest(invitation, "par téléphone", by=owner_of(letter))
    publish(letter)
    hide(signature)
    page = words(client.get(invitation_path(invitation)).text)
    assert "your name is not shown at the moment" in page and "published with your name" not in page


def hide(signature: Signature) -> None:
    with write():
        signature.hidden_at = now()


def change_the_text(signature: Signature) -> None:
    make_correction(signature.letter, text="Un tout autre texte.", substance=True)
    ask(signature.letter)


@ON_SQLITE
@pytest.mark.parametrize(
    ("done", "told"),
    [
        (change_the_text, "Your name does not appear under it"),
        (hide, "have hidden your line"),
        (lambda one: choose(one.id, one.link_nonce, "published", False), "your name is not shown"),
    ],
)
def test_who_accepted_and_is_not_named_reads_so(
    client: Reader, letter: Letter, invitation: Invitation, done: Callable[[Signature], object], told: str
) -> None:
    signature = accept(invitation)
    publish(letter)
    assert "You are one of the first signatories" in words(client.get(invitation_path(invitation)).text)
    done(signature)
    page = words(client.get(invitation_path(invitation)).text)
    assert told in page and HERE in page and "You are one of the first signatories" not in page


@ON_SQLITE
@pytest.mark.parametrize("accepted", [True, False])
def test_once_it_is_too_late_to_sign_the_changed_text_nobody_reads_that_they_can(
    client: Reader, letter: Letter, invitation: Invitation, accepted: bool
) -> None:
    signature = accept(invitation) if accepted else actions.attest(invitation, "par téléphone", by=owner_of(letter))
    publish(letter)
    change_the_text(signature)
    with write():
        letter.closed_at = now() - timedelta(hours=73)
    page = words(client.get(invitation_path(invitation)).text)
    assert "Your name does not appear under it: the text has changed in substance." in page
    assert "You can sign the text" not in page and "since you accepted" not in page


def test_whose_own_signature_is_printed_already_is_not_told_that_nothing_is(
    client: Reader, letter: Letter, invitation: Invitation
) -> None:
    publish(letter)
    signature = make_signature(letter, email="lea@example.org", given_name="Léa", family_name="Martin")
    page = words(client.get(invitation_path(invitation)).text)
    assert "You have already signed this letter. Accept to be one of its first signatories" in page
    assert "Your signature stays as it is, and nobody" in page and UNLESS not in page
    with write():
        signature.position = 1
    page = words(client.get(invitation_path(invitation)).text)
    assert "already signed this letter, and are one of its first signatories" in page and UNLESS not in page


def test_nor_is_whom_a_file_of_the_organisers_names_and_their_no_ends_it_until_it_is_published(
    client: Reader, letter: Letter, invitation: Invitation
) -> None:
    named = {"confirmed": False, "attested_at": now(), "counted_at": now(), "email": "lea@example.org"}
    make_signature(letter, **named, given_name="Léa", family_name="Martin")
    make_signature(letter, **named, given_name="Paul")
    recount(letter, repair=True)
    page = words(client.get(invitation_path(invitation)).text)
    assert "The organisers say that you agreed, and vouch for it. Accept here" in page and UNLESS not in page
    assert "Your name will not appear, and nobody but the organisers" in page
    decline(invitation)
    assert (letter.attested_count, recount(letter)) == (1, (0, 0))
    make_signature(letter, **named, given_name="Léa", family_name="Martin")
    publish(letter)
    assert set(forms(client, invitation)) == {"accept", "ask"}
    page = words(client.get(invitation_path(invitation)).text)
    assert "the organisers say that you agreed" in page and "nous@example.org" in page and UNLESS not in page


@ON_SQLITE
@pytest.mark.parametrize("given", [{"published": False}, {"given_name": "Paul", "family_name": "Durand"}])
def test_of_a_line_that_nobody_sees_or_is_not_theirs_they_are_told_nothing(
    client: Reader, letter: Letter, invitation: Invitation, given: dict[str, object]
) -> None:
    publish(letter)
    make_signature(letter, **{"email": "lea@example.org", "given_name": "Léa", "family_name": "Martin", **given})
    page = words(client.get(invitation_path(invitation)).text)
    assert UNLESS in page and "already signed this letter" not in page
