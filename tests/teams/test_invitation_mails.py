"""Of an invitation into a team at most one mail waits, and none once its link opens nothing any more."""

import contextlib
import re
from functools import partial

import pytest
from flask import Flask

from tests.factories import all_leave, everything, make_letter, make_member, owner_of, posted
from tests.page import Reader
from tests.turns import Act, all_turns
from tribune.database import db
from tribune.letters.carrying import leave
from tribune.letters.models import Letter
from tribune.organisers.models import Organiser
from tribune.outbox.actions import suppress
from tribune.outbox.bounces import Bounce, take_back
from tribune.outbox.delivery import deliver_due
from tribune.outbox.transport import mailbox_folder
from tribune.teams import actions
from tribune.teams.invitations import NotMailed, accept, invite, revoke, send_again
from tribune.teams.models import Role, Team, TeamInvitation

ZOE = "zoe@example.org"


def ask(team: Team, by: Organiser, email: str = ZOE) -> TeamInvitation:
    return invite(team, email, Role.EDITOR, by=by, locale="fr")


def test_a_revoked_invitation_does_not_leave(letter: Letter) -> None:
    alice = owner_of(letter)
    revoke(ask(letter.team, alice), by=alice)
    deliver_due()
    assert posted() == [] and not list(mailbox_folder().glob("*.eml"))


def test_nor_does_one_that_went_with_an_owner(letter: Letter) -> None:
    ask(letter.team, owner_of(letter))
    actions.leave(letter.team, by=make_member(letter, Role.OWNER))
    assert posted() == []


def test_nor_one_into_a_team_that_is_no_more(letter: Letter) -> None:
    alice = owner_of(letter)
    team = actions.found("Par erreur", by=alice)
    ask(team, alice)
    leave(team, by=alice)
    assert posted() == []


def test_what_has_left_and_what_another_team_asks_stays(letter: Letter) -> None:
    alice, other = owner_of(letter), make_letter()
    left = ask(letter.team, alice)
    all_leave()
    kept = ask(other.team, owner_of(other))
    ask(letter.team, alice, "yves@example.org")
    revoke(left, by=alice)
    links = [(message.links or {})["join"]["payload"][0] for message in posted()]
    assert len(links) == 3 and {left.id, kept.id} < set(links)


def test_sent_again_it_leaves_once_and_once_accepted_no_more(letter: Letter) -> None:
    alice = owner_of(letter)
    invitation = ask(letter.team, alice)
    send_again(invitation, by=alice, locale="fr")
    ask(letter.team, alice, "Zoe+teams@example.org")
    assert [message.recipient for message in posted()] == ["Zoe+teams@example.org"]
    accept(invitation.id, invitation.link_nonce, name="Zoé")
    assert posted() == []


def test_the_page_says_whose_mail_came_back_until_it_is_sent_again(client: Reader, letter: Letter) -> None:
    alice, other = owner_of(letter), make_letter()
    zoe, _yves = ask(letter.team, alice), ask(letter.team, alice, "yves@example.org")
    ask(other.team, owner_of(other))
    all_leave()

    def states() -> list[str]:
        page = client.get(f"/manage/teams/{letter.team_id}?lang=en").text
        return re.findall("Waiting for an answer|The email was refused: check the address", page)

    client.log_in(alice)
    assert states() == ["Waiting for an answer"] * 2
    take_back(Bounce(posted()[2].message_id, "5.1.1", ZOE))  # what another team sent, later
    assert states() == ["Waiting for an answer"] * 2
    take_back(Bounce(posted()[0].message_id, "5.1.1", ZOE))
    assert states() == ["The email was refused: check the address", "Waiting for an answer"]
    send_again(zoe, by=alice, locale="fr")
    assert states() == ["Waiting for an answer"] * 2


def test_a_mailbox_is_not_flooded(letter: Letter) -> None:
    alice = owner_of(letter)
    for _ in range(3):
        invitation = ask(letter.team, alice)
        all_leave()
    before = everything()
    with pytest.raises(NotMailed):
        ask(letter.team, alice)
    with pytest.raises(NotMailed):
        send_again(invitation, by=alice, locale="fr")
    assert everything() == before


def test_who_sends_it_again_and_who_says_it_was_not_them_do_not_wait_in_a_ring(app: Flask, letter: Letter) -> None:
    alice, team = owner_of(letter).id, letter.team_id

    def again(number: int) -> None:
        by, invitation = db.session.get_one(Organiser, alice), db.session.get_one(TeamInvitation, number)
        with contextlib.suppress(NotMailed):  # they said it first
            send_again(invitation, by=by, locale="fr")

    def begin(pause: int) -> tuple[Act, Act]:
        by, address = db.session.get_one(Organiser, alice), f"zoe{pause}@example.org"
        invitation = ask(db.session.get_one(Team, team), by, address)
        return partial(again, invitation.id), partial(suppress, invitation.mailbox_key)

    for _pause in all_turns(app, begin):
        assert not [message for message in posted() if message.recipient]
