"""A change of substance: nobody's name moves under new words, and each is asked whether they sign them."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.factories import confirm_path, make_correction, make_invited, make_letter, make_signature, owner_of, posted
from tests.invitations.answers import accept
from tests.page import Reader, listed
from tests.threads import LONG, at_once
from tribune.asking import actions as asking
from tribune.asking.queries import answers, is_unasked, reached_by_nobody, refusals
from tribune.audit.models import Event
from tribune.database import db, now, write
from tribune.letters.actions import revise
from tribune.letters.models import Letter
from tribune.mine.actions import withdraw
from tribune.moderation import actions as moderation
from tribune.moderation.actions import NobodyConcerned, advance, undo
from tribune.moderation.models import Batch
from tribune.signatures.actions import LetterClosed, SignatureUnknown, TextChanged, confirm, sign
from tribune.signatures.links import agree_link
from tribune.signatures.models import Signature
from tribune.signatures.recounting import recount


@pytest.fixture
def letter(app: Flask) -> Letter:
    return make_letter(slug="rues")


def ask(letter: Letter) -> Batch:
    batch = asking.ask(letter, by=owner_of(letter))
    advance(batch, LONG)
    return batch


def back(batch: Batch) -> None:
    undo(batch, by=owner_of(batch.letter))
    advance(batch, LONG)


def do(letter: Letter, verb: str, *signatures: Signature) -> Batch:
    ids = [signature.id for signature in signatures]
    batch = moderation.start(letter, by=owner_of(letter), verb=verb, choice={"ids": ids}, reason="Un essai.")
    advance(batch, LONG)
    return batch


def agree(signature: Signature) -> Signature:
    return asking.agree(signature.id, signature.link_nonce, signature.letter.version.digest)


def counts(letter: Letter) -> tuple[int, int]:
    assert recount(letter) == (0, 0)
    return letter.confirmed_count, letter.attested_count


def dump() -> list[tuple[Any, ...]]:
    db.session.rollback()
    return [tuple(row) for row in db.session.execute(sa.select(Signature.__table__).order_by(Signature.id))]


def test_a_correction_leaves_everybody_where_they_are(letter: Letter) -> None:
    signature = make_signature(letter)
    make_correction(letter)
    assert not letter.version.asks_again and not is_unasked(letter)
    assert counts(letter) == (1, 0) and signature.letter_version == 1
    with pytest.raises(asking.NothingToAsk):
        ask(letter)


def test_until_they_agree_they_neither_count_nor_show_and_keep_what_they_signed(letter: Letter, client: Reader) -> None:
    signature = make_signature(letter, family_name="Durand")
    make_correction(letter, substance=True)
    assert is_unasked(letter) and counts(letter) == (1, 0)
    newer = make_signature(letter, family_name="Petit")
    ask(letter)
    assert not is_unasked(letter) and counts(letter) == (1, 0)
    assert signature.waits_for_agreement and signature.letter_version == 1 and signature.confirmed_at
    assert not newer.waits_for_agreement
    assert listed(client.get("/letters/rues/signatories").text) == ["Zoé Petit"]
    agree(signature)
    assert counts(letter) == (2, 0) and signature.letter_version == 2 and not signature.waits_for_agreement
    assert len(listed(client.get("/letters/rues/signatories").text)) == 2


def test_each_is_asked_once_at_the_address_they_proved(letter: Letter) -> None:
    make_signature(letter, email="zoe@example.org")
    make_signature(letter, confirmed=False)
    make_correction(letter, title="Un autre titre", substance=True)
    batch = ask(letter)
    (mail,) = posted()
    assert (mail.recipient, mail.kind) == ("zoe@example.org", "ask_to_agree") and (batch.total, batch.done) == (1, 1)
    text = mail.text or ""
    assert "Pour des rues où l’on joue" in text and "Un autre titre" in text and "Évrard" in text
    with pytest.raises(NobodyConcerned):
        ask(letter)


def test_undoing_puts_everything_back_exactly_and_nobody_has_to_agree(app: Flask) -> None:
    letter = make_letter(first="Léa Martin\nNoé Petit")
    for day in range(5):
        make_signature(letter, at=now() - timedelta(days=day))
    make_correction(letter, substance=True)
    before, numbers = dump(), counts(letter)
    batch = ask(letter)
    assert counts(letter) == (0, 0) and numbers == (5, 2)
    back(batch)
    assert dump() == before and counts(letter) == numbers and batch.done == 0
    assert not is_unasked(letter)
    with pytest.raises(asking.NothingToAsk):
        ask(letter)


def test_undoing_leaves_those_who_agreed_and_counts_those_who_confirmed_meanwhile(letter: Letter) -> None:
    agreed, waits = make_signature(letter), make_signature(letter)
    pending = make_signature(letter, confirmed=False)
    make_correction(letter, substance=True)
    batch = ask(letter)
    agree(agreed)
    confirm(pending.id, pending.link_nonce)
    assert counts(letter) == (1, 0)
    back(batch)
    assert counts(letter) == (3, 0)
    assert (agreed.letter_version, waits.letter_version, pending.letter_version) == (2, 1, 1)
    assert pending.counted_at == pending.confirmed_at and batch.done == 1


def test_after_two_changes_of_substance_undoing_the_last_leaves_the_first(letter: Letter) -> None:
    first = make_signature(letter, at=now() - timedelta(days=2))
    counted_at = first.counted_at
    make_correction(letter, substance=True)
    second = make_signature(letter)
    one = ask(letter)
    make_correction(letter, substance=True)
    two = ask(letter)
    assert two.total == 2 and counts(letter) == (0, 0)
    back(two)
    assert counts(letter) == (1, 0) and second.counted_at and first.waits_for_agreement
    back(one)
    assert counts(letter) == (2, 0) and first.counted_at == counted_at


def test_undoing_the_first_of_two_changes_moves_nobody_under_the_last(letter: Letter) -> None:
    make_signature(letter)
    make_correction(letter, substance=True)
    one = ask(letter)
    with write():
        letter.version.signed_at = now()
    make_correction(letter, substance=True)
    two = ask(letter)
    back(one)
    assert counts(letter) == (0, 0)
    back(two)
    assert counts(letter) == (1, 0)


def test_before_anybody_is_asked_it_can_be_called_a_correction(letter: Letter) -> None:
    make_signature(letter)
    pending = make_signature(letter, confirmed=False)
    make_correction(letter, substance=True)
    confirm(pending.id, pending.link_nonce)
    assert counts(letter) == (1, 0)
    asking.take_back(letter, by=owner_of(letter))
    assert counts(letter) == (2, 0) and not is_unasked(letter) and posted() == []


def test_who_confirms_old_words_after_the_change_counts_once_they_agree(letter: Letter, client: Reader) -> None:
    signature = make_signature(letter, confirmed=False)
    make_correction(letter, substance=True)
    answer = client.post(confirm_path(signature))
    assert signature.confirmed_at and signature.counted_at is None and counts(letter) == (0, 0)
    led = client.get(answer.location or "").location or ""
    assert led.startswith("/signatures/agree/")
    page = client.get(led)
    assert page.status_code == 200
    assert client.post(led, data={"answer": "yes", "version": letter.version.digest}).status_code == 303
    assert counts(letter) == (1, 0) and signature.letter_version == 2


def test_who_signs_again_while_they_wait_is_mailed_the_question_again(letter: Letter) -> None:
    make_signature(letter, email="zoe@example.org")
    make_correction(letter, substance=True)
    ask(letter)
    content = {"given_name": "Zoé", "family_name": "Évrard", "role": "", "organisation": "", "capacity": "personal"}
    sign(letter, email="zoe@example.org", published=True, news=False, wording="", **content)
    assert [mail.kind for mail in posted()] == ["ask_to_agree", "ask_to_agree"]


def test_who_says_no_is_told_apart_from_who_is_silent_and_is_asked_anew_about_another_text(letter: Letter) -> None:
    first, second, third = (make_signature(letter) for _ in range(3))
    make_correction(letter, substance=True)
    one = ask(letter)
    asking.disagree(first.id, first.link_nonce)
    said_at = first.disagreed_at
    asking.disagree(first.id, first.link_nonce)  # twice is once
    agree(second)
    asking.disagree(second.id, second.link_nonce)  # signed is signed
    assert said_at and first.disagreed_at == said_at and second.disagreed_at is None
    assert answers(letter, [one]) == (1, 1, 1) and counts(letter) == (1, 0)
    assert list(refusals(letter, 2)) == [first]
    with pytest.raises(SignatureUnknown):
        asking.disagree(third.id, "another")
    make_correction(letter, substance=True)
    two = ask(letter)
    assert first.disagreed_at is None and answers(letter, [two]) == (0, 0, 3)


def test_a_held_signature_that_agreed_counts_once_released(letter: Letter) -> None:
    agreed, silent = make_signature(letter), make_signature(letter)
    make_correction(letter, substance=True)
    ask(letter)
    do(letter, "hold", agreed, silent)
    agree(agreed)
    assert agreed.counted_at is None and counts(letter) == (0, 0)
    do(letter, "release", agreed, silent)
    assert counts(letter) == (1, 0) and agreed.counted_at and silent.waits_for_agreement


def test_undoing_a_hold_moves_nobody_under_new_words_and_they_can_be_asked(letter: Letter) -> None:
    held = make_signature(letter)
    hold = do(letter, "hold", held)
    make_signature(letter)
    make_correction(letter, substance=True)
    ask(letter)
    back(hold)
    assert held.waits_for_agreement and counts(letter) == (0, 0)
    assert ask(letter).total == 1 and len(posted()) == 2


def test_people_without_an_address_are_answered_for_by_hand(app: Flask) -> None:
    letter = make_letter(first="Léa Martin\nNoé Petit")
    signed = make_signature(letter)
    make_correction(letter, substance=True)
    ask(letter)
    lea, noe = db.session.scalars(sa.select(Signature).where(Signature.attested_at.is_not(None)).order_by(Signature.id))
    digest = letter.version.digest
    assert asking.attest_again(letter, [lea.id, signed.id], owner_of(letter), digest) == 1
    assert counts(letter) == (0, 1) and lea.letter_version == 2 and noe.waits_for_agreement
    assert asking.attest_again(letter, [lea.id], owner_of(letter), digest) == 0
    event = db.session.scalars(sa.select(Event).where(Event.verb == "agreements_attested")).one()
    assert event.details["count"] == 1


def test_only_the_words_that_were_read_are_agreed_to(letter: Letter) -> None:
    signature = make_signature(letter)
    make_correction(letter, substance=True)
    ask(letter)
    read = letter.version.digest
    make_correction(letter)
    with pytest.raises(TextChanged):
        asking.agree(signature.id, signature.link_nonce, read)
    assert signature.letter_version == 1 and counts(letter) == (0, 0)
    with pytest.raises(SignatureUnknown):
        asking.agree(signature.id, "another", letter.version.digest)
    agree(signature)
    assert signature.letter_version == 3 and counts(letter) == (1, 0)


def test_an_unsigned_version_that_is_edited_into_another_sense_asks(letter: Letter) -> None:
    make_signature(letter)
    make_correction(letter)
    with write():
        letter.version.signed_at = None
    kept = {"by": owner_of(letter), "title": letter.version.title, "standfirst": letter.version.standfirst}
    version = revise(letter, text="Tout autre chose.", reason="La demande change.", substance=True, **kept)
    assert version.number == 2 and version.asks_again


def test_a_closed_letter_takes_answers_for_three_days(client: Reader, letter: Letter) -> None:
    early, late = make_signature(letter), make_signature(letter)
    make_correction(letter, substance=True)
    ask(letter)
    with write():
        letter.closed_at = now() - timedelta(hours=71)
        early.signed_at = late.signed_at = now() - timedelta(days=9)
    agree(early)
    with write():
        letter.closed_at = now() - timedelta(hours=73)
    with pytest.raises(LetterClosed):
        agree(late)
    assert counts(letter) == (1, 0)
    assert client.get(urlsplit(agree_link(late).url()).path).status_code == 403


def test_agreeing_many_times_at_once_counts_once(app: Flask, letter: Letter) -> None:
    signature = make_signature(letter)
    make_correction(letter, substance=True)
    ask(letter)
    link = (signature.id, signature.link_nonce, letter.version.digest)
    db.session.rollback()
    at_once(app, [lambda: asking.agree(*link)] * 6)
    assert counts(letter) == (1, 0)


def test_agreeing_while_the_batch_goes_on_and_is_undone_leaves_the_counters_right(
    app: Flask, letter: Letter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(moderation, "AT_ONCE", 5)
    monkeypatch.setattr(moderation, "MAILS_AT_ONCE", 5)
    signatures = [make_signature(letter) for _ in range(30)]
    make_correction(letter, substance=True)
    batch = asking.ask(letter, by=owner_of(letter))
    number, digest = batch.id, letter.version.digest
    links = [(signature.id, signature.link_nonce) for signature in signatures]
    db.session.rollback()

    def go_on() -> None:
        advance(db.session.get_one(Batch, number), LONG)

    def agree_all(order: int) -> Callable[[], None]:
        def act() -> None:
            for link in links[::order]:
                asking.agree(*link, digest)

        return act

    at_once(app, [go_on, go_on, agree_all(1), agree_all(-1)])
    assert recount(letter) == (0, 0)

    def go_back() -> None:
        batch = db.session.get_one(Batch, number)
        undo(batch, by=owner_of(batch.letter))
        advance(batch, LONG)

    at_once(app, [go_back, agree_all(1), agree_all(-1)])
    assert counts(letter) == (30, 0)
    assert not any(row.waits_for_agreement for row in db.session.scalars(sa.select(Signature)))


def test_the_link_opens_nothing_without_its_token_and_sets_no_cookie(letter: Letter, client: Reader) -> None:
    signature = make_signature(letter)
    make_correction(letter, substance=True)
    ask(letter)
    path = agree_link(signature).url().removeprefix("http://localhost")
    page = client.get(path)
    assert page.headers["Cache-Control"] == "no-store" and page.headers["Referrer-Policy"] == "no-referrer"
    assert client.get(path + "x").status_code == 404
    other = client.post(path, data={"answer": "yes"}, headers={"Sec-Fetch-Site": "cross-site"})
    assert other.status_code == 403
    typed = client.fields(path)
    no = client.post(path, data={**typed, "answer": "no"})
    assert no.status_code == 303 and signature.waits_for_agreement and signature.disagreed_at
    assert 'value="no"' not in client.get(no.location or "").text
    assert client.post(path, data={"answer": "yes", "version": "0" * 16}).status_code == 409
    assert client.post(path, data={**typed, "answer": "yes"}).status_code == 303
    assert signature.letter_version == 2 and client.get(path).status_code == 200
    assert client.post(path, data={**typed, "answer": "no"}).status_code == 303  # signed is signed
    assert signature.disagreed_at is None
    assert counts(letter) == (1, 0)


def test_nobody_is_asked_who_could_not_answer_any_more(letter: Letter) -> None:
    make_signature(letter)
    make_correction(letter, substance=True)
    with write():
        letter.closed_at = now() - timedelta(hours=73)
    with pytest.raises(LetterClosed):
        ask(letter)
    assert counts(letter) == (1, 0)


def test_who_accepted_under_embargo_answers_on_the_page_of_their_invitation(app: Flask, client: Reader) -> None:
    letter = make_letter(published=False)
    invitation = make_invited(letter)
    signature = accept(invitation)
    make_correction(letter, substance=True)
    ask(letter)
    assert counts(letter) == (0, 0)
    path = urlsplit(agree_link(signature).url()).path
    answer = client.get(f"{path}?lang=en")
    assert answer.status_code == 303
    page = client.get(answer.location).text
    assert "changed in substance since you accepted" in page and "Accept and sign" in page and "corrigé" in page
    answer = client.post(path, data={"answer": "yes", "version": letter.version.digest})
    assert answer.location.startswith("/invitations/")
    accept(invitation)
    assert counts(letter) == (1, 0) and signature.letter_version == 2
    assert "thank you" in client.get(client.get(f"{path}?lang=en").location).text


def test_who_is_hidden_while_they_wait_to_agree_is_not_told_that_they_count(letter: Letter) -> None:
    signature = make_signature(letter)
    make_correction(letter, substance=True)
    ask(letter)
    choice = {"ids": [signature.id]}
    batch = moderation.start(letter, by=owner_of(letter), verb="hide", choice=choice, reason="Un essai.", tells=True)
    advance(batch, LONG)
    assert signature.hidden_at and [mail.kind for mail in posted()] == ["ask_to_agree"]


def test_who_has_left_is_neither_silent_nor_among_those_who_said_no(letter: Letter) -> None:
    silent, refused, left, left_too = (make_signature(letter) for _ in range(4))
    make_correction(letter, substance=True)
    batch = ask(letter)
    for signature in (refused, left_too):
        asking.disagree(signature.id, signature.link_nonce)
    for signature in (left, left_too):
        withdraw(signature.id, signature.link_nonce)
    assert answers(letter, [batch]) == (0, 1, 1) and silent.waits_for_agreement
    assert refusals(letter, 2) == [refused]


def test_who_has_left_is_not_answered_for(app: Flask) -> None:
    letter = make_letter(first="Léa Martin\nNoé Petit")
    make_correction(letter, substance=True)
    ask(letter)
    lea, noe = reached_by_nobody(letter, 2)
    withdraw(lea.id, lea.link_nonce)
    assert reached_by_nobody(letter, 2) == [noe]
