"""How late mails leave when very many sign at once: `python -m bench.mail_delay --signatures 100000000 --hours 60`.

A simulation of the outbox, minute by minute, for a curve of signatures: what waits, by urgency, and what the relay
takes. Of our code it imitates only the order (most urgent first, then oldest); the rates are given as options.
"""

import argparse
import math
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

REMINDED_AFTER = 3 * 24 * 60  # minutes, REMINDER_DAYS


def curve(signatures: int, hours: int, peak: float) -> list[float]:
    """Return the signatures of each minute: a rise, a long fall with nights; the busiest is `peak` times the mean."""
    minutes = range(hours * 60)

    def shape(sharpness: float) -> list[float]:
        risen = [minute / 60 * math.exp(-sharpness * minute / 60) for minute in minutes]
        awake = [1 - 0.7 * (0.5 + 0.5 * math.cos((minute / 60 + 10 - 4) * math.pi / 12)) for minute in minutes]
        return [a * b for a, b in zip(risen, awake, strict=True)]

    low, high = 0.0, 5.0
    for _ in range(50):  # bisection: a sharper curve has a higher peak
        middle = (low + high) / 2
        made = shape(middle)
        low, high = (middle, high) if max(made) * len(made) < peak * sum(made) else (low, middle)
    made = shape(high)
    return [signatures * part / sum(made) for part in made]


@dataclass
class Waiting:
    """Mails of one urgency, oldest first: [minute they were posted, how many]."""

    posted: deque[list[float]] = field(default_factory=deque)
    sent: list[tuple[int, float]] = field(default_factory=list)  # minutes waited, how many

    def post(self, minute: int, mails: float) -> None:
        """Add mails."""
        if mails > 0:
            self.posted.append([minute, mails])

    def send(self, minute: int, room: float) -> float:
        """Let the oldest leave, at most `room`; return the room left."""
        while self.posted and room > 0:
            oldest = self.posted[0]
            leaving = min(oldest[1], room)
            self.sent.append((minute - int(oldest[0]), leaving))
            room -= leaving
            oldest[1] -= leaving
            if oldest[1] <= 1e-9:
                self.posted.popleft()
        return room

    @property
    def length(self) -> float:
        """How many wait."""
        return sum(mails for _, mails in self.posted)

    def waited(self, share: float) -> int:
        """Return the minutes within which this share of the sent mails left; 0 means within the same minute."""
        total, so_far = sum(mails for _, mails in self.sent), 0.0
        for minutes, mails in sorted(self.sent):
            so_far += mails
            if so_far >= share * total - 1e-6:
                return minutes
        return 0


@dataclass
class Outcome:
    """The result: mails by urgency, the longest queue, the duration."""

    urgent: Waiting = field(default_factory=Waiting)
    rest: Waiting = field(default_factory=Waiting)
    longest_queue: float = 0
    minutes: int = 0  # from the first signature until nothing waited

    @property
    def length(self) -> float:
        """How many wait."""
        return self.urgent.length + self.rest.length


def simulate(signed: Sequence[float], *, mails_per_minute: float, reminded: float, mailing: float = 0) -> Outcome:
    """Run the outbox from the first signature until it is empty.

    `signed`: signatures of each minute, each with a mail to confirm it; `reminded`: the share that is reminded once,
    three days later; `mailing`: mails to those who signed, posted after an hour.
    """
    outcome, minute = Outcome(), 0
    at_least = len(signed) + (REMINDED_AFTER if reminded else 0)
    while minute < at_least or outcome.length:
        before = minute - REMINDED_AFTER
        reminders = signed[before] * reminded if 0 <= before < len(signed) else 0
        outcome.urgent.post(minute, (signed[minute] if minute < len(signed) else 0) + reminders)
        outcome.rest.post(minute, mailing if minute == 60 else 0)
        outcome.rest.send(minute, outcome.urgent.send(minute, mails_per_minute))
        outcome.longest_queue = max(outcome.longest_queue, outcome.length)
        minute += 1
    outcome.minutes = minute
    return outcome


def main() -> None:
    """Print a table, one line per number of relays."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--signatures", type=int, default=100_000_000)
    parser.add_argument("--hours", type=int, default=60)
    parser.add_argument("--peak", type=float, default=4.0, help="busiest minute to the mean one")
    parser.add_argument("--relay", type=float, default=200.0, help="mails a second that one relay takes")
    parser.add_argument("--relays", type=int, nargs="+", default=[1, 2, 4, 8, 16])
    parser.add_argument("--reminded", type=float, default=0.25, help="share that has not confirmed after three days")
    asked = parser.parse_args()
    signed = curve(asked.signatures, asked.hours, asked.peak)
    mean, busiest = sum(signed) / len(signed) / 60, max(signed) / 60
    print(f"{asked.signatures:,} in {asked.hours} h: {mean:,.0f} a second, {busiest:,.0f} in the busiest minute\n")
    print("| relays | mails a second | longest queue | half waited | 99 of 100 | the last | empty after |")
    print("|---|---|---|---|---|---|---|")
    for relays in asked.relays:
        rate = relays * asked.relay
        done = simulate(signed, mails_per_minute=rate * 60, reminded=asked.reminded)
        waits = [_clock(done.urgent.waited(share)) for share in (0.5, 0.99, 1)]
        cells = [f"{relays}", f"{rate:,.0f}", f"{done.longest_queue:,.0f}", *waits, _clock(done.minutes)]
        print(f"| {' | '.join(cells)} |")


def _clock(minutes: int) -> str:
    return "under 1 min" if minutes < 1 else f"{minutes} min" if minutes < 120 else f"{minutes / 60:,.0f} h"


if __name__ == "__main__":
    main()
