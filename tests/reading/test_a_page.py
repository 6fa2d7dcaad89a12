"""A page as printed becomes the parts of a letter, and nothing of it is lost."""

import re
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tribune.reading.page import REASONS, read_page

SENTENCE = (
    "La rivière traverse la ville depuis mille ans, et personne ne la regarde plus : elle a disparu sous les routes. "
)
STANDFIRST = (
    "Un collectif de trente voisins signe cette lettre ouverte au maire, pour que l’eau revienne en ville avant l’été."
)
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


def test_a_printed_bullet_becomes_a_markdown_one():
    assert "\n\n- un pont\n- un quai" in read_page(f"# T\n\n{SENTENCE}\n\n• un pont\n• un quai").text


def test_a_rule_between_paragraphs_is_left_out_and_shown():
    assert read_page(f"# T\n\n{SENTENCE}\n\n* * *\n\n{SENTENCE}").left_out == ["* * *"]


@pytest.mark.parametrize(
    "heading",
    [
        "Les signataires :",
        "Les 45 premiers signataires",
        "Premières signataires :",
        "SIGNATAIRES",
        "Liste des signataires (45)",
        "Liste complète des signataires de la tribune :",
        "Signataires au 3 mai 2024 :",
        "Ils et elles ont signé cette tribune :",
        "Cette lettre a été signée par :",
        "Co-signataires :",
        "**Signataires\u00a0:**",
        "## Signatories",
        "Signatories (in alphabetical order):",
        "First signatories (12):",
        "Signed by",
        "The following people have signed this letter:",
    ],
)
def test_the_list_is_announced_in_many_ways(heading):
    page = read_page(f"{SENTENCE}\n\n{SENTENCE}\n\n{heading}\n\nAda Lovelace\nAlan Turing")
    assert page.signatories.split() == ["Ada", "Lovelace", "Alan", "Turing"]
    assert page.left_out == [heading]


@pytest.mark.parametrize(
    "sentence",
    [
        "Les signataires demandent :",
        "Nous, signataires :",
        "We, the undersigned:",
        "The signatories call on the town to:",
        "Signez !",
    ],
)
def test_a_sentence_about_signatories_does_not_begin_the_list(sentence):
    page = read_page(f"{SENTENCE}\n\n{sentence}\n\n- a bridge\n- a quay\n\n{SENTENCE}")
    assert page.signatories == ""
    assert sentence in page.text


def test_a_menu_that_names_the_list_does_not_begin_it():
    page = read_page(f"Signataires\n\n{SENTENCE * 3}\n\nSignataires :\n\nAda Lovelace")
    assert page.signatories == "Ada Lovelace"
    assert SENTENCE.strip() in page.text


def test_a_list_on_the_line_of_its_heading_is_found():
    page = read_page(f"{SENTENCE}\n\nSignataires : Ada Lovelace, autrice ; Alan Turing")
    assert page.signatories == "Ada Lovelace, autrice ; Alan Turing"
    assert page.left_out == ["Signataires :"]


def test_a_second_heading_continues_the_list():
    page = read_page(f"{SENTENCE}\n\nPremiers signataires :\nAda Lovelace\n\nAutres signataires :\nAlan Turing")
    assert page.signatories.split("\n") == ["Ada Lovelace", "", "Alan Turing"]


def test_a_list_that_nothing_announces_stays_in_the_text_and_is_doubted():
    page = read_page(f"# T\n\n{SENTENCE}\n\n- Ada Lovelace\n- Alan Turing\n- Grace Hopper")
    assert page.signatories == ""
    assert [doubt.reason for doubt in page.doubts] == ["list_without_heading"]


@pytest.mark.parametrize(
    "listed",
    [
        "Ada Lovelace, autrice\nAlan Turing (NPL)\nGrace Hopper",
        "Ada Lovelace, autrice\n\nAlan Turing, mathématicien\n\nGrace Hopper, amirale de la marine",
        "Ada Lovelace, autrice ; Alan Turing ; Grace Hopper, amirale.",
        "Ada Lovelace (autrice), Alan Turing (NPL) et Grace Hopper (Yale)",
    ],
)
def test_so_is_one_without_bullets_in_whatever_shape(listed: str) -> None:
    page = read_page(f"# T\n\n{SENTENCE}\n\n{listed}")
    assert page.text == f"{SENTENCE.strip()}\n\n{listed}"
    assert [(doubt.line, doubt.reason) for doubt in page.doubts] == [(5, "list_without_heading")]


@pytest.mark.parametrize("end", ["Ada Lovelace,\nautrice", "Mairie de Lyon\n1, place Bellecour\n69002 Lyon", SENTENCE])
def test_whoever_signs_off_and_an_address_are_no_list(end: str) -> None:
    assert "list_without_heading" not in [doubt.reason for doubt in read_page(f"# T\n\n{SENTENCE}\n\n{end}").doubts]


@pytest.mark.parametrize(
    ("line", "outlet"),
    [
        ("Lire sur Mediapart:", "Mediapart"),
        ("Lire la tribune sur Le Monde", "Le Monde"),
        ("À lire sur Reporterre : https://example.org/tribune", "Reporterre"),
        ("Lire la lettre sur [Mediapart](https://example.org)", "Mediapart"),
        ("Tribune publiée dans Libération le 3 mai 2024", "Libération"),
        ("Read it on The Guardian", "The Guardian"),
        ("First published in The Guardian.", "The Guardian"),
    ],
)
def test_the_outlet_is_proposed(line, outlet):
    page = read_page(f"# T\n\n{SENTENCE}\n\n{line}")
    assert (page.outlet, page.left_out) == (outlet, [line])


LINES = st.sampled_from(
    [
        *(
            "# Titre",
            "## Partie",
            "Partie",
            "Partie ?",
            "===",
            "---",
            "- un",
            "• deux",
            "3. trois",
            "> dit",
            "",
            "",
            "\u00a0",
        ),
        *(
            "Les signataires :",
            "Signed by: Ada; Bob",
            "Lire sur Mediapart:",
            "Laisser un commentaire",
            "Partager",
            "*chapô*",
        ),
        *(SENTENCE, STANDFIRST, "Ada Lovelace, autrice", "court", "\x00", "\ud800", "\ufeff", "**a** b", "a\tb"),
    ]
)


@settings(max_examples=300)
@given(
    text=st.text(st.characters(exclude_categories=[]), max_size=80)
    | st.lists(LINES | st.text(max_size=5)).map("\n".join)
)
def test_no_page_raises_and_no_word_is_lost(text):
    page = read_page(text)
    parts = [page.title, page.standfirst, page.text, page.signatories, *page.left_out]
    kept = "".join(parts).encode().decode()  # what cannot be stored would raise
    assert sorted(filter(str.isalnum, kept)) == sorted(filter(str.isalnum, text))
    assert page.proposed_title.strip()
    assert len(page.title) <= 200
    assert {doubt.reason for doubt in page.doubts} <= set(REASONS)


@pytest.mark.parametrize(
    "unit",
    ["\n", " ", "#", "# ", "a\n\n", "a\n===\n", "- ", "*", "[", "](", "Signataires\n", "Signataires :", "Lire sur "],
)
def test_200_kb_are_read_in_linear_time(unit):
    started = process_time()
    read_page(unit * (200_000 // len(unit)))
    assert process_time() - started < 15
