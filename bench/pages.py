"""Public pages with many signatures against the same with few."""

import re
from collections.abc import Callable, Iterator
from html import unescape

from bench.measuring import Asked, Goal, Row, ratio
from bench.sites import Database, visiting
from tests.servers.site import serve

TITLE = "Public pages"
PAGE, FEW = 100, 1
RARE = "ecoffier+zoe"
AS_FAST = Goal("1.2 at most", 1.2, least=False)


def rows(database: Database, asked: Asked) -> Iterator[Row]:
    """The page of a letter, its list, and a search."""
    few, many = database.letter(FEW), database.letter(asked.signatures)
    rounds = asked.rounds * 4
    with serve(database.settings) as site, visiting(site) as visitor:
        get = visitor.get
        first, deep = f"/letters/{many}/signatories", deep_page(get, many, asked.signatures)
        yield ratio(
            "letter page, many to 1", rounds, lambda: get(f"/letters/{few}"), lambda: get(f"/letters/{many}"), AS_FAST
        )
        yield ratio("list, deep page to first", rounds, lambda: get(first), lambda: get(deep), AS_FAST)
        surname = f"{first}?order=surname"
        yield ratio("list by surname to recent", rounds, lambda: get(first), lambda: get(surname))
        yield ratio("search of a rare word to first", rounds, lambda: get(first), lambda: get(f"{first}?q={RARE}"))


def deep_page(get: Callable[[str], str], slug: str, signatures: int) -> str:
    """The address of the page nine tenths down the list, found as a reader would: page after page."""
    path = f"/letters/{slug}/signatories"
    for _ in range(signatures * 9 // 10 // PAGE):
        path = unescape(re.search(r'rel="next" href="([^"]+)"', get(path))[1])  # type: ignore[index]
    return path
