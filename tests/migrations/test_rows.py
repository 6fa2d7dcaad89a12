"""What the tables held before a migration is there after it."""

from collections.abc import Callable

import flask_migrate
import pytest
import sqlalchemy as sa
from flask import Flask

from tests.migrations.filled import FILLED_ANEW, SITE_KEYS, fill, rows
from tribune.abuse.counters import forget_counters
from tribune.database import db, is_postgresql
from tribune.outbox.actions import unsuppress
from tribune.outbox.delivery import deliver_due
from tribune.outbox.queries import is_suppressed
from tribune.outbox.transport import mailbox_folder
from tribune.signatures.models import Signature
from tribune.signatures.trigrams import indexed, pieces


@pytest.mark.parametrize("revision", FILLED_ANEW)
def test_the_rows_of_every_day_survive_the_upgrade(make_empty: Callable[[], Flask], revision: str) -> None:
    with make_empty().app_context():
        flask_migrate.upgrade(revision=revision)
        fill(revision)
        before, key = rows(), db.session.execute(SITE_KEYS).all()
        assert all(before.values()), f"fill every table, in filled.py: {before}"
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
        fill("0011", PAUL)
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
        fill("0001")
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
        fill("0002", "UPDATE signatures SET affiliation = 'médiéviste à Poitiers'")
        flask_migrate.upgrade(revision="0003")
        found = "SELECT search_key FROM signatures"
        assert db.session.scalars(sa.text(found)).all() == ["zoe evrard medieviste a poitiers"]


APOSTROPHES = """
    UPDATE signatures SET family_name = 'd''Évrard', search_key = 'zoe d evrard l inserm', organisation = 'l’Inserm'"""


def found_by_index(words: str) -> list[str]:
    """The public ids of who is found by the index of trigrams."""
    query = indexed(sa.select(Signature.public_id), is_postgresql())
    return list(db.session.scalars(query, {"pieces": pieces(words)}))


def test_people_of_before_are_found_without_their_apostrophes(make_empty: Callable[[], Flask]) -> None:
    with make_empty().app_context():
        flask_migrate.upgrade(revision="0017")
        fill("0017", APOSTROPHES)
        for move in (flask_migrate.upgrade, lambda: flask_migrate.downgrade(revision="0017"), flask_migrate.upgrade):
            move()
            found = db.session.scalars(sa.text("SELECT search_key FROM signatures")).all()
            assert found == ["zoe d evrard l inserm devrard linserm"]
            for words, whose in (("devrard", ["p"]), ("evrard", ["p"]), ("evrart", [])):
                assert found_by_index(words) == whose
            db.session.rollback()
        db.session.execute(sa.text("UPDATE signatures SET search_key = 'zoe martin'"))  # the index follows as before
        assert found_by_index("arti") == ["p"]


def test_nothing_is_withheld_of_versions_of_before(make_empty: Callable[[], Flask]) -> None:
    withheld = sa.text("SELECT text, withheld, withheld_for FROM versions")
    with make_empty().app_context():
        flask_migrate.upgrade(revision="0018")
        fill("0018")
        for _ in range(2):
            flask_migrate.upgrade()
            assert [tuple(row) for row in db.session.execute(withheld)] == [("Un texte.", "", "")]
            db.session.rollback()
            flask_migrate.downgrade(revision="0018")


def test_mails_that_waited_before_leave_as_they_were_written(make_empty: Callable[[], Flask]) -> None:
    waits = (
        "UPDATE messages SET recipient = 'zoe@example.org', subject = 'Signez', text = 'Un texte.', html = 'Un texte.'"
    )
    with make_empty().app_context():
        flask_migrate.upgrade(revision="0024")
        fill("0024", waits)
        flask_migrate.upgrade()
        flask_migrate.downgrade(revision="0024")
        flask_migrate.upgrade()
        assert deliver_due() == 1
        [file] = mailbox_folder().glob("*.eml")
        assert "From: tribune@localhost" in file.read_text().splitlines()


def test_who_wanted_no_mail_before_gets_none_until_they_allow_it_again(make_empty: Callable[[], Flask]) -> None:
    with make_empty().app_context():
        flask_migrate.upgrade(revision="0025")
        fill("0025", "UPDATE mailboxes SET suppressed_at = '2026-11-24'")
        flask_migrate.upgrade()
        assert is_suppressed("zoe")
        unsuppress("zoe")
        flask_migrate.downgrade(revision="0025")
        flask_migrate.upgrade()
        assert not is_suppressed("zoe")


@pytest.mark.parametrize("revision", ["0006", "head"])
def test_names_of_before_are_found_by_a_part_of_them_and_forgotten_with_their_row(
    make_empty: Callable[[], Flask], revision: str
) -> None:
    with make_empty().app_context():
        flask_migrate.upgrade(revision="0005")
        fill("0005")
        flask_migrate.upgrade(revision=revision)
        found = found_by_index
        assert (found("evra"), found("zoe"), found("evrx")) == (["p"], ["p"], [])
        db.session.execute(sa.text("UPDATE signatures SET search_key = 'zoe martin'"))
        assert (found("evra"), found("arti")) == ([], ["p"])
        for table in ("flags", "batch_rows", "invitations", "signatures"):
            db.session.execute(sa.text(f"DELETE FROM {table}"))
        assert found("arti") == []


def test_how_often_a_browser_has_typed_codes_is_still_known(make_empty: Callable[[], Flask]) -> None:
    typed = sa.text("SELECT number FROM counters WHERE key = 'code abc'")
    on_the_row = sa.text("SELECT code_tries FROM signatures")
    with make_empty().app_context():
        flask_migrate.upgrade(revision="0020")
        fill("0020", "UPDATE signatures SET browser_hash = 'abc', code_tries = 3")
        flask_migrate.upgrade()
        assert db.session.scalars(typed).all() == [3]
        forget_counters()  # it lasts for a day
        assert db.session.scalars(typed).all() == [3]
        db.session.rollback()
        flask_migrate.downgrade(revision="0020")
        assert (db.session.scalars(on_the_row).all(), db.session.scalars(typed).all()) == ([3], [])


def test_a_browser_that_typed_no_code_has_no_counter(make_empty: Callable[[], Flask]) -> None:
    with make_empty().app_context():
        flask_migrate.upgrade(revision="0020")
        fill("0020", "UPDATE signatures SET browser_hash = 'abc'")
        flask_migrate.upgrade()
        assert db.session.scalars(sa.text("SELECT key FROM counters WHERE key LIKE 'code%'")).all() == []
