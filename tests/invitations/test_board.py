"""The organisers' board: numbers, states, who sees what, and each act by its button."""

import re
from datetime import timedelta

import pytest
from flask import Flask

from tests.databases import ON_SQLITE
from tests.factories import (
    invitation_path,
    make_invited,
    make_letter,
    make_member,
    make_organiser,
    make_signature,
    owner_of,
    posted,
)
from tests.invitations.answers import accept, decline
from tests.invitations.board import at, press
from tests.invitations.sent import invite_all
from tests.page import Reader, hidden_fields, words
from tests.signatures.test_sign_form import Form
from tribune.database import now, write
from tribune.invitations import queries, sending
from tribune.invitations.queries import numbers
from tribune.invitations.words import gathering_of
from tribune.letters.life import close, publish
from tribune.letters.models import Letter
from tribune.mine.actions import withdraw
from tribune.organisations.actions import merge
from tribune.outbox.actions import suppress
from tribune.outbox.mailboxes import mailbox_key
from tribune.people.first import set_section
from tribune.signatures.lines import line
from tribune.teams.models import Role


@pytest.fixture
def letter(app: Flask) -> Letter:
    """A letter under embargo."""
    return make_letter(make_organiser(name="Alice"), published=False, title="Pour des rues")


@ON_SQLITE
def test_an_empty_board_says_what_to_do(desk: Reader, letter: Letter) -> None:
    page = desk.get(at(letter)).text
    assert "Begin by adding the people" in words(page) and at(letter, "/people/new") in page


@ON_SQLITE
def test_a_list_without_addresses_says_how_they_are_given(desk: Reader, letter: Letter) -> None:
    make_invited(letter, email=None)
    assert "addresses are missing" in words(desk.get(at(letter)).text)
    make_invited(letter)
    assert "addresses are missing" not in words(desk.get(at(letter)).text)


def test_it_counts_and_lists_people_in_order_with_their_states(desk: Reader, letter: Letter) -> None:
    people = [make_invited(letter, family_name=f"Nom{n}") for n in range(5)]
    make_invited(letter, family_name="Sans", email=None)
    invite_all(letter)
    sent = {mail.id: mail for mail in posted()}
    with write():
        sent[people[0].message_id].sent_at = now()
        sent[people[1].message_id].gave_up_at = now()
    accept(people[2])
    decline(people[3], "Pas le temps.")
    page = words(desk.get(at(letter)).text)
    assert re.search(
        r"invited 5 answered 2 accepted 1 declined or withdrew 1 no answer 3 refused by mail servers 1", page
    )
    french = words(desk.get(f"{at(letter)}?lang=fr").text)
    assert "invités 5 ont répondu 2 a accepté 1 a décliné ou s’est retiré 1 sans réponse 3 refusé par un" in french
    states = [
        "Email sent",
        "Refused by their mail server",
        "Accepted",
        "Declined",
        "Email waiting to be sent",
        "Not invited yet",
    ]
    table = page.partition("Last invitation")[2]
    found = [table.index(f"Nom{n}") for n in range(5)]
    assert found == sorted(found) and all(name in table for name in states) and "Pas le temps." in table
    one = words(desk.get(f"{at(letter)}?state=declined").text).partition("Last invitation")[2]
    assert "Nom3" in one and "Nom0" not in one
    assert "1 email is waiting to be sent" in page


def test_what_one_of_two_who_share_a_mailbox_answers_is_not_the_answer_of_the_other(letter: Letter) -> None:
    marie, pierre = (make_invited(letter, given_name=name, email="curie@example.org") for name in ("Marie", "Pierre"))
    invite_all(letter)
    with write():
        marie.invited_at = now() - timedelta(days=3)
        for mail in posted():
            mail.sent_at = marie.invited_at
    signed = accept(pierre)
    assert (queries.state(pierre), queries.state(marie)) == ("accepted", "sent")
    assert (numbers(letter).accepted, sending.to_remind(letter)) == (1, [marie.id])
    publish(letter)
    withdraw(signed.id, signed.link_nonce)
    assert (queries.state(pierre), queries.state(marie), numbers(letter).declined) == ("withdrew", "sent", 1)


@ON_SQLITE
def test_it_says_when_people_can_be_reminded_and_reminds_each_once(desk: Reader, letter: Letter) -> None:
    later = "can be reminded two days after"
    invited = make_invited(letter)
    assert later not in desk.get(at(letter)).text
    sending.invite(letter, [invited.id], by=owner_of(letter))
    assert later in desk.get(at(letter)).text
    silent = make_invited(letter)
    with write():
        silent.invited_at = now() - timedelta(days=3)
    page = desk.get(at(letter)).text
    assert later not in page and "Remind 1 who has not answered…" in page
    form = dict(hidden_fields(desk.get(at(letter, "/remind")).text))
    for said in ("1 email is on its way", "Nothing was sent"):  # the button pressed twice
        assert desk.post(at(letter, "/remind"), data=form).status_code == 303
        assert said in words(desk.get(at(letter)).text)
    assert [mail.recipient for mail in posted()] == [invited.email, silent.email] and silent.reminders == 1
    other = make_invited(letter)
    with write():
        other.invited_at = now() - timedelta(days=3)
    press(desk, letter, f"/people/{other.id}/send", what="reminder")
    assert posted()[-1].recipient == other.email and other.reminders == 1


def test_a_line_reads_as_it_would_be_printed(desk: Reader, letter: Letter) -> None:
    invited = make_invited(letter, role="maire", organisation="Emmaus", email="lea@example.org", section="Chercheurs")
    make_signature(letter, organisation="Emmaus")
    merge(letter, ["emmaus"], "Emmaüs France", by=owner_of(letter))
    for path in (at(letter), at(letter, f"/people/{invited.id}"), invitation_path(invited)):
        assert "maire (Emmaüs France)" in desk.get(path).text
    assert line(accept(invited), full=True).text == f"Léa {invited.family_name}, maire (Emmaüs France)"
    set_section(letter, accept(invited), "Élus", by=owner_of(letter))
    for path in (at(letter), at(letter, f"/people/{invited.id}")):
        assert "Élus" in desk.get(path).text and "Chercheurs" not in desk.get(path).text


def test_who_is_added_by_hand_is_doubted_where_their_name_stands_already(client: Reader) -> None:
    letter = make_letter(published=False, first="Léa Martin, maire (Brest)")
    client.log_in(owner_of(letter))
    invited = make_invited(letter, family_name="MARTIN", email="lea@example.org")
    other = make_invited(letter, email="autre@example.org")
    twice = "Si c’est la même personne, elle y paraîtra deux fois"
    assert twice in client.get(at(letter, f"/people/{invited.id}")).text
    assert twice not in client.get(at(letter, f"/people/{other.id}")).text
    accept(invited)
    assert twice not in client.get(at(letter, f"/people/{invited.id}")).text


@ON_SQLITE
def test_a_viewer_sees_no_address_and_no_button(client: Reader, letter: Letter) -> None:
    invitation = make_invited(letter, email="secret@example.org", note="Une note")
    client.log_in(make_member(letter, Role.VIEWER))
    for path in ("", f"/people/{invitation.id}"):
        page = client.get(at(letter, path)).text
        assert "secret@" not in page and "Martin" in page and 'action="/manage' not in page
    for path in ("/send", "/mail", f"/people/{invitation.id}/edit"):
        assert client.get(at(letter, path)).status_code == 403


@ON_SQLITE
def test_a_closed_letter_offers_nobody_to_tick(desk: Reader, letter: Letter) -> None:
    make_invited(letter)
    publish(letter)
    for offered in (True, False):
        page = desk.get(at(letter, "?lang=en")).text
        assert [each in page for each in ('name="tick"', "Invite those I ticked…")] == [offered] * 2
        close(letter)
    assert "This letter is closed: nobody else can be invited, and no invitation can be accepted any more." in page


def test_a_hundred_and_one_people_are_two_pages(desk: Reader, letter: Letter, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "PAGE", 2)
    for n in range(3):
        make_invited(letter, family_name=f"Nom{n}")
    first, second = (desk.get(f"{at(letter)}?page={n}").text for n in (1, 2))
    assert "Nom1" in first and "Nom2" not in first and "Nom2" in second and 'rel="next"' in first


@ON_SQLITE
def test_who_is_added_by_hand_is_invited_from_their_page_if_they_take_mail(desk: Reader, letter: Letter) -> None:
    page = press(desk, letter, "/people/new", family_name="Casey", role="écrivaine", email="casey@example.org")
    assert "Casey , écrivaine" in words(desk.get(page).text)
    number = page.rpartition("/")[2]
    assert press(desk, letter, f"/people/{number}/send") == page
    assert [mail.recipient for mail in posted()] == ["casey@example.org"]
    other = make_invited(letter)
    for address in ("casey@example.org", other.email):
        suppress(mailbox_key(address or ""))
    assert press(desk, letter, f"/people/{number}/send") == page
    assert "no more emails can be sent to this address" in words(desk.get(page).text)
    form = dict(hidden_fields(desk.get(at(letter, "/send")).text))
    assert desk.post(at(letter, "/send"), data=form).status_code == 303
    assert "1 address cannot be emailed" in words(desk.get(at(letter)).text) and posted() == []
    new = at(letter, "/people/new")
    assert desk.post(new, data=desk.fields(new)).status_code == 422
    unnamed = desk.post(new, data={**desk.fields(new), "family_name": "Casey", "capacity": "organisation"})
    assert unnamed.status_code == 422 and "Enter the organisation on whose behalf" in words(unnamed.text)


def test_one_address_is_not_added_twice_by_hand(desk: Reader, letter: Letter) -> None:
    new, typed = at(letter, "/people/new"), {"family_name": "Casey", "email": "casey@example.org"}
    page = press(desk, letter, "/people/new", **typed)
    again = desk.post(new, data={**desk.fields(new), **typed, "email": "CASEY@example.org"})
    assert again.status_code == 422 and "already invited at this address" in words(again.text)
    assert numbers(letter).people == 1
    edit = page.removeprefix(at(letter)) + "/edit"
    assert press(desk, letter, edit, **{**typed, "family_name": "Casey Roux"}) == page
    other = make_invited(letter)
    path = at(letter, f"/people/{other.id}/edit")
    assert desk.post(path, data={**desk.fields(path), **typed}).status_code == 422


def test_the_personal_link_is_shown_on_demand_and_the_log_says_to_whom(desk: Reader, letter: Letter) -> None:
    invitation = make_invited(letter)
    assert "/invitations/W" not in desk.get(at(letter, f"/people/{invitation.id}")).text
    shown = press(desk, letter, f"/people/{invitation.id}/link")
    link = re.search(r"http://localhost(/invitations/[\w.-]+)", shown)
    assert link and desk.get(link[1]).status_code == 200
    assert f'id="shared">{link[0]}</p>' in shown and 'id="share"' in shown and "share.js" in shown
    assert "Looked at the personal link" in words(desk.get(f"/manage/letters/{letter.id}/log").text)
    handed = "a link that the team handed over"
    assert handed not in desk.get(at(letter, f"/people/{invitation.id}")).text
    accept(invitation)
    assert handed in desk.get(at(letter, f"/people/{invitation.id}")).text
    nowhere = make_invited(letter, email=None)
    assert press(desk, letter, f"/people/{nowhere.id}/link").startswith("/manage")


@ON_SQLITE
def test_no_organiser_comes_by_a_link_to_the_page_of_somebody_who_has_confirmed(desk: Reader, letter: Letter) -> None:
    """The link would lead to it, and only its owner may withdraw a signature or erase it."""
    publish(letter)
    accepted, signed, left = [make_invited(letter, email=f"{who}@example.org") for who in ("a", "signed", "left")]
    theirs = accept(accepted)
    make_signature(letter, email="signed@example.org")
    gone = make_signature(letter, email="left@example.org")
    withdraw(gone.id, gone.link_nonce)
    for invitation in (accepted, signed, left):
        link = f"/people/{invitation.id}/link"
        assert at(letter, link) not in desk.get(at(letter, f"/people/{invitation.id}")).text
        assert press(desk, letter, link) == at(letter, f"/people/{invitation.id}")
    assert "Looked at the personal link" not in words(desk.get(f"/manage/letters/{letter.id}/log").text)
    remove = at(letter, f"/people/{accepted.id}/remove")
    assert "Their line is published: it cannot" in words(desk.get(remove).text)
    withdraw(theirs.id, theirs.link_nonce)
    assert "no reader sees their line. The invitation stays" in words(desk.get(remove).text)


@ON_SQLITE
def test_before_publication_the_page_that_removes_says_what_becomes_of_a_signature(
    desk: Reader, letter: Letter
) -> None:
    theirs = accept(invitation := make_invited(letter))
    remove = at(letter, f"/people/{invitation.id}/remove")
    assert "They are a first signatory: their signature is deleted" in words(desk.get(remove).text)
    withdraw(theirs.id, theirs.link_nonce)
    page = words(desk.get(remove).text)
    assert "They have withdrawn: their signature is deleted for good." in page and "first signatory" not in page


@ON_SQLITE
def test_attesting_noting_and_removing_by_their_buttons(desk: Reader, letter: Letter) -> None:
    invitation = make_invited(letter, family_name="Martin")
    person = f"/people/{invitation.id}"
    asked = desk.post(at(letter, f"{person}/attest"), data={**desk.fields(at(letter, person)), "how": "par téléphone"})
    assert asked.status_code == 422 and letter.attested_count == 0
    assert list(Form(asked.text).errors) == ["agreed"]
    press(desk, letter, f"{person}/attest", how="par téléphone", agreed="y")
    assert "Alice: par téléphone" in words(desk.get(at(letter, person)).text) and letter.attested_count == 1
    assert "Vouched for Léa Martin, who agreed. How: par téléphone" in words(
        desk.get(f"/manage/letters/{letter.id}/log").text
    )
    press(desk, letter, f"{person}/undo-attesting")
    press(desk, letter, f"{person}/note", note="Rappeler lundi")
    assert "Rappeler lundi" in desk.get(at(letter)).text and letter.attested_count == 0
    make_signature(letter, email=invitation.email)
    press(desk, letter, f"{person}/attest", how="par téléphone", agreed="y")
    assert "change this address or clear it" in words(desk.get(at(letter, person)).text) and letter.attested_count == 0
    assert "Remove this invitation?" in words(desk.get(at(letter, f"{person}/remove")).text)
    press(desk, letter, f"{person}/remove", **desk.fields(at(letter, f"{person}/remove")))
    assert "Martin" not in desk.get(at(letter)).text


def test_a_note_and_the_words_of_the_mail_do_not_take_the_place_of_what_was_not_seen(
    desk: Reader, letter: Letter
) -> None:
    invitation = make_invited(letter)
    person = at(letter, f"/people/{invitation.id}")
    hers, his = desk.fields(person), desk.fields(person)
    assert desk.post(f"{person}/note", data={**hers, "note": "Rappeler\nlundi"}).status_code == 303
    page = desk.post(f"{person}/note", data={**his, "note": "Dit oui"})
    assert page.status_code == 409 and invitation.note == "Rappeler\nlundi"
    assert "Rappeler lundi" in words(page.text) and "Dit oui" in page.text
    both = {**dict(hidden_fields(page.text)), "note": "Rappeler lundi. Dit oui"}
    assert desk.post(f"{person}/note", data=both).status_code == 303 and invitation.note.endswith("Dit oui")

    mail, good = at(letter, "/mail"), {"subject": "Signez", "message": "Bonjour", "sender": "Nous", "act": "save"}
    hers, his = desk.fields(mail), desk.fields(mail)
    press(desk, letter, "/pause")  # keeps the words as they are
    assert desk.post(mail, data={**hers, **good}).status_code == 303
    page = desk.post(mail, data={**his, **good, "message": "Salut"})
    assert page.status_code == 409 and gathering_of(letter).message == "Bonjour"
    assert "Nothing was overwritten" in words(page.text) and "Salut" in page.text and "Bonjour" in page.text
    assert desk.post(mail, data={**dict(hidden_fields(page.text)), **good, "message": "Salut"}).status_code == 303
    assert gathering_of(letter).message == "Salut"


def test_a_line_or_an_address_that_a_colleague_changed_is_not_written_over(desk: Reader, letter: Letter) -> None:
    invitation = make_invited(letter, email="faux@example.org")
    edit = at(letter, f"/people/{invitation.id}/edit")
    line = {"given_name": "Léa", "family_name": "Martin", "capacity": ""}
    hers, his = {**desk.fields(edit), **line}, {**desk.fields(edit), **line, "email": "faux@example.org"}
    assert desk.post(edit, data={**hers, "email": "lea@example.org"}).status_code == 303
    assert desk.post(edit, data={**hers, "email": "lea@example.org"}).status_code == 303  # pressed twice
    page = desk.post(edit, data={**his, "role": "maire"})
    assert page.status_code == 409 and (invitation.email, invitation.role) == ("lea@example.org", "")
    assert "Nothing was overwritten" in words(page.text) and "lea@example.org" in words(page.text)
    again = {**his, **dict(hidden_fields(page.text)), "role": "maire", "email": "lea@example.org"}
    assert desk.post(edit, data=again).status_code == 303
    assert (invitation.email, invitation.role) == ("lea@example.org", "maire")


@ON_SQLITE
def test_once_the_organisation_signs_as_such_nothing_stands_as_it_was_printed_elsewhere(
    desk: Reader, letter: Letter
) -> None:
    invitation = make_invited(letter, affiliation="directrice de Rues libres", role="directrice", organisation="Rues")
    path = at(letter, f"/people/{invitation.id}/edit")
    line = {"given_name": "Léa", "family_name": "Martin", "role": "directrice", "organisation": "Rues libres"}
    typed = {**line, "affiliation": "directrice de Rues libres", "capacity": "", "email": invitation.email or ""}
    assert desk.post(path, data={**desk.fields(path), **typed, "as_organisation": "y"}).status_code == 303
    page = desk.get(invitation_path(invitation)).text
    assert 'name="organisation"' in page and 'name="affiliation"' not in page  # which would be printed nowhere


@ON_SQLITE
def test_what_they_said_is_read_on_their_page(desk: Reader, letter: Letter) -> None:
    invitation = make_invited(letter, family_name="Martin", role="Maire")
    accept(invitation, role="maire de Brest")
    page = words(desk.get(at(letter, f"/people/{invitation.id}")).text)
    assert "Léa Martin , maire de Brest" in page and "Léa Martin, Maire" in page and "Corrected and accepted" in page
    late = press(desk, letter, f"/people/{invitation.id}/edit", family_name="Autre")
    assert "They have answered in the meantime" in words(desk.get(late).text) and invitation.family_name == "Martin"
