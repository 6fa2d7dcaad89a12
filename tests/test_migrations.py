"""Migrations build exactly what the models describe, there and back, with rows in the tables, from many machines."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from subprocess import PIPE

import flask_migrate
import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask

from tests import canary
from tests.conftest import SETTINGS, new_app
from tests.servers import postgresql
from tribune import ROOT
from tribune.database import db, is_postgresql
from tribune.schema import is_table_or_index_of_models
from tribune.signatures.models import Signature
from tribune.signatures.trigrams import indexed

REVISIONS = [script.revision for script in ScriptDirectory(str(ROOT / "migrations")).walk_revisions()][::-1]
AT_ONCE = 4
UPGRADE = """
import flask_migrate, wsgi
print("ready", flush=True)
input()
with wsgi.app.app_context():
    flask_migrate.upgrade()
"""
SITE_KEYS = sa.text("SELECT name, value FROM site_keys")


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database of each kind with nothing in it."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.sqlite'}"
    else:
        with postgresql.fresh_database(request.getfixturevalue("postgresql_server")) as url:
            yield url


@pytest.fixture
def make_empty(empty_url: str, tmp_path: Path) -> Iterator[Callable[[], Flask]]:
    """Makes the site on that database."""
    made: list[Flask] = []

    def make() -> Flask:
        made.append(new_app(empty_url, tmp_path))
        return made[-1]

    yield make
    for app in made:
        with app.app_context():
            db.session.remove()
            db.engine.dispose()


def schema() -> dict[str, str]:
    """Every table and index, as the database itself describes them."""
    db.session.rollback()
    with db.engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            query = "SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL AND name <> 'sqlite_sequence'"
        else:
            query = """
                SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'
                UNION ALL SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint
                    WHERE connamespace = 'public'::regnamespace
                UNION ALL SELECT proname, pg_get_functiondef(oid) FROM pg_proc
                    WHERE pronamespace = 'public'::regnamespace
                UNION ALL SELECT table_name || '.' || column_name,
                    data_type || ' ' || coalesce(character_maximum_length::text, '') || ' ' || is_nullable || ' '
                    || coalesce(column_default, '') || ' ' || coalesce(collation_name, '')
                    FROM information_schema.columns WHERE table_schema = 'public'"""
        found = connection.execute(sa.text(query)).all()
    normal = {name: sorted(sql.replace('"', "").replace(",", " ").split()) for name, sql in found}
    return {name: " ".join(words) for name, words in normal.items() if not name.startswith("alembic_version")}


def test_the_revisions_are_numbered_one_after_the_other() -> None:
    assert [int(revision) for revision in REVISIONS] == list(range(1, len(REVISIONS) + 1))


def test_nothing_is_left_to_migrate(app: Flask) -> None:
    with db.engine.connect() as connection:
        options = {"compare_type": True, "include_name": is_table_or_index_of_models}
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, db.metadata) == []


def test_migrations_build_what_the_models_describe_to_the_last_index(make_empty: Callable[[], Flask]) -> None:
    with make_empty().app_context():
        flask_migrate.upgrade()
        migrated = schema()
        flask_migrate.downgrade(revision="base")
        assert schema() == {}
        db.create_all()
        assert len(migrated) > 15
        assert schema() == migrated


@pytest.mark.parametrize("revision", REVISIONS)
def test_each_step_goes_back_and_forth(make_empty: Callable[[], Flask], revision: str) -> None:
    with make_empty().app_context():
        flask_migrate.upgrade(revision=revision)
        before = schema()
        flask_migrate.downgrade()
        flask_migrate.upgrade(revision=revision)
        assert schema() == before


# What fills the tables of each revision, as a site of that day has them: in SQL, since its code will be gone.
FILLED = {
    "0001": """
        INSERT INTO mailboxes (key) VALUES ('zoe');
        INSERT INTO messages (id, kind, budget, priority, mailbox_key, locale, message_id, attempts,
                created_at, next_at)
            VALUES (1, 'ask_to_confirm', 'confirmation', 0, 'zoe', 'fr', '<1@x>', 0, '2026-11-24', '2026-11-24');
        INSERT INTO organisers (id, email, mailbox_key, name, link_nonce, created_at)
            VALUES (1, 'alice@example.org', 'alice', 'Alice', 'n', '2026-11-24');
        INSERT INTO log_ins (id, organiser_id, created_at) VALUES ('a', 1, '2026-11-24');
        INSERT INTO letters (id, slug, organiser_id, version_number, locale, authors, addressee, controller, outlet,
                outlet_url, asks_role, asks_organisation, public_file, confirmed_count, attested_count, created_at)
            VALUES (1, 'rues', 1, 1, 'fr', '', '', 'Alice', '', '', 'optional', 'optional', true, 1, 0, '2026-11-24');
        INSERT INTO versions (id, letter_id, number, title, standfirst, text, html, created_at)
            VALUES (1, 1, 1, 'Des rues', '', 'Un texte.', '<p>Un texte.</p>', '2026-11-24');
        INSERT INTO signatures (id, public_id, letter_id, letter_version, origin, given_name, family_name, role,
                organisation, capacity, section, organisation_key, sort_key, search_key, mailbox_key, locale,
                link_nonce, published, news, wording, signed_at, confirmed_at, counted_at)
            VALUES (1, 'p', 1, 1, 'web', 'Zoé', 'Évrard', '', '', 'personal', '', '', 'evrard', 'zoe evrard', 'zoe',
                'fr', 'n', true, false, '2026-11', '2026-11-24', '2026-11-24', '2026-11-24')""",
    "0002": """
        INSERT INTO mailboxes (key) VALUES ('zoe');
        INSERT INTO messages (id, kind, budget, priority, mailbox_key, about, locale, message_id, attempts,
                created_at, next_at)
            VALUES (1, 'ask_to_confirm', 'confirmation', 0, 'zoe', 1, 'fr', '<1@x>', 0, '2026-11-24', '2026-11-24');
        INSERT INTO mail_tallies VALUES (1, '2026-11-24 10:00:00', 1, 0, 0);
        INSERT INTO organisers (id, email, mailbox_key, name, link_nonce, created_at)
            VALUES (1, 'alice@example.org', 'alice', 'Alice', 'n', '2026-11-24');
        INSERT INTO log_ins (id, organiser_id, browser, created_at, proved_at)
            VALUES ('a', 1, 'Firefox', '2026-11-24', '2026-11-24');
        INSERT INTO passkeys (id, organiser_id, credential_id, public_key, sign_count, name, created_at)
            VALUES (1, 1, 'c', 'k', 0, 'Phone', '2026-11-24');
        INSERT INTO passkey_challenges VALUES ('q', '2026-11-24');
        INSERT INTO teams VALUES (1, 'Alice', '2026-11-24');
        INSERT INTO memberships VALUES (1, 1, 1, 'owner', '2026-11-24');
        INSERT INTO team_invitations (id, team_id, email, mailbox_key, role, link_nonce, created_at)
            VALUES (1, 1, 'bob@example.org', 'bob', 'viewer', 'n', '2026-11-24');
        INSERT INTO letters (id, slug, team_id, revision, version_number, locale, timezone, authors, addressee,
                controller, contact, outlet, outlet_url, asks_role, asks_organisation, public_file, public_list,
                noindex, confirmed_count, attested_count, created_at)
            VALUES (1, 'rues', 1, 1, 1, 'fr', 'Europe/Paris', '', '', 'Alice', '', '', '', 'optional', 'optional', true,
                'yes', false, 1, 0, '2026-11-24');
        INSERT INTO versions (id, letter_id, number, title, standfirst, text, html, reason, asks_again, created_at)
            VALUES (1, 1, 1, 'Des rues', '', 'Un texte.', '<p>Un texte.</p>', '', false, '2026-11-24');
        INSERT INTO drafts VALUES (1, 1, '{}', 1, '2026-11-24');
        INSERT INTO addenda VALUES (1, 1, 'Un mot.', '<p>Un mot.</p>', '2026-11-24');
        INSERT INTO images VALUES (1, 'd', 'x', 1, 1, '', '');
        INSERT INTO signatures (id, public_id, letter_id, letter_version, origin, given_name, family_name, role,
                organisation, capacity, section, organisation_key, sort_key, search_key, mailbox_key, locale,
                link_nonce, published, news, wording, signed_at, confirmed_at, counted_at)
            VALUES (1, 'p', 1, 1, 'web', 'Zoé', 'Évrard', '', '', 'personal', '', '', 'evrard', 'zoe evrard', 'zoe',
                'fr', 'n', true, false, '2026-11', '2026-11-24', '2026-11-24', '2026-11-24');
        INSERT INTO flags VALUES (1, 1, 1, 'joke', '2026-11-24', NULL);
        INSERT INTO merges VALUES (1, 1, 'cnrs', 'CNRS', '2026-11-24');
        INSERT INTO tallies VALUES (1, '2026-11-24 10:00:00', 1, 1);
        INSERT INTO events (id, at, team_id, organiser_id, actor, verb, letter_id, subject, details)
            VALUES (1, '2026-11-24', 1, 1, 'Alice', 'letter_published', 1, 'Des rues', '{}');
        INSERT INTO batches (id, letter_id, verb, reason, tells, choice, last_id, up_to_id, total, done, created_at)
            VALUES (1, 1, 'hide', '', false, '{}', 0, 1, 1, 0, '2026-11-24');
        INSERT INTO batch_rows (batch_id, signature_id) VALUES (1, 1)""",
    "0003": """
        INSERT INTO mailboxes (key) VALUES ('zoe');
        INSERT INTO messages (id, kind, budget, priority, mailbox_key, about, locale, message_id, attempts,
                created_at, next_at)
            VALUES (1, 'ask_to_confirm', 'confirmation', 0, 'zoe', 1, 'fr', '<1@x>', 0, '2026-11-24', '2026-11-24');
        INSERT INTO mail_tallies VALUES (1, '2026-11-24 10:00:00', 1, 0, 0);
        INSERT INTO organisers (id, email, mailbox_key, name, link_nonce, created_at)
            VALUES (1, 'alice@example.org', 'alice', 'Alice', 'n', '2026-11-24');
        INSERT INTO log_ins (id, organiser_id, browser, created_at, proved_at)
            VALUES ('a', 1, 'Firefox', '2026-11-24', '2026-11-24');
        INSERT INTO passkeys (id, organiser_id, credential_id, public_key, sign_count, name, created_at)
            VALUES (1, 1, 'c', 'k', 0, 'Phone', '2026-11-24');
        INSERT INTO passkey_challenges VALUES ('q', '2026-11-24');
        INSERT INTO teams VALUES (1, 'Alice', '2026-11-24');
        INSERT INTO memberships VALUES (1, 1, 1, 'owner', '2026-11-24');
        INSERT INTO team_invitations (id, team_id, email, mailbox_key, role, link_nonce, created_at)
            VALUES (1, 1, 'bob@example.org', 'bob', 'viewer', 'n', '2026-11-24');
        INSERT INTO letters (id, slug, team_id, revision, version_number, locale, timezone, authors, addressee,
                controller, contact, outlet, outlet_url, asks_role, asks_organisation, public_file, public_list,
                noindex, confirmed_count, attested_count, created_at)
            VALUES (1, 'rues', 1, 1, 1, 'fr', 'Europe/Paris', '', '', 'Alice', '', '', '', 'optional', 'optional', true,
                'yes', false, 1, 0, '2026-11-24');
        INSERT INTO versions (id, letter_id, number, title, standfirst, text, html, reason, asks_again, created_at)
            VALUES (1, 1, 1, 'Des rues', '', 'Un texte.', '<p>Un texte.</p>', '', false, '2026-11-24');
        INSERT INTO drafts VALUES (1, 1, '{}', 1, '2026-11-24');
        INSERT INTO addenda VALUES (1, 1, 'Un mot.', '<p>Un mot.</p>', '2026-11-24');
        INSERT INTO images VALUES (1, 'd', 'x', 1, 1, '', '', NULL);
        INSERT INTO signatures (id, public_id, letter_id, letter_version, origin, given_name, family_name, role,
                organisation, capacity, section, organisation_key, sort_key, search_key, mailbox_key, locale,
                link_nonce, published, news, wording, as_organisation, signed_at, confirmed_at, counted_at)
            VALUES (1, 'p', 1, 1, 'web', 'Zoé', 'Évrard', '', '', 'personal', '', '', 'evrard', 'zoe evrard', 'zoe',
                'fr', 'n', true, false, '2026-11', false, '2026-11-24', '2026-11-24', '2026-11-24');
        INSERT INTO flags VALUES (1, 1, 1, 'joke', '2026-11-24', NULL);
        INSERT INTO merges VALUES (1, 1, 'cnrs', 'CNRS', '2026-11-24');
        INSERT INTO tallies VALUES (1, '2026-11-24 10:00:00', 1, 1);
        INSERT INTO events (id, at, team_id, organiser_id, actor, verb, letter_id, subject, details)
            VALUES (1, '2026-11-24', 1, 1, 'Alice', 'letter_published', 1, 'Des rues', '{}');
        INSERT INTO batches (id, letter_id, verb, reason, tells, choice, last_id, up_to_id, total, done, created_at)
            VALUES (1, 1, 'hide', '', false, '{}', 0, 1, 1, 0, '2026-11-24');
        INSERT INTO batch_rows (batch_id, signature_id) VALUES (1, 1);
        INSERT INTO erasures VALUES ('q', '2026-11-24');
        INSERT INTO gatherings (letter_id, subject, message, sender, saved_at) VALUES (1, '', '', '', '2026-11-24');
        INSERT INTO invitations (id, letter_id, rank, given_name, family_name, role, organisation, capacity,
                as_organisation, section, link_nonce, note, created_at, message_id, reminders, word, question, tell,
                signature_id)
            VALUES (1, 1, 1, 'Zoé', 'Évrard', '', '', '', false, '', 'n', '', '2026-11-24', 1, 0, '', '', false, 1)""",
}
FILLED["0004"] = f"""{FILLED["0003"]};
        INSERT INTO counters VALUES ('sign 600 1 n', 1, '2026-11-24');
        INSERT INTO switches VALUES ('paused', '', '2026-11-24')"""

FILLED["0005"] = FILLED["0004"].replace(
    "INTO tallies VALUES", "INTO tallies (letter_id, hour, signed, confirmed) VALUES"
)
FILLED["0006"] = FILLED["0005"]
FILLED["0007"] = f"""{FILLED["0006"]};
        INSERT INTO mail_requests VALUES (1, 'find', 'zoe@example.org', 'fr', '2026-11-24')"""
FILLED["0010"] = FILLED["0009"] = FILLED["0008"] = FILLED["0007"]
FILLED["0011"] = FILLED["0010"].replace(
    "mail_tallies VALUES (1, '2026-11-24 10:00:00', 1, 0, 0)", "mail_tallies VALUES (1, '2026-11-24 10:00:00', 0, 0)"
)
FILLED["0013"] = FILLED["0012"] = FILLED["0011"]


def rows() -> dict[str, int]:
    """How many rows each table has."""
    db.session.rollback()
    with db.engine.connect() as connection:
        names = [name for name in sa.inspect(connection).get_table_names() if is_table_or_index_of_models(name)]
        return {
            name: connection.execute(sa.select(sa.func.count()).select_from(sa.table(name))).scalar_one()
            for name in names
        }


@pytest.mark.parametrize("revision", REVISIONS)
def test_the_rows_of_every_day_survive_the_upgrade(make_empty: Callable[[], Flask], revision: str) -> None:
    with make_empty().app_context():
        flask_migrate.upgrade(revision=revision)
        with db.engine.begin() as connection:
            for statement in FILLED[revision].split(";"):
                connection.execute(sa.text(statement))
        before, key = rows(), db.session.execute(SITE_KEYS).all()
        assert all(before.values())
        flask_migrate.upgrade()
        assert {name: number for name, number in rows().items() if name in before} == before
        assert db.session.execute(SITE_KEYS).all() == key  # people are still recognised


def test_mails_that_left_before_are_still_told(make_empty: Callable[[], Flask]) -> None:
    numbers = sa.text("SELECT sent, gave_up FROM mail_tallies")
    with make_empty().app_context():
        flask_migrate.upgrade(revision="0010")
        with db.engine.begin() as connection:
            connection.execute(sa.text("INSERT INTO mail_tallies VALUES (1, '2026-11-24 10:00:00', 9, 7, 1)"))
        for move in (flask_migrate.upgrade, lambda: flask_migrate.downgrade(revision="0010")):
            move()
            assert db.session.execute(numbers).all() == [(7, 1)]
            db.session.rollback()
        assert db.session.scalar(sa.text("SELECT posted FROM mail_tallies")) == 8


PAUL = """
    INSERT INTO invitations (id, letter_id, rank, given_name, family_name, role, organisation, capacity,
            as_organisation, section, link_nonce, note, created_at, reminders, word, question, tell, forwarded_from_id)
        VALUES (2, 1, 2, 'Paul', 'Lambert', '', '', '', false, '', 'm', '', '2026-11-24', 0, '', '', false, 1)"""


def test_who_came_by_the_link_of_another_before_still_waits_for_a_word(make_empty: Callable[[], Flask]) -> None:
    came = sa.text("SELECT id FROM invitations WHERE forwarded_at = created_at ORDER BY id")
    with make_empty().app_context():
        flask_migrate.upgrade(revision="0011")
        with db.engine.begin() as connection:
            for statement in FILLED["0011"].split(";"):
                connection.execute(sa.text(statement))
            connection.execute(sa.text(PAUL))
        flask_migrate.upgrade()
        assert db.session.scalars(came).all() == [2]
        db.session.rollback()
        flask_migrate.downgrade(revision="0011")
        assert db.session.scalar(sa.text("SELECT forwarded_from_id FROM invitations WHERE id = 2")) == 1


def test_letters_of_before_belong_to_the_team_of_their_organiser_and_keep_all_they_had(
    make_empty: Callable[[], Flask],
) -> None:
    with make_empty().app_context():
        flask_migrate.upgrade(revision="0001")
        with db.engine.begin() as connection:
            for statement in FILLED["0001"].split(";"):
                connection.execute(sa.text(statement))
        flask_migrate.upgrade(revision="0002")
        found = db.session.execute(
            sa.text(
                """SELECT letters.slug, letters.confirmed_count, teams.name, memberships.role, organisers.email,
                versions.frozen_at IS NOT NULL, tallies.signed, tallies.confirmed
                FROM letters JOIN teams ON teams.id = letters.team_id JOIN memberships ON memberships.team_id = teams.id
                JOIN organisers ON organisers.id = memberships.organiser_id
                JOIN versions ON versions.letter_id = letters.id JOIN tallies ON tallies.letter_id = letters.id"""
            )
        ).all()
        assert [tuple(row) for row in found] == [("rues", 1, "Alice", "owner", "alice@example.org", True, 1, 1)]
        db.session.execute(sa.text("INSERT INTO teams (name, created_at) VALUES ('Another', '2026-11-24')"))


def test_people_of_before_are_found_by_what_is_printed_after_their_name(make_empty: Callable[[], Flask]) -> None:
    with make_empty().app_context():
        flask_migrate.upgrade(revision="0002")
        with db.engine.begin() as connection:
            for statement in FILLED["0002"].split(";"):
                connection.execute(sa.text(statement))
            connection.execute(sa.text("UPDATE signatures SET affiliation = 'médiéviste à Poitiers'"))
        flask_migrate.upgrade(revision="0003")
        found = "SELECT search_key FROM signatures"
        assert db.session.scalars(sa.text(found)).all() == ["zoe evrard medieviste a poitiers"]


@pytest.mark.parametrize("revision", ["0006", "head"])
def test_names_of_before_are_found_by_a_part_of_them_and_forgotten_with_their_row(
    make_empty: Callable[[], Flask], revision: str
) -> None:
    with make_empty().app_context():
        flask_migrate.upgrade(revision="0005")
        with db.engine.begin() as connection:
            for statement in FILLED["0005"].split(";"):
                connection.execute(sa.text(statement))
        flask_migrate.upgrade(revision=revision)

        def found(words: str) -> list[str]:
            query = indexed(sa.select(Signature.public_id), words)
            assert query is not None
            return list(db.session.scalars(query))

        assert (found("evra"), found("zoe"), found("evrx")) == (["p"], ["p"], [])
        db.session.execute(sa.text("UPDATE signatures SET search_key = 'zoe martin'"))
        assert (found("evra"), found("arti")) == ([], ["p"])
        for table in ("flags", "batch_rows", "invitations", "signatures"):
            db.session.execute(sa.text(f"DELETE FROM {table}"))
        assert found("arti") == []


def test_machines_that_upgrade_at_once_all_succeed(
    empty_url: str, make_empty: Callable[[], Flask], tmp_path: Path
) -> None:
    ours = {"SQLALCHEMY_DATABASE_URI": empty_url, "INSTANCE_PATH": str(tmp_path), **SETTINGS}
    env = {**os.environ, **{f"TRIBUNE_{name}": str(value) for name, value in ours.items()}}
    machines = [
        subprocess.Popen(
            [sys.executable, "-c", UPGRADE], cwd=ROOT, env=env, stdin=PIPE, stdout=PIPE, stderr=PIPE, text=True
        )
        for _ in range(AT_ONCE)
    ]
    for machine in machines:
        assert machine.stdout and machine.stdout.readline() == "ready\n"
    for machine in machines:
        assert machine.stdin
        machine.stdin.write("\n")
        machine.stdin.flush()
    said = [machine.communicate()[1] for machine in machines]
    canary.check("\n".join(said))
    assert [machine.returncode for machine in machines] == [0] * AT_ONCE, "\n".join(said)
    with make_empty().app_context():
        assert db.session.execute(sa.text("SELECT version_num FROM alembic_version")).all() == [(REVISIONS[-1],)]
        assert rows()["site_keys"] == 1


LINES = """
    UPDATE signatures SET signed_at = '2026-11-24 10:00:00';
    INSERT INTO signatures (id, public_id, letter_id, letter_version, origin, given_name, family_name, role,
            organisation, capacity, section, organisation_key, sort_key, search_key, mailbox_key, locale,
            link_nonce, published, news, wording, signed_at, confirmed_at, counted_at)
        SELECT 2, 'r', letter_id, letter_version, 'import', given_name, family_name, role, organisation, capacity,
            section, organisation_key, sort_key, search_key, 'ana', locale, link_nonce, published, news, wording,
            '2023-11-24', NULL, NULL FROM signatures;
    INSERT INTO batches (id, letter_id, verb, reason, tells, choice, last_id, up_to_id, total, done, created_at)
        VALUES (2, 1, 'import', '', false, '{}', 0, 0, 1, 1, '2026-11-24 11:00:00');
    INSERT INTO batch_rows (batch_id, signature_id) VALUES (2, 2)"""
LINE = sa.text(
    """INSERT INTO events (id, at, team_id, actor, verb, letter_id, signature_id, subject, details)
        VALUES (:id, :at, 1, 'Alice', :verb, 1, :signature, 'Zoé', '{}')"""
)


def test_no_line_of_the_log_is_about_a_signature_that_was_given_the_number_of_another(
    make_empty: Callable[[], Flask],
) -> None:
    corrected, removed = "signature_corrected", "first_signatory_removed"
    lines = {  # when, what, of whom, and of whom it is about now
        11: ("2026-11-24 09:00:00", corrected, 1, None),  # before they signed
        12: ("2026-11-24 10:30:00", corrected, 1, 1),
        13: ("2026-11-24 10:30:00", corrected, 2, None),  # before they were imported
        14: ("2026-11-24 11:30:00", corrected, 2, None),  # before the one who had that number was removed
        15: ("2026-11-24 10:45:00", removed, 2, None),
        16: ("2026-11-24 12:00:00", corrected, 2, 2),
        17: ("2026-11-24 12:00:00", corrected, 3, None),  # who is gone
    }
    with make_empty().app_context():
        flask_migrate.upgrade(revision="0012")
        with db.engine.begin() as connection:
            for statement in f"{FILLED['0012']};{LINES}".split(";"):
                connection.execute(sa.text(statement))
            for number, (at, verb, signature, _after) in lines.items():
                connection.execute(LINE, {"id": number, "at": at, "verb": verb, "signature": signature})
        flask_migrate.upgrade()
        query = sa.text("SELECT id, signature_id, subject FROM events WHERE id > 10 ORDER BY id")
        found = [tuple(row) for row in db.session.execute(query)]
        assert found == [(number, line[3], "Zoé") for number, line in lines.items()]


@pytest.mark.parametrize("filled", [True, False])
def test_sqlite_goes_on_far_after_the_numbers_that_it_may_have_given_again(
    make_empty: Callable[[], Flask], filled: bool
) -> None:
    with make_empty().app_context():
        if is_postgresql():
            return  # its sequences gave none again
        flask_migrate.upgrade(revision="0012")
        if filled:
            with db.engine.begin() as connection:
                for statement in f"{FILLED['0012']}; DELETE FROM flags".split(";"):
                    connection.execute(sa.text(statement))
        flask_migrate.upgrade()
        query = sa.text("SELECT name, seq FROM sqlite_sequence WHERE seq > 0")
        given = {name: number for name, number in db.session.execute(query)}
        assert given.keys() >= {"signatures", "flags"} if filled else not given  # though no flag is left
        assert all(number > 1_000_000 for number in given.values())
