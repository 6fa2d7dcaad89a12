"""An account that is deleted in one browser while another acts: it is gone for both, and that is no error of ours."""

from collections.abc import Callable

import pytest
from flask import Flask

from tests.databases import ON_POSTGRESQL
from tests.factories import make_invitation, make_organiser
from tests.page import Reader
from tests.turns import Act, all_turns
from tribune.database import db
from tribune.letters.carrying import delete_account
from tribune.organisers.models import Organiser
from tribune.teams.models import Team
from tribune.teams.queries import team_of


def rename_account(_team: Team) -> tuple[str, dict[str, str]]:
    return "/manage/account", {"name": "Zoé Petit"}


def send_again(team: Team) -> tuple[str, dict[str, str]]:
    return f"/manage/teams/{team.id}/invitations/{make_invitation(team).id}/send-again", {}


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

        def delete() -> None:
            delete_account(db.session.get_one(Organiser, number))

        return delete, lambda: statuses.append(client.post(path, data=data).status_code)

    for _pause in all_turns(app, begin):
        assert db.session.get(Organiser, numbers[-1]) is None
    assert set(statuses) <= {303, 403, 404}
