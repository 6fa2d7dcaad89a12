"""Requests that no page of ours would send, at every address of the site, with every method.

None is answered by an error of ours (500 and above) or by silence, on either database, and none takes a second.

    .venv/bin/python -m pytest tests/abuse/test_fuzz.py         some of them
    .venv/bin/python -m tests.abuse.fuzz --requests 100000      by hand, on each database half
"""

import re
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from tests.abuse.odd_requests import Request, draw
from tests.abuse.places import make_ground
from tests.abuse.sites import open_letter, report
from tests.abuse.wire import Answer, Wire
from tests.servers.site import serve
from tribune.database import db

EACH = 1000  # requests, after which so much is closed, deleted and renamed that a new ground is made
SLOW = 1.0  # seconds
LOG_IN = "/organisers/log-in"


@dataclass
class Found:
    """What came back. `faults`: each request answered by an error of ours, or by nothing; `slow`: above SLOW."""

    statuses: Counter[int] = field(default_factory=Counter)
    reached: Counter[str] = field(default_factory=Counter)  # by rule, answers that a view gave
    faults: list[str] = field(default_factory=list)
    slow: list[str] = field(default_factory=list)
    slowest: float = 0
    errors: Counter[str] = field(default_factory=Counter)  # in the log of the site: where, and what

    def take(self, request: Request, answer: Answer) -> None:
        """Look at one answer."""
        self.statuses[answer.status] += 1
        self.slowest = max(self.slowest, answer.seconds)
        if answer.status < 400 or answer.status == 422:
            self.reached[request.place.rule] += 1
        said = f"{answer.status} in {answer.seconds:.2f} s: {request.method} {request.place.rule}"
        said += f"\n    {request[1:4]!r:.2000}"
        if answer.status >= 500 or answer.status == 0:
            self.faults.append(said)
        elif answer.seconds > SLOW:
            self.slow.append(said)

    @property
    def share_reached(self) -> float:
        """How many were not turned away before they did anything; a low one would prove little."""
        return self.reached.total() / max(self.statuses.total(), 1)

    def wrong(self) -> list[str]:
        """What does not hold."""
        return [*(f"{times} times {error}" for error, times in self.errors.items()), *self.faults[:50]]

    def __str__(self) -> str:
        return "\n  ".join(
            [
                f"{self.statuses.total()} requests, {self.share_reached:.0%} of them past the doors of"
                f" {len(self.reached)} addresses; {len(self.faults)} faults; {len(self.slow)} above {SLOW} s,"
                f" the slowest {self.slowest:.2f} s; {dict(sorted(self.statuses.items()))}",
                *self.slow[:20],
            ]
        )


def run(url: str, folder: Path, requests: int, seed: int) -> Found:
    """Send so many to a site on this empty database."""
    found, ground, left = Found(), None, 0
    with open_letter(url, folder) as (app, settings), serve(settings) as site, Wire(site.port) as wire:
        for number in range(requests):
            if not left:
                with app.app_context():
                    ground, left = make_ground(app), EACH
                    db.session.remove()
            assert ground
            request = draw(Random(f"{seed} {number}"), ground)
            answer = wire.ask(*request[:4])
            found.take(request, answer)
            shut_out = request.place.is_private and answer.header("Location") == LOG_IN
            left = 0 if shut_out and left < EACH // 2 else left - 1
        found.errors = errors_in(site.output)
    return found


def errors_in(log: str) -> Counter[str]:
    """How often each error was logged, named by the last place of ours on its way and by its own words."""
    errors: Counter[str] = Counter()
    for trace in re.findall(r"Traceback.*", log):
        lines = [line.strip() for line in trace.replace("\\n", "\n").splitlines()]
        ours = [line for line in lines if "/tribune/" in line] or lines[:1]
        errors[f"{ours[-1]}: {lines[-1]:.200}"] += 1
    return errors


if __name__ == "__main__":
    report(
        lambda url, folder, requests, seed: run(url, folder, requests // 2, seed),
        requests=100_000,
        seed=1,
    )
