"""What happens to one person in two teams at the same moment: neither waits for the other in a ring."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from itertools import count
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm.exc import ObjectDeletedError

from tests.databases import ON_POSTGRESQL
from tests.factories import make_invitation, make_letter, make_member, make_organiser, owner_of
from tests.statements import listening
from tests.threads import LONG
from tests.turns import take_turns
from tribune.database import db
from tribune.letters.carrying import delete_account
from tribune.letters.models import Letter
from tribune.organisers.models import Organiser
from tribune.teams import actions, invitations
from tribune.teams.models import Role, Team, TeamInvitation
from tribune.teams.queries import teams_to_write_in

pytestmark = ON_POSTGRESQL
Pair = tuple[Callable[[], object], Callable[[], object]]


def organiser(number: int) -> Organiser:
    return db.session.get_one(Organiser, number)


def leaves(who: int, team: int) -> None:
    actions.leave(db.session.get_one(Team, team), by=organiser(who))


def accepts(who: int, invitation: int) -> None:
    nonce = db.session.get_one(TeamInvitation, invitation).link_nonce
    invitations.accept(invitation, nonce, by=organiser(who))


def goes(who: int) -> None:
    delete_account(organiser(who))


def left_both(zoe: Organiser, one: Letter, other: Letter) -> Pair:
    for letter in (one, other):
        make_member(letter, Role.EDITOR, zoe)
    return partial(leaves, zoe.id, one.team_id), partial(leaves, zoe.id, other.team_id)


def joined_both(zoe: Organiser, one: Letter, other: Letter) -> Pair:
    first, second = (partial(accepts, zoe.id, make_invitation(each.team, zoe.email).id) for each in (one, other))
    return first, second


def joined_and_gone(zoe: Organiser, one: Letter, other: Letter) -> Pair:
    make_member(other, Role.EDITOR, zoe)
    invitation = make_invitation(one.team, zoe.email)

    def joins(who: int = zoe.id, number: int = invitation.id) -> None:
        with suppress(ObjectDeletedError):  # which a page answers as any that is gone
            accepts(who, number)

    return joins, partial(goes, zoe.id)


def renamed_and_gone(zoe: Organiser, one: Letter, other: Letter) -> Pair:
    def calls_themselves(who: int = zoe.id) -> None:
        actions.rename_organiser(organiser(who), "Zoé")

    return calls_themselves, partial(goes, zoe.id)


@pytest.mark.parametrize("pair", [left_both, joined_both, joined_and_gone, renamed_and_gone])
def test_what_is_done_in_one_waits_for_what_is_done_in_the_other(
    app: Flask, pair: Callable[[Organiser, Letter, Letter], Pair]
) -> None:
    for pause in count(1):
        zoe = make_organiser()
        number, acts = zoe.id, pair(zoe, make_letter(), make_letter())
        if not take_turns(app, *acts, pause):
            break
    zoe_now = db.session.get(Organiser, number)
    assert zoe_now is None if pair in (joined_and_gone, renamed_and_gone) else zoe_now and teams_to_write_in(zoe_now)


def test_two_who_are_contacts_of_letters_of_one_team_and_both_go(app: Flask) -> None:
    for pause in count(1):
        going = [make_organiser(), make_organiser()]
        letter = make_letter(contact=going[0].email)
        make_letter(owner_of(letter), contact=going[1].email)
        for each in going:
            make_member(letter, Role.EDITOR, each)
        numbers = [each.id for each in going]
        first, second = (partial(goes, number) for number in numbers)
        if not take_turns(app, first, second, pause):
            break
    assert not [number for number in numbers if db.session.get(Organiser, number)]


def test_who_accepts_while_their_account_goes_has_a_new_one(app: Flask) -> None:
    zoe, team = make_organiser(), make_letter().team
    who, invitation, looked = zoe.id, make_invitation(team, zoe.email), []

    def go() -> None:
        with app.app_context():
            goes(who)

    def then(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        if not looked and "organisers.mailbox_key = " in statement:  # it was found
            looked.append(statement)
            with ThreadPoolExecutor(1) as thread:
                thread.submit(go).result(LONG)

    number, nonce = invitation.id, invitation.link_nonce
    db.session.remove()
    with listening("after_cursor_execute", then):
        membership, log_in = invitations.accept(number, nonce, name="Zoé")
    assert log_in and membership.organiser_id == log_in.organiser_id != who
    assert db.session.get(Organiser, who) is None
