"""The page of somebody invited: read, then accept, correct, decline or ask; a look writes one moment and no more."""

import re
from datetime import timedelta

import pytest
from flask import Flask

from tests.databases import ON_SQLITE
from tests.factories import (
    everything,
    invitation_path,
    make_correction,
    make_invited,
    make_letter,
    make_organiser,
    make_signature,
    posted,
)
from tests.invitations.answers import accept
from tests.page import Reader, hidden_fields
from tribune.database import db, now, write
from tribune.invitations import actions
from tribune.invitations.models import Invitation
from tribune.invitations.queries import state
from tribune.letters.life import close, publish
from tribune.letters.models import Letter
from tribune.mine.actions import withdraw
from tribune.outbox.mailboxes import mailbox_key
from tribune.outbox.models import MOST_BOUNCES, Mailbox
from tribune.signatures.lines import lines
from tribune.signatures.queries import first_signatories

LINE = {"given_name": "Léa", "family_name": "Martin", "role": "maire", "organisation": "Brest", "capacity": "personal"}


@pytest.fixture
def letter(app: Flask) -> Letter:
    """A letter under embargo, whose organisers read mail."""
    return make_letter(make_organiser(name="Alice"), published=False, title="Pour des rues", contact="nous@example.org")


@pytest.fixture
def invitation(letter: Letter) -> Invitation:
    """Léa Martin, invited."""
    return make_invited(letter, **{**LINE, "email": "lea.martin@example.org"})


def form(client: Reader, path: str, answer: str) -> dict[str, str]:
    """The hidden fields of one of the forms of the page."""
    forms = [dict(hidden_fields(part)) for part in client.get(path).text.split("<form")[1:]]
    return next(fields for fields in forms if fields.get("answer") == answer)


def say(client: Reader, invitation: Invitation, answer: str, **typed: str):  # type: ignore[no-untyped-def]
    path = invitation_path(invitation)
    return client.post(path, data={**form(client, path, answer), **typed})


def printed(letter: Letter) -> list[str]:
    return [line.text for line in lines(first_signatories(letter), letter.locale)]


@ON_SQLITE
def test_it_shows_the_letter_its_embargo_and_the_line_filled_in(client: Reader, invitation: Invitation) -> None:
    page = client.get(invitation_path(invitation))
    assert page.status_code == 200
    assert page.headers["Cache-Control"] == "no-store" and page.headers["Referrer-Policy"] == "no-referrer"
    assert page.headers["X-Robots-Tag"] == "noindex" and "Set-Cookie" not in page.headers
    text = page.text
    assert "Pour des rues" in text and "Un paragraphe." in text and "Confidentiel" in text
    assert 'value="Martin"' in text and "maire (Brest)" in text
    assert "lea.martin" not in text  # the link may have been passed on
    assert not re.search(r'name="(news|tell)"[^>]* checked', text)
    for answer in ("accept", "decline", "ask"):
        assert f'name="answer" value="{answer}"' in text


@ON_SQLITE
def test_beside_the_consent_a_notice_says_what_becomes_of_the_data(
    client: Reader, letter: Letter, invitation: Invitation
) -> None:
    consent = re.compile(r'class="consent">.*?<a href="([^"]+)">Ce que deviennent vos données</a>', re.DOTALL)
    assert consent.findall(client.get(invitation_path(invitation)).text) == ["/privacy"]  # the site’s own
    publish(letter)
    [notice] = consent.findall(client.get(invitation_path(invitation)).text)
    assert notice == f"/letters/{letter.slug}/privacy" and "Pour des rues" in client.get(notice).text


def test_looking_notes_once_that_the_page_was_shown_and_nothing_else(client: Reader, invitation: Invitation) -> None:
    path, before = invitation_path(invitation), everything()
    client.head(path)
    client.options(path)
    assert everything() == before
    client.get(path)
    first = db.session.get_one(Invitation, invitation.id).opened_at
    assert first is not None
    after = everything()
    client.get(path)
    assert everything() == after
    changed = [pair for pair in zip(before, after, strict=True) if pair[0] != pair[1]]
    assert len(changed) == 1 and invitation.opened_at == first


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
def test_what_is_mistyped_is_told_and_kept(client: Reader, letter: Letter, invitation: Invitation) -> None:
    answer = say(client, invitation, "accept", **{**LINE, "family_name": "", "role": "maire honoraire"})
    assert answer.status_code == 422 and 'value="maire honoraire"' in answer.text and printed(letter) == []


def test_declining_keeps_a_word(client: Reader, letter: Letter, invitation: Invitation) -> None:
    answer = say(client, invitation, "decline", word="Pas le temps.\n\x07Désolée.")
    assert answer.status_code == 303 and "Vous avez décliné" in client.get(answer.location or "").text
    assert (state(invitation), invitation.word) == ("declined", "Pas le temps.\nDésolée.")


def test_a_question_is_kept_and_mailed_to_the_contact(client: Reader, letter: Letter, invitation: Invitation) -> None:
    typed = "Et la phrase 3 ?\r\nBcc: tous@example.net\r\n[[answer]]"
    answer = say(client, invitation, "ask", question=typed)
    assert answer.status_code == 303 and "Votre question est transmise" in client.get(answer.location or "").text
    [mail] = posted()
    assert (mail.recipient, mail.kind) == ("nous@example.org", "question")
    assert mail.reply_to == invitation.email  # the organisers answer by answering
    assert "Léa Martin" in (mail.text or "") and "Et la phrase 3" in (mail.text or "")
    assert "[[" not in (mail.text or "") and "Bcc" not in (mail.subject or "") and "phrase" not in (mail.subject or "")
    assert f"/invitations/people/{invitation.id}" in (mail.text or "")
    assert invitation.question and invitation.asked_at and state(invitation) != "accepted"


def test_one_person_asks_three_times_a_day(client: Reader, letter: Letter, invitation: Invitation) -> None:
    for _ in range(3):
        assert say(client, invitation, "ask", question="Pourquoi ?").status_code == 303
    fourth = say(client, invitation, "ask", question="Et encore ?")
    assert fourth.status_code == 429 and "Et encore ?" in fourth.text and len(posted()) == 3
    assert say(client, make_invited(letter), "ask", question="Pourquoi ?").status_code == 303


def test_words_that_changed_meanwhile_are_not_signed(client: Reader, letter: Letter, invitation: Invitation) -> None:
    path = invitation_path(invitation)
    fields = form(client, path, "accept")
    make_correction(letter)
    answer = client.post(path, data={**fields, **LINE})
    assert answer.status_code == 422 and "corrigé" in answer.text and letter.confirmed_count == 0
    again = client.post(path, data={**dict(hidden_fields(answer.text.split("<form")[1])), **LINE})
    assert again.status_code == 303 and letter.confirmed_count == 1


def test_once_published_it_leads_elsewhere(client: Reader, letter: Letter, invitation: Invitation) -> None:
    accept(invitation)
    publish(letter)
    page = client.get(invitation_path(invitation)).text
    assert "Confidentiel" not in page and 'name="answer" value="accept"' not in page
    assert f"/letters/{letter.slug}" in page
    for other in ("accept", "decline"):
        assert client.post(invitation_path(invitation), data={"answer": other, **LINE}).status_code in {409, 422}
    assert letter.confirmed_count == 1


def test_late_answers_count_while_it_is_open(client: Reader, letter: Letter, invitation: Invitation) -> None:
    publish(letter)
    assert say(client, invitation, "accept", **LINE).status_code == 303
    assert letter.confirmed_count == 1
    late = make_invited(letter)
    close(letter)
    page = client.get(f"{invitation_path(late)}?lang=en").text
    assert "This letter is closed" in page and 'name="answer" value="accept"' not in page


@ON_SQLITE
def test_the_embargo_ends_in_the_zone_of_the_letter(client: Reader, letter: Letter, invitation: Invitation) -> None:
    publish(letter, at=(now() + timedelta(days=2)).replace(hour=23, minute=30))
    assert "00:30 (heure de" in client.get(invitation_path(invitation)).text


@ON_SQLITE
def test_another_site_answers_for_nobody(client: Reader, letter: Letter, invitation: Invitation) -> None:
    path = invitation_path(invitation)
    typed = {**form(client, path, "accept"), **LINE}
    assert client.post(path, data=typed, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert client.post(path, data={**typed, "stamp": "another"}).status_code == 422
    assert letter.confirmed_count == 0
    ours = {"Sec-Fetch-Site": "same-origin", "Origin": "null"}  # as browsers send from a page without a referrer
    assert client.post(path, data=typed, headers=ours).status_code == 303


@ON_SQLITE
def test_a_link_that_opens_nothing_says_so(client: Reader, letter: Letter, invitation: Invitation) -> None:
    path = invitation_path(invitation)
    for damaged in (path[:-3], "/invitations/nothing"):
        assert client.get(damaged).status_code == 404
    with write():
        invitation.link_nonce = "another"
    assert client.get(path).status_code == 404 == client.post(path, data={"answer": "decline"}).status_code
    path = invitation_path(invitation)
    actions.remove(invitation, by=make_organiser())
    assert client.get(path).status_code == 404


@ON_SQLITE
def test_it_speaks_english_too(client: Reader, invitation: Invitation) -> None:
    page = client.get(f"{invitation_path(invitation)}?lang=en").text
    assert "Your answer" in page and "Accept and sign" in page


@ON_SQLITE
def test_a_line_as_it_was_printed_elsewhere_is_one_text(client: Reader, letter: Letter) -> None:
    invitation = make_invited(
        letter, given_name="Léa", family_name="Martin", affiliation="de l’Académie", role="autrice"
    )
    page = client.get(invitation_path(invitation)).text
    assert 'name="affiliation"' in page and 'name="role"' not in page and 'name="capacity"' not in page
    typed = {"given_name": "Léa", "family_name": "Martin", "affiliation": "de l’Académie française"}
    assert say(client, invitation, "accept", **typed).status_code == 303
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
    assert "The organisers say that you have agreed" in client.get(f"{invitation_path(invitation)}?lang=en").text
    assert say(client, invitation, "accept", **LINE).status_code == 303
    assert (letter.confirmed_count, letter.attested_count) == (1, 0)


def test_who_has_left_is_told_so(client: Reader, letter: Letter, invitation: Invitation) -> None:
    accept(invitation)
    with write() as session:
        session.delete(invitation.signature)
        letter.confirmed_count = 0
    assert "You have left" in client.get(f"{invitation_path(invitation)}?lang=en").text
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


def test_who_is_invited_at_the_address_by_which_another_signed_takes_nothing_from_them(client: Reader) -> None:
    letter = make_letter()
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


def test_nor_does_it_take_the_place_of_somebody_attested(
    client: Reader, letter: Letter, invitation: Invitation
) -> None:
    actions.attest(invitation, "par téléphone", by=make_organiser())
    other = make_invited(letter, given_name="Zoé", family_name="Évrard", email=invitation.email)
    assert say(client, other, "accept", given_name="Zoé", family_name="Évrard").status_code == 409
    assert printed(letter) == ["Léa Martin, maire (Brest)"] and letter.attested_count == 1


def test_a_question_is_kept_where_the_mailbox_of_the_contact_sends_mails_back(
    client: Reader, letter: Letter, invitation: Invitation
) -> None:
    with write() as session:
        key = mailbox_key(letter.contact)
        session.add(Mailbox(key=key, hard_bounces=MOST_BOUNCES, bounced_at=now()))
    assert say(client, invitation, "ask", question="Pourquoi ?").status_code == 303
    assert invitation.question == "Pourquoi ?" and posted() == []
