"""Who answers whether they sign the new words: once, the words they read, and while there is time."""

from collections.abc import Callable
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.asking.again import agree, ask, counts, disagree
from tests.databases import ON_SQLITE
from tests.factories import confirm_path, make_correction, make_invited, make_letter, make_signature, owner_of
from tests.invitations.answers import accept
from tests.moderation.acting import back
from tests.page import Reader, words
from tests.threads import LONG, at_once
from tribune.asking import actions as asking
from tribune.asking.queries import answers, reached_by_nobody, refusals
from tribune.audit.models import Event
from tribune.database import db, now, write
from tribune.letters.actions import revise
from tribune.letters.life import publish
from tribune.letters.models import Letter, Version
from tribune.mine.actions import withdraw
from tribune.moderation import pieces
from tribune.moderation.actions import advance, start
from tribune.moderation.models import Batch
from tribune.signatures.actions import LetterClosed, SignatureUnknown, TextChanged, confirm
from tribune.signatures.counting import recount
from tribune.signatures.links import agree_link
from tribune.signatures.models import Signature

ON_ITS_WAY = "une page déjà ouverte peut encore montrer la liste et le nombre d’avant"


def test_who_confirms_old_words_after_the_change_counts_once_they_agree(letter: Letter, client: Reader) -> None:
    signature = make_signature(letter, confirmed=False)
    make_correction(letter, substance=True)
    answer = client.post(confirm_path(signature))
    assert signature.confirmed_at and signature.counted_at is None and counts(letter) == (0, 0)
    led = client.get(answer.location or "").location or ""
    assert led.startswith("/signatures/agree/")
    page = client.get(led)
    assert page.status_code == 200
    assert "Signer révèle une opinion" in page.text and f"/letters/{letter.slug}/privacy" in page.text
    done = client.post(led, data={"answer": "yes", "version": letter.version.digest})
    assert done.status_code == 303 and counts(letter) == (1, 0) and signature.letter_version == 2
    assert ON_ITS_WAY in client.get(done.location or "").text and ON_ITS_WAY not in client.get(led).text


@ON_SQLITE
def test_whoever_signed_the_new_words_too_is_led_there_by_that_link_of_theirs(letter: Letter, client: Reader) -> None:
    before = make_signature(letter, confirmed=False, email="zoe@example.org")
    make_correction(letter, substance=True)
    since, elsewhere = (
        make_signature(letter, confirmed=False, email=f"{name}@example.org") for name in ("Zoe", "zoe+x")
    )
    client.post(confirm_path(before))
    client.post(confirm_path(since))
    assert (client.get(confirm_path(since)).location or "").startswith("/signatures/agree/")
    assert "un autre courriel" in client.get(confirm_path(elsewhere)).text  # where that may be another's mailbox


def test_so_does_who_is_held_and_counts_once_released(letter: Letter, client: Reader) -> None:
    signature, _other = make_signature(letter, confirmed=False, held_at=now()), make_signature(letter)
    make_correction(letter, substance=True)
    ask(letter)
    client.post(confirm_path(signature))
    led = client.get(confirm_path(signature)).location or ""
    assert led.startswith("/signatures/agree/")
    for answer in ("yes", "no"):  # signed is signed
        done = client.post(led, data={"answer": answer, "version": letter.version.digest}).location or ""
        assert done.partition("?")[0] == led and ON_ITS_WAY in client.get(done).text  # as others read it
    assert ON_ITS_WAY not in client.get(led).text  # nor do others by the link of the mail
    assert counts(letter) == (0, 0) and "C’est signé" in client.get(confirm_path(signature)).text
    advance(start(letter, by=owner_of(letter), verb="release", choice={"ids": [signature.id]}), LONG)
    assert counts(letter) == (1, 0)


def test_who_says_no_is_told_apart_from_who_is_silent_and_is_asked_anew_about_another_text(letter: Letter) -> None:
    first, second, third = (make_signature(letter) for _ in range(3))
    make_correction(letter, substance=True)
    make_signature(letter, confirmed=False)
    one = ask(letter)
    disagree(first)
    said_at = first.disagreed_at
    disagree(first)  # twice is once
    agree(second)
    disagree(second)  # signed is signed
    assert said_at and first.disagreed_at == said_at and second.disagreed_at is None
    assert answers(letter, [one]) == (1, 1, 1, 0, 0, 0) and counts(letter) == (1, 0)
    assert refusals(letter, 2) == ([first], [], False)
    with pytest.raises(SignatureUnknown):
        asking.disagree(third.id, "another", letter.version.digest)
    make_correction(letter, substance=True)
    two = ask(letter)
    assert first.disagreed_at is None and answers(letter, [two]) == (0, 0, 3, 0, 0, 0)


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
    assert letter.version.signed_at and not letter.version.frozen_at  # nobody has confirmed it
    event = db.session.scalars(sa.select(Event).where(Event.verb == "agreements_attested")).one()
    assert event.details["count"] == 1


def test_words_that_somebody_declined_or_agreed_to_unasked_are_edited_no_more(letter: Letter) -> None:
    signature = make_signature(letter, confirmed=False)
    make_correction(letter, substance=True)
    confirm(signature.id, signature.link_nonce)
    for number, answer in (2, disagree), (3, agree):
        read = letter.version.digest
        answer(signature)
        revise(letter, by=None, text=f"Autre chose {number}.", reason="Une coquille.")
        assert letter.version_number == number + 1
        assert db.session.scalars(sa.select(Version).where(Version.number == number)).one().digest == read
    assert signature.letter_version == 3


@ON_SQLITE
def test_a_change_about_which_people_were_asked_is_called_no_correction_any_more(letter: Letter) -> None:
    make_signature(letter)
    make_correction(letter, substance=True)
    ask(letter)
    with pytest.raises(asking.NothingToAsk):
        asking.take_back(letter, owner_of(letter), letter.version.digest)
    assert letter.version.asks_again


@ON_SQLITE
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


def test_only_the_words_that_were_read_are_refused(client: Reader, letter: Letter) -> None:
    signature = make_signature(letter)
    make_correction(letter, substance=True)
    ask(letter)
    path = urlsplit(agree_link(signature).url()).path
    typed = {**client.fields(path), "answer": "no"}
    make_correction(letter, substance=True)
    answer = client.post(f"{path}?lang=en", data=typed)
    assert answer.status_code == 409 and "was changed again while you were reading" in answer.text
    assert signature.disagreed_at is None
    assert client.post(path, data={**typed, **client.fields(path)}).status_code == 303
    assert signature.disagreed_at and refusals(letter, 3).present == [signature]
    unproved = make_signature(letter, confirmed=False)
    assert client.get(urlsplit(agree_link(unproved).url()).path).status_code == 404


def test_who_refused_other_words_is_not_said_to_refuse_those_of_today(letter: Letter) -> None:
    signature = make_signature(letter)
    make_correction(letter, substance=True)
    ask(letter)
    disagree(signature)
    assert refusals(letter, 2).present == [signature]
    make_correction(letter, substance=True)
    assert refusals(letter, 3) == ([], [], False)


def test_a_closed_letter_takes_answers_for_three_days(client: Reader, letter: Letter) -> None:
    early, late = make_signature(letter), make_signature(letter)
    make_correction(letter, substance=True)
    ask(letter)
    with write():
        letter.closed_at = now() - timedelta(hours=71)
        early.signed_at = late.signed_at = now() - timedelta(days=9)
    agree(early)
    with write():
        letter.closed_at, letter.contact = now() - timedelta(hours=73), "nous@example.org"
    with pytest.raises(LetterClosed):
        agree(late)
    assert counts(letter) == (1, 0)
    path = urlsplit(agree_link(late).url()).path
    page = client.get(path)
    assert page.status_code == 403 and "il est trop tard pour le signer" in page.text
    assert "qui peuvent rouvrir la tribune : nous@example.org" in words(page.text)
    publish(letter)
    assert client.get(path).status_code == 200


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
    monkeypatch.setattr(pieces, "AT_ONCE", 5)
    monkeypatch.setattr(pieces, "MAILS_AT_ONCE", 5)
    with write():
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

    at_once(app, [lambda: back(db.session.get_one(Batch, number)), agree_all(1), agree_all(-1)])
    assert counts(letter) == (30, 0)
    assert not any(row.waits_for_agreement for row in db.session.scalars(sa.select(Signature)))


@ON_SQLITE
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
    no = client.post(path, data={**typed, "answer": "no"}, headers={"Origin": "null"})  # Safari before 16.4
    assert no.status_code == 303 and signature.waits_for_agreement and signature.disagreed_at
    assert 'value="no"' not in client.get(no.location or "").text
    assert client.post(path, data={"answer": "yes", "version": "0" * 16}).status_code == 409
    assert client.post(path, data={**typed, "answer": "yes"}).status_code == 303
    assert signature.letter_version == 2 and client.get(path).status_code == 200
    assert client.post(path, data={**typed, "answer": "no"}).status_code == 303  # signed is signed
    assert signature.disagreed_at is None
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


def test_who_has_left_is_told_apart_from_the_silent_and_from_those_who_said_no(letter: Letter) -> None:
    silent, refused, left, left_too = (make_signature(letter) for _ in range(4))
    of_another = make_signature(make_letter())
    for each in (of_another.letter, letter):
        make_correction(each, substance=True)
        batch = ask(each)
    for signature in (refused, left_too, of_another):
        disagree(signature)
    for signature in (left, left_too):
        withdraw(signature.id, signature.link_nonce)
    assert answers(letter, [batch]) == (0, 1, 1, 0, 2, 0) and silent.waits_for_agreement
    assert refusals(letter, 2).present == [refused]


def test_who_has_left_or_stands_under_another_letter_is_not_answered_for(app: Flask) -> None:
    letter, other = (make_letter(first="Léa Martin\nNoé Petit") for _ in range(2))
    for each in (letter, other):
        make_correction(each, substance=True)
        ask(each)
    lea, noe = reached_by_nobody(letter).signatures
    withdraw(lea.id, lea.link_nonce)
    assert reached_by_nobody(letter).signatures == [noe]
