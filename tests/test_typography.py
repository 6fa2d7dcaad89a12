"""Letters are typed in a hurry and printed with care: what changes, and what never does."""

from datetime import date

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tribune.typography import long_date, typeset, typeset_html, typeset_pieces, with_ordinal

LOCALES = st.sampled_from(["fr", "en"])
# Text made of the characters that the rules look at, and any text at all: lone surrogates and NUL included.
TYPED = st.text(alphabet="aéDM1250 .,;:!?'\"«»“”’…--—%€°nphtw/@()[]\n\t\0\u00a0\u202f\u2009") | st.text()


def french(text: str) -> str:
    """Typeset in French, with ~ for the narrow no-break space and _ for the no-break space, which eyes cannot tell."""
    return typeset(text, "fr").replace("\u202f", "~").replace("\u00a0", "_")


def english(text: str) -> str:
    return typeset(text, "en")


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("Qui signe ? Vous !", "Qui signe~? Vous~!"),
        ("Qui signe? Vous!", "Qui signe~? Vous~!"),
        ("ceci ; cela", "ceci~; cela"),
        ("ceci; cela", "ceci~; cela"),
        ("Les signataires :", "Les signataires_:"),
        ("Les signataires: nous", "Les signataires_: nous"),
        ("Comment?!", "Comment~?!"),
        ("Vraiment... ?", "Vraiment…~?"),
        ("Non\u00a0!", "Non~!"),
        ("deux  espaces  !", "deux  espaces~!"),
        ("(quoi ?)", "(quoi~?)"),
        ("(quoi)? (quoi) !", "(quoi)~? (quoi)~!"),
    ],
)
def test_french_puts_the_right_space_before_high_punctuation(typed: str, printed: str) -> None:
    assert french(typed) == printed


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ('"Vraiment ?" dit-elle.', "«_Vraiment~?_» dit-elle."),
        ("« déjà »", "«_déjà_»"),
        ("«déjà»", "«_déjà_»"),
        ('" au large "', "«_au large_»"),
        ('l\'"école" : "oui"', "l’«_école_»_: «_oui_»"),
        ('il dit "un "deux" trois".', "il dit «_un “deux” trois_»."),
        ('« il dit "oui" »', "«_il dit “oui”_»"),
        ('("entre parenthèses")', "(«_entre parenthèses_»)"),
        ('la devise :"oui", "non"/"si"', "la devise_:«_oui_», «_non_»/«_si_»"),
        ("«-- Viens», dit-il", "«_— Viens_», dit-il"),
        ("un mot--«un autre»", "un mot—«_un autre_»"),
        ('"oui,"dit-elle', "«_oui,_»dit-elle"),
        ('un écran 17" et un "mot"', 'un écran 17" et un «_mot_»'),
        ('7" ou 17"', '7" ou 17"'),
        ('du rock"n"roll', 'du rock"n"roll'),
        ('oui" dit-elle', "oui_» dit-elle"),
        ('« il dit "oui », puis "non"', "«_il dit “oui_», puis «_non_»"),
        ('"un paragraphe\n\n"un autre"', "«_un paragraphe\n\n«_un autre_»"),
    ],
)
def test_french_quotes_are_guillemets(typed: str, printed: str) -> None:
    assert french(typed) == printed


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("aujourd'hui, l'été", "aujourd’hui, l’été"),
        ("et ainsi de suite...", "et ainsi de suite…"),
        ("mot -- incise -- mot", "mot — incise — mot"),
        ("Paris--Brest", "Paris—Brest"),
    ],
)
def test_apostrophes_dots_and_dashes_are_printed_ones(typed: str, printed: str) -> None:
    assert french(typed) == printed
    assert english(typed) == printed


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("1 203 signatures", "1~203 signatures"),
        ("1 203 456,50", "1~203~456,50"),
        ("en 2016 200 personnes", "en 2016 200 personnes"),
        ("06 12 34 56 78", "06 12 34 56 78"),
        ("n° 5 et N°6", "n°_5 et N°_6"),
        ("M. Dupont et Mme Élise Durand", "M._Dupont et Mme_Élise Durand"),
        ("p. 12, pp. 3, art. 9, chap. 2, fig. 4, vol. 5, t. 6", "p._12, pp._3, art._9, chap._2, fig._4, vol._5, t._6"),
        ("passé le cap. 12 personnes", "passé le cap. 12 personnes"),
        ("10 % de 12 €", "10_% de 12_€"),
        ("100%, 12€", "100_%, 12_€"),
        ("3 millions d'euros", "3_millions d’euros"),
        ("des millions d'euros", "des millions d’euros"),
    ],
)
def test_french_numbers_keep_their_company(typed: str, printed: str) -> None:
    assert french(typed) == printed


@pytest.mark.parametrize(
    "typed",
    [
        "https://example.org/l'a--b?q=1;r=2!x",
        "http://",
        "http://localhost/l'a--b",
        "www.example.org/page?x=1",
        "o'neil--jones@example.org",
        "18:00",
        "rapport--final.pdf",
        ":-) :'( ;)",
        "C:\\lettres",
        "git commit --amend",
        "n-- > 0",
        "a != b",
        "a!!b",
        "(!)",
        "2026",
    ],
)
@pytest.mark.parametrize("locale", ["fr", "en"])
def test_addresses_times_file_names_and_smileys_are_left_alone(typed: str, locale: str) -> None:
    assert typeset(typed, locale) == typed
    assert typeset(f"a {typed} b", locale) == f"a {typed} b"


def test_the_sentence_goes_on_after_an_address() -> None:
    assert french("Vu sur https://example.org/page ?") == "Vu sur https://example.org/page~?"
    assert french("Écrire à louise@example.org: merci!") == "Écrire à louise@example.org_: merci~!"
    assert french("C'est sur Change.org...") == "C’est sur Change.org…"


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("Who signs ? You !", "Who signs? You!"),
        ("One ; two : three", "One; two: three"),
        ('"Yes," she said.', "“Yes,” she said."),
        ('"He said "no" to us"', "“He said ‘no’ to us”"),
        ("They said 'no' to us", "They said ‘no’ to us"),
        ("(They said 'no') ('no')", "(They said ‘no’) (‘no’)"),
        ("'tis the dogs' life of the '90s", "’tis the dogs’ life of the ’90s"),
        ("10% of us", "10% of us"),
    ],
)
def test_english_has_its_own_rules(typed: str, printed: str) -> None:
    assert english(typed) == printed


def test_a_sentence_in_pieces_is_typeset_as_one() -> None:
    assert typeset_pieces(["Note", " : ", '"', "oui", '"'], "fr") == ["Note", "\u00a0: ", "«\u00a0", "oui", "\u00a0»"]


@given(TYPED, LOCALES)
@example('"a « b" c" 12"', "fr")
@example("«»«  »", "fr")
def test_typesetting_twice_changes_nothing_more(text: str, locale: str) -> None:
    once = typeset(text, locale)
    assert typeset(once, locale) == once


@given(TYPED, LOCALES)
def test_letters_and_digits_never_change(text: str, locale: str) -> None:
    assert [c for c in typeset(text, locale) if c.isalnum()] == [c for c in text if c.isalnum()]


@given(st.lists(TYPED, max_size=6), LOCALES)
def test_the_pieces_make_the_whole(pieces: list[str], locale: str) -> None:
    printed = typeset_pieces(pieces, locale)
    assert len(printed) == len(pieces)
    assert "".join(printed) == typeset("".join(pieces), locale)


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("Le 1er mars", "Le 1<sup>er</sup> mars"),
        ("la 1re, le 2e, François Ier", "la 1<sup>re</sup>, le 2<sup>e</sup>, François I<sup>er</sup>"),
        ("le XXIe siècle", "le XXI<sup>e</sup> siècle"),
        ("XIXe-XXe siècles", "XIX<sup>e</sup>-XX<sup>e</sup> siècles"),
        ("Le ciel, Ce soir, De nous, 1e5, example.org/2e", "Le ciel, Ce soir, De nous, 1e5, example.org/2e"),
        ("salle B2e", "salle B2e"),
        ("Q&R <b>", "Q&amp;R &lt;b&gt;"),
    ],
)
def test_titles_come_out_as_safe_html_with_raised_ordinals(typed: str, printed: str) -> None:
    assert typeset_html(typed, "fr") == printed


def test_english_ordinals_stay_on_the_line() -> None:
    assert typeset_html("the 2e & the 1st", "en") == "the 2e &amp; the 1st"


def test_the_first_of_the_month_is_an_ordinal_in_french_only() -> None:
    assert long_date(date(2026, 3, 1), "fr") == "1er\u00a0mars 2026"
    assert long_date(date(2026, 3, 11), "fr") == "11\u00a0mars 2026"
    assert long_date(date(2026, 3, 1), "en") == "1\u00a0March 2026"
    assert long_date(date(2026, 3, 1), "es") == "1\u00a0de marzo de 2026"  # nor is another language English


@pytest.mark.parametrize(
    ("told", "set_right"),
    [
        ("1 déc. 2026", "1er déc. 2026"),
        ("mar. 1 déc.", "mar. 1er déc."),
        ("1–24 nov. 2026", "1er–24 nov. 2026"),
        ("1 nov. – 1 déc. 2026", "1er nov. – 1er déc. 2026"),
        ("11 déc. 2026, 01:00", "11 déc. 2026, 01:00"),
        ("30 nov. 2021 – 1 janv. 2026", "30 nov. 2021 – 1er janv. 2026"),
    ],
)
def test_so_it_is_wherever_a_day_is_told_short(told: str, set_right: str) -> None:
    assert with_ordinal(told, "fr") == set_right and with_ordinal(told, "en") == told


@settings(max_examples=20)
@given(st.text(alphabet="a1.,;:!?'\"«» @-/\n", min_size=1, max_size=4), LOCALES)
def test_repeating_anything_stays_cheap(seed: str, locale: str) -> None:
    typeset(seed * (20_000 // len(seed)), locale)
