"""The site behind a real nginx: a crowd is served by its cache, which neither lies nor keeps what is private."""

import gzip
import re
import socket
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from http.client import HTTPConnection, HTTPMessage
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlencode, urlsplit

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.factories import make_letter, make_organiser, make_picture, make_signature, mine_path, owner_of
from tests.page import hidden_fields
from tests.servers import nginx
from tests.servers.site import HOST, Site, free_port
from tests.servers.small import door, small_site
from tribune.abuse.networks import network_hash
from tribune.database import db, now, write
from tribune.headers import GONE
from tribune.kept import ADDED
from tribune.letters.life import make_preview_link, publish
from tribune.letters.links import preview_link
from tribune.letters.models import Letter
from tribune.mine.actions import withdraw
from tribune.signatures.links import confirm_link
from tribune.signatures.models import Signature
from tribune.writing.actions import remove_picture

LANGUAGES = ["fr", "en", "fr-FR,fr;q=0.9,en;q=0.8", "en-GB,en;q=0.9", "de,en;q=0.5"]
READERS = 8


class Answer(NamedTuple):
    status: int
    headers: HTTPMessage
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def cookie(self) -> str:
        return "; ".join(given.partition(";")[0] for given in self.headers.get_all("Set-Cookie") or [])

    @property
    def cached(self) -> str | None:
        return self.headers["X-Cache"]


class Front:
    """The site as readers meet it."""

    def __init__(self, port: int, folder: Path, site: Site, app: Flask) -> None:
        self.port, self.folder, self.site, self.app = port, folder, site, app

    def get(self, path: str, **headers: str) -> Answer:
        return self.ask("GET", path, None, {name.replace("_", "-"): value for name, value in headers.items()})

    def ask(self, method: str, path: str, body: str | None, headers: dict[str, str]) -> Answer:
        connection = HTTPConnection(HOST, self.port, timeout=30)
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            return Answer(answer.status, answer.headers, answer.read())
        finally:
            connection.close()

    def sign(self, page: str, **headers: str) -> Answer:
        typed = hidden_fields(self.get(f"{page}/sign").text)
        typed += [("given_name", "Zoé"), ("family_name", "Évrard"), ("email", "zoe@example.org"), ("publish", "y")]
        return self.post(f"{page}/sign", typed, **headers)

    def post(self, path: str, typed: list[tuple[str, str]], **headers: str) -> Answer:
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        kind = {"Content-Type": "application/x-www-form-urlencoded", "Origin": f"http://{HOST}:{self.port}"}
        return self.ask("POST", path, urlencode(typed), {**kind, **given})

    def wait_until(self, holds: Callable[[], bool]) -> None:
        deadline = time.monotonic() + GONE
        while not holds():
            assert time.monotonic() < deadline, f"not within {GONE} s"
            time.sleep(0.1)


@contextmanager
def in_front_of(migrated: Path, cdn: bool = False) -> Iterator[Front]:
    port = free_port()
    settings = {"PUBLIC_URL": f"http://{HOST}:{port}", "TRUSTED_PROXIES": "1", "RATELIMITS": "on"}
    with small_site(migrated, **settings) as (site, app), nginx.in_front(site.port, port=port, cdn=cdn) as folder:
        yield Front(port, folder, site, app)


@pytest.fixture(scope="module")
def standing(migrated_sqlite: Path) -> Iterator[Front]:
    """One for all of these, with the letters of those before."""
    with in_front_of(migrated_sqlite) as front:
        yield front


@pytest.fixture
def front(standing: Front) -> Iterator[Front]:
    with standing.app.app_context():
        yield standing


@pytest.fixture
def letter(front: Front) -> Letter:
    """One that no cache has seen."""
    return make_letter()


@pytest.fixture
def page(letter: Letter) -> str:
    """Where it is read."""
    return page_of(letter)


def page_of(letter: Letter) -> str:
    path = f"/letters/{letter.slug}"
    db.session.rollback()  # what others write from now on is seen
    return path


def test_it_writes_only_into_folders_that_a_fresh_debian_has() -> None:
    """Nginx makes the last folder of the cache by itself, and refuses to start where the one above is not there."""
    written = re.findall(r"^\s*(?:proxy_cache_path|access_log|error_log) (\S+)", nginx.DOCUMENTED.read_text(), re.M)
    assert len(written) == 3
    assert {str(Path(path).parent) for path in written} == {"/var/cache", "/var/log/nginx"}


def test_a_crowd_is_served_by_the_cache_and_each_in_its_language(front: Front, page: str) -> None:
    with ThreadPoolExecutor(READERS) as readers:
        asked = LANGUAGES * 80
        answers = list(readers.map(lambda language: front.get(page, Accept_Language=language), asked))
    assert {answer.status for answer in answers} == {200}
    for language, answer in zip(asked, answers, strict=True):
        shown = "fr" if language.startswith("fr") else "en"
        assert f'<html lang="{shown}"' in answer.text, language
    came = Counter(answer.cached for answer in answers)
    assert came["HIT"] + came["STALE"] + came["UPDATING"] > 0.95 * len(answers), came
    assert [front.get("/static/tribune.css").cached for _ in range(2)] == ["MISS", "HIT"]  # each of them needs it
    for icon in "favicon.ico", "apple-touch-icon-120x120-precomposed.png":
        assert front.get(f"/{icon}").status == 404
        assert "Content-Security-Policy" not in front.get(f"/{icon}").headers, "the site was asked"
    log = (front.folder / "tribune.log").read_text()
    assert page.removeprefix("/letters/") not in log and HOST not in log


def test_a_crowd_is_told_by_the_cache_that_a_letter_is_not_there_until_it_is(front: Front, letter: Letter) -> None:
    draft, gone = make_letter(published=False), make_letter()
    with write():
        gone.taken_down_at = now()
    page, capitals = page_of(draft), page_of(letter).upper().replace("LETTERS", "letters")
    refused = {page: 404, page_of(gone): 410, capitals: 302, f"{page_of(letter)}/": 308}
    asked = [(path, language) for path in refused for language in ("fr", "en")] * 25
    before = len(_log(front))
    with ThreadPoolExecutor(READERS) as readers:
        answers = list(readers.map(lambda one: front.get(one[0], Accept_Language=one[1]), asked))
    for (path, language), answer in zip(asked, answers, strict=True):
        assert (answer.status, answer.headers["Cache-Control"]) == (refused[path], "no-store"), path
        assert refused[path] < 400 or f'<html lang="{language}"' in answer.text, path
    hits = Counter(line.split()[1] for line in _log(front)[before:] if line.split()[3] == "HIT")
    assert all(hits[str(status)] for status in refused.values()), hits
    publish(draft)
    front.wait_until(lambda: front.get(page).status == 200)


def _log(front: Front) -> list[str]:
    return (front.folder / "tribune.log").read_text().splitlines()


def test_who_comes_from_facebook_or_a_newsletter_is_shown_the_same_copy(front: Front, page: str) -> None:
    assert f"({ADDED})=" in nginx.DOCUMENTED.read_text()
    for asked, language in (("", "fr"), ("lang=en&", "en")):
        answers = [front.get(f"{page}?{asked}fbclid={number}&utm_source=a") for number in range(9)]
        assert [answer.cached for answer in answers].count("MISS") == 1
        assert all(f'<html lang="{language}"' in answer.text and "fbclid" not in answer.text for answer in answers)
    for other in "lang=en?fbclid=1", "fbclid=1&lang=en", "x=1&fbclid=1", "fbclid=1&&lang=en":
        assert front.get(f"{page}?{other}").cached == "MISS", other


def test_one_asks_for_a_page_that_many_want_but_each_who_signs_for_themselves() -> None:
    port, page, question = free_port(), "/letters/rues", "/letters/rues/proof"
    with ExitStack() as stack:
        site = stack.enter_context(socket.create_server((HOST, 0)))  # it answers nobody
        site.settimeout(4)  # in five seconds nginx loses patience, and asks for everybody
        stack.enter_context(nginx.in_front(site.getsockname()[1], port=port))
        for path in (question, question, page, page, "/"):
            reader = stack.enter_context(socket.create_connection((HOST, port)))
            reader.sendall(f"GET {path} HTTP/1.1\r\nHost: {HOST}\r\n\r\n".encode())
        asked = [stack.enter_context(site.accept()[0]).recv(1000).split()[1].decode() for _ in range(4)]
    assert sorted(asked) == sorted([question, question, page, "/"])


def test_signing_works_through_it_and_counts_by_the_network_of_who_signs(
    front: Front, letter: Letter, page: str
) -> None:
    answer = front.sign(page, X_Forwarded_For="203.0.113.9")
    assert (answer.status, answer.headers["Location"]) == (303, f"{page}/check-inbox")
    signature = db.session.scalars(sa.select(Signature).where(Signature.email == "zoe@example.org")).one()
    assert signature.network_hash == network_hash(HOST)  # as nginx saw it, whatever the reader pretends
    path = urlsplit(confirm_link(signature).url()).path
    opened = front.get(path)
    assert opened.status == 200 and opened.cached is None
    assert front.post(path, hidden_fields(opened.text)).status == 303
    front.wait_until(lambda: "Zoé Évrard" in front.get(f"{page}/signatories").text)


def test_what_is_too_large_is_refused_in_words_by_the_site_or_nginx(front: Front, page: str) -> None:
    for size, said in (20_000_000, "C’est trop long"), (40_000_000, "Ce fichier est trop gros"):
        answer = front.post(f"{page}/sign", [("x", "x" * size)], Accept_Language="fr")
        assert answer.status == 413 and said in answer.text


def test_behind_a_cdn_who_signs_counts_by_their_own_network_and_it_alone_keeps_pages(migrated_sqlite: Path) -> None:
    as_they_pretend = "198.51.100.7"
    with in_front_of(migrated_sqlite, cdn=True) as front, front.app.app_context():
        page = page_of(make_letter())
        assert front.sign(page, X_Forwarded_For=f"{as_they_pretend}, 203.0.113.9").status == 303
        assert "public" in front.get(page).headers["Cache-Control"] and front.get(page).cached is None
        signature = db.session.scalars(sa.select(Signature)).one()
        assert signature.network_hash == network_hash("203.0.113.9")


def test_what_is_compressed_keeps_its_tag_and_is_not_sent_twice(front: Front, page: str) -> None:
    plain, packed = front.get(page), front.get(page, Accept_Encoding="gzip")
    assert packed.headers["Content-Encoding"] == "gzip" and gzip.decompress(packed.body) == plain.body
    assert packed.headers["ETag"] == f"W/{plain.headers['ETag']}"
    for tag in (plain.headers["ETag"], packed.headers["ETag"]):
        again = front.get(page, Accept_Encoding="gzip", If_None_Match=tag)
        assert (again.status, again.body) == (304, b"")


def test_a_name_that_is_withdrawn_and_a_picture_that_is_taken_down_are_gone_within_a_minute_while_everybody_reads(
    front: Front, letter: Letter, page: str
) -> None:
    signature = make_signature(letter, given_name="Zéphyrine", family_name="Quatrebarbes")
    paths = [page, f"{page}/signatories", f"{page}/signatories?q=quatre"]
    picture = f"{page}/image-{make_picture(letter).digest}.jpg"
    front.wait_until(lambda: all("Zéphyrine" in front.get(path).text for path in paths))
    front.wait_until(lambda: front.get(picture).cached == "HIT")
    withdraw(signature.id, signature.link_nonce)
    remove_picture(letter, by=owner_of(letter))
    assert front.get(page).cached != "MISS" and "Zéphyrine" in front.get(page).text  # or this shows nothing
    assert front.get(picture).status == 200
    front.wait_until(
        lambda: front.get(picture).status == 404 and not any("Zéphyrine" in front.get(path).text for path in paths)
    )


def test_while_the_site_is_down_pages_are_shown_for_a_moment_then_what_to_do_in_both_languages(
    front: Front, page: str
) -> None:
    front.get(page)
    front.site.kill()
    try:
        front.wait_until(lambda: front.get(page).cached == "STALE")
        assert front.get(page).status == 200
        assert front.get("/healthz").status == 502
        front.wait_until(lambda: front.get(page).status == 502)
        for answer in (front.get(page), front.post(f"{page}/sign", [("given_name", "Zoé")])):
            assert (answer.status, answer.headers["Cache-Control"]) == (502, "no-store")
            assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
            assert "Le site ne répond pas" in answer.text and "The site is not answering" in answer.text
    finally:  # the others have the same
        front.site.start()


def test_what_belongs_to_one_person_is_neither_kept_nor_compressed(front: Front, letter: Letter, page: str) -> None:
    signature, organiser = make_signature(letter), make_organiser()
    hidden = make_letter(organiser, published=False)
    make_preview_link(hidden, organiser)
    links = [confirm_link(signature), preview_link(hidden)]
    own = [*(urlsplit(link.url()).path for link in links), mine_path(signature), "/manage/account"]
    enter = door(organiser)
    asked = front.get(enter)
    cookie = front.post(enter, hidden_fields(asked.text), Cookie=asked.cookie).cookie
    for path in [*own, "/manage/"]:
        for _ in range(2):
            answer = front.get(path, Cookie=cookie, Accept_Encoding="gzip")
            assert answer.status == 200 and "no-store" in answer.headers["Cache-Control"], path
            assert answer.cached is answer.headers["Content-Encoding"] is None, path
    front.get(page, Cookie=cookie)
    kept = [file.read_bytes() for file in (front.folder / "tribune").rglob("*") if file.is_file()]
    assert kept and not any(b"Set-Cookie" in page for page in kept)
    not_here = b"X-Accel-Expires: 1"  # that a letter is not there, which everybody is told
    assert not any(b"no-store" in page and not_here not in page for page in kept)
    assert not any(b"HTTP/1.1 200" in page and not_here in page for page in kept)
