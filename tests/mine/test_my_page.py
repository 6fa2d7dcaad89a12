"""The page of one's own signature: who opens it, what it tells, and that looking changes nothing."""

import json
from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from tests.databases import ON_SQLITE
from tests.factories import (
    everything,
    make_correction,
    make_letter,
    make_signature,
    mine_path,
    owner_of,
    posted,
)
from tests.moderation.acting import do_to
from tests.page import Reader
from tribune.asking.actions import ask
from tribune.audit.actions import record
from tribune.audit.models import Verb
from tribune.database import now, write
from tribune.mine import actions
from tribune.moderation.actions import advance
from tribune.organisations.actions import merge
from tribune.organisations.actions import undo as undo_merge
from tribune.people.actions import correct, shown_as, words_of
from tribune.people.first import set_first, set_section
from tribune.signatures.actions import SignatureUnknown
from tribune.signatures.mails import post_ask_to_confirm
from tribune.signatures.models import Signature

pytestmark = pytest.mark.usefixtures("in_english")


@ON_SQLITE
def test_looking_changes_nothing(client: Reader) -> None:
    path = mine_path(make_signature(make_letter()))
    before = everything()
    for page in ("", "/correct", "/erase"):
        for method in ("GET", "HEAD", "OPTIONS"):
            assert client.open(path + page, method=method).status_code == 200
    assert everything() == before


def test_it_works_for_years_and_after_closing(client: Reader) -> None:
    letter = make_letter()
    signature = make_signature(letter)
    path = mine_path(signature)
    with write():
        letter.closed_at = now()
    with time_machine.travel(now() + timedelta(days=2000)):
        assert client.get(path).status_code == 200
        client.post(path, data={"act": "withdraw"})
    assert signature.withdrawn_at and letter.confirmed_count == 0


def test_a_new_nonce_revokes_it(client: Reader) -> None:
    signature = make_signature(make_letter())
    path = mine_path(signature)
    with write():
        signature.link_nonce = "another"
    for page in ("", "/correct", "/erase"):
        assert client.get(path + page).status_code == client.post(path + page).status_code == 410
    with pytest.raises(SignatureUnknown):  # also if it comes while the button is being pressed
        actions.withdraw(signature.id, "before")
    assert signature.withdrawn_at is None


@ON_SQLITE
def test_a_browser_that_tells_no_origin_of_a_page_without_referrer_is_served(client: Reader) -> None:
    signature = make_signature(make_letter())
    answer = client.post(mine_path(signature), data={"act": "withdraw"}, headers={"Origin": "null"})
    assert answer.status_code == 303 and signature.withdrawn_at


@ON_SQLITE
def test_an_act_there_is_not_does_nothing(client: Reader) -> None:
    path = mine_path(make_signature(make_letter()))
    before = everything()
    assert client.post(path, data={"act": "publish"}).status_code == client.post(path).status_code == 400
    assert everything() == before


@ON_SQLITE
def test_what_is_agreed_already_is_agreed_no_second_time(client: Reader) -> None:
    path = mine_path(make_signature(make_letter(), wording="2026-11"))
    for act in ("show", "stop-news"):
        before = everything()
        client.post(path, data={"act": act})
        assert everything() == before, act


STANDS: list[tuple[dict[str, object], list[str]]] = [
    (
        {},
        [
            "your line is in the public list",
            "If you withdraw your signature, it is no longer counted or shown, from that moment on",
        ],
    ),
    ({"published": False}, ["your name is not shown", "It is not in the public list"]),
    ({"news": False}, ["The organisers may not write to you"]),
    ({"news": True}, ["The organisers may write to you"]),
    ({"hidden_at": now()}, ["have hidden your line", "If you hide it, it will not appear there"]),
    ({"hidden_at": now(), "published": False}, ["have hidden your line", "At the moment, you do not agree"]),
    ({"withdrawn_at": now(), "counted_at": None}, ["It is withdrawn"]),
    ({"confirmed_at": None, "counted_at": None}, ["It is not counted yet"]),
]


@ON_SQLITE
def test_it_tells_in_plain_words_how_the_signature_stands(client: Reader) -> None:
    letter = make_letter()
    for given, told in STANDS:
        signature = make_signature(letter)
        with write():
            for name, value in given.items():
                setattr(signature, name, value)
        page = client.get(mine_path(signature)).text
        assert [words for words in told if words not in page] == [], given


@ON_SQLITE
def test_who_has_to_agree_to_a_new_text_is_led_there(client: Reader) -> None:
    letter = make_letter()
    signature = make_signature(letter)
    make_correction(letter, by=owner_of(letter), substance=True)
    with write():
        signature.counted_at = None
    page = client.get(mine_path(signature)).text
    assert "changed in substance" in page and "/signatures/agree/" in page


@ON_SQLITE
@pytest.mark.parametrize("given", [{"hidden_at": now()}, {"counted_at": None, "letter_version": 1}])
def test_what_a_button_did_is_told_without_saying_more(client: Reader, given: dict[str, object]) -> None:
    letter = make_letter()
    signature = make_signature(letter, published=False)
    make_correction(letter, by=owner_of(letter), substance=True)
    with write():
        for name, value in given.items():
            setattr(signature, name, value)
    path = mine_path(signature)
    page = client.get(client.post(path, data={"act": "show"}).location).text
    assert "You agree to have your line shown." in page and "Your line is in the public list" not in page
    page = client.get(client.post(path, data={"act": "hide"}).location).text
    assert "You no longer agree to have your line shown." in page and "You are still counted" not in page


def held(signature: Signature) -> None:
    with write():
        signature.held_at, signature.counted_at = now(), None


@ON_SQLITE
def test_what_organisers_made_of_a_line_without_writing_is_told(client: Reader) -> None:
    letter = make_letter()
    zoe, ana = (make_signature(letter, given_name=name, organisation="C.N.R.S.") for name in ("Zoé", "Ana"))
    printed, heading = "have it printed as", "under the heading"
    assert not any(words in client.get(mine_path(zoe)).text for words in (printed, heading))
    merge(letter, ["c n r s"], "Parti du oui", owner_of(letter))
    set_section(letter, zoe, "Ceux du oui", by=owner_of(letter))  # which readers see above first signatories alone
    assert heading not in client.get(mine_path(zoe)).text
    set_first(letter, zoe, True, by=owner_of(letter))
    told = f"Your organisation was given as “C.N.R.S.”; the organisers of this letter {printed} “Parti du oui”"
    assert told in client.get(mine_path(ana)).text
    assert f"{heading} “Ceux du oui”" in client.get(mine_path(zoe)).text
    undo_merge(letter, "c n r s", owner_of(letter))
    assert printed not in client.get(mine_path(zoe)).text


@ON_SQLITE
def test_who_is_held_as_suspect_does_not_learn_it(client: Reader) -> None:
    letter = make_letter()
    shown, hidden = (make_signature(letter, given_name="Mickey", family_name="Mouse") for _ in range(2))
    with write():
        hidden.hidden_at = now()
    for signature in (shown, hidden):
        path = mine_path(signature)
        page, file = client.get(path).text, client.post(path, data={"act": "download"}).text
        about = {"team_id": letter.team_id, "letter_id": letter.id, "signature_id": signature.id}
        record(Verb.SIGNATURES_HELD, by=None, reason="A fake", **about)
        held(signature)
        assert (client.get(path).text, client.post(path, data={"act": "download"}).text) == (page, file)


@ON_SQLITE
@pytest.mark.parametrize("origin", ["attested", "import"])
def test_nor_does_who_is_answered_for(client: Reader, origin: str) -> None:
    at, signed_at = now(), now() - timedelta(days=300)
    moments = {"attested_at": at, "counted_at": signed_at if origin == "import" else at}
    signature = make_signature(make_letter(), confirmed=False, origin=origin, at=signed_at, **moments)
    file = client.post(mine_path(signature), data={"act": "download"}).text
    held(signature)
    assert client.post(mine_path(signature), data={"act": "download"}).text == file
    actions.withdraw(signature.id, signature.link_nonce)  # then as of anybody who has left
    left = json.loads(client.post(mine_path(signature), data={"act": "download"}).text)["signature"]
    assert left["status"] == "withdrawn" and left["counted_at"] is None


@ON_SQLITE
def test_whom_the_organisers_answer_for_is_not_told_to_have_agreed_when_signing(client: Reader) -> None:
    letter, at = make_letter(), now()
    agreed, vouched = "Agreed when signing", "The organisers say that you agreed, and vouch for it."
    own = make_signature(letter)
    attested = make_signature(letter, confirmed=False, attested_at=at, counted_at=at)
    asked = make_signature(letter, confirmed=False, origin="import")
    for signature, told in ((own, (True, False)), (attested, (False, True)), (asked, (False, False))):
        page = client.get(mine_path(signature)).text
        assert (agreed in page, vouched in page) == told, signature.origin


def test_one_that_waits_can_be_erased_and_not_confirmed(client: Reader) -> None:
    signature = make_signature(make_letter(), confirmed=False)
    path = mine_path(signature)
    page = client.get(path).text
    assert 'href="/signatures/confirm' not in page and "you can then correct it here" in page
    before = everything()
    for act in ("withdraw", "hide", "sign-again"):
        client.post(path, data={"act": act})
        assert everything() == before, act
    assert client.get(f"{path}/correct").location == path
    assert client.post(f"{path}/erase").status_code == 303
    assert client.get(path).status_code == 410


@ON_SQLITE
def test_the_file_holds_everything(client: Reader) -> None:
    letter = make_letter(slug="rues", title="Pour des rues")
    signature = make_signature(letter, email="zoe@example.org", role="maire", wording="2026-11")
    with write():
        post_ask_to_confirm(signature, "zoe@example.org")
    actions.choose(signature.id, signature.link_nonce, "news", True)
    answer = client.post(mine_path(signature), data={"act": "download"})
    assert answer.mimetype == "application/json"
    assert answer.headers["Content-Disposition"] == "attachment; filename=rues-my-signature.json"
    found = json.loads(answer.text)
    assert found["letter"]["title"] == "Pour des rues" and found["letter"]["version"] == 1
    assert found["signature"]["email"] == "zoe@example.org" and found["signature"]["role"] == "maire"
    assert found["signature"]["wording"] == "2026-11" and found["signature"]["status"] == "counts"
    assert [mail["kind"] for mail in found["mails"]] == ["ask_to_confirm"]
    assert [event["act"] for event in found["history"]] == ["consent_changed"]
    assert signature.link_nonce not in answer.text


@ON_SQLITE
def test_every_mail_that_organisers_cause_leads_here(app: Flask) -> None:
    letter = make_letter()
    signature, owner = make_signature(letter), owner_of(letter)
    words = {**words_of(signature), "role": "maire"}
    correct(signature, by=owner, words=words, reason="Une coquille", seen_as=shown_as(signature))
    do_to("hide", signature, tells=True)
    make_correction(letter, by=owner, substance=True)
    advance(ask(letter, owner), 1)
    assert [mail.kind for mail in posted()] == ["corrected", "hidden", "ask_to_agree"]
    for mail in posted():
        assert mail.links and mail.links["mine"]["payload"] == [signature.id, signature.link_nonce]
        assert "[[mine]]" in (mail.text or "") and 'href="[[mine]]"' in (mail.html or "")


@ON_SQLITE
def test_a_page_gone_back_to_says_no_longer_what_was_undone_since(client: Reader) -> None:
    path = mine_path(make_signature(make_letter()))
    left = client.post(path, data={"act": "withdraw"}).location
    assert "Your signature is withdrawn" in client.get(left).text
    client.post(path, data={"act": "sign-again"})
    assert "Your signature is withdrawn" not in client.get(left).text


@ON_SQLITE
def test_who_erases_what_nobody_confirmed_or_signed_by_one_word_is_told_what_stays(client: Reader) -> None:
    pending, confirmed = (make_signature(make_letter(), confirmed=done) for done in (False, True))
    stays = "If organisers have written your name about something else, it stays there"
    assert stays in client.get(f"{mine_path(pending)}/erase").text
    assert stays not in client.get(f"{mine_path(confirmed)}/erase").text
    stays = "If organisers have written your name among other words about something else, it stays there"
    assert stays not in client.get(f"{mine_path(confirmed)}/erase").text
    by_one_word = make_signature(make_letter(), given_name="", family_name="JR")
    assert stays in client.get(f"{mine_path(by_one_word)}/erase").text
