"""What somebody who signs with an address of another is told about it: nothing.

The address is new, pending, confirmed, withdrawn, suppressed, held: signing, asking for a new link and asking for one's
links are answered by the same bytes, and the times cannot be told apart (Kolmogorov and Smirnov, of each state against
a new address, p above 0.01). Random by design, and left out: the cookie of the browser that signed, and the moment.

    .venv/bin/python -m pytest tests/abuse/test_states.py       the bytes
    .venv/bin/python -m tests.abuse.states --times 1000         by hand: the bytes and the times, on each database
"""

import argparse
import math
import re
import sys
from bisect import bisect_right
from dataclasses import dataclass, field
from pathlib import Path

from flask import Flask

from tests.abuse.odd_requests import FORM, encoded
from tests.abuse.sites import SLUG, databases, open_letter, the_letter
from tests.abuse.wire import Answer, Wire
from tests.factories import make_signature
from tests.servers.site import serve
from tribune.database import db, now, write
from tribune.outbox.actions import suppress
from tribune.outbox.mailboxes import mailbox_key
from tribune.signatures.stamp import stamp

STATES = ("new", "pending", "confirmed", "withdrawn", "suppressed", "held")
FORMS = ("sign", "new-link", "find")
BY_DESIGN = re.compile(rb"(?<=tribune_signing=)[\w-]+|(?<=Date: )[^\n]+|(?<=Expires=)[^;\n]+")
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


def run(url: str, folder: Path, times: int) -> Found:
    """Ask each form that often about an address in each state, by turns, on this empty database."""
    found = Found()
    with open_letter(url, folder) as (app, settings), serve(settings) as site, Wire(site.port) as wire:
        with app.app_context():
            digest = the_letter().version.digest
            db.session.remove()
        for number in range(times + WARM):
            with app.app_context():
                posts = [(form, state, post(app, form, state, number, digest)) for form in FORMS for state in STATES]
                db.session.remove()
            turn = number % len(posts)
            for form, state, (path, body) in posts[turn:] + posts[:turn]:
                answer = wire.ask("POST", path.encode(), [(b"Content-Type", FORM)], body)
                found.answers.setdefault((form, state), set()).add(as_compared(answer))
                if number >= WARM:
                    found.seconds.setdefault((form, state), []).append(answer.seconds)
    return found


def post(app: Flask, form: str, state: str, number: int, digest: str) -> tuple[str, bytes]:
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
    if form == "sign":
        path, typed = f"/letters/{SLUG}/sign", {"stamp": stamp(SLUG), "version": digest, "publish": "y"}
        typed |= {"given_name": "Zoé", "family_name": "Évrard"}
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


def main() -> None:
    """Print what was found on each database; fails when a state can be told apart."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--times", type=int, default=1000)
    asked = parser.parse_args()
    failed = False
    for name, url, folder in databases():
        found = run(url, folder, asked.times)
        print(f"{name}, {asked.times} of each")
        for form in FORMS:
            new = found.seconds[form, "new"]
            print(f"  {form}: {len(found.told(form))} answer; medians in ms, and p against a new address:", end="")
            failed = failed or len(found.told(form)) > 1
            for state in STATES:
                seconds = found.seconds[form, state]
                p = likelihood(new, seconds)
                print(f" {state} {sorted(seconds)[len(seconds) // 2] * 1000:.2f} ({p:.3f})", end="")
                failed = failed or p <= LIKELY
            print(flush=True)
    sys.exit(failed)


if __name__ == "__main__":
    main()
