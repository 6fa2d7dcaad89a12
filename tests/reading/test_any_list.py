"""Of whatever is pasted as a list nobody is lost and nobody invented."""

import re
from time import process_time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tribune.reading.affiliations import read_affiliation
from tribune.reading.doubts import LIST_DOUBTS
from tribune.reading.list_people import contacts_in_list
from tribune.reading.people import read_people

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
@example("a: " * 2_000 + "a")
@example("A(<")
@example("M. " * 2_000)
@example("1\t" * 2_000 + "a")
def test_no_text_raises_and_no_line_is_lost(text):
    found = read_people(text)
    visible = [line for line in text.splitlines() if line.strip("\ufeff\u00ad\u200b\u2060").strip()]
    assert {*found.rows.values(), *(doubt.line for doubt in found.doubts)} == set(range(1, len(visible) + 1))
    assert {person.line for person in found.people} == set(found.rows)
    assert {doubt.reason for doubt in found.doubts} <= set(LIST_DOUBTS)
    for person in found.people:
        assert max(len(person.given_name), len(person.family_name)) <= 100
        assert max(len(person.role), len(person.organisation)) <= 200
        assert len(person.affiliation or "") <= 400
        "".join([person.given_name, person.family_name, person.role, person.affiliation or ""]).encode()


@pytest.mark.parametrize(
    "unit",
    [
        " ",
        ",",
        "a, ",
        " ; ",
        "(",
        " - ",
        "\t",
        "a\tb\n",
        "de A ",
        "M. ",
        "A B, ",
        "A B et C D, ",
        "A B, maire, ",
        "A B et ",
        "日",
        "[",
        "*",
        "1",
        "a",
        "a ",
    ],
)
def test_200_kb_are_read_in_linear_time(unit):
    started = process_time()
    read_people(unit * (200_000 // len(unit)))
    # About 2.5 seconds for the 50,000 people of the slowest; a quadratic rule takes more than 40.
    assert process_time() - started < 15


@pytest.mark.parametrize("unit", [" ", "\u00a0", "a, ", "' "])
def test_so_they_are_before_an_address(unit):
    started = process_time()
    contacts_in_list(f"Zoé{unit * (200_000 // len(unit))}zoe@example.org")
    assert process_time() - started < 15


def test_so_is_what_begins_like_the_recipients_of_a_mail_and_names_none() -> None:
    started = process_time()
    contacts_in_list(f"De :{' ' * 100_000}{'a' * 100_000}")
    assert process_time() - started < 15


def test_so_is_a_row_of_20_000_doubtful_names() -> None:
    started = process_time()
    contacts_in_list("Mia ; " * 20_000)
    assert process_time() - started < 15
