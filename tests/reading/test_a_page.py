"""A page as printed becomes the parts of a letter, and what does not belong to it is shown."""

import re

import pytest

from tests.reading.pages import SENTENCE, STANDFIRST
from tribune.reading.page import read_page

PAGE = f"""{STANDFIRST}

{SENTENCE * 2}

La rivière : un souvenir sous la route

{SENTENCE * 3}

{SENTENCE}
\u00a0
Ce que la ville doit à son eau

{SENTENCE * 2}

Les signataires :

  • Ada Lovelace et Alan Turing, Fondateurs de Koeo
  • Grace Hopper, Présidente de la Ruche

Lire sur Mediapart:

\u00a0

Laisser un commentaire

Votre adresse e-mail ne sera pas publiée. Les champs obligatoires sont indiqués avec *"""


def subheadings(text: str) -> list[str]:
    return re.findall(r"^## (.*)$", read_page(text).text, re.MULTILINE)


def test_the_parts_of_a_printed_page_are_found():
    page = read_page(PAGE)
    assert page.title == ""
    assert page.standfirst == STANDFIRST
    assert page.text.split("\n\n") == [
        (SENTENCE * 2).strip(),
        "## La rivière : un souvenir sous la route",
        (SENTENCE * 3).strip(),
        SENTENCE.strip(),
        "## Ce que la ville doit à son eau",
        (SENTENCE * 2).strip(),
    ]
    assert [line.strip() for line in page.signatories.strip().splitlines()] == [
        "• Ada Lovelace et Alan Turing, Fondateurs de Koeo",
        "• Grace Hopper, Présidente de la Ruche",
    ]


def test_what_belongs_to_the_site_is_left_out_and_shown():
    assert read_page(PAGE).left_out == [
        "Les signataires :",
        "Lire sur Mediapart:",
        "Laisser un commentaire",
        "Votre adresse e-mail ne sera pas publiée. Les champs obligatoires sont indiqués avec *",
    ]


def test_what_was_guessed_on_the_page_is_said():
    assert [(doubt.line, doubt.reason) for doubt in read_page(PAGE).doubts] == [
        (1, "standfirst_guessed"),
        (5, "subheading_guessed"),
        (11, "subheading_guessed"),
    ]


def test_windows_line_ends_and_a_byte_order_mark_change_nothing():
    assert read_page("\ufeff" + PAGE.replace("\n", "\r\n")) == read_page(PAGE)


def test_a_page_without_title_gets_a_proposal_of_whole_words():
    page = read_page(PAGE)
    assert page.proposed_title == "Un collectif de trente voisins signe cette lettre ouverte au maire, pour que…"


@pytest.mark.parametrize("text", ["", " \n\u00a0\n", "***\n---", "\x00\ud800"])
def test_a_page_without_words_has_a_usable_title_and_says_there_is_no_text(text):
    page = read_page(text)
    assert page.proposed_title.strip()
    assert "no_text" in [doubt.reason for doubt in page.doubts] or page.text


@pytest.mark.parametrize(
    "title", ["# Rouvrir la rivière", "Rouvrir la rivière", "**Rouvrir la rivière**", "Rouvrir la rivière\n==="]
)
def test_a_title_line_is_the_title(title):
    page = read_page(f"{title}\n\n{PAGE}")
    assert (page.title, page.proposed_title, page.standfirst) == (
        "Rouvrir la rivière",
        "Rouvrir la rivière",
        STANDFIRST,
    )


@pytest.mark.parametrize(
    "head",
    [
        "Tribune\n\nPar un collectif\n\nRouvrir la rivière",
        "Par Zoé Évrard et Luc Da\n\nRouvrir la rivière",
        "Collectif\n\nRouvrir la rivière",
        "TRIBUNE. Rouvrir la rivière\n\nPar un collectif de bateliers",
        "# Opinion — Rouvrir la rivière",
    ],
)
def test_rubric_and_authors_above_or_below_the_title_are_left_out_and_shown(head: str) -> None:
    page = read_page(f"{head}\n\n{SENTENCE}\n\n{SENTENCE}")
    assert (page.title, page.standfirst) == ("Rouvrir la rivière", "")
    assert page.text.split("\n\n") == [SENTENCE.strip()] * 2
    assert set(" ".join(page.left_out).split()) | set("Rouvrir la rivière".split()) == set(head.split()) - {"#"}


@pytest.mark.parametrize(
    "line",
    [
        "Accueil › Débats › Climat",
        "Débats",
        "LETTRE OUVERTE",
        "par Un collectif d’élus",
        "par Zoé Évrard",
        "publié le 12 juin 2024 à 9h00",
        "12 juin 2024 à 09:12",
        "Recommander (12)",
        "Partager :",
        "Page 1 sur 2",
        "De : Zoé Évrard <zoe@example.org>",
        "Objet : TR: la rivière",
        "Date : 3 avril 2024",
        "Publié le 12 juin 2024 à 06h00, modifié le 12 juin 2024 à 09h12 Temps de Lecture 4 min.",
        "Ajouter à vos sélections",
        "BILLET DE BLOG 3 AVRIL 2024",
        "Ce blog est personnel, la rédaction n’est pas à l’origine de ses contenus.",
        "Signez l’appel",
    ],
)
@pytest.mark.parametrize("above", [True, False])
def test_what_newspapers_print_around_a_letter_is_left_out_and_shown(line: str, above: bool) -> None:
    lines = [line, "Rouvrir la rivière"] if above else ["Rouvrir la rivière", line]
    page = read_page("\n\n".join([*lines, SENTENCE, SENTENCE]))
    assert (page.title, page.left_out) == ("Rouvrir la rivière", [line])
    assert page.text.split("\n\n") == [SENTENCE.strip()] * 2


@pytest.mark.parametrize(
    "line",
    [
        "Débats",
        "## Idées",
        "- Opinion",
        "Contribuer",
        "Collectif",
        "par Zoé Évrard",
        "Par un collectif d’élus qui rouvre la",
        "Date : samedi 3 avril 2024, place du Port",
    ],
)
def test_the_same_words_in_the_middle_of_the_text_are_its_own(line: str) -> None:
    page = read_page("\n\n".join(["Rouvrir la rivière", "Tribune", SENTENCE, SENTENCE, SENTENCE, line, SENTENCE]))
    assert page.left_out == ["Tribune"] and line.strip("#- ") in page.text
    listed = read_page(f"Rouvrir la rivière\n\n{SENTENCE}\n\n{SENTENCE}\n\nSignataires :\n\nZoé Ba\n\nDébats")
    assert listed.left_out == ["Signataires :", "Débats"]
    asked = read_page(f"Rouvrir la rivière ?\n\n*Un appel d’élus.*\n\n{line}\n\n{SENTENCE}\n\n{SENTENCE}")
    assert asked.left_out == [line]


@pytest.mark.parametrize(
    ("line", "authors"),
    [
        ("Par Zoé Évrard et Luc Da", "Zoé Évrard et Luc Da"),
        ("Par Zoé Évrard et 12 autres", "Zoé Évrard et 12 autres"),
        ("Par un collectif", ""),
        ("Par ici", ""),
    ],
)
def test_authors_named_above_the_text_are_proposed(line: str, authors: str) -> None:
    assert read_page(f"Rouvrir la rivière\n\n{line}\n\n{SENTENCE}\n\n{SENTENCE}").authors == authors


@pytest.mark.parametrize("title", ["Opinion publique et rivières", "Tribune libre", "Par-delà la rivière"])
def test_a_title_that_begins_as_a_rubric_or_as_its_authors_do_stays(title: str) -> None:
    assert read_page(f"{title}\n\n{SENTENCE}\n\n{SENTENCE}").title == title


@pytest.mark.parametrize("first", ["Monsieur le maire,", "La rivière a disparu.", "Voici pourquoi :", "- un pont"])
def test_a_line_that_cannot_be_a_title_stays_in_the_text(first):
    page = read_page(f"{first}\n\n{SENTENCE}\n\n{SENTENCE}")
    assert page.title == ""
    assert page.text.startswith(first)


def test_a_letter_of_one_line_is_a_text():
    page = read_page("Rouvrez la rivière")
    assert (page.title, page.text, page.proposed_title) == ("", "Rouvrez la rivière", "Rouvrez la rivière")


def test_the_authors_speaking_are_not_a_standfirst():
    page = read_page(f"Nous, signataires de cette tribune, demandons un pont.\n\n{SENTENCE}\n\n{SENTENCE}")
    assert page.standfirst == ""


def test_a_first_paragraph_in_italics_is_the_standfirst():
    assert (
        read_page(f"# A bridge\n\n*Thirty people ask for one.*\n\n{SENTENCE}").standfirst
        == "Thirty people ask for one."
    )


def test_markdown_headings_become_subheadings():
    assert subheadings(f"# T\n\n{SENTENCE}\n\n### What we ask ###\n\n- a bridge\n\nWhy\n---\n\n{SENTENCE}") == [
        "What we ask",
        "Why",
    ]


def test_a_page_without_blank_lines_is_cut_at_its_lines():
    page = read_page(f"Rouvrir la rivière\n{SENTENCE}\nCe que nous demandons\n{SENTENCE}\nSignataires\nAda Lovelace")
    assert page.title == "Rouvrir la rivière"
    assert page.text.split("\n\n") == [SENTENCE.strip(), "## Ce que nous demandons", SENTENCE.strip()]
    assert page.signatories == "Ada Lovelace"


def test_a_paragraph_cut_by_an_editor_stays_one_paragraph():
    cut = "The river has crossed the town for a thousand years, and nobody\nlooks at it: it went away under the\nroads."
    assert read_page(f"# T\n\n{cut}\n\n{cut}").text == f"{cut}\n\n{cut}"


def test_a_short_question_stays_a_paragraph_and_is_doubted():
    page = read_page(f"# T\n\n{SENTENCE}\n\nPourquoi ?\n\n{SENTENCE}")
    assert "\n\nPourquoi ?\n\n" in page.text
    assert [doubt.reason for doubt in page.doubts] == ["perhaps_a_subheading"]
    first = read_page(f"# T\n\nPourquoi\n\n{SENTENCE}")  # so does what stands below the title
    assert first.text == f"Pourquoi\n\n{SENTENCE.strip()}" and first.doubts[0].reason == "perhaps_a_subheading"


@pytest.mark.parametrize(
    ("line", "below", "is_doubted"),
    [
        ("Pourquoi", SENTENCE, True),
        ("Chers voisins,", SENTENCE, False),
        ("Pourquoi", "Ici.", False),  # what is longer stands below no heading
        ("Pourquoi", "## Ce que nous demandons", False),
        ("Pourquoi " * 12 + "ici", SENTENCE, False),
        (f"{SENTENCE * 2}!", SENTENCE * 3, False),
    ],
)
def test_only_a_short_line_above_a_longer_paragraph_may_be_a_subheading(
    line: str, below: str, is_doubted: bool
) -> None:
    page = read_page(f"# T\n\n{SENTENCE}\n\n{line}\n\n{below}")
    assert bool(page.doubts) is is_doubted and (f"## {line}" in page.text) is is_doubted


def test_a_title_that_nothing_marks_is_doubted() -> None:
    page = read_page(f"Rouvrir la rivière\n\n{SENTENCE}\n\n{SENTENCE}")
    assert [(doubt.text, doubt.reason) for doubt in page.doubts] == [("Rouvrir la rivière", "title_guessed")]


def test_a_standfirst_is_neither_a_heading_nor_long() -> None:
    for first in ("## Une tribune\n\n", f"{STANDFIRST} {SENTENCE * 6}\n\n"):
        page = read_page(f"# T\n\n{first}{SENTENCE}")
        assert page.standfirst == "" and first.strip() in page.text


def test_a_printed_bullet_becomes_a_markdown_one():
    for bullet in ("• ", "o\t", "\uf0a7\t", "\uf0b7\t"):
        text = read_page(f"# T\n\n{SENTENCE}\n\n{bullet}un pont\n{bullet}un quai").text
        assert text.endswith("\n\n- un pont\n- un quai"), bullet


def test_a_paragraph_below_a_list_is_no_part_of_its_last_item():
    """A word processor gives a line to each paragraph, and no blank one."""
    listed = "We ask for:\n- a bridge,\n- a quay.\n"
    for below in ("Thank you.", f"Thank you. {SENTENCE}{SENTENCE}".strip()):
        assert read_page(f"# T\n\n{SENTENCE}\n\n{listed}{below}").text.endswith(f"- a quay.\n\n{below}")
    for within in ("  Of stone.", "of stone", "Seine."):
        text = read_page(f"# T\n\n{SENTENCE}\n\nWe ask for:\n- a quay on the\n{within}").text
        assert text.endswith(f"- a quay on the\n{within.strip()}")


def test_a_rule_between_paragraphs_is_left_out_and_shown():
    assert read_page(f"# T\n\n{SENTENCE}\n\n* * *\n\n{SENTENCE}").left_out == ["* * *"]


@pytest.mark.parametrize(
    ("line", "outlet"),
    [
        ("Lire sur Mediapart:", "Mediapart"),
        ("Lire la tribune sur Le Monde", "Le Monde"),
        ("À lire sur Reporterre : https://example.org/tribune", "Reporterre"),
        ("Lire la lettre sur [Mediapart](https://example.org)", "Mediapart"),
        ("Tribune publiée dans Libération le 3 mai 2024", "Libération"),
        ("Cette tribune est parue dans Libération", "Libération"),
        ("La lettre a été publiée par Le Monde", "Le Monde"),
        ("Read it on The Guardian", "The Guardian"),
        ("First published in The Guardian.", "The Guardian"),
    ],
)
def test_the_outlet_is_proposed(line, outlet):
    page = read_page(f"# T\n\n{SENTENCE}\n\n{line}")
    assert (page.outlet, page.left_out) == (outlet, [line])
    assert read_page(f"# T\n\n{line}\n\n{SENTENCE}\n\nLire sur Bastamag").outlet == outlet
