"""Organisations sign beside people: each stays as it was printed, is one signatory, and is said to be nobody's name."""

import pytest

from tests.reading.lists import reasons_in
from tribune.reading.people import read_people


def lines_in(text: str) -> list[tuple[int, str]]:
    """Number and name of each printed line."""
    return [(one.line, f"{one.given_name}|{one.family_name}") for one in read_people(text).people]


@pytest.mark.parametrize(
    "name",
    [
        "CGT Spectacle",
        "SUD Éducation Paris",
        "FSU",
        "LPO France",
        "ATD Quart Monde",
        "SOS Racisme",
        "Oxfam France",
        "Zero Waste France",
        "Secours populaire français",
        "Médecins du monde",
        "Avocats sans frontières",
        "Friends of the Earth",
        "Amis de la Terre",
        "Membres de l’ONU Femmes",
        "La Dame de Canton",
        "Le Père Castor Éditions",
        "La Cimade",
        "SNUipp-FSU Paris",
    ],
)
def test_an_organisation_is_one_name_and_doubted(name: str) -> None:
    assert lines_in(name) == [(1, f"|{name}")]
    assert "organisation_alone" in reasons_in(name)


@pytest.mark.parametrize(
    ("name", "cut"),
    [
        ("DUPONT France", "France|DUPONT"),
        ("France Dupont", "France|Dupont"),
        ("Anne Lucien", "Anne|Lucien"),
        ("Charles Petit", "Charles|Petit"),
        ("Amy Friend", "Amy|Friend"),
        ("Zoé Amis", "Zoé|Amis"),
    ],
)
def test_a_person_whose_name_looks_like_one_is_still_cut(name: str, cut: str) -> None:
    assert lines_in(name) == [(1, cut)] and reasons_in(name) == []


def test_a_family_name_with_a_small_letter_is_doubted() -> None:
    assert lines_in("Jean dupont") == [(1, "Jean|dupont")]
    assert reasons_in("Jean dupont") == ["family_name_guessed"]


@pytest.mark.parametrize(
    "row",
    [
        "Attac, ATD Quart Monde, Les Amis de la Terre, Sherpa et la Cimade",
        "Organisations signataires : Attac, ATD Quart Monde, Les Amis de la Terre, Sherpa et la Cimade.",
    ],
)
def test_organisations_in_a_row_have_a_line_each(row: str) -> None:
    names = ["|Attac", "|ATD Quart Monde", "|Les Amis de la Terre", "|Sherpa", "|la Cimade"]
    lines = lines_in(row)
    assert [name for _line, name in lines] == names
    assert len({line for line, _name in lines}) == len(names)
    assert "people_share_a_line" in reasons_in(row)


@pytest.mark.parametrize(
    "row", ["Attac ; ATD Quart Monde ; La Cimade", "350.org ; Sherpa ; Attac ; LDH ; Oxfam France"]
)
def test_organisations_between_semicolons_are_no_fields_of_the_first(row: str) -> None:
    assert [name for _line, name in lines_in(row)] == [f"|{name}" for name in row.split(" ; ")]


@pytest.mark.parametrize(
    "line",
    [
        "Jean Roux, université de Lille, CNRS, LDH",
        "Collectif Roosevelt, Paris, Lille, Rennes",
        "Université de Lille, directrice, LDH, Attac",
    ],
)
def test_what_stands_behind_one_name_is_no_row_of_organisations(line: str) -> None:
    assert len(lines_in(line)) == 1


def test_people_in_a_row_have_a_line_each_unless_they_share_what_follows() -> None:
    row = "Ada Lovelace, Alan Turing, Grace Hopper et Linus Pauling"
    assert [line for line, _name in lines_in(row)] == [1, 2, 3, 4]
    assert {line for line, _name in lines_in(f"{row}, fondateurs de Koeo")} == {1}


def test_capitals_that_stand_first_are_doubted_where_the_rest_of_the_list_is_not_written_so() -> None:
    mixed = read_people("Zoé Ba, maire\nAIDES Alsace\nLuc DA")
    assert [(doubt.line, doubt.text, doubt.reason) for doubt in mixed.doubts] == [(2, "AIDES Alsace", "turned")]
    assert reasons_in("DUPONT Jean\nROY Ève\nLuc Da") == []
    assert reasons_in("Zoé Ba\nNASA (Houston)") == ["one_word_name"]


@pytest.mark.parametrize(
    ("line", "role", "organisation", "printed"),
    [
        ("Zoé Ba, pour Osez le féminisme", "", "Osez le féminisme", "pour Osez le féminisme"),
        ("Zoé Ba, au nom d’Attac", "", "Attac", "au nom d’Attac"),
        ("Zoé Ba, on behalf of Digital Rights", "", "Digital Rights", "on behalf of Digital Rights"),
        ("Zoé Ba, pour Attac, porte-parole", "porte-parole", "Attac", "pour Attac, porte-parole"),
        ("Zoé Ba, chargée de mission pour Attac", "chargée de mission", "Attac", "chargée de mission pour Attac"),
        ("Zoé Ba, prix Nobel de la paix", "prix Nobel de la paix", "", "prix Nobel de la paix"),
    ],
)
def test_to_act_for_an_organisation_or_to_have_won_a_prize(
    line: str, role: str, organisation: str, printed: str
) -> None:
    [one] = read_people(line).people
    assert (one.role, one.organisation, one.affiliation) == (role, organisation, printed)
    assert reasons_in(line) == []


@pytest.mark.parametrize("for_them", ["pour Osez le féminisme", "on behalf of Digital Rights (EDRi)"])
def test_whom_somebody_acts_for_is_found_without_a_comma(for_them: str) -> None:
    [one] = read_people(f"Zoé Ba {for_them}").people
    assert (one.given_name, one.family_name, one.affiliation) == ("Zoé", "Ba", for_them)
    assert reasons_in(f"Zoé Ba {for_them}") == ["no_separator"]


@pytest.mark.parametrize("line", ["Association pour le climat", "Artistes pour la paix"])
def test_an_organisation_that_is_for_something_is_not_somebody_who_acts_for_it(line: str) -> None:
    assert lines_in(line) == [(1, f"|{line}")]


@pytest.mark.parametrize("mark", [",", " :", " –", " -", " —", " /"])
def test_whoever_stands_behind_an_organisation_with_a_role_signs_for_themselves(mark: str) -> None:
    line = f"La Cimade{mark} Zoé Ba, présidente"
    [one] = read_people(line).people
    assert (one.given_name, one.family_name, one.role, one.organisation) == ("Zoé", "Ba", "présidente", "La Cimade")
    assert reasons_in(line) == ["role_first"]
    town = lines_in(f"La Cimade{mark} Port Lille, association")
    assert town == [(1, "Port|Lille" if mark == " :" else "|La Cimade")]


@pytest.mark.parametrize("before", ["Contact presse", "Alizé", "Nom", "Pour toute question"])
def test_whoever_a_colon_leads_to_is_read_whatever_stands_before_but_a_name(before: str) -> None:
    line = f"{before} : Zoé Ba"
    assert lines_in(line) == [(1, "Zoé|Ba")] and "role_first" in reasons_in(line)
    assert lines_in("Zoé Ba : Port Lille") == [(1, "Zoé|Ba")]
    assert "perhaps_two_people" in reasons_in(f"{line}, Luc Da, Ana Dé")
