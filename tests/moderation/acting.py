"""What the tests of batches share: an act done whole, put back, its button, and all that it may have changed."""

from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from tests.factories import owner_of
from tests.page import Reader, words
from tests.threads import LONG
from tribune.database import db, now, write
from tribune.letters.models import Letter
from tribune.moderation import actions
from tribune.moderation.actions import advance, undo
from tribune.moderation.models import Batch
from tribune.signatures.actions import new_signature
from tribune.signatures.models import Signature


def start(letter: Letter, verb: str = "hide", choice: dict[str, Any] | None = None, **more: Any) -> Batch:
    reason = more.pop("reason", "Des essais.")
    return actions.start(letter, by=owner_of(letter), verb=verb, choice=choice or {}, reason=reason, **more)


def do(letter: Letter, verb: str = "hide", choice: dict[str, Any] | None = None, **more: Any) -> Batch:
    batch = start(letter, verb, choice, **more)
    advance(batch, LONG)
    return batch


def do_to(verb: str, *signatures: Signature, **more: Any) -> Batch:
    """The same to these signatures of one letter."""
    return do(signatures[0].letter, verb, {"ids": [signature.id for signature in signatures]}, **more)


def back(batch: Batch) -> None:
    undo(batch, by=owner_of(batch.letter))
    advance(batch, LONG)


def dump() -> list[tuple[Any, ...]]:
    """All that a batch may change, and everything else of signatures and letters."""
    db.session.rollback()
    return [
        tuple(row)
        for table in (Signature.__table__, Letter.__table__)
        for row in db.session.execute(sa.select(table).order_by(table.c.id))
    ]


def make_many(letter: Letter, number: int) -> None:
    """Confirmed and pending, attested, shown and not, quickly."""
    rows, confirmed, attested = [], 0, 0
    moment = now() - timedelta(days=1)
    for n in range(number):
        at = moment + timedelta(seconds=n)
        kind = n % 10
        row = {"confirmed_at": at, "counted_at": at, "attested_at": None}
        if kind == 0:
            row = {"confirmed_at": None, "counted_at": None, "attested_at": None}
        elif kind == 1:
            row = {"confirmed_at": None, "counted_at": at, "attested_at": at}
        confirmed += kind > 1
        attested += kind == 1
        made = new_signature(
            letter, given_name="Zoé", family_name=f"N{n}", role="", organisation="", email=f"p{n}@example.org",
            mailbox_key=f"{n:043}", locale="fr", published=n % 3 > 0, news=False, signed_at=at, **row,
        )  # fmt: skip
        rows.append({c.key: getattr(made, c.key) for c in Signature.__table__.c if getattr(made, c.key) is not None})
        rows[-1] |= row
    with write() as session:
        session.execute(sa.insert(Signature), rows)
        letter.confirmed_count += confirmed
        letter.attested_count += attested


def at(letter: Letter, rest: str = "") -> str:
    return f"/manage/letters/{letter.id}/signatures{rest}"


def press(desk: Reader, page: str, **typed: str) -> str:
    """Send the form of a page as it stands, with what is typed: where that leads."""
    answer = desk.post(page, data={**desk.fields(page), **typed})
    assert answer.status_code == 303, words(answer.text)
    return answer.location or ""
