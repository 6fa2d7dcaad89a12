"""docs/security.md holds every requirement of levels 1 and 2 once, with a test that exists or a reason for each row."""

import ast
import re
from functools import cache
from pathlib import Path

from tribune import ROOT

TEXT = (ROOT / "docs" / "security.md").read_text("utf-8").partition("\n## OWASP ASVS")[2]
LISTED = re.compile(r"^Levels 1 and 2: (.*)\.$", re.MULTILINE)
SECTION = re.compile(r"(\d+\.\d+): ([\d, –]+)")
ROW = re.compile(r"^\| v5\.0\.0-([\d.]+)(?:–([\d.]+))? \| ([12×, \d]+) \| [^|]+ \| ([^|]+) \|$", re.MULTILINE)
LEVEL = re.compile(r"(?:(\d+) × )?([12])\b")
NAMED = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")
REASON = re.compile(r"(?:^|\. )(?:Documented|By design|Does not apply|Not met)(?: by itself)?: \S")


def listed() -> list[str]:
    """What the line above each table says that it holds: `1.2: 1–3, 5` is 1.2.1, 1.2.2, 1.2.3 and 1.2.5."""
    found = []
    for section, numbers in SECTION.findall("; ".join(LISTED.findall(TEXT))):
        for part in numbers.split(", "):
            first, _, last = part.partition("–")
            found += [f"{section}.{number}" for number in range(int(first), int(last or first) + 1)]
    return found


@cache
def defined_in(file: str) -> set[str]:
    """The names of the tests in a file; none where there is no such file."""
    path = Path(ROOT / file)
    tree = ast.parse(path.read_text("utf-8")) if path.exists() else ast.Module([], [])
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")}


def test_every_requirement_has_one_row() -> None:
    numbers, levels, wanted = [], "", listed()
    for first, last, told, _proof in ROW.findall(TEXT):
        these = wanted[wanted.index(first) : wanted.index(last or first) + 1]
        of_level = "".join(level * int(many or 1) for many, level in LEVEL.findall(told))
        assert len(of_level) == len(these), first
        numbers, levels = numbers + these, levels + of_level
    assert numbers == wanted and len(set(numbers)) == len(numbers)
    assert len(ROW.findall(TEXT)) == TEXT.count("| v5.0.0-")  # none that is not read as a row
    said = f"{len(levels)} requirements ({levels.count('1')} of level 1, {levels.count('2')} of level 2)"
    assert said in TEXT and said.startswith("253 ")


def test_every_row_has_a_test_or_a_reason() -> None:
    assert [
        number for number, _, _, proof in ROW.findall(TEXT) if not (NAMED.search(proof) or REASON.search(proof))
    ] == []


def test_every_test_that_is_named_exists() -> None:
    named = NAMED.findall(TEXT)
    assert len(named) == TEXT.count("::") > 100
    assert [f"{file}::{test}" for file, test in named if test not in defined_in(file)] == []
