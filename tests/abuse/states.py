"""What somebody who signs with an address of another is told about it: nothing.

The address is new, pending, confirmed, withdrawn, suppressed, held: signing, typing a wrong code after it, asking for
a new link and asking for one's links are answered by the same bytes, and the times cannot be told apart: for each two
states the test of Kolmogorov and Smirnov, p above 0.01 once it is corrected for how many pairs were compared (Holm;
else one of a hundred pairs of equals fails). In each round the states come in another order, and each form from a
network of its own, which is counted but not refused. Random by design, and left out: the cookie of the browser that
signed, and the moment.

    .venv/bin/python -m pytest tests/abuse/test_states.py       the bytes, and the statements executed
    .venv/bin/python -m tests.abuse.states --times 1000         by hand: the bytes and the times, on each database
"""

import argparse
import math
import re
import sys
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import combinations, product
from pathlib import Path
from random import Random, randrange
from statistics import median

from tests.abuse.odd_requests import FORM, encoded
from tests.abuse.sites import SLUG, databases, open_letter, the_letter
from tests.abuse.wire import Answer, Wire
from tests.factories import make_signature
from tests.servers.site import serve
from tribune.database import db, now, write
from tribune.outbox.actions import suppress
from tribune.outbox.mailboxes import mailbox_key
from tribune.signatures.browser import COOKIE, hash_of
from tribune.signatures.stamp import stamp
from tribune.signatures.wordings import WORDING
from tribune.tokens import Purpose, issue

STATES = ("new", "pending", "confirmed", "withdrawn", "suppressed", "held")
FORMS = ("sign", "code", "new-link", "find")
BY_DESIGN = re.compile(rb"(?<=tribune_signing=)[\w.-]+|(?<=Date: )[^\n]+|(?<=Expires=)[^;\n]+")
WARM = 20  # rounds that fill caches, and are not counted
LIKELY = 0.01


@dataclass
class Found:
    """By form and state: the answers as they are compared, and the seconds they took."""

    answers: dict[tuple[str, str], set[bytes]] = field(default_factory=dict)
    seconds: dict[tuple[str, str], list[float]] = field(default_factory=dict)

    def told(self, form: str) -> set[bytes]:
        """All different answers of a form."""
        return set().union(*(self.answers[form, state] for state in STATES))

    def pairs(self, form: str) -> dict[str, float]:
        """How likely the times of two states are to come from the same source, for each two."""
        return {
            f"{one} and {other}": likelihood(self.seconds[form, one], self.seconds[form, other])
            for one, other in combinations(STATES, 2)
        }


def run(url: str, folder: Path, times: int, seed: int, forms: Sequence[str] = FORMS) -> Found:
    """Ask each form that often about an address in each state, by turns, on this empty database."""
    found, random = Found(), Random(seed)
    with (
        open_letter(url, folder) as (app, settings),
        serve({**settings, "TRIBUNE_TRUSTED_PROXIES": "1", "TRIBUNE_RATELIMITS": "on"}) as site,
        Wire(site.port) as wire,
    ):
        with app.app_context():
            digest = the_letter().version.digest
            db.session.remove()
        for number in range(times + WARM):
            each = list(product(forms, STATES))
            random.shuffle(each)
            with app.app_context():
                posts = [(form, state, *post(form, state, number, digest)) for form, state in each]
                cookies = {state: cookie(state, number) for state in STATES}
                db.session.remove()
            random.shuffle(posts)
            for place, (form, state, path, body) in enumerate(posts):
                headers = [(b"Content-Type", FORM), (b"Cookie", f"{COOKIE}={cookies[state]}".encode())]
                headers.append((b"X-Forwarded-For", f"2001:db8:{number:x}:{place:x}00::1".encode()))
                answer = wire.ask("POST", path.encode(), headers, body)
                found.answers.setdefault((form, state), set()).add(as_compared(answer))
                if number >= WARM:
                    found.seconds.setdefault((form, state), []).append(answer.seconds)
    return found


def cookie(state: str, number: int) -> str:
    """The cookie of the browser that signs with the address in that state."""
    return issue(Purpose.BROWSER, f"{state} {number}")


def post(form: str, state: str, number: int, digest: str) -> tuple[str, bytes]:
    """Bring an address nobody used yet into that state; the path and the form that ask about it."""
    email = f"{state:_<10}{form:_<8}{number:05}@example.org"
    letter = the_letter()
    if state in {"pending", "held", "suppressed"}:
        make_signature(letter, email=email, confirmed=False, held_at=now() if state == "held" else None)
    elif state == "confirmed":
        make_signature(letter, email=email)
    elif state == "withdrawn":
        make_signature(letter, email=email, confirmed=False, confirmed_at=now(), withdrawn_at=now())
    if state == "suppressed":
        with write():
            suppress(mailbox_key(email))
    if form == "code":
        if state not in {"confirmed", "suppressed"}:  # where signing leaves no row
            make_signature(letter, email=email, confirmed=False, browser_hash=hash_of(f"{state} {number}"))
        return "/signatures/confirm/code", b"code=123456"
    if form == "sign":
        path, typed = f"/letters/{SLUG}/sign", {"stamp": stamp(SLUG), "version": digest, "wording": WORDING}
        typed |= {"given_name": "Zoé", "family_name": "Évrard", "publish": "y"}
    else:
        path, typed = f"/signatures/{form}", {"stamp": stamp(form)}
    fields = {**typed, "email": email}
    return path, encoded([(name.encode(), value.encode()) for name, value in fields.items()])


def as_compared(answer: Answer) -> bytes:
    """All of it but what is random by design."""
    lines = [str(answer.status), *(f"{name}: {value}" for name, value in answer.headers)]
    return BY_DESIGN.sub(b"", "\n".join(lines).encode() + b"\n\n" + answer.body)


def likelihood(one: list[float], other: list[float]) -> float:
    """Of two samples as different as these from the same source: the p of Kolmogorov and Smirnov, for large samples."""
    first, second = sorted(one), sorted(other)
    apart = max(
        abs(bisect_right(first, value) / len(first) - bisect_right(second, value) / len(second))
        for value in first + second
    )
    size = math.sqrt(len(first) * len(second) / (len(first) + len(second)))
    scaled = (size + 0.12 + 0.11 / size) * apart
    terms = ((-1) ** (k - 1) * math.exp(-2 * (k * scaled) ** 2) for k in range(1, 101))
    return min(1.0, max(0.0, 2 * sum(terms))) if scaled > 0.2 else 1.0


def corrected(likelihoods: dict[str, float]) -> dict[str, float]:
    """The same for how many were compared, as Holm does: the least first."""
    least, made = 0.0, {}
    for number, name in enumerate(sorted(likelihoods, key=lambda name: likelihoods[name])):
        least = max(least, min(1.0, likelihoods[name] * (len(likelihoods) - number)))
        made[name] = least
    return made


def main() -> None:
    """Print what was found on each database; fails when two states can be told apart."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--times", type=int, default=1000)
    parser.add_argument("--form", choices=FORMS, action="append", help="these alone")
    parser.add_argument("--seed", type=int, default=randrange(10**6), help="of the order of the states")
    asked = parser.parse_args()
    forms, failed = asked.form or FORMS, False
    for name, url, folder in databases():
        found = run(url, folder, asked.times, asked.seed, forms)
        print(f"{name}, {asked.times} of each, seed {asked.seed}")
        for form in forms:
            pairs = found.pairs(form)
            holm = corrected(pairs)
            medians = (f"{state} {median(found.seconds[form, state]) * 1000:.2f}" for state in STATES)
            print(f"  {form}: {len(found.told(form))} answer; medians in ms: {', '.join(medians)}")
            for pair in sorted(pairs, key=lambda pair: pairs[pair])[:3]:
                print(f"    {pair}: p {pairs[pair]:.3f}, of {len(pairs)} pairs {holm[pair]:.3f}", flush=True)
            failed = failed or len(found.told(form)) > 1 or min(holm.values()) <= LIKELY
    sys.exit(failed)


if __name__ == "__main__":
    main()
