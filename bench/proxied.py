"""Many readers who come from Facebook through a caching proxy, nginx with deploy/nginx.conf, while people sign."""

from collections.abc import Iterator
from itertools import cycle, product, repeat
from pathlib import Path

from bench.load import Work, request, run
from bench.measuring import Asked, Goal, Row
from bench.signing import signatures
from bench.sites import Database, serving, visiting
from tests.servers import nginx
from tests.servers.site import HOST, free_port

TITLE = "Behind a caching proxy"
READERS, SIGNERS = 500, 20  # requests per second
LANGUAGES = ("fr", "en", "fr-FR,fr;q=0.9,en;q=0.8", "en-GB,en;q=0.9", "de,en;q=0.5")
FROM_CACHE = {"HIT", "STALE", "UPDATING", "REVALIDATED"}
HITS = Goal("95% at least", 0.95)
NO_ERROR = Goal("0 errors", 0.5, least=False)


def rows(database: Database, asked: Asked) -> Iterator[Row]:
    """The share of pages that came from the cache, by nginx's log, and the times of reading and signing."""
    slug, port = database.letter(asked.signatures), free_port()
    settings = {"TRIBUNE_PUBLIC_URL": f"http://{HOST}:{port}", "TRIBUNE_TRUSTED_PROXIES": "1"}
    with serving(database.settings | settings) as (site,), nginx.in_front(site.port, port=port) as folder:
        with visiting(site) as visitor:
            signing = Work(signatures(visitor, slug), 303, 4, SIGNERS)
        asking = Work(repeat(request("GET", f"/letters/{slug}/proof")), 204, 4, SIGNERS)  # as the form's script asks
        pages = [f"/letters/{slug}", f"/letters/{slug}/signatories", "/", "/static/tribune.css"]
        asks = (
            request("GET", f"{page}?fbclid={number}", Accept_Language=words)  # a number of its own for each reader
            for number, (page, words) in enumerate(cycle(product(pages, LANGUAGES)))
        )
        reading = Work(asks, 200, 32, READERS)
        run([port], asked.together, reading, asking, signing)
        hits = _from_cache(folder / "tribune.log") / max(len(reading.times), 1)
    yield HITS.row(hits, f"pages from its cache, {READERS} readers a second", f"{hits:.1%}")
    for name, work in (("reading", reading), ("asking what to prove", asking), ("signing", signing)):
        wrong = f"{len(work.wrong)} errors, {work.rate:.0f}/s done, p99 {work.within(0.99):.0f} ms"
        yield NO_ERROR.row(max(len(work.wrong), 0.1), f"{name} through it, {work.per_second}/s", wrong)


def _from_cache(log: Path) -> int:
    """Return how many GET requests were answered from the cache."""
    lines = (line.split() for line in log.read_text().splitlines())
    return sum(words[2] == "GET" and words[3] in FROM_CACHE for words in lines)
