"""A site comes back whole from its backup, on either database, with rows of earlier schemas brought up to date."""

import shutil
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from tests.backup.site import go_back, make_site
from tests.databases import ON_SQLITE
from tests.factories import confirm_path, everything, make_letter, make_message, make_signature, owner_of, posted
from tests.migrations.filled import FILLED_ANEW, SITE_KEYS, fill, rows
from tests.migrations.test_keys import JEAN
from tests.servers import postgresql
from tests.shell import shell
from tribune.audit.actions import record
from tribune.audit.models import Verb
from tribune.backup.actions import ENDED, back_up
from tribune.database import db, is_postgresql, now, write
from tribune.desk.queries import hours
from tribune.letters.models import Letter
from tribune.organisers.models import LogIn, PasskeyChallenge
from tribune.outbox.models import Message
from tribune.people.queries import events_of
from tribune.signatures.models import Signature
from tribune.signatures.reminding import remind_due

BYTES = [(c.table.name, c.name) for t in db.metadata.sorted_tables for c in t.c if isinstance(c.type, sa.LargeBinary)]


def test_a_site_comes_back_to_the_last_value(app: Flask, tmp_path: Path, wipe: Callable[[], None]) -> None:
    make_site()
    before = everything()
    code, said = shell(app, "backup", tmp_path / "site.zip")
    assert code == 0 and said.endswith(f"{tmp_path / 'site.zip'}\n") and "SECRET_KEY" in said
    wipe()
    code, said = shell(app, "restore", tmp_path / "site.zip")
    assert code == 0, said
    assert said.splitlines()[-1].startswith("Run `flask retention run`")  # what it deleted since has come back
    assert "Mails that leave once the site starts: 1.\nSome of these may have left before" in said
    assert everything() == before
    assert shell(app, "signatures", "recount") == (0, "rues\tright\n")
    assert (tmp_path / "site.zip").stat().st_mode & 0o777 == 0o600


@pytest.fixture
def other_kind(request: pytest.FixtureRequest, database_url: str, tmp_path: Path) -> Iterator[str]:
    """An empty site: on SQLite one in PostgreSQL, on PostgreSQL one in a file of SQLite."""
    if not database_url.startswith("sqlite"):
        yield f"sqlite:///{shutil.copy(request.getfixturevalue('migrated_sqlite'), tmp_path / 'other.sqlite')}"
        return
    server, template = request.getfixturevalue("postgresql_server"), request.getfixturevalue("migrated_postgresql")
    with postgresql.fresh_database(server, template) as url:
        yield url


def far_from_utc(url: str) -> str:
    """The URL, where PostgreSQL tells moments as the clocks of Kolkata show them, whatever the site asks for."""
    given = sa.make_url(url)
    options = {} if given.drivername == "sqlite" else {"options": "-c timezone=Asia/Kolkata"}
    return given.update_query_dict(options).render_as_string(hide_password=False)


def test_a_site_comes_back_on_the_other_kind_of_database(
    database_url: str, other_kind: str, make_app: Callable[..., Flask], tmp_path: Path
) -> None:
    lost, found = (make_app(SQLALCHEMY_DATABASE_URI=far_from_utc(url)) for url in (database_url, other_kind))
    with lost.app_context():
        make_site()
        before = everything()
        assert shell(lost, "backup", tmp_path / "site.zip")[0] == 0
    with found.app_context():
        code, said = shell(found, "restore", tmp_path / "site.zip")
        assert code == 0, said
        assert everything() == before
        assert shell(found, "signatures", "recount") == (0, "rues\tright\n")


def test_it_goes_on_from_there(app: Flask, tmp_path: Path, wipe: Callable[[], None]) -> None:
    make_site()
    shell(app, "backup", tmp_path / "site.zip")
    wipe()
    shell(app, "restore", tmp_path / "site.zip")
    client = app.test_client()
    client.sign("rues")
    signature = db.session.scalars(sa.select(Signature).order_by(Signature.id.desc())).first()
    assert signature is not None
    assert client.post(confirm_path(signature)).status_code == 303
    assert db.session.scalars(sa.select(Letter)).one().confirmed_count == 4


def test_nobody_is_reminded_again_who_may_have_been_since_the_backup(
    app: Flask, tmp_path: Path, wipe: Callable[[], None]
) -> None:
    letter = make_letter()
    for name, days in ("ana", 3.5), ("zoe", 1.5):
        make_signature(letter, confirmed=False, email=f"{name}@example.org", at=now() - timedelta(days=days))
    shell(app, "backup", tmp_path / "site.zip")
    wipe()
    assert shell(app, "restore", tmp_path / "site.zip")[0] == 0
    for days, expected in (0, []), (2, ["zoe@example.org"]):
        with time_machine.travel(now() + timedelta(days=days)):
            remind_due()
            assert [mail.recipient for mail in posted()] == expected
    there = db.session.scalars(sa.select(Letter)).one()
    assert sum(counts.reminded for counts in hours(there, now() - timedelta(days=1)).values()) == 2


def test_nobody_who_signs_afterwards_has_the_history_of_one_who_is_gone(app: Flask, tmp_path: Path) -> None:
    letter = make_site()
    number = make_signature(letter).id
    with write() as session:
        record(Verb.SIGNATURE_CORRECTED, team_id=letter.team_id, by=None, letter_id=letter.id, signature_id=number)
        session.execute(sa.delete(Signature).where(Signature.id == number))
    shell(app, "backup", tmp_path / "site.zip")
    assert shell(app, "restore", tmp_path / "site.zip", "--replace")[0] == 0
    came = make_signature(db.session.scalars(sa.select(Letter)).one())
    assert came.id > number and events_of(came) == []


def test_mails_that_have_left_are_empty_and_what_json_says_of_nothing_stays(app: Flask, tmp_path: Path) -> None:
    empty = {make_message().id: sa.null(), make_message().id: sa.JSON.NULL}
    with write() as session:
        for number, nothing in empty.items():
            session.execute(sa.update(Message).where(Message.id == number).values(links=nothing))
    kinds = sa.text("SELECT CAST(links AS TEXT) FROM messages ORDER BY id")
    assert db.session.execute(kinds).all() == [(None,), ("null",)]
    shell(app, "backup", tmp_path / "site.zip")
    shell(app, "restore", tmp_path / "site.zip", "--replace")
    assert db.session.execute(kinds).all() == [(None,), ("null",)]


@ON_SQLITE
def test_what_is_there_is_replaced_only_when_asked(app: Flask, tmp_path: Path) -> None:
    make_site()
    shell(app, "backup", tmp_path / "site.zip")
    make_letter(slug="later")
    now_there = everything()
    code, said = shell(app, "restore", tmp_path / "site.zip")
    assert code == 1 and "--replace" in said and "run `flask backup --erasures-only" in said and said.count("\n") == 1
    assert everything() == now_there
    assert shell(app, "restore", tmp_path / "site.zip", "--replace")[0] == 0
    assert db.session.scalars(sa.select(Letter.slug)).all() == ["rues"]


def test_no_log_in_and_no_challenge_of_a_passkey_comes_back(app: Flask, tmp_path: Path) -> None:
    letter = make_letter()
    with write() as session:
        session.add_all([LogIn(id="a", organiser_id=owner_of(letter).id), PasskeyChallenge(value=b"answered since")])
    shell(app, "backup", tmp_path / "site.zip")
    assert shell(app, "restore", tmp_path / "site.zip", "--replace")[0] == 0
    assert [db.session.scalars(sa.select(gone)).all() for gone in (LogIn, PasskeyChallenge)] == [[], []]


def fill_as_the_site(revision: str, more: str = "") -> None:
    """Put rows into a database of that revision; bytes are bytes, as the site writes them."""
    are_bytes = [f"UPDATE {table} SET {name} = CAST({name} AS BLOB)" for table, name in BYTES]
    fill(revision, more if is_postgresql() or revision == "0001" else ";".join([more, *are_bytes]))


@pytest.mark.parametrize("revision", FILLED_ANEW[::4])  # of the others tests/migrations/test_rows.py
def test_a_backup_of_an_older_revision_is_brought_up_to_date_with_all_its_rows(
    app: Flask, tmp_path: Path, revision: str, wipe: Callable[[], None]
) -> None:
    go_back(revision)
    fill_as_the_site(revision)
    before, key = rows(), db.session.execute(SITE_KEYS).all()
    assert all(before.values())
    back_up(tmp_path / "old.zip", total=lambda _: None, told=lambda _: None)
    for empty in (False, True):  # over that site as it is, then where nothing is
        if empty:
            wipe()
        code, said = shell(app, "restore", tmp_path / "old.zip", *([] if empty else ["--replace"]))
        assert code == 0, said
        after = rows()
        assert {name: after[name] for name in before} == {name: before[name] * (name not in ENDED) for name in before}
        assert db.session.execute(SITE_KEYS).all() == key  # people are still recognised
        assert app.test_client().get("/readyz").status_code == 200
        assert app.test_client().get("/letters/rues/signatories").status_code in {200, 404}
        assert db.session.scalars(sa.select(Signature.family_name)).all() == ["Évrard"]


def test_people_of_an_older_backup_are_found_as_those_of_today(
    app: Flask, tmp_path: Path, wipe: Callable[[], None]
) -> None:
    go_back("0019")
    fill_as_the_site("0019", JEAN)
    back_up(tmp_path / "old.zip", total=lambda _: None, told=lambda _: None)
    wipe()
    assert shell(app, "restore", tmp_path / "old.zip")[0] == 0
    keys = db.session.scalars(sa.select(Signature.search_key).order_by(Signature.id)).all()
    assert keys == ["zoe evrard", "jean oeuvrard acmetm"]
