"""The order in which mailboxes are locked: that of Python, which sorts them for some, and of every database."""

import re
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.asking.again import ask
from tests.databases import ON_POSTGRESQL
from tests.factories import all_leave, make_correction, make_invited, make_letter, make_signature, owner_of, posted
from tests.invitations.answers import accept
from tests.invitations.sent import invite_all
from tests.moderation.acting import back, do_to
from tests.outbox.returned import DRAFT, ZOE, left, report
from tests.statements import listening
from tests.turns import Act, all_turns
from tribune.database import db, write
from tribune.invitations.announcing import announce, launch
from tribune.invitations.sending import invite
from tribune.letters.life import publish
from tribune.letters.models import Letter
from tribune.mine.actions import withdraw
from tribune.moderation.models import Batch
from tribune.notices.actions import put_back, take_down
from tribune.outbox.actions import Budget, lock_mailbox, post, suppress
from tribune.outbox.bounces import read_bounce, take_back
from tribune.outbox.claiming import claim, record
from tribune.outbox.models import Mailbox, Message
from tribune.outbox.transport import MailboxRefused
from tribune.signatures.actions import not_me
from tribune.signatures.models import Signature

KINDS = {"published", "ask_to_agree", "invitation"}


@ON_POSTGRESQL
def test_mailboxes_are_ordered_byte_by_byte_whatever_the_language_of_the_database(app: Flask) -> None:
    """In French `a` comes before `B`, and they are keys in base64; the tests have no such database."""
    letter = make_letter(published=False)
    invited = make_invited(letter)
    orders: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        orders.extend(re.findall(r"ORDER BY [\w.]*(?:mailbox_key|mailboxes\.key)(?: COLLATE \S+)?", statement))

    with listening("before_cursor_execute", note):
        invite(letter, [invited.id], by=owner_of(letter))
        accept(invited, tell=True)
        publish(letter)
        announce(letter)
        batch = do_to("hide", make_signature(letter), tells=True)
        all_leave()
        back(batch)
    ordered = {"mailboxes.key", "invitations.mailbox_key", "signatures.mailbox_key"}
    assert set(orders) == {f'ORDER BY {column} COLLATE "C"' for column in ordered}


@ON_POSTGRESQL
@pytest.mark.parametrize("acts", [("hide",), ("hide", "back"), ("hide", "show", "back")], ids=" ".join)
def test_who_is_told_of_a_hiding_while_invited_to_another_letter_waits_in_no_ring(
    app: Flask, acts: tuple[str, ...]
) -> None:
    """The last act tells. Mailboxes of most were forgotten meanwhile: these are made anew, the last one is there."""

    def begin(pause: int) -> tuple[Act, Act]:
        letter, other = make_letter(), make_letter()
        emails = [f"{name}{pause}@example.org" for name in ("ana", "bob", "zoe")]
        signed = [make_signature(letter, email=email).id for email in emails]
        for email in emails:
            make_invited(other, email=email)
        for act in acts[:-1]:
            tell(signed, act)
            all_leave()
        with write() as session:
            last = max(one.mailbox_key or "" for one in people(signed))
            lock_mailbox(last)
            session.execute(sa.delete(Mailbox).where(Mailbox.key != last))
        number = other.id
        return lambda: tell(signed, acts[-1]), lambda: invite_all(db.session.get_one(Letter, number))

    def people(numbers: list[int]) -> list[Signature]:
        return [db.session.get_one(Signature, number) for number in numbers]

    def tell(numbers: list[int], act: str) -> None:
        if act == "back":
            back(db.session.scalars(sa.select(Batch).order_by(Batch.id.desc())).first())
        else:
            do_to(act, *people(numbers), tells=True)

    for pause in all_turns(app, begin):
        assert len(posted()) == (3 * len(acts) + 3) * pause
        all_leave()


@ON_POSTGRESQL
def test_a_mail_that_comes_back_while_the_next_is_refused_waits_in_no_ring(app: Flask) -> None:
    """Both write the mailbox and the tally of the letter."""
    letter = make_letter().id

    def begin(_pause: int) -> tuple[Act, Act]:
        returned = read_bounce(report(left(about=letter).message_id))
        with write():
            assert post("example", ZOE, DRAFT, {}, Budget("report", ()), about=letter)
        refused = claim()
        assert returned and refused
        return lambda: take_back(returned), lambda: record(refused, MailboxRefused("550"))

    for pause in all_turns(app, begin):
        bounced = Message.about == letter, Message.gave_up_at.is_not(None)
        assert db.session.scalar(sa.select(sa.func.count()).where(*bounced)) == 2 * pause


@ON_POSTGRESQL
def test_who_withdraws_and_wants_no_more_mails_waits_in_no_ring(app: Flask) -> None:
    """Two mails wait for them: that they are hidden, and that the letter is published."""

    def begin(pause: int) -> tuple[Act, Act]:
        letter = make_letter(published=False, contact="alice@example.org")
        signature = accept(make_invited(letter, email=f"ana{pause}@example.org"), tell=True)
        do_to("hide", signature, tells=True)
        launch(letter)
        assert {mail.kind for mail in posted() if mail.mailbox_key == signature.mailbox_key} >= {"published", "hidden"}
        link, key = (signature.id, signature.link_nonce), signature.mailbox_key or ""
        return lambda: withdraw(*link), lambda: suppress(key)

    for pause in all_turns(app, begin):
        assert not any(mail.sent_at is None and mail.recipient == f"ana{pause}@example.org" for mail in posted())


@ON_POSTGRESQL
@pytest.mark.parametrize("act", [lambda letter: take_down(letter, "Une phrase accuse quelqu’un."), put_back])
def test_who_says_it_was_not_them_while_a_letter_is_taken_down_or_put_back_waits_in_no_ring(
    app: Flask, act: Callable[[Letter], None]
) -> None:
    """Several mails about the letter wait for one mailbox, and are paused or resumed kind by kind."""

    def begin(pause: int) -> tuple[Act, Act]:
        letter, email = make_letter(published=False, contact="alice@example.org"), f"zoe{pause}@example.org"
        zoe = accept(make_invited(letter, email=email, given_name="Zoé", family_name="Roux"), tell=True)
        launch(letter)
        make_correction(letter, substance=True)
        ask(letter)
        make_invited(letter, email=email, given_name="Max", family_name="Petit")
        invite_all(letter)
        assert {mail.kind for mail in posted() if mail.mailbox_key == zoe.mailbox_key} >= KINDS
        if act is put_back:
            take_down(letter, "Une phrase accuse quelqu’un.")
        number, key = letter.id, zoe.mailbox_key or ""
        return lambda: act(db.session.get_one(Letter, number)), lambda: not_me(key)

    for pause in all_turns(app, begin):
        assert not [mail for mail in posted() if mail.recipient == f"zoe{pause}@example.org"]
