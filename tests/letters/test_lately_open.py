"""The letter by which a form is looked at may be a second old; what is written goes by the letter of that moment."""

import pytest
import sqlalchemy as sa

from tests.databases import ON_SQLITE
from tests.factories import latest_signature, make_letter, owner_of
from tests.page import Reader
from tests.statements import counted
from tribune.database import db
from tribune.letters import actions, life, queries
from tribune.letters.models import Letter
from tribune.signatures.models import Signature

PATH = "/letters/rues/sign"
TYPED = {"given_name": "Ada", "family_name": "Un"}


@pytest.fixture(autouse=True)
def a_long_second(monkeypatch: pytest.MonkeyPatch) -> None:
    """However slow the machine is."""
    monkeypatch.setattr(queries, "LATELY", 3600)


@pytest.fixture
def letter(client: Reader) -> Letter:
    """A letter that somebody has just signed, and that its process so knows."""
    letter = make_letter(slug="rues", title="Des rues", text="Un texte.")
    assert client.sign("rues", email="first@example.org").status_code == 303
    return letter


def how_many() -> int:
    return db.session.scalars(sa.select(sa.func.count()).select_from(Signature)).one()


def test_the_letter_is_not_read_again_within_a_second(client: Reader, letter: Letter) -> None:
    fields = {**client.fields(PATH), **TYPED, "email": "ada@example.org"}
    with counted() as said:
        assert client.post(PATH, data=fields).status_code == 303
    assert not [one for one in said if "letters.asks_role" in one]


@ON_SQLITE
def test_words_that_have_just_changed_are_signed_by_nobody_who_read_the_old_ones(
    client: Reader, letter: Letter
) -> None:
    before = client.fields(PATH)
    actions.revise(letter, by=owner_of(letter), title="Des rues", text="Un autre texte.")
    assert client.sign("rues", email="zoe@example.org", version=before["version"]).status_code == 422
    assert how_many() == 1


@ON_SQLITE
def test_words_that_have_just_changed_are_signed_by_who_read_them(client: Reader, letter: Letter) -> None:
    actions.revise(letter, by=owner_of(letter), title="Des rues", text="Un autre texte.")
    assert client.sign("rues", email="zoe@example.org").status_code == 303
    assert latest_signature().letter_version == letter.version_number == 2


@ON_SQLITE
def test_a_letter_that_has_just_been_closed_takes_no_signature_and_opened_again_it_does(
    client: Reader, letter: Letter
) -> None:
    fields = {**client.fields(PATH), **TYPED, "email": "zoe@example.org"}
    life.close(letter, owner_of(letter))
    assert client.post(PATH, data=fields).status_code == 403
    life.publish(letter, owner_of(letter))
    assert client.sign("rues", email="zoe@example.org").status_code == 303
    assert how_many() == 2


@ON_SQLITE
def test_nobody_is_asked_to_mend_what_they_typed_for_a_letter_that_has_just_been_closed(
    client: Reader, letter: Letter
) -> None:
    life.close(letter, owner_of(letter))
    answer = client.post(PATH, data={**TYPED, "email": "no address"})
    assert answer.status_code == 403 and "no address" not in answer.text


@ON_SQLITE
def test_words_changed_by_the_shell_in_place_are_another_revision(client: Reader) -> None:
    letter = make_letter(slug="rues", title="Des rues", text="Un texte.")
    before = client.fields(PATH)
    assert queries.lately_open_letter("rues") is not None  # somebody has sent a form that was refused, say
    actions.revise(letter, by=None, title="Des rues", text="Un autre texte.")
    assert letter.version_number == 1
    assert client.sign("rues", version=before["version"]).status_code == 422
    assert how_many() == 0
