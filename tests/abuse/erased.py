"""One person erases their signature: it is gone from every page and file within a minute, through every cache of ours.

Every address that the site has is asked, those of organisers as one of them, and what public pages lead to, again and
again. Then the rows, the raw files of SQLite and whatever was written down are looked at.

    .venv/bin/python -m pytest tests/abuse/test_erased.py       until all have forgotten
    .venv/bin/python -m tests.abuse.erased                      by hand, behind nginx and its cache, for that minute
"""

import io
import re
import time
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from html import unescape
from pathlib import Path

import pypdf
from flask import Flask

from tests.abuse.places import Ground, make_ground
from tests.abuse.sites import open_letter, report
from tests.abuse.wire import Wire
from tests.factories import mine_path
from tests.servers import nginx
from tests.servers.site import HOST, free_port, serve
from tests.traces import MARKS, in_the_files, someone, traces
from tribune.database import db, is_postgresql, write
from tribune.outbox.actions import post_mail
from tribune.signatures.mails import already_signed

LINK = re.compile(r'(?:href|src|action)="(?:http://[\d.:]+)?(/[^"#]*)|<loc>http://[\d.:]+(/[^<]*)')
SEARCHES = ("?q=zephyrine", "?order=surname")  # her first name, without its accent
SHOWN_BY = (
    "/signatories",
    "/signatories.csv",
    "/signatures.csv",
    ".xlsx",
    ".pdf",
    "/press.html",
)  # else it shows nothing
WITHIN = 60  # seconds


@dataclass(frozen=True)
class Found:
    """Where she was read before, and what is left of her."""

    asked: int  # addresses
    before: set[str]  # where she was read
    seconds: float  # from the answer to her until nobody reads her any more
    after: set[str]  # where she is read all the same
    kept: set[str]  # what rows and raw files hold of her, and the log

    def wrong(self) -> list[str]:
        """What does not hold."""
        told = [f"still read at {path}" for path in sorted(self.after)]
        if self.seconds > WITHIN:
            told.append(f"read for {self.seconds:.0f} seconds")
        if self.kept:
            told.append(f"kept: {sorted(self.kept)}")
        paths = {path.partition("?")[0] for path in self.before}
        missing = [ending for ending in SHOWN_BY if not any(path.endswith(ending) for path in paths)]
        return [*told, *(f"she was never read at {ending}" for ending in missing)]

    def __str__(self) -> str:
        return (
            f"{self.asked} addresses, read at {len(self.before)}, at none after {self.seconds:.1f} s;"
            f" rows, files and log hold {sorted(self.kept) or 'nothing'} of her"
        )


def run(url: str, folder: Path, watched: float = 0) -> Found:
    """Erase her on this empty database; look for so many seconds at least, behind nginx if there are any."""
    with open_letter(url, folder) as (app, settings), ExitStack() as stack:
        ground, path, marks = make_her(app)
        port = free_port()
        if watched:
            settings |= {"TRIBUNE_PUBLIC_URL": f"http://{HOST}:{port}", "TRIBUNE_TRUSTED_PROXIES": "1"}
        site = stack.enter_context(serve(settings))
        logs = stack.enter_context(nginx.in_front(site.port, port=port)) if watched else folder / "nowhere"
        wire = stack.enter_context(Wire(port if watched else site.port))
        pages = crawl(wire, ground)
        before = holding(marks, pages)
        assert wire.ask("POST", f"{path}/erase".encode(), body=b"").status == 303
        seconds, after = look_until_gone(wire, ground, marks, watched)
        written = site.output + "".join(log.read_text() for log in logs.glob("*.log"))
        kept = traces(*MARKS[:3]) | {mark for mark in marks if mark in written.lower()}
        if not is_postgresql():
            kept |= in_the_files() & set(MARKS[:3])
        db.session.remove()
        return Found(len(pages), before, seconds, after, kept)


def make_her(app: Flask) -> tuple[Ground, str, set[str]]:
    """A letter with something of everything, and one more who signed: the address of her page, and what names her."""
    ground = make_ground(app)
    letter = db.session.merge(ground.letter)
    signature = someone(letter, news=True)
    with write():
        post_mail(already_signed(signature, MARKS[2], "fr"))
    marks = {MARKS[1].lower(), MARKS[2].lower(), signature.public_id.lower()}
    path = mine_path(signature)
    db.session.remove()
    return ground, path, marks


def look_until_gone(wire: Wire, ground: Ground, marks: set[str], watched: float) -> tuple[float, set[str]]:
    """Ask everything again and again: when she was read last, in seconds from now, and where after too long."""
    began, last = time.monotonic(), 0.0
    while True:
        where = holding(marks, crawl(wire, ground))
        seconds = time.monotonic() - began
        last = seconds if where else last
        if seconds > max(watched, WITHIN + 5 if where else 0):
            return last, where


def crawl(wire: Wire, ground: Ground) -> dict[str, bytes]:
    """Every page and file that can be read, by address."""
    pages: dict[str, bytes] = {}
    cookie = [(b"Cookie", ground.cookie.encode())]
    public = []
    for place in ground.places:
        if "GET" in place.methods and place.is_private:
            pages[place.path] = wire.ask("GET", place.path.encode(), cookie).body
        elif "GET" in place.methods:
            public.append(place.path)
            public += [place.path + search for search in SEARCHES if place.rule.startswith("/letters/<slug>")]
    while public:
        path = public.pop()
        if path not in pages:
            pages[path] = wire.ask("GET", path.encode()).body
            public += links_in(pages[path])
    return pages


def links_in(page: bytes) -> Iterator[str]:
    """Where a page leads to on this site."""
    for found in LINK.findall(page.decode(errors="replace")):
        yield unescape(found[0] or found[1])


def holding(marks: set[str], pages: dict[str, bytes]) -> set[str]:
    """The addresses at which one of these is read."""
    return {path for path, page in pages.items() if any(mark in readable(page).lower() for mark in marks)}


def readable(page: bytes) -> str:
    """The words of a page or a file."""
    if page.startswith(b"%PDF"):
        return "".join(part.extract_text() for part in pypdf.PdfReader(io.BytesIO(page)).pages)
    if page.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(page)) as parts:
            return "".join(parts.read(name).decode(errors="replace") for name in parts.namelist())
    return page.decode(errors="replace")


if __name__ == "__main__":
    report(partial(run, watched=WITHIN))
