"""Whatever is pressed at the same instant, the number is exactly that of the rows."""

from collections.abc import Callable
from contextlib import suppress

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.asking.again import ask
from tests.databases import ON_POSTGRESQL
from tests.factories import make_correction, make_letter, make_signature, owner_of
from tests.moderation.acting import back
from tests.threads import LONG, at_once
from tests.turns import Act as Turn
from tests.turns import all_turns, take_turns
from tribune.asking.actions import agree
from tribune.audit.models import Event, Verb
from tribune.database import db, write
from tribune.exports.actions import begin as begin_file
from tribune.exports.choice import Choice
from tribune.letters.models import Letter
from tribune.mine.actions import come_back, withdraw
from tribune.mine.erasing import erase
from tribune.moderation import pieces
from tribune.moderation.actions import advance, start
from tribune.moderation.models import Batch
from tribune.signatures.actions import SignatureUnknown, confirm
from tribune.signatures.counting import recount
from tribune.signatures.models import Signature
from tribune.signatures.replacing import AnotherCounts

Act = Callable[[int, str], object]


def pressed(act: Act, signature: Signature, *refusals: type[Exception]) -> Callable[[], None]:
    """The act on this signature, done by a thread of its own; it may be refused in these ways."""
    number, nonce = signature.id, signature.link_nonce

    def press() -> None:
        with suppress(*refusals):
            act(number, nonce)

    return press


def test_twenty_withdrawals_are_one(app: Flask, letter: Letter) -> None:
    signature, _ = make_signature(letter), make_signature(letter)
    at_once(app, [pressed(withdraw, signature)] * 20)
    assert letter.confirmed_count == 1 and recount(letter) == (0, 0)
    at_once(app, [pressed(come_back, signature)] * 20)
    assert letter.confirmed_count == 2 and recount(letter) == (0, 0)


def test_withdrawing_and_erasing_take_one_away_once(app: Flask, letter: Letter) -> None:
    signature, _ = make_signature(letter), make_signature(letter)
    acts = [withdraw, erase, come_back] * 4
    at_once(app, [pressed(act, signature, SignatureUnknown) for act in acts])
    assert letter.confirmed_count == 1 and recount(letter) == (0, 0)


def test_confirming_another_submission_while_one_is_withdrawn_counts_at_most_one(app: Flask, letter: Letter) -> None:
    for number in range(5):
        email = f"zoe{number}@example.org"
        signature, other = make_signature(letter, email=email), make_signature(letter, email=email, confirmed=False)
        at_once(app, [pressed(withdraw, signature), pressed(confirm, other)])
        at_once(app, [pressed(come_back, signature, AnotherCounts), pressed(confirm, other)])
        assert sum(bool(each.counted_at) for each in (signature, other)) == 1
        assert recount(letter) == (0, 0)


def test_withdrawals_while_batches_come_and_go(app: Flask, letter: Letter, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pieces, "AT_ONCE", 3)
    with write():
        signatures = [make_signature(letter) for _ in range(20)]
    owner = owner_of(letter)
    batches = [start(letter, by=owner, verb=verb, choice={}, reason="x").id for verb in ("hold", "hide")]
    leaving = [pressed(withdraw, signature) for signature in signatures[::2]]

    def forth(number: int) -> Callable[[], None]:
        return lambda: advance(db.session.get_one(Batch, number), LONG)

    def again(number: int) -> Callable[[], None]:
        return lambda: back(db.session.get_one(Batch, number))

    at_once(app, [*map(forth, batches), *leaving])
    assert letter.confirmed_count == 0 and recount(letter) == (0, 0)
    at_once(app, [*map(again, batches), *(pressed(come_back, signature) for signature in signatures[:4:2])])
    assert letter.confirmed_count == 12 and recount(letter) == (0, 0)
    assert all(not each.held_at for each in signatures)


@ON_POSTGRESQL
def test_who_leaves_while_they_agree_to_a_new_text_does_not_count(app: Flask, letter: Letter) -> None:
    signature = make_signature(letter)
    make_correction(letter, substance=True)
    ask(letter)
    digest = letter.version.digest
    agrees = pressed(lambda number, nonce: agree(number, nonce, digest), signature)
    assert take_turns(app, pressed(withdraw, signature), agrees, 2)  # once the row is locked
    signature = db.session.scalars(sa.select(Signature)).one()
    assert signature.withdrawn_at and signature.counted_at is None and recount(signature.letter) == (0, 0)


@ON_POSTGRESQL
def test_a_file_that_ends_while_somebody_erases_writes_their_name_into_the_log_no_more(app: Flask) -> None:
    def begin(_pause: int) -> tuple[Turn, Turn]:
        letter = make_letter()
        zoe = make_signature(letter, given_name="Zoé", family_name="Roux")
        done = begin_file(letter, Choice(), by=owner_of(letter), what="csv", purpose="Pour Zoé Roux")
        return pressed(erase, zoe), lambda: done(1)

    for _ in all_turns(app, begin):
        lines = db.session.scalars(sa.select(Event).where(Event.verb == Verb.EXPORTED)).all()
        assert lines and not any("purpose" in line.details for line in lines)
