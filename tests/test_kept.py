"""Public pages are kept for a second in front of the application, and nothing else is."""

from collections.abc import Callable, Iterable
from contextvars import Context
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import Client, TestResponse
from werkzeug.wsgi import ClosingIterator

from tests.databases import ON_SQLITE
from tests.factories import make_letter, make_signature, mine_path
from tribune import kept
from tribune.database import write
from tribune.headers import GONE
from tribune.kept import Kept
from tribune.letters.queries import letter_by_slug
from tribune.signatures.links import confirm_link

PAGES = ["/", "/letters/rues", "/letters/rues/sign", "/letters/rues/signatories", "/letters/rues/versions"]


class Site:
    """The application behind what keeps its pages; `made` counts what it was asked."""

    def __init__(self, app: Flask) -> None:
        self.made = 0
        self.app: Callable[..., Iterable[bytes]] = app.wsgi_app
        self.keeper = Kept(self._count)

    def get(self, path: str, **asked: Any) -> TestResponse:
        """A request in a context of its own, as in life."""
        return Context().run(Client(self.keeper).get, path, buffered=True, **asked)

    def post(self, path: str) -> TestResponse:
        return Context().run(Client(self.keeper).post, path, buffered=True)

    def _count(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        self.made += 1
        return self.app(environ, start_response)


@pytest.fixture
def site(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Site:
    monkeypatch.setattr(kept, "KEPT", 3600)
    make_letter(slug="rues")
    return Site(app)


@ON_SQLITE
@pytest.mark.parametrize("path", [*PAGES, "/static/tribune.css"])
def test_a_page_is_made_once_for_all_who_read_the_same(site: Site, path: str) -> None:
    first = site.get(path)
    again = site.get(path)
    assert (first.status_code, first.data, list(first.headers)) == (200, again.data, list(again.headers))
    assert site.made == 1


@ON_SQLITE
def test_another_language_address_or_host_is_another_page(site: Site) -> None:
    Context().run(Client(site.keeper).head, "/letters/rues", headers={"Accept-Language": "fr"})  # no page at all
    french = site.get("/letters/rues", headers={"Accept-Language": "fr"})
    assert site.get("/letters/rues", headers={"Accept-Language": "fr-FR,fr;q=0.8,de;q=0.2"}).data == french.data
    assert site.made == 2
    assert site.get("/letters/rues", headers={"Accept-Language": "en"}).data != french.data
    assert site.get("/letters/rues?lang=en").data != french.data
    assert site.get("/letters/rues", headers={"Host": "evil.example.org"}).status_code == 400
    assert site.get("/letters/rues", headers={"Range": "bytes=0-1"}).status_code == 200  # a file gives a part
    assert site.made == 6


ADDED = [
    "lang=en&fbclid=a",
    "fbclid=b&lang=en",
    "utm_source=c&utm_id=1&lang=en&mc_eid=2",
    "lang=en&xtor=CS1-[d]&",
    "lang=en&gad_source=1&gad_campaignid=2&gclid=e",
]


@ON_SQLITE
def test_what_is_added_to_an_address_for_each_reader_makes_no_other_page(site: Site) -> None:
    page = site.get("/letters/rues?lang=en").data
    for query in ADDED:
        assert site.get(f"/letters/rues?{query}").data == page, query
    assert site.made == 1
    assert site.get("/letters/rues?fbclid=e").status_code == 200 and b"fbclid" not in site.get("/letters/rues").data
    assert site.made == 2
    site.get("/letters/rues?lang=en&_fbclid=a")  # no name of those
    assert site.made == 3


@ON_SQLITE
def test_it_is_made_anew_once_its_time_is_over(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    site.get("/letters/rues")
    monkeypatch.setattr(kept, "KEPT", 0)
    site.get("/letters/rues")
    assert site.made == 2


def path_to_confirm() -> str:
    letter = letter_by_slug("rues")
    assert letter
    return confirm_link(make_signature(letter, confirmed=False)).url().removeprefix("http://localhost")


def test_who_has_changed_something_reads_it_at_once(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    confirm, none = path_to_confirm(), "Pas encore de signature confirmée"
    for page in PAGES:
        site.get(page)
    assert none in site.get("/letters/rues").text
    assert site.get(confirm).status_code == 200 and none in site.get("/letters/rues").text
    assert site.post(confirm).status_code == 303
    assert "1 signature" in site.get("/letters/rues").text
    made, another = site.made, path_to_confirm()
    for _ in range(2 * kept.OFTEN):
        assert site.post(confirm).status_code == 303
        site.get("/static/tribune.css")  # nobody changes it, and so it is not made all the time
    assert site.made == made + 2 * kept.OFTEN + 1
    with monkeypatch.context() as seconds_later:
        seconds_later.setattr(kept, "KEPT", 0)
        for _ in range(kept.OFTEN):  # each page comes with several
            site.get("/static/tribune.css")
    assert site.post(another).status_code == 303
    assert "2 signatures" in site.get("/letters/rues").text


@ON_SQLITE
def test_what_was_refused_leaves_pages_as_they_are(site: Site) -> None:
    site.get("/letters/rues")
    assert site.post("/letters/rues/sign").status_code == 422
    site.get("/letters/rues")
    assert site.made == 2


@ON_SQLITE
def test_where_pages_would_be_made_all_the_time_they_are_kept(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "WITHIN", 3600)
    confirm = path_to_confirm()
    for _ in range(2 * kept.OFTEN):
        site.post(confirm)
        site.get("/letters/rues")
    assert site.made == 2 * kept.OFTEN + 1 + kept.OFTEN


@ON_SQLITE
def test_others_are_shown_the_old_one_while_one_has_it_made(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    first, shown, make = site.get("/letters/rues"), [], site.app

    def slowly(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        assert site.made == 2
        shown.append(site.get("/letters/rues").data)
        return make(environ, start_response)

    site.app = slowly
    monkeypatch.setattr(kept, "KEPT", 0)
    site.get("/letters/rues")
    assert shown == [first.data] and site.made == 2


@ON_SQLITE
def test_one_whose_making_failed_is_made_anew_after_a_while(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    first, make = site.get("/letters/rues"), site.app

    def fail(_environ: dict[str, Any], _start_response: Callable[..., Any]) -> Iterable[bytes]:
        raise ZeroDivisionError

    site.app = fail
    monkeypatch.setattr(kept, "KEPT", 0)
    with pytest.raises(ZeroDivisionError):
        site.get("/letters/rues")
    site.app = make
    assert site.get("/letters/rues").data == first.data and site.made == 2
    monkeypatch.setattr(kept, "WHILE_MADE", 0)
    site.get("/letters/rues")
    assert site.made == 3


@ON_SQLITE
@pytest.mark.parametrize("too_large", [True, False])
def test_one_that_may_not_be_kept_any_more_is_shown_to_nobody_else(
    site: Site, monkeypatch: pytest.MonkeyPatch, too_large: bool
) -> None:
    site.get("/letters/rues")
    monkeypatch.setattr(kept, "KEPT", 0)
    if too_large:
        monkeypatch.setattr(kept, "LARGEST", 1000)
    else:
        with write():
            letter_by_slug("rues").slug = "places"  # type: ignore[union-attr]
    codes = [site.get("/letters/rues").status_code for _ in range(2)]
    assert codes == [200 if too_large else 404] * 2 and site.made == 3


@ON_SQLITE
@pytest.mark.parametrize("asked", ["{}", "W/{}", '"other", W/{}', "*"])
def test_who_has_the_page_is_told_so_without_it(site: Site, asked: str) -> None:
    tag = {"If-None-Match": asked.format(site.get("/letters/rues").headers["ETag"])}
    whole = site.get("/letters/rues")
    answer = site.get("/letters/rues", headers=tag)
    assert (answer.status_code, answer.data) == (304, b"")
    assert {n: v for n, v in whole.headers if n not in {"Content-Type", "Content-Length"}} == dict(answer.headers)
    assert site.get("/letters/rues", headers={"If-None-Match": '"other"'}).status_code == 200
    fresh = site.get(
        "/letters/rues?lang=fr", headers={"If-None-Match": site.get("/letters/rues?lang=fr").headers["ETag"]}
    )
    assert fresh.status_code == 304


@ON_SQLITE
@pytest.mark.usefixtures("early_in_the_hour")
def test_who_asks_first_whether_it_changed_is_told_so_too(site: Site, app: Flask) -> None:
    for made, path in enumerate(("/letters/rues", "/static/tribune.css"), start=1):
        tag = app.test_client().get(path).headers["ETag"]
        assert site.get(path, headers={"If-None-Match": tag}).status_code == 304
        assert site.get(path).status_code == 200 and site.made == made


@ON_SQLITE
@pytest.mark.usefixtures("early_in_the_hour")
def test_who_has_a_page_too_large_to_keep_is_told_so_too(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "LARGEST", 1000)
    whole = site.get("/letters/rues")
    answer = site.get("/letters/rues", headers={"If-None-Match": whole.headers["ETag"]})
    assert (answer.status_code, answer.data, site.made) == (304, b"", 2)
    assert "Content-Length" not in answer.headers and len(whole.data) > 1000
    assert site.get("/letters/rues", headers={"If-None-Match": '"other"'}).data == whole.data


@ON_SQLITE
def test_what_is_somebodys_own_or_went_wrong_is_never_kept(site: Site) -> None:
    signature = make_signature(make_letter())
    own = [confirm_link(signature).url().removeprefix("http://localhost"), mine_path(signature)]
    paths = [
        *own,
        "/organisers/log-in",
        "/manage/",
        "/letters/nothing",
        "/letters/rues/signatories?after=x",
        "/healthz",
        "/letters/rues/signatories.csv",  # sent as its rows are read
    ]
    for path in paths:
        before = site.made
        site.get(path)
        site.get(path)
        assert site.made == before + 2, path


def held(keeper: Kept) -> int:
    """Bytes of all that it keeps: pages, what is said before them, and the addresses they are found by."""
    return sum(
        len(page.body) + sum(map(len, (*key, *(word for header in page.headers for word in header))))
        for key, page in keeper._pages.items()
    )


@ON_SQLITE
@pytest.mark.parametrize("address", ["", 20_000 * "a"], ids=["short", "long"])
def test_pages_that_nobody_asks_for_again_make_room(site: Site, monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    site.get(f"/letters/rues?n=00{address}")
    room = 4 * held(site.keeper)
    monkeypatch.setattr(kept, "ROOM", room)
    for number in range(10, 30):
        site.get(f"/letters/rues?n={number}{address}")
    assert room // 2 < held(site.keeper) <= room
    before = site.made
    site.get(f"/letters/rues?n=29{address}")
    site.get(f"/letters/rues?n=10{address}")
    assert site.made == before + 1
    monkeypatch.setattr(kept, "KEPT", 0)
    monkeypatch.setattr(kept, "WHILE_MADE", 1e-9)
    site.get(f"/letters/rues?n=31{address}")
    assert len(site.keeper._pages) == 1  # the others are too old to be shown


def test_a_name_is_gone_within_a_minute_however_many_keep_the_page() -> None:
    assert GONE <= 60


KEEPABLE = {"Cache-Control": "public, max-age=10", "ETag": '"a"', "Content-Length": "1"}


@pytest.mark.parametrize(
    ("status", "changed"),
    [
        ("200 OK", {"Cache-Control": "no-store"}),
        ("200 OK", {"Set-Cookie": "a=b"}),
        ("404 NOT FOUND", {}),
        ("200 OK", {"X-Long": "a" * kept.LARGEST}),
    ],
)
def test_each_sign_that_a_page_is_not_for_all_is_enough(status: str, changed: dict[str, str]) -> None:
    asked = []

    def answer(_environ: object, start_response: Callable[..., Any]) -> Iterable[bytes]:
        asked.append(status)
        start_response(status, list({**KEEPABLE, **changed}.items()))
        return ClosingIterator([b"a"])

    client = Client(Kept(answer))
    client.get("/")
    client.get("/")
    assert len(asked) == 2


def test_a_change_that_is_answered_by_a_page_is_seen_too(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        asked.append(environ["REQUEST_METHOD"])
        start_response("200 OK", list(KEEPABLE.items()))
        return ClosingIterator([b"a"])

    monkeypatch.setattr(kept, "KEPT", 3600)
    client = Client(Kept(answer))
    for ask in (client.get, client.get, client.post, client.get):
        ask("/")
    assert asked == ["GET", "POST", "GET"]


def test_one_that_was_being_made_during_a_change_is_made_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        asked.append(environ["REQUEST_METHOD"])
        if asked == ["GET"]:
            client.post("/")
        start_response("200 OK", list(KEEPABLE.items()))
        return ClosingIterator([b"a"])

    monkeypatch.setattr(kept, "KEPT", 3600)
    client = Client(Kept(answer))
    for _ in range(3):
        client.get("/")
    assert asked == ["GET", "POST", "GET"]
