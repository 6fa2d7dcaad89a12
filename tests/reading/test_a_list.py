"""A pasted list of signatories becomes people, however many stand on a row, and what is doubtful is said."""

import pytest

from tribune.reading.columns import guess
from tribune.reading.contacts import contacts_in_list
from tribune.reading.people import Person, read_people
from tribune.reading.sheet_people import contacts_in_sheet
from tribune.reading.sheets import read_cells


def names_in(text: str) -> list[str]:
    """Everybody a list holds, in order."""
    return [f"{person.given_name} {person.family_name}".strip() for person in read_people(text).people]


def reasons_in(text: str) -> list[str]:
    return [doubt.reason for doubt in read_people(text).doubts]


def test_people_set_apart_on_a_row_have_a_line_each_and_those_who_share_their_role_one():
    found = read_people("Zoé Petit\nAda Lovelace, writer ; Alan Turing (NPL) ; Ana Ba et Léo Cid, writers\nMia")
    assert [(p.family_name, p.role, p.organisation, p.line) for p in found.people] == [
        ("Petit", "", "", 1),
        ("Lovelace", "writer", "", 2),
        ("Turing", "", "NPL", 3),
        ("Ba", "writers", "", 4),
        ("Cid", "writers", "", 4),
        ("Mia", "", "", 5),
    ]
    assert [(doubt.line, doubt.reason) for doubt in found.doubts][-1] == (3, "one_word_name")  # on the third row


@pytest.mark.parametrize(
    "last", ["et Luc Da, maire.", "ainsi que Luc Da, maire.", "and Luc Da, maire", "Luc Da, maire."]
)
def test_the_last_of_a_list_reads_as_the_others(last: str) -> None:
    found = read_people(f"Zoé Ba, députée ; Ana Dé (Attac) ; {last}")
    assert found.people[2] == Person("Luc", "Da", "maire", "", "maire", 3) and found.doubts == []
    assert found.people[1].affiliation is None


def test_people_of_a_paragraph_may_each_end_with_a_full_stop() -> None:
    found = read_people("Zoé Évrard, maire de Lille. Ana-Li Ba, éditrice, Le Phare. Prune O'Brien, actrice.")
    assert [(p.given_name, p.family_name, p.role) for p in found.people] == [
        ("Zoé", "Évrard", "maire"),
        ("Ana-Li", "Ba", "éditrice"),
        ("Prune", "O'Brien", "actrice"),
    ]
    assert [p.affiliation for p in found.people] == ["maire de Lille", "éditrice, Le Phare", "actrice"]
    on_lines = read_people("Zoé Évrard, maire de Lille.\nAna Ba, Acme Inc.").people
    assert [p.affiliation for p in on_lines] == ["maire de Lille", "Acme Inc."]
    counted = "Zoé Évrard, maire. Ana Ba, actrice. Et 30 autres signataires."
    assert names_in(counted) == ["Zoé Évrard", "Ana Ba"] and reasons_in(counted) == ["other_signatories"]
    in_brackets = "Zoé Évrard, maire (Lyon). Ana Ba, éditrice (Éd. Minuit). Léo Cid (CNRS), poète. Prune Roy, actrice."
    assert names_in(in_brackets) == ["Zoé Évrard", "Ana Ba", "Léo Cid", "Prune Roy"]
    assert names_in("Zoé Évrard. Ana Ba. Léo Cid. Prune Roy.") == ["Zoé Évrard", "Ana Ba", "Léo Cid", "Prune Roy"]
    for one in (
        "Jane Doe, Open Society. Foo City.",
        "Jane Doe, professor at Open Society. Foo City.",
        "Jane Doe, professeure. Centre Marc Bloch, Berlin",
        "Jane Doe, professeure. Fondatrice de Terre Vivante",
        "Jane Doe, professeure au Lycée St. Louis Roy, Paris",
        "Jean Prof. Doe, maire",
        "Jane Doe. Foo City. Bar Town",
    ):
        assert len(read_people(one).people) == 1, one


def test_the_bullets_of_a_word_processor_are_no_names() -> None:
    for bullet in "•‣▪▫●○◦∙·■□◆◇►▶▸→➔➤✓✔☐☑★☆§":
        assert names_in(f"{bullet} Ana Qi\n{bullet}Ida Mo") == ["Ana Qi", "Ida Mo"], bullet
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


def test_the_last_of_a_list_keeps_a_full_stop_and_a_small_word_of_its_own() -> None:
    for company in ("Acme Inc.", "Michelin S.A."):
        assert read_people(f"Zoé Ba, députée ; Luc Da, {company}").people[1].affiliation == company
    assert names_in("Zoé Ba ; Luc Da ; and bell hooks")[2] == "and bell hooks"
    assert reasons_in("Zoé Ba ; Luc Da ; et 30 autres signataires.") == ["other_signatories"]


@pytest.mark.parametrize(
    "line",
    [
        "Ada Lovelace, Alan Turing, Grace Hopper et Linus Pauling",
        "Ada Lovelace (A), Alan Turing (B), Grace Hopper (C) and Linus Pauling (D)",
        "Ada Lovelace, Alan Turing, Grace Hopper and Linus Pauling, founders of Koeo",
    ],
)
def test_names_in_a_row_are_several_people(line):
    assert names_in(line) == ["Ada Lovelace", "Alan Turing", "Grace Hopper", "Linus Pauling"]


@pytest.mark.parametrize(
    "line",
    [
        "Annie Ernaux, écrivaine, Étienne Balibar, philosophe, Luc Da, maire",
        "Mathilde Panot (LFI), Luc Da, maire",
        "Mathilde Panot (LFI), députée, Luc Da, maire",
        "Mathilde Panot (LFI), députée, Luc Da (EELV), maire",
        "Mathilde Panot (LFI), députée, et Luc Da (EELV), maire",
        "Mathilde Panot (LFI) et Luc Da (EELV), députés",
        "Mathilde Panot, députée - Luc Da, maire - Annie Ernaux, écrivaine",
        "Mathilde Panot – députée, Luc Da – maire, Annie Ernaux – écrivaine",
        "Mathilde Panot, députée, et Luc Da, maire",
        "Jane Doe, teacher, and Luc Da, mayor",
        "Mathilde Panot, Luc Da et Annie Ernaux, pour le collectif Nous",
    ],
)
def test_people_between_commas_with_their_roles_are_doubted(line: str) -> None:
    assert "perhaps_two_people" in reasons_in(line)


@pytest.mark.parametrize("between", [" - ", " – ", " • ", ". ", ", ", " et ", " "])
def test_people_with_brackets_are_cut_behind_them(between: str) -> None:
    assert names_in(between.join(("Zoé Ba (députée)", "Luc Da (maire de Lille)", "Ana Dé (Attac)"))) == [
        "Zoé Ba",
        "Luc Da",
        "Ana Dé",
    ]
    assert names_in(between.join(("Zoé Ba (MIT)", "Professor (Physics)")))[0].startswith("Zoé Ba")


def test_one_person_with_a_role_here_and_another_there_is_no_list() -> None:
    assert reasons_in("Jane Doe, Director, Open Society") == []
    assert reasons_in("Jane Doe (Europe Écologie - Les Verts), députée et maire") == []
    assert "perhaps_two_people" not in reasons_in("Jane Doe – Greenpeace France – directrice")


def test_an_organisation_with_commas_is_not_several_people():
    assert names_in("Jane Doe, Open Rights, Foo Bar") == ["Jane Doe"]


def test_headings_of_a_table_say_what_its_columns_hold():
    found = read_people("Nom\tPrénom\tStructure\tCourriel\nLovelace\tAda\tKoeo\tada@example.org\nTuring\tAlan\t\t")
    assert found.people == [Person("Ada", "Lovelace", "", "Koeo", "Koeo", 2), Person("Alan", "Turing", "", "", "", 3)]
    assert [(doubt.line, doubt.reason) for doubt in found.doubts] == [
        (1, "headings_of_columns"),
        (1, "column_left_out"),
    ]


def test_a_column_of_numbers_is_nobody():
    assert names_in("1\tAda Lovelace\twriter\n2\tAlan Turing\tengineer") == ["Ada Lovelace", "Alan Turing"]


def test_a_number_that_counts_the_lines_is_not_of_the_name():
    assert names_in("1 Ada Lovelace\n2 Alan Turing\n50 Cent") == ["Ada Lovelace", "Alan Turing", "50 Cent"]


def test_an_address_never_reaches_the_printed_line():
    found = read_people("Ada Lovelace, writer, ada@example.org")
    assert found.people[0].affiliation == "writer"
    assert [doubt.reason for doubt in found.doubts] == ["address_in_line"]


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
        ("Voltaire", "one_word_name"),
        ("Ada\tLovelace\twriter\tKoeo", "columns_guessed"),
        ("Jane Doe, " + "x" * 401, "too_long"),
    ],
)
def test_a_guess_keeps_the_person_and_says_so(line, reason):
    found = read_people(line)
    assert len(found.people) == 1
    assert reason in [doubt.reason for doubt in found.doubts]


@pytest.mark.parametrize("heading", ["Premiers signataires :", "Les 12 signataires de la tribune :", "Signatories:"])
def test_what_leads_to_the_list_on_its_own_line_is_nobody(heading: str) -> None:
    text = f"{heading} Annie Ernaux, écrivaine ; Luc Da, maire"
    assert names_in(text) == ["Annie Ernaux", "Luc Da"]
    assert reasons_in(text) == ["heading"]


def test_a_colon_after_who_signed_first_leads_to_their_role() -> None:
    assert names_in("Zoé Ba, première signataire : poète") == ["Zoé Ba"]


@pytest.mark.parametrize("colon", [":", " :", "\u00a0:"])
def test_people_before_a_colon_share_what_follows(colon: str) -> None:
    line = f"Zoé Évrard et Ana Ba{colon} fondatrices de Koeo"
    assert names_in(line) == ["Zoé Évrard", "Ana Ba"] and reasons_in(line) == ["people_share_a_line"]
    assert {(one.role, one.organisation) for one in read_people(line).people} == {("fondatrices", "Koeo")}


def test_the_same_name_twice_is_kept_twice_and_said():
    found = read_people("Ada Lovelace\nAlan Turing\nADA LOVELACE")
    assert len(found.people) == 3
    assert [(doubt.line, doubt.reason) for doubt in found.doubts] == [(3, "repeated_name")]


def test_what_counts_others_ends_a_list_of_people() -> None:
    found = read_people("Zoé Évrard, Zoé Le Mouël, et 7 autres signataires.")
    assert [(one.family_name, one.role, one.organisation) for one in found.people] == [
        ("Évrard", "", ""),
        ("Le Mouël", "", ""),
    ]
    assert [doubt.reason for doubt in found.doubts] == ["other_signatories"]


@pytest.mark.parametrize("counted", ["et 1 159 autres signataires.", "et plus de 300 autres", "and 12 others"])
def test_what_counts_others_is_never_said_of_the_last_person(counted: str) -> None:
    for listed in (
        "Zoé Évrard, maire ; Ana Ba, sénatrice {}",
        "Zoé Évrard (LDH) ; Ana Ba, sénatrice, {}",
        "Zoé Évrard (LDH), Ana Ba (CNRS) {}",
        "Zoé Évrard, Ana Ba (CNRS) {}",
        "Zoé Évrard, Ana Ba {}",
        "Zoé Évrard, maire\nAna Ba, sénatrice {}",
        "Zoé Évrard (LDH) – Ana Ba (CNRS) {}",
        "Zoé Évrard (LDH) · Ana Ba (CNRS) · {}",
        "Zoé Évrard (LDH). Ana Ba (CNRS). {}",
    ):
        line = listed.format(counted)
        assert names_in(line) == ["Zoé Évrard", "Ana Ba"] and reasons_in(line) == ["other_signatories"], line
        assert "autre" not in str(read_people(line).people)
    for role in ("conseillère et 2 autres mandats", "autrice de Moi et les autres"):
        [one] = read_people(f"Zoé Évrard, {role}").people
        assert one.affiliation == role


def test_the_last_of_people_with_brackets_may_follow_an_and() -> None:
    names = ["Zoé Évrard", "Ana Ba", "Léo Cid"]
    for line in ("Zoé Évrard, Ana Ba (CNRS) et Léo Cid (LDH).", "Zoé Évrard (LDH), Ana Ba (CNRS) et Léo Cid."):
        assert names_in(line) == names and reasons_in(line) == []
    assert names_in("Zoé Évrard (LDH) et présidente de la ligue (Brest)") == ["Zoé Évrard"]
    assert names_in("Zoé Évrard (LDH), Attac (représentée par Ana Ba)") == ["Zoé Évrard", "Ana Ba"]


@pytest.mark.parametrize(
    "line",
    [
        "Zoé Évrard : maire / Ana Ba : sénatrice, LDH",
        "Zoé Évrard et Ana Ba : maires / Léo Cid : sénateur",
        "Zoé Évrard : LDH. Ana Ba : CNRS.",
        "Zoé Évrard (LDH) – Ana Ba – Léo Cid (CNRS)",
        "Zoé Évrard (LDH) · Ana Ba",
        "Zoé Évrard (LDH). Ana Ba, sénatrice (CNRS)",
    ],
)
def test_people_of_a_row_who_are_not_set_apart_are_doubted(line: str) -> None:
    assert "perhaps_two_people" in reasons_in(line)
    for one in ("Zoé Évrard – maire – Emmaüs France (Lyon)", "Zoé Évrard (LDH) – maire", "Zoé Évrard : maire"):
        assert "perhaps_two_people" not in reasons_in(one)
