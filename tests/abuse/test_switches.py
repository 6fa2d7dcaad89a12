"""The administrator's switches: turned by a process of its own, obeyed by the others without a restart."""

import time
from collections.abc import Callable
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.databases import ON_SQLITE
from tests.factories import (
    confirm_path,
    invitation_path,
    latest_signature,
    make_invited,
    make_letter,
    make_message,
    make_signature,
    owner_of,
)
from tests.invitations.answers import LINE, say
from tests.page import Reader
from tests.servers.small import small_site
from tests.turns import take_turns
from tribune.abuse import switches
from tribune.abuse.switches import BANNER, PAUSED, READ_ONLY, turn_off, turn_on
from tribune.database import db
from tribune.outbox.delivery import deliver_due

PATIENCE = 20  # seconds, on a busy machine


def flask(app: Flask, *words: str) -> str:
    """What `flask site …` prints; it must end well."""
    found = app.test_cli_runner().invoke(args=["site", *words])
    assert found.exit_code == 0, found.output
    return found.output


def test_while_signing_is_paused_the_words_stay_and_who_has_signed_or_is_invited_goes_on(client: Reader) -> None:
    letter = make_letter(slug="rues")
    waiting, invited = make_signature(letter, confirmed=False), make_invited(letter)
    turn_on(PAUSED)
    page = client.get("/letters/rues").text
    assert "en pause" in page and "Revenez signer" in page and "vous avez saisi" not in page  # nothing was yet
    answer = client.sign("rues", family_name="Duval")
    assert answer.status_code == 503 and int(answer.headers["Retry-After"]) > 0
    assert 'value="Duval"' in answer.text and latest_signature().id == waiting.id
    assert "<title>Erreur" in answer.text and "<title>Erreur" not in page
    client.post(confirm_path(waiting))
    say(client, invited, "accept", **LINE, agreed="y")
    db.session.expire_all()
    assert letter.confirmed_count == 2
    client.log_in(owner_of(letter))
    assert "sont en pause sur tout le site" in client.get(f"/manage/letters/{letter.id}").text
    turn_off(PAUSED)
    assert client.sign("rues").status_code == 303


def test_a_site_that_is_only_read_writes_nothing(client: Reader) -> None:
    letter = make_letter(slug="rues")
    waiting, invited = make_signature(letter, confirmed=False), make_invited(letter)
    client.log_in(owner_of(letter))
    turn_on(READ_ONLY)
    for path in ("/letters/rues/sign", confirm_path(waiting), "/organisers/log-in", "/organisers/log-out"):
        answer = client.post(path)
        assert answer.status_code == 503 and answer.headers["Retry-After"]
        assert "Rien ne peut être envoyé" in answer.text and "est en lecture seule" in answer.text
    typed = {"text": "Une réponse est arrivée."}  # on a page that no browser keeps
    given = client.post(f"/manage/letters/{letter.id}/addenda", data=typed, headers={"Accept": "text/html"}).text
    assert "Une réponse est arrivée." in given.partition("<textarea")[2] and "Revenez en arrière" not in given
    # a file's line in the log is the one thing that opening a page writes
    assert client.get(f"/manage/letters/{letter.id}/signatures.csv").status_code == 503
    for path in (
        "/",
        "/letters/rues",
        "/letters/rues/signatories",
        f"/manage/letters/{letter.id}",
        confirm_path(waiting),
        invitation_path(invited),  # notes that it was shown, where it may
    ):
        assert client.get(path).status_code == 200
    assert "Revenez signer un peu plus tard" in client.get("/letters/rues").text  # before anybody fills the form in
    assert "Rien ne peut être envoyé" not in client.get("/nothing").text
    db.session.expire_all()
    assert waiting.confirmed_at is None
    turn_off(READ_ONLY)
    assert client.post(confirm_path(waiting)).status_code == 303


def test_on_a_site_that_is_only_read_mails_wait(app: Flask) -> None:
    make_message()
    turn_on(READ_ONLY)
    assert deliver_due() == 0
    found = app.test_cli_runner().invoke(args=["outbox", "deliver", "--once"])
    assert found.exit_code == 1 and "read-only" in found.output
    turn_off(READ_ONLY)
    assert deliver_due() == 1


@ON_SQLITE
@pytest.mark.usefixtures("early_in_the_hour")
def test_a_banner_stands_on_every_page_escaped_and_caches_see_that_it_changed(client: Reader) -> None:
    make_letter(slug="rues")
    before = client.get("/letters/rues")
    turn_on(BANNER, "Panne <b>ce soir</b> ; revenez demain")
    for path in ("/", "/letters/rues", "/organisers/log-in", "/nowhere"):
        assert "Panne &lt;b&gt;ce soir&lt;/b&gt;\N{NARROW NO-BREAK SPACE}; revenez" in client.get(path).text
    again = client.get("/letters/rues", headers={"If-None-Match": before.headers["ETag"]})
    assert again.status_code == 200
    turn_off(BANNER)
    assert client.get("/letters/rues", headers={"If-None-Match": before.headers["ETag"]}).status_code == 304


def test_the_administrator_turns_them_and_reads_since_when(app: Flask) -> None:
    assert flask(app, "status") == "paused\toff\nread-only\toff\nbanner\toff\n"
    flask(app, "pause-signing")
    flask(app, "read-only", "on")
    flask(app, "banner", "Revenez demain")
    said = flask(app, "status")
    assert said.count("since 20") == 3 and said.count("\t") == 4 and said.endswith("\tRevenez demain\n")
    for number, words in enumerate((["resume-signing"], ["read-only", "off"], ["banner", "--clear"]), 1):
        flask(app, *words)
        assert flask(app, "status").count("off") == number


def test_turned_on_by_two_at_once_it_is_on(app: Flask) -> None:
    take_turns(app, lambda: turn_on(PAUSED), lambda: turn_on(PAUSED), 1)
    assert list(switches.since()) == [PAUSED]


@ON_SQLITE
def test_turned_on_again_it_keeps_its_moment_and_with_another_text_it_has_a_new_one(app: Flask) -> None:
    moments = []
    for text in ("Demain", "Demain", "Jeudi"):
        turn_on(BANNER, text)
        moments.append(switches.since()[BANNER])
    assert switches.current().banner == "Jeudi" and moments[0] == moments[1] < moments[2]


@ON_SQLITE
@pytest.mark.parametrize(
    "words",
    [
        ["banner"],
        ["banner", "text", "--clear"],
        ["banner", "a" * 301],
        ["banner", "\u202ea"],
        ["banner", "a" + "\u0302" * 9],
        ["read-only"],
    ],
)
def test_what_cannot_be_understood_is_refused(app: Flask, words: list[str]) -> None:
    assert app.test_cli_runner().invoke(args=["site", *words]).exit_code == 2


def test_a_switch_is_read_once_in_a_while_and_not_for_each_page(
    make_app: Callable[..., Flask], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(switches, "KEPT", 3600)
    here, elsewhere = make_app(), make_app()
    with here.app_context():
        assert switches.current().banner == ""
    with elsewhere.app_context():
        turn_on(BANNER, "Revenez demain")
    with here.app_context():
        assert switches.current().banner == ""
        monkeypatch.setattr(switches, "KEPT", 0)
        assert switches.current().banner == "Revenez demain"


@ON_SQLITE
def test_what_is_on_stays_on_while_the_database_cannot_tell(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(switches, "KEPT", 0)
    turn_on(READ_ONLY)
    assert switches.current().read_only
    db.session.execute(sa.text("ALTER TABLE switches RENAME TO gone"))
    db.session.commit()
    assert switches.current().read_only


def test_another_process_obeys_without_a_restart(migrated_sqlite: Path) -> None:
    with small_site(migrated_sqlite) as (site, app):
        with app.app_context():
            make_letter(slug="rues")
        assert "en pause" not in page(f"{site.url}/letters/rues")
        with app.app_context():
            turn_on(PAUSED)
        deadline = time.monotonic() + PATIENCE
        while "en pause" not in page(f"{site.url}/letters/rues"):
            assert time.monotonic() < deadline
            time.sleep(0.1)


def page(url: str) -> str:
    try:
        with urlopen(url) as answer:
            return str(answer.read().decode())
    except HTTPError as error:
        return f"{error.code}"
