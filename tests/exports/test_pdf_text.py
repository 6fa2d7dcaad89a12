"""The text of a letter in its PDF: taken apart from its HTML, and set however it is built."""

import json
import re
from functools import reduce

import pytest
from flask import Flask

from tests.databases import ON_SQLITE
from tests.exports.pdfs import taken, words
from tests.factories import make_letter, make_member, owner_of
from tests.page import Reader
from tribune.exports.pdf_text import DEEPEST, blocks
from tribune.letters.rendering import render
from tribune.teams.models import Role


@pytest.mark.parametrize(
    ("markdown", "made"),
    [
        ("a *b **c*** `d`\\\ne", [["p", ["a ", ["em", ["b ", ["strong", ["c"]]]], " ", ["code", "d"], ["br"], " e"]]]),
        ("3. x\n\n   y", [["ol", 3, [[["p", ["x"]], ["p", ["y"]]]]]]),
        ("- a\n  - b", [["ul", [[["p", ["a "]], ["ul", [[["p", ["b"]]]]]]]]]),
        ("- *a* **b**", [["ul", [[["p", [["em", ["a"]], " ", ["strong", ["b"]]]]]]]]),
        ("# A\n\n### B\n\n---", [["h", 1, ["A"]], ["h", 2, ["B"]], ["hr"]]),
        ("\n\n".join("#" * level + " A" for level in range(1, 7)), [["h", min(n, 5), ["A"]] for n in range(1, 7)]),
        ("> q\n\nr", [["quote", [["p", ["q"]]]], ["p", ["r"]]]),
        ("1er", [["p", ["1", ["sup", ["er"]]]]]),
        (
            "> " * DEEPEST + "a\n" + "> " * (DEEPEST + 1) + "b\n" + "> " * DEEPEST + "\n" + "> " * DEEPEST + "c",
            reduce(lambda inside, _: [["quote", inside]], range(DEEPEST), [["p", [word]] for word in "abc"]),
        ),
    ],
)
def test_the_text_is_taken_apart_as_it_is_printed(markdown: str, made: list[object]) -> None:
    assert json.loads(json.dumps(blocks(render(markdown, "fr")))) == made


@ON_SQLITE
@pytest.mark.parametrize(
    "markdown",
    [
        "> " * 18 + "fond",
        "> " * 12 + "- fond",
        "- " * 9 + "fond",
        "> - " * 6 + "fond",
        "\n".join("> " * 11 + line for line in ("- a", "  1. b", "", "  au fond")),  # after a list that is too deep
    ],
)
def test_a_text_in_a_text_in_a_text_is_set_too(app: Flask, client: Reader, markdown: str) -> None:
    letter = make_letter(text=markdown)
    client.log_in(owner_of(letter))
    assert "fond" in words(taken(client, letter))


@ON_SQLITE
@pytest.mark.parametrize("address", ["", "https://example.org/" + "a" * 7980, "https://example.org/" + "é" * 5000])
def test_a_link_that_no_pdf_holds_is_words(app: Flask, client: Reader, address: str) -> None:
    letter = make_letter(text=f"Nous *[voulons]({address})* jouer.")
    client.log_in(make_member(letter, Role.VIEWER))
    assert "Nous voulons jouer." in words(taken(client, letter))


@ON_SQLITE
def test_a_word_longer_than_a_line_does_not_run_off_the_page(app: Flask, client: Reader) -> None:
    text = f"## {'H' * 150}\n\n{'W' * 150} et `{'C' * 150}`\n\n- [{'L' * 150}](https://example.org/)"
    letter = make_letter(title="T" * 150, standfirst="S" * 150, authors="A" * 150, addressee="D" * 150, text=text)
    client.log_in(owner_of(letter))
    printed = "\n".join(page.extract_text() for page in taken(client, letter).pages).replace(" ", "")
    pieces = [match[0] for match in re.finditer(r"([TSADHWCL])\1{4,}", printed)]
    assert max(map(len, pieces)) < 90 and sum(map(len, pieces)) == 8 * 150


@ON_SQLITE
def test_writing_without_spaces_breaks_between_its_words(app: Flask, client: Reader) -> None:
    """Lao, of which the fonts of most machines have the letters; no syllable is cut."""
    letter = make_letter(text="ພາສາລາວ" * 40)
    client.log_in(owner_of(letter))
    printed = "\n".join(page.extract_text() for page in taken(client, letter).pages)
    lines = re.findall("^[ \u0e80-\u0eff]+$", printed, re.MULTILINE)
    assert len(lines) > 1 and "".join(lines).count("ພາສາລາວ") == 40
    assert {line.strip()[0] for line in lines} <= set("ພສລ")
