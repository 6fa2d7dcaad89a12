"""A public page asks the database at most four things, whatever stands on it: over the URL map, none forgotten."""

from datetime import timedelta

import pytest
from flask import Flask
from werkzeug.routing import Rule

from tests.factories import (
    card_digest,
    confirm_path,
    make_correction,
    make_letter,
    make_organiser,
    make_picture,
    make_signature,
    owner_of,
)
from tests.page import Reader
from tests.statements import counted
from tribune import PUBLIC
from tribune.database import db, now, write
from tribune.history.actions import add
from tribune.letters.models import Letter
from tribune.signatures import searching
from tribune.teams.actions import found, join
from tribune.teams.models import Role

MOST = 4
NO_PAGES = {"pages.readyz", "exports.signatories_csv"}  # for whoever watches the site; a file, read as it is sent
QUERIES = ("", "?lang=en", "?order=surname", "?q=evrard", "?q=mairie", "?organisation=Mairie", "?q=ev&order=surname")


def public_rules(app: Flask) -> list[Rule]:
    """What anybody may read without a link of their own."""
    areas = {area.bp.name for area in PUBLIC}
    rules = [rule for rule in app.url_map.iter_rules() if rule.endpoint.partition(".")[0] in areas]
    read = [rule for rule in rules if "GET" in (rule.methods or ()) and "token" not in rule.arguments]
    return [rule for rule in read if rule.endpoint not in NO_PAGES]


@pytest.fixture
def letter(app: Flask) -> Letter:
    letter = make_letter(slug="rues", first="Léa Martin et Zoé Roux, maires (Mairie)\nAda Un", public_list="yes")
    with write():
        for _ in range(120):
            make_signature(letter, organisation="Mairie")
    make_picture(letter)
    make_correction(letter)
    add(letter, "Un mot de plus.", owner_of(letter))
    return letter


def test_no_public_page_asks_more_than_four_things(app: Flask, client: Reader, letter: Letter) -> None:
    client.get("/")
    values = {"slug": "rues", "number": 2, "digest": letter.image and letter.image.digest, "card": card_digest(letter)}
    rules = public_rules(app)
    assert len(rules) > 15
    counts = {}
    for rule in rules:
        path = app.url_map.bind("localhost").build(rule.endpoint, {name: values[name] for name in rule.arguments})
        for query in QUERIES:
            with counted() as said:
                answer = client.get(path + query)
            assert answer.status_code < 500, path
            counts[path + query] = said
    assert {path: len(said) for path, said in counts.items() if len(said) > MOST} == {}


def test_the_page_of_the_last_version_does_not_ask_for_the_next(client: Reader, letter: Letter) -> None:
    client.get("/letters/rues/versions")
    asked = []
    for number in (letter.version_number - 1, letter.version_number):
        with counted() as said:
            assert client.get(f"/letters/rues/versions/{number}").status_code == 200
        asked.append(len(said))
    assert asked[1] == asked[0] - 1


def test_a_search_that_only_the_index_can_answer_asks_no_more(
    client: Reader, letter: Letter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(searching.ORDERS, "recent", searching.ORDERS["recent"]._replace(sample=10))
    make_signature(letter, family_name="Rarissime", at=now() - timedelta(days=1))
    with counted() as said:
        assert "Rarissime" in client.get("/letters/rues/signatories?q=rarissime").text
    assert len(said) == MOST and "trigrams" in said[-1]


SIGNING = 9  # PostgreSQL: and the lock of the letter, less the end of the savepoint, which is not seen
CONFIRMING = {"sqlite": 6, "postgresql": 7}
OPENING = 2  # the link of the mail


def test_a_signature_asks_the_database_few_things(app: Flask, client: Reader, letter: Letter) -> None:
    fields = {**client.fields("/letters/rues/sign"), "given_name": "Zoé", "family_name": "Évrard", "role": "Maire"}
    client.post("/letters/rues/sign", data={**fields, "email": "first@example.org"})  # marks the words as signed
    with counted() as said:
        client.post("/letters/rues/sign", data={**fields, "email": "zoe@example.org"})
    assert len(said) == SIGNING, said


def test_confirming_asks_the_database_few_things(app: Flask, client: Reader, letter: Letter) -> None:
    first, other = (make_signature(letter, confirmed=False) for _ in range(2))
    client.post(confirm_path(first))  # freezes the words
    path = confirm_path(other)
    with counted() as said:
        assert client.post(path).status_code == 303
    assert len(said) == CONFIRMING[db.engine.dialect.name], said
    [read] = [statement for statement in said if "versions_1.frozen_at" in statement]
    assert "versions_1.text" not in read and "versions_1.html" not in read
    for same in (path, confirm_path(make_signature(letter, confirmed=False))):  # opened twice: to confirm, and after
        with counted() as said:
            assert client.get(same).status_code == 200
        assert len(said) == OPENING, said


@pytest.mark.parametrize(
    "page", ["/", "/manage/", *(f"/manage/teams/{{team}}{page}" for page in ("", "/log", "/leave"))]
)
def test_pages_that_name_letters_read_no_text(client: Reader, letter: Letter, page: str) -> None:
    page = page.format(team=letter.team_id)
    client.log_in(owner_of(letter))
    with counted() as said:
        assert client.get(page).status_code == 200
    assert any("versions_1.title" in statement for statement in said)
    assert not any("versions_1.text" in statement or "versions_1.html" in statement for statement in said)


@pytest.mark.parametrize("page", ["/manage/teams", "/manage/account/delete"])
def test_pages_about_teams_ask_no_more_where_there_are_more(client: Reader, letter: Letter, page: str) -> None:
    owner = owner_of(letter)
    client.log_in(owner)
    asked = []
    for _ in range(2):
        client.get(page)
        with counted() as said:
            assert client.get(page).status_code == 200
        asked.append(len(said))
        make_letter(owner)
        for name in ("Places", "Quais"):
            team, other = found(name, by=owner), make_organiser()
            with write():
                join(team.id, other, Role.EDITOR)
    assert asked[0] == asked[1]
