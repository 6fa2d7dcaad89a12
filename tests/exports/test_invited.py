"""The board of invitations as a file: its cells, whose addresses, and what the log says of it."""

import csv
import io
import re
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.databases import ON_SQLITE
from tests.factories import invitations_of, make_invited, make_letter, make_member, owner_of
from tests.invitations.answers import accept, decline
from tests.page import Reader, words
from tribune.audit.models import Event, Verb
from tribune.database import db
from tribune.exports.invited_pages import COLUMNS
from tribune.exports.spreadsheet import moment
from tribune.invitations import answering
from tribune.letters.models import Letter
from tribune.reading.sheets import read_file
from tribune.teams.models import Role

pytestmark = pytest.mark.usefixtures("in_english")


@pytest.fixture
def letter(app: Flask) -> Letter:
    """Under embargo: one has accepted in other words, one declined, one asks, whose words a spreadsheet would run."""
    letter = make_letter(slug="rues", published=False)
    made = make_invited(
        letter, given_name="Ana", family_name="Ba", role="élue", email="ana@example.org", section="Élus"
    )
    accept(made, role="maire", organisation="Brest")
    decline(make_invited(letter, family_name="Vu", note="Ou leo@example.net"), "Pas le temps.\n=1+1")
    typed = {"family_name": "=Oz", "role": "=HYPERLINK()", "organisation": "=A1", "section": "=A2", "note": "=A3"}
    asks = make_invited(letter, given_name="=Zoé", email="=oz@example.org", **typed)
    answering.ask(asks.id, asks.link_nonce, "=Qui paie ?")
    return letter


def at(letter: Letter, kind: str = "csv") -> str:
    return f"/manage/letters/{letter.id}/invitations.{kind}"


def rows(client: Reader, letter: Letter) -> list[dict[str, Any]]:
    text = client.get(at(letter)).data.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline=""), delimiter=";" if ";" in text[:20] else ",", strict=True))


def test_it_holds_everybody_with_their_answer_and_no_cell_that_runs(client: Reader, letter: Letter) -> None:
    client.log_in(owner_of(letter))
    accepted, declined, asks = rows(client, letter)
    ana, leo, oz = invitations_of(letter)
    assert list(accepted) == COLUMNS
    assert (accepted["given_name"], accepted["role"], accepted["section"]) == ("Ana", "maire", "Élus")
    assert (accepted["status"], accepted["accepted_at"]) == ("corrected", moment(ana.accepted_at))
    assert (accepted["email"], accepted["printed_line"]) == ("ana@example.org", "Ana Ba, maire (Brest)")
    assert (declined["status"], declined["declined_at"]) == ("declined", moment(leo.declined_at))
    assert (declined["word"], declined["note"]) == ("Pas le temps.\n'=1+1", "Ou leo@example.net")
    run = {name for name, cell in asks.items() if cell.startswith("'=")}
    assert run == {*"given_name family_name role organisation section email question note printed_line".split()}
    assert (asks["status"], asks["asked_at"], asks["reminders"]) == ("unsent", moment(oz.asked_at), "0")
    assert (asks["role"], asks["question"]) == ("'=HYPERLINK()", "'=Qui paie ?")
    assert not any(cell.startswith("=") for cell in asks.values())
    file = client.get(at(letter, "xlsx"))
    same = [COLUMNS, *(list(row.values()) for row in (accepted, declined, asks))]
    assert [list(row.cells) for row in read_file(file.data).rows] == same
    assert file.headers["Content-Disposition"].startswith("attachment; filename=rues-invitations-")


@ON_SQLITE
def test_viewers_take_it_without_any_address(client: Reader, letter: Letter) -> None:
    *_others, asks = invitations_of(letter)
    answering.ask(asks.id, asks.link_nonce, "Puis-je signer de oz@example.net ?")
    decline(make_invited(letter), "Demandez à ana@example.net")
    client.log_in(make_member(letter, Role.VIEWER))
    assert [row["email"] for row in rows(client, letter)] == [""] * 4
    assert not re.search(r"\w@", client.get(at(letter)).text)
    client.log_in(make_member(letter, Role.EDITOR))
    assert all(row["email"] for row in rows(client, letter))
    told = db.session.scalars(sa.select(Event).where(Event.verb == Verb.EXPORTED).order_by(Event.id))
    assert [event.details["addresses"] for event in told] == ["none", "none", "invited"]
    board = client.get(f"/manage/letters/{letter.id}/invitations").text
    assert f'href="{at(letter)}"' in board and f'href="{at(letter, "xlsx")}"' in board


@ON_SQLITE
def test_the_log_says_who_took_it_and_how_many_rows_it_had(client: Reader, letter: Letter) -> None:
    client.log_in(owner_of(letter))
    client.head(at(letter))
    assert client.get(f"{at(letter)}?delimiter=tab").status_code == 400
    assert client.get(f"{at(letter, 'xlsx')}?purpose=Le+cabinet").status_code == 200
    [event] = db.session.scalars(sa.select(Event).where(Event.verb == Verb.EXPORTED))
    assert (event.actor, event.details["rows"]) == (owner_of(letter).called, 3)
    files = words(client.get(f"/manage/letters/{letter.id}/files").text)
    assert "the invitations (XLSX) of those invited Le cabinet 3" in files
    assert "Downloaded a file (XLSX): the invitations; 3 rows." in words(
        client.get(f"/manage/letters/{letter.id}/log").text
    )
