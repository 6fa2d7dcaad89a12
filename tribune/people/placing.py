"""Changing the order of first signatories: one transaction that renumbers, logs, and can be undone."""

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from typing import Any

import sqlalchemy as sa

from tribune.audit.models import Event, Verb
from tribune.database import db, write
from tribune.letters.models import Letter
from tribune.letters.queries import lock
from tribune.letters.recording import record_under
from tribune.organisers.models import Organiser
from tribune.people.order import Entry, Order, Place, entries, grouped, order_shown_as
from tribune.people.queries import last_change, people_of, places, whole_line
from tribune.signatures.models import Signature
from tribune.signatures.wordings import of_initials


class OrderChanged(Exception):
    """The order is no longer the one that was shown; nothing was changed."""


def change(
    letter: Letter,
    arrange: Callable[[Order], list[Entry]],
    *,
    by: Organiser,
    seen_as: str | None,
    signature: Signature | None = None,
    **details: Any,
) -> bool:
    """Store the order that `arrange` makes of the present one; return False if it is the same.

    `seen_as`: the digest of the order that the page showed; None: any. `signature`: whom the change is about;
    `details`: for the log. Raises OrderChanged.
    """
    with write():
        before = _locked(letter, seen_as)
        changed = _differences(before, grouped(arrange(grouped(entries(before)))))
        if changed:
            _store(letter, before, changed, by=by, signature=signature, **details)
    return bool(changed)


def settle(letter: Letter, arrange: Callable[[Order], list[Entry]] = list) -> None:
    """Bring lines of the same section together after lines were added or removed, in the caller's transaction.

    `arrange`: adds people who answered an invitation, which organisers cannot undo.
    """
    before = _locked(letter, None)
    _write(_differences(before, grouped(arrange(grouped(entries(before))))))


def undo(letter: Letter, *, by: Organiser, seen_as: str) -> None:
    """Restore the order from before the last change. Raises OrderChanged."""
    with write():
        before = _locked(letter, seen_as)
        event = last_change(letter)
        if event is None or not can_undo(letter, event, before):
            raise OrderChanged
        was = _was(event)
        stay = _who_stay(letter, event, was)
        changed = [place for place in was if place.id in stay]
        _store(letter, before, changed, by=by, signature=None, what="undone")


def can_undo(letter: Letter, event: Event, now: Sequence[Place]) -> bool:
    """Whether the order is still as this change left it, and nobody it took off was given another section since."""
    if event.details["digest"] != order_shown_as(now):
        return False
    stand = {place.id for place in now}
    off = [place for place in _was(event) if place.id not in stand]  # the digest leaves them out
    stay = _who_stay(letter, event, off) if off else {}
    return all(stay[place.id].section == place.section for place in off if place.id in stay)


def _was(event: Event) -> list[Place]:
    """Return the places that this change changed, as they were before."""
    return [Place._make(values) for values in event.details["was"]]


def _who_stay(letter: Letter, event: Event, was: Sequence[Place]) -> dict[int, Signature]:
    """Return the signatures of these places that may be put back, by id.

    Not those who have since withdrawn or agreed to initials only. Nor those who signed later: until migration 0013
    SQLite gave new rows the ids of erased ones.
    """
    there = people_of(letter, [place.id for place in was]).values()
    here = [one for one in there if one.withdrawn_at is None and one.signed_at <= event.at]
    return {one.id: one for one in here if not of_initials(one.wording)}


def _locked(letter: Letter, seen_as: str | None) -> list[Place]:
    """Lock the letter and return the present order. Raises OrderChanged if it is not as `seen_as` says."""
    lock(letter)
    found = places(letter)
    if seen_as is not None and order_shown_as(found) != seen_as:
        raise OrderChanged
    return found


def _differences(before: Sequence[Place], order: Order) -> list[Place]:
    """Return the places that differ in this order; those of people no longer in it with position None."""
    stood = {place.id: place.line_place for place in before}
    after = {
        person: Place(person, n, entry.section, line_place)
        for n, entry in enumerate(order, 1)
        for person, line_place in zip(entry.people, _line_places(entry, stood), strict=True)
    }
    known = set(before)
    lost = [place._replace(position=None) for place in before if place.id not in after]
    return [*(place for place in after.values() if place not in known), *lost]


def _line_places(line: Entry, stood: Mapping[int, int]) -> Sequence[int]:
    """Return where its people stand on it: as they `stood` if in that order, so that who left can return to a gap."""
    kept = [stood[person] for person in line.people if person in stood]
    stays = len(kept) == len(line.people) and all(one < next_one for one, next_one in pairwise(kept))
    return kept if stays else range(len(line.people))


def _write(changed: Sequence[Place]) -> None:
    if changed:
        db.session.execute(sa.update(Signature), [place._asdict() for place in changed])


def _store(
    letter: Letter,
    order: Sequence[Place],
    changed: Sequence[Place],
    *,
    by: Organiser,
    signature: Signature | None,
    verb: Verb = Verb.FIRST_SIGNATORIES_CHANGED,
    **details: Any,
) -> None:
    stood = {place.id: place for place in order}
    _write(changed)
    record_under(
        letter,
        verb,
        by=by,
        signature_id=signature.id if signature else None,
        subject=whole_line(signature).text if signature else "",
        **details,
        was=[stood.get(place.id, place._replace(position=None)) for place in changed],
        digest=order_shown_as(places(letter)),
    )
