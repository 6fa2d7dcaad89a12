"""A tribune as it is really made: forty-five people asked, an embargo, a newspaper, and the same names everywhere."""

import csv
import io
import re
from collections.abc import Iterator
from datetime import timedelta
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlencode, urlsplit

import html5lib
import pytest
import sqlalchemy as sa
from flask import Flask
from playwright.sync_api import Browser, Page, expect
from pypdf import PdfReader

from tests.factories import make_letter, make_organiser
from tests.page import listed
from tests.reading.printed import PRINTED
from tests.servers.browser import DESK, PHONE, axe_violations, enter, visit
from tests.servers.site import Site
from tests.servers.small import door, small_site
from tests.servers.smtp import Mail, MailServer, path_in
from tribune.database import now, write
from tribune.invitations.models import Invitation
from tribune.outbox.models import Message

LINES = [line.strip(" •").replace("30Laure", "Laure") for line in PRINTED.strip().splitlines()]
ADDRESSES = [["ismael@example.org", "lea@example.org"], *([f"p{number}@example.org"] for number in range(2, 45))]
PEOPLE = [(address, number) for number, addresses in enumerate(ADDRESSES) for address in addresses]
ACCEPT, DECLINE, GONE = PEOPLE[:30], PEOPLE[30:35], PEOPLE[35:37]
CORRECTED = {number: f"{LINES[number]}, et bénévole" for _, number in ACCEPT[-5:]}
REFUSED = {address: "550 5.1.1 No such mailbox" for address, _ in GONE}
# What nobody may learn before: each would answer 200 if the letter were published.
PUBLIC = ["", ".csv", "/sign", "/signatories", "/signatories?q=Paul", "/signatories.csv", "/check-inbox", "/versions"]
PUBLIC += ["/versions/1", "/organisations.json?q=Ba", "/privacy", "/report"]
SECRET = re.compile("rues libres|Duan|Le Mouël", re.IGNORECASE)


class Stage(NamedTuple):
    """A site with a draft that nobody has signed, how its organiser comes in, and the server its mails go to."""

    site: Site
    app: Flask
    mails: MailServer
    door: str


@pytest.fixture
def stage(migrated_sqlite: Path) -> Iterator[Stage]:
    with MailServer(refused=REFUSED) as mails, small_site(migrated_sqlite, mails) as (site, app):
        with app.app_context():
            alice = make_organiser(email="alice@example.org", name="Les Piétons")
            details = {"title": "Pour des rues libres", "contact": "contact@example.org"}
            make_letter(alice, published=False, slug="rues", **details)
            way_in = door(alice)
        yield Stage(site, app, mails, way_in)


def ask(stage: Stage, path: str, typed: list[tuple[str, str]] | None = None) -> tuple[HTTPResponse, str]:
    """What a stranger's program gets from an address; with fields, by POST."""
    connection = HTTPConnection("127.0.0.1", stage.site.port, timeout=20)
    words = {"Content-Type": "application/x-www-form-urlencoded", "Accept-Language": "fr"}
    method, body = ("POST", urlencode(typed)) if typed else ("GET", None)
    connection.request(method, path, body, words)
    answer = connection.getresponse()
    text = answer.read().decode(errors="replace")
    connection.close()
    return answer, text


def fields_of(html: str, answer: str) -> dict[str, str]:
    """What the form of this answer holds when the page of an invitation is opened."""
    for form in html5lib.parse(html, namespaceHTMLElements=False).iter("form"):
        inputs = [each for each in form.iter("input") if each.get("name")]
        held = {i.get("name"): i.get("value", "") for i in inputs if i.get("type") not in {"checkbox", "radio"}}
        held |= {
            i.get("name"): i.get("value", "") for i in inputs if i.get("type") == "radio" and "checked" in i.attrib
        }
        if held.get("answer") == answer:
            return held
    raise AssertionError(f"the page has no form to {answer}")


def reply(stage: Stage, link: str, answer: str, **typed: str) -> None:
    """Answer an invitation as a browser without scripts does."""
    held = fields_of(ask(stage, link)[1], answer)
    sent, text = ask(stage, link, [*{**held, **typed}.items()])
    assert sent.status == 303, text


def add_everybody(page: Page, board: str) -> None:
    page.goto(board)
    page.get_by_role("link", name="Coller une liste").click()
    pasted = "\n".join(f"{line}, {', '.join(there)}" for line, there in zip(LINES, ADDRESSES, strict=True))
    page.locator("#people").fill(pasted)
    page.get_by_role("button", name="Lire cette liste").click()
    expect(page.locator("#people-title")).to_contain_text("45 personnes")
    assert axe_violations(page) == []
    page.get_by_role("button", name="Mettre ces personnes sur la liste").click()
    page.get_by_role("link", name=re.compile("Inviter 45 personnes")).wait_for()


def invite_everybody(page: Page, stage: Stage) -> dict[str, str]:
    """Read the mail, send it to all, and give the path of each personal link by address."""
    page.get_by_role("link", name=re.compile("Inviter 45 personnes")).click()
    expect(page.locator("main")).to_contain_text("Ismaël")
    assert axe_violations(page) == []
    page.get_by_role("button", name="Envoyer 45 courriels").click()
    page.get_by_role("heading", name="Invitations").wait_for()
    return links_of(stage.mails.wait_for(43))


def links_of(mails: list[Mail]) -> dict[str, str]:
    return {mail.recipients[0]: path_in(mail, "/invitations/") for mail in mails}


def accept_on_a_phone(chromium: Browser, stage: Stage, link: str, said: str) -> None:
    """With scripts: the embargo is told, the line is there, it is corrected and accepted."""
    with visit(chromium, stage.site.url, width=PHONE) as reader:
        reader.goto(link)
        expect(reader.get_by_label("Embargo")).to_contain_text("Confidentiel")
        assert axe_violations(reader) == []
        reader.get_by_label("Imprimé après le nom").fill(said.partition(", ")[2])
        expect(reader.locator("#preview .line")).to_have_text(said)
        reader.locator("#tell").check()
        reader.get_by_role("button", name="Accepter et signer").click()
        expect(reader.get_by_role("status").first).to_contain_text("merci")


def decline_without_scripts(chromium: Browser, stage: Stage, link: str) -> None:
    with visit(chromium, stage.site.url, width=DESK, javascript=False) as reader:
        reader.goto(link)
        reader.get_by_text("Je décline").click()
        reader.locator("[name=word]").fill("Pas cette fois.")
        reader.get_by_role("button", name="Décliner").click()
        expect(reader.get_by_role("status").first).to_contain_text("décliné")


def everybody_answers(chromium: Browser, stage: Stage, links: dict[str, str]) -> None:
    first, *others = ACCEPT[::-1]  # not in the order of the list, but for the two who share a line
    accept_on_a_phone(chromium, stage, links[first[0]], CORRECTED[first[1]])
    for address, number in [*others[:-2], *others[:-3:-1]]:
        said = {"affiliation": CORRECTED[number].partition(", ")[2]} if number in CORRECTED else {}
        reply(stage, links[address], "accept", **said)
    decline_without_scripts(chromium, stage, links[DECLINE[0][0]])
    for address, _ in DECLINE[1:]:
        reply(stage, links[address], "decline")


def remind_the_rest(page: Page, stage: Stage, board: str) -> None:
    """Three days later, those who have not answered get one more mail, and nobody else."""
    with stage.app.app_context(), write() as session:
        then = now() - timedelta(days=3)
        session.execute(sa.update(Invitation).values(invited_at=then))
        session.execute(sa.update(Message).where(Message.sent_at.is_not(None)).values(sent_at=then))
    before = len(stage.mails.accepted)
    page.goto(board)
    page.get_by_role("link", name=re.compile("Relancer 8 personnes")).click()
    page.get_by_role("button", name="Envoyer 8 courriels").click()
    reminders = stage.mails.wait_for(before + 8)[before:]
    answered = {address for address, _ in (*ACCEPT, *DECLINE, *GONE)}
    assert {mail.recipients[0] for mail in reminders} == {address for address, _ in PEOPLE} - answered
    assert all(mail.subject.startswith("Rappel") for mail in reminders)


def assert_nobody_outside_knows(stage: Stage) -> None:
    for path in PUBLIC:
        answer, text = ask(stage, f"/letters/rues{path}")
        assert answer.status == 404 and not SECRET.search(text), path
    assert not SECRET.search(ask(stage, "/")[1])
    for path in ("/sitemap.xml", "/robots.txt", "/feed"):
        assert not SECRET.search(ask(stage, path)[1])


def launch(page: Page, stage: Stage, desk: str) -> None:
    before = len(stage.mails.accepted)
    page.goto(f"{desk}/publish")
    page.get_by_label("Journal ou site qui la publie").fill("Mediapart")
    page.get_by_label("Adresse de l’article").fill("https://www.mediapart.fr/une-page")
    page.get_by_role("button", name=re.compile("Lire le courriel")).click()
    assert axe_violations(page) == []
    page.get_by_role("button", name=re.compile("Publier maintenant")).click()
    page.get_by_role("heading", name="Cette tribune est publiée").wait_for()
    [told] = stage.mails.wait_for(before + 1)[before:]
    assert told.recipients == [ACCEPT[-1][0]] and told.subject.startswith("C’est publié")
    assert path_in(told, "/letters/") == "/letters/rues"


def downloaded(page: Page, path: str) -> bytes:
    answer = page.request.get(path)
    assert answer.ok, (path, answer.status)
    return answer.body()


def as_words(text: str) -> str:
    """Without the hyphens and line ends of print."""
    return " ".join(re.sub(r"[\u00ad-]\n", "", text).split())


def test_forty_five_people_are_asked_and_the_same_names_are_printed_everywhere(chromium: Browser, stage: Stage) -> None:
    with visit(chromium, stage.site.url, width=DESK) as page:
        enter(page, stage.door)
        page.get_by_role("link", name="Pour des rues libres").click()
        desk = urlsplit(page.url).path
        board = f"{desk}/invitations"
        add_everybody(page, board)
        links = invite_everybody(page, stage)
        everybody_answers(chromium, stage, links)

        page.goto(board)
        assert axe_violations(page) == []
        told = page.locator(".numbers dd").all_inner_texts()  # invited, answered, accepted, declined, silent, refused
        assert told == ["45", "35", "30", "5", "10", "2"]
        remind_the_rest(page, stage, board)
        assert_nobody_outside_knows(stage)
        launch(page, stage, desk)

        # The page, the list, the press list, the PDF and the CSV: the same people, the same lines, the same order.
        expected = [CORRECTED.get(number, line) for number, line in enumerate(LINES[: ACCEPT[-1][1] + 1])]
        assert listed(ask(stage, "/letters/rues")[1]) == expected
        assert listed(ask(stage, "/letters/rues/signatories")[1]) == expected
        press = downloaded(page, f"{desk}/press.txt").decode("utf-8").strip()
        assert press == "\u202f; ".join(expected) + "."
        rows = list(
            csv.DictReader(io.StringIO(downloaded(page, f"{desk}/signatures.csv").decode("utf-8-sig")), delimiter=";")
        )
        assert len(rows) == 30 and list(dict.fromkeys(row["printed_line"] for row in rows)) == expected
        assert {row["origin"] for row in rows} == {"invitation"} and {row["status"] for row in rows} == {"confirmed"}
        printed = PdfReader(io.BytesIO(downloaded(page, f"{desk}/letter.pdf")))
        text = as_words(" ".join(sheet.extract_text() for sheet in printed.pages))
        places = [text.find(as_words(line)) for line in expected]
        assert -1 not in places and places == sorted(places)
