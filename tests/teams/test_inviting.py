"""Into a team one comes by mail: asked by an owner, accepted once, by the owner of that mailbox and nobody else."""

import email
import email.policy
import re
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from tests.databases import ON_SQLITE
from tests.factories import everything, make_invitation, make_member, make_organiser, owner_of, posted
from tests.page import Reader
from tests.teams.joining import ZOE, log, role_of_zoe
from tribune.database import db, now
from tribune.letters.models import Letter
from tribune.organisers.models import LogIn, Organiser
from tribune.organisers.queries import organiser_by_address
from tribune.outbox.actions import suppress
from tribune.outbox.delivery import deliver_due
from tribune.outbox.mailboxes import mailbox_key
from tribune.outbox.transport import mailbox_folder
from tribune.statements import UNREAD
from tribune.teams import actions
from tribune.teams.links import invitation_link
from tribune.teams.models import Role, TeamInvitation
from tribune.teams.queries import membership_of, memberships_of
from tribune.tokens import Link


@pytest.fixture
def owner(client: Reader, letter: Letter) -> Reader:
    """The browser of the owner of the team."""
    client.log_in(owner_of(letter))
    return client


@pytest.fixture
def guest(app: Flask) -> Reader:
    """The browser in which the mail is opened."""
    return app.test_client()


def invite(owner: Reader, letter: Letter, email: str = ZOE, role: str = "editor") -> tuple[int, str]:
    """Fill in and send the form; the answer, and the page."""
    page = f"/manage/teams/{letter.team_id}/invite"
    answer = owner.post(page, data={**owner.fields(page), "email": email, "role": role})
    return answer.status_code, answer.text


def press(owner: Reader, letter: Letter, what: str) -> None:
    """A button beside the only invitation."""
    [invitation] = db.session.scalars(sa.select(TeamInvitation))
    page = f"/manage/teams/{letter.team_id}"
    assert owner.post(f"{page}/invitations/{invitation.id}/{what}", data=owner.fields(page)).location == page


def mailed_link() -> str:
    """The path of the invitation mailed last."""
    return urlsplit(Link.restored((posted()[-1].links or {})["join"]).url()).path


def accept(guest: Reader, link: str, **typed: str) -> tuple[int, str | None]:
    """Press the button of the page that the mail opens."""
    answer = guest.post(link, data={**guest.fields(link), **typed})
    return answer.status_code, answer.location


@ON_SQLITE
def test_who_has_no_account_gets_one_by_accepting(owner: Reader, guest: Reader, letter: Letter) -> None:
    assert invite(owner, letter)[0] == 303
    link = mailed_link()
    page = guest.get(link).text
    assert "Alice" in page and letter.team.name in page and ZOE in page
    assert organiser_by_address(ZOE) is None  # looking accepts nothing
    team, waiting = f"/manage/teams/{letter.team_id}", "Invitations not accepted yet"
    assert waiting in owner.get(f"{team}?lang=en").text
    assert accept(guest, link, name="Zoé Évrard") == (303, team)
    assert waiting not in owner.get(f"{team}?lang=en").text
    assert guest.get(team).status_code == guest.get(f"/manage/letters/{letter.id}").status_code == 200
    assert role_of_zoe(letter) is Role.EDITOR
    assert log() == [
        ("member_invited", "Alice", "z…@example.org", {"role": "editor"}),
        ("member_joined", "Zoé Évrard", "Zoé Évrard", {"role": "editor"}),
    ]


@ON_SQLITE
def test_the_mail_says_who_asks_into_what_as_what(owner: Reader, letter: Letter) -> None:
    invite(owner, letter, role="viewer")
    deliver_due()
    [file] = mailbox_folder().glob("*.eml")
    mail = file.read_text()
    assert f"To: {ZOE}" in mail and "Alice" in mail and "http://localhost/teams/join/" in mail
    html = email.message_from_string(mail, policy=email.policy.default).get_body(("html",)).get_content()
    assert re.findall(r'class="button"[^>]*>([^<]+)<', html) == ["Voir l’invitation"]  # and not the sentence before it


@ON_SQLITE
def test_a_viewer_who_is_new_has_a_team_of_their_own_to_write_in(owner: Reader, guest: Reader, letter: Letter) -> None:
    invite(owner, letter, role="viewer")
    accept(guest, mailed_link(), name="Zoé")
    zoe = organiser_by_address(ZOE)
    assert zoe is not None
    assert {(m.team.name, m.role) for m in memberships_of(zoe)} == {("Alice", Role.VIEWER), ("Zoé", Role.OWNER)}


@ON_SQLITE
def test_who_is_logged_in_joins_with_their_account(owner: Reader, guest: Reader, letter: Letter) -> None:
    zoe = make_organiser(email=ZOE)
    guest.log_in(zoe)
    invite(owner, letter, "Zoe+teams@example.org")  # another spelling of one mailbox
    assert accept(guest, mailed_link()) == (303, f"/manage/teams/{letter.team_id}")
    assert role_of_zoe(letter) is Role.EDITOR


@ON_SQLITE
def test_an_account_that_exists_joins_but_is_entered_only_by_a_log_in_link(
    owner: Reader, guest: Reader, letter: Letter
) -> None:
    """People pass invitations on, and one lasts for days: it must not open what the account holds besides."""
    make_organiser(email=ZOE)
    invite(owner, letter)
    assert accept(guest, mailed_link()) == (303, "/organisers/log-in")
    assert role_of_zoe(letter) is Role.EDITOR
    assert 'role="status"' in guest.get("/organisers/log-in").text
    assert guest.get("/manage/").status_code == 303
    assert db.session.scalar(sa.select(sa.func.count()).select_from(LogIn)) == 1  # of the owner


@ON_SQLITE
def test_an_invitation_is_accepted_once(owner: Reader, guest: Reader, letter: Letter, app: Flask) -> None:
    invite(owner, letter)
    link = mailed_link()
    second = app.test_client()
    form = second.fields(link)
    assert accept(guest, link)[0] == 303
    assert second.get(link).status_code == second.post(link, data=form).status_code == 410
    assert second.get("/manage/").status_code == 303
    advice = "in the team already, you will find it among your teams", "in the team already, log in"
    for browser, said in zip((owner, second), advice, strict=True):  # who is logged in is not told to do so
        assert [words in browser.get(f"{link}?lang=en").text for words in advice] == [words == said for words in advice]


@ON_SQLITE
def test_it_is_for_the_invited_mailbox_and_no_other(owner: Reader, guest: Reader, letter: Letter) -> None:
    invite(owner, letter)
    link = mailed_link()
    bob = make_organiser(email="bob@example.org")
    guest.log_in(bob)
    answer = guest.get(f"{link}?lang=en")
    assert answer.status_code == 403
    assert "z…@example.org" in answer.text and "bob@example.org" in answer.text and ZOE not in answer.text
    assert "Log out" in answer.text and "Ask an owner" in answer.text
    before = everything()
    assert guest.post(link, data=guest.fields("/manage/account")).status_code == 403
    assert everything() == before
    assert membership_of(bob, letter.team_id) is None


@ON_SQLITE
def test_a_revoked_invitation_opens_nothing(owner: Reader, guest: Reader, letter: Letter) -> None:
    invite(owner, letter)
    link = mailed_link()
    form = guest.fields(link)
    press(owner, letter, "revoke")
    assert guest.get(link).status_code == guest.post(link, data=form).status_code == 410
    assert organiser_by_address(ZOE) is None and ZOE not in owner.get(f"/manage/teams/{letter.team_id}").text
    assert [(verb, subject) for verb, _, subject, _ in log()][-1] == ("invitation_revoked", "z…@example.org")
    press(owner, letter, "revoke")  # twice is said, and does nothing
    press(owner, letter, "send-again")
    assert posted() == []


def test_it_lasts_fourteen_days_and_can_be_sent_again(owner: Reader, guest: Reader, letter: Letter) -> None:
    invite(owner, letter)
    link = mailed_link()
    with time_machine.travel(now() + timedelta(days=13, hours=23)):
        assert guest.get(link).status_code == 200
    with time_machine.travel(now() + timedelta(days=14, minutes=1)):
        assert guest.get(link).status_code == 410
        assert not db.session.scalars(sa.select(TeamInvitation)).one().is_waiting  # as the team reads
    with time_machine.travel(now() + timedelta(days=13)):
        press(owner, letter, "send-again")
    with time_machine.travel(now() + timedelta(days=20)):
        assert accept(guest, mailed_link())[0] == 303
    assert role_of_zoe(letter) is Role.EDITOR


@ON_SQLITE
def test_deleted_while_it_is_sent_again_it_is_not_there(
    owner: Reader, letter: Letter, monkeypatch: pytest.MonkeyPatch
) -> None:
    invite(owner, letter)
    [invitation] = db.session.scalars(sa.select(TeamInvitation))
    lock = actions.lock

    def after_retention(team_id: int, *, by: Organiser) -> None:
        db.session.execute(sa.delete(TeamInvitation), execution_options=UNREAD)
        lock(team_id, by=by)

    monkeypatch.setattr(actions, "lock", after_retention)
    page, before = f"/manage/teams/{letter.team_id}", [mail.id for mail in posted()]
    answer = owner.post(f"{page}/invitations/{invitation.id}/send-again", data=owner.fields(page))
    assert answer.status_code == 404 and "Il n’y a rien ici" in answer.text
    assert [mail.id for mail in posted()] == before


def test_inviting_somebody_again_changes_the_role_they_will_have_and_begins_the_period_anew(
    owner: Reader, guest: Reader, letter: Letter
) -> None:
    invite(owner, letter, role="owner")
    first = mailed_link()
    with time_machine.travel(now() + timedelta(days=10), tick=False):
        invite(owner, letter, "zoe+again@example.org", role="viewer")
        assert db.session.scalars(sa.select(TeamInvitation)).one().created_at == now()
    assert accept(guest, first)[0] == 303
    assert role_of_zoe(letter) is Role.VIEWER


@ON_SQLITE
def test_a_member_is_not_invited_again(owner: Reader, letter: Letter) -> None:
    member = make_member(letter, Role.VIEWER)
    status, page = invite(owner, letter, member.email)
    assert status == 422 and f'value="{member.email}"' in page and posted() == []


@ON_SQLITE
@pytest.mark.parametrize(("email", "role"), [("zoe", "editor"), ("", "editor"), (ZOE, ""), (ZOE, "emperor")])
def test_what_cannot_be_sent_is_refused_and_not_lost(owner: Reader, letter: Letter, email: str, role: str) -> None:
    status, page = invite(owner, letter, email, role)
    assert status == 422 and f'value="{email}"' in page and posted() == []


def test_who_wants_no_mail_receives_none_and_the_owner_is_told(owner: Reader, letter: Letter) -> None:
    suppress(mailbox_key(ZOE))
    status, page = invite(owner, letter)
    assert status == 422 and 'aria-invalid="true"' in page
    assert posted() == [] and db.session.scalars(sa.select(TeamInvitation)).all() == []


@ON_SQLITE
def test_an_invitation_of_an_account_that_is_gone_still_works(guest: Reader, letter: Letter) -> None:
    invitation = make_invitation(letter.team)
    link = urlsplit(invitation_link(invitation, Organiser(id=999_999)).url()).path
    assert ZOE in guest.get(link).text
