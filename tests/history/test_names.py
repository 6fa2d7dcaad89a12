"""By whom and to whom a letter is written are words of a version: signed, compared and kept like its title."""

from hashlib import sha256

import pytest
from flask import Flask

from tests.databases import ON_SQLITE
from tests.factories import latest_signature, make_correction, make_letter, owner_of
from tests.history.test_changes import marked
from tests.page import Reader
from tests.writing.writer import begin, edit_page
from tribune.database import now
from tribune.exports.pdf import contents
from tribune.history.changes import changes
from tribune.letters.actions import FieldTooLong, create, revise
from tribune.letters.models import Letter, Version

WAS = {"authors": "Un collectif", "addressee": "Madame la ministre"}
BECAME = {"authors": "Le parti X", "addressee": "Monsieur Dupont, candidat"}
TYPED = {"given_name": "Zoé", "family_name": "Évrard", "email": "zoe@example.org", "publish": "y"}


@pytest.fixture
def letter(app: Flask) -> Letter:
    return make_letter(slug="rues", **WAS)


def words(page: str) -> str:
    return " ".join(page.replace("\u202f", " ").replace("\u00a0", " ").split())


def test_a_change_after_a_confirmation_gives_its_reason_and_is_told_to_readers(client: Reader, letter: Letter) -> None:
    make_correction(letter, text="Un second texte.", **WAS)
    client.log_in(owner_of(letter))
    form = {**begin(client, letter), **BECAME}
    answer = client.post(edit_page(letter), data=form)
    assert answer.status_code == 422 and 'id="reason-error"' in answer.text
    assert "Dupont" not in client.get("/letters/rues").text
    # Nobody has signed the second version: it is edited in place, as its text would be.
    assert client.post(edit_page(letter), data={**form, "reason": "Elle a été remplacée."}).status_code == 303
    assert (letter.version_number, letter.version.reason) == (2, "Une coquille. – Elle a été remplacée.")
    page = words(client.get("/letters/rues/versions").text)
    assert "Elle a été remplacée." in page and "n’a pas changé" not in page
    for path, here, gone in (("/1", WAS, BECAME), ("/2", BECAME, WAS)):
        page = client.get(f"/letters/rues/versions{path}").text
        assert all(name in page for name in here.values()) and not any(name in page for name in gone.values())
    page = client.get("/letters/rues/versions/2/changes").text
    for name in ("collectif", "Le parti X", "Madame la ministre", "Monsieur Dupont, candidat"):
        assert name in page
    page = client.get("/letters/rues").text
    assert "Monsieur Dupont" in page and "Le parti X" in page and "Texte modifié le" in page


@ON_SQLITE
def test_who_stood_under_the_names_of_before_reads_again(client: Reader, letter: Letter) -> None:
    client.sign("rues")
    form = {**client.fields("/letters/rues"), **TYPED}
    revise(letter, by=None, **BECAME)
    assert letter.version_number == 2 and latest_signature().letter_version == 1
    answer = client.post("/letters/rues/sign?lang=en", data=form)
    assert answer.status_code == 422 and "was changed while you were reading" in answer.text
    assert "Monsieur Dupont, candidat" in answer.text and "Le parti X" in answer.text
    assert "/letters/rues/versions/2/changes" in answer.text


def test_names_under_which_nobody_signed_are_edited_in_place(letter: Letter) -> None:
    before = letter.version.digest
    revise(letter, by=None, **BECAME)
    assert letter.version_number == 1 and letter.version.digest != before
    assert (letter.version.authors, letter.version.addressee) == tuple(BECAME.values())
    assert letter.revision == 2
    revise(letter, by=None)
    assert letter.revision == 2


def test_one_name_is_not_taken_for_the_other(letter: Letter) -> None:
    read = letter.version.digest
    turned = revise(letter, by=None, authors=WAS["addressee"], addressee=WAS["authors"])
    assert turned.digest != read


def test_names_are_compared_like_a_title() -> None:
    was, became = (Version(title="Rues", standfirst="", text="x", **names) for names in (WAS, BECAME))
    found = changes(was, became, "fr")
    assert marked(found.addressee) == ["-Madame la ministre-", "+Monsieur Dupont, candidat+"]
    assert marked(found.authors) == ["-Un collectif-", "+Le parti X+"]
    assert found.any and not changes(was, was, "fr").any


@ON_SQLITE
def test_the_pdf_prints_the_digest_of_all_that_was_signed(letter: Letter) -> None:
    version = letter.version
    whole = "\0".join((version.title, version.standfirst, version.text, "Un collectif", "Madame la ministre"))
    said = contents(letter, (), (), now())
    assert sha256(whole.encode()).hexdigest() in said["words"]["version"]
    assert (said["authors"], said["addressee"]) == ("Un collectif", "À Madame la ministre")  # as on the page


@ON_SQLITE
def test_names_that_are_too_long_are_refused(letter: Letter) -> None:
    for name in WAS:
        with pytest.raises(FieldTooLong, match="300"):
            create(letter.team, title="Rues", text="x", **{name: "x" * 301})
        with pytest.raises(FieldTooLong, match="300"):
            revise(letter, by=None, **{name: "x" * 301})
