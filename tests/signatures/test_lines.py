"""How a name reads in print."""

import itertools

import pytest

from tribune.letters.models import Letter
from tribune.signatures.lines import Line, Style, affiliation, initials, line, lines
from tribune.signatures.models import Signature

number = itertools.count(1)
FRENCH = Letter(locale="fr")


def person(given_name: str, family_name: str, **more: object) -> Signature:
    values = {"role": "", "organisation": "", "affiliation": None, "position": None, "letter": FRENCH, **more}
    return Signature(id=next(number), given_name=given_name, family_name=family_name, **values)


@pytest.mark.parametrize(
    ("role", "organisation", "printed"),
    [
        ("", "", "Zoé d’Été"),
        ("éditrice", "", "Zoé d’Été, éditrice"),
        ("", "Le Port", "Zoé d’Été (Le Port)"),
        ("éditrice", "Le Port", "Zoé d’Été, éditrice (Le Port)"),
    ],
)
def test_a_line_is_name_role_and_organisation(role: str, organisation: str, printed: str) -> None:
    made = line(person("Zoé", "d’Été", role=role, organisation=organisation))
    assert made.text == printed
    assert made.names == "Zoé d’Été" and made.rest == affiliation(role, organisation)


def test_a_line_that_was_printed_stays_as_it_was_printed() -> None:
    known = {"role": "Président", "organisation": "la Ruche"}
    assert line(person("Bruno", "Humbert", affiliation="Président de la Ruche", **known)).text == (
        "Bruno Humbert, Président de la Ruche"
    )
    assert line(person("Bruno", "Humbert", affiliation="", **known)).text == "Bruno Humbert"


def test_a_person_with_one_name_has_no_space_around_it() -> None:
    assert line(person("", "Madonna")).text == line(person("Madonna", "")).text == "Madonna"


@pytest.mark.parametrize(
    ("locale", "joined"),
    [("fr", "A B, C D et E F, élus"), ("en", "A B, C D and E F, élus"), ("de", "A B, C D and E F, élus")],
)
def test_people_on_one_line_are_joined_as_their_language_does(locale: str, joined: str) -> None:
    letter = Letter(locale=locale)
    people = [person(*name.split(), role="élus", letter=letter) for name in ("A B", "C D", "E F")]
    assert line(*people).text == joined


def texts(made: list[Line]) -> list[str]:
    return [one.text for one in made]


def test_neighbours_in_one_position_share_a_line_if_they_share_what_follows() -> None:
    together = [person("A", "B", position=1, role="élus"), person("C", "D", position=1, role="élus")]
    apart = [person("E", "F", position=2, role="maire"), person("G", "H", position=2, role="élue")]
    assert texts(lines([*together, *apart])) == ["A B et C D, élus", "E F, maire", "G H, élue"]


def test_nobody_is_printed_in_the_capacity_of_who_shares_their_line() -> None:
    own, theirs, unknown = (
        person("A", capacity or "?", position=1, organisation="Attac", capacity=capacity)
        for capacity in ("personal", "organisation", "")
    )
    for couple in ([own, theirs], [theirs, own], [theirs, unknown]):
        assert len(lines(couple)) == 2
    assert texts(lines([own, unknown])) == ["A personal et A ? (Attac)"]
    apart = ["A personal, Attac, à titre personnel", "A ?, Attac"]
    assert texts(lines([own, unknown], Style("comma", capacity=True))) == apart


def test_people_who_signed_from_the_page_never_share_a_line() -> None:
    assert texts(lines([person("A", "B", role="élus"), person("C", "D", role="élus")])) == [
        "A B, élus",
        "C D, élus",
    ]


@pytest.mark.parametrize(("family_name", "initial"), [("Évrard", "E"), ("Œuvrard", "O"), ("d’Été", "D"), ("???", "")])
def test_a_line_stands_under_a_letter_of_the_alphabet(family_name: str, initial: str) -> None:
    assert line(person("A", family_name)).initial == initial


def voice(given_name: str, family_name: str, **more: object) -> Signature:
    return person(given_name, family_name, as_organisation=True, **{"organisation": "Emmaüs Connect", **more})


@pytest.mark.parametrize(
    ("locale", "printed"),
    [
        ("fr", "Emmaüs Connect, par la voix de Marie Cohen, directrice"),
        ("en", "Emmaüs Connect, represented by Marie Cohen, directrice"),
    ],
)
def test_an_organisation_signs_by_somebody_s_voice(locale: str, printed: str) -> None:
    letter = Letter(locale=locale)
    made = line(voice("Marie", "Cohen", role="directrice", letter=letter))
    assert (made.text, made.names, made.initial) == (printed, "Emmaüs Connect", "E")
    assert line(voice("Marie", "Cohen", letter=letter)).text == printed.removesuffix(", directrice")


@pytest.mark.parametrize(
    ("name", "of"),
    [
        ("Élodie Roy", "d’Élodie"), ("Œdipe Roy", "d’Œdipe"), ("Yves Roy", "d’Yves"), ("Yann Roy", "de Yann"),
        ("Hélène Roy", "d’Hélène"), ("Hassan Roy", "de Hassan"), ("Ouassim Roy", "de Ouassim"), ("A. Roy", "d’A."),
        ("Marie Roy", "de Marie"), ("… Roy", "de …"),
    ],
)  # fmt: skip
def test_french_elides_before_a_vowel(name: str, of: str) -> None:
    assert line(voice(*name.split())).text == f"Emmaüs Connect, par la voix {of} Roy"


def test_those_who_speak_for_one_organisation_in_one_role_share_its_line() -> None:
    both = [voice(*name.split(), role="codirection", position=1) for name in ("Marie Cohen", "Anne Roux")]
    assert texts(lines(both)) == ["Emmaüs Connect, par la voix de Marie Cohen et d’Anne Roux, codirection"]
    for one in both:
        one.letter = Letter(locale="en")
    assert texts(lines(both)) == ["Emmaüs Connect, represented by Marie Cohen and Anne Roux, codirection"]
    other = voice("Luc", "Bo", role="codirection", position=1, organisation="Le Port")
    assert len(lines([*both, other])) == 2
    assert len(lines([*both, person("Luc", "Bo", role="codirection", position=1)])) == 2


def test_where_initials_are_listed_the_organisation_is_named_and_its_voice_is_not() -> None:
    quiet = voice("Marie", "Cohen", role="directrice", letter=Letter(locale="fr", public_list="initials"))
    assert line(quiet).text == "Emmaüs Connect, par la voix de M. C."
    assert line(quiet, full=True).text == "Emmaüs Connect, par la voix de Marie Cohen, directrice"


@pytest.mark.parametrize(
    ("name", "printed"),
    [("élodie d’Été", "É. D."), ("Keʻala ʻAkahi", "K. A."), ("შოთა რუსთაველი", "შ. რ."), ("芳 王", "芳. 王.")],
)
def test_initials_are_the_letters_with_which_a_name_begins(name: str, printed: str) -> None:
    assert initials(*name.split()) == printed


def test_a_merged_spelling_is_what_signs() -> None:
    assert line(voice("Marie", "Cohen", printed_organisation="Emmaüs")).names == "Emmaüs"


@pytest.mark.parametrize(
    ("style", "printed"),
    [
        (Style(), "Zoé d’Été, cheffe du Port"),
        (Style("brackets"), "Zoé d’Été, cheffe (Le Port)"),
        (Style("comma"), "Zoé d’Été, cheffe, Le Port"),
        (Style(inside=True), "Zoé d’Été (cheffe du Port)"),
        (Style("brackets", inside=True), "Zoé d’Été (cheffe, Le Port)"),
        (Style(capitals=True), "Zoé D’ÉTÉ, cheffe du Port"),
        (Style("comma", capacity=True), "Zoé d’Été, cheffe, Le Port, à titre personnel"),
        (Style(inside=True, capacity=True), "Zoé d’Été (cheffe du Port, à titre personnel)"),
    ],
)
def test_a_newspaper_may_write_it_in_its_own_form(style: Style, printed: str) -> None:
    known = {"role": "cheffe", "organisation": "Le Port", "affiliation": "cheffe du Port", "capacity": "personal"}
    assert line(person("Zoé", "d’Été", **known), style=style).text == printed


def test_words_of_which_no_role_and_no_organisation_are_known_are_printed_as_they_are() -> None:
    one = person("Zoé", "d’Été", affiliation="cheffe (Le Port)")
    styles = [Style(how, inside=inside) for how in ("brackets", "comma") for inside in (False, True)]
    made = [line(one, style=style).text for style in styles]
    assert made == ["Zoé d’Été, cheffe (Le Port)", "Zoé d’Été (cheffe (Le Port))"] * 2


def test_nothing_is_said_of_the_capacity_of_who_has_none_or_speaks_for_an_organisation() -> None:
    personal = {"capacity": "personal"}
    assert line(person("Zoé", "d’Été", **personal), style=Style(capacity=True)).text == "Zoé d’Été"
    assert "personnel" not in line(voice("Zoé", "d’Été", **personal), style=Style(capacity=True)).text
