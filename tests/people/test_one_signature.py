"""The page of one signature: what is known of it, and who may read or do what."""

import re
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from html import unescape
from itertools import product

import pytest
import time_machine
from flask import Flask
from sqlalchemy.exc import NoResultFound
from sqlalchemy.orm.exc import ObjectDeletedError

from tests.databases import ON_SQLITE
from tests.factories import (
    all_leave,
    make_letter,
    make_member,
    make_signature,
    mine_path,
    owner_of,
    posted,
)
from tests.page import Reader, words
from tests.turns import take_turns
from tribune.audit.models import Event, Verb
from tribune.database import db, now, write
from tribune.fingerprint import ChangedMeanwhile
from tribune.letters.models import Letter
from tribune.mine.actions import choose
from tribune.mine.erasing import erase
from tribune.outbox.actions import suppress
from tribune.people import actions
from tribune.people.queries import last_correction
from tribune.signatures.models import Flag, Signature
from tribune.signatures.wordings import WORDING, WORDINGS
from tribune.teams.models import Role


def address(signature: Signature, act: str = "") -> str:
    return f"/manage/letters/{signature.letter_id}/signatures/{signature.public_id}{act}"


def press(desk: Reader, signature: Signature, act: str, **typed: str) -> str:
    """Press a button of the page; what the next page says."""
    token = desk.fields(address(signature))["csrf_token"]
    answer = desk.post(address(signature, act), data={"csrf_token": token, **typed})
    assert answer.status_code == 303
    return words(desk.get(answer.location).text)


@ON_SQLITE
def test_all_that_is_known_is_told_in_words(desk: Reader, letter: Letter) -> None:
    signature = make_signature(
        letter, given_name="Zoé", family_name="d’Été", role="maire", organisation="Nantes", email="zoe@example.org",
        capacity="organisation", news=True, wording=WORDING, at=now().replace(2026, 7, 1, 22, 30),
    )  # fmt: skip
    page = words(desk.get(address(signature)).text)
    for told in (
        "Zoé d’Été , maire (Nantes)", "Confirmed by its owner. It counts.", "zoe@example.org", "Text signed Version 1",
        "On behalf of the organisation", "The form of the letter", "2 Jul 2026, 00:30", "Paris time",
        "“The organisers may write to me about this letter.” (yes)", WORDING,
    ):  # fmt: skip
        assert told in page, told


def test_it_says_how_many_others_of_the_letter_came_from_the_same_network(desk: Reader, letter: Letter) -> None:
    several = [make_signature(letter, network_hash="a") for _ in range(3)]
    alone, unknown = make_signature(letter, network_hash="b"), make_signature(letter)
    make_signature(make_letter(), network_hash="a")
    make_signature(make_letter(), network_hash="b")
    for each in several:
        assert "2 other signatures came from the same one" in words(desk.get(address(each)).text)
    for each in (alone, unknown):
        assert "from the same one" not in desk.get(address(each)).text


@ON_SQLITE
def test_what_they_were_asked_is_what_they_read_whatever_the_letter_asks_today(desk: Reader, letter: Letter) -> None:
    for then, today in product(WORDINGS, WORDINGS):
        signature = make_signature(letter, wording=WORDINGS[then])
        with write():
            letter.public_list = today
        page = desk.get(address(signature))
        assert page.status_code == 200
        told, asked = words(page.text), [then == "yes", then == "initials"]
        assert [part in told for part in ("“Show my line", "“Show my initials")] == asked, (then, today)
        assert "“The organisers may write to me about this letter.” (no)" in told, (then, today)


@ON_SQLITE
def test_who_wants_no_more_news_is_not_said_to_have_left_the_box_empty(desk: Reader, letter: Letter) -> None:
    signature = make_signature(letter, news=True, wording=WORDING)
    choose(signature.id, signature.link_nonce, "news", False)
    page = words(desk.get(address(signature)).text)
    assert "not ticked" not in page
    assert "What they were asked, and their answer today" in page and "about this letter.” (no)" in page


@ON_SQLITE
def test_a_hidden_one_counts_once_it_is_confirmed(desk: Reader, letter: Letter) -> None:
    hidden = make_signature(letter, hidden_at=now())
    assert "Hidden by the organisers. It counts" in desk.get(address(hidden)).text
    pending = make_signature(letter, confirmed=False, hidden_at=now())
    page = desk.get(address(pending)).text
    assert "it does not count" in page and "It counts" not in page


@ON_SQLITE
def test_who_was_imported_is_said_to_have_seen_no_form_and_asked_for_nothing(desk: Reader, letter: Letter) -> None:
    imported = make_signature(letter, origin="import", wording="import", published=False)
    page = words(desk.get(address(imported)).text)
    assert "A file of earlier signatures" in page and "of the form" not in page
    assert "They have not agreed to be named" in page
    assert "of the form" not in words(desk.get(mine_path(imported)).text)


@ON_SQLITE
def test_an_editor_reads_the_address(client: Reader, letter: Letter) -> None:
    signature = make_signature(letter, email="zoe@example.org")
    client.log_in(make_member(letter, Role.EDITOR))
    assert "zoe@example.org" in client.get(address(signature)).text


def test_what_is_no_signature_is_not_found(desk: Reader, letter: Letter) -> None:
    for name in ("nobody", "é", "x" * 300, "a'b"):
        assert desk.get(f"/manage/letters/{letter.id}/signatures/{name}").status_code == 404


@ON_SQLITE
def test_a_flag_says_what_it_means_and_goes_once_it_looks_right(desk: Reader, letter: Letter) -> None:
    signature = make_signature(letter)
    with write() as session:
        session.add(Flag(letter_id=letter.id, signature_id=signature.id, kind="joke"))
    page = desk.get(address(signature)).text
    assert "This looks right" in page
    fields = {"csrf_token": desk.fields(address(signature))["csrf_token"], "kind": "joke", "id": str(signature.id)}
    desk.post(f"/manage/letters/{letter.id}/review/clear", data=fields)
    assert "This looks right" not in desk.get(address(signature)).text


def test_the_link_is_mailed_again_within_the_budget_then_refused_in_words(desk: Reader, letter: Letter) -> None:
    signature = make_signature(letter, confirmed=False, email="zoe@example.org")
    assert f'data-once action="{address(signature, "/resend")}"' in desk.get(address(signature)).text
    for _ in range(3):
        assert "A new email with the link is on its way" in press(desk, signature, "/resend")
    assert [mail.recipient for mail in posted()] == ["zoe@example.org"] * 3
    refused = press(desk, signature, "/resend")
    # Not when: the moment would be that of a mail about another letter, which this team knows nothing of.
    assert "received all the emails it may for now. Try again another day." in refused and len(posted()) == 3
    assert db.session.query(Event).filter_by(verb=Verb.CONFIRMATION_RESENT, signature_id=signature.id).count() == 3
    all_leave()
    with time_machine.travel(now() + timedelta(hours=25), tick=True):
        assert "on its way" in press(desk, signature, "/resend")


def test_whoever_goes_while_their_button_is_pressed_is_not_found(app: Flask, letter: Letter) -> None:
    def correct(signature: Signature) -> None:
        words, seen_as = {**actions.words_of(signature), "role": "maire"}, actions.shown_as(signature)
        actions.correct(signature, by=owner_of(signature.letter), words=words, reason="x", seen_as=seen_as)

    def resend(signature: Signature) -> None:
        actions.resend(signature, by=owner_of(signature.letter))

    def pressed(act: Callable[[Signature], None], number: int) -> None:
        act(db.session.get_one(Signature, number))

    signed = [(act, make_signature(letter, confirmed=act is correct)) for act in (correct, resend)]
    for act, number, nonce in [(act, one.id, one.link_nonce) for act, one in signed]:
        # The site answers the first as what is not there; the second is met where the one who writes was through.
        with pytest.raises((ObjectDeletedError, NoResultFound)):
            take_turns(app, partial(erase, number, nonce), partial(pressed, act, number), 3)


def test_a_correction_that_two_take_back_at_once_is_taken_back_once(app: Flask, letter: Letter) -> None:
    signature, by = make_signature(letter, email="zoe@example.org"), owner_of(letter)
    words, seen_as = {**actions.words_of(signature), "role": "maire"}, actions.shown_as(signature)
    actions.correct(signature, by=by, words=words, reason="x", seen_as=seen_as)
    correction = last_correction(signature)
    assert correction
    number, event_id = signature.id, correction.id

    def press() -> None:
        found = db.session.get_one(Signature, number)
        actions.undo_correction(found, by=owner_of(found.letter), event_id=event_id)

    def press_too() -> None:
        with pytest.raises(ChangedMeanwhile):
            press()

    take_turns(app, press, press_too, 2)
    assert len(posted()) == 2


@ON_SQLITE
def test_who_asked_for_no_more_mail_is_not_written_to(desk: Reader, letter: Letter) -> None:
    signature = make_signature(letter, confirmed=False)
    suppress(signature.mailbox_key or "")
    assert "asked this site not to write again" in press(desk, signature, "/resend")
    assert posted() == []


@ON_SQLITE
def test_what_is_confirmed_or_too_late_is_not_mailed_again(desk: Reader, letter: Letter) -> None:
    signature = make_signature(letter)
    assert "is not waiting to be confirmed" in press(desk, signature, "/resend")
    attested = make_signature(letter, confirmed=False, attested_at=now(), counted_at=now())
    assert "is not waiting to be confirmed" in press(desk, attested, "/resend")
    again = make_signature(letter, email=signature.email, confirmed=False)
    assert "is not waiting to be confirmed" in press(desk, again, "/resend")  # nothing is gained by confirming it
    waiting = make_signature(letter, confirmed=False)
    with write():
        letter.closed_at = now() - timedelta(days=4)
    assert "is not waiting to be confirmed" in press(desk, waiting, "/resend")
    assert posted() == []


def test_a_section_is_set_kept_to_a_line_and_taken_away(desk: Reader, letter: Letter) -> None:
    signature = make_signature(letter)
    assert "section is saved" in press(desk, signature, "/section", section="  Les  élus ")
    assert signature.section == "Les élus"
    assert 'value="Les élus"' in desk.get(address(make_signature(letter))).text  # suggested to the next
    token = desk.fields(address(signature))["csrf_token"]
    answer = desk.post(address(signature, "/section"), data={"csrf_token": token, "section": "x" * 101})
    assert answer.status_code == 422 and signature.section == "Les élus"
    press(desk, signature, "/section", section="")
    assert signature.section == ""
    told = [event.details["after"] for event in db.session.query(Event).filter_by(verb=Verb.SECTION_CHANGED)]
    assert told == ["Les élus", ""]
    assert "Changed the section of" in desk.get(address(signature)).text


@ON_SQLITE
def test_only_who_counts_becomes_a_first_signatory_and_can_go_back(desk: Reader, letter: Letter) -> None:
    waiting, counted = make_signature(letter, confirmed=False), make_signature(letter, section="Élus")
    assert "Only a signature that counts" in press(desk, waiting, "/first", first="yes")
    for each in (counted, make_signature(letter, section="Élus"), counted):  # pressed again, it stays where it is
        press(desk, each, "/first", first="yes")
    assert (waiting.position, counted.position, counted.section) == (None, 1, "Élus")
    press(desk, counted, "/first", first="no")
    assert counted.position is None
    left = desk.get(f"/manage/letters/{letter.id}/first/lines/{counted.public_id}")  # a link of the page of before
    assert "This is not a first signatory." in desk.get(left.location or "").text


def test_one_signature_is_hidden_held_and_brought_back_like_several(desk: Reader, letter: Letter) -> None:
    signature = make_signature(letter)
    for verb, opposite in (("hide", "show"), ("hold", "release")):
        for act in (verb, opposite):
            links = re.findall(r'href="([^"]*batches/new[^"]*)"', desk.get(address(signature)).text)
            [link] = [unescape(each) for each in links if f"verb={act}" in each]
            answer = desk.post(link, data={**desk.fields(link), "reason": "Doute"})
            assert answer.status_code == 303, act
            desk.post(f"{answer.location}/advance", data=desk.fields(link))
            changed = signature.hidden_at if verb == "hide" else signature.held_at
            assert (changed is not None) is (act == verb)
            offered = "you can hold it" in desk.get(address(signature)).text
            assert offered is (signature.held_at is None)
