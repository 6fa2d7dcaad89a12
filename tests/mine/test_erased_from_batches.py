"""What organisers did to several at once says nothing of somebody who has erased their signature."""

from typing import Any

import pytest
import sqlalchemy as sa

from tests.databases import ON_SQLITE
from tests.factories import all_leave, make_batch, make_letter, make_signature, owner_of, posted
from tests.moderation.acting import do_to
from tests.threads import LONG
from tribune.audit.models import Event, Verb
from tribune.database import db, write
from tribune.letters.models import Letter
from tribune.mine.erasing import erase
from tribune.moderation.actions import advance, start, undo
from tribune.moderation.models import Batch, BatchRow
from tribune.organisations.actions import merge
from tribune.organisations.queries import merges_of
from tribune.people.actions import correct, shown_as, words_of
from tribune.retention.forgetting import unconfirmed
from tribune.signatures.models import Signature


def hidden(letter: Letter, choice: dict[str, object], reason: str = "Un essai.", verb: str = "hide") -> Batch:
    batch = start(letter, by=owner_of(letter), verb=verb, choice=choice, reason=reason)
    advance(batch, LONG)
    return batch


@pytest.mark.parametrize("elsewhere", [True, False])
def test_the_next_one_to_sign_is_nobody_whose_hiding_is_undone(letter: Letter, elsewhere: bool) -> None:
    """Until migration 0013 whoever signed next on SQLite had the number of the one who was hidden."""
    gone = make_signature(letter, given_name="Farce", family_name="Attrape")
    batch, number = hidden(letter, {"ids": [gone.id]}), gone.id
    erase(number, gone.link_nonce)
    newcomer = {"id": number, "given_name": "Louise", "family_name": "Secrète", "confirmed": False}
    make_signature(make_letter() if elsewhere else letter, **newcomer)
    undo(batch, by=owner_of(letter))
    told = db.session.scalars(sa.select(Event).where(Event.verb == Verb.BATCH_UNDONE)).one()
    assert (told.signature_id, told.subject) == (None, letter.version.title)


def still_said() -> list[tuple[str, object]]:
    """What the batches still say."""
    db.session.expire_all()
    return [(batch.reason, batch.choice) for batch in db.session.scalars(sa.select(Batch).order_by(Batch.id))]


def louise(letter: Letter, **given: Any) -> Signature:
    return make_signature(
        letter, **{"given_name": "Louise", "family_name": "Martin", "email": "Louise@example.org", **given}
    )


def test_a_reason_goes_that_was_about_nobody_else(letter: Letter) -> None:
    gone, reason = louise(letter), "Elle se dit menacée."
    hidden(letter, {}, reason, verb="hold")  # all there are
    make_signature(letter)
    hidden(letter, {"q": "louise martin"}, reason)
    start(letter, by=owner_of(letter), verb="show", choice={"ids": [gone.id]}, reason=reason)  # not begun yet
    erase(number := gone.id, gone.link_nonce)
    assert still_said() == [("", {}), ("", {"ids": []}), ("", {"ids": [number]})]


@ON_SQLITE
@pytest.mark.parametrize(
    "words",
    ["Louise Martin et un autre.", "Voir louise martin.", "louise@example.org a écrit.", "De Louise@example.org."],
)
def test_a_reason_goes_that_names_them_beside_another(letter: Letter, words: str) -> None:
    gone, other = louise(letter), make_signature(letter)
    ids = [gone.id, other.id]
    hidden(letter, {"ids": ids}, words)
    hidden(letter, {"ids": ids}, "Louise Martinez et un autre.", verb="hold")
    elsewhere = make_signature(make_letter())
    hidden(elsewhere.letter, {"ids": [elsewhere.id]}, words)  # of a namesake, perhaps
    erase(gone.id, gone.link_nonce)
    left = [("", {"ids": ids}), ("Louise Martinez et un autre.", {"ids": ids}), (words, {"ids": [elsewhere.id]})]
    assert still_said() == left
    log = db.session.scalars(sa.select(Event).order_by(Event.id)).all()
    assert [event.details.get("reason") for event in log if "batch" in event.details] == [
        None,
        "Louise Martinez et un autre.",
        words,
    ]


@ON_SQLITE
@pytest.mark.parametrize("other", ["राम कुमारी", "सीताराम कुमार"])
def test_a_reason_stays_that_names_another_who_differs_by_a_vowel_sign(letter: Letter, other: str) -> None:
    gone = make_signature(letter, given_name="राम", family_name="कुमार")
    ids = [gone.id, make_signature(letter).id]
    for reason, verb in ((f"{other}।", "hide"), (f"{other}, राम कुमार।", "hold")):
        hidden(letter, {"ids": ids}, reason, verb)
    erase(gone.id, gone.link_nonce)
    assert still_said() == [(f"{other}।", {"ids": ids}), ("", {"ids": ids})]


def test_a_mail_that_waits_to_tell_another_of_a_reason_that_names_them_leaves_without_it(letter: Letter) -> None:
    gone, other, namesake = louise(letter), make_signature(letter), louise(letter, email="autre@example.org")
    do_to("hide", make_signature(letter), tells=True, reason="Comme Louise Martin.")
    all_leave()
    with write():
        posted()[0].text = None  # as the worker leaves it
    pending = make_signature(letter, confirmed=False, email=other.email or "", family_name="Nouveau")
    do_to("hide", gone, other, pending, tells=True, reason="Louise Martin et un autre.")
    do_to("hide", namesake, tells=True, reason="Un essai.")
    imported = make_batch(letter)
    with write() as session:
        imported.verb, imported.reason = "import", "Le fichier de Louise Martin."
        session.add(BatchRow(batch_id=imported.id, signature_id=namesake.id))
    erase(gone.id, gone.link_nonce)
    [left, told, not_about_her] = posted()
    assert left.sent_at and left.text is None
    assert (told.recipient, not_about_her.recipient) == (other.email, namesake.email)
    assert not any(word in f"{told.text}{told.html}" for word in ("Martin", "motif", "Nouveau"))
    assert all(word in f"{not_about_her.text}{not_about_her.html}" for word in ("Louise Martin", "Un essai."))


def test_a_name_of_one_word_goes_where_it_stands_alone_as_it_may_be_any_word(letter: Letter) -> None:
    gone = make_signature(letter, given_name="", family_name="Elle")
    ids = [gone.id, make_signature(letter).id]
    for reason, verb in (("Elle se dit menacée.", "hide"), ("ELLE", "hold")):
        hidden(letter, {"ids": ids}, reason, verb)
    erase(gone.id, gone.link_nonce)
    assert still_said() == [("Elle se dit menacée.", {"ids": ids}), ("", {"ids": ids})]


def test_who_was_never_proved_to_be_somebody_takes_no_words_with_them(letter: Letter) -> None:
    other = make_signature(letter)
    gone = louise(letter, confirmed=False)
    ids = [gone.id, other.id]
    hidden(letter, {"ids": ids}, "Louise Martin et un autre.")
    hidden(letter, {"q": "louise@example.org"}, verb="hold")
    with write():
        unconfirmed([gone.id])
    assert still_said() == [("Louise Martin et un autre.", {"ids": ids}), ("", {"ids": []})]


def test_an_import_under_way_does_not_stand_in_the_way(letter: Letter) -> None:
    gone, batch = louise(letter), make_batch(letter)
    with write() as session:
        batch.verb, batch.reason = "import", "Le fichier de Louise Martin"
        session.add(BatchRow(batch_id=batch.id, signature_id=gone.id))
    erase(gone.id, gone.link_nonce)
    assert still_said() == [("", {})]


def test_a_batch_about_their_network_goes_on_with_the_others(letter: Letter) -> None:
    gone, other = (louise(letter, email=f"{name}@example.org", network_hash="n") for name in ("gone", "other"))
    batch = start(letter, by=owner_of(letter), verb="hide", choice={"network": gone.public_id}, reason="Un essai.")
    erase(gone.id, gone.link_nonce)
    assert still_said() == [("Un essai.", {"ids": [other.id]})]
    advance(batch, LONG)
    assert other.hidden_at is not None


def test_a_batch_about_their_network_goes_on_by_another_if_they_are_too_many(
    letter: Letter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tribune.mine.written.COUNTED_TO", 1)
    gone, *others = (louise(letter, email=f"{n}@example.org", network_hash="n") for n in range(3))
    batch = start(letter, by=owner_of(letter), verb="hide", choice={"network": gone.public_id}, reason="Un essai.")
    erase(gone.id, gone.link_nonce)
    assert still_said() == [("Un essai.", {"network": others[0].public_id})]
    advance(batch, LONG)
    assert all(other.hidden_at for other in others)


def test_a_batch_under_way_goes_on_without_the_search_for_them(letter: Letter) -> None:
    gone, namesake = louise(letter), louise(letter, email="other@example.org")
    batches = [
        start(letter, by=owner_of(letter), verb="hide", choice={"q": q}, reason="Un essai.")
        for q in ("louise@example.org", "martin")
    ]
    louise(letter, email="late@example.org")  # who signed once they had begun
    erase(gone.id, gone.link_nonce)
    assert still_said() == [("", {"ids": []}), ("Un essai.", {"ids": [namesake.id]})]
    for batch in batches:
        advance(batch, LONG)
    assert [batch.done for batch in batches] == [0, 1] and namesake.hidden_at


def test_a_search_for_a_former_name_goes(letter: Letter) -> None:
    gone, other = louise(letter), louise(letter, family_name="Martinez", email="other@example.org")
    hidden(letter, {"q": "Louise Martin"})
    correct(
        gone, by=owner_of(letter), words={**words_of(gone), "family_name": "Petit"}, reason="", seen_as=shown_as(gone)
    )
    erase(gone.id, gone.link_nonce)
    assert still_said() == [("Un essai.", {"ids": []})] and other.hidden_at


def test_a_merged_spelling_that_names_them_goes_once_nobody_else_has_it(letter: Letter) -> None:
    gone, other = (louise(letter, email=f"{n}@example.org", organisation="Louise Martin Conseil") for n in range(2))
    owner = owner_of(letter)
    merge(letter, ["louise martin conseil"], "Cabinet Martin", owner)
    make_signature(make_letter(), organisation="Louise Martin Conseil")  # which that merge never prints
    for signature, kept in ((gone, 1), (other, 0)):
        erase(signature.id, signature.link_nonce)
        assert len(merges_of(letter)) == kept
    told = db.session.scalars(sa.select(Event).where(Event.verb == Verb.ORGANISATIONS_MERGED)).one()
    assert (told.subject, told.details) == ("Cabinet Martin", {"into": "Cabinet Martin"})


def test_a_spelling_that_was_merged_into_one_that_names_them_goes(letter: Letter) -> None:
    gone, other = (louise(letter, email=f"{n}@example.org", organisation="Cab. L. M.") for n in range(2))
    merge(letter, ["cab l m"], "Cabinet LOUISE MARTIN", owner_of(letter))
    for signature, kept in ((gone, 1), (other, 0)):
        erase(signature.id, signature.link_nonce)
        assert len(merges_of(letter)) == kept


def test_a_merged_spelling_stays_that_another_leads_to(letter: Letter) -> None:
    gone = louise(letter, organisation="Louise Martin Conseil")
    make_signature(letter, organisation="LMC")
    for key, into in (("lmc", "Louise Martin Conseil"), ("louise martin conseil", "Cabinet Martin")):
        merge(letter, [key], into, owner_of(letter))
    erase(gone.id, gone.link_nonce)
    assert len(merges_of(letter)) == 2
