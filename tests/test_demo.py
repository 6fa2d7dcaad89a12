"""Made-up signatures for trying and measuring: exactly as many as asked, and never in production."""

import sqlite3
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from click.testing import Result
from flask import Flask

from tests.databases import ON_SQLITE
from tests.factories import make_letter
from tests.page import Reader
from tests.servers.site import FLASK, HOST, Site
from tribune.database import db, hour_of, is_postgresql, now
from tribune.demo import people
from tribune.demo.commands import _for_others, _letter, _organiser
from tribune.demo.pace import DAYS, moments
from tribune.letters.models import Letter
from tribune.letters.queries import is_frozen, letter_by_slug, missing
from tribune.names import organisation_key, sort_key
from tribune.outbox.models import MailTally
from tribune.signatures.actions import keys
from tribune.signatures.counting import recount
from tribune.signatures.models import Signature, Tally

MakeApp = Callable[..., Flask]


@pytest.fixture
def playground(make_app: MakeApp) -> Flask:
    """The site in development."""
    return make_app(DEVELOPMENT=True)


def fill(app: Flask, *words: str) -> Result:
    return app.test_cli_runner().invoke(args=["demo", "fill", *words])


def letter(slug: str) -> Letter:
    db.session.rollback()
    found = letter_by_slug(slug)
    assert found is not None
    return found


@pytest.mark.parametrize("number", ["1", "123", "5001"])
def test_a_new_published_letter_gets_exactly_as_many(playground: Flask, number: str) -> None:
    with playground.app_context():
        done = fill(playground, "--signatures", number)
        assert done.exit_code == 0
        made = letter(done.stdout.splitlines()[-1])
        assert made.is_open and made.confirmed_count == int(number) and missing(made) == []
        assert is_frozen(made)  # a new text is asked what it changes, as above real names
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Signature)) == int(number)
        assert recount(made) == (0, 0)


def indexes() -> list[str]:
    on_postgresql = "SELECT indexdef FROM pg_indexes WHERE tablename = 'signatures' ORDER BY 1"
    on_sqlite = "SELECT sql FROM sqlite_master WHERE type = 'index' AND tbl_name = 'signatures' ORDER BY 1"
    return list(db.session.scalars(sa.text(on_postgresql if is_postgresql() else on_sqlite)))


def test_many_come_in_parts_and_leave_the_indexes_as_they_were(
    playground: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(people, "ROWS_AT_ONCE", 50)
    with playground.app_context():
        before = indexes()
        made = letter(fill(playground, "--signatures", "120").stdout.strip())
        assert len(before) > 5 and indexes() == before
        assert recount(made) == (0, 0) and made.confirmed_count == 120
        assert db.session.scalars(sa.select(Signature.origin).distinct()).all() == ["web"]


def test_a_fill_that_breaks_off_leaves_nothing_behind(playground: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(people, "ROWS_AT_ONCE", 50)
    with playground.app_context():
        before, filling = indexes(), people.fill(make_letter(slug="rues"), 120)
        assert [next(filling), next(filling)] == [50, 50]
        filling.close()
        assert (letter("rues").confirmed_count, indexes()) == (0, before)
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Signature)) == 0


def test_they_are_added_to_the_letter_that_is_named(playground: Flask) -> None:
    with playground.app_context():
        make_letter(slug="rues")
        for _ in range(2):
            assert fill(playground, "--signatures", "30", "--letter", "rues").stdout == "rues\n"
        assert letter("rues").confirmed_count == 60


def test_they_are_listed_as_people_are_and_have_no_address(playground: Flask) -> None:
    with playground.app_context():
        slug = fill(playground, "--signatures", "150").stdout.strip()
        reader = playground.test_client()
        assert isinstance(reader, Reader)
        assert reader.get(f"/letters/{slug}/signatories").status_code == 200
        assert "150 signatures confirmées" in reader.get(f"/letters/{slug}").text.replace("\u00a0", " ")
        assert db.session.scalars(sa.select(Signature.email).distinct()).all() == [None]


@pytest.mark.parametrize("number", [1, 7, 5000])
def test_they_come_in_order_over_days_and_more_by_day_than_by_night(number: int) -> None:
    until, zone = now(), ZoneInfo("Europe/Paris")
    came = list(moments(number, until, zone))
    assert len(came) == number and came == sorted(came)
    assert until - timedelta(days=DAYS) < came[0] and came[-1] < until
    if number == 5000:
        by_hour = Counter(moment.astimezone(zone).hour for moment in came)
        assert by_hour[3] * 5 < by_hour[12]
        assert by_hour.total() == number


def test_clocks_that_change_meanwhile_lose_nobody() -> None:
    until = datetime(2026, 10, 27, 12, tzinfo=UTC)
    assert len(list(moments(999, until, ZoneInfo("Europe/Paris")))) == 999


def test_the_hours_know_of_them_and_of_some_who_did_not_confirm(playground: Flask) -> None:
    with playground.app_context():
        made = letter(fill(playground, "--signatures", "6000").stdout.strip())
        assert made.published_at is not None
        signed = list(db.session.scalars(sa.select(Signature)))
        confirmed = Counter(hour_of(person.confirmed_at) for person in signed if person.confirmed_at)
        hours = db.session.scalars(sa.select(Tally).where(Tally.letter_id == made.id)).all()
        assert {tally.hour: tally.confirmed for tally in hours if tally.confirmed} == confirmed
        assert len(hours) > 100 and made.confirmed_count < sum(tally.signed for tally in hours) < 7000
        assert made.published_at < min(person.signed_at for person in signed)
        mails = db.session.scalars(sa.select(MailTally).where(MailTally.about == made.id)).all()
        assert any(mail.gave_up for mail in mails)
        assert sum(mail.sent + mail.gave_up for mail in mails) == sum(tally.signed for tally in hours)


def test_their_keys_are_those_of_people_who_sign(playground: Flask) -> None:
    with playground.app_context():
        fill(playground, "--signatures", "500")
        for s in db.session.scalars(sa.select(Signature)):
            assert s.sort_key == sort_key(s.family_name, s.given_name)
            assert s.search_key == keys(s.given_name, s.family_name, s.role, s.organisation)["search_key"]
            assert s.organisation_key == organisation_key(s.organisation)
            assert s.domain and s.domain.endswith(".example")


@ON_SQLITE
def test_in_production_it_refuses(app: Flask) -> None:
    make_letter(slug="rues")
    for words in (["fill", "--signatures", "5", "--letter", "rues"], ["run"]):
        done = app.test_cli_runner().invoke(args=["demo", *words])
        assert (done.exit_code, done.stdout) == (1, "") and "development only" in done.stderr
    assert letter("rues").confirmed_count == 0


@ON_SQLITE
@pytest.mark.parametrize(("words", "code"), [(["--signatures", "0"], 2), ([], 2), (["--signatures", "x"], 2)])
def test_wrong_usage_is_two(playground: Flask, words: list[str], code: int) -> None:
    assert fill(playground, *words).exit_code == code


@ON_SQLITE
def test_a_letter_that_is_not_there_is_said_so(playground: Flask) -> None:
    done = fill(playground, "--signatures", "5", "--letter", "nothing")
    assert (done.exit_code, done.stdout) == (1, "") and "flask letters list" in done.stderr


@ON_SQLITE
def test_a_demonstration_that_is_started_again_has_the_same_letter(playground: Flask) -> None:
    with playground.app_context():
        first, again = (_letter(_organiser()).id for _ in range(2))
        assert first == again


def test_others_are_told_an_address_that_they_can_type() -> None:
    for host, name in (("192.0.2.1", "192.0.2.1"), ("2001:db8::7", "ADDRESS")):
        assert f"=http://{name}:5000 python3 dev.py run --host {host} --port 5000" in _for_others(host, 5000)


def demonstration(folder: Path, host: str, **more: str) -> Site:
    """`flask demo run` in a process of its own, on a new database in that folder."""
    settings = {"SECRET_KEY": "for this test", "DEVELOPMENT": "1", "MAIL_WORKER": "off", **more}
    settings |= {"SQLALCHEMY_DATABASE_URI": f"sqlite:///{folder / 'site.sqlite'}"}
    environment = {f"TRIBUNE_{name}": value for name, value in settings.items()}
    return Site(folder, environment, [*FLASK, "demo", "run", "--host", host, "--port", "{port}"], HOST)


def test_while_the_demonstration_runs_nothing_stays_in_the_journal(tmp_path: Path) -> None:
    site = demonstration(tmp_path, HOST)
    try:
        site.start()
        with closing(sqlite3.connect(tmp_path / "site.sqlite")) as another:
            another.execute("UPDATE letters SET outlet = 'Mediapart'")
            another.commit()
            busy, *_pages = another.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    finally:
        site.kill()
    assert not busy and "Elsewhere" not in site.output


@pytest.mark.parametrize("url", ["", "http://192.0.2.1:5000"])
def test_a_demonstration_that_listens_for_others_says_how_they_are_let_in(tmp_path: Path, url: str) -> None:
    site = demonstration(tmp_path, "0.0.0.0", **({"PUBLIC_URL": url} if url else {}))
    typed = f"TRIBUNE_PUBLIC_URL=http://ADDRESS:{site.port} python3 dev.py run --host 0.0.0.0 --port {site.port}"
    try:
        site.start()
    finally:
        site.kill()
    assert (typed in site.output) is (not url)
    itself = f"TRIBUNE_PUBLIC_URL={url or site.url} TRIBUNE_INSTANCE_PATH={tmp_path} .venv/bin/flask"
    assert f"{itself} organisers log-in-link demo@example.org" in site.output
