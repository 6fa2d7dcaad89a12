"""The rows of a sheet become people to write to: understood, or doubted aloud."""

from dataclasses import replace

import pytest

from tests.reading.contacts import name, one, read, sheet
from tribune.reading.columns import guess
from tribune.reading.doubts import Doubt
from tribune.reading.list_people import contacts_in_list
from tribune.reading.people import read_people
from tribune.reading.sheet_people import contacts_in_sheet


@pytest.mark.parametrize(
    ("headings", "held"),
    [
        ("Civilité | Prénom | Nom | Titre | Organisme | Courriel", "left out,given,family,role,organisation,email"),
        ("NOM Prénom | Qualité | E-mail | Rubrique | Remarque", "name,affiliation,email,section,note"),
        ("Nom complet | Titre | Structure | Mail", "name,role,organisation,email"),
        ("Prénom(s) | NOM * | Employeur | Adresse e-mail", "given,family,organisation,email"),
        ("First name | Last name | Job title | Company | Email address", "given,family,role,organisation,email"),
        ("Full Name | Affiliation | E-Mail | Section | Notes", "name,affiliation,email,section,note"),
        ("N° | Nom | Prénom | Fonction et organisation | Tél.", "left out,family,given,affiliation,left out"),
        ("Signataire | Role | Organization | Something", "name,role,organisation,left out"),
        (
            "Nom de l’association | Nom du représentant | Prénom du représentant | Fonction / Titre | Mail ou courriel",
            "organisation,family,given,role,email",
        ),
        ("Nom participant | Prénom participant | Email payeur | Raison sociale", "family,given,left out,organisation"),
        ("Organisation | Représentante légale | Fonction exercée", "organisation,name,role"),
        ("Nom complet | Titre | Établissement | Courriel de contact", "name,role,organisation,email"),
        ("Nom / Last name | Prénom / First name | Organisation, collectif, association", "family,given,organisation"),
        ("Vorname | Nachname | PLZ | Ort", "given,family,left out,left out"),
        ("Name of the organization | Full name | Role", "organisation,name,role"),
        ("Quel est votre nom ? | Vos prénoms | What is your role? | Ta structure", "family,given,role,organisation"),
        ("Nom du collectif / organisation | Nom complet | Profession / structure", "organisation,name,affiliation"),
        ("Nom | Fonction, s’il y a lieu | Structure, si vous en avez une", "name,role,organisation"),
        ("Name | Role, if any | Employer (if applicable), optional", "name,role,organisation"),
        ("Nom complet | Courriel | Adresse mail pro | E-mail personnel | Mail aide", "name,email,email,email,left out"),
        ("Nom complet | Adresse électronique professionnelle | Autre mail | Work email", "name,email,email,email"),
    ],
)  # fmt: skip
def test_columns_are_known_by_their_headings(headings: str, held: str) -> None:
    rows = sheet(headings, "|".join(["x"] * len(headings.split("|")))).rows
    assert guess(rows).headings == 1 and ",".join(guess(rows).held) == held


def test_given_and_family_name_are_headings_among_many_that_are_not_known() -> None:
    headings = "Commande | Reçu | Nom adhérent | Prénom adhérent | Nom payeur | Payé par | Montant | Reçu fiscal"
    contact = one(headings, "44 | Validé | ÉVRARD | Zoé | ÉVRARD | carte | 0,00 | oui")
    assert name(contact) == "Zoé|Évrard" and not contact.person.role


def test_above_the_headings_may_stand_the_names_of_their_groups() -> None:
    rows = ("Identité | | Fonctions | Contact", "Nom | Prénom | Fonction | Mail", "Évrard | Zoé | maire | z@b.fr")
    assert name(one(*rows)) == "Zoé|Évrard" and one(*rows).person.role == "maire"


def test_columns_are_known_by_what_stands_in_them() -> None:
    rows = sheet("Zoé | Évrard | maire | Lille | z@example.org", "Ana | Ba | autrice | | a@example.org").rows
    assert guess(rows).held == ("given", "family", "role", "organisation", "email")
    rows = sheet("Mme | Zoé Évrard | maire de Lille | 0612", "M. | Jean Ba | auteur | 07").rows
    assert guess(rows).held == ("left out", "name", "affiliation", "left out")
    rows = sheet("Prénom | Nom | Divers", "Zoé | Évrard | z@example.org", "Ana | Ba | ", "Luc | Da | ").rows
    assert guess(rows).held == ("given", "family", "email")
    rows = sheet(
        "Ba | Ana | ana@example.org", "Évrard | Zoé | zoe.evrard@example.org", "Da | Luc | lda@example.org"
    ).rows
    assert guess(rows).held == ("family", "given", "email")  # as the addresses call them
    rows = sheet(
        "Ana | Ba | ba.ana@example.org", "Zoé | Évrard | z.evrard@example.org", "Luc | Da | luc.da@example.org"
    ).rows
    assert guess(rows).held == ("given", "family", "email")


@pytest.mark.parametrize("row", ["Luc et Léa | Ba", "Luc ET Léa | DARDENNE", "Luc & Léa | Ba", "Luc | Ba et Dardenne"])
def test_a_couple_in_the_columns_of_a_name_is_doubted_as_on_a_line(row: str) -> None:
    assert "perhaps_two_people" in one("Prénom | Nom", row).reasons
    pasted = read_people(f"Prénom | Nom\n{row}".replace(" | ", "\t"))
    assert "perhaps_two_people" in [doubt.reason for doubt in pasted.doubts]


def test_an_initial_in_a_column_of_its_own_is_no_title() -> None:
    assert name(one("Nom | Prénom | Courriel", "Azad | M. | azad@example.org")) == "M.|Azad"
    assert name(one("Nom | Courriel", "DUPONT M. | m@example.org")) == "M.|Dupont"


def test_an_address_of_a_house_is_none_to_write_to() -> None:
    rows = ("Nom | Prénom | Adresse | Courriel", "Évrard | Zoé | 3 rue du Port | z@example.org")
    assert guess(sheet(*rows).rows).held == ("family", "given", "left out", "email")
    assert guess(sheet("Nom | Adresse", "Évrard | z@example.org").rows).held == ("name", "email")
    assert guess(sheet("Nom | Titre", "Évrard | Madame").rows).held == ("name", "left out")
    for other, below, held in (("Contact", "a@example.org", "email"), ("Nom complet", "Ana Ba", "left out")):
        rows = (f"Votre nom | Prénom | {other}", f"Ba | Ana | {below}")
        assert guess(sheet(*rows).rows).held == ("family", "given", held)


def test_titles_above_the_headings_and_totals_below_are_nobody() -> None:
    found = read("Liste du 3 mars", "", "Nom | Prénom", "Évrard | Zoé", "Nom | Prénom", "Total | 1", " | 12 |")
    assert [name(contact) for contact in found.contacts] == ["Zoé|Évrard"] and found.contacts[0].row == 4
    assert [(doubt.line, doubt.reason) for doubt in found.doubts] == [
        (1, "above_headings"),
        (3, "headings_of_columns"),
        (5, "headings_of_columns"),
        (6, "total"),
        (7, "no_name"),
    ]
    for word in ("Totaux", "Sous-total", "Nombre", "Somme", "Count", "Sum"):
        assert read("Nom | Prénom", "Évrard | Zoé", f"{word} | 1").doubts[-1].reason == "total", word
    assert name(one("Nom | Prénom", "Somme | Anne-Lise")) == "Anne-Lise|Somme"


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("DUPONT Jean", "Jean|Dupont"),
        ("Jean DUPONT", "Jean|Dupont"),
        ("DE LA TOUR Anne-Marie", "Anne-Marie|de La Tour"),
        ("Jean-Luc LE GOFF", "Jean-Luc|Le Goff"),
        ("Antoine COLONNA D’ISTRIA", "Antoine|Colonna d’Istria"),
        ("MARTIN-O'BRIEN Zoé", "Zoé|Martin-O'Brien"),
        ("VAN DER BERG Jan", "Jan|van der Berg"),
        ("JEAN DUPONT", "Jean|Dupont"),
        ("Jean de la TOUR", "Jean|de la Tour"),
        ("Yann Le GOFF", "Yann|Le Goff"),
        ("Ana Sainte MARIE", "Ana|Sainte Marie"),
        ("José d’ALMEIDA", "José|d’Almeida"),
        ("Ingrid Van der MEER-KHAN", "Ingrid|Van der Meer-Khan"),
        ("Ana de SÁ", "Ana|de Sá"),
        ("Léo Mc Donald", "Léo|Mc Donald"),
        ("Mme Zoé Évrard", "Zoé|Évrard"),
        ("Dupont, Jean", "Jean|Dupont"),
        ("J.R.R. Tolkien", "J.R.R.|Tolkien"),
    ],
)
def test_names_in_one_cell_are_cut_and_written_as_names(typed: str, printed: str) -> None:
    assert name(one("Nom | Courriel", f"{typed} | x@example.org")) == printed


def test_which_name_is_the_family_s_is_doubted_where_only_the_heading_says_that_it_comes_first() -> None:
    for heading in ("Nom et prénom", "NOM Prénom", "Noms et prénoms"):
        reasons = {
            typed: one(f"{heading} | Courriel", f"{typed} | x@example.org").reasons
            for typed in ("Évrard Zoé", "Zoé Évrard", "ÉVRARD Zoé", "Jean DUPONT", "Dupont, Jean", "Camille")
        }
        assert [typed for typed, why in reasons.items() if "order_guessed" in why] == ["Évrard Zoé", "Zoé Évrard"]
    for headings in ("Prénom et nom | Courriel", "Nom | Courriel", "Nom complet | Courriel"):
        assert one(headings, "Évrard Zoé | x@example.org").reasons == ()


def test_names_in_capitals_in_two_cells_are_written_as_names_too() -> None:
    for typed, printed in (("DE GAULLE", "de Gaulle"), ("de GAULLE", "de Gaulle"), ("L'HERBIER", "L'Herbier")):
        contact = one("Nom | Prénom", f"{typed} | Geneviève")
        assert name(contact) == f"Geneviève|{printed}" and contact.reasons == ("capitals_lowered",)
    assert name(one("Nom | Prénom | Courriel", "JR | | jr@example.org")) == "|JR"
    for typed in ("de Gaulle", "Ba SNCF"):
        assert one("Nom | Prénom", f"{typed} | Geneviève").reasons == ()


def test_of_two_addresses_the_first_is_taken_and_the_other_kept() -> None:
    contact = one("Nom | Courriel | Note", "Zoé Évrard | z@example.org ; zoe@example.com | amie")
    assert (contact.email, contact.note) == ("z@example.org", "amie ; zoe@example.com")
    assert contact.reasons == ("two_addresses",)
    contact = one("Nom | Courriel", "Zoé Évrard | assistante : a@example.org")
    assert (contact.email, contact.note) == ("a@example.org", "assistante : a@example.org")
    contact = one("Nom | Courriel | Autre mail", "Zoé Évrard | z@example.org | y@example.org")
    assert contact.email == "z@example.org"


def test_an_address_stands_anywhere_and_a_wrong_one_waits_to_be_corrected() -> None:
    assert one("Nom | Fonction", "Zoé Évrard <z@example.org> | maire").email == "z@example.org"
    assert name(one("Nom | Courriel", " | Zoé Évrard <z@example.org>")) == "Zoé|Évrard"
    assert one("Nom | Courriel", "Zoé Évrard | z.example.org").email == "z.example.org"
    assert one("Nom | Courriel", "Zoé Évrard | mailto:z@example.org").email == "z@example.org"


def test_a_row_without_a_name_is_kept_to_be_completed() -> None:
    found = read("Nom | Fonction | Courriel", " | maire de Lille | z@example.org", " | | a@example.org")
    assert [contact.reasons for contact in found.contacts] == [("name_missing",)] * 2
    assert [contact.email for contact in found.contacts] == ["z@example.org", "a@example.org"]


def test_what_says_that_there_is_none_is_not_printed() -> None:
    found = read("Prénom | Nom | Fonction | Organisation", "Zoé | Évrard | - | N/A", "Ana | Ba | néant | CNRS (n.c.)")
    people = [(one.person.role, one.person.organisation) for one in found.contacts]
    assert people == [("", ""), ("", "CNRS (n.c.)")]
    broken = read("Nom | Prénom | Fonction", "Évrard | Zoé | #REF!", "TOTAL | #N/A | ")
    assert [(name(one), one.person.role) for one in broken.contacts] == [("Zoé|Évrard", "")]
    assert [(doubt.line, doubt.reason) for doubt in broken.doubts] == [(1, "headings_of_columns"), (3, "total")]


def test_whoever_has_no_address_is_not_given_that_of_who_recommends_them() -> None:
    above = "Nom | Courriel | Référente | Note", "Zoé Ba | z@example.org | ref@example.org |"
    for absent in ("| ref@example.org", "- | ref@example.org", "| | relancer ref@example.org"):
        found = read(*above, f"Luc Da | {absent} |").contacts
        assert [(one.email, "two_addresses" in one.reasons) for one in found][:1] == [("z@example.org", False)]
        assert "@" not in found[1].email and found[1].person.family_name == "Da", absent
    assert read("Nom | Courriel | Divers", "Zoé Ba | | z@example.org", "Léo Cid | | l@example.org").contacts[1].email
    assert one("Nom | Courriel", "Zoé Ba z@example.org |").email == "z@example.org"


def test_an_address_that_slipped_to_another_row_is_doubted() -> None:
    people = ("Dupont | Zoé", "Ba | Ana", "Mo | Ida", "Cy | Léo", " | ")
    for boxes, doubts in (
        ("ana.ba zdupont cyleo contact ana.ba", [("address_of_another",)] * 3 + [(), ("name_missing",)]),
        ("zoe.ba aba leo.mo cyleo x", [(), (), (), (), ("name_missing",)]),
    ):
        rows = [f"{person} | {box}@example.org" for person, box in zip(people, boxes.split(), strict=True)]
        assert [one.reasons for one in read("Nom | Prénom | Courriel", *rows).contacts] == doubts
    [first, second] = contacts_in_list("Zoé, ana.ba@example.org\nAna Ba, ana@example.org").contacts
    assert (first.reasons, second.reasons) == (("one_word_name", "address_of_another"), ())


def test_two_people_in_a_cell_share_a_line_and_not_an_address() -> None:
    found = read("Nom | Fonction | Structure | Mail", "Ana Ba et Léo Cid | éditeurs | Le Port | a@example.org")
    assert [(name(c), c.email, c.person.line) for c in found.contacts] == [
        ("Ana|Ba", "a@example.org", 1),
        ("Léo|Cid", "", 1),
    ]
    found = read("Nom | Mail", "Ana Ba et Léo Cid | a@example.org, l@example.org", "Zoé Évrard | z@example.org")
    assert [(c.email, c.person.line) for c in found.contacts][1:] == [("l@example.org", 1), ("z@example.org", 2)]


def test_two_people_in_a_cell_have_a_role_in_the_plural_as_on_a_line() -> None:
    pair = "Zoé Évrard et Ana Ba"
    for row in (f"{pair} | fondatrices de HelloAsso", f"{pair}, fondatrices de HelloAsso |"):
        people = [one.person for one in read("Nom complet | Qualité", row).contacts]
        assert [(person.role, person.organisation) for person in people] == [("fondatrices", "HelloAsso")] * 2


def test_the_line_is_made_of_role_and_organisation_or_as_it_stands_in_one_cell() -> None:
    apart = one("Nom | Fonction | Structure", "Zoé Évrard | maire | Lille").person
    assert (apart.role, apart.organisation, apart.affiliation) == ("maire", "Lille", None)
    together = one("Nom | Fonction et organisation", "Zoé Évrard | Directrice de Koeo").person
    assert (together.role, together.organisation, together.affiliation) == ("Directrice", "Koeo", "Directrice de Koeo")


def test_what_is_doubted_of_several_cells_of_a_row_is_said_once() -> None:
    merged = [Doubt(3, words, "cells_merged") for words in ("Curie", "Sorbonne")]
    table = sheet("Nom | Prénom | Organisation", "Curie | Pierre | Sorbonne", "Curie | Marie | Sorbonne")
    found = contacts_in_sheet(replace(table, doubts=merged), guess(table.rows)).contacts
    assert [one.reasons for one in found] == [(), ("cells_merged",)]
