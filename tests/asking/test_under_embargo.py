"""A first signatory is asked again before the letter is published: in confidence, and with what changed."""

from collections.abc import Callable
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from flask import Flask

from tests.asking.again import ask, disagree
from tests.databases import ON_SQLITE
from tests.factories import (
    invitation_path,
    make_correction,
    make_invited,
    make_letter,
    make_signature,
    owner_of,
    posted,
)
from tests.invitations.answers import accept, decline
from tests.page import Reader, words
from tribune.database import now, write
from tribune.invitations import actions
from tribune.invitations.announcing import launch
from tribune.invitations.models import Invitation
from tribune.invitations.queries import board, numbers, state
from tribune.letters.life import publish
from tribune.signatures.links import agree_link


@ON_SQLITE
def test_who_accepted_reads_why_they_are_asked_again_and_what_changed(app: Flask, client: Reader) -> None:
    letter = make_letter(published=False, title="Pour des rues", text="Nous demandons 30 km/h.")
    invitation = make_invited(letter, email="lea@example.org")
    accept(invitation)
    make_correction(letter, text="Nous demandons 20 km/h.", reason="La demande a changé.", substance=True)
    ask(letter)
    [mail] = [mail for mail in posted() if mail.kind == "ask_to_agree"]
    text = " ".join((mail.text or "").split())
    assert "confidentielle" in text and "s’intitule maintenant" not in text
    page = client.get(invitation_path(invitation)).text
    assert "La demande a changé." in page and "Ce qui a changé depuis que vous avez accepté" in page
    assert "<del>" in page and "<ins>" in page
    accepted, invited = "<span>Vous avez accepté</span>", "<span>On vous invite à signer</span>"
    assert invited in page and accepted not in page
    publish(letter)
    page = client.get(invitation_path(invitation)).text
    assert "sur la page de votre signature" in page and invited in page and accepted not in page


def test_who_is_held_can_accept_again_too(app: Flask, client: Reader) -> None:
    letter = make_letter(published=False)
    invitation = make_invited(letter, email="lea@example.org")
    signature = accept(invitation)
    with write():
        signature.held_at, signature.counted_at = now(), None
    make_correction(letter, substance=True)
    led_to = client.get(urlsplit(agree_link(signature).url()).path).location or ""
    assert led_to.partition(".")[0] == invitation_path(invitation).partition(".")[0]  # signed in whatever second
    assert "quand vous aurez accepté de nouveau" in client.get(led_to).text


@ON_SQLITE
def test_a_new_title_is_said(app: Flask) -> None:
    letter = make_letter(published=False, title="Pour des rues")
    accept(make_invited(letter, email="lea@example.org"))
    make_correction(letter, title="Pour nos rues", substance=True)
    ask(letter)
    [mail] = [mail for mail in posted() if mail.kind == "ask_to_agree"]
    assert "Il s’intitule maintenant « Pour nos rues »." in " ".join((mail.text or "").split())


@pytest.mark.parametrize("answer", [accept, decline])
def test_who_answers_on_their_page_before_they_are_asked_by_mail_is_asked_no_more(
    app: Flask, answer: Callable[[Invitation], object]
) -> None:
    letter = make_letter(published=False)
    invitation = make_invited(letter)
    accept(invitation)
    make_correction(letter, substance=True)
    ask(letter)
    assert [mail.kind for mail in posted()] == ["ask_to_agree"]
    answer(invitation)
    assert posted() == []


@ON_SQLITE
def test_nobody_is_published_under_words_about_which_they_have_yet_to_be_asked(app: Flask, client: Reader) -> None:
    letter = make_letter(published=False, contact="nous@example.org")
    accept(make_invited(letter))
    client.log_in(owner_of(letter))
    page, asking = f"/manage/letters/{letter.id}/publish", f"/manage/letters/{letter.id}/asking"
    assert asking not in client.get(page).text
    sent = {**client.fields(page), "when": "now"}
    make_correction(letter, substance=True)
    assert asking in client.get(page).text and 'name="when"' not in client.get(page).text
    refused = client.post(page, data=sent)
    assert refused.status_code == 422 and asking in refused.text
    by_the_shell = app.test_cli_runner().invoke(args=["letters", "publish", letter.slug])
    assert by_the_shell.exit_code == 1 and "have not been asked" in by_the_shell.stderr and not letter.is_published
    ask(letter)
    assert asking not in client.get(page).text
    assert client.post(page, data={**client.fields(page), "when": "now"}).status_code == 303
    assert letter.is_published and letter.confirmed_count == 0


def test_one_that_publishes_itself_waits_for_no_moment_until_they_are_asked(client: Reader) -> None:
    letter = make_letter(published=False, contact="nous@example.org")
    accept(make_invited(letter))
    client.log_in(owner_of(letter))
    desk = f"/manage/letters/{letter.id}"
    for kind, becomes in ("correction", "scheduled"), ("substance", "draft"):
        launch(letter, at=now() + timedelta(days=1))
        sent = {**client.fields(f"{desk}/edit"), "text": f"Un autre paragraphe ({kind}).", "kind": kind, "reason": "x"}
        answer = client.post(f"{desk}/edit", data=sent)
        assert (answer.status_code, letter.state) == (303, becomes)
    assert answer.location == f"{desk}/asking"
    assert "La tribune n’est plus programmée." in client.get(answer.location).text


@ON_SQLITE
def test_they_are_asked_though_the_day_when_it_was_to_close_has_passed(client: Reader) -> None:
    letter = make_letter(published=False, contact="nous@example.org", closes_at=now() - timedelta(days=5))
    accept(make_invited(letter))
    make_correction(letter, substance=True)
    client.log_in(owner_of(letter))
    asking = f"/manage/letters/{letter.id}/asking"
    answer = client.post(asking, data=client.fields(asking))
    assert "/batches/" in answer.location


def test_the_board_says_who_has_yet_to_agree_and_who_does_not(app: Flask, client: Reader) -> None:
    letter = make_letter(published=False)
    people = [make_invited(letter) for _ in range(4)]
    signatures = [accept(people[0]), accept(people[1]), actions.attest(people[2], "par téléphone", by=owner_of(letter))]
    accept(people[3])
    make_correction(letter, substance=True)
    assert numbers(letter).accepted == 4  # until they are asked, all of them are printed
    ask(letter)
    disagree(signatures[1])
    accept(people[3])
    assert [row.state for row in board(letter)] == ["asked", "disagreed", "asked", "accepted"]
    counted = numbers(letter)
    assert (counted.accepted, counted.declined, counted.silent, counted.answered) == (1, 1, 2, 2)
    client.log_in(owner_of(letter))
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    page = client.get(f"/manage/letters/{letter.id}/invitations/people/{people[2].id}").text
    assert "they have not agreed to it yet" in page and "No longer vouch for them" in page
    actions.undo_attesting(people[2], by=owner_of(letter))
    assert state(people[2]) == "unsent"


@ON_SQLITE
def test_who_declines_when_asked_again_is_still_among_the_answers(client: Reader) -> None:
    letter = make_letter(published=False)
    people = [make_invited(letter) for _ in range(3)]
    for invitation in people:
        accept(invitation)
    make_correction(letter, substance=True)
    ask(letter)
    accept(people[0])
    client.log_in(owner_of(letter))
    page = f"/manage/letters/{letter.id}/asking?lang=en"
    assert "no longer known" not in client.get(page).text
    decline(people[1])
    shown = words(client.get(page).text)
    assert "1 signs the new text" in shown and "1 has not answered yet" in shown
    assert "1 answer is no longer known" in shown


def test_who_did_not_sign_the_new_text_and_accepts_an_invitation_to_it_signs_it(app: Flask) -> None:
    letter = make_letter()
    signature = make_signature(letter, given_name="Léa", family_name="Martin", email="lea@example.org")
    make_correction(letter, substance=True)
    ask(letter)
    disagree(signature)
    accept(make_invited(letter, family_name="Martin", email="lea@example.org"))
    assert signature.counted_at and signature.disagreed_at is None
