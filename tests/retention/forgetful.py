"""A letter that closes, and what is forgotten under it at some moment."""

from datetime import datetime, timedelta

import sqlalchemy as sa
import time_machine

from tests.factories import make_invited, owner_of
from tests.traces import MARKS, someone
from tribune.audit.models import Event, Verb
from tribune.database import db, now, write
from tribune.letters.life import close
from tribune.letters.models import Letter
from tribune.moderation.actions import advance, start
from tribune.people import actions as people
from tribune.people import first
from tribune.people.actions import shown_as, words_of
from tribune.retention import actions, periods
from tribune.signatures.models import Flag, Merge, Signature

SOON = timedelta(hours=1)


def ran(at: datetime) -> dict[str, int]:
    """How many rows each rule took at that moment."""
    with time_machine.travel(at, tick=False):
        return dict(actions.run())


def rows(model: type) -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(model)) or 0


def told() -> list[tuple[str, int]]:
    query = sa.select(Event).where(Event.verb == Verb.DATA_FORGOTTEN).order_by(Event.id)
    return [(event.details["rule"], event.details["rows"]) for event in db.session.scalars(query)]


def closed(letter: Letter, **given: object) -> datetime:
    close(letter)
    with write():
        for name, value in given.items():
            setattr(letter, name, value)
    assert letter.closed_at
    return letter.closed_at


def names_go(letter: Letter) -> datetime:
    assert letter.end
    return periods.months_after(letter.end, periods.NAMES_MONTHS)


def with_a_past(letter: Letter) -> Signature:
    """One whose name stands wherever it can."""
    owner, signature = owner_of(letter), someone(letter, news=True)
    invited = make_invited(letter, given_name=MARKS[0], family_name=MARKS[1], email=MARKS[2], note=f"Ami de {MARKS[1]}")
    with write() as session:
        invited.accepted_at, invited.signature_id = now(), signature.id
        session.add(Merge(letter_id=letter.id, from_key="ruche d'or", into=MARKS[4]))
        session.add(Flag(letter_id=letter.id, signature_id=signature.id, kind="joke"))
    for verb, choice in (("hide", {"ids": [signature.id]}), ("show", {"q": MARKS[1]})):
        batch = start(letter, by=owner, verb=verb, choice=choice, reason=f"Demandé par {MARKS[1]}", tells=False)
        advance(batch, 60)
    first.set_first(letter, signature, True, by=owner)
    words = {**words_of(signature), "given_name": MARKS[0] + "-Anne"}
    people.correct(signature, by=owner, words=words, reason=f"Écrit par {MARKS[1]}", seen_as=shown_as(signature))
    held = someone(letter, email="other@example.org", held_at=now())
    with write():
        held.counted_at = None
        letter.confirmed_count -= 1
    return signature
