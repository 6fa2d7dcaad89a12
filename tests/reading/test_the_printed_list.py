"""The list that the press printed becomes the people whom a reader sees in it."""

from tests.reading.printed import PRINTED
from tribune.reading.people import read_people

# What a reader understands: given name, family name, role, organisation.
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
