"""To whom a letter is written, in the language of the page: French says « au ministre », not « à le ministre »."""

import re

import pytest

from tests.databases import ON_SQLITE
from tests.factories import make_correction, make_letter
from tests.page import Reader

CASES = [
    ("le Premier ministre", "fr", "Au Premier ministre", "To le Premier ministre"),
    ("Au Premier ministre", "fr", "Au Premier ministre", "To le Premier ministre"),
    ("Les députés", "fr", "Aux députés", "To les députés"),
    ("aux députés", "fr", "Aux députés", "To les députés"),
    ("à l'État", "fr", "À l’État", "To l’État"),
    ("A Monsieur le Président", "fr", "À Monsieur le Président", "To Monsieur le Président"),
    ("A. Duval", "fr", "À A. Duval", "To A. Duval"),
    ("Madame la maire", "fr", "À Madame la maire", "To Madame la maire"),
    ("Léa", "fr", "À Léa", "To Léa"),
    ("to the Mayor", "en", "À the Mayor", "To the Mayor"),
    ("Le Monde", "en", "À Le Monde", "To Le Monde"),
]


@ON_SQLITE
@pytest.mark.parametrize(("typed", "locale", "french", "english"), CASES)
def test_the_word_before_the_addressee_is_the_right_one(
    client: Reader, typed: str, locale: str, french: str, english: str
) -> None:
    make_letter(slug="rues", addressee=typed, locale=locale)
    for language, said in (("fr", french), ("en", english)):
        page = client.get(f"/letters/rues?lang={language}").text
        assert re.findall(r"<dt>(Aux?|À|To)</dt> <dd[^>]*>([^<]*)</dd>", page) == [tuple(said.split(" ", 1))]


@ON_SQLITE
def test_where_two_texts_are_compared_it_stands_as_it_was_typed(client: Reader) -> None:
    letter = make_letter(slug="rues", addressee="Au Premier ministre")
    make_correction(letter, text="Un second texte.", addressee="Au Premier ministre")
    page = client.get("/letters/rues/versions/2/changes?lang=fr").text
    assert re.findall(r"<dt>([^<]*)</dt> <dd[^>]*>([^<]*)</dd>", page)[-1] == (
        "À qui elle s’adresse",
        "Au Premier ministre",
    )
