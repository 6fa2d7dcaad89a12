"""A pasted list of signatories becomes people; a row that names nobody invents nobody, and what is doubtful is said."""

import pytest

from tests.reading.lists import names_in, reasons_in
from tribune.reading.columns import guess
from tribune.reading.cut_lines import rejoined
from tribune.reading.list_people import contacts_in_list
from tribune.reading.people import Person, read_people
from tribune.reading.sheet_people import contacts_in_sheet
from tribune.reading.sheets import read_cells


def test_the_bullets_of_a_word_processor_are_no_names() -> None:
    for bullet in "•‣▪▫●○◦∙·■□◆◇►▶▸→➔➤✓✔☐☑★☆§✅⏳👉🏽❤️⁃":
        assert names_in(f"{bullet} Ana Qi\n{bullet}Ida Mo") == ["Ana Qi", "Ida Mo"], bullet
    assert names_in("-Ana Qi\n–Ida Mo") == ["Ana Qi", "Ida Mo"]
    assert reasons_in("\ufffdAna Qi") == ["unreadable_character"]
    for bullet in ("\u00b7\t", "o\t", "\u00a7\t", "\uf0a7\t", "\uf0b7\t", "\uf0b7 ", "\uf0d8\t"):
        found = read_people(f"{bullet}Ana Qi, maire\n{bullet}Ida Mo")
        assert found.people == [
            Person("Ana", "Qi", "maire", "", "maire", 1),
            Person("Ida", "Mo", "", "", "", 2),
        ], bullet
        with_addresses = contacts_in_list(f"{bullet}Ana Qi, maire, ana@example.org\n{bullet}Ida Mo <ida@example.org>")
        assert [(one.person.given_name, one.person.role, one.email) for one in with_addresses.contacts] == [
            ("Ana", "maire", "ana@example.org"),
            ("Ida", "", "ida@example.org"),
        ], bullet


def test_what_turns_the_text_around_it_is_no_part_of_a_name_nor_of_an_address() -> None:
    pasted = "\u202aAna Qi\u202c <\u202aana@example.org\u202c>\nIda\u200e Mo\u200f \u2068ida@example.org\u2069"
    table = (
        "Nom\tPrénom\tCourriel\nQi\tAna\t\u202aana@example.org\u202c\nMo\u200e\tIda\u200f\t\u2068ida@example.org\u2069"
    )
    sheet = read_cells(table)
    assert sheet is not None
    for read in (contacts_in_list(pasted), contacts_in_sheet(sheet, guess(sheet.rows))):
        people = [(one.person.given_name, one.person.family_name, one.email) for one in read.contacts]
        assert people == [("Ana", "Qi", "ana@example.org"), ("Ida", "Mo", "ida@example.org")]
    assert names_in("\u202aAna Qi\u202c") == ["Ana Qi"]


@pytest.mark.parametrize("heading", ["Établissement", "Université", "Employeur", "Votre organisation"])
def test_headings_of_a_table_name_an_organisation_in_many_ways(heading: str) -> None:
    [person] = read_people(f"Nom\tPrénom\tMétier\t{heading}\nLovelace\tAda\tautrice\tKoeo").people
    assert (person.role, person.organisation) == ("autrice", "Koeo")


def test_a_status_in_a_table_pasted_with_a_letter_is_a_role() -> None:
    table = "Nom\tPrénom\tStatut\nLovelace\tAda\tMCF"
    assert [one.role for one in read_people(table).people] == ["MCF"]
    assert [
        one.person.role for one in contacts_in_sheet(read_cells(table), guess(read_cells(table).rows)).contacts
    ] == [""]


def test_a_status_that_is_about_answers_is_left_out() -> None:
    found = read_people("Nom\tStatut\nAda Lovelace\tValidé\nAlan Turing\ten attente\nGrace Hopper\t")
    assert [(one.given_name, one.role) for one in found.people] == [("Ada", ""), ("Alan", ""), ("Grace", "")]
    assert [(doubt.text, doubt.reason) for doubt in found.doubts][1:] == [("Statut", "column_left_out")]


@pytest.mark.parametrize(
    ("row", "given", "family"),
    [
        ("Ada\tLovelace\tautrice", "Ada", "Lovelace"),
        ("ADA\tLOVELACE\tautrice", "ADA", "LOVELACE"),
        ("Voltaire\tphilosophe\tFerney", "", "Voltaire"),
        ("明\t李\t作家\tKoeo", "明", "李"),
        ("李明\t作家\tKoeo", "", "李明"),
    ],
)
def test_without_headings_a_word_before_a_name_or_in_a_wide_table_is_a_given_name(
    row: str, given: str, family: str
) -> None:
    [person] = read_people(row).people
    assert (person.given_name, person.family_name) == (given, family)
    doubted = {"columns_guessed", "address_in_line"} & {*reasons_in(row)}
    assert doubted == ({"columns_guessed"} if given else set())


def test_only_a_cell_that_is_alone_after_the_name_is_cut_into_role_and_organisation() -> None:
    [person] = read_people("Ada Lovelace\tmaire de Lille\tAttac").people
    assert (person.role, person.organisation) == ("maire de Lille", "Attac")
    [person] = read_people("Ada Lovelace\tmaire de Lille").people
    assert (person.role, person.organisation) == ("maire", "Lille")


def test_a_whole_name_before_an_organisation_is_no_given_name() -> None:
    [person] = read_people("Ada Lovelace\tKoeo").people
    assert (person.given_name, person.family_name) == ("Ada", "Lovelace")


def test_a_role_in_the_first_row_is_no_heading() -> None:
    assert names_in("Ada Lovelace\tporte-parole\nAlan Turing\tmembre") == ["Ada Lovelace", "Alan Turing"]


def test_a_table_of_markdown_says_the_same_as_a_spreadsheet() -> None:
    found = read_people("| Nom | Fonction |\n| :--- | --- |\n| [Ada Lovelace](https://a.example) | *autrice* de Koeo |")
    assert found.people == read_people("Nom\tFonction\n-\t-\nAda Lovelace\tautrice de Koeo").people
    assert [(doubt.line, doubt.reason) for doubt in found.doubts] == [(1, "headings_of_columns"), (2, "no_name")]


def test_headings_of_a_table_say_what_its_columns_hold():
    rows = "Lovelace\tAda\tKoeo\tada@example.org\nTuring\tAlan\t\t\nTuring\t\tNPL\t"
    found = read_people(f"Nom\tPrénom\tStructure\tCourriel\n{rows}")
    assert found.people == [
        Person("Ada", "Lovelace", "", "Koeo", "Koeo", 2),
        Person("Alan", "Turing", "", "", "", 3),
        Person("", "Turing", "", "NPL", "NPL", 4),
    ]
    assert [(doubt.line, doubt.reason) for doubt in found.doubts] == [
        (1, "headings_of_columns"),
        (1, "column_left_out"),
    ]


def test_an_address_leaves_the_rest_of_its_cell():
    for rows in ("Ada Lovelace <a@b.org>\tautrice, a@b.org\tKoeo", "Ada Lovelace\tautrice\tKoeo, a@b.org"):
        [person] = read_people(rows).people
        assert person == Person("Ada", "Lovelace", "autrice", "Koeo", "autrice, Koeo", 1)


def test_a_column_of_numbers_is_nobody():
    assert names_in("1\tAda Lovelace\twriter\n2\tAlan Turing\tengineer") == ["Ada Lovelace", "Alan Turing"]


def test_a_number_that_counts_the_lines_is_not_of_the_name():
    assert names_in("1 Ada Lovelace\n2 Alan Turing\n50 Cent") == ["Ada Lovelace", "Alan Turing", "50 Cent"]


def test_what_numbers_a_list_is_no_part_of_a_name():
    marks = ["12. ", "13) ", "14/", "15° ", "n°16 ", "N° 17 : ", "18️⃣ ", "a) ", "B)"]
    assert names_in("\n".join(f"{mark}Ada Byron" for mark in marks)) == ["Ada Byron"] * len(marks)
    assert names_in(rejoined("a) Ada Byron\nb) Alan Turing, engineer")) == ["Ada Byron", "Alan Turing"]


def test_an_address_never_reaches_the_printed_line():
    for at in ("@", " [at] ", "(AT)", " {arobase} "):
        found = read_people(f"Ada Lovelace, writer, ada{at}example.org")
        assert found.people[0].affiliation == "writer"
        assert [doubt.reason for doubt in found.doubts] == ["address_in_line"]
        assert contacts_in_list(f"Ada Lovelace, writer, ada{at}example.org").contacts[0].email == "ada@example.org"
    for line in ("Ana Ba <a@example.org>, Terre Vivante", '"Ana Ba" <a@example.org>, Terre Vivante'):
        assert read_people(line).people == [Person("Ana", "Ba", "", "Terre Vivante", "Terre Vivante", 1)], line


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("Et 300 autres signataires", "other_signatories"),
        ("Retrouvez la liste complète sur notre site", "not_a_name"),
        ("https://example.org/signatories", "not_a_name"),
        ("## Associations", "heading"),
        ("Associations :", "heading"),
        ("Premiers signataires", "heading"),
        ("Organisations signataires", "heading"),
        ("Signataires individuels", "heading"),
        ("Élus et syndicats signataires", "heading"),
        ("Élus cosignataires", "heading"),
        ("Élus et syndicats co-signataires", "heading"),
        ("Trade union signatories", "heading"),
        ("Personnalités", "heading"),
        ("Élu·es & avocat.es", "heading"),
        ("Élues et élus locaux", "heading"),
        ("Syndicats, associations et partis politiques", "heading"),
        ("---", "no_name"),
        ("(Greenpeace)", "no_name"),
        ("\x00", "no_name"),
        ("Long " * 30, "too_long"),
    ],
)
def test_a_line_that_names_nobody_invents_nobody(line, reason):
    found = read_people(line)
    assert found.people == []
    assert [doubt.reason for doubt in found.doubts] == [reason]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("Anne et Pierre Dupont", "perhaps_two_people"),
        ("Jane Doe philosopher", "no_separator"),
        ("Président : Jean Petit", "role_first"),
        ("Jane Doe, Fairphone", "role_or_organisation"),
        ("Jane Doe, Zorg, Koeo", "role_assumed"),
        ("Jane Doe, présidente de Koeo, fondatrice de Welp", "several_affiliations"),
        ("bell Hooks", "name_without_capital"),
        ("Jane D\ufffde", "unreadable_character"),
        ("Jane Doe@Home", "odd_character_in_name"),
        ("Les Amis du Fleuve", "organisation_alone"),
        ("Les Écologistes", "organisation_alone"),
        ("Les Amis du Fleuve, Rio Branco", "organisation_alone"),
        ("Voltaire", "one_word_name"),
        ("Ada\tLovelace\twriter\tKoeo", "columns_guessed"),
        ("Jane Doe, " + "x" * 401, "too_long"),
    ],
)
def test_a_guess_keeps_the_person_and_says_so(line, reason):
    found = read_people(line)
    assert len(found.people) == 1
    assert reason in [doubt.reason for doubt in found.doubts]


@pytest.mark.parametrize(
    "link", [", https://koeo.example/zoe", " – www.koeo.example", " (www.koeo.example).", " [http://a.b]"]
)
def test_the_address_of_a_page_beside_somebody_is_not_printed(link: str) -> None:
    found = read_people(f"Zoé Évrard, fondatrice de Koeo{link}")
    [person] = found.people
    assert (person.role, person.organisation, person.affiliation) == ("fondatrice", "Koeo", "fondatrice de Koeo")
    assert [doubt.reason for doubt in found.doubts] == ["link_in_line"]


def test_the_name_of_an_organisation_may_be_that_of_its_page() -> None:
    assert reasons_in("Zoé Évrard, fondatrice de www.koeo.example") == []


def test_what_some_writings_have_in_names_is_not_odd() -> None:
    assert reasons_in("შოთა რუსთაველი\nབསྟན་འཛིན རྒྱ་མཚོ\nג׳ורג׳ כהן\nマリー・キュリー\nአበበ፡ቢቂላ ደምሴ") == []


@pytest.mark.parametrize("heading", ["Premiers signataires :", "Les 12 signataires de la tribune :", "Signatories:"])
def test_what_leads_to_the_list_on_its_own_line_is_nobody(heading: str) -> None:
    text = f"{heading} Annie Ernaux, écrivaine ; Luc Da, maire"
    assert names_in(text) == ["Annie Ernaux", "Luc Da"]
    assert reasons_in(text) == ["heading"]


def test_a_family_name_in_capitals_may_stand_before_a_comma() -> None:
    listed = "ÉVRARD, Zoé, maire de Lens\nDE LA TOUR, Luc (CNRS)\nPETIT, Anne-Marie – poète\nROY, J.-P., élu"
    assert names_in(listed) == ["Zoé ÉVRARD", "Luc DE LA TOUR", "Anne-Marie PETIT", "J.-P. ROY"]
    assert [one.role or one.organisation for one in read_people(listed).people] == ["maire", "CNRS", "poète", "élu"]
    assert reasons_in(listed) == []


def test_other_words_in_capitals_before_a_comma_are_left_as_they_stand_or_doubted() -> None:
    assert names_in("JEAN DUPONT, Koeo\nCGT, Lens\nROUX, Directrice\nBA, CNRS") == ["JEAN DUPONT", "CGT", "ROUX", "BA"]
    assert reasons_in("ZAZ, Paris\nZoé Évrard, maire") == ["turned"]


def test_a_list_whose_lines_begin_with_the_family_name_is_read_so_and_doubted() -> None:
    pasted = (
        "Dupont, Jean, professeur\nBen Ali, Samir, maire (Lyon)\nPetit, Anne Sophie (CNRS)\n"
        "de La Tour, Luc, poète\nRoy, Zoé – juge\nBa, Ida - juge"
    )
    others = "Collectif\nAda Byron, Autrice, Lyon\nSecours Populaire, Caen, association"
    found = read_people(f"{pasted}\n{others}")
    assert [(one.given_name, one.family_name, one.role, one.organisation) for one in found.people[:4]] == [
        ("Jean", "Dupont", "professeur", ""),
        ("Samir", "Ben Ali", "maire", "Lyon"),
        ("Anne Sophie", "Petit", "", "CNRS"),
        ("Luc", "de La Tour", "poète", ""),
    ]
    turned = [(doubt.line, doubt.text) for doubt in found.doubts if doubt.reason == "family_name_first"]
    assert turned == list(enumerate(pasted.splitlines(), 1))


def test_so_is_a_list_of_such_names_alone_or_with_addresses() -> None:
    pasted = "Dupont, Jean\nBen Ali, Samir\nde La Tour, Anne Sophie\nRoy, Zoé, maire"
    names = ["Jean Dupont", "Samir Ben Ali", "Anne Sophie de La Tour", "Zoé Roy"]
    assert names_in(pasted) == names and reasons_in(pasted).count("family_name_first") == 4
    addressed = "\n".join(f"{line}, a{number}@example.org" for number, line in enumerate(pasted.splitlines()))
    found = [
        (f"{one.person.given_name} {one.person.family_name}", one.email) for one in contacts_in_list(addressed).contacts
    ]
    assert found == [(one, f"a{number}@example.org") for number, one in enumerate(names)]


def test_what_only_looks_like_lines_that_begin_with_the_family_name_is_read_as_before() -> None:
    for others in (
        "Dupont, Jean, maire\nPetit, Luc, poète",
        "Dupont, Jean, maire\nPetit, Luc, poète\nRoy, Zoé, juge\nAna Ba, juge\nIda Mo, juge",
        "Nantes, Jean Dupont, maire\nLyon, Zoé Petit, maire\nCaen, Paul Durand, maire",
        "Attac, Caen, association\nCimade, Lyon, association\nOxfam, Nantes, association",
        "Orelsan, Caen, France\nBarbara, Paris, France\nRenaud, Paris, France",
        "Ada Byron, Autrice, Lyon\nZoé Petit, Poète, Nice\nIda Mo, Maire, Caen",
        "Ada Byron, Lyon, autrice\nZoé Petit, Nice, poète\nIda Mo, Caen, maire",
        "DUPONT, Jean, maire\nPETIT, Luc, poète\nBA, Ana, juge",
        "Koeo, Lyon\nZorg, Lens\nVelp, Nice\nAna Ba\nIda Mo",
        "Dupont, Jean\nPetit, Luc",
    ):
        assert "family_name_first" not in reasons_in(others), others


def test_a_tab_may_follow_the_comma_behind_a_name() -> None:
    [person] = read_people("Étienne Ba,\tfacteur").people
    assert (person.family_name, person.role) == ("Ba", "facteur")


def test_a_colon_after_who_signed_first_leads_to_their_role() -> None:
    assert names_in("Zoé Ba, première signataire : poète") == ["Zoé Ba"]


def test_the_same_name_twice_is_kept_twice_and_said():
    found = read_people("Ada Lovelace\nAlan Turing\nADA LOVELACE")
    assert len(found.people) == 3
    assert [(doubt.line, doubt.reason) for doubt in found.doubts] == [(3, "repeated_name")]
