"""One account of PostgreSQL migrates, another that may change no table serves the site, as docs/deploy.md says."""

import re
from collections.abc import Iterator
from contextvars import Context
from pathlib import Path
from secrets import token_hex

import psycopg
import pytest
import sqlalchemy as sa
from flask import Flask
from psycopg.conninfo import make_conninfo
from sqlalchemy.exc import ProgrammingError

from tests.conftest import let_go, migrate, new_app
from tests.factories import confirm_path, latest_signature, make_letter, make_signature, owner_of
from tests.page import Reader
from tests.servers.smtp import MailServer
from tests.shell import shell
from tribune import ROOT
from tribune.database import db
from tribune.letters.models import Letter
from tribune.mine.erasing import erase
from tribune.signatures.models import Signature

SAID = re.findall(r"^    ((?:CREATE|ALTER) .*;)$", (ROOT / "docs" / "deploy.md").read_text(), re.MULTILINE)


@pytest.fixture
def app(postgresql_server: str, mail_server: MailServer, tmp_path: Path) -> Iterator[Flask]:
    """The site under the account that serves it, on a database that the other has migrated."""
    name = f"tribune_{token_hex(8)}"  # in place of the name of the documentation: other tests may share the server
    statements = [re.sub(r"\btribune", name, statement) for statement in SAID]
    server = sa.make_url(postgresql_server).set(drivername="postgresql")
    administrator = server.render_as_string(hide_password=False)
    with psycopg.connect(administrator, autocommit=True) as connection:
        for statement in statements[:3]:
            connection.execute(statement.encode())
    with psycopg.connect(make_conninfo(administrator, dbname=name), autocommit=True) as connection:
        for statement in statements[3:]:
            connection.execute(statement.encode())
    try:
        migrate(_url(server.set(database=name, username=f"{name}_owner", password="one")), tmp_path)
        url = _url(server.set(database=name, username=name, password="another"))
        mail = {"MAIL_SERVER": "127.0.0.1", "MAIL_PORT": mail_server.port, "MAIL_DEFAULT_SENDER": "t@example.org"}
        app = new_app(url, tmp_path, **mail)
        with app.app_context():
            yield app
        let_go(app)
    finally:
        _drop(administrator, name)


def _drop(administrator: str, name: str) -> None:
    with psycopg.connect(administrator, autocommit=True) as connection:
        for words in (f"DROP DATABASE {name} WITH (FORCE)", f"DROP ROLE {name}", f"DROP ROLE {name}_owner"):
            connection.execute(words.encode())


def _url(url: sa.URL) -> str:
    return url.render_as_string(hide_password=False)


def test_who_signs_confirms_exports_and_erases_needs_rows_alone(
    app: Flask, client: Reader, mail_server: MailServer, tmp_path: Path
) -> None:
    make_letter(slug="rues")
    assert client.sign("rues").status_code == 303
    assert shell(app, "outbox", "deliver", "--once")[0] == 0 and len(mail_server.accepted) == 1
    assert client.post(confirm_path(latest_signature())).status_code == 303
    letter = db.session.scalars(sa.select(Letter)).one()
    make_signature(letter, family_name="Quatrebarbes")
    assert "Quatrebarbes" in client.get("/letters/rues/signatories?q=atreba").text
    client.log_in(owner_of(letter))
    file = client.get(f"/manage/letters/{letter.id}/signatures.csv").text
    assert "Évrard" in file and "Quatrebarbes" in file
    signature = db.session.scalars(sa.select(Signature).where(Signature.email == "zoe@example.org")).one()
    erase(signature.id, signature.link_nonce)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Signature)) == 1
    for words in (["retention", "run"], ["backup", tmp_path / "site.zip"], ["signatures", "recount"]):
        code, said = shell(app, *words)
        assert code == 0, said


def test_it_changes_no_table(app: Flask) -> None:
    for words in ("ALTER TABLE signatures ADD x text", "DROP TABLE signatures", "CREATE TABLE x (y text)"):
        with pytest.raises(ProgrammingError, match=r"must be owner|permission denied"):
            db.session.execute(sa.text(words))
        db.session.rollback()


def test_a_restore_by_the_owner_sees_that_the_site_runs(app: Flask, tmp_path: Path) -> None:
    make_letter(slug="rues")
    assert shell(app, "backup", tmp_path / "site.zip")[0] == 0
    url = sa.make_url(app.config["SQLALCHEMY_DATABASE_URI"])
    owner = new_app(_url(url.set(username=f"{url.username}_owner", password="one")), tmp_path)
    restore = ["restore", str(tmp_path / "site.zip"), "--replace"]
    with app.app_context():
        db.session.execute(sa.text("SELECT 1"))
        refused = Context().run(owner.test_cli_runner().invoke, args=restore)
        assert refused.exit_code == 1 and "stop the site" in refused.output
        db.session.remove()
        db.engine.dispose()
    done = Context().run(owner.test_cli_runner().invoke, args=restore)
    assert done.exit_code == 0, done.output
    assert db.session.scalars(sa.select(Letter.slug)).all() == ["rues"]
    let_go(owner)


def test_who_migrates_with_the_account_that_serves_is_told_which_to_take(app: Flask) -> None:
    with db.engine.begin() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '0015'"))
    code, said = shell(app, "db", "upgrade")
    assert code == 1 and said.startswith("Error: The database fails: must be owner of table ")
    assert "docs/deploy.md" in said and said.count("\n") == 1


def test_who_restores_with_the_account_that_serves_is_told_which_to_take(app: Flask, tmp_path: Path) -> None:
    assert shell(app, "backup", tmp_path / "site.zip")[0] == 0
    db.session.remove()
    db.engine.dispose()
    code, said = shell(app, "restore", tmp_path / "site.zip", "--replace")
    assert code == 1 and "must be owner of table " in said and "the account that owns its tables" in said


def test_a_right_that_was_not_given_is_said_by_the_doctor_and_is_no_error_of_ours(app: Flask, client: Reader) -> None:
    """As where the privileges were given in another database, or another account has migrated since."""
    make_letter(slug="rues")
    db.session.remove()
    url = sa.make_url(app.config["SQLALCHEMY_DATABASE_URI"])
    owner = sa.create_engine(url.set(username=f"{url.username}_owner", password="one"), poolclass=sa.NullPool)
    with owner.begin() as connection:
        tables = ("INSERT ON messages", "SELECT ON erasures", "UPDATE ON batches", "DELETE ON flags")
        for words in (*tables, "USAGE ON SEQUENCE events_id_seq"):
            connection.exec_driver_sql(f"REVOKE {words} FROM {url.username}")
    assert client.sign("rues").status_code == 503
    assert client.get("/letters/rues").status_code == client.get("/readyz").status_code == 200
    code, said = shell(app, "doctor")
    missing = "batches, erasures, events_id_seq, flags, messages"
    assert code == 1 and f"wrong Rights in PostgreSQL: missing on {missing}\n" in said
    with owner.begin() as connection:
        connection.exec_driver_sql(f"REVOKE SELECT ON alembic_version FROM {url.username}")
    answer = client.get("/readyz")
    assert answer.status_code == 503 and answer.json == {"database": "unreachable"}
    said = shell(app, "doctor")[1]
    [advised] = re.findall("permission denied for table alembic_version\n      → (GRANT [^;]+; GRANT [^;]+;)", said)
    with owner.begin() as connection:
        connection.exec_driver_sql(advised)
    assert "ok    Rights in PostgreSQL: " in shell(app, "doctor")[1]
