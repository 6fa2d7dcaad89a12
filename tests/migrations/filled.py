"""The tables of each revision with rows in them, and how many rows there are."""

import re

import sqlalchemy as sa
from alembic.script import ScriptDirectory

from tribune import ROOT
from tribune.database import db
from tribune.schema import is_table_or_index_of_models

REVISIONS = [script.revision for script in ScriptDirectory(str(ROOT / "migrations")).walk_revisions()][::-1]
# What fills the tables from each revision that changes it, as a site of that day has them: in SQL, since its code
# will be gone.
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
}
FILLED["0003"] = (
    FILLED["0002"]
    .replace("INTO images VALUES (1, 'd', 'x', 1, 1, '', '')", "INTO images VALUES (1, 'd', 'x', 1, 1, '', '', NULL)")
    .replace("news, wording, signed_at,", "news, wording, as_organisation, signed_at,")
    .replace("'2026-11', '2026-11-24', '2026-11-24',", "'2026-11', false, '2026-11-24', '2026-11-24',")
    + """;
        INSERT INTO erasures VALUES ('q', '2026-11-24');
        INSERT INTO gatherings (letter_id, subject, message, sender, saved_at) VALUES (1, '', '', '', '2026-11-24');
        INSERT INTO invitations (id, letter_id, rank, given_name, family_name, role, organisation, capacity,
                as_organisation, section, link_nonce, note, created_at, message_id, reminders, word, question, tell,
                signature_id)
            VALUES (1, 1, 1, 'Zoé', 'Évrard', '', '', '', false, '', 'n', '', '2026-11-24', 1, 0, '', '', false, 1)"""
)
FILLED["0004"] = f"""{FILLED["0003"]};
        INSERT INTO counters VALUES ('sign 600 1 n', 1, '2026-11-24');
        INSERT INTO switches VALUES ('paused', '', '2026-11-24')"""

FILLED["0005"] = FILLED["0004"].replace(
    "INTO tallies VALUES", "INTO tallies (letter_id, hour, signed, confirmed) VALUES"
)
FILLED["0007"] = f"""{FILLED["0005"]};
        INSERT INTO mail_requests VALUES (1, 'find', 'zoe@example.org', 'fr', '2026-11-24')"""
FILLED["0011"] = FILLED["0007"].replace(
    "mail_tallies VALUES (1, '2026-11-24 10:00:00', 1, 0, 0)", "mail_tallies VALUES (1, '2026-11-24 10:00:00', 0, 0)"
)
FILLED["0014"] = (
    FILLED["0011"]
    .replace("timezone, authors, addressee,", "timezone,")
    .replace("'Europe/Paris', '', '', 'Alice'", "'Europe/Paris', 'Alice'")
)
SITE_KEYS = sa.text("SELECT name, value FROM site_keys")
# In between, the same rows go through one revision more on their way from the one before.
FILLED_ANEW = sorted({*FILLED, REVISIONS[-1]})


def fill(revision: str, more: str = "") -> None:
    """Put these rows into a database at that revision, and then do what `more` says, in SQL."""
    changed = max(each for each in FILLED if each <= revision)
    with db.engine.begin() as connection:
        for statement in f"{FILLED[changed]};{more}".split(";"):
            if statement.strip():
                connection.execute(sa.text(statement))


def more_letters(last: int) -> str:
    """What adds letters like the first, numbered from 2 to `last`, in SQL."""
    [first] = re.findall(r"INSERT INTO letters [^;]*", FILLED["0014"])
    return ";".join(first.replace("(1, 'rues'", f"({number}, 'rues-{number}'") for number in range(2, last + 1))


def rows() -> dict[str, int]:
    """How many rows each table has."""
    db.session.rollback()
    with db.engine.connect() as connection:
        names = [name for name in sa.inspect(connection).get_table_names() if is_table_or_index_of_models(name)]
        return {
            name: connection.execute(sa.select(sa.func.count()).select_from(sa.table(name))).scalar_one()
            for name in names
        }
