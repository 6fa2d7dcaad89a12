"""Who answered that they do not sign a text stands under it by no act of the organisers, whatever these call it."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.asking.again import agree, ask, counts, disagree
from tests.databases import ON_SQLITE
from tests.factories import make_correction, make_letter, make_signature, mine_path, owner_of, posted
from tests.moderation.acting import back, do_to
from tests.page import Reader
from tests.statements import listening
from tribune.asking import actions as asking
from tribune.asking import queries
from tribune.asking.queries import reached_by_nobody, refusals
from tribune.database import write
from tribune.letters.models import Letter
from tribune.letters.queries import asking_number
from tribune.mine.actions import come_back, withdraw
from tribune.mine.queries import standing
from tribune.moderation import pieces
from tribune.moderation.counting import no_change
from tribune.signatures.actions import confirm
from tribune.signatures.links import agree_link
from tribune.signatures.models import Signature


@pytest.fixture
def refused(letter: Letter) -> Signature:
    """Of somebody who does not sign the new text, which was a correction after all; another counts again."""
    signature, _other = make_signature(letter), make_signature(letter)
    make_correction(letter, substance=True)
    batch = ask(letter)
    disagree(signature)
    back(batch)
    return signature


def attested(letter: Letter) -> Signature:
    """Of somebody for whom the organisers answer, and who has the link of their own page."""
    signature = make_signature(letter)
    with write():
        signature.attested_at, signature.confirmed_at = signature.confirmed_at, None
        letter.confirmed_count -= 1
        letter.attested_count += 1
    return signature


def test_undoing_the_question_counts_who_was_silent_and_nobody_who_refused(letter: Letter, refused: Signature) -> None:
    assert counts(letter) == (1, 0) and refused.waits_for_agreement and standing(refused) == "agree"


@ON_SQLITE
def test_who_agrees_to_a_later_text_while_held_has_refused_none_once_its_question_is_undone(
    letter: Letter, refused: Signature
) -> None:
    make_correction(letter, substance=True)
    batch = ask(letter)
    hold = do_to("hold", refused)
    agree(refused)
    back(batch)
    back(hold)
    assert not refused.disagreed_at and counts(letter) == (2, 0)


@ON_SQLITE
def test_who_refused_is_named_after_the_question_is_undone(client: Reader, letter: Letter, refused: Signature) -> None:
    client.log_in(owner_of(letter))
    page = client.get(f"/manage/letters/{letter.id}/asking?lang=en").text
    heading, _, named = page.partition("<h2>Those who declined a changed text, and are not counted</h2>")
    assert refused.public_id in named and "nobody needs to be asked" in heading
    assert "answered that you do not sign the new one" in client.get(f"{mine_path(refused)}?lang=en").text
    agree(refused)
    assert refusals(letter, asking_number(letter)) == ([], [], False)


@ON_SQLITE
def test_who_agreed_once_and_then_refused_is_not_among_the_answers_to_the_first(client: Reader, letter: Letter) -> None:
    signature = make_signature(letter)
    for answer in (agree, disagree):
        make_correction(letter, substance=True)
        batch = ask(letter)
        answer(signature)
    back(batch)
    client.log_in(owner_of(letter))
    page = client.get(f"/manage/letters/{letter.id}/asking?lang=en").text
    answers, _, named = page.partition("<h2>Those who declined a changed text, and are not counted</h2>")
    assert "1 signs the new text" in answers and "Those who do not sign" not in answers and signature.public_id in named


@ON_SQLITE
def test_only_the_latest_are_named_and_it_is_said_if_there_are_more(
    client: Reader, letter: Letter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "PAGE", 2)
    people = [make_signature(letter) for _ in range(3)]
    make_correction(letter, substance=True)
    ask(letter)
    client.log_in(owner_of(letter))
    for number, more in ((2, False), (3, True)):
        for signature in people[:number]:
            disagree(signature)
        page = client.get(f"/manage/letters/{letter.id}/asking?lang=en").text
        assert [person.public_id in page for person in people[:number]] == [False] * (number - 2) + [True] * 2
        assert ("These are only the latest." in page) is more
    silent, left = make_signature(letter), people.pop()
    make_correction(letter, text="Encore.", substance=True)
    ask(letter)
    for signature in (left, *people):
        disagree(signature)
    withdraw(left.id, left.link_nonce)
    do_to("hold", people[0])
    for at in ("asking", "signatures?status=disagreed"):  # the second is where the first leads
        page = client.get(f"/manage/letters/{letter.id}/{at}").text
        assert not {silent.public_id, left.public_id} & set(re.findall("[a-z]{14}", page))
        assert all(person.public_id in page for person in people)
    assert page.count(">Ne signe pas le nouveau texte</span>") == page.count(">Suspendue</span>") == 1


def test_nor_whoever_refused_after_the_words_they_signed_had_come_back_and_gone(letter: Letter) -> None:
    signature, signed = make_signature(letter), letter.version.text
    for text in ("Un.", signed, "Deux."):
        make_correction(letter, text=text, substance=True)
    batch = ask(letter)
    disagree(signature)
    back(batch)
    assert counts(letter) == (0, 0) and signature.waits_for_agreement


@pytest.mark.parametrize("last_first", [True, False])
def test_nor_does_undoing_the_question_about_yet_another_text(letter: Letter, last_first: bool) -> None:
    refused, _silent = make_signature(letter), make_signature(letter)
    make_correction(letter, substance=True)
    one = ask(letter)
    disagree(refused)
    make_correction(letter, substance=True)
    two = ask(letter)
    assert not refused.disagreed_at and two.done == 2
    for batch in (two, one) if last_first else (one, two):
        back(batch)
    assert counts(letter) == (1, 0) and refused.waits_for_agreement and standing(refused) == "agree"


def test_who_agreed_to_the_later_text_has_refused_nothing_when_its_question_is_undone(letter: Letter) -> None:
    signature = make_signature(letter)
    make_correction(letter, substance=True)
    ask(letter)
    disagree(signature)
    make_correction(letter, substance=True)
    two = ask(letter)
    agree(signature)
    back(two)
    assert counts(letter) == (1, 0) and not signature.disagreed_at


def test_nor_does_taking_the_change_back_before_anybody_was_asked(letter: Letter) -> None:
    signature = make_signature(letter, confirmed=False)
    make_signature(letter)
    for each in (letter, other := make_letter()):
        make_correction(each, substance=True)
    confirm(signature.id, signature.link_nonce)
    disagree(signature)
    asking.take_back(letter, owner_of(letter), letter.version.digest)
    assert counts(letter) == (1, 0) and signature.waits_for_agreement
    assert other.version.asks_again  # of another letter nothing was taken back


def test_who_has_answered_already_is_not_asked_about_the_same_text(letter: Letter) -> None:
    late, _silent = make_signature(letter, confirmed=False), make_signature(letter)
    make_correction(letter, substance=True)
    confirm(late.id, late.link_nonce)
    disagree(late)
    batch = ask(letter)
    assert batch.total == 1 and late.disagreed_at and late.email not in [mail.recipient for mail in posted()]
    back(batch)
    assert counts(letter) == (1, 0) and late.waits_for_agreement
    make_correction(letter, substance=True)
    assert ask(letter).total == 2 and late.disagreed_at is None  # another text, which they may sign


def test_the_organisers_do_not_answer_for_who_has_answered(letter: Letter) -> None:
    silent, signature, held = (attested(letter) for _ in range(3))
    make_correction(letter, substance=True)
    ask(letter)
    disagree(signature)
    do_to("hold", held)
    assert reached_by_nobody(letter).signatures == [silent]
    both = [silent.id, signature.id]
    assert asking.attest_again(letter, both, owner_of(letter), letter.version.digest) == 1
    assert counts(letter) == (0, 1) and signature.waits_for_agreement


@contextmanager
def looked_for() -> Iterator[list[list[Any]]]:
    """The values of each look for some signatures that is made meanwhile."""
    found: list[list[Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, values: Any, *_more: Any) -> None:
        if statement.startswith("SELECT signatures.id") and "LIMIT" in statement:
            found.append(list(values.values() if isinstance(values, dict) else values))

    with listening("before_cursor_execute", note):
        yield found


def test_who_is_passed_over_is_met_once_however_many_count_again(
    letter: Letter, monkeypatch: pytest.MonkeyPatch
) -> None:
    refuses, *silent = [make_signature(letter) for _ in range(4)]
    make_correction(letter, substance=True)
    ask(letter)
    disagree(refuses)
    with write():
        no_change(letter, asking_number(letter))
    monkeypatch.setattr(pieces, "AT_ONCE", 1)
    with looked_for() as looks:
        asking.count_again(letter)
    assert counts(letter) == (3, 0)
    assert [one.id in look for one, look in zip(silent, looks[1:], strict=True)] == [True] * 3  # goes on after them


@ON_SQLITE
def test_they_are_told_so_and_may_still_sign_it(client: Reader, letter: Letter, refused: Signature) -> None:
    path = f"{urlsplit(agree_link(refused).url()).path}?lang=en"
    assert "your name does not appear under the new text" in client.get(path).text
    client.sign(letter.slug, email=refused.email or "")
    assert posted()[-1].kind == "ask_to_agree"  # not that their signature counts already
    agree(refused)
    assert counts(letter) == (2, 0) and refused.disagreed_at is None
    assert "There is nothing more to do" in client.get(path).text


def test_leaving_and_coming_back_is_no_agreement(letter: Letter, refused: Signature) -> None:
    withdraw(refused.id, refused.link_nonce)
    come_back(refused.id, refused.link_nonce)
    assert counts(letter) == (1, 0) and refused.waits_for_agreement


def test_nor_is_being_held_and_released(letter: Letter, refused: Signature) -> None:
    back(do_to("hold", refused))
    do_to("hold", refused)
    do_to("release", refused)
    assert counts(letter) == (1, 0) and refused.waits_for_agreement
