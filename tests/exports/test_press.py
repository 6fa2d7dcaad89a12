"""The list as newspapers print it: what stands on the page is what is copied and what the files hold."""

import re
from html import unescape
from itertools import product
from pathlib import Path
from urllib.parse import urlencode

import pytest
import sqlalchemy as sa
from flask import Flask
from markdown_it import MarkdownIt

from tests.databases import ON_SQLITE
from tests.factories import make_letter, make_member, make_signature, owner_of
from tests.page import Reader
from tests.reading.printed import PRINTED
from tribune.audit.models import Event
from tribune.database import db, now, write
from tribune.exports import press_pages
from tribune.letters.models import Letter
from tribune.signatures.models import Signature
from tribune.teams.models import Role

HERE = Path(__file__).parent
FIRST = "Luc Faure, maire (Le Port)\nEmmaüs Connect, par la voix d’Anne Bo, directrice\nAna Zar et Léo Cid, éditeurs"


@pytest.fixture
def letter(app: Flask) -> Letter:
    letter = make_letter(slug="rues", first=FIRST)
    make_signature(letter, given_name="Zoé", family_name="Évrard", role="maire", organisation="Nantes")
    make_signature(letter, given_name="Jean", family_name="d'Istria", capacity="organisation", organisation="L'Étoile")
    return letter


@pytest.fixture
def desk(client: Reader, letter: Letter) -> Reader:
    """A viewer's browser, in English."""
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    client.log_in(make_member(letter, Role.VIEWER))
    return client


def path(letter: Letter, ending: str = "", **asked: object) -> str:
    return f"/manage/letters/{letter.id}/press{ending}?{urlencode(asked)}"


def text(desk: Reader, letter: Letter, **asked: object) -> str:
    return desk.get(path(letter, ".txt", **asked)).text


def narrow(words: str) -> str:
    """The spaces that a printer sets before a semicolon, typed as "~", and before a colon, as "_"."""
    return words.replace("~", "\u202f").replace("_", "\u00a0")


@pytest.mark.parametrize(
    ("asked", "file"), [({}, "press_list_as_printed.txt"), ({"organisation": "brackets"}, "press_list.txt")]
)
def test_the_list_of_the_first_tribune_is_the_one_written_by_hand(
    client: Reader, app: Flask, asked: dict[str, str], file: str
) -> None:
    letter = make_letter(first=PRINTED.replace("30Laure", "Laure"))
    client.log_in(owner_of(letter))
    answer = client.get(path(letter, ".txt", **asked))
    assert answer.data.decode() == (HERE / file).read_text("utf-8").removesuffix("\n")


def test_first_signatories_come_in_order_and_the_others_by_surname(desk: Reader, letter: Letter) -> None:
    assert text(desk, letter) == narrow(
        "Luc Faure, maire (Le Port)~; Emmaüs Connect, par la voix d’Anne Bo, directrice~; "
        "Ana Zar et Léo Cid, éditeurs~; Jean d’Istria (L’Étoile)~; Zoé Évrard, maire (Nantes)."
    )


CHOICES = [
    ({"people": "first"}, "…Ana Zar et Léo Cid, éditeurs~; et 2_autres signataires."),
    ({"people": "first", "others": "no"}, "…Ana Zar et Léo Cid, éditeurs."),
    ({"people": "surname", "most": "1"}, "Jean d’Istria (L’Étoile)~; et 5_autres signataires."),
    ({"people": "surname", "most": "5"}, "…Ana Zar et Léo Cid, éditeurs."),
    ({"most": "5"}, "…Jean d’Istria (L’Étoile)~; et 1_autre signataire."),
    ({"organisation": "comma"}, "…Zoé Évrard, maire, Nantes."),
    ({"capacity": "yes"}, "…Zoé Évrard, maire (Nantes), à titre personnel."),
    ({"capitals": "yes"}, "…Jean D’ISTRIA (L’Étoile)~; Zoé ÉVRARD, maire (Nantes)."),
    ({"separator": "lines"}, "…Ana Zar et Léo Cid, éditeurs\nJean d’Istria (L’Étoile)\nZoé Évrard, maire (Nantes)"),
    (
        {"separator": "comma"},
        "Luc Faure (maire, Le Port), Emmaüs Connect (par la voix d’Anne Bo, directrice), "
        "Ana Zar et Léo Cid (éditeurs), Jean d’Istria (L’Étoile), Zoé Évrard (maire, Nantes).",
    ),
]


@ON_SQLITE
def test_each_choice_does_what_it_says(desk: Reader, letter: Letter) -> None:
    for asked, read in CHOICES:
        found = text(desk, letter, **asked)
        assert found == narrow(read) if not read.startswith("…") else found.endswith(narrow(read[1:])), asked
    assert text(desk, letter, most="20000") == text(desk, letter)


@ON_SQLITE
def test_the_others_are_numbered_as_the_language_does(app: Flask, client: Reader) -> None:
    for locale, said in (
        ("fr", "Zoé Évrard~; et 1~159_autres signataires."),
        ("en", "Zoé Évrard; and 1,159_other signatories."),
    ):
        letter = make_letter(locale=locale)
        make_signature(letter, family_name="Évrard")
        with write():
            letter.confirmed_count = 1160
        client.log_in(owner_of(letter))
        assert text(client, letter) == narrow(said)


def test_sections_stand_under_their_headings(desk: Reader, letter: Letter) -> None:
    with write():
        for signature in db.session.scalars(sa.select(Signature).where(Signature.family_name.in_(["Zar", "Cid"]))):
            signature.section = "Élus d'ici"
    assert text(desk, letter, sections="yes", most=5) == narrow(
        "Luc Faure, maire (Le Port)~; Emmaüs Connect, par la voix d’Anne Bo, directrice.\n\n"
        "Élus d’ici_:\nAna Zar et Léo Cid, éditeurs.\n\n"
        "Autres signataires_:\nJean d’Istria (L’Étoile).\n\nEt 1_autre signataire."
    )
    markdown = desk.get(path(letter, ".md", sections="yes", separator="lines")).text
    assert "### Élus d’ici\n\n- Ana Zar et Léo Cid, éditeurs\n\n" in markdown
    with write():
        letter.locale = "en"
    assert "\n\nOther signatories:\nJean" in text(desk, letter, sections="yes")
    with write():
        db.session.scalars(sa.select(Signature).where(Signature.family_name == "d'Istria")).one().section = "Élus d'ici"
    assert "Ana Zar and Léo Cid, éditeurs; Jean d’Istria (L’Étoile).\n\nOther" in text(desk, letter, sections="yes")


@ON_SQLITE
@pytest.mark.parametrize(
    "state", [{"published": False}, {"hidden_at": now()}, {"confirmed": False}], ids=["quiet", "hidden", "pending"]
)
def test_nobody_is_named_whom_readers_do_not_see(desk: Reader, letter: Letter, state: dict[str, object]) -> None:
    make_signature(letter, family_name="Secret", **state)
    for ending in (".txt", ".html", ".md", ""):
        assert "Secret" not in desk.get(path(letter, ending)).text
    counted = "confirmed" not in state
    assert ("1\u00a0autre signataire" in text(desk, letter)) is counted


@ON_SQLITE
@pytest.mark.parametrize(
    ("shown", "named"), [("initials", "J. I.~; Z. É."), ("no", "éditeurs~; et 2_autres signataires.")]
)
def test_a_letter_that_hides_names_hides_them_here(desk: Reader, letter: Letter, shown: str, named: str) -> None:
    with write():
        letter.public_list = shown
    found = text(desk, letter)
    assert "Évrard" not in found and found.endswith(narrow(named).replace("J. I.", "J. D."))
    assert "Luc Faure" in found


@ON_SQLITE
def test_what_is_shown_is_what_is_copied_and_what_the_files_hold(desk: Reader, letter: Letter) -> None:
    make_signature(letter, given_name="<b>*A*", family_name="_B_ & `C`", role="# [x](y)", organisation="1. <x>")
    make_signature(letter, given_name="#", family_name="0 ~~x~~ |", section="- <i>")
    for separator, sections in product(("semicolon", "comma", "lines"), ("no", "yes")):
        assert_all_forms_are_one(desk, letter, separator=separator, sections=sections)


def assert_all_forms_are_one(desk: Reader, letter: Letter, **asked: str) -> None:
    """Page, text, HTML and Markdown hold the same lines."""
    page, html = desk.get(path(letter, **asked)).text, desk.get(path(letter, ".html", **asked)).text
    fragment = re.search(r'<div class="sheet"[^>]*>\n(.*?)\n</div>', page, re.S)[1]
    assert fragment in html and set(re.findall(r"<(\w+)", fragment)) <= {"p", "h3"}
    plain = text(desk, letter, **asked)
    assert unescape(re.search(r'<textarea id="text"[^>]*>(.*?)</textarea>', page, re.S)[1]) == plain
    colon = "\u00a0:"
    titled = re.sub(r"<h3>(.*?)</h3>\n", rf"\n\1{colon}\n", fragment)
    paragraphs = unescape(re.sub(r"</?p>", "", titled)).split("\n")
    assert [p for p in paragraphs if p] == [p for p in plain.split("\n") if p]
    markdown = MarkdownIt().render(desk.get(path(letter, ".md", **asked)).text)
    words = unescape(re.sub(r"<(/?)(p|h3|ul|li)>", "\n", markdown)).replace(colon, "").split("\n")
    assert [w for w in words if w] == [p.removesuffix(colon) for p in plain.split("\n") if p]


@ON_SQLITE
def test_a_line_in_which_the_mark_between_people_stands_is_told(desk: Reader, letter: Letter) -> None:
    make_signature(letter, family_name="Deux", role="cheffe ; conseillère")
    page = desk.get(path(letter)).text
    assert "Zoé Deux, cheffe\u202f; conseillère" in _notice(page) and '<ul translate="no"' in page
    assert _notice(desk.get(path(letter, separator="lines")).text) == ""
    assert "contain the very mark" not in desk.get(path(letter, separator="lines")).text
    make_signature(letter, given_name="Mia (Eon)", family_name="Trois")
    make_signature(letter, family_name="Quatre", role="cheffe (adjointe)")
    unclear = _notice(desk.get(path(letter, separator="comma")).text)
    assert "Mia (Eon) Trois" in unclear and "Zoé Quatre (cheffe (adjointe))" in unclear and "Évrard" not in unclear


def _notice(page: str) -> str:
    return "".join(re.findall(r'<div class="notice">(.*?)</div>', page, re.S))


@ON_SQLITE
def test_a_long_list_shows_its_beginning_and_the_files_hold_it_all(
    desk: Reader, letter: Letter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(press_pages, "LONG", 2)
    page = desk.get(path(letter))
    assert "its beginning is shown" in page.text and 'id="copy"' not in page.text
    assert "Emmaüs Connect" in page.text and "Ana Zar" not in page.text and "6 people named" in page.text
    assert "Évrard" in text(desk, letter)
    monkeypatch.setattr(press_pages, "MOST", 6)
    assert "the most it can" in desk.get(path(letter)).text
    assert "the most it can" not in desk.get(path(letter, most=6)).text  # who chose as many is told nothing


@ON_SQLITE
def test_what_there_is_not_is_told_and_not_logged(desk: Reader, letter: Letter) -> None:
    wrong = (
        ("people", "x"),
        ("separator", "x"),
        *(("most", number) for number in ("0", "20001", "²", "x", "-1", "9" * 5000)),
    )
    for asked, ending in product(wrong, ("", ".txt", ".html", ".md")):
        assert desk.get(path(letter, ending, **dict([asked]))).status_code == 400, asked
    assert _log() == []


@ON_SQLITE
def test_an_empty_list_says_what_to_do(app: Flask, client: Reader) -> None:
    letter = make_letter()
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    client.log_in(owner_of(letter))
    assert "Nobody to print yet" in client.get(path(letter)).text
    assert text(client, letter) == ""


def _log() -> list[Event]:
    return list(db.session.scalars(sa.select(Event).where(Event.verb == "exported")))


@ON_SQLITE
def test_each_file_stands_in_the_log_and_looking_does_not(desk: Reader, letter: Letter) -> None:
    desk.get(path(letter))
    desk.head(path(letter, ".txt"))
    assert _log() == []
    answer = desk.get(path(letter, ".txt", purpose="Le journal"))
    assert re.search(r"attachment; filename=rues-press-\d{4}-\d\d-\d\d\.txt", answer.headers["Content-Disposition"])
    assert answer.content_type == "text/plain; charset=utf-8"
    [event] = _log()
    kept = {name: event.details[name] for name in ("what", "purpose", "rows", "status", "addresses")}
    assert kept == {"what": "press", "purpose": "Le journal", "rows": 6, "status": "shown", "addresses": "none"}
    said = desk.get(f"/manage/letters/{letter.id}/files").text
    assert "those whom readers see (press list)" in " ".join(said.split())
    log = desk.get(f"/manage/letters/{letter.id}/log").text
    assert "Downloaded a file (press list): those whom readers see; 6 rows." in log


@ON_SQLITE
def test_the_choices_are_the_address(desk: Reader, letter: Letter) -> None:
    page = desk.get(path(letter, people="first", capitals="yes", most=7)).text
    for name, value in (("people", "first"), ("capitals", "yes"), ("separator", "semicolon")):
        assert re.search(rf'<input checked[^>]*name="{name}"[^>]*value="{value}"', page)
    assert re.search(r'name="most"[^>]*value="7"', page)
