"""The log of a letter and of a team: who reads it, page by page, and as a file."""

import csv
import io
import re
from datetime import UTC, datetime
from itertools import product
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.databases import ON_SQLITE
from tests.factories import make_letter, make_member, make_organiser, owner_of
from tests.page import Reader
from tribune.audit.actions import record
from tribune.audit.models import Event, Verb
from tribune.audit.queries import PAGE
from tribune.database import write
from tribune.letters.models import Letter
from tribune.organisers.actions import rename
from tribune.organisers.models import Organiser
from tribune.retention.periods import LOG
from tribune.teams.models import Role
from tribune.writing.actions import save


@pytest.fixture
def letter(app: Flask) -> Letter:
    """A letter whose log is empty."""
    letter = make_letter(make_organiser(name="Alice"), title="Pour des rues")
    with write() as session:
        session.execute(sa.delete(Event))
    return letter


pytestmark = pytest.mark.usefixtures("in_english")


def log(verb: Verb, letter: Letter, by: Organiser | None = None, at: datetime | None = None, **given: Any) -> Event:
    event = record(verb, team_id=letter.team_id, by=by, letter_id=letter.id, **given)
    if at:
        with write():
            event.at = at
    return event


def said(page: str) -> list[str]:
    """The sentences on a page of the log, in order."""
    body = page.partition('<tbody class="log">')[2]
    return [" ".join(words.split()) for words in re.findall(r'<td class="said">\s*([^<]*?)\s*</td>', body) if words]


@ON_SQLITE
@pytest.mark.parametrize("role", Role)
def test_every_member_reads_it(client: Reader, letter: Letter, role: Role) -> None:
    log(Verb.LETTER_PUBLISHED, letter, owner_of(letter))
    client.log_in(make_member(letter, role))
    for path in (f"/manage/letters/{letter.id}/log", f"/manage/teams/{letter.team_id}/log"):
        page = client.get(path).text
        assert said(page)[0] == "Published the letter." and "Alice" in page
        assert ("log.csv" in page) is (role is Role.OWNER)


@ON_SQLITE
def test_a_log_with_nothing_in_it_says_so(client: Reader, letter: Letter) -> None:
    client.log_in(owner_of(letter))
    assert "There is nothing here" in client.get(f"/manage/letters/{letter.id}/log").text
    assert "Nothing in the log matches" in client.get(f"/manage/letters/{letter.id}/log?group=files").text


def test_the_newest_comes_first_and_pages_follow(client: Reader, letter: Letter) -> None:
    with write():
        for number in range(PAGE + 2):
            log(Verb.LETTER_CORRECTED, letter, number=number)
    client.log_in(owner_of(letter))
    first = client.get(f"/manage/letters/{letter.id}/log?group=text").text
    assert said(first)[0] == f"Corrected the text: version {PAGE + 1}." and len(said(first)) == PAGE
    following = re.search(r'rel="next" href="([^"]+)"', first)
    assert following
    second = client.get(following[1].replace("&amp;", "&")).text
    assert said(second) == ["Corrected the text: version 1.", "Corrected the text: version –."]
    assert 'rel="next"' not in second


@ON_SQLITE
def test_a_cursor_that_is_none_of_ours_is_refused_and_leads_to_the_first_page(client: Reader, letter: Letter) -> None:
    client.log_in(owner_of(letter))
    page = f"/manage/letters/{letter.id}/log"
    answer = client.get(f"{page}?after=x")
    assert answer.status_code == 400
    assert f'<a href="{page}">First page</a>' in answer.text
    narrowed = client.get(f"{page}?group=text&after=x&q=%C3%A9t%C3%A9")
    assert f'<a href="{page}?group=text&amp;q=%C3%A9t%C3%A9">First page</a>' in narrowed.text


def test_filters_choose_by_kind_person_and_letter(client: Reader, letter: Letter) -> None:
    bruno = make_member(letter, Role.EDITOR)
    other = make_letter(owner_of(letter), title="Une autre")
    log(Verb.LETTER_PUBLISHED, letter, owner_of(letter))
    log(Verb.SIGNATURES_HIDDEN, letter, bruno, count=3, reason="Jokes")
    log(Verb.LETTER_CLOSED, letter)
    client.log_in(owner_of(letter))

    def found(asked: str, path: str = f"/manage/letters/{letter.id}/log") -> list[str]:
        return said(client.get(f"{path}?{asked}").text)

    assert found("group=moderation") == ["Hid 3 signatures. Reason: Jokes"]
    assert found(f"person={bruno.id}") == ["Hid 3 signatures. Reason: Jokes"]
    assert found("person=shell") == ["Closed the letter."]
    assert found("group=life") == ["Closed the letter.", "Published the letter."]
    assert found("group=nothing&person=x&since=&letter=x") == found("")
    team = f"/manage/teams/{letter.team_id}/log"
    assert "Published the letter." in found(f"letter={other.id}", team)
    assert "Closed the letter." not in found(f"letter={other.id}", team)


def test_what_the_site_or_whoever_runs_it_did_was_not_done_on_the_command_line(client: Reader, letter: Letter) -> None:
    log(Verb.DATA_FORGOTTEN, letter, rule="names", rows=3)
    log(Verb.LETTER_TAKEN_DOWN, letter, reason="An error.")
    client.log_in(owner_of(letter))
    path = f"/manage/letters/{letter.id}/log"
    page = client.get(path).text
    assert "<td>the site</td>" in page and "<td>whoever runs the site</td>" in page and "the command line" not in page
    log(Verb.LETTER_CLOSED, letter)
    log(Verb.SIGNATURE_WITHDRAWN, letter)  # by the signatory
    assert said(client.get(f"{path}?person=shell").text) == ["Closed the letter."]


def test_who_did_something_is_offered_by_the_name_of_today(client: Reader, letter: Letter) -> None:
    member = make_member(letter, Role.EDITOR, make_organiser(name="Zoé"))
    log(Verb.LETTER_CLOSED, letter, member)
    rename(member, "Ada")
    client.log_in(owner_of(letter))
    page = client.get(f"/manage/letters/{letter.id}/log").text
    assert f'<option value="{member.id}">Ada</option>' in page and "<td>Zoé</td>" in page


@ON_SQLITE
def test_nobody_and_nothing_of_elsewhere_is_offered(client: Reader, letter: Letter) -> None:
    alice, elsewhere = owner_of(letter), make_letter(make_organiser(name="Bruno"), title="Une autre")
    make_member(elsewhere, Role.VIEWER, alice)
    log(Verb.LETTER_PUBLISHED, letter, alice)
    for by in (owner_of(elsewhere), None):
        log(Verb.LETTER_CLOSED, elsewhere, by)
    with write():
        log(Verb.LETTER_CLOSED, elsewhere).actor = "Chloé"  # whose account is gone
    client.log_in(alice)
    page = client.get(f"/manage/teams/{letter.team_id}/log").text
    assert f'<option value="{alice.id}">Alice</option>' in page and "Pour des rues" in page
    assert not any(other in page for other in ("Bruno", "Une autre", "gone:", 'value="shell"'))


def test_days_are_those_of_the_letter(client: Reader, letter: Letter) -> None:
    log(Verb.LETTER_PUBLISHED, letter, at=datetime(2026, 7, 1, 22, 30, tzinfo=UTC))  # in Paris the day after
    client.log_in(owner_of(letter))
    path = f"/manage/letters/{letter.id}/log"
    page = client.get(f"{path}?since=2026-07-02&until=2026-07-02").text
    assert said(page) == ["Published the letter."] and "2 Jul 2026, 00:30" in page
    assert said(client.get(f"{path}?until=2026-07-01").text) == []
    assert said(client.get(f"{path}?since=2026-07-03").text) == []


@ON_SQLITE
def test_every_hour_in_it_says_whose_clocks_show_it(client: Reader, letter: Letter) -> None:
    event = log(Verb.LETTER_SCHEDULED, letter)
    with write():
        letter.timezone, event.details = "America/Montreal", {"at": "2026-12-01T05:00:00+00:00"}
    client.log_in(owner_of(letter))
    for of, city, told in (
        (f"letters/{letter.id}", "Montréal", "1 Dec 2026, 00:00"),
        (f"teams/{letter.team_id}", "Paris", "1 Dec 2026, 06:00"),
    ):
        page, file = (client.get(f"/manage/{of}/log{kind}?lang=en").text for kind in ("", ".csv"))
        assert f"When ({city} time)" in page and f"Set the moment of publication: {told}." in page
        assert f"Set the moment of publication: {told} ({city} time)." in file


@ON_SQLITE
def test_a_date_that_is_none_is_not_passed_over(client: Reader, letter: Letter) -> None:
    log(Verb.LETTER_PUBLISHED, letter, owner_of(letter))
    client.log_in(owner_of(letter))
    pages = [f"{of}/log{kind}" for of in (f"letters/{letter.id}", f"teams/{letter.team_id}") for kind in ("", ".csv")]
    for page, name, typed in product(pages, ("since", "until"), ("never", "12027-01-01", "9999-12-31", "0026-07-01")):
        answer = client.get(f"/manage/{page}?lang=en&{name}={typed}")
        assert answer.status_code == 400 and "This date cannot be read" in answer.text, (page, name, typed)


@ON_SQLITE
def test_a_team_reads_of_itself_and_of_its_letters_alone(client: Reader, letter: Letter) -> None:
    log(Verb.LETTER_PUBLISHED, letter)
    log(Verb.LETTER_CLOSED, make_letter())
    client.log_in(owner_of(letter))
    assert said(client.get(f"/manage/teams/{letter.team_id}/log").text)[0] == "Published the letter."
    assert "Closed the letter." not in client.get(f"/manage/teams/{letter.team_id}/log").text


@ON_SQLITE
@pytest.mark.parametrize("whose", ["letters", "teams"])
def test_an_owner_takes_it_as_a_file_that_runs_nothing(client: Reader, letter: Letter, whose: str) -> None:
    rename(owner_of(letter), "=Alice")
    log(Verb.SIGNATURES_HIDDEN, letter, owner_of(letter), count=1, reason="=1+1 & co")
    log(Verb.TEAM_RENAMED, letter, subject="=1+1", before="A; =2")
    client.log_in(owner_of(letter))
    number = letter.id if whose == "letters" else letter.team_id
    file = client.get(f"/manage/{whose}/{number}/log.csv")
    rows = list(csv.DictReader(io.StringIO(file.data.decode("utf-8-sig"), newline="")))
    assert [(row["who"], row["verb"], row["reason"]) for row in rows] == [
        ("the command line of the server", "team_renamed", ""),
        ("'=Alice", "signatures_hidden", "'=1+1 & co"),
    ]
    assert rows[1]["what"] == "Hid 1 signature. Reason: =1+1 & co" and rows[0]["what"].endswith("“A; '=2” to “=1+1”.")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", rows[0]["at"])
    client.log_in(make_member(letter, Role.EDITOR))
    assert client.get(f"/manage/{whose}/{number}/log.csv").status_code == 403


@ON_SQLITE
def test_no_line_says_more_than_its_writer_did(client: Reader, letter: Letter) -> None:
    log(Verb.SIGNATURE_CORRECTED, letter, before="<b>Zoé</b>", after="Zoé & fils")
    client.log_in(owner_of(letter))
    page = client.get(f"/manage/letters/{letter.id}/log").text
    assert "“&lt;b&gt;Zoé&lt;/b&gt;” became “Zoé &amp; fils”" in page


@ON_SQLITE
@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"authors": "Le collectif"}, "Edited the text, which nobody had signed."),
        ({"addressee": "Madame la maire"}, "Edited the text, which nobody had signed."),
        ({"outlet": "Mediapart"}, "Changed the settings of the letter: “Printed by”."),
    ],
)
def test_whose_a_letter_is_and_to_whom_it_goes_are_its_words_and_not_a_setting(
    client: Reader, letter: Letter, changed: dict[str, Any], words: str
) -> None:
    save(letter, by=owner_of(letter), revision=1, published_at=letter.published_at, changes=changed, tab={})
    client.log_in(owner_of(letter))
    assert said(client.get(f"/manage/letters/{letter.id}/log").text) == [words]


@ON_SQLITE
def test_a_line_of_when_they_were_settings_reads_as_it_did(client: Reader, letter: Letter) -> None:
    log(Verb.LETTER_EDITED, letter, fields=["authors"])
    client.log_in(owner_of(letter))
    assert said(client.get(f"/manage/letters/{letter.id}/log").text) == ["Changed the settings of the letter."]


def test_an_account_that_is_gone_is_still_named(client: Reader, letter: Letter) -> None:
    event = log(Verb.LETTER_CLOSED, letter, make_member(letter, Role.EDITOR))
    with write():
        event.organiser_id, event.actor = None, "Bruno"
    client.log_in(owner_of(letter))
    assert "<td>Bruno</td>" in client.get(f"/manage/letters/{letter.id}/log").text


def test_an_account_that_is_gone_is_still_asked_for(client: Reader, letter: Letter) -> None:
    event = log(Verb.LETTER_CLOSED, letter, make_member(letter, Role.EDITOR))
    of_a_namesake = log(Verb.LETTER_PUBLISHED, letter, owner_of(letter))
    with write():
        event.organiser_id, event.actor = None, "Bru\xadno & fils"  # from before soft hyphens were dropped
        of_a_namesake.actor = event.actor
    client.log_in(owner_of(letter))
    path = f"/manage/letters/{letter.id}/log"
    option = '<option value="gone:Bru\xadno &amp; fils">Bru\xadno &amp; fils (account deleted)</option>'
    assert option in client.get(path).text
    page = client.get(path, query_string={"person": "gone:Bru\xadno & fils"}).text
    assert said(page) == ["Closed the letter."] and 'value="gone:Bru\xadno &amp; fils" selected' in page
    assert client.get(path, query_string={"person": "gone:\x00"}).status_code == 400


@ON_SQLITE
def test_nobody_without_a_name_is_asked_for(client: Reader, letter: Letter) -> None:
    log(Verb.LETTER_CLOSED, letter)  # by the shell
    log(Verb.LETTER_PUBLISHED, letter, owner_of(letter))
    client.log_in(owner_of(letter))
    for person in ("gone:", "gone: "):
        page = client.get(f"/manage/letters/{letter.id}/log", query_string={"person": person}).text
        assert len(said(page)) == 2, person


@ON_SQLITE
def test_the_file_tells_whose_act_a_line_is_and_what_addresses_were_taken_for(client: Reader, letter: Letter) -> None:
    log(Verb.LETTER_CLOSED, make_letter(owner_of(letter)))
    log(Verb.LETTER_CLOSED, letter)
    log(Verb.SIGNATURE_WITHDRAWN, letter)
    log(Verb.DATA_FORGOTTEN, letter, rule="names", rows=3)
    log(Verb.ADDRESSES_EXPORTED, letter, owner_of(letter), what="csv", addresses="all", rows=3, purpose="Une réunion")
    client.log_in(owner_of(letter))
    file = client.get(f"/manage/letters/{letter.id}/log.csv")
    rows = list(csv.DictReader(io.StringIO(file.data.decode("utf-8-sig"), newline="")))
    assert [row["who"] for row in rows] == ["Alice", "the site", "the signatory", "the command line of the server"]
    assert rows[0]["reason"] == "Une réunion"
    files = client.get(f"/manage/letters/{letter.id}/log.csv?group=files").text
    assert "addresses_exported" in files and "letter_closed" not in files


@ON_SQLITE
def test_the_log_says_for_how_long_a_line_is_kept(client: Reader, letter: Letter) -> None:
    client.log_in(owner_of(letter))
    for path in (f"/manage/letters/{letter.id}/log", f"/manage/teams/{letter.team_id}/log"):
        page = client.get(path).text
        assert f"Each line is deleted after {LOG.days} days." in page and "Nothing has been done" not in page
