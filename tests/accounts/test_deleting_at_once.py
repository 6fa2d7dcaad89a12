"""An account that is deleted or blocked in one browser while another acts: that is said, and is no error of ours."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.databases import ON_POSTGRESQL
from tests.factories import (
    make_invitation,
    make_invited,
    make_letter,
    make_member,
    make_organiser,
    make_signature,
    posted,
)
from tests.invitations.sent import invite_all
from tests.page import Reader
from tests.turns import Act, all_turns
from tribune.database import db
from tribune.letters.carrying import delete_account
from tribune.letters.models import Letter
from tribune.mine.actions import withdraw
from tribune.moderation import actions as moderation
from tribune.moderation.models import Batch
from tribune.notices.actions import block
from tribune.organisers.models import Organiser
from tribune.teams.models import Role, Team
from tribune.teams.queries import team_of


def rename_account(_team: Team) -> tuple[str, dict[str, str]]:
    return "/manage/account", {"name": "Zoé Petit"}


def send_again(team: Team) -> tuple[str, dict[str, str]]:
    return f"/manage/teams/{team.id}/invitations/{make_invitation(team).id}/send-again", {}


def goes(number: int) -> Act:
    return lambda: delete_account(db.session.get_one(Organiser, number))


@ON_POSTGRESQL
@pytest.mark.parametrize("asked", [rename_account, send_again])
def test_whoever_acts_is_told_that_it_is_gone(
    app: Flask, client: Reader, asked: Callable[[Team], tuple[str, dict[str, str]]]
) -> None:
    numbers, statuses = [], []

    def begin(_pause: int) -> tuple[Act, Act]:
        organiser = make_organiser()
        numbers.append(number := organiser.id)
        path, data = asked(team_of(organiser))
        client.log_in(organiser)
        data |= client.fields("/manage/account")

        return goes(number), lambda: statuses.append(client.post(path, data=data).status_code)

    for _pause in all_turns(app, begin):
        assert db.session.get(Organiser, numbers[-1]) is None
    assert set(statuses) <= {303, 403, 404}


@ON_POSTGRESQL
@pytest.mark.parametrize("asked", [rename_account, send_again])
def test_whoever_acts_while_their_account_is_blocked_is_told_that_they_may_not(
    app: Flask, client: Reader, asked: Callable[[Team], tuple[str, dict[str, str]]]
) -> None:
    statuses = []

    def begin(_pause: int) -> tuple[Act, Act]:
        organiser = make_organiser()
        number = organiser.id
        path, data = asked(team_of(organiser))
        client.log_in(organiser)
        data |= client.fields("/manage/account")

        def is_blocked() -> None:
            block(db.session.get_one(Organiser, number))

        return is_blocked, lambda: statuses.append(client.post(path, data=data).status_code)

    list(all_turns(app, begin))
    assert {403} <= set(statuses) <= {303, 403}


@ON_POSTGRESQL
@pytest.mark.parametrize("is_contact", [True, False])
@pytest.mark.parametrize("undoes", [True, False])
def test_a_batch_goes_on_or_back_while_whoever_began_it_goes(app: Flask, undoes: bool, is_contact: bool) -> None:
    """Neither waits for the other in a ring."""

    def begin(_pause: int) -> tuple[Act, Act]:
        zoe = make_organiser()
        letter = make_letter(contact=zoe.email if is_contact else "alice@example.org")
        make_member(letter, Role.EDITOR, zoe)
        make_signature(letter)
        batch = moderation.start(letter, by=zoe, verb="hold", choice={}, reason="x")
        if undoes:
            moderation.advance(batch, 0)
        number = batch.id

        def moves() -> None:
            there = db.session.get_one(Batch, number)
            moderation.undo(there, by=None) if undoes else moderation.advance(there, 0)

        return moves, goes(zoe.id)

    for pause in all_turns(app, begin):
        came = db.session.scalars(sa.select(Batch).order_by(Batch.id.desc())).first()
        assert came and came.finished_at and came.organiser_id is None, pause


@ON_POSTGRESQL
def test_a_signatory_leaves_while_the_account_of_the_contact_goes(app: Flask) -> None:
    def begin(_pause: int) -> tuple[Act, Act]:
        zoe = make_organiser()
        letter = make_letter(contact=zoe.email)
        make_member(letter, Role.EDITOR, zoe)
        signature = make_signature(letter)
        link = signature.id, signature.link_nonce
        return lambda: withdraw(*link), goes(zoe.id)

    for pause in all_turns(app, begin):
        letter = db.session.scalars(sa.select(Letter).order_by(Letter.id.desc())).first()
        assert letter and (letter.confirmed_count, letter.contact) == (0, ""), pause


@ON_POSTGRESQL
def test_invitations_sent_while_it_goes_do_not_ask_for_answers_to_its_address(app: Flask) -> None:
    def begin(_pause: int) -> tuple[Act, Act]:
        zoe = make_organiser()
        letter = make_letter(published=False, contact=zoe.email)
        make_member(letter, Role.EDITOR, zoe)
        make_invited(letter)
        number = letter.id
        return lambda: invite_all(db.session.get_one(Letter, number)), goes(zoe.id)

    for pause in all_turns(app, begin):
        assert [mail.reply_to for mail in posted()] == [None] * pause
