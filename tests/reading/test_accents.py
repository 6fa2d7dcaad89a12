"""However many accents stand on one letter, few are kept: Unicode sorts them, in quadratic time."""

import unicodedata
from collections.abc import Callable

import pytest

from tribune.checks import is_web_address
from tribune.fields import is_tower, tidy, tidy_address, tidy_text
from tribune.reading.list_people import contacts_in_list
from tribune.reading.pasted import MOST_ACCENTS, few_accents, readable_list
from tribune.reading.people import read_people
from tribune.reading.sheets import read_file

ABOVE, BELOW = "\u0301", "\u0323"  # sorted below first
TWO_IN_ONE = "\u0f73"  # an accent that is two
MANY = 20_000  # of each: to sort them takes seconds, six times as many a minute and more


@pytest.mark.parametrize("clean", [tidy, tidy_text, tidy_address, readable_list])
@pytest.mark.parametrize(
    "accents",
    [ABOVE * MANY + BELOW * MANY, (ABOVE + BELOW) * MANY, TWO_IN_ONE * MANY, (ABOVE * 30 + "\x01" + BELOW * 30) * 2000],
)
def test_of_accents_without_end_the_first_stay(clean: Callable[[str], str], accents: str) -> None:
    kept = unicodedata.normalize("NFD", clean(f"Zo{accents}e")).replace("\ufffd", "")
    assert kept[:2] == "Zo" and kept[-1] == "e"
    assert 2 <= len(kept) - 3 <= 2 * MOST_ACCENTS or "\x01" in accents
    assert is_tower(kept)


@pytest.mark.parametrize("between", ["\u200b", "\u200e", "\x01", "\ud800"])
def test_what_is_removed_from_between_them_makes_no_tower_of_many(between: str) -> None:
    typed = "Z" + (ABOVE * MOST_ACCENTS + between + BELOW * MOST_ACCENTS + between) * 1000
    for clean in (tidy, tidy_text, tidy_address, readable_list):
        runs = "".join(c if unicodedata.combining(c) else " " for c in clean(typed)).split()
        assert runs and max(map(len, runs)) <= MOST_ACCENTS


def test_a_list_or_a_table_of_towers_is_read() -> None:
    tower = f"Zoé{ABOVE * 900}{BELOW * 900}"
    assert read_people(f"{tower} Évrard\n" * 100).people
    assert contacts_in_list(f"{tower} Évrard <zoe@example.org>\n" * 100).contacts
    assert len(read_file(f"{';'.join([tower] * 60)}\n".encode() * 20).rows) == 20


def test_no_address_of_a_page_is_read_that_is_too_long_to_be_one() -> None:
    """`urlsplit` leaves out what parts an account from its host, then normalises the rest."""
    parted = (f"{ABOVE * MOST_ACCENTS}@" + f"{BELOW * MOST_ACCENTS}@") * 300
    assert few_accents(parted) == parted and not is_web_address(f"https://x{parted}example.org/")
    assert is_web_address(f"https://example.org/{'x' * 1900}")


@pytest.mark.parametrize(
    "words",
    ["Nguyễn Thị Ánh", "שָׁלוֹם", "ཀཱི" * 40, "नमस्ते " * 40, "—" * 99, "🙂" * 99, "日本語" * 99, "…" * 99],
)
def test_what_people_write_stays(words: str) -> None:
    assert few_accents(words) == words and few_accents(unicodedata.normalize("NFD", words)) == unicodedata.normalize(
        "NFD", words
    )
