"""A mailbox that sends mails back keeps nobody from correcting a line, and is named where nothing leaves for it."""

from datetime import datetime, timedelta

import pytest

from tests.databases import ON_SQLITE
from tests.factories import make_signature, posted
from tests.page import Reader
from tests.people.test_one_signature import address, words
from tribune.clocks import clock
from tribune.database import db, now, write
from tribune.letters.models import Letter
from tribune.outbox.models import BOUNCES_COUNT_FOR, MOST_BOUNCES, Mailbox
from tribune.people import actions
from tribune.people.queries import silent_until
from tribune.signatures.models import Signature


def sends_back(signature: Signature, times: int = MOST_BOUNCES) -> datetime:
    """So many mails came back from its mailbox, the last one at this moment."""
    moment = now() - timedelta(days=2)
    with write() as session:
        session.add(Mailbox(key=signature.mailbox_key or "", hard_bounces=times, bounced_at=moment))
    return moment


@ON_SQLITE
@pytest.mark.parametrize("times", [MOST_BOUNCES, MOST_BOUNCES - 1])
def test_a_line_is_corrected_and_it_is_said_that_its_owner_is_not_told(
    desk: Reader, letter: Letter, times: int
) -> None:
    signature, told = make_signature(letter, role="maire"), times < MOST_BOUNCES
    sends_back(signature, times)
    typed = {name: value or "" for name, value in actions.words_of(signature).items()}
    form = {**desk.fields(address(signature, "/correct")), **typed, "role": "éditrice", "reason": "Une coquille."}
    shown = desk.post(address(signature, "/correct"), data=form).text
    assert ("emails to this address are returned" in shown) is not told and ('<pre class="mail"' in shown) is told
    answer = desk.post(address(signature, "/correct"), data={**form, "step": "save"})
    assert answer.status_code == 303 and signature.role == "éditrice" and len(posted()) == told
    assert ("Nobody was told by email" in desk.get(answer.location).text) is not told
    undo = address(signature, "/correct/undo")
    assert ("emails to this address are returned" in desk.get(undo).text) is not told
    assert desk.post(undo, data=desk.fields(undo)).status_code == 303 and signature.role == "maire"


def test_the_link_is_not_mailed_again_and_it_is_said_why_and_until_when(desk: Reader, letter: Letter) -> None:
    signature = make_signature(letter, confirmed=False)
    until = sends_back(signature) + BOUNCES_COUNT_FOR
    assert silent_until(signature.mailbox_key or "") == until
    token = desk.fields(address(signature))["csrf_token"]
    answer = desk.post(address(signature, "/resend"), data={"csrf_token": token})
    said = words(desk.get(answer.location).text)
    with desk.application.test_request_context(headers={"Accept-Language": "en"}):
        when = clock(letter.zone)(until)
    assert f"emails to this address are returned. Try after {when}." in said and posted() == []
    with write():
        db.session.get_one(Mailbox, signature.mailbox_key).bounced_at = now() - BOUNCES_COUNT_FOR
    assert silent_until(signature.mailbox_key or "") is None
