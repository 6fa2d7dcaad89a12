"""What readers saw above people's names stays in the history, but for a misprint of the first minutes."""

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from tests.asking.again import ask
from tests.databases import ON_SQLITE
from tests.factories import confirm_path, latest_signature, make_invited, make_letter, make_signature, owner_of
from tests.invitations.answers import accept
from tests.letters.test_revising import correct, texts
from tests.moderation.acting import do
from tests.page import Reader
from tribune.database import db
from tribune.letters.actions import ReasonMissing
from tribune.letters.life import publish
from tribune.letters.models import Letter
from tribune.mine.actions import withdraw
from tribune.mine.erasing import erase
from tribune.signatures.models import Signature

THEN = datetime.now(UTC) + timedelta(days=1)  # later than the last of all tests begins
A_WHILE = timedelta(minutes=11)


@pytest.fixture
def confirmed(client: Reader) -> Letter:
    """A letter under which somebody has confirmed a signature."""
    letter = make_letter(slug="rues")
    client.sign("rues")
    client.post(confirm_path(latest_signature()))
    return letter


def test_words_that_readers_saw_above_the_names_stay_though_nobody_signed_them(
    client: Reader, confirmed: Letter
) -> None:
    with time_machine.travel(THEN):
        correct(confirmed, "Votez pour X.", reason="Une coquille.")
    with time_machine.travel(THEN + A_WHILE):
        correct(confirmed, "Un paragraphe.", reason="Une virgule.")
    assert texts(confirmed) == [
        (1, "Un paragraphe.", ""),
        (2, "Votez pour X.", "Une coquille."),
        (3, "Un paragraphe.", "Une virgule."),
    ]
    assert "Votez pour X." in client.get("/letters/rues/versions/2").text


def test_a_misprint_is_set_right_in_place_for_some_minutes_counted_from_the_first_words(confirmed: Letter) -> None:
    with time_machine.travel(THEN):
        correct(confirmed, "Deux fautse.", reason="Une coquille.")
    with time_machine.travel(THEN + A_WHILE / 2):
        assert correct(confirmed, "Une fautse.", reason="Des coquilles.").number == 2
    with time_machine.travel(THEN + A_WHILE):
        assert correct(confirmed, "Une faute.", reason="Encore une.").number == 3
    assert [(number, reason) for number, _, reason in texts(confirmed)][1:] == [
        (2, "Une coquille. – Des coquilles."),
        (3, "Encore une."),
    ]


def test_what_stands_above_the_names_of_who_was_attested_or_has_not_confirmed_stays_too(client: Reader) -> None:
    attested, signed = make_letter(first="Léa Martin"), make_letter(slug="rues")
    client.sign("rues")
    for letter in (attested, signed):
        with time_machine.travel(THEN):
            correct(letter, "Votez pour X.")
        with time_machine.travel(THEN + A_WHILE):
            assert correct(letter, "Un paragraphe.").number == 3


def test_what_readers_have_not_seen_yet_is_edited_in_place(app: Flask) -> None:
    letter = make_letter(published=False)
    accept(make_invited(letter))
    with time_machine.travel(THEN):
        correct(letter, "Deux.", reason="Une coquille.")
    with time_machine.travel(THEN + A_WHILE):
        assert correct(letter, "Deux, encore.", reason="Une autre.").number == 2
        publish(letter)
    with time_machine.travel(THEN + 3 * A_WHILE):
        assert correct(letter, "Trois.", reason="Une troisième.").number == 3


@ON_SQLITE
def test_what_readers_saw_above_names_stays_though_all_are_held_or_leave_before_anybody_was_told(app: Flask) -> None:
    held, _, _ = letters = [make_letter(published=False, first="Léa Martin") for _ in range(3)]
    _, leaves, erases = db.session.scalars(sa.select(Signature).order_by(Signature.id)).all()
    for letter in letters:
        publish(letter, at=THEN)
    with time_machine.travel(THEN + timedelta(seconds=1)):
        do(held, "hold")
        withdraw(leaves.id, leaves.link_nonce)
        erase(erases.id, erases.link_nonce)
        assert [correct(letter, "Votez pour X.").number for letter in letters] == [2, 2, 2]


def test_under_a_published_letter_that_nobody_signed_nothing_is_kept(app: Flask) -> None:
    with time_machine.travel(THEN):
        letter = make_letter()
    with time_machine.travel(THEN + A_WHILE):
        assert correct(letter, "Un autre.").number == 1


def test_the_kind_counts_before_the_first_confirmation(app: Flask) -> None:
    letter = make_letter(first="Léa Martin")
    assert correct(letter, "Votez pour X.", substance=True).asks_again
    assert correct(letter, "Votez pour X !").asks_again  # of which a misprint was set right
    assert ask(letter).total == 1


def test_who_confirms_earlier_words_is_asked_though_they_are_the_first_to_confirm(client: Reader) -> None:
    letter = make_letter(slug="rues")
    client.sign("rues")
    path = confirm_path(latest_signature())
    correct(letter, "Votez pour X.", substance=True)
    answer = client.post(path, data=client.fields(path))
    assert letter.confirmed_count == 0 and latest_signature().waits_for_agreement
    led = client.get(answer.location or "").location or ""
    assert led.startswith("/signatures/agree/")
    assert client.post(led, data={"answer": "yes", "version": letter.version.digest}).status_code == 303
    assert letter.confirmed_count == 1


@ON_SQLITE
def test_a_reason_is_not_asked_before_anybody_confirmed_and_the_kind_not_before_anybody_signed(app: Flask) -> None:
    letter = make_letter()
    assert not correct(letter, "Votez pour X.", substance=True).asks_again
    make_signature(letter, confirmed=False)
    assert letter.version_number == 1
    draft = make_letter(published=False, first="Léa Martin")
    assert not correct(draft, "Un autre début.", substance=True).asks_again
    accept(make_invited(draft))
    with pytest.raises(ReasonMissing):
        correct(draft, "Trois.", by=owner_of(draft))
    assert correct(letter, "Votez pour Y.").text == "Votez pour Y."  # under this one nobody has confirmed
