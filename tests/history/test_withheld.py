"""A version that whoever runs the site withholds, as the team of its letter sees it: told at once, read by owners."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from tests.databases import ON_SQLITE
from tests.desk.desk import read
from tests.factories import make_correction, make_letter, make_member, make_organiser, owner_of
from tests.page import Reader, words
from tribune.audit.models import Event, Verb
from tribune.database import now, write
from tribune.letters.models import Letter
from tribune.notices import actions, withholding
from tribune.teams.models import Role

pytestmark = ON_SQLITE

UNLAWFUL = ("Le maire vole", "Le maire est un voleur", "Ceux qu’il vole", "Au voleur", "Le texte accuse enfin")
WHY = "Une phrase accuse quelqu’un.\nUn juge l’a dit."
TOLD = "Whoever runs this site withholds part of the history of the text from readers."


@pytest.fixture
def letter(app: Flask) -> Letter:
    """A letter of three versions, the second of which is withheld."""
    letter = make_letter(slug="rues", title="Nos rues", text="Un texte.")
    accusing = {"title": "Le maire vole", "text": "Le maire est un voleur.", "authors": "Ceux qu'il vole"}
    make_correction(letter, reason="Le texte accuse enfin.", standfirst="Au voleur !", substance=True, **accusing)
    make_correction(letter, title="Nos rues", text="Un texte juste.", standfirst="", authors="", reason="Une coquille.")
    with time_machine.travel("2042-11-24 23:30Z"):
        withholding.withhold(letter, 2, "text", WHY)
    return letter


def page_of(letter: Letter) -> str:
    return f"/manage/letters/{letter.id}/withheld"


@pytest.mark.parametrize("role", Role)
def test_the_team_is_told_which_since_when_and_why_and_owners_read_the_words(
    app: Flask, client: Reader, letter: Letter, role: Role
) -> None:
    app.config["OPERATOR_CONTACT"] = "operator@example.org"
    client.log_in(make_member(letter, role))
    desk = read(client, letter)
    assert TOLD in desk and f'href="{page_of(letter)}?lang=en"' in desk
    answer = client.get(f"{page_of(letter)}?lang=en")
    told = words(answer.text)
    for sentence in (
        "Version 2",
        "Withheld from readers by whoever runs this site: its text, and any reason given for it.",
        "given for it. Since 25 November 2042",
        "Reason: Une phrase accuse quelqu’un. Un juge l’a dit.",
        "The history of the text tells readers which version is withheld, and by whom. If you do not agree, write to",
        "agree, write to operator@example.org",
    ):
        assert sentence in told, sentence
    seen = {phrase for phrase in UNLAWFUL if phrase in told.replace("\N{NO-BREAK SPACE}", " ")}
    assert seen == (set(UNLAWFUL) if role is Role.OWNER else set())
    assert ("The owners of the team can read here what is withheld." in told) is (role is not Role.OWNER)
    assert answer.headers["Cache-Control"] == "no-store"
    assert '<meta name="robots" content="noindex">' in answer.text


def test_nobody_else_reads_it(app: Flask, client: Reader, letter: Letter) -> None:
    assert client.get(page_of(letter)).location == "/organisers/log-in"
    client.log_in(make_organiser())
    answer = client.get(page_of(letter))
    assert answer.status_code == 404 and not any(phrase in answer.text for phrase in (*UNLAWFUL, "Un juge"))
    other = make_letter()
    client.log_in(owner_of(other))
    assert client.get(page_of(letter)).status_code == 404
    assert TOLD not in read(client, other) and "No version is withheld." in client.get(f"{page_of(other)}?lang=en").text


def test_of_a_reason_alone_its_text_is_no_secret_and_not_repeated(client: Reader, letter: Letter) -> None:
    withholding.withhold(letter, 3, "reason", "Le motif accuse aussi.")
    client.log_in(owner_of(letter))
    second, third = client.get(f"{page_of(letter)}?lang=en").text.split('id="version-3"')
    assert "Le maire vole" in second and "Une coquille." not in second
    assert "only the reason given for it" in third and "Une coquille." in third and "Un texte juste" not in third


def test_once_it_is_disclosed_nothing_is_told(client: Reader, letter: Letter) -> None:
    withholding.disclose(letter, 2)
    client.log_in(owner_of(letter))
    assert TOLD not in read(client, letter)
    page = client.get(f"{page_of(letter)}?lang=en").text
    assert "No version is withheld." in page and not any(phrase in page for phrase in (*UNLAWFUL, "Un juge"))


def test_withheld_again_it_is_so_since_the_last_time(client: Reader, letter: Letter) -> None:
    withholding.disclose(letter, 2)
    with time_machine.travel("2042-12-01 12:00Z"):
        withholding.withhold(letter, 2, "reason", WHY)
    client.log_in(owner_of(letter))
    assert "only the reason given for it. Since 1 December 2042" in words(client.get(f"{page_of(letter)}?lang=en").text)


def test_when_the_log_has_forgotten_it_no_day_is_told(client: Reader, letter: Letter) -> None:
    other = make_letter()
    with write() as session:
        session.execute(sa.delete(Event).where(Event.letter_id == letter.id))
        of_other = {"letter_id": other.id, "team_id": other.team_id, "details": {"number": 2}}
        session.add(Event(verb=Verb.VERSION_WITHHELD, **of_other))
    client.log_in(owner_of(letter))
    told = words(client.get(f"{page_of(letter)}?lang=en").text)
    assert "its text, and any reason given for it. Reason:" in told


def test_under_a_letter_that_is_taken_down_owners_read_it_too(client: Reader, letter: Letter) -> None:
    with time_machine.travel(now() + timedelta(seconds=1)):
        actions.take_down(letter, "Tout est à revoir.")
    client.log_in(owner_of(letter))
    told = words(client.get(f"{page_of(letter)}?lang=en").text)
    assert "Le maire vole" in told and "The history of the text tells readers" not in told
