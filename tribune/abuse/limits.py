"""How much one network may do: more than a school, an office or a mobile carrier behind one address needs."""

from datetime import UTC, datetime, timedelta
from math import ceil
from typing import NamedTuple, TypeGuard

from flask import current_app

from tribune.abuse.counters import store
from tribune.database import now
from tribune.metrics import LIMITED

LATE = timedelta(minutes=15)  # how much later a mail leaves without a proof of work


class Window(NamedTuple):
    """At most `most` in `seconds`; windows begin at multiples of `seconds` since 1970."""

    seconds: int
    most: int

    def key(self, what: str, network: str, at: datetime) -> str:
        """Return the name of the counter for the window of this moment."""
        return f"{what} {self.seconds} {int(at.timestamp()) // self.seconds} {network}"

    def end(self, at: datetime) -> datetime:
        """Return when the window of this moment is over."""
        return datetime.fromtimestamp((at.timestamp() // self.seconds + 1) * self.seconds, UTC)


PROVE, HOLD, REFUSE = Window(600, 20), Window(3600, 200), Window(3600, 1000)  # signatures: what happens above each
# All that people without an account can make us write or mail: above either window, it is refused.
LIMITS = {
    "sign": (REFUSE,),
    "new-link": (Window(600, 30), Window(3600, 120)),
    "find": (Window(600, 30), Window(3600, 120)),
    "report": (Window(600, 10), Window(3600, 30)),
    "log-in": (Window(600, 30), Window(3600, 120)),
    "invitation": (Window(600, 60), Window(3600, 240)),
    "mine": (Window(600, 60), Window(3600, 240)),
}


class Pace(NamedTuple):
    """What is done with a signature because of how many came before it from the same network."""

    late: timedelta = timedelta()  # how much later its mail leaves
    held: bool = False


def _is_limited(network: str | None) -> TypeGuard[str]:
    """Whether limits apply: RATELIMITS is on, and the network is known (`networks.network_hash`)."""
    return network is not None and current_app.config["RATELIMITS"]


def seconds_to_wait(what: str, network: str | None) -> int:
    """Return how long until this network may do that again, 0 if it may now. Counts nothing."""
    if not _is_limited(network):
        return 0
    at = now()  # once: a window that ends meanwhile would else be followed by the wait for the next
    full = [window for window in LIMITS[what] if store().read(window.key(what, network, at)) >= window.most]
    if full:
        LIMITED.labels(what).inc()
    return max((ceil((window.end(at) - at).total_seconds()) for window in full), default=0)


def count(what: str, network: str | None) -> None:
    """Count one of the acts that LIMITS names."""
    if _is_limited(network):
        _count_in_each(what, network, LIMITS[what])


def _count_in_each(what: str, network: str, windows: tuple[Window, ...]) -> list[int]:
    """Count once in each window; return the new numbers, in their order."""
    at = now()
    ends = {window.key(what, network, at): window.end(at) for window in windows}
    numbers = store().hit_all(ends)
    return [numbers[key] for key in ends]


def must_prove(network: str | None) -> bool:
    """Whether the mail of this network's next signature is delayed unless it has a proof of work."""
    return _is_limited(network) and store().read(PROVE.key("sign", network, now())) >= PROVE.most


def pace_of_signature(network: str | None, proved: bool) -> Pace:
    """Count a signature, whatever its address, and return what is done with it."""
    if not _is_limited(network):
        return Pace()
    burst, lasting = _count_in_each("sign", network, (PROVE, HOLD))
    held, late = lasting > HOLD.most, burst > PROVE.most and not proved
    for name, happened in (("sign: held", held), ("sign: late", late)):
        if happened:
            LIMITED.labels(name).inc()
    return Pace(LATE if late else timedelta(), held)
