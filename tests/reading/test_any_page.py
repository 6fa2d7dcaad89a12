"""Of whatever is pasted as a page no word is lost."""

from time import process_time

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.reading.pages import SENTENCE, STANDFIRST
from tribune.reading.doubts import PAGE_DOUBTS
from tribune.reading.page import read_page

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
    assume("o\t" not in text)  # no word: a bullet of word processors
    page = read_page(text)
    parts = [page.title, page.standfirst, page.text, page.signatories, *page.left_out]
    kept = "".join(parts).encode().decode()  # what cannot be stored would raise
    assert sorted(filter(str.isalnum, kept)) == sorted(filter(str.isalnum, text))
    assert page.proposed_title.strip()
    assert len(page.title) <= 200
    assert {doubt.reason for doubt in page.doubts} <= set(PAGE_DOUBTS)


@pytest.mark.parametrize(
    "unit",
    [
        *("\n", " ", "#", "# ", "a\n", "a\n\n", "a\n===\n", "- ", "*", "[", "](", "Signataires\n", "Signataires :"),
        "Lire sur ",
    ],
)
def test_200_kb_are_read_in_linear_time(unit):
    started = process_time()
    read_page(unit * (200_000 // len(unit)))
    assert process_time() - started < 15
