"""From migration 0013 on no number of a row is given twice, and what may have been about another is about nobody."""

from collections.abc import Callable

import flask_migrate
import pytest
import sqlalchemy as sa
from flask import Flask

from tests.migrations.filled import fill
from tribune.database import db, is_postgresql

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
        fill("0012", LINES)
        with db.engine.begin() as connection:
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
            fill("0012", "DELETE FROM flags")
        flask_migrate.upgrade()
        query = sa.text("SELECT name, seq FROM sqlite_sequence WHERE seq > 0")
        given = {name: number for name, number in db.session.execute(query)}
        assert given.keys() >= {"signatures", "flags"} if filled else not given  # though no flag is left
        assert all(number > 1_000_000 for number in given.values())
