"""The rows of a sheet, and the lines of a list, become people to write to: understood, or doubted aloud."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.reading.printed import PRINTED
from tribune.reading.columns import guess
from tribune.reading.contacts import Contact, Contacts, contacts_in_list
from tribune.reading.grid import Row, Sheet
from tribune.reading.pasted import Doubt
from tribune.reading.people import read_people
from tribune.reading.sheet_people import contacts_in_sheet


def sheet(*rows: str) -> Sheet:
    """Rows from the first on, their cells between bars; an empty one is no row."""
    cells = {number: [cell.strip() for cell in row.split("|")] for number, row in enumerate(rows, 1) if row}
    width = max(map(len, cells.values()))
    return Sheet([Row(number, (*found, *[""] * (width - len(found)))) for number, found in cells.items()], [])


def read(*rows: str) -> Contacts:
    table = sheet(*rows)
    return contacts_in_sheet(table, guess(table.rows))


def one(*rows: str) -> Contact:
    [contact] = read(*rows).contacts
    return contact


def name(contact: Contact) -> str:
    return f"{contact.person.given_name}|{contact.person.family_name}"


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
        ("Nom du collectif / organisation | Nom complet | Profession / structure", "organisation,name,affiliation"),
    ],
)  # fmt: skip
def test_columns_are_known_by_their_headings(headings: str, held: str) -> None:
    rows = sheet(headings, "|".join(["x"] * len(headings.split("|")))).rows
    assert guess(rows).headings == 1 and ",".join(guess(rows).held) == held


def test_columns_are_known_by_what_stands_in_them() -> None:
    rows = sheet("Zoé | Évrard | maire | Lille | z@example.org", "Ana | Ba | autrice | | a@example.org").rows
    assert guess(rows).held == ("given", "family", "role", "organisation", "email")
    rows = sheet("Mme | Zoé Évrard | maire de Lille | 0612", "M. | Jean Ba | auteur | 07").rows
    assert guess(rows).held == ("left out", "name", "affiliation", "left out")


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


def test_two_people_in_a_cell_share_a_line_and_not_an_address() -> None:
    found = read("Nom | Fonction | Structure | Mail", "Ana Ba et Léo Cid | éditeurs | Le Port | a@example.org")
    assert [(name(c), c.email, c.person.line) for c in found.contacts] == [
        ("Ana|Ba", "a@example.org", 1),
        ("Léo|Cid", "", 1),
    ]
    found = read("Nom | Mail", "Ana Ba et Léo Cid | a@example.org, l@example.org", "Zoé Évrard | z@example.org")
    assert [(c.email, c.person.line) for c in found.contacts][1:] == [("l@example.org", 1), ("z@example.org", 2)]


def test_the_line_is_made_of_role_and_organisation_or_as_it_stands_in_one_cell() -> None:
    apart = one("Nom | Fonction | Structure", "Zoé Évrard | maire | Lille").person
    assert (apart.role, apart.organisation, apart.affiliation) == ("maire", "Lille", None)
    together = one("Nom | Fonction et organisation", "Zoé Évrard | Directrice de Koeo").person
    assert (together.role, together.organisation, together.affiliation) == ("Directrice", "Koeo", "Directrice de Koeo")


def test_a_list_has_addresses_as_people_and_mail_programs_write_them() -> None:
    found = contacts_in_list(
        "Zoé Évrard, maire de Lille, z@example.org\n\n- Ana Ba <a@example.org>\n"
        '"Cid, Léo" <l@example.org>, Paul Duan <p@example.org>; Mia Eon <m@example.org>\nseule@example.org\n'
        "et 200 autres (autres@example.org)"
    )
    quoted = contacts_in_list('"Ana Ba" <a@example.org>, maire de Brest').contacts[0]
    assert (name(quoted), quoted.person.affiliation) == ("Ana|Ba", "maire de Brest")
    assert [(name(c), c.email, c.row) for c in found.contacts] == [
        ("Zoé|Évrard", "z@example.org", 1),
        ("Ana|Ba", "a@example.org", 3),
        ("Léo|Cid", "l@example.org", 4),
        ("Paul|Duan", "p@example.org", 4),
        ("Mia|Eon", "m@example.org", 4),
        ("|", "seule@example.org", 5),
    ]
    assert found.contacts[0].person.affiliation == "maire de Lille"
    assert [(doubt.line, doubt.reason) for doubt in found.doubts] == [(6, "other_signatories")]


def test_a_mail_program_may_write_the_family_name_first() -> None:
    pasted = (
        '"Roux, Léa" <lea@example.org>; Ba, Ana Rose <ana@example.org>, DE LA TOUR, Anne <anne@example.org>\n'
        "O'Brien, Zoé <zoe@example.org>;\n'Da, Jo' <jo@example.org>\nMo, maire <mo@example.org>\n"
        'Li, Jo (CNRS) <li@example.org>\nLuc Da, Attac <luc@example.org>\n"Dupont, SNCF" <x@example.org>\n'
        '"ROY, LIA" <r@example.org>'
    )
    people = [
        (one.person.given_name, one.person.family_name, one.email[:3], one.reasons)
        for one in contacts_in_list(pasted).contacts
    ]
    assert people[:4] == [
        ("Léa", "Roux", "lea", ("family_name_guessed",)),
        ("Ana Rose", "Ba", "ana", ("family_name_guessed",)),
        ("Anne", "de La Tour", "ann", ("family_name_guessed", "capitals_lowered")),
        ("Zoé", "O'Brien", "zoe", ("family_name_guessed",)),
    ]
    called = [" ".join(person[:2]).strip() for person in people[4:]]
    assert called == ["Jo Da", "Mo", "Li", "Luc Da", "Dupont", "Lia Roy"]
    odd = contacts_in_list('"Roux, Mme Léa" <lea@example.org>, "Ba, Ana3" <ana@example.org>').contacts
    assert [(one.person.given_name, one.reasons) for one in odd] == [
        ("Léa", ("title_left_out", "family_name_guessed")),
        ("Ana3", ("family_name_guessed", "digits_in_name")),
    ]


def test_of_several_people_on_a_line_nobody_is_given_the_address_of_another() -> None:
    pasted = (
        "Zoé Évrard, maire ; Ana Ba, actrice <ana@example.org>\nZoé Roy (Lyon), Ana Mo (Paris) mo@example.org\n"
        "Zoé Da, maire ; Ana Li, actrice ; Léo Cid, poète, cid@example.org, leo@example.org.\n"
        "Luc Qi, maire, luc@Bo.example ; Eva Bo, actrice"
    )
    assert [(one.person.family_name, one.email, one.note) for one in contacts_in_list(pasted).contacts] == [
        ("Évrard", "", ""),
        ("Ba", "ana@example.org", ""),
        ("Roy", "", ""),
        ("Mo", "mo@example.org", ""),
        ("Da", "", ""),
        ("Li", "", ""),
        ("Cid", "cid@example.org", "leo@example.org"),
        ("Qi", "luc@Bo.example", ""),
        ("Bo", "", ""),
    ]


def test_a_full_stop_behind_an_address_is_no_part_of_the_line_before_it() -> None:
    pasted = (
        "Zoé Évrard, maire, zoe@example.org.\nLéo Cid (leo@example.org).\nMo : mo@example.org.\n"
        "Zoé É. <ze@example.org>. Ana Ba <ana@example.org>.\nRoy, Prune <roy@example.org>."
    )
    assert [(name(one), one.email[:3], one.person.affiliation) for one in contacts_in_list(pasted).contacts] == [
        ("Zoé|Évrard", "zoe", "maire"),
        ("Léo|Cid", "leo", ""),
        ("|Mo", "mo@", ""),
        ("Zoé|É.", "ze@", ""),
        ("Ana|Ba", "ana", ""),
        ("Prune|Roy", "roy", None),
    ]


def test_a_phone_number_is_not_printed_nor_what_set_an_address_apart() -> None:
    found = contacts_in_list(
        "Luc Da, directeur, luc@example.org, 06 12 34 56 78\nAna Ba / ana@example.org / Ville de Lens\n"
        "Zoé Roy (tél. : +33 (0)6.12.34.56.78)\nÉva Mo, maire de Lens (62300) depuis 2014"
    )
    assert [(name(one), one.person.affiliation, one.reasons) for one in found.contacts] == [
        ("Luc|Da", "directeur", ("phone_left_out",)),
        ("Ana|Ba", "Ville de Lens", ()),
        ("Zoé|Roy", "", ("phone_left_out",)),
        ("Éva|Mo", "maire de Lens (62300) depuis 2014", ()),
    ]


def test_what_has_the_digits_of_a_phone_and_is_none_stays() -> None:
    found = contacts_in_list(
        "Luc Da 0612345678@example.org\nAna Ba, CNRS, 0000-0002-1825-0097\nZoé Roy, élue, 01.01.2020-31.12.2021\n"
        "Éva Mo, directrice du Port 02 31 00 00 00"
    )
    assert [(name(one), one.person.affiliation, one.email, one.reasons) for one in found.contacts] == [
        ("Luc|Da", "", "0612345678@example.org", ()),
        ("Ana|Ba", "CNRS, 0000-0002-1825-0097", "", ()),
        ("Zoé|Roy", "élue, 01.01.2020-31.12.2021", "", ()),
        ("Éva|Mo", "directrice du Port", "", ("phone_left_out",)),
    ]


def test_a_paragraph_of_people_as_a_newspaper_prints_it_is_a_list() -> None:
    lines = [line.strip(" •") for line in PRINTED.strip().splitlines()]
    found = contacts_in_list(" ; ".join(f"{line} <p{number}@example.org>" for number, line in enumerate(lines)))
    assert len(found.contacts) == 45 and found.contacts[-1].email == "p43@example.org"
    assert len(contacts_in_list(" ; ".join(lines * 3)).contacts) == 135


def test_of_several_people_on_a_line_each_is_doubted_for_what_is_theirs() -> None:
    found = contacts_in_list("Premiers signataires : Zoé Évrard, maire ; Mme Ana BA ; luc da, CNRS, Lyon ; Léo Cid")
    assert [(name(one), one.reasons) for one in found.contacts] == [
        ("Zoé|Évrard", ()),
        ("Ana|Ba", ("title_left_out", "capitals_lowered")),
        ("luc|da", ("name_without_capital",)),
        ("Léo|Cid", ()),
    ]
    assert found.doubts == [Doubt(1, "Premiers signataires", "heading")]


def test_what_is_longer_than_any_line_is_said_and_not_read() -> None:
    found = contacts_in_list("Ana Ba et " * 1000 + "\nZoé Évrard")
    assert [name(contact) for contact in found.contacts] == ["Zoé|Évrard"]
    assert [(doubt.line, doubt.reason) for doubt in found.doubts] == [(1, "too_long")]
    found = read("Nom | Courriel", "Ana Ba et " * 100 + "| a@example.org")
    assert [(doubt.line, doubt.reason) for doubt in found.doubts][1:] == [(2, "too_long")]


CELLS = st.one_of(
    st.sampled_from(
        [
            "",
            "",
            "Nom",
            "Prénom",
            "Courriel",
            "Zoé",
            "Évrard",
            "DUPONT Jean",
            "z@example.org",
            "a@b.c ; d@e.f",
            "Total",
            "3",
        ]
    ),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=30),
)


@settings(max_examples=60)
@given(st.lists(st.one_of(CELLS, st.sampled_from(["Zoé Évrard, maire, z@example.org", "Ana Ba <a@e.org>, b@e.org"]))))
def test_no_line_of_a_list_is_lost(lines: list[str]) -> None:
    pasted = [" ".join(line.split()) for line in lines]
    found = contacts_in_list("\n".join(pasted))
    there = {contact.row for contact in found.contacts} | {doubt.line for doubt in found.doubts}
    assert {number for number, line in enumerate(pasted, 1) if line.strip("\ufeff\xad\u200b\u2060 ")} <= there


def test_what_is_no_whole_address_is_doubted_aloud() -> None:
    [contact] = contacts_in_list("Jean Dupont, maire, jean@@example").contacts
    assert contact.email == "" and "at_sign" in contact.reasons
    [contact] = contacts_in_list("Jean Dupont, maire, jean@example.org").contacts
    assert contact.email == "jean@example.org" and "at_sign" not in contact.reasons
