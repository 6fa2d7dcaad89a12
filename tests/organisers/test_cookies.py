"""What a browser keeps of a log-in: two cookies, that nobody else makes or reads; leaving kills every copy of them."""

from collections.abc import Callable
from datetime import timedelta
from urllib.parse import urlsplit

import sqlalchemy as sa
import time_machine
from flask import Flask
from flask.sessions import SecureCookieSessionInterface

from tests.databases import ON_SQLITE
from tests.factories import make_organiser
from tests.organisers.door import KNOWN, ask, is_in, mailed_links
from tests.page import Reader, hidden_fields
from tribune.database import db, now
from tribune.organisers.door import KNOWN_LASTS
from tribune.organisers.links import log_in_link
from tribune.organisers.models import LogIn, Organiser

COOKIE = "tribune_organiser"


@ON_SQLITE
def test_a_browser_is_known_at_the_door_alone_and_only_by_what_we_signed(client: Reader, alice: Organiser) -> None:
    client.log_in(alice)
    known = client.get_cookie(KNOWN, path="/organisers/log-in")
    assert known and known.http_only and known.same_site == "Lax" and "alice" not in known.value
    assert known.max_age == KNOWN_LASTS
    client.post("/organisers/log-out", data=client.fields("/manage/"))
    client.set_cookie(KNOWN, known.value + "x", path="/organisers/log-in")
    for _ in range(12):
        ask(client, "alice@example.org")
    assert len(mailed_links()) == 10


@ON_SQLITE
def test_logging_out_kills_every_copy_of_the_cookie(app: Flask, client: Reader, alice: Organiser) -> None:
    client.log_in(alice)
    cookie = client.get_cookie(COOKIE)
    assert cookie is not None
    thief = app.test_client()
    assert isinstance(thief, Reader)
    thief.set_cookie(COOKIE, cookie.value)
    assert is_in(thief)
    fields = client.fields("/manage/")
    answer = client.post("/organisers/log-out", data=fields)
    assert answer.location == "/" and answer.headers["Clear-Site-Data"] == '"storage"'
    assert not is_in(client) and not is_in(thief)


@ON_SQLITE
def test_one_browser_leaves_and_the_other_stays(app: Flask, client: Reader, alice: Organiser) -> None:
    other = app.test_client()
    assert isinstance(other, Reader)
    client.log_in(alice)
    other.log_in(alice)
    client.post("/organisers/log-out", data=client.fields("/manage/"))
    assert is_in(other) and not is_in(client)


def test_a_log_in_lasts_fourteen_days(client: Reader, alice: Organiser) -> None:
    client.log_in(alice)
    with time_machine.travel(now() + timedelta(days=13, hours=23)):
        assert is_in(client)
    with time_machine.travel(now() + timedelta(days=14, minutes=1)):
        assert not is_in(client)


@ON_SQLITE
def test_a_cookie_that_is_not_ours_opens_nothing(app: Flask, client: Reader, alice: Organiser) -> None:
    client.log_in(alice)
    log_in = db.session.scalars(sa.select(LogIn)).one()
    serializer = SecureCookieSessionInterface().get_signing_serializer(app)
    assert serializer is not None
    with app.test_request_context():
        app.secret_key = "guessed"
        forged = SecureCookieSessionInterface().get_signing_serializer(app)
        app.secret_key = "a key for tests"
    assert forged is not None
    stranger = app.test_client()
    assert isinstance(stranger, Reader)
    for value in (forged.dumps({"_user_id": log_in.id}), log_in.id, serializer.dumps({"_user_id": "1"})):
        stranger.set_cookie(COOKIE, str(value))
        assert not is_in(stranger)


@ON_SQLITE
def test_the_cookie_is_for_the_server_alone(client: Reader, alice: Organiser) -> None:
    client.log_in(alice)
    cookie = client.get_cookie(COOKIE)
    assert cookie is not None and cookie.http_only and cookie.same_site == "Lax"
    assert cookie.expires  # else it would end with the browser


@ON_SQLITE
def test_on_https_every_cookie_has_a_name_that_no_other_host_can_set(make_app: Callable[..., Flask]) -> None:
    app = make_app(PUBLIC_URL="https://localhost")
    with app.app_context():
        link = urlsplit(log_in_link(make_organiser()).url()).path
        client, https = app.test_client(), "https://localhost"
        form = dict(hidden_fields(client.get(link, base_url=https).text))
        entered = client.post(link, data=form, base_url=https, headers={"Referer": https})
        host, door = sorted(entered.headers.getlist("Set-Cookie"))
        assert host.startswith("__Host-tribune_organiser=") and "; Secure;" in host and "; Path=/" in host
        assert door.startswith("__Secure-tribune_known=") and "; Secure;" in door and "Domain" not in host + door
        assert client.get("/manage/", base_url=https).status_code == 200
