"""Links that nobody signed: good ones with a change somewhere, cut, joined, moved to another purpose or another key.

None opens anything, by HTTP at every address that holds a token, or in this process; and none is an error of ours.

    .venv/bin/python -m pytest tests/abuse/test_tokens.py       a few thousand
    .venv/bin/python -m tests.abuse.tokens --asked 100000 --read 1000000        by hand
"""

import base64
import json
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from urllib.parse import quote

from itsdangerous import URLSafeTimedSerializer

from tests.abuse.sites import open_letter, report
from tests.abuse.wire import Wire
from tests.factories import everything, make_letter, make_organiser
from tests.links import links_of
from tests.servers.site import serve
from tribune.database import db
from tribune.tokens import GLUED, Purpose, TokenDamaged, TokenExpired, issue, read

ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_."
ODD = ["\0", "\ud800", "é", "%", "/", "..", "=", "\n", "𝒳", "\u202e", "~", " " * 9, "{}", "\ufeff"]

REFUSED = {308, 400, 404, 405, 410}  # 308: an empty part, left out; 400: a NUL, or a button without its page


@dataclass
class Found:
    """What came back by HTTP; what was taken for a token of ours; what was written."""

    asked: Counter[int] = field(default_factory=Counter)
    read: int = 0
    accepted: list[str] = field(default_factory=list)
    changed: bool = False

    def wrong(self) -> list[str]:
        """What does not hold."""
        return [*self.accepted, *(["something was written"] if self.changed else [])]


def mutated(random: Random, good: list[str]) -> str:
    """What is none of these tokens, made of one or two of them; what a sentence glues behind a link is no change."""
    token = ""
    while not token or token.rstrip(GLUED) in good:
        token = random.choice(MUTATIONS)(random, random.choice(good), good)
    return token


def _change(random: Random, token: str, _good: list[str]) -> str:
    place = random.randrange(len(token))
    if place == len(token) - 1:  # its last bits say nothing
        place = 0
    return token[:place] + random.choice([*ALPHABET, *ODD]) + token[place + 1 :]


def _cut(random: Random, token: str, _good: list[str]) -> str:
    place = random.randrange(len(token))
    return token[:place] if random.random() < 0.5 else token[place + 1 :]


def _insert(random: Random, token: str, _good: list[str]) -> str:
    place = random.randrange(len(token))
    return token[:place] + random.choice([*ALPHABET, *ODD]) * random.choice([1, 1, 2, 300]) + token[place:]


def _join(random: Random, token: str, good: list[str]) -> str:
    ours, theirs = token.split("."), random.choice(good).split(".")
    return ".".join(random.choice(pair) for pair in zip(ours, theirs, strict=False))


def _sign_ourselves(random: Random, token: str, _good: list[str]) -> str:
    key = random.choice(["", "secret", "dev", "change me", str(random.random())])
    return str(URLSafeTimedSerializer(key, salt=f"tribune.{random.choice(list(Purpose))}").dumps([1, "nonce"]))


def _say_otherwise(random: Random, token: str, _good: list[str]) -> str:
    payload = random.choice([[1, ""], [2**63, "x"], [None], {}, "x", [[1]], -1, [True, None], "\ud800", [1, "é" * 50]])
    said = base64.urlsafe_b64encode(json.dumps(payload).encode()).decode().rstrip("=")
    return ".".join([said, *token.split(".")[1:]])


def _reorder(random: Random, token: str, _good: list[str]) -> str:
    parts = token.split(".")
    random.shuffle(parts)
    return random.choice([".", "..", ""]).join(parts)


MUTATIONS = [_change, _change, _cut, _insert, _join, _sign_ourselves, _say_otherwise, _reorder]


def run(url: str, folder: Path, *, asked: int, reads: int) -> Found:
    """Ask for so many at a site on this empty database, then read as many in this process."""
    found, random = Found(), Random(1)
    with open_letter(url, folder) as (app, settings), serve(settings) as site, app.app_context():
        links = links_of(make_letter(make_organiser(), slug="aim"))
        good = [issue(link.purpose, link.payload) for link in links.values()]
        good += [issue(purpose, [1, "nonce"]) for purpose in Purpose]
        mark = {"token": "TOKEN"}
        paths = [app.url_map.bind("").build(endpoint, mark).partition("TOKEN")[::2] for endpoint in links]
        before = everything()
        db.session.rollback()
        with Wire(site.port) as wire:
            for _ in range(asked):
                start, end = random.choice(paths)
                target = start + quote(mutated(random, good).encode("utf-8", "surrogatepass"), safe="") + end
                answer = wire.ask(random.choice(["GET", "POST"]), target.encode(), (), b"")
                found.asked[answer.status] += 1
                if answer.status not in REFUSED:
                    found.accepted.append(f"{answer.status} {target[:300]}")
        found.changed = everything() != before
        db.session.rollback()
        for _ in range(reads):
            token, found.read = mutated(random, good), found.read + 1
            try:
                found.accepted.append(f"{token} holds {read(random.choice(list(Purpose)), token, 3600)}")
            except TokenExpired as error:
                found.accepted.append(f"{token} once held {error.payload}")
            except TokenDamaged:
                continue
    return found


if __name__ == "__main__":
    report(
        lambda url, folder, asked, read: run(url, folder, asked=asked // 2, reads=read // 2),
        asked=100_000,
        read=1_000_000,
    )
