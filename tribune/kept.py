"""Public pages and their style sheets, kept in memory for a second, in front of Flask: what a crowd reads is made once.

Only pages that say `public`, so that any cache may keep them, by host, path, query and language. After a change made
through this process they are made anew at once, as long as few have to be.
"""

import math
import re
import threading
import time
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from werkzeug.http import parse_etags

from tribune.i18n import preferred_language

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

KEPT = 1  # seconds
WHILE_MADE = 6  # seconds more in which others see it while one reader has it made anew
OFTEN = 10  # pages made anew in WITHIN seconds; once so many are, a change shows only when their KEPT is over
WITHIN = 5
LARGEST = 2**18  # bytes of a page that is kept
ROOM = 2**23  # bytes of all pages together, with their addresses and headers: an address may be longer than its page
WHOLE = {"HTTP_IF_NONE_MATCH": "", "HTTP_IF_MODIFIED_SINCE": ""}  # the application is to answer a page, never a 304
OF_A_BODY = {"Content-Type", "Content-Length"}
# Added to an address by Facebook, newsletters and advertisers, often anew for each reader; no page of ours knows it.
# Whatever deploy/nginx.conf leaves out of its key has to be left out here.
ADDED = (
    "fbclid|igsh|igshid|gclid|gbraid|wbraid|dclid|msclkid|twclid|ttclid|li_fat_id|mc_cid|mc_eid|mkt_tok|_hsenc|_hsmi|"
    "ml_subscriber|ml_subscriber_hash|vero_id|_se|xtor|(utm|mtm|pk|at|gad)_[a-z_]+"
)
IS_ADDED = re.compile(rf"(^|&)({ADDED})=[^&]*")

Headers = list[tuple[str, str]]


class Key(NamedTuple):
    """All that tells one page from another."""

    host: str
    path: str
    query: str
    language: str

    @property
    def is_static(self) -> bool:
        """Whether it is a file of the code, which nobody changes through a process."""
        return self.path.startswith("/static/")


@dataclass(slots=True)
class Page:
    """An answer as it was sent, and the moment of the monotonic clock when it was made."""

    made: float
    status: str
    headers: Headers
    etag: str
    body: bytes
    size: int  # of all that is kept of it
    is_being_made: bool = False


class Kept:
    """WSGI middleware that answers from memory what the application answered within the last second."""

    def __init__(self, app: "WSGIApplication") -> None:
        self._app = app
        self._pages: dict[Key, Page] = {}  # oldest first
        self._changed = -math.inf  # the last moment when somebody may have changed what pages show
        self._made_anew = deque([-math.inf] * OFTEN, maxlen=OFTEN)
        self._lock = threading.Lock()

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer a request."""
        if environ["REQUEST_METHOD"] == "POST":
            return self._change(environ, start_response)
        if environ["REQUEST_METHOD"] != "GET" or "HTTP_RANGE" in environ:
            return self._app(environ, start_response)
        key = _key(
            environ.get("HTTP_HOST", ""),
            environ["PATH_INFO"],
            environ.get("QUERY_STRING", ""),
            environ.get("HTTP_ACCEPT_LANGUAGE", ""),
        )
        page = self._pages.get(key)
        if page is not None:
            if self._is_shown(key, page):
                return _send(page, environ, start_response)
            page.is_being_made = True
            if not key.is_static:
                self._made_anew.append(time.monotonic())
        return self._make(key, environ, start_response)

    def shows(self, host: str, path: str, query: str, languages: str) -> bool | None:
        """Whether such a request is answered from memory now; None when its page is not kept at all."""
        key = _key(host, path, query, languages)
        page = self._pages.get(key)
        return None if page is None else self._is_shown(key, page)

    def _is_shown(self, key: Key, page: Page) -> bool:
        """Whether the page is young enough to be sent again."""
        moment = time.monotonic()
        if page.is_being_made:
            return moment - page.made < KEPT + WHILE_MADE
        is_current = key.is_static or page.made > self._changed or moment - self._made_anew[0] < WITHIN
        return is_current and moment - page.made < KEPT

    def _change(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        def begin(status: str, headers: Headers, error: Any = None) -> Any:
            if status[0] in "23":
                self._changed = time.monotonic()
            return start_response(status, headers, error)

        return self._app(environ, begin)

    def _make(self, key: Key, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        said: list[Any] = []
        made = time.monotonic()

        def begin(status: str, headers: Headers, error: Any = None) -> Any:
            said[:] = status, headers, error
            return _no_write

        parts = self._app({**environ, "QUERY_STRING": key.query, **WHOLE}, begin)
        status, headers, error = said
        named = {name.lower(): value for name, value in headers}
        public = status.startswith("200") and "public" in named.get("cache-control", "") and "set-cookie" not in named
        if not (public and "etag" in named):
            self._forget(key)
            start_response(status, headers, error)
            return parts
        try:
            body = b"".join(parts)
        finally:
            parts.close()  # type: ignore[attr-defined]
        page = Page(made, status, headers, named["etag"], body, len(body) + _length(key, *headers))
        if page.size < LARGEST:
            self._keep(key, page)
        else:
            self._forget(key)
        return _send(page, environ, start_response)

    def _forget(self, key: Key) -> None:
        with self._lock:
            self._pages.pop(key, None)

    def _keep(self, key: Key, page: Page) -> None:
        with self._lock:
            self._pages.pop(key, None)
            self._pages[key] = page
            size = sum(kept.size for kept in self._pages.values())
            for old, kept in list(self._pages.items()):
                if size <= ROOM and page.made - kept.made < KEPT + WHILE_MADE:
                    break
                size -= self._pages.pop(old).size


def _key(host: str, path: str, query: str, languages: str) -> Key:
    return Key(host, path, IS_ADDED.sub("", query).strip("&"), preferred_language(languages))


def _length(*texts: tuple[str, ...]) -> int:
    """Return the length of all these together."""
    return sum(len(part) for text in texts for part in text)


def _send(page: Page, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
    """Send the page, or a 304 if the reader has it already."""
    asked = environ.get("HTTP_IF_NONE_MATCH", "")
    if asked == page.etag or parse_etags(asked).contains_weak(page.etag.strip('"')):
        start_response("304 NOT MODIFIED", [pair for pair in page.headers if pair[0] not in OF_A_BODY])
        return ()
    start_response(page.status, list(page.headers))
    return (page.body,)


def _no_write(_data: bytes) -> None:
    raise NotImplementedError("Flask answers by what it returns")
