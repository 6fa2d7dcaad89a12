"""Mails whose every link is opened by programs before anybody reads them, as the filters of companies do.

Nothing is written: nobody is confirmed, withdrawn or written to no more. A sample is opened by a browser that runs the
scripts of the pages. The click of the person whose mail it is works afterwards, for all.

    .venv/bin/python -m pytest tests/abuse/test_scanners.py             a few mails
    .venv/bin/python -m tests.abuse.scanners --mails 1000 --sample 20 --seconds 30      by hand, on each database
"""

import re
from collections import Counter
from dataclasses import dataclass, field
from functools import partial
from html import unescape
from pathlib import Path
from urllib.parse import urlsplit

from flask import Flask
from playwright.sync_api import Browser

from tests.abuse.sites import open_letter, report, the_letter
from tests.abuse.wire import Wire
from tests.factories import everything, make_signature
from tests.servers import browser as browsers
from tests.servers.browser import visit
from tests.servers.site import Site, serve
from tests.servers.smtp import Mail, MailServer
from tests.shell import shell
from tribune.database import db
from tribune.signatures import actions

TIMES = 5  # that each link is asked for, each way
WAYS = ("GET", "HEAD", "OPTIONS")
ALREADY = 10  # of so many mails, one is to somebody who signed before
LINK = re.compile(r'href="(https?://[^"]+)"|^(https?://\S+)$', re.MULTILINE)


@dataclass
class Found:
    """What the scans did, and what the clicks did after them. `changed`: after which scan some row was another."""

    mails: int = 0
    links: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    changed: list[str] = field(default_factory=list)
    confirmed: int = 0
    left: int = 0  # could withdraw, who had signed before
    counted: int = 0  # in the end: those who confirmed, and nobody else

    @property
    def all_clicks_work(self) -> bool:
        """Whether each person's own click did what its button says."""
        return self.confirmed + self.left == self.mails and self.counted == self.confirmed

    def wrong(self) -> list[str]:
        """What does not hold."""
        return [*self.changed, *([] if self.all_clicks_work else ["not every click did what its button says"])]


def links_in(mail: Mail) -> list[str]:
    """The path of each link of a mail, of its text and of its HTML, each once."""
    parts = [part.get_content() for part in mail.message.walk() if part.get_content_maintype() == "text"]
    found = [unescape(one or other) for text in parts for one, other in LINK.findall(text)]
    return list(dict.fromkeys(urlsplit(link).path for link in found))


def run(url: str, folder: Path, *, browser: Browser, mails: int, sample: int, seconds: float) -> Found:
    """Mail so many people on this empty database, and scan; `sample` links stay open in the browser for `seconds`."""
    found = Found(mails)
    with (
        MailServer() as server,
        open_letter(url, folder, server) as (app, settings),
        serve(settings) as site,
        app.app_context(),
    ):
        write_to(app, mails)
        paths = [links_in(mail) for mail in server.accepted]
        found.links = sum(map(len, paths))
        before = state()
        with Wire(site.port) as wire:
            for path in (path for links in paths for path in links):
                found.statuses += Counter(wire.ask(way, path.encode()).status for way in WAYS for _ in range(TIMES))
        found.changed += ["programs"] * (state() != before)
        open_with_scripts(browser, site, [path for links in paths for path in links][:sample], seconds)
        found.changed += ["browser"] * (state() != before)
        click(app, paths, found)
    return found


def write_to(app: Flask, mails: int) -> None:
    """Let so many people sign, a few of them again, and deliver what they are written."""
    letter = the_letter()
    details = {"family_name": "Évrard", "role": "", "organisation": "", "capacity": "personal"}
    for number in range(mails):
        email = f"person{number}@example.org"
        if number % ALREADY == 0:
            make_signature(letter, email=email)
        actions.sign(letter, email=email, given_name="Zoé", published=True, news=True, wording="test", **details)
    assert shell(app, "outbox", "deliver", "--once")[0] == 0


def state() -> list[tuple[object, ...]]:
    """Every row of the site."""
    db.session.rollback()
    rows = everything()
    db.session.rollback()
    return rows


def open_with_scripts(browser: Browser, site: Site, paths: list[str], seconds: float) -> None:
    """Open each in a tab, and let all scripts run so long."""
    with visit(browser, site.url) as first:
        for path in paths:
            first.context.new_page().goto(path)
        first.wait_for_timeout(seconds * 1000)


def click(app: Flask, paths: list[list[str]], found: Found) -> None:
    """Press the button behind the link of each mail, as its owner: confirm; or, signed before, withdraw."""
    client = app.test_client()
    for links in paths:
        confirm = [path for path in links if "/confirm/" in path]
        [mine] = [path for path in links if "/mine/" in path]
        if confirm:
            found.confirmed += client.post(confirm[0]).status_code == 303
        else:
            found.left += client.post(mine, data={"act": "withdraw"}).status_code == 303
    found.counted = the_letter().confirmed_count


if __name__ == "__main__":
    with browsers.start() as browser:
        report(partial(run, browser=browser), mails=1000, sample=20, seconds=30.0)
