"""Everybody signs exactly the words they saw: a form names the text of its page, and no other."""

from flask import Flask

from tests.databases import ON_SQLITE
from tests.factories import everything, latest_signature, make_correction, make_letter
from tests.page import Reader
from tribune.letters.actions import revise
from tribune.letters.models import Letter

PATH = "/letters/rues/sign"
TYPED = {"given_name": "Zoé", "family_name": "Évrard", "email": "zoe@example.org", "role": "éditrice", "publish": "y"}


def rewrite(letter: Letter, text: str) -> None:
    revise(letter, by=None, text=text)


@ON_SQLITE
def test_a_form_names_the_text_of_its_page(client: Reader) -> None:
    letter = make_letter(slug="rues")
    named = client.fields(PATH)["version"]
    assert named == client.fields("/letters/rues")["version"] == letter.version.digest
    assert len(named) * 4 >= 128  # bits: of fewer, two texts with one name can be found


@ON_SQLITE
def test_a_text_changed_while_one_read_is_read_again_before_it_is_signed(client: Reader) -> None:
    letter = make_letter(slug="rues")
    form = {**client.fields("/letters/rues"), **TYPED}
    rewrite(letter, "D’autres *mots*.")  # in place: nobody had signed
    before = everything()
    answer = client.post(PATH + "?lang=en", data=form)
    assert answer.status_code == 422 and everything() == before
    assert "was changed while you were reading" in answer.text and 'href="#version"' in answer.text
    assert "<em>mots</em>" in answer.text and "/versions/" not in answer.text
    assert 'value="éditrice"' in answer.text and "checked" in answer.text
    fresh = client.fields(PATH)["version"]
    assert f'name="version" value="{fresh}"' in answer.text
    assert client.post(PATH, data={**form, "version": fresh}).status_code == 303


@ON_SQLITE
def test_a_new_version_is_shown_with_what_it_changed(client: Reader) -> None:
    letter = make_letter(slug="rues")
    form = {**client.fields(PATH), **TYPED}
    make_correction(letter)
    answer = client.post(PATH, data=form)
    assert answer.status_code == 422 and 'href="/letters/rues/versions/2/changes"' in answer.text
    client.post(PATH, data={**form, "version": client.fields(PATH)["version"]})
    assert latest_signature().letter_version == 2


@ON_SQLITE
def test_other_errors_do_not_hide_that_the_text_changed(client: Reader) -> None:
    letter = make_letter(slug="rues")
    form = {**client.fields(PATH), **TYPED, "email": "zoe", "stamp": "x"}
    rewrite(letter, "D’autres mots.")
    answer = client.post(PATH + "?lang=en", data=form)
    assert answer.status_code == 422
    assert "was changed while you were reading" in answer.text and "No email can reach this address" in answer.text


@ON_SQLITE
def test_words_that_were_put_back_are_the_words_that_were_read(client: Reader) -> None:
    letter = make_letter(slug="rues")
    form = {**client.fields(PATH), **TYPED}
    rewrite(letter, "D’autres mots.")
    rewrite(letter, "Un paragraphe.")
    assert client.post(PATH, data=form).status_code == 303


def test_title_and_standfirst_are_words_that_are_signed(client: Reader) -> None:
    letter = make_letter(slug="rues")
    form = {**client.fields(PATH), **TYPED}
    for title, standfirst in (("Un autre", "Un chapô."), ("Pour des rues où l'on joue", "Un autre.")):
        revise(letter, by=None, title=title, standfirst=standfirst)
        assert client.post(PATH, data=form).status_code == 422


@ON_SQLITE
def test_without_a_text_that_was_read_nothing_is_signed(app: Flask, client: Reader) -> None:
    make_letter(slug="rues")
    form = {**client.fields(PATH), **TYPED}
    before = everything()
    for version in ("", "x", "0" * 16, "é\0"):
        assert client.post(PATH, data={**form, "version": version}).status_code == 422
    del form["version"]
    assert client.post(PATH, data=form).status_code == 422
    assert everything() == before
