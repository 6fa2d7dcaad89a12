"""No cell runs in a spreadsheet, and no name is changed for nothing."""

import csv
import io
import re
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.databases import ON_SQLITE
from tests.exports.typed import TYPED
from tests.factories import make_letter, make_organiser, make_signature
from tests.page import Reader
from tribune.exports.spreadsheet import safe

COMMANDS = ["1+1", "SUM(A1:A9)", "cmd|' /C calc'!A0", 'HYPERLINK("http://x.example.org","Zoé")', "A1"]
STARTS = ["=", "+", "@", "-", "\uff1d", "\uff0b", "\uff20", "\uff0d", "  =", "\u00a0+"]
FORMULAS = [start + command for start in STARTS for command in COMMANDS] + [
    "=-1", "--1", "-1", "-A1", "-(1)", "-2+3+cmd|' /C calc'!A0", "+33 6 12 34 56 78",
    "@SUM(1+9)*cmd|' /C calc'!A0", "=cmd|' /C powershell IEX(x)'!A0", "-DDE(\"cmd\";\"/C calc\";\"x\")", "\u2212 1+1",
]  # fmt: skip
NAMES = ["-Ange", "'t Hooft", "-Marie-Claude", "-d’Été", "Zoé", "O'Neil", "’Abd", "a=b", "R&D + presse", ""]


@pytest.mark.parametrize("formula", FORMULAS)
def test_a_formula_becomes_text(formula: str) -> None:
    assert safe(formula) == f"'{formula}"


@pytest.mark.parametrize("name", NAMES)
def test_a_name_stays_as_it_was_typed(name: str) -> None:
    assert safe(name) == name


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("x;=1+1", "x;'=1+1"), ("x,=1+1;y", "x,'=1+1;y"), ("x; =1+1", "x; '=1+1"), ("=1;=2", "'=1;'=2"),
        ('x;"=1+1', 'x;"\'=1+1'), (";;@SUM(1),-1", ";;'@SUM(1),'-1"), ("x\n=1+1", "x\n'=1+1"),
        ("\t=1+1", "'\t'=1+1"), ("\r=1+1", "'\r'=1+1"), ("x\t+1", "x\t'+1"),
        ("\tx", "'\tx"), ("\rx", "'\rx"), ("\nx", "'\nx"),
        ("a, -Ange; b", "a, -Ange; b"), ("R&D; a=b, c", "R&D; a=b, c"), (",;, ;", ",;, ;"),
    ],
)  # fmt: skip
def test_what_runs_behind_the_other_delimiter_becomes_text_too(typed: str, written: str) -> None:
    assert safe(typed) == written


@given(st.text(), st.sampled_from(["", ",", ";", ';"', ", "]))
@example("\ufe6bSUM(1)", "")
@example("\u207a1", "")
@example("=1+1", ';"')
def test_no_text_begins_as_a_formula_does(text: str, before: str) -> None:
    cell = safe(before + text)
    assert cell.replace("'", "") == (before + text).replace("'", "")
    first, *others = re.split("[,;\t\r\n]", cell)
    for piece in (first.lstrip(), *(re.sub(r'^[\s"]*', "", other) for other in others)):
        start = unicodedata.normalize("NFKC", piece.lstrip())[:1]
        assert start not in {"=", "+", "@"}
        if start in {"-", "\u2212"}:
            assert not any(character.isdigit() or character in '+*/^&|!()=:"' for character in piece)


@ON_SQLITE
def test_no_column_lets_one_through(client: Reader) -> None:
    organiser = make_organiser()
    letter = make_letter(organiser, public_file=True)
    typed = [name for name in TYPED if name != "email"]  # see below
    for formula in FORMULAS:
        make_signature(letter, **dict.fromkeys(typed, formula), news=True)
    client.log_in(organiser)
    for path in (f"/manage/letters/{letter.id}/signatures.csv", f"/letters/{letter.slug}/signatories.csv"):
        file = io.StringIO(client.get(path).data.decode("utf-8-sig"), newline="")
        rows = list(csv.DictReader(file, delimiter=";", strict=True))
        assert len(rows) == len(FORMULAS) >= 60
        for row, formula in zip(rows, FORMULAS, strict=True):
            for column in row.keys() & typed:
                assert row[column] == f"'{formula}"
            assert row["printed_line"].startswith("'")


def test_an_address_that_begins_as_a_formula_does_not_run(client: Reader) -> None:
    organiser = make_organiser()
    letter = make_letter(organiser)
    make_signature(letter, email="=cmd@example.org", news=True)
    client.log_in(organiser)
    assert b";'=cmd@example.org;" in client.get(f"/manage/letters/{letter.id}/signatures.csv").data
