"""Words that come back are those that people signed: they count under them, and are asked nothing."""

from collections.abc import Callable
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from tests.asking.again import agree, ask, counts, disagree
from tests.factories import make_letter, make_signature, owner_of, posted
from tests.letters.test_words_shown import A_WHILE
from tests.moderation.acting import back, do_to
from tests.page import Reader
from tests.threads import LONG, at_once
from tribune.asking import actions as asking
from tribune.asking.queries import is_unasked
from tribune.database import db, now, write
from tribune.letters.models import Letter
from tribune.mine.actions import come_back, withdraw
from tribune.moderation import actions as moderation
from tribune.moderation import pieces
from tribune.moderation.actions import NobodyConcerned, advance
from tribune.moderation.models import Batch
from tribune.signatures.actions import confirm, mark
from tribune.signatures.agreement import has_to_agree
from tribune.signatures.counting import recount
from tribune.signatures.links import agree_link
from tribune.signatures.models import Signature
from tribune.signatures.table import STATUSES
from tribune.statements import there_is
from tribune.writing.actions import save


@pytest.fixture
def letter(app: Flask) -> Letter:
    """One that somebody signed, and that said "Un." then."""
    letter = make_letter(slug="rues", text="Un.")
    sign(letter)
    return letter


def sign(letter: Letter, **given: object) -> Signature:
    signature = make_signature(letter, **given)
    for moment in (type(letter.version).signed_at, type(letter.version).frozen_at):
        mark(moment, letter, letter.version_number)
    db.session.commit()
    return signature


def say(letter: Letter, text: str, substance: bool = False) -> int:
    """Save another text; the number of the version that it became."""
    by = owner_of(letter)
    db.session.refresh(letter)
    given = {"revision": letter.revision, "published_at": letter.published_at, "changes": {"text": text}, "tab": {}}
    save(letter, by=by, substance=substance, reason="Un accord.", **given)
    return letter.version_number


def first() -> Signature:
    return db.session.scalars(sa.select(Signature).order_by(Signature.id)).first()  # type: ignore[return-value]


def test_who_was_asked_about_other_words_counts_again_once_theirs_are_back(letter: Letter, client: Reader) -> None:
    signature, since = first(), first().counted_at
    sign(other := make_letter(text="Zéro."))
    say(other, "Un.")  # which brings nothing back here
    say(letter, "Deux.", substance=True)
    ask(letter)
    disagree(signature)
    assert counts(letter) == (0, 0)
    assert say(letter, "Un.") == 3
    assert counts(letter) == (1, 0) and signature.counted_at == since and signature.letter_version == 1
    assert not has_to_agree(signature) and not is_unasked(letter)
    assert not there_is(STATUSES["disagreed"])  # for the team either
    assert "These are the words of version 1 again" in client.get("/letters/rues/versions/3/changes?lang=en").text
    page = client.get(f"{urlsplit(agree_link(signature).url()).path}?lang=en").text
    assert "earlier text" not in page and "There is nothing more to do" in page
    with pytest.raises(NobodyConcerned):
        ask(letter)


def test_who_signed_what_was_said_in_between_is_asked_and_nobody_else(letter: Letter) -> None:
    say(letter, "Deux.", substance=True)
    ask(letter)
    between = sign(letter)
    agreed = sign(letter)
    say(letter, "Un.")  # called a correction, and yet what they signed was another text in substance
    assert letter.version.asks_again and is_unasked(letter)
    assert ask(letter).total == 2 and counts(letter) == (1, 0)
    assert has_to_agree(between)
    agree(agreed)
    assert counts(letter) == (2, 0)
    asking.agree(first().id, first().link_nonce, letter.version.digest)  # has nothing to agree to
    assert counts(letter) == (2, 0) and first().letter_version == 1


def test_a_change_of_substance_taken_back_in_place_is_none(letter: Letter, client: Reader) -> None:
    waits = make_signature(letter, confirmed=False)
    say(letter, "Deux.", substance=True)
    confirm(waits.id, waits.link_nonce)
    assert counts(letter) == (1, 0) and is_unasked(letter)
    assert say(letter, "Un.", substance=True) == 2  # whatever it is called
    assert not letter.version.asks_again and not is_unasked(letter) and counts(letter) == (2, 0)
    page = client.get("/letters/rues/versions/2/changes?lang=en").text
    assert "Nothing changed" in page and "layout" not in page


def test_words_that_come_back_across_corrections_alone_ask_nothing(letter: Letter) -> None:
    say(letter, "Un !")
    sign(letter)
    say(letter, "Deux.", substance=True)
    assert say(letter, "Un.") == 3 and not letter.version.asks_again  # the change of substance was edited away
    say(letter, "Quatre.", substance=True)
    sign(letter)
    say(letter, "Quatre !")
    sign(letter)
    assert say(letter, "Quatre.") == 6 and not letter.version.asks_again


def test_words_that_came_back_are_signed_and_so_edited_no_more(letter: Letter) -> None:
    say(letter, "Deux.", substance=True)
    ask(letter)
    say(letter, "Un.")
    assert say(letter, "Deux.") == 4 and letter.version.asks_again
    assert counts(letter) == (1, 0) and ask(letter).total == 1 and counts(letter) == (0, 0)


def test_a_correction_of_words_that_came_back_keeps_who_signed_them(letter: Letter) -> None:
    say(letter, "Deux.", substance=True)
    ask(letter)
    say(letter, "Un.")
    say(letter, "Un !")
    assert counts(letter) == (1, 0) and not has_to_agree(first())
    say(letter, "Trois.", substance=True)
    assert ask(letter).total == 1 and counts(letter) == (0, 0)


def test_a_question_that_has_not_left_does_not_leave_once_there_is_nothing_to_answer(letter: Letter) -> None:
    say(letter, "Deux.", substance=True)
    between = sign(letter)
    ask(letter)
    assert [mail.recipient for mail in posted()] == [first().email]
    say(letter, "Un.")
    assert posted() == []
    batch = ask(letter)
    assert [mail.recipient for mail in posted()] == [between.email]
    back(batch)
    assert posted() == []


@pytest.mark.parametrize("taken_back", [False, True])
def test_nor_does_that_of_somebody_who_is_held(letter: Letter, taken_back: bool) -> None:
    held = first()
    say(letter, "Deux.", substance=True)
    between = sign(letter)
    batch = ask(letter)
    do_to("hold", held)
    assert [mail.recipient for mail in posted()] == [held.email]  # who may be released
    if taken_back:
        back(batch)
    else:
        say(letter, "Un.")
    assert posted() == []
    if not taken_back:
        ask(letter)
        do_to("hold", between)
        say(letter, "Un !")
        assert [mail.recipient for mail in posted()] == [between.email]


@pytest.mark.parametrize("answer", [agree, disagree, lambda one: withdraw(one.id, one.link_nonce)])
def test_nor_does_that_of_somebody_who_has_answered_or_left(
    letter: Letter, answer: Callable[[Signature], object]
) -> None:
    one, other = first(), sign(letter)
    say(letter, "Deux.", substance=True)
    ask(letter)
    assert {mail.recipient for mail in posted()} == {one.email, other.email}
    answer(one)
    assert [mail.recipient for mail in posted()] == [other.email]


def test_a_correction_taken_back_asks_nobody(letter: Letter) -> None:
    say(letter, "Un, corrigé.")
    with time_machine.travel(now() + A_WHILE):
        assert say(letter, "Un.") == 3
    assert not letter.version.asks_again and counts(letter) == (1, 0)


def test_who_comes_later_with_words_that_are_back_counts_at_once(letter: Letter) -> None:
    late = make_signature(letter, confirmed=False)
    held, gone = sign(letter), sign(letter)
    do_to("hold", held)
    say(letter, "Deux.", substance=True)
    ask(letter)
    withdraw(gone.id, gone.link_nonce)
    say(letter, "Un.")
    assert counts(letter) == (1, 0)
    confirm(late.id, late.link_nonce)
    come_back(gone.id, gone.link_nonce)
    do_to("release", held)
    assert counts(letter) == (4, 0)


def test_a_batch_under_way_asks_nobody_more_once_their_words_are_back(
    letter: Letter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pieces, "MAILS_AT_ONCE", 2)
    monkeypatch.setattr(pieces, "AT_ONCE", 2)
    for _ in range(6):
        sign(letter)
    say(letter, "Deux.", substance=True)
    batch = asking.ask(letter, by=owner_of(letter))
    advance(batch, 0)
    assert counts(letter) == (5, 0)
    say(letter, "Un.")
    assert counts(letter) == (7, 0)
    advance(batch, LONG)
    assert counts(letter) == (7, 0) and batch.done == 2
    moderation.undo(batch, by=owner_of(letter))
    advance(batch, LONG)
    assert counts(letter) == (7, 0)


def test_words_that_come_back_while_people_answer_leave_the_counters_right(
    app: Flask, letter: Letter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pieces, "AT_ONCE", 5)
    monkeypatch.setattr(pieces, "MAILS_AT_ONCE", 5)
    with write():
        for _ in range(19):
            make_signature(letter, at=now() - timedelta(days=1))
    say(letter, "Deux.", substance=True)
    batch = asking.ask(letter, by=owner_of(letter))
    number, letter_id, digest = batch.id, letter.id, letter.version.digest
    links = db.session.execute(sa.select(Signature.id, Signature.link_nonce).order_by(Signature.id)).all()
    db.session.rollback()

    def agree_all(order: int) -> Callable[[], None]:
        def act() -> None:
            for signature_id, nonce in links[::order]:
                try:
                    asking.agree(signature_id, nonce, digest)
                except asking.TextChanged:
                    return

        return act

    def go_on() -> None:
        advance(db.session.get_one(Batch, number), LONG)

    def bring_back() -> None:
        say(db.session.get_one(Letter, letter_id), "Un.")

    at_once(app, [go_on, agree_all(1), agree_all(-1), bring_back])
    db.session.rollback()
    assert recount(letter) == (0, 0)
    assert counts(letter) == (20, 0)  # who agreed to the other words counts until they are asked about these


def test_words_that_come_back_are_asked_of_their_own_letter_alone(letter: Letter) -> None:
    other = make_letter(slug="autre", text="Un.")
    sign(other)
    for text in ("Deux.", "Trois.", "Quatre."):
        sign(other)
        say(other, text, substance=True)
    say(letter, "Deux.", substance=True)
    ask(letter)
    say(letter, "Un.")
    assert counts(letter) == (1, 0) and not has_to_agree(first())


def test_who_was_not_counted_again_since_the_site_stopped_is_later(
    letter: Letter, monkeypatch: pytest.MonkeyPatch
) -> None:
    say(letter, "Deux.", substance=True)
    ask(letter)
    with monkeypatch.context() as patch:
        patch.setattr(pieces, "AT_ONCE", 0)  # as if it had stopped before the first piece
        say(letter, "Un.")
    assert counts(letter) == (0, 0)
    asking.count_due()
    assert counts(letter) == (1, 0)


def test_another_language_brings_no_words_back(letter: Letter) -> None:
    say(letter, "Deux.", substance=True)
    ask(letter)
    say(letter, "Un.")
    given = {"revision": letter.revision, "published_at": letter.published_at, "changes": {"locale": "en"}, "tab": {}}
    assert save(letter, by=owner_of(letter), **given) == 0
