"""Who may make an account: by invitation nobody from outside; on a site that is open, whoever opens our mail."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from tests.databases import ON_SQLITE
from tests.factories import make_organiser, posted
from tests.page import Reader
from tribune.database import db, now
from tribune.mine.answering import answer_due
from tribune.organisers.links import new_account_link
from tribune.organisers.models import LogIn, Organiser
from tribune.organisers.queries import organiser_by_address
from tribune.outbox.actions import suppress
from tribune.outbox.mailboxes import mailbox_key
from tribune.teams.models import Role
from tribune.teams.queries import memberships_of
from tribune.tokens import Link

NEW = "zoe@example.org"


@pytest.fixture
def open_site(make_app: Callable[..., Flask]) -> Iterator[Reader]:
    """A browser on a site that is open to all."""
    app = make_app(REGISTRATION="open")
    with app.app_context():
        yield app.test_client()


def ask(client: Reader, email: str) -> tuple[int, str | None, str]:
    """Ask for a link, which the mail worker posts; the answer, and the page it leads to."""
    answer = client.post("/organisers/log-in", data={**client.fields("/organisers/log-in"), "email": email})
    answer_due()
    return answer.status_code, answer.location, client.get(answer.location or "/").text


def mailed_link() -> str:
    """The path of the link that makes an account, as it waits in the outbox."""
    [message] = [message for message in posted() if message.kind == "new_account"]
    return urlsplit(Link.restored((message.links or {})["new_account"]).url()).path


def accounts() -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(Organiser)) or 0


@ON_SQLITE
def test_by_invitation_a_stranger_is_mailed_nothing_and_told_how_accounts_are_given(client: Reader) -> None:
    make_organiser(email="alice@example.org")
    assert ask(client, NEW) == ask(client, "alice@example.org")
    assert [message.kind for message in posted()] == ["log_in"]
    assert "a team that runs letters can invite you" in client.get("/organisers/log-in?lang=en").text
    assert "a team that runs letters can invite you" in client.get("/organisers/log-in/sent?lang=en").text


@ON_SQLITE
def test_by_invitation_a_link_of_when_it_was_open_makes_nothing(client: Reader) -> None:
    path = urlsplit(new_account_link(NEW).url()).path
    assert client.get(path).status_code == 410 and accounts() == 0


@ON_SQLITE
def test_open_to_all_a_stranger_is_mailed_a_link_that_makes_an_account(open_site: Reader) -> None:
    assert "No account yet?" in open_site.get("/organisers/log-in?lang=en").text
    ask(open_site, NEW)
    link = mailed_link()
    for _ in range(3):
        assert NEW in open_site.get(link).text and accounts() == 0  # looking makes nothing
    answer = open_site.post(link, data={**open_site.fields(link), "name": "Zoé Évrard"})
    assert answer.location == "/manage/" and open_site.get("/manage/").status_code == 200
    zoe = organiser_by_address(NEW)
    assert zoe is not None and (zoe.email, zoe.name) == (NEW, "Zoé Évrard")
    assert [(m.team.name, m.role) for m in memberships_of(zoe)] == [("Zoé Évrard", Role.OWNER)]


@ON_SQLITE
def test_where_a_name_is_seen_is_said_where_it_is_first_given_and_where_it_is_changed(open_site: Reader) -> None:
    ask(open_site, NEW)
    link, said = mailed_link(), []
    said.append(open_site.get(f"{link}?lang=en").text)
    open_site.post(link, data={**open_site.fields(link), "name": "Zoé"})
    said.append(open_site.get("/manage/account?lang=en").text)
    first, later = (text.partition('id="name-hint">')[2].partition("<")[0] for text in said)
    assert first == later and "by those you invite" in first and "responsible for the data" in first


@ON_SQLITE
def test_everybody_gets_the_same_answer(open_site: Reader) -> None:
    make_organiser(email="alice@example.org")
    suppress(mailbox_key("silent@example.org"))
    answers = {ask(open_site, email) for email in (NEW, "alice@example.org", "silent@example.org")}
    assert len(answers) == 1
    assert [message.kind for message in posted()] == ["new_account", "log_in"]


def test_a_mailbox_is_not_flooded(open_site: Reader) -> None:
    for spelling in ("zoe@example.org", "Zoe@example.org", "zoe+a@example.org", "zoe+b@example.org"):
        ask(open_site, spelling)
    assert len(posted()) == 3


def test_the_link_works_once(open_site: Reader) -> None:
    ask(open_site, NEW)
    link = mailed_link()
    open_site.log_in(make_organiser())  # in the same browser: that log-in ends
    form = open_site.fields(link)
    assert open_site.post(link, data=form).status_code == 303
    made, current = organiser_by_address(NEW), sa.select(LogIn.organiser_id).where(LogIn.ended_at.is_(None))
    assert made and db.session.scalars(current).all() == [made.id]
    open_site.delete_cookie("tribune_organiser")
    assert open_site.get(link).status_code == 410 and accounts() == 2


@ON_SQLITE
def test_the_link_lasts_half_an_hour(open_site: Reader) -> None:
    path = urlsplit(new_account_link(NEW).url()).path
    with time_machine.travel(now() + timedelta(minutes=31)):
        assert open_site.get(path).status_code == 410


@ON_SQLITE
def test_a_name_that_is_an_address_is_refused_and_not_lost(open_site: Reader) -> None:
    path = urlsplit(new_account_link(NEW).url()).path
    answer = open_site.post(path, data={**open_site.fields(path), "name": "win.example.com"})
    assert answer.status_code == 422 and 'value="win.example.com"' in answer.text and accounts() == 0
