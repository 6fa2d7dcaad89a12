"""The site's own CSV of signatures, taken to another letter: the same people, their words and their consents."""

from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.databases import ON_SQLITE
from tests.factories import make_letter, make_organiser, make_signature, owner_of
from tests.importing.files import written
from tests.shell import shell
from tribune.database import db, now, write
from tribune.exports.spreadsheet import safe, typed
from tribune.letters.models import Letter
from tribune.mine.actions import withdraw
from tribune.mine.erasing import erase
from tribune.names import sort_key
from tribune.organisations.actions import merge
from tribune.people.first import part
from tribune.people.order import order_shown_as
from tribune.people.queries import places
from tribune.signatures.actions import confirm
from tribune.signatures.models import Signature
from tribune.signatures.table import line_writer

KEPT = ("given_name", "family_name", "role", "organisation", "email", "published", "news")


def people(slug: str) -> list[tuple[object, ...]]:
    db.session.remove()
    under = sa.select(Signature).join(Letter).where(Letter.slug == slug)
    rows = db.session.scalars(under.order_by(Signature.email))
    return [tuple(getattr(row, name) for name in (*KEPT, "signed_at")) for row in rows]


def test_what_one_letter_gives_another_takes(app: Flask, tmp_path: Path) -> None:
    here, _there = make_letter(slug="here"), make_letter(slug="there")
    made = {"role": "maire", "organisation": "Ville de Brest"}
    make_signature(here, **made, email="ana@example.org", news=True)
    make_signature(here, **made, email="lea@example.org", news=True, published=False)
    make_signature(here, given_name="J.", family_name="K.", email="jk@example.org", news=True)  # their whole name
    for signature in db.session.scalars(sa.select(Signature)):
        signature.signed_at = signature.signed_at.replace(microsecond=0)  # as files tell moments
    db.session.commit()
    file = tmp_path / "own.csv"
    for delimiter in ("semicolon", "comma"):
        assert shell(app, "signatures", "export", "here", "--delimiter", delimiter, "--output", file)[0] == 0
        code, said = shell(app, "signatures", "import", "there", file, "--attest", "--reason", "Un essai.", "--yes")
        assert code == 0, said
        assert people("there") == people("here")


FIRST = """\
Ismaël Le Mouël et Léa Thomassin, Fondateurs de HelloAsso
Bruno Humbert, Président de la Ruche
Gérald Elbaze, Associé-Gérant Médias-Cité
Nathan Stern, Ingénieur social
Thomas Piketty, directeur d’études à l’EHESS et professeur à l’École d’économie de Paris
Camille, chanteuse
"""


def taken(app: Flask, folder: Path) -> Path:
    """The file of everybody under the letter `here`."""
    file = folder / "own.csv"
    assert shell(app, "signatures", "export", "here", "--status", "all", "--output", file)[0] == 0
    return file


def given(app: Flask, slug: str, file: Path, *more: str) -> str:
    """What is said of it, attested under a letter."""
    code, said = shell(app, "signatures", "import", slug, file, "--attest", "--reason", "Un essai.", "--yes", *more)
    assert code == 0, said
    return said


def lines(slug: str) -> list[str]:
    db.session.remove()
    letter = db.session.scalars(sa.select(Letter).where(Letter.slug == slug)).one()
    written = line_writer(letter)
    of_it = sa.select(Signature).where(Signature.letter_id == letter.id, Signature.hidden_at.is_(None))
    return [written(signature) for signature in db.session.scalars(of_it.order_by(Signature.id))]


def test_every_line_reads_as_it_did(app: Flask, tmp_path: Path) -> None:
    here, _there = make_letter(slug="here", first=FIRST), make_letter(slug="there")
    make_signature(here, role="-", organisation="@NousToutes ; -")
    make_signature(here, role="maire, poète", organisation="Ville de Lyon (69)", as_organisation=True)
    make_signature(here, role="maire", organisation="Le Port")
    given(app, "there", taken(app, tmp_path))
    [shared, _same, *apart] = lines("here")
    founders = [f"{name}, Fondateurs de HelloAsso" for name in ("Ismaël Le Mouël", "Léa Thomassin")]
    assert shared == "Ismaël Le Mouël et Léa Thomassin, Fondateurs de HelloAsso"
    assert lines("there") == [*founders, *apart]


def test_who_shared_a_line_keeps_its_words_alone(app: Flask, tmp_path: Path) -> None:
    here, _there = make_letter(slug="here", first=FIRST), make_letter(slug="there")
    lea = db.session.scalars(sa.select(Signature).where(Signature.given_name == "Léa")).one()
    part(here, lea, by=owner_of(here), seen_as=order_shown_as(places(here)))
    given(app, "there", taken(app, tmp_path))
    founders = [f"{name}, Fondateurs de HelloAsso" for name in ("Ismaël Le Mouël", "Léa Thomassin")]
    assert lines("there") == lines("here") and lines("there")[:2] == founders


@ON_SQLITE
def test_a_name_in_capitals_or_with_a_title_stays_as_it_was_typed(app: Flask, tmp_path: Path) -> None:
    here, _there = make_letter(slug="here", first="JR, artiste"), make_letter(slug="there")
    make_signature(here, family_name="DE LA TOUR", role="maire")
    make_signature(here, given_name="M. Luc", family_name="MC Solaar")
    said = given(app, "there", taken(app, tmp_path))
    assert "in capitals" not in said and "was left out" not in said
    assert lines("there") == lines("here") == ["JR, artiste", "Zoé DE LA TOUR, maire", "M. Luc MC Solaar"]


@ON_SQLITE
def test_what_was_corrected_in_the_file_is_printed(app: Flask, tmp_path: Path) -> None:
    make_letter(slug="here", first="Bruno Humbert, Président de la Ruche"), make_letter(slug="there")
    file = taken(app, tmp_path)
    file.write_text(file.read_text().replace(";Président;", ";Présidente;"))
    given(app, "there", file)
    assert lines("there") == ["Bruno Humbert, Présidente (la Ruche)"]


@ON_SQLITE
def test_one_name_alone_is_a_family_name_whichever_cell_it_was_moved_to(app: Flask, tmp_path: Path) -> None:
    make_letter(slug="here", first="Colette, autrice"), make_letter(slug="there")
    file = taken(app, tmp_path)
    file.write_text(file.read_text().replace(";;Colette;", ";Colette;;"))
    given(app, "there", file)
    [colette] = db.session.scalars(sa.select(Signature).join(Letter).where(Letter.slug == "there"))
    assert (colette.given_name, colette.family_name, colette.sort_key) == ("", "Colette", sort_key("Colette", ""))


@ON_SQLITE
def test_a_merged_spelling_is_the_one_that_was_typed(app: Flask, tmp_path: Path) -> None:
    here, _there = make_letter(slug="here"), make_letter(slug="there")
    signature = make_signature(here, family_name="Ba", organisation="emmaus", as_organisation=True)
    merge(here, [signature.organisation_key], "Emmaüs France", make_organiser())
    given(app, "there", taken(app, tmp_path))
    assert lines("here") == ["Emmaüs France, par la voix de Zoé Ba"]
    assert lines("there") == ["emmaus, par la voix de Zoé Ba"]


def test_nobody_is_answered_for_who_had_not_confirmed_or_was_held_and_who_was_hidden_stays_so(
    app: Flask, tmp_path: Path
) -> None:
    here, _there = make_letter(slug="here"), make_letter(slug="there")
    make_signature(here, family_name="Pending", confirmed=False)
    held, hidden = (make_signature(here, family_name=name) for name in ("Held", "Hidden"))
    make_signature(here, family_name="Counts")
    with write():
        held.held_at = hidden.hidden_at = now()
    said = given(app, "there", taken(app, tmp_path))
    assert "Zoé Pending\tThey never confirmed it there" in said and "Zoé Held\tIt was held" in said
    found = db.session.scalars(sa.select(Signature).join(Letter).where(Letter.slug == "there").order_by(Signature.id))
    assert [(one.family_name, one.status, one.is_shown) for one in found] == [
        ("Hidden", "hidden", False),
        ("Counts", "attested", True),
    ]


def test_who_was_hidden_is_answered_for_if_anybody_did_there(app: Flask, tmp_path: Path) -> None:
    here, _there = make_letter(slug="here", first="Ana Bo, maire"), make_letter(slug="there")
    make_signature(here, family_name="Nobody", confirmed=False)
    with write() as session:
        session.execute(sa.update(Signature).values(hidden_at=now()))
    assert "Zoé Nobody\tThey never confirmed it there" in given(app, "there", taken(app, tmp_path))
    found = db.session.scalars(sa.select(Signature).join(Letter).where(Letter.slug == "there"))
    assert [(one.given_name, one.status) for one in found] == [("Ana", "hidden")]


@ON_SQLITE
@pytest.mark.parametrize("shows", ["yes", "initials", "no"])
@pytest.mark.parametrize("is_such", [False, True])
def test_who_agreed_to_initials_is_not_named(app: Flask, tmp_path: Path, shows: str, is_such: bool) -> None:
    here, _there = make_letter(slug="here", public_list="initials"), make_letter(slug="there", public_list=shows)
    make_signature(here, family_name="Évrard", organisation="Le Port", as_organisation=is_such)
    said = given(app, "there", taken(app, tmp_path))
    [signature] = db.session.scalars(sa.select(Signature).join(Letter).where(Letter.slug == "there"))
    assert ("There, they agreed only to their initials being shown" in said) is (shows == "yes")
    assert (signature.published, signature.wording) == (shows != "yes", "import-initials")
    if shows == "initials":
        assert lines("there") == lines("here")


@ON_SQLITE
@pytest.mark.parametrize("is_such", [False, True])
def test_nor_is_who_agreed_to_them_under_a_name_corrected_in_the_file(
    app: Flask, tmp_path: Path, is_such: bool
) -> None:
    here, _there = make_letter(slug="here", public_list="initials"), make_letter(slug="there")
    make_signature(here, family_name="Evrard", organisation="Le Port", as_organisation=is_such)
    file = taken(app, tmp_path)
    file.write_text(file.read_text().replace(";Evrard;", ";Évrard;"))
    given(app, "there", file)
    [signature] = db.session.scalars(sa.select(Signature).join(Letter).where(Letter.slug == "there"))
    assert (signature.family_name, signature.published, signature.wording) == ("Évrard", False, "import-initials")


@ON_SQLITE
def test_whom_its_organisers_answer_for_is_named_after_all(app: Flask, tmp_path: Path) -> None:
    here, _there = make_letter(slug="here", public_list="initials"), make_letter(slug="there")
    make_signature(here, family_name="Évrard")
    given(app, "there", taken(app, tmp_path), "--published")
    [signature] = db.session.scalars(sa.select(Signature).join(Letter).where(Letter.slug == "there"))
    assert (signature.published, signature.wording) == (True, "import")


def test_nobody_is_twice_under_the_letter_that_the_file_is_of(app: Flask, tmp_path: Path) -> None:
    here = make_letter(slug="here", first=FIRST)
    make_signature(here), make_signature(here, news=True)
    left, erased = (make_signature(here).id for _ in range(2))
    letter_id, file = here.id, taken(app, tmp_path)
    with write() as session:
        session.execute(sa.update(Signature).where(Signature.id == left).values(withdrawn_at=now(), counted_at=None))
    erase(erased, db.session.get_one(Signature, erased).link_nonce)
    said = given(app, "here", file)
    assert "0\tto add" in said and "10\tthere already" in said and "1\tleft out" in said
    given_elsewhere = make_letter(slug="there")
    assert "1\tleft out" in given(app, given_elsewhere.slug, file)
    waits = make_signature(db.session.get_one(Letter, letter_id), confirmed=False).public_id
    written(tmp_path, f"id,given_name,family_name,email,printed_line\n{waits},Zoé,Roux,zoe@example.org,Zoé Roux\n")
    code, said = shell(app, "signatures", "import", "here", tmp_path / "signatures.csv", "--yes")
    assert code == 0 and "0\tto add" in said and "1\tthere already" in said, said  # nor asked once more


@pytest.mark.parametrize("text", ["-", "-1", "=A1", "@NousToutes", "'t Hooft", "-Ange", "a ; -", "x;=1", "R&D", ""])
def test_a_cell_is_read_as_it_was_typed(text: str) -> None:
    assert typed(safe(text)) == text


@ON_SQLITE
@pytest.mark.parametrize("then", [lambda *_: None, withdraw, erase])
def test_whose_own_word_took_the_place_of_the_organisers_is_not_added_by_a_file_of_before(
    app: Flask, tmp_path: Path, then: Callable[[int, str], object]
) -> None:
    make_letter(slug="here")
    text = "Prénom,Nom,Courriel\nZoé,Évrard,zoe@example.org\nAna,Ba,ana@example.org\n"
    given(app, "here", written(tmp_path, text))
    file = taken(app, tmp_path)
    assert "zoe@" not in file.read_text()
    here = db.session.scalars(sa.select(Letter)).one()
    own = make_signature(here, family_name="Évrard-Ba", email="zoe@example.org", confirmed=False)
    confirm(own.id, own.link_nonce)
    then(own.id, own.link_nonce)
    assert "0\tto add" in given(app, "here", file)
    assert "2\tto add" in given(app, make_letter(slug="there").slug, file)
