"""What is due is forgotten on its day and not before: each rule, the day before and the day after."""

import io
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from pypdf import PdfReader

from tests.factories import everything, make_invited, make_letter, make_message, make_signature, mine_path, owner_of
from tests.mine.outputs import files, readers, where
from tests.page import Reader
from tests.shell import shell
from tests.threads import at_once
from tribune.audit.actions import record
from tribune.audit.models import Event, Verb
from tribune.database import db, is_postgresql, now, write
from tribune.invitations.models import Invitation
from tribune.letters.actions import close, publish
from tribune.letters.models import Letter
from tribune.mine import actions as mine
from tribune.moderation.actions import NobodyConcerned, advance, start
from tribune.organisers.models import LOG_IN_LASTS, LogIn
from tribune.outbox.models import Mailbox, Message
from tribune.people import actions as people
from tribune.people import first
from tribune.people.actions import seen, words_of
from tribune.retention import actions, forgetting, periods
from tribune.retention.actions import forget_due
from tribune.signatures.models import Erasure, Flag, Merge, Signature
from tribune.signatures.recounting import recount

MARKS = ("Zéphyrine", "Quatrebarbes", "zephyrine@example.org", "apicultrice", "Ruche d’or")
SOON = timedelta(hours=1)


def someone(letter: Letter, **given: object) -> Signature:
    names = dict(zip(("given_name", "family_name", "email", "role", "organisation"), MARKS, strict=True))
    return make_signature(letter, **{**names, **given})


def ran(at: datetime | None = None) -> dict[str, int]:
    """How many rows each rule took at that moment."""
    with time_machine.travel(at or now(), tick=False):
        return dict(actions.run())


def rows(model: type) -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(model)) or 0


def told() -> list[tuple[str, int]]:
    query = sa.select(Event).where(Event.verb == Verb.DATA_FORGOTTEN).order_by(Event.id)
    return [(event.details["rule"], event.details["rows"]) for event in db.session.scalars(query)]


def traces() -> set[str]:
    """Which marks some row of some table holds, as typed or as JSON writes it."""
    said = repr(everything())
    return {mark for mark in MARKS if mark.lower() in said.lower() or mark.encode("unicode_escape").decode() in said}


def in_the_files() -> set[str]:
    """Which marks stand in the raw bytes of the SQLite file and of what lies beside it."""
    path = Path(db.engine.url.database or "")
    db.session.rollback()
    raw = b"".join(file.read_bytes() for file in path.parent.glob(f"{path.name}*")).lower()
    return {mark for mark in MARKS if mark.lower().encode() in raw or mark.encode("unicode_escape").lower() in raw}


@pytest.fixture
def letter(app: Flask) -> Iterator[Letter]:
    yield make_letter(slug="rues", first="Ada Un\nBea Deux, apicultrice (Ruche d’or)")


def closed(letter: Letter, **given: object) -> datetime:
    close(letter)
    with write():
        for name, value in given.items():
            setattr(letter, name, value)
    assert letter.closed_at
    return letter.closed_at


def names_go(letter: Letter) -> datetime:
    assert letter.end
    return periods.months_after(letter.end, periods.NAMES_MONTHS)


@pytest.mark.parametrize("column", [None, "held_at", "hidden_at"])
def test_a_signature_that_nobody_confirmed_is_deleted(letter: Letter, column: str | None) -> None:
    signature = someone(letter, confirmed=False, **({column: now()} if column else {}))
    confirmed = make_signature(letter)
    with write() as session:
        session.add(Flag(letter_id=letter.id, signature_id=signature.id, kind="joke"))
    day = signature.signed_at + periods.UNCONFIRMED
    assert ran(day - SOON)["unconfirmed"] == 0 and rows(Signature) == 4
    assert ran(day)["unconfirmed"] == 1
    assert rows(Signature) == 3 and rows(Flag) == 0 and traces() <= set(MARKS[3:])  # of Bea
    assert db.session.get(Signature, confirmed.id) and told() == [("unconfirmed", 1)]


def test_a_name_that_nobody_proved_takes_nothing_of_its_namesake_along(letter: Letter) -> None:
    signature = someone(letter)
    people.correct(
        signature,
        by=owner_of(letter),
        words={**words_of(signature), "role": "Cheffe"},
        reason="",
        seen_as=seen(signature),
    )
    invitation = make_invited(letter, email=MARKS[2])
    someone(letter, confirmed=False)
    ran(signature.signed_at + periods.UNCONFIRMED + SOON)
    assert rows(Signature) == 3 and db.session.get(Invitation, invitation.id)
    corrected = db.session.scalars(sa.select(Event).where(Event.verb == Verb.SIGNATURE_CORRECTED)).one()
    assert MARKS[1] in corrected.subject and corrected.details


def test_the_address_of_whoever_wants_no_news_goes_and_their_link_works_on(client: Reader, letter: Letter) -> None:
    signature, friend = someone(letter), make_signature(letter, news=True)
    path, key = mine_path(signature), signature.mailbox_key
    day = closed(letter) + periods.ADDRESSES
    assert ran(day - SOON)["addresses"] == 0 and signature.email
    assert ran(day)["addresses"] == 1
    db.session.expire_all()
    assert (signature.email, signature.domain, signature.mailbox_key) == (None, None, key) and friend.email
    with time_machine.travel(day, tick=False):
        assert "Quatrebarbes" in client.get(path).text
        mine.withdraw(signature.id, signature.link_nonce)
        mine.come_back(signature.id, signature.link_nonce)
    assert signature.counted_at and recount(letter) == (0, 0)


def test_a_letter_that_is_open_or_that_nobody_read_keeps_its_addresses_and_names(letter: Letter) -> None:
    draft = make_letter(published=False, first="Zoé Roux", closes_at=now())
    make_signature(letter)
    gone = ran(now() + timedelta(days=1000))
    assert not gone["addresses"] and not gone["names"]
    assert db.session.scalars(sa.select(Signature).where(Signature.letter_id == draft.id)).one().family_name


def test_whoever_withdrew_is_erased_for_good(letter: Letter) -> None:
    signature = someone(letter)
    number, public_id = signature.id, signature.public_id
    mine.withdraw(number, signature.link_nonce)
    assert signature.withdrawn_at
    day, count = signature.withdrawn_at + periods.WITHDRAWN, letter.confirmed_count
    assert ran(day - SOON)["withdrawn"] == 0
    assert ran(day)["withdrawn"] == 1
    assert traces() <= set(MARKS[3:]) and db.session.get(Erasure, public_id)
    assert letter.confirmed_count == count and recount(letter) == (0, 0)


def test_whoever_did_not_accept_an_invitation_is_deleted_and_of_the_others_what_is_not_needed(letter: Letter) -> None:
    _silent, declined, accepted = (make_invited(letter, note="Une amie") for _ in range(3))
    kept = accepted.id
    signature = someone(letter)
    with write():
        declined.declined_at = accepted.accepted_at = now()
        declined.word, accepted.signature_id = "Non merci", signature.id
    day = closed(letter) + periods.ADDRESSES
    assert ran(day - SOON)["invitations"] == 0 and rows(Invitation) == 3
    gone = ran(day)
    assert (gone["invitations"], gone["invited"]) == (2, 1)
    left = db.session.scalars(sa.select(Invitation)).one()
    assert (left.id, left.email, left.note) == (kept, None, "") and left.family_name


def test_traces_of_mails_go_and_then_the_mailboxes_that_nobody_needs(letter: Letter) -> None:
    sent, waiting, suppressed = (make_message(f"{name}@example.org") for name in ("a", "b", "c"))
    kept = {waiting.mailbox_key, suppressed.mailbox_key}
    with write() as session:
        sent.sent_at = suppressed.gave_up_at = now()
        session.get_one(Mailbox, suppressed.mailbox_key).suppressed_at = now()
    day = now() + periods.MAILS
    assert ran(day - SOON)["mails"] == 0
    gone = ran(day)
    assert (gone["mails"], gone["mailboxes"]) == (2, 1)
    assert db.session.scalars(sa.select(Message.id)).all() == [waiting.id]
    assert set(db.session.scalars(sa.select(Mailbox.key))) == kept


def test_the_log_and_the_log_ins_that_open_nothing_go(client: Reader, letter: Letter) -> None:
    client.log_in(owner_of(letter))
    start_of, lines = now(), rows(Event)
    assert lines and rows(LogIn)
    assert ran(start_of + LOG_IN_LASTS - SOON)["log_ins"] == 0
    assert ran(start_of + LOG_IN_LASTS + SOON)["log_ins"] == 1
    assert ran(start_of + periods.LOG - SOON)["log"] == 0
    assert ran(start_of + periods.LOG + SOON)["log"] == lines


def test_the_networks_go(letter: Letter) -> None:
    signature = someone(letter, network_hash="x")
    assert ran(signature.signed_at + periods.NETWORKS - SOON)["networks"] == 0
    assert ran(signature.signed_at + periods.NETWORKS)["networks"] == 1


def with_a_past(letter: Letter) -> Signature:
    """One whose name stands wherever it can."""
    owner, signature = owner_of(letter), someone(letter, news=True)
    invited = make_invited(letter, given_name=MARKS[0], family_name=MARKS[1], email=MARKS[2], note=f"Ami de {MARKS[1]}")
    with write() as session:
        invited.accepted_at, invited.signature_id = now(), signature.id
        session.add(Merge(letter_id=letter.id, from_key="ruche d'or", into=MARKS[4]))
        session.add(Flag(letter_id=letter.id, signature_id=signature.id, kind="joke"))
    for verb, choice in (("hide", {"ids": [signature.id]}), ("show", {"q": MARKS[1]})):
        batch = start(letter, by=owner, verb=verb, choice=choice, reason=f"Demandé par {MARKS[1]}", tells=False)
        advance(batch, 60)
    first.set_first(letter, signature, True, by=owner)
    words = {**words_of(signature), "given_name": MARKS[0] + "-Anne"}
    people.correct(signature, by=owner, words=words, reason=f"Écrit par {MARKS[1]}", seen_as=seen(signature))
    held = someone(letter, email="other@example.org", held_at=now())
    with write():
        held.counted_at = None
        letter.confirmed_count -= 1
    return signature


def test_names_go_everywhere_and_the_number_stays(app: Flask, client: Reader, letter: Letter) -> None:
    signature = with_a_past(letter)
    nonce, public_id, number = signature.link_nonce, signature.public_id, signature.id
    path, counts = mine_path(signature), (letter.confirmed_count, letter.attested_count)
    assert traces() == set(MARKS) and counts == (1, 2)
    closed(letter)
    day = names_go(letter)
    assert ran(day - SOON)["names"] == 0 and signature.family_name
    assert ran(day)["names"] == 4
    db.session.expire_all()
    assert (letter.confirmed_count, letter.attested_count) == counts and recount(letter) == (0, 0)
    assert traces() == set() and rows(Flag) == rows(Invitation) == 0 and rows(Signature) == 3
    assert signature.link_nonce != nonce and signature.public_id != public_id and signature.counted_at
    if not is_postgresql():
        assert in_the_files() == set()
    with time_machine.travel(day, tick=False):
        assert client.get(path).status_code == 410
        public = readers(client, letter)
        assert "1 signature confirmée" in public[""] and len(public["/signatories.csv"].splitlines()) == 1
        assert where(MARKS[1], public, files(app, letter)) == where("Deux", public, files(app, letter)) == set()
        assert [len(text.splitlines()) for status, text in files(app, letter).items() if status != "xlsx"] == [1] * 6
        client.log_in(owner_of(letter))
        base = f"/manage/letters/{letter.id}"
        for page in ("", "/signatures", "/signatures?sort=surname", "/press", "/first", "/files", "/log", "/review"):
            answer = client.get(base + page)
            assert answer.status_code == 200 and MARKS[1] not in answer.text, page
            assert signature.public_id not in answer.text, page
        assert client.get(f"{base}/signatures/{signature.public_id}").status_code == 404
        pdf = PdfReader(io.BytesIO(client.get(f"{base}/letter.pdf").data))
        assert "Deux" not in "".join(page.extract_text() for page in pdf.pages)
        assert "restent comptées" in client.get(f"{base}/files").text
    assert number == signature.id


def test_organisers_may_have_names_go_sooner_but_never_before_the_last_confirmations(letter: Letter) -> None:
    make_signature(letter)
    end = closed(letter, names_kept_months=0)
    assert ran(end + timedelta(hours=71))["names"] == 0
    assert ran(end + timedelta(hours=72))["names"] == 3


def test_a_letter_opened_again_afterwards_takes_signatures_and_loses_them_in_its_turn(
    client: Reader, letter: Letter
) -> None:
    closed(letter)
    day = names_go(letter)
    ran(day)
    with time_machine.travel(day, tick=False):
        publish(letter)
        newcomer = someone(letter)
        assert MARKS[1] in client.get("/letters/rues").text
        first.set_first(letter, newcomer, True, by=owner_of(letter))
        batch = start(letter, by=owner_of(letter), verb="hide", choice={}, reason="Tous", tells=False)
        advance(batch, 60)
        assert batch.done == 1
        nobody = [
            row.id for row in db.session.scalars(sa.select(Signature).where(Signature.anonymised_at.is_not(None)))
        ]
        with pytest.raises(NobodyConcerned):
            start(letter, by=owner_of(letter), verb="hold", choice={"ids": nobody}, reason="Tous", tells=False)
        assert letter.confirmed_count + letter.attested_count == 3
    assert recount(letter) == (0, 0)
    with time_machine.travel(day + timedelta(days=1), tick=False):
        close(letter)
    assert ran(names_go(letter))["names"] == 1 and recount(letter) == (0, 0)


def test_a_dry_run_says_what_would_go_and_changes_nothing(app: Flask, letter: Letter) -> None:
    with_a_past(letter)
    closed(letter)
    with time_machine.travel(names_go(letter), tick=False):
        before = everything()
        code, said = shell(app, "retention", "run", "--dry-run")
        assert code == 0 and "names\t4\n" in said and everything() == before
        _code, done = shell(app, "retention", "run")
    lines = [line for line in done.splitlines() if not line.startswith("{")]
    assert "names\t4" in lines and len(lines) == len(said.splitlines()) == len(actions.STEPS)
    with time_machine.travel(names_go(letter), tick=False):
        assert {line.split("\t")[1] for line in shell(app, "retention", "run")[1].splitlines()} == {"0"}


def test_killed_half_way_it_goes_on_where_it_was(letter: Letter, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(5):
        make_signature(letter)
    closed(letter)
    done: list[int] = []

    def killed(ids: list[int]) -> None:
        if done:
            raise KeyboardInterrupt
        done.extend(ids)
        forgetting.names(ids)

    with time_machine.travel(names_go(letter), tick=False):
        with monkeypatch.context() as patch:
            patch.setitem(actions.STEPS, "names", actions.Step(killed, first=forgetting.words))
            with pytest.raises(KeyboardInterrupt):
                list(actions.run(at_once=2))
        left = sa.select(sa.func.count()).select_from(Signature).where(Signature.anonymised_at.is_(None))
        assert db.session.scalar(left) == 5 and told()[-1] == ("names", 2)
        assert dict(actions.run(at_once=2))["names"] == 5
    assert db.session.scalar(left) == 0 and told()[-1] == ("names", 5) and recount(letter) == (0, 0)


def test_two_machines_at_once_forget_each_row_once(app: Flask, letter: Letter) -> None:
    for _ in range(20):
        make_signature(letter)
    someone(letter, confirmed=False)
    closed(letter)
    number = letter.id
    with time_machine.travel(names_go(letter), tick=False):
        at_once(app, [lambda: list(actions.run(at_once=3))] * 3)
    letter = db.session.get_one(Letter, number)
    assert sum(rows for rule, rows in told() if rule == "names") == 22
    assert sum(rows for rule, rows in told() if rule == "unconfirmed") == 1
    assert rows(Signature) == letter.confirmed_count + letter.attested_count == 22 and recount(letter) == (0, 0)


def test_the_worker_does_it_by_itself(app: Flask, letter: Letter) -> None:
    assert forget_due in [chore.do for chore in app.extensions["chores"]]
    someone(letter, confirmed=False)
    with time_machine.travel(now() + periods.UNCONFIRMED):
        forget_due()
    assert rows(Signature) == 2


@pytest.mark.parametrize(
    ("day", "months", "then"),
    [("2026-08-31", 6, "2027-02-28"), ("2026-11-24", 0, "2026-11-24"), ("2026-12-01", 1, "2027-01-01")],
)
def test_months_are_those_of_the_calendar(day: str, months: int, then: str) -> None:
    assert periods.months_after(datetime.fromisoformat(day), months) == datetime.fromisoformat(then)


def test_what_each_sentence_of_the_log_says(client: Reader, letter: Letter, make_rule: Callable[[str], None]) -> None:
    client.log_in(owner_of(letter))
    for name in ("unconfirmed", "withdrawn", "addresses", "names", "invited", "invitations"):
        make_rule(name)
    page = client.get(f"/manage/letters/{letter.id}/log").text
    assert page.count("comme le dit la notice") == 6 and "le site" in page


@pytest.fixture
def make_rule(letter: Letter) -> Callable[[str], None]:
    def make(name: str) -> None:
        record(Verb.DATA_FORGOTTEN, team_id=letter.team_id, by=None, letter_id=letter.id, rule=name, rows=1234)

    return make
