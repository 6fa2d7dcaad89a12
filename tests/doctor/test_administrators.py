"""The pages of an administrator: for nobody else they exist."""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from playwright.sync_api import Browser

from tests.databases import ON_SQLITE
from tests.doctor.examined import GOOD, MakeApp
from tests.factories import make_invited, make_letter, make_message, make_organiser, make_signature
from tests.invitations.answers import accept
from tests.page import Reader, hidden_fields
from tests.servers.browser import flaws, visit
from tests.servers.small import door, small_site
from tests.servers.smtp import MailServer
from tests.statements import counted
from tribune.abuse import switches
from tribune.abuse.switches import LONGEST_BANNER, READ_ONLY, turn_on
from tribune.database import now
from tribune.doctor.manage import _counted
from tribune.doctor.queries import hours
from tribune.organisers.models import FRESH, Organiser
from tribune.organisers.queries import is_administrator
from tribune.outbox.chores import Chore
from tribune.signatures.actions import sign

ADDRESS = "admin@example.org"


@pytest.fixture
def administrator(app: Flask, client: Reader) -> Iterator[Organiser]:
    """The account that ADMINISTRATORS names, in another spelling, logged in just now."""
    app.config["ADMINISTRATORS"] = ["Admin@Example.ORG"]
    organiser = make_organiser(email=ADDRESS)
    client.log_in(organiser)
    yield organiser


def fails() -> None:
    raise ZeroDivisionError


def test_it_shows_what_happens_and_what_waits(client: Reader, administrator: Organiser) -> None:
    letter = make_letter(slug="rues")
    people = {"given_name": "Z", "role": "", "organisation": "", "capacity": "", "published": True, "news": False}
    for number in range(3):
        sign(letter, email=f"p{number}@example.org", family_name=str(number), **people)
    make_message()
    page = client.get("/manage/site").text
    for words in ("<dd>4</dd>", "<dd>3</dd>", "courriels en attente", "Python", "Mettre les signatures en pause"):
        assert words in page
    assert "rues" not in page and "p1@example.org" not in page and "Des tâches régulières" not in page
    Chore(60, fails).carry_out()
    assert "Des tâches régulières du site ont échoué ces trois dernières heures" in client.get("/manage/site").text


def test_of_what_is_counted_it_tells_the_sums() -> None:
    answers = {"200": 1, "500": 2, "502": 3, "503": 4, "429": 5}
    counts = Counter({("tribune_requests_total", (("status", status),)): n for status, n in answers.items()})
    counts |= {("tribune_shed_total", (("importance", "file"),)): 6, ("tribune_mails_total", (("what", "sent"),)): 7}
    assert _counted(counts) == {"requests": 15, "errors": 5, "limited": 5, "shed": 6, "sent": 7}


@ON_SQLITE
def test_of_this_hour_it_reckons_with_what_has_passed_and_with_a_minute_at_least(app: Flask) -> None:
    for minute, passed in ((30, 30), (0, 1)):
        with time_machine.travel(now().replace(minute=minute, second=0, microsecond=0), tick=False):
            assert [hour.minutes for hour in hours()] == [passed, 60, 60, 60, 60, 60]
    accept(make_invited(make_letter(published=False)))
    assert hours()[0].signed == 0  # nobody has signed in public


@ON_SQLITE
def test_it_is_linked_for_administrators_alone(app: Flask, client: Reader, administrator: Organiser) -> None:
    assert 'href="/manage/site"' in client.get("/manage/").text
    other = app.test_client()
    assert isinstance(other, Reader)
    other.log_in(make_organiser())
    assert "/manage/site" not in other.get("/manage/").text


@ON_SQLITE
def test_who_they_are_is_known_without_asking_the_database(
    app: Flask, client: Reader, administrator: Organiser
) -> None:
    app.config["ADMINISTRATORS"] = ["no..address@example.org", "Admin@Example.ORG"]
    other = make_organiser()
    assert administrator.mailbox_key != other.mailbox_key  # read before anything is counted
    with counted() as asked:
        assert is_administrator(administrator) and not is_administrator(other)
    assert asked == []


@ON_SQLITE
def test_who_they_are_is_asked_again(client: Reader, administrator: Organiser) -> None:
    with time_machine.travel(now() + FRESH + timedelta(seconds=1)):
        answer = client.get("/manage/site")
        assert answer.status_code == 303 and answer.location.startswith("/organisers/prove")


@ON_SQLITE
def test_signing_is_paused_and_goes_on(client: Reader, administrator: Organiser) -> None:
    for button, paused in ({"paused": "y"}, True), ({}, False):
        data = {**client.fields("/manage/site"), **button}
        assert client.post("/manage/site/signing", data=data).location == "/manage/site"
        assert switches.current().paused is paused
        page = client.get("/manage/site").text
        assert ("qui est invité peut encore accepter" in page) is ("Laisser signer de nouveau" in page) is paused


@ON_SQLITE
def test_of_a_site_that_is_only_read_the_page_does_not_say_that_people_can_sign(
    client: Reader, administrator: Organiser
) -> None:
    can, cannot = "People can sign.", "Nobody can sign: the site is read-only."
    assert can in client.get("/manage/site?lang=en").text
    switches.turn_on(switches.READ_ONLY)
    page = client.get("/manage/site?lang=en").text
    assert cannot in page and can not in page


def test_a_banner_is_said_changed_and_taken_away(client: Reader, administrator: Organiser) -> None:
    for words in ("Nous serons   lents", "Nous sommes <lents>", ""):
        data = {**client.fields("/manage/site"), "words": words}
        assert client.post("/manage/site/banner", data=data).location == "/manage/site"
        assert switches.current().banner == " ".join(words.split())
    answer = client.post(
        "/manage/site/banner", data={**client.fields("/manage/site"), "words": "x" * (LONGEST_BANNER + 1)}
    )
    assert answer.status_code == 422 and "Raccourcissez" in answer.text and switches.current().banner == ""


@ON_SQLITE
def test_a_banner_turns_no_sentence_around(client: Reader, administrator: Organiser) -> None:
    answer = client.post("/manage/site/banner", data={**client.fields("/manage/site"), "words": "Nous \u202erevenons"})
    assert answer.status_code == 422 and "ne s’impriment pas" in answer.text and "<title>Erreur" in answer.text
    assert switches.current().banner == ""


@ON_SQLITE
def test_what_is_switched_stands_in_what_the_site_writes_down(
    client: Reader, administrator: Organiser, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    for button in ({"paused": "y"}, {}):
        client.post("/manage/site/signing", data={**client.fields("/manage/site"), **button})
    client.post("/manage/site/banner", data={**client.fields("/manage/site"), "words": "Nous revenons"})
    said = [record for record in caplog.records if record.name == "tribune.abuse.switches"]
    assert [record.getMessage() for record in said] == ["turned on: paused", "turned off: paused", "turned on: banner"]
    asked = [record for record in caplog.records if getattr(record, "rule", "") == "/manage/site/signing"]
    assert [vars(record)["organiser"] for record in asked] == [administrator.id] * 2


@ON_SQLITE
def test_while_the_site_is_only_read_the_page_says_how_that_ends(client: Reader, administrator: Organiser) -> None:
    turn_on(READ_ONLY)
    assert "flask site read-only off" in client.get("/manage/site").text


@ON_SQLITE
def test_it_says_what_is_wrong_and_how_to_mend_it(app: Flask, client: Reader, administrator: Organiser) -> None:
    make_signature(make_letter(slug="rues"))
    page = client.get("/manage/site/findings").text
    assert "SECRET_KEY" in page and "Il en faut au moins 32" in page and app.config["SECRET_KEY"] not in page
    assert "aucun sur rues" in page
    page = client.get("/manage/site/findings?lang=en").text
    assert "Use at least 32" in page and "none on rues" in page
    assert "<code>" in page and "`" not in page


@ON_SQLITE  # the PostgreSQL of the tests is made weak
def test_where_nothing_is_wrong_it_says_so_beside_what_no_program_sees(
    make_app: MakeApp, mail_server: MailServer
) -> None:
    https = {"base_url": "https://localhost", "headers": {"Referer": "https://localhost"}}
    good = {**GOOD, "PUBLIC_URL": "https://localhost", "ADMINISTRATORS": [ADDRESS]}
    app = make_app(**good, MAIL_SERVER="127.0.0.1", MAIL_PORT=mail_server.port)
    with app.app_context():
        client, link = app.test_client(), door(make_organiser(email=ADDRESS))
        client.post(link, data=dict(hidden_fields(client.get(link, **https).text)), **https)
        page = client.get("/manage/site/findings?lang=en", **https).text
    assert "Nothing is wrong." in page and "by hand" in page and "Authentication-Results" in page


def test_it_reads_well_in_a_browser(chromium: Browser, migrated_sqlite: Path) -> None:
    with small_site(migrated_sqlite, ADMINISTRATORS=ADDRESS) as (site, app):
        with app.app_context():
            organiser = make_organiser(email=ADDRESS)
            make_signature(make_letter(organiser, slug="rues"))
            path = door(organiser)
        with visit(chromium, site.url) as page:
            page.goto(path)
            page.get_by_role("button", name="Entrer").click()
            page.get_by_role("link", name="Le site").click()
            page.get_by_role("button", name="Mettre les signatures en pause").click()
            page.get_by_text("en pause depuis").wait_for()
            assert flaws(page) == []
            page.get_by_role("link", name="Chercher ce qui ne va pas").click()
            page.get_by_role("heading", name="Ce qui ne va pas").wait_for()
            assert flaws(page) == []
            page.get_by_role("link", name="Le site").first.click()
            page.get_by_role("link", name="Tribunes retirées du site").click()
            page.get_by_role("button", name="La retirer du site").click()
            assert flaws(page) == []  # with its errors
            page.get_by_label("Adresse de la tribune").fill("rues")
            page.get_by_label("Motif").fill("Une phrase accuse quelqu’un.")
            page.get_by_role("button", name="La retirer du site").click()
            page.get_by_role("button", name="Remettre la tribune en ligne").wait_for()
            assert flaws(page) == []
            page.goto("/manage/letters/1")
            page.get_by_text("Une phrase accuse").wait_for()
            assert flaws(page) == []
