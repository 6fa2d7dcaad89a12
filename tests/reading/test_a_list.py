"""A pasted list of signatories becomes people, and what is doubtful is said."""

import re
from time import process_time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tribune.reading.affiliations import read_affiliation
from tribune.reading.people import REASONS, People, Person, read_people

# The list as it was printed in 2016, then what a reader understands: given name, family name, role, organisation.
PRINTED = """
  • Ismaël Le Mouël et Léa Thomassin, Fondateurs de HelloAsso
  • Benjamin des Gachons, Directeur France de Change.org
  • Paul Duan, Fondateur de Bayes Impact
  • Jeremy Lachal, Directeur Général de Bibliothèques Sans Frontières
  • Anthonin Léonard, Co-fondateur de OuiShare
  • Nicolas Celier, Administrateur de France Digitale
  • Jerôme Richez, Co-fondateur du Liberté Living Lab
  • Bruno Humbert, Président de la Ruche
  • Nathan Stern, Ingénieur social
  • Antoine Dulin, Vice président du Conseil Economique, Social et Environnemental
  • Matthieu Dardaillon, Co-fondateur de Ticket for Change
  • Gérald Elbaze, Associé-Gérant Médias-Cité
  • Sébastien Ravut, Directeur digital de Sidièse
  • Roxane Julien, Co-fondatrice de Fullmobs
  • Suzanne Chami, Déléguée Générale du Label IDEAS
  • Baki Youssoufou, Fondateur de We Sign It
  • Cyrielle Hariel, Journaliste Green & Positive
  • Céline Laurichesse, Fondatrice de l’agence Assemble
  • Eloi Choplin, Fondateur de l’agence Triple C
  • Jean-Michel Pasquier, Fondateur de Koeo
  • Marie Treppoz, Présidente de Welp
  • Loïc Dubié, Fondateur de Claria Vision
  • Margot Berg, Bénévole Webassoc
  • Nicolas Dehorter, Expert en crowdfunding
  • Michel Bernand-Mantel, Fondateur Share.coop
  • Rémy Hoche, Directeur de la communication et des projets éditoriaux au Cube
  • Xavier Corval, Président d’Eqosphere
  • Giovanni Pandolfo, Coordinateur national Voisin-Age
  • Sébastien Le Rouc, Chargé de mission à la mairie de Paris
  • Caroline Filiot, Coordinatrice d’ANIS
  • David Lorrain, Fondateur RecycLivre.com
  • Julie de Pimodan, Présidente de Fluicity
  • Céline Morel, Responsable Financement et Fidélisation GEM
  • Sabine Pradelle, Co-Fondatrice de EnSSemble.org
  • Anne-Sophie Novel, Fondatrice de Place to B
  • Patrick Bertrand, Président Fondateur Passerelles & Compétences
  • Jérôme Lhote, Co-fondateur de Koom
  • Charles-Antoine Berthonneau, Directeur Evenements Augmentés de Triple C
  • Pascal Derville, Fondateur de Questionnezvoselus.org
  • Antoine Colonna d’Istria, Co-fondateur de Pro Bono Lab
  • Muriel de Courreges, Chargée de Mission IDEAS
  • Johannes Bittel, President de WikiStage.org
  • Pascale Mottura, Directrice de Parallaxe conseil
  • 30Laure Drevillon, Fondatrice One Heart communication
"""
UNDERSTOOD = """
Ismaël|Le Mouël|Fondateurs|HelloAsso
Léa|Thomassin|Fondateurs|HelloAsso
Benjamin|des Gachons|Directeur France|Change.org
Paul|Duan|Fondateur|Bayes Impact
Jeremy|Lachal|Directeur Général|Bibliothèques Sans Frontières
Anthonin|Léonard|Co-fondateur|OuiShare
Nicolas|Celier|Administrateur|France Digitale
Jerôme|Richez|Co-fondateur|Liberté Living Lab
Bruno|Humbert|Président|la Ruche
Nathan|Stern|Ingénieur social|
Antoine|Dulin|Vice président|Conseil Economique, Social et Environnemental
Matthieu|Dardaillon|Co-fondateur|Ticket for Change
Gérald|Elbaze|Associé-Gérant|Médias-Cité
Sébastien|Ravut|Directeur digital|Sidièse
Roxane|Julien|Co-fondatrice|Fullmobs
Suzanne|Chami|Déléguée Générale|Label IDEAS
Baki|Youssoufou|Fondateur|We Sign It
Cyrielle|Hariel|Journaliste|Green & Positive
Céline|Laurichesse|Fondatrice|l’agence Assemble
Eloi|Choplin|Fondateur|l’agence Triple C
Jean-Michel|Pasquier|Fondateur|Koeo
Marie|Treppoz|Présidente|Welp
Loïc|Dubié|Fondateur|Claria Vision
Margot|Berg|Bénévole|Webassoc
Nicolas|Dehorter|Expert en crowdfunding|
Michel|Bernand-Mantel|Fondateur|Share.coop
Rémy|Hoche|Directeur de la communication et des projets éditoriaux|Cube
Xavier|Corval|Président|Eqosphere
Giovanni|Pandolfo|Coordinateur national|Voisin-Age
Sébastien|Le Rouc|Chargé de mission|la mairie de Paris
Caroline|Filiot|Coordinatrice|ANIS
David|Lorrain|Fondateur|RecycLivre.com
Julie|de Pimodan|Présidente|Fluicity
Céline|Morel|Responsable Financement et Fidélisation|GEM
Sabine|Pradelle|Co-Fondatrice|EnSSemble.org
Anne-Sophie|Novel|Fondatrice|Place to B
Patrick|Bertrand|Président Fondateur|Passerelles & Compétences
Jérôme|Lhote|Co-fondateur|Koom
Charles-Antoine|Berthonneau|Directeur Evenements Augmentés|Triple C
Pascal|Derville|Fondateur|Questionnezvoselus.org
Antoine|Colonna d’Istria|Co-fondateur|Pro Bono Lab
Muriel|de Courreges|Chargée de Mission|IDEAS
Johannes|Bittel|President|WikiStage.org
Pascale|Mottura|Directrice|Parallaxe conseil
30Laure|Drevillon|Fondatrice|One Heart communication
"""


def read_one(line: str) -> Person:
    """The only person of a line."""
    (person,) = read_people(line).people
    return person


def names_in(text: str) -> list[str]:
    """Everybody a list holds, in order."""
    return [f"{person.given_name} {person.family_name}".strip() for person in read_people(text).people]


def reasons_in(text: str) -> list[str]:
    return [doubt.reason for doubt in read_people(text).doubts]


def test_the_printed_list_is_read_as_a_reader_does():
    understood = [tuple(line.split("|")) for line in UNDERSTOOD.strip().splitlines()]
    people = read_people(PRINTED).people
    assert [(p.given_name, p.family_name, p.role, p.organisation) for p in people] == understood


def test_the_printed_list_has_44_lines_and_45_people():
    people = read_people(PRINTED).people
    assert len(people) == 45
    assert [person.line for person in people] == [1, *range(1, 45)]


def test_what_follows_a_name_stays_as_it_was_printed():
    printed = [line.strip(" •").split(", ", 1)[1] for line in PRINTED.strip().splitlines()]
    people = read_people(PRINTED).people
    assert [person.affiliation for person in people] == [printed[person.line - 1] for person in people]


def test_what_is_doubtful_in_the_printed_list_is_said():
    assert [(doubt.line, doubt.reason) for doubt in read_people(PRINTED).doubts] == [
        (1, "people_share_a_line"),
        (10, "comma_in_organisation"),
        (17, "no_connector"),
        (28, "no_connector"),
        (33, "no_connector"),
        (40, "family_name_guessed"),
        (41, "no_connector"),
        (44, "digits_in_name"),
    ]


def test_a_doubt_shows_the_line_as_it_was_printed():
    doubt = read_people(PRINTED).doubts[-1]
    assert doubt.text == "30Laure Drevillon, Fondatrice One Heart communication"


@pytest.mark.parametrize(
    ("line", "role", "organisation"),
    [
        ("Jane Doe, Director of the Open Rights Group", "Director", "Open Rights Group"),
        ("Jane Doe, Professor of Law, University of X", "Professor of Law", "University of X"),
        (
            "Jane Doe, Reader in Computer Science at the University of Kent",
            "Reader in Computer Science",
            "University of Kent",
        ),
        (
            "Jane Doe, Head of Policy, Campaigns and Advocacy, Amnesty",
            "Head of Policy, Campaigns and Advocacy",
            "Amnesty",
        ),
        ("Jane Doe, Founder & CEO of Mozilla", "Founder & CEO", "Mozilla"),
        ("Jane Doe, human rights lawyer", "human rights lawyer", ""),
        ("Jane Doe, Stanford University", "", "Stanford University"),
        ("Jane Doe, Doctors Without Borders", "", "Doctors Without Borders"),
        ("Jane Doe, Managing Director, Foo & Bar Ltd.", "Managing Director", "Foo & Bar Ltd."),
        ("Jeanne Petit, sociologue, directrice d'études à l'EHESS", "sociologue, directrice d'études", "l'EHESS"),
        (
            "Jeanne Petit, maîtresse de conférences, université de Lille",
            "maîtresse de conférences",
            "université de Lille",
        ),
        ("Jeanne Petit, rédactrice en chef de Reporterre", "rédactrice en chef", "Reporterre"),
        ("Jeanne Petit, ancienne ministre de l'Environnement", "ancienne ministre de l'Environnement", ""),
        ("Jeanne Petit, professeure des écoles", "professeure des écoles", ""),
        ("Jeanne Petit, directrice d'école", "directrice d'école", ""),
        ("Jeanne Petit, directrice de Terre, Mer et Ciel", "directrice", "Terre, Mer et Ciel"),
        ("Jeanne Petit, professeure à Sciences Po et chercheuse au CNRS", "professeure", "Sciences Po"),
        ("Jane Doe, Wilson Professor Emerita, Foo College", "Wilson Professor Emerita", "Foo College"),
        ("Jane Doe, Chief Internet Evangelist, Google", "Chief Internet Evangelist", "Google"),
        ("Jeanne Petit, enseignante à la retraite", "enseignante à la retraite", ""),
        ("Jeanne Petit, fondateur·rice de Koeo", "fondateur·rice", "Koeo"),
        ("Jeanne Petit, adjointe au maire de Paris", "adjointe au maire", "Paris"),
        ("Jeanne Petit, Directeur de recherche CNRS", "Directeur de recherche", "CNRS"),
        ("Jeanne Petit, Présidente, à titre personnel", "Présidente", ""),
    ],
)
def test_role_and_organisation_are_told_apart(line, role, organisation):
    person = read_one(line)
    assert (person.role, person.organisation) == (role, organisation)


@pytest.mark.parametrize(
    ("name", "given_name", "family_name"),
    [
        ("Ada Lovelace", "Ada", "Lovelace"),
        ("Ludwig van Beethoven", "Ludwig", "van Beethoven"),
        ("Jean-Pierre DE LA TOUR", "Jean-Pierre", "DE LA TOUR"),
        ("Jean de LA TOUR", "Jean", "de LA TOUR"),
        ("LE GOFF Anne", "Anne", "LE GOFF"),
        ("John F. Kennedy", "John F.", "Kennedy"),
        ("JD Vance", "JD", "Vance"),
        ("Dr Jane Goodall", "Dr Jane", "Goodall"),
        ("Martin Luther King", "Martin Luther", "King"),
        ("Gabriel García Márquez", "Gabriel", "García Márquez"),
        ("Иван Иванович Петров", "Иван Иванович", "Петров"),
        ("محمد علي", "محمد", "علي"),
        ("山田 太郎", "", "山田 太郎"),
        ("Voltaire", "", "Voltaire"),
        ("Association pour le climat", "", "Association pour le climat"),
    ],
)
def test_a_name_is_cut_where_the_family_name_begins(name, given_name, family_name):
    person = read_one(name)
    assert (person.given_name, person.family_name, person.affiliation) == (given_name, family_name, "")


@pytest.mark.parametrize(
    ("line", "affiliation"),
    [
        ("Ada Lovelace, writer, Analytical Society", "writer, Analytical Society"),
        ("Ada Lovelace — writer, Analytical Society", "writer, Analytical Society"),
        ("Ada Lovelace - writer - Analytical Society", "writer - Analytical Society"),
        ("Ada Lovelace : writer, Analytical Society", "writer, Analytical Society"),
        ("Ada Lovelace, writer (Analytical Society)", "writer (Analytical Society)"),
        ("Ada Lovelace (writer, Analytical Society)", "writer, Analytical Society"),
        ("Ada Lovelace;writer;Analytical Society", "writer;Analytical Society"),
        ("Ada Lovelace\twriter\tAnalytical Society", "writer, Analytical Society"),
        ("Ada\tLovelace\twriter\tAnalytical Society", "writer, Analytical Society"),
        ("• Ada Lovelace, writer, Analytical Society", "writer, Analytical Society"),
        ("3. Ada Lovelace, writer, Analytical Society", "writer, Analytical Society"),
        ("- **Ada Lovelace**, writer, Analytical Society", "writer, Analytical Society"),
        ("Ada Lovelace,\u00a0writer,\u00a0Analytical Society\r\n", "writer, Analytical Society"),
    ],
)
def test_the_shapes_people_paste_say_the_same(line, affiliation):
    assert read_people(line).people == [Person("Ada", "Lovelace", "writer", "Analytical Society", affiliation, 1)]


def test_brackets_after_a_name_hold_the_organisation():
    assert read_people("Ada Lovelace (Greenpeace)") == People(
        [Person("Ada", "Lovelace", "", "Greenpeace", "Greenpeace", 1)], []
    )


def test_several_people_on_a_line_keep_the_number_of_their_line():
    people = read_people("Zoé Petit\nAda Lovelace, writer ; Alan Turing (NPL) ; Grace Hopper").people
    assert [(p.family_name, p.role, p.organisation, p.line) for p in people] == [
        ("Petit", "", "", 1),
        ("Lovelace", "writer", "", 2),
        ("Turing", "", "NPL", 2),
        ("Hopper", "", "", 2),
    ]


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


def test_the_same_name_twice_is_kept_twice_and_said():
    found = read_people("Ada Lovelace\nAlan Turing\nADA LOVELACE")
    assert len(found.people) == 3
    assert [(doubt.line, doubt.reason) for doubt in found.doubts] == [(3, "repeated_name")]


# Words in three scripts that mean nothing, so that no rule but the shape of the line can apply.
SYLLABLES = st.lists(st.sampled_from("bra kel min vos tur zag рид шом λυκ".split()), min_size=2, max_size=3)
WORD = SYLLABLES.map("".join).map(str.capitalize)
NAME = st.tuples(WORD, WORD)
ROLE = st.sampled_from(
    ["Director", "Présidente", "Ingénieur social", "Professor of Law", "chargée de mission", "écrivaine"]
)
ORGANISATION = st.sampled_from(["Koeo", "Share.coop", "Université de Lille", "Open Rights Group", "Triple C", "CNRS"])
SIGNATORY = st.tuples(NAME, ROLE, ORGANISATION)
SHAPES = {
    "comma": "{} {}, {}, {}",
    "brackets": "{} {}, {} ({})",
    "dash": "{} {} — {}, {}",
    "short dash": "{} {} – {} – {}",
    "colon": "{} {} : {}, {}",
    "bullet": "• {} {}, {}, {}",
    "hyphen as bullet": "- {} {}, {}, {}",
    "number": "7) {} {}, {}, {}",
    "tabs": "{} {}\t{}\t{}",
}


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
@settings(max_examples=40)
@given(signatories=st.lists(SIGNATORY, min_size=1, max_size=6))
def test_nobody_is_lost_or_invented_in_a_supported_shape(shape, signatories):
    lines = [shape.format(*name, role, organisation) for name, role, organisation in signatories]
    people = read_people("\n".join(lines)).people
    assert [((p.given_name, p.family_name), p.role, p.organisation) for p in people] == signatories
    assert [person.line for person in people] == list(range(1, len(lines) + 1))


@settings(max_examples=60)
@given(
    signatories=st.lists(SIGNATORY, min_size=1, max_size=6), several=st.sampled_from([" ; ", "; ", "\n", "\r\n\r\n"])
)
def test_nobody_is_lost_or_invented_whatever_stands_between_people(signatories, several):
    text = several.join(f"{' '.join(name)}, {role}, {organisation}" for name, role, organisation in signatories)
    people = read_people(text).people
    assert [((p.given_name, p.family_name), p.role, p.organisation) for p in people] == signatories


@settings(max_examples=60)
@given(names=st.lists(NAME, min_size=1, max_size=6), organisation=st.none() | ORGANISATION)
def test_nobody_is_lost_or_invented_with_an_organisation_in_brackets_or_nothing(names, organisation):
    lines = [" ".join(name) + (f" ({organisation})" if organisation else "") for name in names]
    people = read_people("\n".join(lines)).people
    assert [(p.given_name, p.family_name) for p in people] == names
    assert {person.organisation for person in people} == {organisation or ""}


ANYTHING = st.text(st.characters(exclude_categories=[]), max_size=60)
LINE_PARTS = st.sampled_from(
    [
        *",;:|()•-–—/\t#*&@.?3、，；",
        " et ",
        " and ",
        " ; ",
        "\n",
        "\r\n",
        "de ",
        "Directrice ",
        "Koeo",
        "Ada ",
        "Lovelace",
        "\ud800",
    ]
)


AFFILIATION_PARTS = st.sampled_from(["maire ", "de Lille", "Présidente ", "Conseil ", "Paris", "CNRS", *" ,;—()"])


@settings(max_examples=300)
@given(st.lists(AFFILIATION_PARTS, max_size=12).map("".join))
@example("— maire de Lille, Paris")
def test_whatever_stands_after_a_name_is_read(text):
    found = read_affiliation(text)
    assert set(re.findall(r"\w+", f"{found.role} {found.organisation}")) <= set(re.findall(r"\w+", text))


@settings(max_examples=300)
@given(text=ANYTHING | st.lists(LINE_PARTS | st.text(max_size=3), max_size=25).map("".join))
def test_no_text_raises_and_no_line_is_lost(text):
    found = read_people(text)
    visible = [line for line in text.splitlines() if line.strip("\ufeff\u00ad\u200b\u2060").strip()]
    assert {item.line for item in [*found.people, *found.doubts]} == set(range(1, len(visible) + 1))
    assert {doubt.reason for doubt in found.doubts} <= set(REASONS)
    for person in found.people:
        assert max(len(person.given_name), len(person.family_name)) <= 100
        assert max(len(person.role), len(person.organisation)) <= 200
        assert len(person.affiliation) <= 400
        "".join([person.given_name, person.family_name, person.role, person.affiliation]).encode()


@pytest.mark.parametrize(
    "unit",
    [" ", ",", " ; ", "(", " - ", "\t", "a\tb\n", "a", "a ", "de A ", "A B, ", "A B et C D, ", "日", "[", "*", "1"],
)
def test_200_kb_are_read_in_linear_time(unit):
    started = process_time()
    read_people(unit * (200_000 // len(unit)))
    # About 2.5 seconds for the 50,000 people of the slowest; a quadratic rule takes more than 40.
    assert process_time() - started < 15


def test_what_counts_others_ends_a_list_of_people() -> None:
    found = read_people("Zoé Évrard, Zoé Le Mouël, et 7 autres signataires.")
    assert [(one.family_name, one.role, one.organisation) for one in found.people] == [
        ("Évrard", "", ""),
        ("Le Mouël", "", ""),
    ]
    assert [doubt.reason for doubt in found.doubts] == ["other_signatories"]
