"""What the press list writes is read back as the same people, or with a doubt; never as others in silence."""

import itertools

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markupsafe import Markup

from tribune.exports import press
from tribune.exports.press import PressList, press_list
from tribune.exports.press_choices import ALLOWED, Choices
from tribune.letters.models import Letter
from tribune.reading.people import read_people
from tribune.signatures.lines import lines
from tribune.signatures.models import Signature
from tribune.typography import typeset

GIVEN = ["Zoé", "Jean-Michel", "Ismaël", "Øyvind", "Hélène", "Yves", "Marie", "Baki"]
FAMILY = ["Évrard", "Le Mouël", "de La Tour", "d’Istria", "Nguyên", "O’Neill", "Bernand-Mantel", "des Gachons", "Ba"]
ROLES = ["", "maire", "directrice générale", "co-fondateur", "Ingénieur social", "éditrice", "director", "professeure"]
ORGANISATIONS = ["", "HelloAsso", "Emmaüs Connect", "Le Port", "Université de Lille", "ANIS", "Share.coop", "la Ruche"]
numbers = itertools.count(1)


def person(given_name: str, family_name: str, role: str, organisation: str, **more: object) -> Signature:
    values = {"affiliation": None, "position": None, "section": "", "capacity": "personal", "sort_key": family_name}
    return Signature(
        id=next(numbers),
        given_name=given_name,
        family_name=family_name,
        role=role,
        organisation=organisation,
        **{**values, **more},
    )


@st.composite
def people(draw: st.DrawFn) -> list[Signature]:
    """Believable signatories: alone, two on a line, or the voice of an organisation."""
    made: list[Signature] = []
    names = draw(st.lists(st.tuples(*map(st.sampled_from, (GIVEN, FAMILY))), min_size=1, max_size=8, unique=True))
    for position, (given_name, family_name) in enumerate(names, 1):
        role, organisation = draw(st.sampled_from(ROLES)), draw(st.sampled_from(ORGANISATIONS))
        place = draw(st.sampled_from([None, position]))
        section = draw(st.sampled_from(["", "Élus", "Associations"]))
        as_such = bool(organisation) and draw(st.booleans())
        made.append(
            person(
                given_name, family_name, role, organisation, position=place, section=section, as_organisation=as_such
            )
        )
        if place is not None and draw(st.booleans()):
            made.append(
                person(
                    "Ada", f"{family_name}", role, organisation, position=place, section=section,
                    as_organisation=as_such,
                )
            )  # fmt: skip
    return made


choices = st.builds(Choices, **{name: st.sampled_from(values) for name, values in ALLOWED.items()})
LOCALES = st.sampled_from(["fr", "en"])


def printed(who: list[Signature], asked: Choices, locale: str) -> PressList:
    for one in who:
        one.letter = Letter(locale=locale)
    first = [one for one in who if one.position is not None]
    others = [one for one in who if one.position is None]
    made = (lines(group, asked.style) for group in (first, others))
    return press_list(*made, asked, counting=len(who) + 7, locale=locale)


def wanted(who: list[Signature], asked: Choices) -> list[tuple[str, ...]]:
    return sorted(_key(one, asked) for one in who if asked.people != "first" or one.position is not None)


def _key(one: object, asked: Choices) -> tuple[str, ...]:
    values = [getattr(one, name) for name in ("given_name", "family_name", "role", "organisation")]
    family = values[1].casefold() if asked.capitals == "yes" else values[1]
    return (values[0], family, values[2], values[3], str(bool(getattr(one, "as_organisation", False))))


NOTHING_WRONG = {"people_share_a_line", "heading", "other_signatories"}  # said of what is as it should be


TWO_OF_ONE = [person(name, "Ba", "", "Attac", position=1) for name in ("Zoé", "Ada")]


@settings(max_examples=300)
@given(people(), choices, LOCALES)
@example(TWO_OF_ONE, Choices(capacity="yes"), "fr")
@example(TWO_OF_ONE, Choices(capacity="yes"), "en")
def test_believable_people_are_the_same_again_in_every_form_or_doubted(
    who: list[Signature], asked: Choices, locale: str
) -> None:
    made = printed(who, asked, locale)
    read = read_people(made.text())
    assert made.unclear == []
    found = sorted(_key(one, asked) for one in read.people)
    doubted = {doubt.reason for doubt in read.doubts} - NOTHING_WRONG
    assert found == wanted(who, asked) or doubted, made.text()
    if asked.separator != "comma" and asked.organisation != "comma":
        assert found == wanted(who, asked), made.text()


@settings(max_examples=200)
@given(people(), LOCALES)
@example([person("Aurélie", "Ba", "", "Attac", position=1), person("Luc", "Da", "", "Attac", position=1)], "fr")
def test_a_list_that_is_pasted_is_printed_as_it_stood(who: list[Signature], locale: str) -> None:
    made = printed(who, Choices(separator="lines", others="no"), locale)
    read = [
        person(
            one.given_name, one.family_name, one.role, one.organisation,
            affiliation=one.affiliation or None, as_organisation=one.as_organisation, position=one.line,
            letter=Letter(locale=locale),
        )
        for one in read_people(made.text()).people
    ]  # fmt: skip
    again = [typeset(line.text, locale) for line in lines(read)]
    assert again == [entry for block in made.blocks for entry in block.entries]


words = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]) | st.just(" "), max_size=12)


@settings(max_examples=300)
@given(st.lists(st.tuples(words, words, words, words), min_size=1, max_size=4), choices)
@example([("`a`", "*b* _c_", "[x](y) <i>", "&amp; ~~z~~")], Choices())
@example([("#", "a", "", ""), ("-", "b", "", ""), ("1.", "c", "", ""), ("+", "", "", "")], Choices(separator="lines"))
@example([("1)", "a", "", ""), ("Zoé", r"\*b", r"\[", "")], Choices(separator="lines"))
def test_whatever_people_are_called_every_kind_of_file_says_the_same(
    names: list[tuple[str, str, str, str]], asked: Choices
) -> None:
    made = printed([person(*map(str.strip, each)) for each in names], asked, "fr")
    paragraphs = [" ".join(line.split()) for line in made.text().split("\n")]
    html = "\n".join(part.removeprefix("<p>").removesuffix("</p>") for part in made.html().split("\n"))
    assert [" ".join(line.split()) for line in Markup(html).unescape().split("\n")] == paragraphs
    markdown = MarkdownIt().enable(["strikethrough", "table"]).render(made.markdown())
    for tag in ("p", "ul", "li"):
        markdown = markdown.replace(f"<{tag}>", "\n").replace(f"</{tag}>", "\n")
    shown = [" ".join(Markup(line).unescape().split()) for line in markdown.split("\n")]
    assert [line for line in shown if line] == [line for line in paragraphs if line]


@given(st.text(st.characters(categories=["L"]) | st.sampled_from(" ,()’&/-"), max_size=30) | words)
@example("Mme Ba")
@example("Le Port -- Nantes")
@example("Luc Da, pour Mlle Ba")
@example("Luc Da, pour Mgr Ba")
@example("Luc Da, pour Dr Ba")
@example("Luc Da, pour Pr Ba")
@example("Luc Da, pour Me Ba")
@example("Luc Da, pour 1 200 communes")
def test_what_is_not_set_again_needs_no_setting(text: str) -> None:
    assert press._set(text, "fr") == typeset(text, "fr")
    assert press._set(text, "en") == typeset(text, "en")


@pytest.mark.parametrize(
    ("separator", "marks"), [("semicolon", ";；؛、"), ("comma", ",;；؛、،，(（)）"), ("lines", "")]
)
def test_a_line_that_holds_what_parts_people_for_a_reader_is_told(separator: str, marks: str) -> None:
    for mark in ",;；؛、،，(（)）":
        name = person("Zoé", f"Ba{mark} Da", "", "")
        assert bool(printed([name], Choices(separator=separator), "fr").unclear) is (mark in marks), mark
    for mark in ";；（）":  # what stands in the brackets behind a name
        role = person("Zoé", "Ba", f"maire{mark} poète", "")
        assert bool(printed([role], Choices(separator=separator), "fr").unclear) is (mark in marks), mark


def test_the_beginning_of_a_list_goes_over_its_headings() -> None:
    who = [person(name, "Ba", "", "", position=place, section="Élus") for place, name in enumerate(("Ada", "Zoé"), 1)]
    made = printed([*who, person("Luc", "Da", "", "")], Choices(sections="yes", separator="lines"), "fr")
    shown = ["Ada Ba", "Zoé Ba", "Luc Da"]
    for most in (1, 2, 3):
        begun = made.beginning(most)
        assert [entry for block in begun.blocks for entry in block.entries] == shown[:most]
        assert len(begun.blocks) == (1 if most < 3 else 2) and not begun.closing and made.closing


@pytest.mark.parametrize("separator", ALLOWED["separator"])
def test_no_surname_in_capitals_loses_an_accent(separator: str) -> None:
    made = printed([person("Élodie", "Nguyên-Œuvrard", "", "")], Choices(separator=separator, capitals="yes"), "fr")
    assert made.text().startswith("Élodie NGUYÊN-ŒUVRARD")
