"""The letter as a PDF: what it says, to whom it can be read aloud, and that no name of anybody runs as code."""

import re
import sys
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.databases import ON_SQLITE
from tests.exports.pdfs import taken, words
from tests.factories import make_letter, make_member, make_signature, owner_of
from tests.page import Reader
from tribune.audit.models import Event
from tribune.database import db, write
from tribune.exports import manage, pdf
from tribune.letters.models import Letter
from tribune.signatures.lines import Line
from tribune.signatures.models import Signature
from tribune.teams.models import Role

FIRST = "Luc Faure, maire (Le Port)\nEmmaüs Connect, par la voix d’Anne Bo, directrice\nAna Zar et Léo Cid, éditeurs"
TEXT = "## Jouer\n\nNous *voulons* [jouer](https://example.org/rue) **dehors**.\n\n- un\n- deux\n\n> Une parole.\n"
HOSTILE = ['#read("/etc/passwd")', "$x^2$", "*gras*", "<label>", "@ref", "`raw` \\ // /* #eval", "#let x = [", "É" * 90]


@pytest.fixture
def letter(app: Flask) -> Letter:
    names = {"authors": "Un collectif", "addressee": "Madame la ministre"}
    words = {"text": TEXT, "title": "Des rues où l’on joue", "standfirst": "Un chapô.", **names}
    letter = make_letter(slug="rues", first=FIRST, **words)
    make_signature(letter, given_name="Zoé", family_name="Évrard", role="maire", organisation="Nantes")
    make_signature(letter, given_name="Øyvind", family_name="Nguyễn")
    return letter


@pytest.fixture
def desk(client: Reader, letter: Letter) -> Reader:
    """A viewer's browser, in English; the letter is French."""
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    client.log_in(make_member(letter, Role.VIEWER))
    return client


def test_it_holds_the_letter_the_counts_and_everybody_in_order(desk: Reader, letter: Letter) -> None:
    with write():
        letter.published_at = datetime(2026, 3, 1, 12, tzinfo=UTC)
    file = taken(desk, letter)
    found = words(file)
    said = [
        "À Madame la ministre",
        "Des rues où l’on joue",
        "Un chapô.",
        "Un collectif · 1er mars 2026",
        "Jouer",
        "Nous voulons jouer dehors.",
        "– un – deux",
        "Une parole.",
        "2 signatures confirmées et 4 attestées par les organisateurs au",
        "Premiers signataires",
        "Luc Faure, maire (Le Port)",
        "Emmaüs Connect, par la voix d’Anne Bo, directrice",
        "Ana Zar et Léo Cid, éditeurs",
        "Autres signataires",
        "Zoé Évrard, maire (Nantes)",
        "Øyvind Nguyễn",
    ]
    places = [found.index(each) for each in said]
    assert places == sorted(places)
    text = letter.version.text
    signed = f"Des rues où l’on joue\0Un chapô.\0{text}\0Un collectif\0Madame la ministre"
    whole = sha256(signed.encode()).hexdigest()
    assert f"Version 1 du texte, SHA-256 {whole}" in found and whole.startswith(letter.version.digest)
    assert f"Page 1 / {len(file.pages)}" in found
    annotations = [a.get_object() for page in file.pages for a in page.get("/Annots", [])]
    assert [a["/A"]["/URI"] for a in annotations] == ["https://example.org/rue"]


@ON_SQLITE
def test_a_list_that_does_not_name_everybody_says_how_many_more_signed(
    desk: Reader, letter: Letter, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "et 0" not in words(taken(desk, letter))
    make_signature(letter, published=False)
    assert "et 1 autre signataire" in words(taken(desk, letter))
    assert "et 1 autre signataire" not in words(taken(desk, letter, "?names=first"))
    monkeypatch.setattr(manage, "MOST", 1)
    assert "et 2 autres signataires" in words(taken(desk, letter))


@ON_SQLITE
def test_a_list_that_names_nobody_counts_no_others(desk: Reader) -> None:
    letter = make_letter(public_list="no")
    make_signature(letter)
    desk.log_in(owner_of(letter))
    found = words(taken(desk, letter))
    assert "1 signature confirmée au" in found and "autre signataire" not in found


@ON_SQLITE
def test_a_copy_taken_before_the_publication_says_so_on_every_page(desk: Reader, letter: Letter) -> None:
    told = "Confidentiel – sous embargo jusqu’à"
    assert told not in words(taken(desk, letter))
    with write():
        letter.published_at = None
    assert all(told in page.extract_text() for page in taken(desk, letter).pages)
    with write():
        letter.published_at = datetime(2999, 1, 2, 5, tzinfo=UTC)
    assert "sous embargo jusqu’au mercredi 2 janvier 2999 à 06:00 (heure de Paris)" in words(taken(desk, letter))


@ON_SQLITE
@pytest.mark.parametrize(
    ("locale", "first", "others", "said"),
    [
        (
            "fr",
            45,
            1158,
            "1\u202f158 signatures confirmées et 45\u00a0attestées par les organisateurs au 24\u00a0novembre 2026,"
            " dont 45\u00a0premiers signataires",
        ),
        ("fr", 0, 1, "1 signature confirmée au 24\u00a0novembre 2026"),
        (
            "en",
            1,
            0,
            "1 signature attested by the organisers as of 24\u00a0November 2026, 1 first signatory among them",
        ),
    ],
)
def test_the_counts_are_told_as_the_language_of_the_letter_does(
    app: Flask, locale: str, first: int, others: int, said: str
) -> None:
    letter = make_letter(locale=locale)
    people = tuple(Signature(section="") for _ in range(first))
    with write():
        letter.attested_count, letter.confirmed_count = first, others
    lines = [Line("", "", people)] if people else []
    at = datetime(2026, 11, 24, 12, tzinfo=UTC)
    with app.test_request_context():
        assert pdf.contents(letter, lines, [], at)["counts"] == said


@ON_SQLITE
def test_it_can_be_read_aloud(desk: Reader, letter: Letter) -> None:
    file = taken(desk, letter)
    root = file.trailer["/Root"]
    assert root["/Lang"] == "fr" and root["/MarkInfo"]["/Marked"]
    assert file.metadata and file.metadata.title == "Des rues où l’on joue" and file.metadata.author == "Un collectif"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert b"pdfuaid:part" in root["/Metadata"].get_data()
    tags = set(_tags(root["/StructTreeRoot"]))
    assert {"/H1", "/P", "/L", "/LI", "/Link", "/BlockQuote"} <= tags
    assert [round(float(side)) for side in file.pages[0].mediabox[2:]] == [595, 842]


@ON_SQLITE
def test_a_letter_that_names_no_author_has_none(desk: Reader, letter: Letter) -> None:
    with write():
        letter.version.authors = ""
    assert "/Author" not in (taken(desk, letter).metadata or {})


def _tags(node: object) -> list[str]:
    node = getattr(node, "get_object", lambda: node)()
    if isinstance(node, list):
        return [tag for child in node for tag in _tags(child)]
    if not isinstance(node, dict):
        return []
    own = [str(node["/S"])] if "/S" in node else []
    return own + (_tags(node["/K"]) if "/K" in node else [])


@ON_SQLITE
def test_nothing_that_anybody_typed_runs(desk: Reader, letter: Letter) -> None:
    for name in HOSTILE:
        make_signature(letter, given_name="Ada", family_name=name, role=name, organisation=name)
    with write():
        letter.version.authors = letter.version.addressee = HOSTILE[0]
    found = words(taken(desk, letter))
    for name in HOSTILE[:-1]:
        assert f"Ada {name}, {name} ({name})" in found
    assert found.count("É") >= 270 and "root:" not in found
    assert found.count("#read(« /etc/passwd »)") == 2  # the quotes of a line of print, set as French ones


@ON_SQLITE
def test_a_word_as_long_as_its_field_is_printed_over_nobody_else(desk: Reader, letter: Letter) -> None:
    long = {"family_name": "W" * 100, "role": "X" * 200}
    with write():
        make_signature(letter, **long)
        make_signature(letter, **long, position=9)
    printed = [page.extract_text().replace(" ", "") for page in taken(desk, letter).pages]
    widest = max(len(word) for text in printed for word in re.findall("W+|X+", text))
    assert widest < 60 and [sum(text.count(mark) for text in printed) for mark in "WX"] == [200, 400]


@ON_SQLITE
def test_how_many_more_signed_stands_below_the_last_name(desk: Reader, letter: Letter) -> None:
    with write():
        for _ in range(70):  # the first column is full
            make_signature(letter, family_name="Ours")
        make_signature(letter, published=False)
    last = taken(desk, letter).pages[-1].extract_text()
    assert re.search(r"Zoé Ours.*\n *et 1\s+autre signataire", last, re.DOTALL)


@ON_SQLITE
def test_a_name_in_letters_that_no_font_has_is_no_reason_to_have_no_pdf(desk: Reader, letter: Letter) -> None:
    make_signature(letter, given_name="\U00016a00", family_name="\U0001e900")
    assert "Zoé Évrard" in words(taken(desk, letter))


@ON_SQLITE
@pytest.mark.parametrize(("asked", "first", "others"), [("first", True, False), ("none", False, False)])
def test_names_are_chosen(desk: Reader, letter: Letter, asked: str, first: bool, others: bool) -> None:
    found = words(taken(desk, letter, f"?names={asked}"))
    assert ("Luc Faure" in found, "Zoé Évrard" in found, "2 signatures confirmées" in found) == (first, others, True)
    assert "4 premiers signataires" in found
    assert desk.get(f"/manage/letters/{letter.id}/letter.pdf?names=x").status_code == 400


@ON_SQLITE
@pytest.mark.parametrize(("shown", "said"), [("initials", "Z. É."), ("no", "2 signatures confirmées")])
def test_who_is_not_named_to_readers_is_not_named_here(desk: Reader, letter: Letter, shown: str, said: str) -> None:
    make_signature(letter, family_name="Secret", published=False)
    with write():
        letter.public_list = shown
    found = words(taken(desk, letter))
    assert "Secret" not in found and "Évrard" not in found and said.replace("2", "3") in found


@ON_SQLITE
def test_sections_are_headings(desk: Reader, letter: Letter) -> None:
    with write() as session:
        session.execute(sa.text("UPDATE signatures SET section = 'Élus' WHERE family_name IN ('Zar', 'Cid')"))
    found = words(taken(desk, letter))
    assert found.index("Anne Bo") < found.index("Élus") < found.index("Ana Zar")


@ON_SQLITE
def test_it_stands_in_the_log(desk: Reader, letter: Letter) -> None:
    desk.head(f"/manage/letters/{letter.id}/letter.pdf")
    taken(desk, letter)
    taken(desk, letter, "?names=none")
    event, nobody = db.session.scalars(sa.select(Event).where(Event.verb == "exported").order_by(Event.id))
    assert nobody.details["rows"] == 0
    assert (event.details["what"], event.details["rows"], event.details["status"]) == ("pdf", 6, "shown")
    log = desk.get(f"/manage/letters/{letter.id}/log").text
    assert "Downloaded a file (PDF): those whom readers see; 6 rows." in log


@ON_SQLITE
def test_one_is_set_at_a_time_and_the_next_is_told_when_to_come_back(desk: Reader, letter: Letter) -> None:
    with pdf.turn(0):
        answer = desk.get(f"/manage/letters/{letter.id}/letter.pdf")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert "Another PDF is being made" in answer.text
    assert db.session.scalars(sa.select(Event).where(Event.verb == "exported")).all() == []
    assert desk.get(f"/manage/letters/{letter.id}/letter.pdf").status_code == 200


def test_who_was_told_to_come_back_goes_before_whoever_has_just_had_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else one account that asks again and again, be it only a viewer's, leaves the others none."""
    monkeypatch.setattr(pdf, "_queue", {})
    with pdf.turn(1), pytest.raises(pdf.Busy), pdf.turn(2):
        pass
    with pytest.raises(pdf.Busy), pdf.turn(1):
        pass
    with pdf.turn(2):
        pass
    with pytest.raises(pdf.Busy), pdf.turn(2):  # the first is next again
        pass
    monkeypatch.setattr(pdf, "PATIENCE", 0)  # and has gone away
    with pdf.turn(3):
        pass
    assert not pdf._queue


@ON_SQLITE
def test_a_typesetter_that_fails_is_told_in_words(
    desk: Reader, letter: Letter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.application.config["PROPAGATE_EXCEPTIONS"] = False
    broken = tmp_path / "broken.py"
    broken.write_text("raise SystemExit(3)")
    monkeypatch.setattr(pdf, "WORKER", broken)
    answer = desk.get(f"/manage/letters/{letter.id}/letter.pdf")
    assert answer.status_code == 500 and "The PDF could not be made" in answer.text
    broken.write_text("import time; time.sleep(60)")
    monkeypatch.setattr(pdf, "SECONDS", 0.1)
    assert desk.get(f"/manage/letters/{letter.id}/letter.pdf").status_code == 500
    assert not pdf._making.locked()


def test_the_typesetter_has_no_secret_and_nothing_of_the_site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRIBUNE_SECRET_KEY", "a secret")
    told = tmp_path / "told.py"
    told.write_text("import os, sys; print(sorted(os.environ), sys.path)")
    monkeypatch.setattr(pdf, "WORKER", told)
    said = pdf.set_pdf({}).decode()
    assert "TRIBUNE" not in said and str(Path(pdf.__file__).parent) not in said
    assert sys.executable


def test_where_memory_runs_out_the_typesetter_goes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told = tmp_path / "told.py"
    of_linux = Path("/proc/self/oom_score_adj")
    run = f"try: runpy.run_path({str(pdf.WORKER)!r}, run_name='__main__')\nexcept Exception: pass"  # of no letter
    told.write_text(f"import runpy\n{run}\nprint(open('{of_linux}').read())")
    monkeypatch.setattr(pdf, "WORKER", told)
    assert not of_linux.exists() or pdf.set_pdf({}).strip() == b"1000"
