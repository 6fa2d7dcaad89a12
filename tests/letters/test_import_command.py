"""`flask letters import`: a page as it was printed becomes a letter with its list, or nothing at all."""

import unicodedata
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.databases import ON_SQLITE
from tests.factories import everything, make_letter, make_organiser
from tests.page import Reader, listed
from tribune.database import db
from tribune.demo.commands import TEXT
from tribune.letters.models import Letter
from tribune.letters.queries import letter_by_slug
from tribune.signatures.models import Signature
from tribune.teams.queries import team_of

PAGE = """Un collectif demande, dans cette tribune, que les rues soient rendues aux enfants.

Nous voulons jouer dehors. La ville est à tous, et les voitures y prennent toute la place depuis trop longtemps.

Signataires :

Ismaël Le Mouël et Léa Thomassin, Fondateurs de HelloAsso
Bruno Humbert, Président de la Ruche
30Laure Drevillon, Fondatrice One Heart communication

Lire sur Mediapart
"""


def run(app: Flask, *words: str | Path) -> tuple[int, str, str]:
    """The exit code of the command, and what it printed on each stream."""
    done = app.test_cli_runner().invoke(args=["letters", "import", *map(str, words)])
    db.session.rollback()
    return done.exit_code, done.stdout, done.stderr


@pytest.fixture
def page(tmp_path: Path) -> Path:
    file = tmp_path / "page.txt"
    file.write_text(PAGE, "utf-8")
    return file


@ON_SQLITE
def test_a_printed_page_becomes_a_letter_with_its_first_signatories(client: Reader, app: Flask, page: Path) -> None:
    organiser = make_organiser()
    code, output, _ = run(app, page, "--title", "Rendez-nous la rue", "--publish")
    slug = output.splitlines()[-1]
    assert (code, slug) == (0, "rendez-nous-la-rue")
    letter = letter_by_slug(slug)
    assert letter and (letter.outlet, letter.attested_count, letter.confirmed_count) == ("Mediapart", 4, 0)
    assert (letter.controller, letter.contact) == (organiser.name, organiser.email)  # as of one that is pasted
    seen = client.get(f"/letters/{slug}")
    assert "rendues aux enfants" in seen.text and "Nous voulons jouer dehors." in seen.text
    assert listed(seen.text)[:2] == PAGE.splitlines()[6:8]  # the line stays as it was printed


@ON_SQLITE
def test_letters_whose_accents_stand_apart_are_put_together_as_in_a_form(app: Flask, page: Path) -> None:
    make_organiser()
    page.write_text(unicodedata.normalize("NFD", PAGE.replace("longtemps.", "oublié ?")), "utf-8")
    run(app, page, "--title", "Rues", "--slug", "rues")
    letter = letter_by_slug("rues")
    assert letter and letter.version.text.endswith("oublié ?") and "oublié\u202f?" in letter.version.html
    assert "Le Mouël" in db.session.scalars(sa.select(Signature.family_name)).all()


@ON_SQLITE
def test_each_is_attested_with_role_and_organisation_apart(app: Flask, page: Path) -> None:
    make_organiser()
    run(app, page, "--title", "Rues")
    humbert = db.session.scalars(sa.select(Signature).where(Signature.family_name == "Humbert")).one()
    assert (humbert.given_name, humbert.role, humbert.organisation) == ("Bruno", "Président", "la Ruche")
    assert (humbert.status, humbert.origin, humbert.affiliation) == ("attested", "attested", "Président de la Ruche")
    assert humbert.position and humbert.published and not humbert.news and humbert.email is None
    assert humbert.counted_at and humbert.confirmed_at is None


@ON_SQLITE
def test_the_command_says_what_it_understood_and_what_it_doubts(app: Flask, page: Path) -> None:
    make_organiser()
    code, output, errors = run(app, page)
    assert (code, errors) == (0, "")
    for said in (
        "No title found; proposed:",
        "Standfirst: Un collectif",
        "Signatories: 4 on 3 lines",
        "  2. Bruno Humbert | Président | la Ruche",
        "Printed by: Mediapart",
        "Left out: Lire sur Mediapart",
        "Doubt: '30Laure Drevillon, Fondatrice One Heart communication': There are digits in the name",
    ):
        assert said in output
    assert "Authors:" not in output
    assert letter_by_slug(output.splitlines()[-1])


@ON_SQLITE
def test_the_title_of_the_page_is_left_out_for_another_and_said(app: Flask, page: Path) -> None:
    make_organiser()
    parted = PAGE.replace("Nous voulons", "## Dehors\n\nNous voulons").partition("Lire sur")[0]
    page.write_text(f"# Rues scolaires\n\n{parted}", "utf-8")
    for other in ([], ["--title", "Rues scolaires"]):
        assert "Left out: Rues scolaires" not in run(app, page, *other)[1]
    output = run(app, page, "--title", "Rendez-nous la rue")[1]
    assert "Left out: Rues scolaires\n" in output and "\nSubheading: Dehors\nParagraphs: 1\n" in output
    assert "Title:" not in output and "Printed by:" not in output


@ON_SQLITE
def test_the_authors_a_page_names_are_taken_unless_others_are_given(app: Flask, page: Path) -> None:
    make_organiser()
    page.write_text(f"Par Zoé Évrard et Luc Da\n\n{PAGE}", "utf-8")
    assert "Authors: Zoé Évrard et Luc Da\n" in run(app, page, "--slug", "named")[1]
    run(app, page, "--slug", "given", "--authors", "La Ruche")
    authors = [letter.version.authors for letter in map(letter_by_slug, ("named", "given")) if letter]
    assert authors == ["Zoé Évrard et Luc Da", "La Ruche"]


@ON_SQLITE
def test_without_publish_the_letter_is_a_draft(client: Reader, app: Flask, page: Path) -> None:
    make_organiser()
    _, output, _ = run(app, page, "--slug", "rues")
    assert output.splitlines()[-1] == "rues"
    assert client.get("/letters/rues").status_code == 404


@ON_SQLITE
def test_an_organiser_without_a_name_answers_by_their_address(client: Reader, app: Flask, page: Path) -> None:
    organiser = make_organiser(name="")
    assert run(app, page, "--slug", "rues", "--publish")[0] == 0
    letter = letter_by_slug("rues")
    assert letter and (letter.controller, letter.contact) == (organiser.email, organiser.email)
    assert organiser.email in client.get("/letters/rues/sign").text


@ON_SQLITE
def test_nothing_is_published_that_lacks_what_readers_need(app: Flask, page: Path) -> None:
    make_organiser()
    before = everything()
    code, _, errors = run(app, page, "--title", " ", "--publish")
    assert code == 1 and "it lacks a title" in errors and "without --publish, then fill this in on its page" in errors
    assert everything() == before


def test_the_demo_page_is_read_whole(client: Reader, app: Flask) -> None:
    make_organiser()
    code, output, _ = run(app, TEXT, "--slug", "demo", "--publish")
    assert code == 0 and "Signatories: 45 on 44 lines" in output
    lines = listed(client.get("/letters/demo").text)
    assert len(lines) == 44 and lines[7] == "Bruno Humbert, Président de la Ruche"


def test_the_letter_belongs_to_the_organiser_who_was_named_or_else_to_the_oldest(app: Flask, page: Path) -> None:
    alice, bob = make_organiser(email="alice@example.org"), make_organiser(email="bob@example.org")
    assert run(app, page, "--organiser", "Bob@example.org")[0] == run(app, page)[0] == 0
    letters = db.session.scalars(sa.select(Letter).order_by(Letter.id))
    assert [letter.team_id for letter in letters] == [team_of(bob).id, team_of(alice).id]


LONG = "é" * 120
SHORT = "Un texte.\n\nSignataires :\n"
WRONG: dict[str, tuple[bytes, list[str], str]] = {
    "not UTF-8": (b"\xff\xfe\x00", [], "UTF-8"),
    "too large": (b"x" * (1024 * 1024 + 1), [], "1 MB"),
    "text too long": (("Un mot. " * 9000).encode(), ["--title", "T"], "64 kB"),
    "slug taken": (PAGE.encode(), ["--slug", "Taken"], "--slug"),
    "title too long": (PAGE.encode(), ["--title", "x" * 301], "300"),
    "outlet too long": (PAGE.encode(), ["--outlet", "x" * 101], "100"),
    "unseen in the title": (PAGE.encode(), ["--title", "Les \u202erues"], "title"),
    "accents without end": (PAGE.encode(), ["--authors", "Zoé" + "\u0302" * 9], "authors"),
    "a link without a name": (f"{SHORT}Ana Ba".encode(), ["--outlet-url", "https://example.org/a"], "--outlet"),
    "a link in a line": (f"{SHORT}Ana Ba, autrice de www.example.org".encode(), [], "Correct the file"),
    "nobody of that address": (PAGE.encode(), ["--organiser", "nobody@example.org"], "nobody@example.org"),
    "no address": (PAGE.encode(), ["--organiser", "nobody"], "nobody"),
}


@ON_SQLITE
def test_what_cannot_be_imported_is_said_in_a_sentence_and_nothing_is_half_done(app: Flask, tmp_path: Path) -> None:
    file = tmp_path / "page.txt"
    make_letter(slug="taken")
    before = everything()
    for case, (content, words, said) in WRONG.items():
        file.write_bytes(content)
        code, _, errors = run(app, file, *words)
        assert code == 1, case
        assert errors.startswith("Error: ") and errors.count("\n") == 1 and said in errors
    code, _, errors = run(app, file, "--outlet-url", "lemonde.example.org")
    assert code == 2 and "'lemonde.example.org' is not an address that starts with https://" in errors
    code, _, errors = run(app, file, "--printed-on", "0026-11-24")
    assert code == 2 and "four digits" in errors
    assert everything() == before


@ON_SQLITE
def test_nobody_is_imported_whom_the_review_of_a_pasted_page_would_refuse(app: Flask, tmp_path: Path) -> None:
    make_organiser()
    file, before = tmp_path / "page.txt", everything()
    people = "Ana Ba, ma\u0302\u0302\u0302\u0302ire\nZoé paris.fr\nLéa Vu 06 12 34 56 78\nPaul Duan, maire"
    file.write_text(f"# Les \u202erues\n\n{SHORT}{people}\n", "utf-8")
    code, output, errors = run(app, file)
    refused = [line.split(": ")[1] for line in output.splitlines() if line.startswith("Refused: ")]
    assert refused == ["'Ana Ba'", "'Zoé paris.fr'", "'Léa Vu 06 12 34 56 78'"]
    assert code == 1 and "as they stand: 3." in errors and "Leave out telephone numbers" in output
    assert everything() == before
    file.write_text(f"# Les \u202erues\n\n{SHORT}Ana \u202eBa, maire\n", "utf-8")
    assert run(app, file, "--authors", " La\nRuche ")[0] == 0
    letter = letter_by_slug("les-rues")
    assert letter and (letter.version.title, letter.version.authors) == ("Les rues", "La Ruche")
    assert db.session.scalars(sa.select(Signature.family_name)).all() == ["Ba"]


@ON_SQLITE
def test_without_any_account_there_is_nobody_to_give_the_letter_to(app: Flask, page: Path) -> None:
    code, _, errors = run(app, page)
    assert code == 1 and "flask organisers add" in errors
    assert db.session.scalars(sa.select(Letter)).all() == []


@ON_SQLITE
def test_a_file_that_is_not_there_is_wrong_usage(app: Flask, tmp_path: Path) -> None:
    make_organiser()
    assert run(app, tmp_path / "nowhere.txt")[0] == 2
    assert run(app, tmp_path)[0] == 2


STRANGE = {
    "empty": "",
    "blank": " \n\n ",
    "NUL and controls": "Un texte\0 avec\x01 des signes.\n\nSignataires :\nLéa\0 Martin, maire\n",
    "half a character": "\ufeffUn texte \ufffd.\n\nSignataires :\nLéa Martin\n",
    "very long names": f"Un texte.\n\nSignataires :\n{LONG}\nLéa {LONG}, {LONG} de {LONG}{LONG}\nA, {'b ' * 300}\n",
    "a long outlet": f"Un texte.\n\nLire sur {LONG}\n\nSignataires :\nLéa Martin\n",
    "a long first line": f"{'mot ' * 200}\n\nUn texte.\n",
    "ligatures": f"Un texte.\n\nSignataires :\nLéa Martin, maire ({chr(0xFDFA) * 199})\n",
    "a script": "# <script>alert(1)</script>\n\n<script>alert(1)</script>\n\nSignataires :\n<script>x</script>\n",
}


def test_a_strange_page_is_imported_as_well_as_it_can_be(client: Reader, app: Flask, tmp_path: Path) -> None:
    file = tmp_path / "page.txt"
    make_organiser()
    for case, content in STRANGE.items():
        file.write_text(content, "utf-8")
        code, output, errors = run(app, file, "--publish")
        if code:  # nothing to publish: said, and nothing made
            assert (code, errors) == (1, "Error: No text of a letter was found in this file.\n"), case
            continue
        slug = output.splitlines()[-1]
        assert "<script>" not in client.get(f"/letters/{slug}").text
        assert client.get(f"/letters/{slug}/signatories").status_code == 200
