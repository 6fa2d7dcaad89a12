"""Choosing a file: what each role may take, with whose addresses, and what the log says of it."""

import csv
import io
import re
from datetime import timedelta
from html import unescape

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from werkzeug.test import TestResponse

from tests.databases import ON_SQLITE
from tests.factories import make_letter, make_member, make_signature, owner_of
from tests.page import Reader
from tribune.audit.models import Event, Verb
from tribune.database import db, now
from tribune.exports.actions import ReasonMissing, begin, counted
from tribune.exports.choice import Choice
from tribune.exports.spreadsheet import COLUMNS
from tribune.letters.models import Letter
from tribune.organisers.models import FRESH
from tribune.signatures.table import EXPORTED
from tribune.teams.models import Role


@pytest.fixture
def letter(app: Flask) -> Letter:
    letter = make_letter(slug="rues")
    make_signature(letter, family_name="Oui", email="oui@example.org", news=True)
    make_signature(letter, family_name="Non", email="non@example.org", organisation="Le Port")
    return letter


pytestmark = pytest.mark.usefixtures("in_english")


def path(letter: Letter, name: str = "signatures.csv", asked: str = "") -> str:
    return f"/manage/letters/{letter.id}/{name}{asked}"


def log_in(client: Reader, letter: Letter, role: Role) -> None:
    client.log_in(owner_of(letter) if role is Role.OWNER else make_member(letter, role))


def column(file: TestResponse, name: str) -> list[str]:
    assert file.status_code == 200 and file.mimetype == "text/csv"
    text = io.StringIO(file.data.decode("utf-8-sig"), newline="")
    return [row[name] for row in csv.DictReader(text, strict=True)]


def log() -> list[Event]:
    """What the log says of files, oldest first."""
    taken = Event.verb.in_([Verb.EXPORTED, Verb.ADDRESSES_EXPORTED])
    return list(db.session.scalars(sa.select(Event).where(taken).order_by(Event.id)))


@ON_SQLITE
@pytest.mark.parametrize(
    ("role", "asked", "addresses"),
    [
        (Role.VIEWER, "", ["", ""]),
        (Role.VIEWER, "?addresses=consented", ["", ""]),
        (Role.EDITOR, "", ["oui@example.org", ""]),
        (Role.EDITOR, "?addresses=none", ["", ""]),
        (Role.OWNER, "?addresses=consented", ["oui@example.org", ""]),
    ],
)
def test_addresses_depend_on_consent_and_role(
    client: Reader, letter: Letter, role: Role, asked: str, addresses: list[str]
) -> None:
    log_in(client, letter, role)
    assert column(client.get(path(letter, asked=asked)), "email") == addresses
    leads = re.search(r'href="[^"]*/files(\?news=yes)">Only those who agreed', client.get(path(letter, "files")).text)
    assert (leads is None) is (role is Role.VIEWER)
    if leads and not asked:
        assert column(client.get(path(letter, asked=leads[1])), "email") == ["oui@example.org"]


@ON_SQLITE
@pytest.mark.parametrize("role", [Role.VIEWER, Role.EDITOR])
def test_all_addresses_are_for_owners(client: Reader, letter: Letter, role: Role) -> None:
    log_in(client, letter, role)
    for name in ("signatures.csv", "signatures.xlsx"):
        assert client.get(path(letter, name, "?addresses=all&reason=x")).status_code == 403
    page = client.get(path(letter, "files"))
    assert page.status_code == 200 and 'value="all: ' not in page.text and "Of everybody" not in page.text
    assert client.get(path(letter, "files/addresses")).status_code == 403
    assert log() == []


@ON_SQLITE
@pytest.mark.parametrize("name", ["signatures.csv", "signatures.xlsx"])
def test_an_owner_takes_all_addresses_by_a_button_and_for_a_reason(client: Reader, letter: Letter, name: str) -> None:
    log_in(client, letter, Role.OWNER)
    asked = client.get(path(letter, name, "?addresses=all&reason=Because&status=all&q=port"))
    assert asked.status_code == 303 and log() == []
    fields = client.fields(asked.location)
    without = client.post(path(letter, name, "?addresses=all"), data={**fields, "reason": "  "})
    assert without.status_code == 422 and "Say why you need these addresses" in without.text and log() == []
    with pytest.raises(ReasonMissing):
        begin(letter, Choice(addresses="all"), by=owner_of(letter), what="csv", purpose="")
    file = client.post(path(letter, name, "?addresses=all"), data={**fields, "reason": "A delivery"})
    if name.endswith("csv"):
        assert column(file, "email") == ["oui@example.org", "non@example.org"]
    [event] = log()
    assert (event.verb, event.details["purpose"], event.details["rows"]) == ("addresses_exported", "A delivery", 2)
    assert (event.organiser_id, event.letter_id) == (owner_of(letter).id, letter.id)


@ON_SQLITE
def test_the_button_keeps_what_was_chosen(client: Reader, letter: Letter) -> None:
    log_in(client, letter, Role.OWNER)
    page = client.get(path(letter, "files/addresses", "?addresses=all&status=all&q=port&delimiter=comma"))
    action = "signatures.csv?status=all&amp;addresses=all&amp;q=port&amp;delimiter=comma"
    assert action in page.text and action.replace("csv", "xlsx") in page.text


@ON_SQLITE
def test_all_addresses_need_a_log_in_that_is_fresh(client: Reader, letter: Letter) -> None:
    log_in(client, letter, Role.OWNER)
    fields = client.fields(path(letter, "files/addresses"))
    with time_machine.travel(now() + FRESH + timedelta(seconds=1), tick=False):
        for answer in (
            client.get(path(letter, "files/addresses", "?status=all")),
            client.post(path(letter), data={**fields, "reason": "A delivery"}),
        ):
            assert answer.status_code == 303 and answer.location.startswith("/organisers/prove")
        assert client.get(path(letter)).status_code == 200
    assert [event.verb for event in log()] == ["exported"]


def test_the_filters_of_the_table_choose_rows(client: Reader, letter: Letter) -> None:
    log_in(client, letter, Role.EDITOR)
    assert column(client.get(path(letter, asked="?q=port")), "family_name") == ["Non"]
    assert column(client.get(path(letter, asked="?news=yes")), "family_name") == ["Oui"]
    assert column(client.get(path(letter, asked="?q=non@example.org")), "family_name") == ["Non"]
    assert column(client.get(path(letter, asked="?q=port&status=pending")), "family_name") == []
    page = client.get(path(letter, "files", "?q=port&status=all"))
    assert "“port”" in page.text and '<input type="hidden" name="q" value="port">' in page.text


def test_a_file_of_the_table_holds_what_the_table_shows(client: Reader) -> None:
    letter, at = make_letter(slug="rues", first="Noé Attested"), now()
    for name, given in (("Confirmed", {}), ("Held", {"held_at": at}), ("Hidden", {"hidden_at": at})):
        make_signature(letter, family_name=name, **given)
    make_signature(letter, family_name="Pending", confirmed=False)
    log_in(client, letter, Role.EDITOR)
    for status in ("pending", "confirmed", "attested", "held", "hidden"):
        table = client.get(path(letter, "signatures", f"?status={status}"))
        [link] = re.findall(r'href="([^"]*/files\?[^"]*)"', table.text)
        [chosen] = re.findall(r'<input checked [^>]*name="status"[^>]*value="([^"]*)"', client.get(unescape(link)).text)
        assert column(client.get(path(letter, asked=f"?status={chosen}")), "family_name") == [status.title()]


@ON_SQLITE
def test_a_viewer_looks_for_no_address(client: Reader, letter: Letter) -> None:
    log_in(client, letter, Role.VIEWER)
    for name in ("files", "signatures.csv", "signatures.xlsx"):
        assert client.get(path(letter, name, "?q=non@example.org")).status_code == 403


def test_the_log_knows_who_took_what_for_what_and_how_many_rows(client: Reader, letter: Letter) -> None:
    log_in(client, letter, Role.OWNER)
    client.get(path(letter, asked="?status=all&sort=surname&purpose=The++journalist"))
    client.get(path(letter, "signatures.xlsx", "?q=non@example.org"))
    assert [(e.verb, e.details) for e in log()] == [
        (
            "exported",
            {
                "what": "csv",
                "purpose": "The journalist",
                "rows": 2,
                "status": "all",
                "addresses": "consented",
                "fields": [],
            },
        ),
        (
            "exported",
            {
                "what": "xlsx",
                "purpose": "",
                "rows": 1,
                "status": "confirmed",
                "addresses": "consented",
                "fields": ["q"],
            },
        ),
    ]
    page = client.get(path(letter, "files")).text
    assert "The journalist" in page and "all signatures (CSV)" in page and "only some of them (XLSX)" in page
    assert "example.org" not in page


def test_a_download_that_breaks_off_is_told_apart(client: Reader, letter: Letter) -> None:
    choice = Choice("all")
    rows = counted(choice.rows(letter), begin(letter, choice, by=owner_of(letter), what="csv", purpose=""))
    next(rows)
    rows.close()  # type: ignore[attr-defined]
    [event] = log()
    assert event.details["rows"] is None
    log_in(client, letter, Role.VIEWER)
    assert "did not finish" in client.get(path(letter, "files")).text


@ON_SQLITE
@pytest.mark.parametrize("name", ["signatures.csv", "signatures.xlsx", "press.txt", "letter.pdf"])
def test_asking_for_the_headers_alone_is_no_export(client: Reader, letter: Letter, name: str) -> None:
    log_in(client, letter, Role.OWNER)
    answer = client.head(path(letter, name))
    assert answer.status_code == 200 and answer.headers["Content-Disposition"].startswith("attachment")
    assert "Content-Length" not in answer.headers  # it is not known without making the file
    assert log() == []


@ON_SQLITE
def test_what_is_refused_is_not_in_the_log(client: Reader, letter: Letter) -> None:
    log_in(client, letter, Role.OWNER)
    for asked in ("?delimiter=tab", "?status=dead", "?addresses=some"):
        for name in ("files", "signatures.csv", "signatures.xlsx"):
            assert client.get(path(letter, name, asked)).status_code == 400
    assert log() == []


@ON_SQLITE
def test_who_types_a_status_that_there_is_not_reads_which_there_are(client: Reader, letter: Letter) -> None:
    log_in(client, letter, Role.OWNER)
    said = client.get(path(letter, "files", "?status=dead")).text
    assert [status for status in EXPORTED if f"“{status}”" not in said] == []


@ON_SQLITE
def test_the_shell_is_in_the_log_too(app: Flask, letter: Letter) -> None:
    assert app.test_cli_runner().invoke(args=["signatures", "export", "rues"]).exit_code == 0
    [event] = log()
    assert (event.organiser_id, event.actor, event.details["rows"]) == (None, "", 2)


@ON_SQLITE
def test_the_page_says_what_each_choice_holds(client: Reader, letter: Letter) -> None:
    other = make_letter()
    make_signature(other, anonymised_at=now())
    begin(other, Choice(), by=None, what="csv", purpose="")
    make_signature(letter, anonymised_at=now(), confirmed=False)  # no longer counted, since a text was asked about
    log_in(client, letter, Role.OWNER)
    page = client.get(path(letter, "files")).text
    for words in ("Everybody who counts", "Of those who agreed", "Of everybody", "Semicolon", "recorded in the log"):
        assert words in page
    assert "The log holds no download." in page and "stays counted" not in page


@ON_SQLITE
def test_it_says_that_withdrawn_signatures_are_in_no_file_and_calls_no_import_a_first_signatory(
    client: Reader, letter: Letter
) -> None:
    log_in(client, letter, Role.OWNER)
    client.get(path(letter, asked="?status=attested"))  # imported ones too
    page = client.get(path(letter, "files")).text
    assert "All of them, whatever their status, except those withdrawn" in page
    assert "attested signatures (CSV)" in page and "first signatories (CSV)" not in page


@ON_SQLITE
def test_the_page_tells_what_each_column_and_value_means(client: Reader, letter: Letter) -> None:
    log_in(client, letter, Role.VIEWER)
    page = client.get(path(letter, "files")).text
    told = re.findall(r"<code>(\w+)</code>", page.partition("What each column means")[2])
    values = "personal organisation pending confirmed attested held hidden web attested import invitation".split()
    assert sorted(told) == sorted([*COLUMNS, *values, *["yes", "no"] * 3]), "templates/exports/_columns.html"


@ON_SQLITE
@pytest.mark.parametrize("name", ["signatures.csv", "signatures.xlsx", "letter.pdf", "press.txt", "log.csv", ""])
def test_a_file_is_named_by_the_day_of_its_letter(client: Reader, name: str) -> None:
    with time_machine.travel("2026-11-24T23:30:00Z", tick=False):
        letter = make_letter(public_file=True)  # in Paris, where it is half past midnight
        client.log_in(owner_of(letter))
        path = f"/manage/letters/{letter.id}/{name}" if name else f"/letters/{letter.slug}/signatories.csv"
        assert "-2026-11-25." in client.get(path).headers["Content-Disposition"]
