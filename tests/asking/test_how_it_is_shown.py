"""Who is asked again reads how their line will be shown, also where organisers have hidden it."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
import time_machine

from tests.asking.again import agree, ask, disagree
from tests.databases import ON_SQLITE
from tests.factories import (
    confirm_path,
    make_correction,
    make_invited,
    make_letter,
    make_signature,
    mine_path,
    owner_of,
    posted,
)
from tests.invitations.answers import accept
from tests.page import Reader, words
from tribune.database import now, write
from tribune.letters.life import publish
from tribune.mine.actions import withdraw
from tribune.signatures.links import agree_link

pytestmark = ON_SQLITE

HIDDEN = "The organisers of this letter have hidden your line."


@pytest.mark.parametrize(
    ("given", "before", "after"),
    [
        ({}, "This line will be shown in the public list.", "Your line is in the public list."),
        ({"published": False}, "your name will not be shown.", "your name is not shown."),
        ({"hidden_at": now()}, HIDDEN, HIDDEN),
    ],
)
def test_before_and_after_agreeing(client: Reader, given: dict[str, Any], before: str, after: str) -> None:
    letter = make_letter(slug="rues")
    signature = make_signature(letter, **given)
    make_correction(letter, substance=True)
    ask(letter)
    path = urlsplit(agree_link(signature).url()).path
    sentences = (HIDDEN, "in the public list.", "your name will not be shown.", "your name is not shown.")

    def said() -> list[str]:
        page = client.get(f"{path}?lang=en").text
        return [sentence for sentence in sentences if sentence in page]

    assert len(said()) == 1 and said()[0] in before
    agree(signature)
    assert len(said()) == 1 and said()[0] in after


def test_who_signs_for_an_organisation_reads_so_before_and_after_agreeing(client: Reader) -> None:
    letter = make_letter()
    signature = make_signature(letter, organisation="Le Port", capacity="organisation")
    make_correction(letter, substance=True)
    ask(letter)
    assert "Vous signez au nom de l’organisation." in (posted()[0].text or "")
    path = urlsplit(agree_link(signature).url()).path
    assert "au nom de l’organisation" in client.get(path).text
    agree(signature)
    assert "au nom de l’organisation" in client.get(path).text


def test_the_link_says_what_became_of_the_signature_and_of_the_letter(client: Reader) -> None:
    letter = make_letter()
    signature = make_signature(letter)
    make_correction(letter, substance=True)
    ask(letter)
    agree(signature)
    path = urlsplit(agree_link(signature).url()).path
    withdraw(signature.id, signature.link_nonce)
    page = client.get(path)
    assert page.status_code == 200 and "Cette signature est retirée" in page.text
    with write():
        letter.taken_down_at = now()
    assert client.get(path).status_code == 403


def test_who_accepted_an_invitation_is_asked_here_once_readers_see_the_letter(client: Reader) -> None:
    letter = make_letter(published=False)
    signature = accept(make_invited(letter))
    publish(letter)
    make_correction(letter, substance=True)
    ask(letter)
    page = client.get(urlsplit(agree_link(signature).url()).path)
    assert page.status_code == 200 and 'name="answer"' in page.text


def test_organisers_see_that_somebody_who_is_asked_again_is_hidden(client: Reader) -> None:
    letter = make_letter()
    make_signature(letter, hidden_at=now())
    make_correction(letter, substance=True)
    ask(letter)
    client.log_in(owner_of(letter))
    table = client.get(f"/manage/letters/{letter.id}/signatures?lang=en").text
    assert "Signed an earlier text, asked again (hidden)" in table


def test_who_confirms_old_words_reads_first_that_they_have_changed(client: Reader) -> None:
    letter = make_letter()
    signature = make_signature(letter, confirmed=False)
    path = f"{confirm_path(signature)}?lang=en"
    changed = "The text has changed in substance since you signed it"
    assert changed not in client.get(path).text
    make_correction(letter)
    assert changed not in client.get(path).text
    make_correction(letter, substance=True)
    page = client.get(path).text
    assert changed in page and "This line will be shown" not in page


def test_who_does_not_sign_the_new_words_finds_that_answer_on_their_own_page(client: Reader) -> None:
    letter = make_letter()
    signature, other = (make_signature(letter, at=now() - timedelta(days=1)) for _ in range(2))
    make_correction(letter, substance=True)
    ask(letter)
    path, said = f"{mine_path(signature)}?lang=en", "answered that you do not sign the new one"
    assert said not in client.get(path).text
    disagree(signature)
    page = client.get(path).text
    assert said in page and "Change my answer" in page and "Declined a changed text" in page
    make_correction(letter, substance=True)  # about which nobody is asked yet
    disagree(other)
    page = client.get(path).text
    assert said not in page and "Read, and answer" in page and "Declined a changed text" in page
    agree(signature)
    assert said not in client.get(path).text
    held = json.loads(client.post(path, data={"act": "download"}).text)["signature"]
    assert held["confirmed_at"] < held["counted_at"]


NEVER, SOON = datetime(9999, 12, 31, tzinfo=UTC), datetime(2026, 12, 1, 12, tzinfo=UTC)
LATE_AT_NIGHT = datetime(2027, 10, 28, 22, 30, tzinfo=UTC)  # 72 hours later ends the day on which clocks go back


@pytest.mark.parametrize(
    ("closes", "said"), [(None, ""), (NEVER, ""), (SOON, "3 décembre 2026"), (LATE_AT_NIGHT, "30 octobre 2027")]
)
def test_the_mail_and_the_page_say_until_when_one_can_answer(
    client: Reader, closes: datetime | None, said: str
) -> None:
    with time_machine.travel("2026-11-30T12:00:00Z", tick=False):
        letter = make_letter(closes_at=closes)
        signature = make_signature(letter)
        make_correction(letter, substance=True)
        ask(letter)
        path = urlsplit(agree_link(signature).url()).path
        told = [posted()[0].text or "", client.get(path).text]
        disagree(signature)
        told.append(client.get(path).text)
    for text in map(words, told):
        assert (f"Vous pouvez répondre jusqu’au {said}." in text) if said else ("jusqu’au" not in text)
