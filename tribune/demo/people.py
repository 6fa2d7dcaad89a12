"""Made-up signatures with plausible names, to try and measure with."""

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import cache
from itertools import islice
from secrets import token_urlsafe
from typing import Any

import sqlalchemy as sa

from tribune.database import hour_of, is_postgresql, now, write
from tribune.demo.pace import begins, moments
from tribune.letters.models import Letter, Version
from tribune.names import organisation_key, searchable, sort_key
from tribune.outbox.models import MailTally
from tribune.signatures.actions import mark
from tribune.signatures.models import Signature, Tally, new_public_id
from tribune.statements import add_to

GIVEN = """Aïcha Alice Amélie Antoine Benoît Bérénice Camille Chloé Clément Damien Dominique Élodie Émile Fatou Florence
François Gaëlle Hélène Hugo Inès Jean-Luc Jeanne Joël Karim Léa Loïc Lucie Malo Marie-Claude Mehdi Nathalie Noé
Océane Olivier Pénélope Quentin Raphaël Rémi Salomé Sébastien Thaïs Théo Ulysse Valérie Xavier Yasmine Zoé""".split()
FAMILY = """Abadie Arnaud Aubry Bachelet Barthélemy Benali Besançon Boisvert Bréchet Cazenave Chevalier Cohen Costa
Delacroix Dembélé Desprez Diallo Dupré Écoffier Évrard Faure Fontaine Gaillard Garçon Guérin Haddad Hébert Huguenin
Ibrahim Jaouen Joubert Kowalski Lafitte Lefèvre Lemoine Maréchal Mercier Nguyen Noël Œuvrard Pélissier Perrot Quéré
Renaud Roussel Sánchez Séguin Tessier Traoré Urbain Vasseur Vigneron Weber Yıldız Zimmermann""".split()
ROLES = """Médecin;Enseignante;Chercheur;Directrice;Président;Bénévole;Journaliste;Éditrice;Maire;Étudiant;
Avocate;Infirmier;Libraire;Architecte;Coordinatrice;Retraité;""".replace("\n", "").split(";")
# The first is used most often, the last least.
ORGANISATIONS = """;Université de Nantes;CNRS;Les Amis du quartier;Ville de Roubaix;Médiathèque du Port;Rivages;
Librairie des Halles;Passerelle;Hôpital Nord;Atelier du Lac;École du Breuil;Radio Canal;La Fabrique;Théâtre du Pré;
Éditions du Phare;Coop des Monts""".replace("\n", "").split(";")
DOMAINS = "courrier.example boite.example univ-nantes.example laposte.example roubaix.example amis.example".split()
ROWS_AT_ONCE = 20_000
DEFAULTS = {"origin": "web", "section": "", "wording": ""}  # of the model: COPY does not apply them
# Select name and definition of the indexes that belong to no constraint.
INDEXES = sa.text("""
    SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'signatures' AND schemaname = current_schema()
    AND indexname NOT IN (SELECT conname FROM pg_constraint WHERE conrelid = 'signatures'::regclass)""")

# Cached: the same few words come a million times.
_searchable, _organisation_key, _sort_key = cache(searchable), cache(organisation_key), cache(sort_key)


def fill(letter: Letter, how_many: int) -> Iterator[int]:
    """Add confirmed, shown signatures of the last ten days, all or none; yield the number of rows of each part."""
    until = now()
    numbered = enumerate(moments(how_many, until, letter.zone))
    with write() as session, _without_indexes(session.connection(), how_many):
        if letter.published_at:  # it must be published before the first of them signed
            letter.published_at = min(letter.published_at, begins(until) - timedelta(hours=1))
        for moment in (Version.signed_at, Version.frozen_at):
            mark(moment, letter, letter.version_number)
        of_letter = {
            "letter_id": letter.id,
            "letter_version": letter.version_number,
            "locale": letter.locale,
            "capacity": "personal",
            "published": True,
            "news": False,
        }
        while part := list(islice(numbered, ROWS_AT_ONCE)):
            rows = [_row(number, moment) | of_letter for number, moment in part]
            _insert(session.connection(), rows)
            letter.confirmed_count = Letter.confirmed_count + len(rows)
            session.flush()  # else only those of the last part are counted
            _tally(letter.id, rows)
            yield len(rows)
    if is_postgresql() and how_many > 50:
        with write() as session:
            session.execute(sa.text("ANALYZE"))  # PostgreSQL does so itself, but minutes later; SQLite never does


def _insert(connection: sa.Connection, rows: list[dict[str, Any]]) -> None:
    if not is_postgresql():
        connection.execute(sa.insert(Signature), rows)
        return
    columns = [*rows[0], *DEFAULTS]
    statement = f"COPY signatures ({', '.join(columns)}) FROM STDIN"
    cursor: Any = connection.connection.cursor()
    with cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row([*row.values(), *DEFAULTS.values()])


@contextmanager
def _without_indexes(connection: sa.Connection, how_many: int) -> Iterator[None]:
    """Drop the indexes while many rows are written, and make them again afterwards, in the same transaction.

    Nobody can read signatures meanwhile: this is for development.
    """
    found: Sequence[tuple[str, str]] = []
    if is_postgresql() and how_many > ROWS_AT_ONCE:
        found = [(name, definition) for name, definition in connection.execute(INDEXES)]
        connection.execute(sa.text("SET LOCAL maintenance_work_mem = '256MB'"))
    for name, _definition in found:
        connection.execute(sa.schema.DropIndex(sa.Index(name)))
    yield
    for _name, definition in found:
        connection.execute(sa.text(definition))


def _row(number: int, moment: datetime) -> dict[str, Any]:
    """Return the number-th person: the lists combine to many thousands of different lines."""
    given, family = GIVEN[number % len(GIVEN)], FAMILY[(number // len(GIVEN) + number) % len(FAMILY)]
    role = ROLES[number % len(ROLES)]
    organisation = ORGANISATIONS[min(number % len(ORGANISATIONS), number // 7 % len(ORGANISATIONS))]
    return {
        "public_id": new_public_id(),
        "link_nonce": token_urlsafe(16),
        "given_name": given,
        "family_name": family,
        "role": role,
        "organisation": organisation,
        "domain": DOMAINS[number * number % len(DOMAINS)],
        "signed_at": moment - timedelta(minutes=number * 7 % 50 + 1),
        "confirmed_at": moment,
        "counted_at": moment,
        "organisation_key": _organisation_key(organisation),
        "sort_key": _sort_key(family, given),
        "search_key": " ".join(filter(None, map(_searchable, (given, family, role, organisation)))),
    }


def _tally(letter_id: int, rows: list[dict[str, Any]]) -> None:
    """Add these to the tallies of their hours, plus one person in seven who never confirmed."""
    signed = Counter(hour_of(row["signed_at"]) for row in rows)
    confirmed = Counter(hour_of(row["confirmed_at"]) for row in rows)
    for hour in signed.keys() | confirmed.keys():
        posted = signed[hour] + signed[hour] // 7
        came_back = posted // 70
        add_to(Tally, {"letter_id": letter_id, "hour": hour}, "signed", posted)
        add_to(Tally, {"letter_id": letter_id, "hour": hour}, "confirmed", confirmed[hour])
        add_to(MailTally, {"about": letter_id, "hour": hour}, "sent", posted - came_back)
        add_to(MailTally, {"about": letter_id, "hour": hour}, "gave_up", came_back)
