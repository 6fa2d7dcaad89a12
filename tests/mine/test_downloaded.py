"""The file of one's data lists each mail about one's letter, and nobody else's; and says how the browser is known."""

import json
from typing import Any

import pytest
import sqlalchemy as sa

from tests.databases import ON_SQLITE
from tests.factories import (
    all_leave,
    latest_signature,
    make_invited,
    make_letter,
    make_signature,
    mine_path,
    owner_of,
    posted,
)
from tests.invitations.answers import accept
from tests.letters.gathered import make_accepted, make_gathered
from tests.moderation.acting import do_to
from tests.page import Reader
from tribune.database import write
from tribune.invitations.actions import attest
from tribune.invitations.announcing import launch
from tribune.invitations.models import Invitation
from tribune.letters.models import Letter
from tribune.mine import data
from tribune.mine.erasing import erase
from tribune.outbox.models import Message
from tribune.signatures.actions import confirm
from tribune.signatures.mails import post_ask_to_confirm, post_remind_to_confirm
from tribune.signatures.models import Signature

ADDRESS = "zoe@example.org"
# Of the two rows, what tells nothing that stands beside it, or opens a page, or is one of the three things left out.
NOT_TOLD = {
    Signature: {
        "id", "letter_id", "merge_id", "organisation_key", "sort_key", "search_key", "mailbox_key", "domain",
        "network_hash", "link_nonce", "browser_hash", "held_at", "anonymised_at",
    },
    Invitation: {
        "id", "letter_id", "rank", "mailbox_key", "link_nonce", "note", "message_id", "signature_id",
        "forwarded_from_id",
    },
}  # fmt: skip


def file(client: Reader, signature: Signature) -> Any:
    return json.loads(client.post(mine_path(signature), data={"act": "download"}).text)


def mailed(client: Reader, signature: Signature) -> list[str]:
    return [mail["kind"] for mail in file(client, signature)["mails"]]


def with_mails(client: Reader, letter: Letter) -> Signature:
    """Somebody who was reminded, signed twice, and was hidden; all mails have left."""
    client.sign(letter.slug, email=ADDRESS)
    signature = latest_signature()
    with write():
        post_remind_to_confirm(signature)
    confirm(signature.id, signature.link_nonce)
    client.sign(letter.slug, email=ADDRESS)
    do_to("hide", signature, tells=True)
    all_leave()
    with write() as session:
        session.execute(sa.update(Message).values(links=sa.null()))
    return signature


def test_it_lists_every_mail_about_the_letter(client: Reader, letter: Letter) -> None:
    signature = with_mails(client, letter)
    assert mailed(client, signature) == ["ask_to_confirm", "remind_to_confirm", "already_signed", "hidden"]


@ON_SQLITE
def test_it_lists_the_mail_of_the_launch(client: Reader) -> None:
    letter = make_gathered()
    invitation = make_accepted(letter, "Ana")
    launch(letter, owner_of(letter))
    assert invitation.signature and mailed(client, invitation.signature) == ["published"]


def test_it_lists_no_mail_of_another_letter_nor_of_another_mailbox(client: Reader, letter: Letter) -> None:
    with_mails(client, letter)
    elsewhere = make_signature(make_letter(slug="bancs"), email=ADDRESS)
    neighbour = make_signature(letter, email="ada@example.org")
    with write():
        post_ask_to_confirm(neighbour, "ada@example.org")
    assert mailed(client, elsewhere) == [] and mailed(client, neighbour) == ["ask_to_confirm"]


def test_once_erased_no_mail_is_about_the_letter(client: Reader, letter: Letter) -> None:
    signature = with_mails(client, letter)
    erase(signature.id, signature.link_nonce)
    assert [mail.about for mail in posted()] == [None] * 4


def test_it_says_how_the_browser_that_signed_is_known(client: Reader, letter: Letter) -> None:
    client.sign("rues", email=ADDRESS)
    signature = latest_signature()
    confirm(signature.id, signature.link_nonce)
    answer = client.post(mine_path(signature), data={"act": "download"}).text
    assert "a hash of a cookie" in json.loads(answer)["browser_it_was_sent_from"]
    assert signature.browser_hash and signature.browser_hash not in answer
    assert file(client, make_signature(letter))["browser_it_was_sent_from"] is None


@ON_SQLITE
def test_it_lists_the_invitation_that_was_accepted_and_none_to_another_letter(client: Reader) -> None:
    letter = make_letter(published=False)
    signature = accept(make_invited(letter, email=ADDRESS))
    make_invited(make_letter(), email=ADDRESS)
    make_invited(letter, given_name="Ana", email="zoe+ana@example.org")  # who may be somebody else
    held = file(client, signature)
    assert held["letter"]["address"] is None  # which nobody reads yet
    assert [each["email"] for each in held["invitations"]] == [ADDRESS]
    with write():
        signature.mailbox_key = "of another address, under which they signed"
    assert [each["email"] for each in file(client, signature)["invitations"]] == [ADDRESS]


@pytest.mark.parametrize(("model", "told"), [(Signature, data.COLUMNS), (Invitation, data.INVITATION)])
def test_it_holds_all_that_erasing_deletes(model: type, told: list[str]) -> None:
    columns = {column.key for column in sa.inspect(model).columns}
    assert columns == {*told} | NOT_TOLD[model], "add it to mine/data.py, or say in NOT_TOLD why not"


@ON_SQLITE
def test_it_says_how_the_organisers_know_that_they_agreed(client: Reader, letter: Letter) -> None:
    signature = attest(make_invited(letter, email=ADDRESS), "par téléphone", by=owner_of(letter))
    held = file(client, signature)
    assert [(line["act"], line["how"]) for line in held["history"]] == [("invitation_attested", "par téléphone")]
    assert held["signature"]["position"] == 1 and held["invitations"][0]["tell"] is False
