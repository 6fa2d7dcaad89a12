"""A line of a pasted list becomes a person: name, role and organisation are told apart, however it is printed."""

import pytest

from tribune.reading.people import People, Person, read_people


def read_one(line: str) -> Person:
    """The only person of a line."""
    (person,) = read_people(line).people
    return person


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
        ("Jeanne Petit, maire (à titre individuel)", "maire", ""),
        ("Jane Doe, PhD, Stanford University", "", "Stanford University"),
        ("Jane Doe (Dr), chirurgienne", "chirurgienne", ""),
        ("Jeanne Petit, prof, Koeo", "prof", "Koeo"),
        ("Jeanne Petit, prof de À", "prof de À", ""),
        ("Jane Doe, DBE, Stanford University", "", "Stanford University"),
        ("Jane Doe (à titre personnel), maire de Lens", "maire", "Lens"),
        ("Jane Doe, MBE, director of Oxfam", "director", "Oxfam"),
        ("Jeanne Petit, directrice de", "directrice de", ""),
        ("Jeanne Petit, fondatrice d'Emmaüs", "fondatrice", "Emmaüs"),
        (
            "Jeanne Petit, trésorière du Collectif Action citoyenne de Lens",
            "trésorière",
            "Collectif Action citoyenne de Lens",
        ),
        ("Jeanne Petit, Cœur de Ville", "", "Cœur de Ville"),
        ("Jeanne Petit, de l’Académie des arts", "", "Académie des arts"),
        ("Jeanne Petit (de la Comédie-Koeo)", "", "Comédie-Koeo"),
        ("Jeanne Petit, à l’université de Lens", "", "université de Lens"),
        ("Jeanne Petit, du groupe Koeo, chanteuse", "chanteuse", "groupe Koeo"),
        ("Jeanne Petit, en retraite", "en retraite", ""),
        ("Jeanne Petit, en M2 de droit à Lens", "en M2 de droit", "Lens"),
        ("Jeanne Petit, Chez Koeo, chanteuse", "chanteuse", "Chez Koeo"),
        ("Jeanne Petit, chez La Source", "", "La Source"),
        ("Jeanne Petit, la Cimade", "", "la Cimade"),
        ("Jeanne Petit, de Lens, Pas-de-Calais", "", "Lens, Pas-de-Calais"),
        ("Jeanne Petit, maire, à Lens", "maire", "Lens"),
        ("Jeanne Petit, du CNRS, de l’Inserm", "", "CNRS, de l’Inserm"),
        ("Jeanne Petit, philosophe, CNRS, ancienne députée de Lens", "philosophe", "CNRS"),
        (
            "Jeanne Petit, prof, École de journalisme, information et communication",
            "prof",
            "École de journalisme, information et communication",
        ),
        ("Jeanne Petit, Coprésidente du Port", "Coprésidente", "Port"),
        ("Jeanne Petit, Directrice R&D Koeo", "Directrice R&D", "Koeo"),
        ("Jeanne Petit, framasoft.org", "", "framasoft.org"),
        ("Jeanne Petit, chargée de mission framasoft.org", "chargée de mission", "framasoft.org"),
        ("Jeanne Petit, professeure de droit Sorbonne", "professeure de droit", "Sorbonne"),
        ("Jeanne Petit, élue de la mairie à Paris", "élue de la mairie", "Paris"),
    ],
)
def test_role_and_organisation_are_told_apart(line, role, organisation):
    person = read_one(line)
    assert (person.role, person.organisation) == (role, organisation)


@pytest.mark.parametrize(
    "line",
    [
        "Jeanne Petit, sociologue, directrice d'études à l'EHESS",
        "Jane Doe, Head of Policy, Campaigns and Advocacy, Amnesty",
        "DE GAULLE Charles",
    ],
)
def test_what_stands_there_clearly_is_not_doubted(line: str) -> None:
    assert read_people(line).doubts == []


@pytest.mark.parametrize(
    ("name", "given_name", "family_name"),
    [
        ("Ada Lovelace", "Ada", "Lovelace"),
        ("Ludwig van Beethoven", "Ludwig", "van Beethoven"),
        ("Jean-Pierre DE LA TOUR", "Jean-Pierre", "DE LA TOUR"),
        ("Jean de LA TOUR", "Jean", "de LA TOUR"),
        ("LE GOFF Anne", "Anne", "LE GOFF"),
        ("de LA TOUR Anne", "Anne", "de LA TOUR"),
        ("d’ÉVRARD Zoé", "Zoé", "d’ÉVRARD"),
        ("Zoé d'ORVAL", "Zoé", "d'ORVAL"),
        ("John F. Kennedy", "John F.", "Kennedy"),
        ("JD Vance", "JD", "Vance"),
        ("Dr Jane Goodall", "Dr Jane", "Goodall"),
        ("Sir Tim Berners-Lee OM KBE FRS", "Sir Tim", "Berners-Lee OM KBE FRS"),
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
        ("Ada Lovelace · writer · Analytical Society", "writer · Analytical Society"),
        ("Ada Lovelace : writer, Analytical Society", "writer, Analytical Society"),
        ("Ada Lovelace：writer, Analytical Society", "writer, Analytical Society"),
        ("Ada Lovelace, writer (Analytical Society)", "writer (Analytical Society)"),
        ("Ada Lovelace (writer, Analytical Society)", "writer, Analytical Society"),
        ("Ada Lovelace;writer;Analytical Society", "writer;Analytical Society"),
        ("Ada Lovelace\twriter\tAnalytical Society", "writer, Analytical Society"),
        ("Ada\tLovelace\twriter\tAnalytical Society", "writer, Analytical Society"),
        ("• Ada Lovelace, writer, Analytical Society", "writer, Analytical Society"),
        ("3. Ada Lovelace, writer, Analytical Society", "writer, Analytical Society"),
        ("- **Ada Lovelace**, writer, Analytical Society", "writer, Analytical Society"),
        ("*Ada Lovelace*, writer, _Analytical Society_\\", "writer, Analytical Society"),
        ("[Ada Lovelace](https://ada.example/Ada_(writer)), writer, Analytical Society", "writer, Analytical Society"),
        ("Ada Lovelace,\u00a0writer,\u00a0Analytical Society\r\n", "writer, Analytical Society"),
    ],
)
def test_the_shapes_people_paste_say_the_same(line, affiliation):
    assert read_people(line).people == [Person("Ada", "Lovelace", "writer", "Analytical Society", affiliation, 1)]


def test_asterisks_and_underscores_that_mark_no_words_stay() -> None:
    lines = ("Zoé Ba, auteur*, éditeur* de Koeo", "Zoé Ba, auteur*rice de *Koeo", "Zoé Ba, autrice de a_b et c_d")
    assert [read_people(line).people[0].affiliation for line in lines] == [
        "auteur*, éditeur* de Koeo",
        "auteur*rice de *Koeo",
        "autrice de a_b et c_d",
    ]


@pytest.mark.parametrize("line", ["Ada Lovelace (Greenpeace)", "Ada Lovelace (Greenpeace"])
def test_brackets_after_a_name_hold_the_organisation_even_if_nobody_closes_them(line: str) -> None:
    assert read_people(line) == People([Person("Ada", "Lovelace", "", "Greenpeace", None, 1)], [])


@pytest.mark.parametrize(
    ("line", "printed", "role", "organisation"),
    [
        ("Zoé Ba (LFI), députée de l’Ain", "LFI, députée de l’Ain", "députée de l’Ain", "LFI"),
        ("Zoé Ba (LFI). Membre du bureau", "LFI, Membre du bureau", "Membre du bureau", "LFI"),
        ("Zoé Ba (LFI) · députée", "LFI, députée", "députée", "LFI"),
        ("Zoé Ba (Paris) – médecin", "Paris, médecin", "médecin", "Paris"),
        ("Zoé Ba (Oxfam France) : directrice", "Oxfam France, directrice", "directrice", "Oxfam France"),
        ("Zoé Ba (elle), artiste", "elle, artiste", "elle, artiste", ""),
        ("Zoé Ba (Attac) (Paris)", "Attac (Paris)", "", "Attac (Paris)"),
        (
            "Zoé Ba (Ligue des droits (LDH)), présidente",
            "Ligue des droits (LDH), présidente",
            "présidente",
            "Ligue des droits (LDH)",
        ),
        ("Zoé Ba (Ligue des droits (LDH))", None, "", "Ligue des droits (LDH)"),  # as we print it
        ("Zoé Ba (maire (PS)).", "maire (PS)", "maire", "PS"),
        (
            "Zoé Ba, présidente (Ligue des droits (LDH))",
            "présidente (Ligue des droits (LDH))",
            "présidente",
            "Ligue des droits (LDH)",
        ),
    ],
)
def test_brackets_read_as_the_rest_does_before_it_and_in_each_other(
    line: str, printed: str | None, role: str, organisation: str
) -> None:
    found = read_one(line)
    assert (found.affiliation, found.role, found.organisation) == (printed, role, organisation)
