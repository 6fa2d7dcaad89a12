"""What is due is forgotten on its day and not before: each rule, the day before and the day after."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine

from tests.asking.again import ask
from tests.databases import ON_SQLITE
from tests.factories import (
    invitation_path,
    make_correction,
    make_invitation,
    make_invited,
    make_letter,
    make_message,
    make_signature,
    mine_path,
    owner_of,
    posted,
)
from tests.invitations.answers import accept
from tests.invitations.sent import invite_all
from tests.page import Reader
from tests.plans import plans
from tests.retention.forgetful import SOON, closed, names_go, ran, rows, told
from tests.traces import MARKS, someone, traces
from tribune.audit.models import Event, Verb
from tribune.database import db, now, write
from tribune.invitations.actions import attest
from tribune.invitations.models import Invitation
from tribune.letters.models import Letter
from tribune.mine import actions as mine
from tribune.notices.actions import put_back, take_down
from tribune.organisers.models import LogIn
from tribune.outbox.models import Mailbox, Message
from tribune.people import actions as people
from tribune.people import first
from tribune.people.actions import shown_as, words_of
from tribune.retention import periods
from tribune.retention.queries import networks
from tribune.signatures.counting import recount
from tribune.signatures.erased import names_of
from tribune.signatures.models import Erasure, Flag, Signature
from tribune.teams.models import TeamInvitation


@pytest.mark.parametrize("column", [None, "held_at", "hidden_at"])
def test_a_signature_that_nobody_confirmed_is_deleted(letter: Letter, column: str | None) -> None:
    signature = someone(letter, confirmed=False, **({column: now()} if column else {}))
    confirmed = make_signature(letter)
    make_signature(letter, confirmed=False, at=signature.signed_at, attested_at=now(), held_at=now())
    with write() as session:
        session.add(Flag(letter_id=letter.id, signature_id=signature.id, kind="joke"))
    day = signature.signed_at + periods.UNCONFIRMED
    assert ran(day - SOON)["unconfirmed"] == 0 and rows(Signature) == 5
    assert ran(day)["unconfirmed"] == 1
    assert rows(Signature) == 4 and rows(Flag) == 0 and traces(*MARKS) <= set(MARKS[3:])  # of Bea
    assert db.session.get(Signature, confirmed.id) and told() == [("unconfirmed", 1)]


def test_a_name_that_nobody_proved_takes_nothing_of_its_namesake_along(letter: Letter) -> None:
    signature = someone(letter)
    people.correct(
        signature,
        by=owner_of(letter),
        words={**words_of(signature), "role": "Cheffe"},
        reason="",
        seen_as=shown_as(signature),
    )
    invitation = make_invited(letter, email=MARKS[2])
    invite_all(letter)
    someone(letter, confirmed=False)
    ran(signature.signed_at + periods.UNCONFIRMED + SOON)
    assert rows(Signature) == 3 and db.session.get(Invitation, invitation.id)
    assert [mail.about for mail in posted()] == [letter.id] * 2
    corrected = db.session.scalars(sa.select(Event).where(Event.verb == Verb.SIGNATURE_CORRECTED)).one()
    assert MARKS[1] in corrected.subject and corrected.details


def test_the_address_of_whoever_wants_no_news_goes_and_their_link_works_on(client: Reader, letter: Letter) -> None:
    signature, friend = someone(letter, domain="example.org"), make_signature(letter, news=True)
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


@pytest.mark.parametrize("how", ["closes_at", "taken_down_at"])
def test_a_letter_that_closed_by_itself_or_was_taken_down_keeps_them_no_longer(letter: Letter, how: str) -> None:
    make_signature(letter)
    end = now()
    with write():
        setattr(letter, how, end)
    assert ran(end + periods.ADDRESSES - SOON)["addresses"] == 0
    assert ran(end + periods.ADDRESSES)["addresses"] == 1
    assert ran(names_go(letter))["names"] == 3


def asking() -> list[Message]:
    return [mail for mail in posted() if mail.kind == "ask_to_agree"]


def test_a_question_that_waits_until_a_letter_is_put_back_goes_with_the_address(letter: Letter) -> None:
    _zephyrine, friend = someone(letter), make_signature(letter, news=True)
    make_correction(letter, substance=True)
    ask(letter)
    take_down(letter, "Une phrase accuse quelqu’un.")
    assert {mail.recipient for mail in asking()} == {MARKS[2], friend.email}
    ran(now() + periods.ADDRESSES + SOON)
    put_back(letter)
    assert {mail.recipient for mail in asking()} == {friend.email}


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
    owner = names_of([signature])[1]
    with write() as session:
        session.add(Erasure(public_id=owner, erased_at=day - 2 * periods.WITHDRAWN))
    assert ran(day - SOON)["withdrawn"] == 0
    assert ran(day)["withdrawn"] == 1
    assert traces(*MARKS) <= set(MARKS[3:]) and db.session.get(Erasure, public_id)
    # They had erased another before, and of that the moment stays: what the team wrote since does not go.
    assert db.session.get_one(Erasure, owner).erased_at == day - 2 * periods.WITHDRAWN
    assert letter.confirmed_count == count and recount(letter) == (0, 0)


def test_whoever_withdrew_and_then_accepted_an_invitation_keeps_it(letter: Letter) -> None:
    left = make_signature(letter, email="lea@example.org")
    mine.withdraw(left.id, left.link_nonce)
    invitation = make_invited(letter, email="lea@example.org")
    stays = accept(invitation)
    assert left.withdrawn_at and ran(left.withdrawn_at + periods.WITHDRAWN)["withdrawn"] == 1
    assert (rows(Invitation), invitation.signature) == (1, stays)


def test_the_invitation_of_whoever_is_on_the_list_without_having_answered_is_deleted_too(letter: Letter) -> None:
    vouched, signs = make_invited(letter), make_invited(letter, email="zoe@example.org")
    first.set_first(letter, make_signature(letter, email="zoe@example.org"), True, by=owner_of(letter))
    attest(vouched, "Par téléphone.", by=owner_of(letter))
    day, signatures = closed(letter) + periods.ADDRESSES, rows(Signature)
    assert signs.signature is None and ran(day - SOON)["invitations"] == 0
    assert ran(day)["invitations"] == 2 and rows(Invitation) == 0
    assert rows(Signature) == signatures


def test_whoever_did_not_accept_an_invitation_is_deleted_and_of_the_others_what_is_not_needed(
    letter: Letter, client: Reader
) -> None:
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
    page = client.get(invitation_path(left))  # whoever accepted has no other link to their signature
    assert page.status_code == 200 and "/signatures/mine/" in page.text


def test_of_whoever_accepted_it_goes_whatever_there_is_of_it(letter: Letter) -> None:
    invited = {what: make_invited(letter) for what in ("email", "note", "word", "question")}
    with write():
        for what, invitation in invited.items():
            invitation.accepted_at, invitation.email, invitation.note = now(), None, ""
            invitation.asked_at = now()
            setattr(invitation, what, "Une amie")
    day = closed(letter) + periods.ADDRESSES
    assert (ran(day)["invited"], ran(day)["invited"]) == (len(invited), 0)
    assert not any(each.asked_at for each in invited.values())  # on the desk no question waits that nobody can read


def test_the_mail_of_an_invitation_goes_too_unless_it_tells_that_nobody_can_be_reached_there(letter: Letter) -> None:
    reached, unreachable = make_invited(letter), make_invited(letter)
    with write():
        reached.message_id, unreachable.message_id = (make_message(f"{name}@example.org").id for name in ("a", "b"))
    left, refused = db.session.scalars(sa.select(Message).order_by(Message.id))
    with write():
        left.sent_at = refused.gave_up_at = now()
    assert ran(now() + periods.MAILS)["mails"] == 1
    assert db.session.scalars(sa.select(Message.id)).all() == [unreachable.message_id]


def test_traces_of_mails_go_and_then_the_mailboxes_that_nobody_needs(letter: Letter) -> None:
    sent, waiting, suppressed, allowed = (make_message(f"{name}@example.org") for name in ("a", "b", "c", "d"))
    kept, lately = {waiting.mailbox_key, suppressed.mailbox_key}, allowed.mailbox_key
    with write() as session:
        sent.sent_at = suppressed.gave_up_at = allowed.sent_at = now()
        session.get_one(Mailbox, suppressed.mailbox_key).suppressed_at = now()
        session.get_one(Mailbox, allowed.mailbox_key).allowed_at = now() + SOON
    day = now() + periods.MAILS
    assert ran(day - SOON)["mails"] == 0
    gone = ran(day)
    assert (gone["mails"], gone["mailboxes"]) == (3, 1)
    assert db.session.scalars(sa.select(Message.id)).all() == [waiting.id]
    assert set(db.session.scalars(sa.select(Mailbox.key))) == {*kept, lately}
    assert ran(day + SOON)["mailboxes"] == 1 and set(db.session.scalars(sa.select(Mailbox.key))) == kept


def test_the_log_and_the_log_ins_that_open_nothing_go(client: Reader, letter: Letter) -> None:
    client.log_in(owner_of(letter))
    start_of, lines = now(), rows(Event)
    assert lines and rows(LogIn)
    assert ran(start_of + periods.LOG_INS - SOON)["log_ins"] == 0
    assert ran(start_of + periods.LOG_INS + SOON)["log_ins"] == 1
    assert ran(start_of + periods.LOG - SOON)["log"] == 0
    assert ran(start_of + periods.LOG + SOON)["log"] == lines


def test_the_address_of_whoever_was_asked_into_a_team_goes(letter: Letter) -> None:
    waits, accepted, revoked, again = (make_invitation(letter.team, f"{name}@example.org") for name in "abcd")
    day = waits.created_at + periods.TEAM_INVITATIONS
    with write():
        accepted.accepted_at = revoked.revoked_at = now()
        again.created_at = now() + SOON
    assert ran(day - SOON)["team_invitations"] == 0
    assert ran(day + SOON / 2)["team_invitations"] == 3
    assert db.session.scalars(sa.select(TeamInvitation.email)).all() == [again.email]


def test_the_networks_go(letter: Letter) -> None:
    signature = someone(letter, network_hash="x")
    assert ran(signature.signed_at + periods.NETWORKS - SOON)["networks"] == 0
    assert ran(signature.signed_at + periods.NETWORKS)["networks"] == 1


@ON_SQLITE  # PostgreSQL would read the whole of so small a table
def test_old_networks_are_found_by_their_age(letter: Letter) -> None:
    with plans() as found:
        db.session.scalars(sa.select(Signature.id).where(networks())).all()
    assert "USING INDEX ix_signatures_networks_by_age" in found[0]
