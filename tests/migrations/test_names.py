"""From migration 0014 on whose a letter is and to whom it is written are words of its versions."""

from collections.abc import Callable
from hashlib import sha256

import flask_migrate
import sqlalchemy as sa
from flask import Flask

from tests.migrations.filled import fill
from tribune.database import db, is_postgresql
from tribune.letters.actions import revise
from tribune.letters.models import Letter, Version

TWO_VERSIONS = """
    UPDATE letters SET authors = 'Un collectif', addressee = 'Madame la ministre', version_number = 2;
    INSERT INTO versions (id, letter_id, number, title, standfirst, text, html, reason, asks_again, created_at)
        VALUES (7, 1, 2, 'Des rues', 'Un chapô.', 'Un autre.', '', 'Une coquille.', false, '2026-11-25');
    INSERT INTO versions (id, letter_id, number, title, standfirst, text, html, reason, asks_again, created_at)
        VALUES (9, 1, 3, 'Gone', '', '', '', '', false, '2026-11-25');
    DELETE FROM versions WHERE id = 9;
    DELETE FROM events"""
TODAY = """
    UPDATE versions SET authors = 'Un parti', addressee = 'Madame la maire';
    UPDATE letters SET version_number = 2;
    INSERT INTO versions (id, letter_id, number, title, standfirst, text, html, authors, addressee, reason, asks_again,
            created_at)
        VALUES (7, 1, 2, 'Des rues', '', 'Un autre.', '', 'Un collectif', 'Madame la ministre', '', false,
            '2026-11-25')"""
PRINTED = [  # by the rule of before
    sha256(f"Des rues\0{standfirst}\0{text}".encode()).hexdigest()
    for standfirst, text in (("", "Un texte."), ("Un chapô.", "Un autre."))
]


def test_every_version_takes_the_names_of_its_letter_and_keeps_the_digest_that_was_printed_until_its_words_change(
    make_empty: Callable[[], Flask],
) -> None:
    with make_empty().app_context():
        flask_migrate.upgrade(revision="0013")
        fill("0013", TWO_VERSIONS)
        flask_migrate.upgrade()
        letter = db.session.get_one(Letter, 1)
        of_it = "SELECT authors, addressee FROM versions ORDER BY number"
        assert [tuple(row) for row in db.session.execute(sa.text(of_it))] == 2 * [
            ("Un collectif", "Madame la ministre")
        ]
        versions = db.session.scalars(sa.select(Version).order_by(Version.number))
        assert [version.whole_digest for version in versions] == PRINTED
        names = {"standfirst": "", "authors": "Un collectif", "addressee": "Monsieur Dupont"}
        version = revise(letter, by=None, title="Nos rues", text="Un texte.", **names)
        assert version.id == 7
        signed = "Nos rues\0\0Un texte.\0Un collectif\0Monsieur Dupont"
        assert version.whole_digest == sha256(signed.encode()).hexdigest()


def test_the_letter_takes_back_the_names_of_its_text_of_today(make_empty: Callable[[], Flask]) -> None:
    with make_empty().app_context():
        flask_migrate.upgrade()
        fill("0014", TODAY)
        flask_migrate.downgrade(revision="0013")
        found = db.session.execute(sa.text("SELECT authors, addressee FROM letters")).all()
        assert [tuple(row) for row in found] == [("Un collectif", "Madame la ministre")]


def test_no_number_is_given_again(make_empty: Callable[[], Flask]) -> None:
    sequences = sa.text("SELECT name, seq FROM sqlite_sequence ORDER BY name")
    with make_empty().app_context():
        if is_postgresql():
            return  # its sequences are no part of the tables
        flask_migrate.upgrade(revision="0013")
        fill("0013", TWO_VERSIONS)
        before = db.session.execute(sequences).all()
        assert ("versions", 9) in [tuple(row) for row in before]
        db.session.rollback()
        for move in (flask_migrate.upgrade, lambda: flask_migrate.downgrade(revision="0013")):
            move()
            assert db.session.execute(sequences).all() == before
            db.session.rollback()
