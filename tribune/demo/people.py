"""Made-up people with believable names, to try and measure with."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from secrets import token_urlsafe
from typing import Any

import sqlalchemy as sa

from tribune.database import now, write
from tribune.letters.models import Letter
from tribune.names import organisation_key, plain, sort_key
from tribune.signatures.models import Signature, new_public_id

GIVEN = """Aïcha Alice Amélie Antoine Benoît Bérénice Camille Chloé Clément Damien Dominique Élodie Émile Fatou Florence
François Gaëlle Hélène Hugo Inès Jean-Luc Jeanne Joël Karim Léa Loïc Lucie Malo Marie-Claude Mehdi Nathalie Noé
Océane Olivier Pénélope Quentin Raphaël Rémi Salomé Sébastien Thaïs Théo Ulysse Valérie Xavier Yasmine Zoé""".split()
FAMILY = """Abadie Arnaud Aubry Bachelet Barthélemy Benali Besançon Boisvert Bréchet Cazenave Chevalier Cohen Costa
Delacroix Dembélé Desprez Diallo Dupré Écoffier Évrard Faure Fontaine Gaillard Garçon Guérin Haddad Hébert Huguenin
Ibrahim Jaouen Joubert Kowalski Lafitte Lefèvre Lemoine Maréchal Mercier Nguyen Noël Œuvrard Pélissier Perrot Quéré
Renaud Roussel Sánchez Séguin Tessier Traoré Urbain Vasseur Vigneron Weber Yıldız Zimmermann""".split()
ROLES = """Médecin;Enseignante;Chercheur;Directrice;Président;Bénévole;Journaliste;Éditrice;Maire;Étudiant;
Avocate;Infirmier;Libraire;Architecte;Coordinatrice;Retraité;""".replace("\n", "").split(";")
ORGANISATIONS = """CNRS;Université de Nantes;Les Amis du quartier;Ville de Roubaix;Médiathèque du Port;Rivages;
Librairie des Halles;Passerelle;Hôpital Nord;Atelier du Lac;École du Breuil;""".replace("\n", "").split(";")
ROWS_AT_ONCE = 5000


def fill(letter: Letter, how_many: int) -> Iterator[int]:
    """Add confirmed, shown signatures, a part a transaction; gives how many rows each part had."""
    letter_id, version, locale = letter.id, letter.version_number, letter.locale
    for begin in range(0, how_many, ROWS_AT_ONCE):
        moment = now()
        rows = [
            _row(number, letter_id, version, locale, moment + timedelta(microseconds=number - begin))
            for number in range(begin, min(begin + ROWS_AT_ONCE, how_many))
        ]
        with write() as session:
            session.execute(sa.insert(Signature), rows)
            session.execute(
                sa.update(Letter)
                .where(Letter.id == letter_id)
                .values(confirmed_count=Letter.confirmed_count + len(rows))
            )
        yield len(rows)
    with write() as session:
        session.execute(sa.text("ANALYZE"))  # as the database would by itself, some minutes later


def _row(number: int, letter_id: int, version: int, locale: str, moment: datetime) -> dict[str, Any]:
    """The number-th person; lists of lengths without a common factor give many thousands of different lines."""
    given, family = GIVEN[number % len(GIVEN)], FAMILY[(number // len(GIVEN) + number) % len(FAMILY)]
    role, organisation = ROLES[number % len(ROLES)], ORGANISATIONS[number % len(ORGANISATIONS)]
    return {
        "public_id": new_public_id(),
        "link_nonce": token_urlsafe(16),
        "letter_id": letter_id,
        "letter_version": version,
        "given_name": given,
        "family_name": family,
        "role": role,
        "organisation": organisation,
        "organisation_key": organisation_key(organisation),
        "capacity": "personal",
        "sort_key": sort_key(family, given),
        "search_key": plain(f"{given} {family} {role} {organisation}"),
        "locale": locale,
        "published": True,
        "news": False,
        "signed_at": moment,
        "confirmed_at": moment,
        "counted_at": moment,
    }
