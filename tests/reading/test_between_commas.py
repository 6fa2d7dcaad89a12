"""A paragraph of people with their roles, with nothing but commas between: newspapers print most lists so."""

import pytest

from tribune.reading.people import read_people


def read(line: str) -> list[str]:
    """Names and what is printed behind them, one string for each person, who all have a line of their own."""
    people = read_people(line).people
    assert len({one.line for one in people}) == len(people)
    return [f"{one.given_name} {one.family_name}, {one.affiliation}" for one in people]


ROW = "Édouard Lam, écrivain, Zoé Ba (ENSAPC), philosophe, Ana Dé, autrice, prix Nobel, CNRS{}Luc Da, maire de Lille"


@pytest.mark.parametrize("and_", [", ", " et ", ", et "])
def test_each_begins_where_a_name_stands_before_a_role(and_: str) -> None:
    assert read(ROW.format(and_)) == [
        "Édouard Lam, écrivain",
        "Zoé Ba, ENSAPC, philosophe",
        "Ana Dé, autrice, prix Nobel, CNRS",
        "Luc Da, maire de Lille",
    ]
    doubts = read_people(ROW.format(and_)).doubts
    assert [(doubt.text, doubt.reason) for doubt in doubts if doubt.reason == "people_share_a_line"] == [
        ("Édouard Lam, écrivain", "people_share_a_line")
    ]


def test_no_word_is_lost_where_they_are_cut() -> None:
    row = (
        "Ana Durand (INRAE), poète et juriste, Bo Li, maire et Luc Da (Attac), poète et acteur, et Zoé Ba, élue et juge"
    )
    assert read(row) == [
        "Ana Durand, INRAE, poète et juriste",
        "Bo Li, maire",
        "Luc Da, Attac, poète et acteur",
        "Zoé Ba, élue et juge",
    ]


def test_nothing_may_stand_between_a_name_and_a_role() -> None:
    row = "Zoé Ba hydrologue, Ana Dé maire de Brives, Luc Da juriste CNRS, et Bo Li poète"
    assert read(row) == ["Zoé Ba, hydrologue", "Ana Dé, maire de Brives", "Luc Da, juriste CNRS", "Bo Li, poète"]
    assert [doubt.reason for doubt in read_people(row).doubts].count("no_separator") == 4
    row = "Ana Ba, poète, Luc Da, cheffe de service infirmière, Zoé Cy, juge, Léo Fo, élu"
    assert read(row)[1] == "Luc Da, cheffe de service infirmière"


def test_two_of_them_may_share_a_role() -> None:
    people = read_people(
        "Zoé Ba, poète, Ana Dé, juriste, Bo Li et Luc Da, juristes, Cy Ro, acteur, Ida Mo, juge"
    ).people
    assert [one.family_name for one in people] == ["Ba", "Dé", "Li", "Da", "Ro", "Mo"]
    assert people[2].role == people[3].role == "juristes"


def test_a_row_with_brackets_alone_is_cut_behind_them() -> None:
    row = "Zoé Ba (poète et juge), Bo Li (avocat au barreau), Étienne Da (éditeur), Ana Dé (autrice), Ida Mo (juge)"
    assert read(row) == row.replace("), ", ");").replace(" (", ", ").replace(")", "").split(";")


def test_others_who_are_counted_at_the_end_are_nobody() -> None:
    row = ROW.format(", ")
    assert read(f"{row} et 200 autres signataires.") == read(row)


@pytest.mark.parametrize(
    "where", ["Retrouvez ici la liste complète des signataires.", "The full list of signatories is on our site."]
)
def test_a_sentence_that_leads_to_the_rest_of_the_list_is_nobody(where: str) -> None:
    for row in ("Zoé Ba, autrice ; Ana Dé, juriste.", ROW.format(", ") + "."):
        found = read_people(f"{row} {where}")
        assert found.people == read_people(row).people
        assert where in [doubt.text for doubt in found.doubts if doubt.reason == "other_signatories"]


@pytest.mark.parametrize(
    ("line", "number"),
    [
        ("Zoé Ba, autrice, Luc Da, maire, Ana Dé, juriste", 1),  # three may be one with many roles
        ("Zoé Ba, autrice, Luc Da, maire ; Ana Dé, juriste, Bo Li, poète, Cy Ro, acteur", 2),
        ("Zoé Ba, CNRS, Luc Da, INRIA, Ana Dé, EHESS, Bo Li, CEA, Cy Ro, INSERM", 1),
        ("Zoé Ba, Professor Emerita Law, author, Luc Da, maire, Ana Dé, juriste, Bo Li, poète", 4),
        ("Les Amis du port, Zoé Ba, autrice, Luc Da, maire, Ana Dé, juriste, Bo Li, poète", 1),
    ],
)
def test_what_could_be_read_otherwise_stays_together(line: str, number: int) -> None:
    assert len(read(line)) == number


@pytest.mark.parametrize("name", ["Maître Ida Mo", "Professeur Ida Mo", "Le Pr Ida Mo"])
def test_a_title_before_a_name_is_no_role_of_whoever_stands_before(name: str) -> None:
    assert read(ROW.format(f", {name}, juriste, "))[3] == f"{name}, juriste"


@pytest.mark.parametrize("unclear", ["Barbara, chanteuse", "Ida Maire, juriste", "Mary Dean, poet", "Ida Mo, INSERM"])
def test_whoever_stays_unseen_among_them_is_said_of_the_one_before(unclear: str) -> None:
    first = f"Édouard Lam, écrivain, {unclear}"
    row = f"{first}, Zoé Ba, philosophe, CNRS, juriste, Ana Dé, autrice, Université Lyon-2, juriste, Luc Da, maire"
    assert [doubt.text for doubt in read_people(row).doubts if doubt.reason == "perhaps_two_people"] == [first]
