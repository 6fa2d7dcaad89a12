"""Changing a text: in place while nobody has signed it, then as a new version, and what people signed stays."""

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.databases import ON_SQLITE
from tests.factories import confirm_path, latest_signature, make_letter, owner_of
from tests.page import Reader
from tribune.audit.models import Event, Verb
from tribune.database import db
from tribune.invitations.announcing import launch
from tribune.letters.actions import FieldTooLong, ReasonMissing, revise
from tribune.letters.models import Letter, Version
from tribune.letters.rendering import TextTooLong
from tribune.people.adding import add
from tribune.reading.people import read_people


def correct(letter: Letter, text: str, **given: str) -> Version:
    return revise(letter, **{"by": owner_of(letter), "title": "Un titre", "text": text, **given})


def texts(letter: Letter) -> list[tuple[int, str, str]]:
    """Number, text and reason of each version."""
    found = db.session.scalars(sa.select(Version).where(Version.letter_id == letter.id).order_by(Version.number))
    return [(version.number, version.text, version.reason) for version in found]


def test_a_text_that_nobody_signed_is_edited_in_place(client: Reader) -> None:
    letter = make_letter(slug="rues")
    correct(letter, "Un autre *texte*.", standfirst="Un autre chapô.")
    assert texts(letter) == [(1, "Un autre *texte*.", "")] and letter.version_number == 1
    page = client.get("/letters/rues").text
    assert "<em>texte</em>" in page and "Un autre chapô." in page and "Un titre</h1>" in page


def test_words_that_are_not_named_stay(app: Flask) -> None:
    letter = make_letter(slug="rues", standfirst="Un chapô.", authors="Zoé Évrard")
    revise(letter, by=None, text="Un autre texte.")
    assert (letter.version.standfirst, letter.version.authors) == ("Un chapô.", "Zoé Évrard")


def test_a_text_that_was_signed_becomes_a_new_version(client: Reader) -> None:
    letter = make_letter(slug="rues")
    client.sign("rues")
    correct(letter, "Un texte corrigé.", reason="Une coquille.")  # which nobody has to give yet
    assert texts(letter) == [(1, "Un paragraphe.", ""), (2, "Un texte corrigé.", "Une coquille.")]
    assert latest_signature().letter_version == 1
    client.sign("rues", email="b@example.org")
    assert latest_signature().letter_version == 2
    assert "Un texte corrigé." in client.get("/letters/rues").text
    event = db.session.scalars(sa.select(Event).order_by(Event.id.desc())).first()
    assert event and (event.verb, event.subject) == (Verb.LETTER_CORRECTED, "Un titre")


def test_a_new_version_that_nobody_signed_yet_is_edited_in_place(client: Reader) -> None:
    letter = make_letter(slug="rues")
    client.sign("rues")
    correct(letter, "Deux.")
    correct(letter, "Deux, encore.")
    assert [text for _, text, _ in texts(letter)] == ["Un paragraphe.", "Deux, encore."]


@ON_SQLITE
def test_a_mail_that_never_left_signs_nothing(app: Flask, client: Reader) -> None:
    letter = make_letter(slug="rues")
    client.sign("rues", email="zoe@example.org")
    client.post(confirm_path(latest_signature()))
    correct(letter, "Deux.", reason="Une coquille.")
    client.sign("rues", email="zoe@example.org")  # already counted: told so, and no row
    correct(letter, "Deux, encore.", reason="Une autre.")
    assert len(texts(letter)) == 2


@ON_SQLITE
def test_after_a_confirmation_a_change_gives_its_reason(client: Reader) -> None:
    letter = make_letter(slug="rues")
    client.sign("rues")
    client.post(confirm_path(latest_signature()))
    for blank in ("", "  \n"):
        with pytest.raises(ReasonMissing):
            correct(letter, "Deux.", reason=blank)
    assert len(texts(letter)) == 1
    assert correct(letter, "Deux.", reason=" Une coquille. ").reason == "Une coquille."
    with pytest.raises(ReasonMissing):  # nobody has confirmed the second version, but somebody the first
        client.sign("rues", email="b@example.org")
        correct(letter, "Trois.")


def test_confirming_an_old_version_freezes_it_and_not_the_new(client: Reader) -> None:
    letter = make_letter(slug="rues")
    client.sign("rues")
    first = latest_signature()
    correct(letter, "Deux.")
    client.post(confirm_path(first))
    frozen = db.session.scalars(sa.select(Version.frozen_at).order_by(Version.number)).all()
    assert frozen[0] is not None and frozen[1] is None


@ON_SQLITE
def test_the_same_words_make_no_version(client: Reader) -> None:
    letter = make_letter(slug="rues", title="Un titre", standfirst="")
    client.sign("rues")
    correct(letter, "Un paragraphe.")
    assert len(texts(letter)) == 1


def test_a_change_that_does_not_fit_changes_nothing(client: Reader) -> None:
    letter = make_letter(slug="rues")
    client.sign("rues")
    with pytest.raises(FieldTooLong):
        correct(letter, "Deux.", title="x" * 301)
    with pytest.raises(TextTooLong):
        correct(letter, "é" * 40_000)
    assert len(texts(letter)) == 1


@ON_SQLITE
def test_a_version_that_nobody_signed_yet_keeps_each_reason_of_its_words(client: Reader) -> None:
    letter = make_letter(slug="rues")
    client.sign("rues")
    client.post(confirm_path(latest_signature()))
    assert correct(letter, "Des voitures.", reason="Une coquille.").number == 2
    with pytest.raises(ReasonMissing):
        correct(letter, "Le contraire.")
    version = correct(letter, "Le contraire.", reason="La demande a changé.")
    assert (version.number, version.reason) == (2, "Une coquille. – La demande a changé.")
    version = correct(letter, "Le contraire !", reason="Une coquille. – La demande a changé. Un point.")
    assert (version.number, version.reason) == (2, "Une coquille. – La demande a changé. Un point.")  # said anew, whole


def test_a_published_text_under_which_people_are_attested_is_not_edited_without_a_trace(app: Flask) -> None:
    letter = make_letter(first="Léa Martin, maire (Nantes)")
    assert correct(letter, "Le contraire.").number == 2
    draft = make_letter(first="Léa Martin, maire (Nantes)", published=False)
    assert correct(draft, "Un autre début.").number == 1


@ON_SQLITE
def test_nor_one_under_which_they_are_attested_once_it_was_announced(app: Flask) -> None:
    letter = make_letter(published=False, contact="a@example.org")
    launch(letter)
    add(letter, read_people("Léa Martin, maire (Nantes)").people, by=owner_of(letter))
    assert correct(letter, "Le contraire.").number == 2
