"""The page of somebody invited: what it shows, and when; declining, asking; a look writes one moment and no more."""

import re
from datetime import timedelta

import pytest
from flask import Flask

from tests.databases import ON_SQLITE
from tests.factories import everything, invitation_path, make_invited, make_letter, make_organiser, posted
from tests.invitations.answers import LINE, accept, form, say
from tests.page import Reader
from tribune.database import db, now, write
from tribune.invitations import actions
from tribune.invitations.models import Invitation
from tribune.invitations.queries import state
from tribune.letters.life import close, publish
from tribune.letters.models import Letter
from tribune.outbox.mailboxes import mailbox_key
from tribune.outbox.models import MOST_BOUNCES, Mailbox


@pytest.fixture
def letter(app: Flask) -> Letter:
    """A letter under embargo, whose organisers read mail."""
    return make_letter(make_organiser(name="Alice"), published=False, title="Pour des rues", contact="nous@example.org")


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
    with write():
        invitation.letter.public_list = "initials"  # but for first signatories, who are named
    assert "maire (Brest)" in client.get(invitation_path(invitation)).text
    assert not re.search(r'name="(news|tell)"[^>]* checked', text)
    for answer in ("accept", "decline", "ask"):
        assert f'name="answer" value="{answer}"' in text
    assert "Les organisateurs la reçoivent et vous répondent" in text  # by email or on their board alone


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


def test_declining_keeps_a_word(client: Reader, letter: Letter, invitation: Invitation) -> None:
    answer = say(client, invitation, "decline", word="Pas le temps.\n\x07Désolée.")
    page = client.get(answer.location or "").text
    assert answer.status_code == 303 and "Vous avez décliné, et" in page and "On vous invite à signer" not in page
    assert (state(invitation), invitation.word) == ("declined", "Pas le temps.\nDésolée.")


@ON_SQLITE
def test_a_question_is_kept_and_mailed_to_the_contact(client: Reader, letter: Letter, invitation: Invitation) -> None:
    empty = say(client, invitation, "ask", question=" ")
    assert empty.status_code == 422 and 'href="#question"' in empty.text and not invitation.asked_at
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


def test_the_contact_is_told_once_a_day_of_who_had_accepted_and_declines(
    client: Reader, letter: Letter, invitation: Invitation
) -> None:
    say(client, invitation, "decline")
    assert posted() == []  # their name never stood there
    for _ in range(2):
        accept(invitation)
        say(client, invitation, "decline", word="Pas le temps.")
    [mail] = posted()
    assert (mail.recipient, mail.kind, mail.reply_to) == ("nous@example.org", "question", None)
    assert "a décliné" in (mail.subject or "") and "Léa Martin, dont le nom figurait" in (mail.text or "")
    assert f"/invitations/people/{invitation.id}" in (mail.text or "")
    assert not any(word in (mail.text or "") for word in ("Pas le temps", invitation.email or "@"))
    accept(invitation)
    assert posted() == []


def test_one_person_asks_three_times_a_day(client: Reader, letter: Letter, invitation: Invitation) -> None:
    for number in range(3):
        assert say(client, invitation, "ask", question=f"Pourquoi {number} ?").status_code == 303
    fourth = say(client, invitation, "ask", question="Et encore ?")
    assert fourth.status_code == 429 and "Et encore ?" in fourth.text and len(posted()) == 3
    assert say(client, make_invited(letter), "ask", question="Pourquoi ?").status_code == 303


@ON_SQLITE
def test_once_published_it_leads_elsewhere(client: Reader, letter: Letter, invitation: Invitation) -> None:
    accept(invitation)
    publish(letter)
    page = client.get(invitation_path(invitation)).text
    assert "Confidentiel" not in page and 'name="answer" value="accept"' not in page
    assert f"/letters/{letter.slug}" in page
    for other in ("accept", "decline"):
        assert client.post(invitation_path(invitation), data={"answer": other, **LINE}).status_code in {409, 422}
    assert letter.confirmed_count == 1


@ON_SQLITE
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
    with write():
        letter.timezone = "Asia/Tokyo"  # where clocks are never changed
    publish(letter, at=(now() + timedelta(days=2)).replace(hour=23, minute=30))
    assert "08:30 (heure de Tokyo)" in client.get(invitation_path(invitation)).text


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
def test_a_browser_that_tells_no_site_answers_too(client: Reader, letter: Letter, invitation: Invitation) -> None:
    path = invitation_path(invitation)
    typed = {**form(client, path, "accept"), **LINE}
    assert client.post(path, data=typed, headers={"Origin": "null"}).status_code == 303  # Safari before 16.4
    assert letter.confirmed_count == 1


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


def test_a_question_is_kept_where_the_mailbox_of_the_contact_sends_mails_back(
    client: Reader, letter: Letter, invitation: Invitation
) -> None:
    with write() as session:
        key = mailbox_key(letter.contact)
        session.add(Mailbox(key=key, hard_bounces=MOST_BOUNCES, bounced_at=now()))
    assert say(client, invitation, "ask", question="Pourquoi ?").status_code == 303
    assert invitation.question == "Pourquoi ?" and posted() == []
