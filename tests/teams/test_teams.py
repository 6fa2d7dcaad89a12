"""A team: made, named, seen by its members as far as their role goes."""

from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from tests.databases import ON_POSTGRESQL, ON_SQLITE
from tests.factories import make_invitation, make_letter, make_member, make_organiser, make_passkey
from tests.page import Reader
from tests.turns import Act, all_turns
from tribune.audit.models import Event
from tribune.database import db, write
from tribune.letters import carrying
from tribune.letters.models import Letter
from tribune.organisers.models import Organiser
from tribune.statements import count_of
from tribune.teams.actions import found
from tribune.teams.models import Role, Team
from tribune.teams.queries import membership_of, memberships_of, team_of


def events() -> list[tuple[str, str, str]]:
    """What the log says of teams: verb, actor, subject."""
    return [tuple(row) for row in db.session.execute(sa.select(Event.verb, Event.actor, Event.subject))]


def test_who_makes_a_team_owns_it(browser: Reader, alice: Organiser) -> None:
    answer = browser.post(
        "/manage/teams/new", data={**browser.fields("/manage/teams/new"), "name": "Rues  aux enfants"}
    )
    team = db.session.scalars(sa.select(Team).where(Team.name == "Rues aux enfants")).one()
    assert answer.location == f"/manage/teams/{team.id}"
    membership = membership_of(alice, team.id)
    assert membership is not None and membership.role is Role.OWNER
    assert events() == [("team_founded", "Alice", "Rues aux enfants")]
    assert "Rues aux enfants" in browser.get("/manage/teams").text


@ON_SQLITE
@pytest.mark.parametrize("name", ["", "   ", "x" * 101, "win.example.com", "https://example.org", "\u202eegnaro"])
def test_a_team_without_a_name_that_can_be_printed_is_not_made(browser: Reader, alice: Organiser, name: str) -> None:
    answer = browser.post("/manage/teams/new", data={**browser.fields("/manage/teams/new"), "name": name})
    assert answer.status_code == 422 and 'aria-invalid="true"' in answer.text
    assert len(memberships_of(alice)) == 1


def test_a_team_is_renamed_and_the_log_tells_both_names(browser: Reader, alice: Organiser) -> None:
    team = team_of(alice)
    page = f"/manage/teams/{team.id}/name"
    assert 'value="Alice"' in browser.get(page).text
    assert browser.post(page, data={**browser.fields(page), "name": "Rues"}).location == f"/manage/teams/{team.id}"
    assert team.name == "Rues" and events() == [("team_renamed", "Alice", "Rues")]
    assert db.session.scalars(sa.select(Event.details)).one() == {"before": "Alice"}
    browser.post(page, data={**browser.fields(page), "name": "Rues"})
    assert len(events()) == 1  # nothing changed, nothing told


@ON_SQLITE
def test_members_read_who_is_in_the_team_and_only_owners_read_addresses(app: Flask, alice: Organiser) -> None:
    letter = make_letter(alice, title="Pour des rues")
    make_invitation(letter.team, "zoe@example.org")
    for role in Role:
        member, browser = make_member(letter, role), app.test_client()
        browser.log_in(member)
        page = browser.get(f"/manage/teams/{letter.team_id}").text
        assert "Alice" in page and member.name in page and "Pour des rues" in page
        assert ("alice@example.org" in page) is (role is Role.OWNER)
        assert ("zoe@example.org" in page) is (role is Role.OWNER) and ("z…@example.org" in page) is not (
            role is Role.OWNER
        )
        for act in ("/invite", "/name", "/members/"):
            assert (f'href="/manage/teams/{letter.team_id}{act}' in page) is (role is Role.OWNER), (role, act)


def rename_account(browser: Reader, name: str) -> None:
    page = "/manage/account"
    assert browser.post(page, data={**browser.fields(page), "name": name}).location == page


@ON_SQLITE
def test_the_team_of_somebody_without_a_name_can_be_saved_and_takes_the_name_they_give(client: Reader) -> None:
    zoe = make_organiser(email="zoe@example.org", name="")
    client.log_in(zoe)
    team = team_of(zoe)
    page = f"/manage/teams/{team.id}/name"
    assert team.name == "z…" and client.post(page, data=client.fields(page)).status_code == 303
    rename_account(client, "Zoé")
    assert team.name == "Zoé" and events() == [("team_renamed", "Zoé", "Zoé")]
    rename_account(client, "Zoé Évrard")
    assert team.name == "Zoé Évrard"


def test_a_team_that_was_called_by_an_address_takes_the_name_too(client: Reader) -> None:
    zoe = make_organiser(email="zoe@example.org", name="")
    team = team_of(zoe)
    with write():
        team.name = "z…@example.org"
    client.log_in(zoe)
    rename_account(client, "Zoé")
    assert team.name == "Zoé"


def test_a_team_of_several_or_with_a_name_of_its_own_is_not_renamed_with_somebody(
    browser: Reader, alice: Organiser
) -> None:
    shared, own = make_letter(alice).team, found("Rues", by=alice)
    make_member(make_letter(alice), Role.EDITOR)
    rename_account(browser, "Ada")
    assert (shared.name, own.name) == ("Alice", "Rues")


@ON_POSTGRESQL
def test_who_leaves_their_own_team_in_another_tab_while_they_rename_themselves_has_the_new_name(
    app: Flask, client: Reader
) -> None:
    numbers, statuses = [], []

    def begin(_pause: int) -> tuple[Act, Act]:
        zoe = make_organiser(name="Zoé")
        number, team = zoe.id, team_of(zoe).id
        numbers.append(number)
        client.log_in(zoe)
        sent = {**client.fields("/manage/account"), "name": "Zoé Petit"}

        def leave() -> None:
            carrying.leave(db.session.get_one(Team, team), by=db.session.get_one(Organiser, number))

        return leave, lambda: statuses.append(client.post("/manage/account", data=sent).status_code)

    for pause in all_turns(app, begin):
        assert statuses == [303] * pause
        assert db.session.get_one(Organiser, numbers[-1]).name == "Zoé Petit"


@ON_POSTGRESQL
def test_a_letter_made_while_its_team_is_left_in_another_tab_finds_the_team_gone(app: Flask, client: Reader) -> None:
    statuses = []

    def begin(_pause: int) -> tuple[Act, Act]:
        zoe = make_organiser()
        number, team = zoe.id, team_of(zoe).id
        client.log_in(zoe)
        sent = {**client.fields("/manage/letters/new"), "title": "Des rues", "team": str(team)}

        def leave() -> None:
            carrying.leave(db.session.get_one(Team, team), by=db.session.get_one(Organiser, number))

        return leave, lambda: statuses.append(client.post("/manage/letters/new", data=sent).status_code)

    list(all_turns(app, begin))
    assert set(statuses[:-1]) == {404} and statuses[-1] == 303  # the last came once they had a new team
    assert count_of(Letter.id > 0) == 1


@ON_SQLITE
def test_who_gave_no_name_is_known_by_a_masked_address(app: Flask, client: Reader, alice: Organiser) -> None:
    letter = make_letter(make_organiser(email="nameless@example.org", name=""))
    member = make_member(letter, Role.VIEWER)
    client.log_in(member)
    page = client.get(f"/manage/teams/{letter.team_id}").text
    assert "n…@example.org" in page and "nameless" not in page


def test_days_are_those_of_its_log(client: Reader) -> None:
    night = datetime(2026, 7, 1, 22, 30, tzinfo=UTC)  # in Paris the day after
    with time_machine.travel(night):
        alice = make_organiser()
        (home,) = memberships_of(alice)
        make_invitation(home.team)
        passkey = make_passkey(alice)
        with write():
            passkey.used_at = night
        client.log_in(alice)
        for path, times in ((f"/manage/teams/{home.team_id}", 2), ("/manage/account", 4)):
            page = " ".join(client.get(f"{path}?lang=en").text.split())
            assert (page.count("2 July 2026"), page.count(" 1 July 2026")) == (times, 0)
