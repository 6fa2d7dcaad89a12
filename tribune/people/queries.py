"""Questions about one signature, and about first signatories."""

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby
from typing import NamedTuple

import sqlalchemy as sa

from tribune.audit.models import Event, Verb
from tribune.audit.queries import last_event
from tribune.database import db
from tribune.letters.models import Letter
from tribune.outbox.models import BOUNCES_COUNT_FOR, Mailbox
from tribune.outbox.queries import sends_back
from tribune.people.order import Entry, Place
from tribune.reading.people import Person
from tribune.signatures.lines import Line, line, lines, shared
from tribune.signatures.models import COLUMNS, SHOWN, Signature
from tribune.signatures.queries import IN_LINES, PAGE, the_one_that_counts
from tribune.statements import count_of, the_one, there_is

EVENTS = 50


def signature_of(letter: Letter, public_id: str) -> Signature | None:
    """Return the signature with this public id under this letter, unless it is nameless."""
    if not public_id.isalnum():
        return None
    this = Signature.letter_id == letter.id, Signature.public_id == public_id
    return the_one(Signature, *this, Signature.anonymised_at.is_(None))


def from_the_same_network(signature: Signature) -> int:
    """Return how many others signed the letter from the network of this one; 0 once that is no longer kept."""
    if signature.network_hash is None:
        return 0
    same = Signature.letter_id == signature.letter_id, Signature.network_hash == signature.network_hash
    return count_of(*same, Signature.id != signature.id)


def printed_line(signature: Signature) -> Line:
    """Return the line it is printed on, shared or not. `signature` may be a copy that is in no session."""
    people = [signature]
    if signature.position is not None:
        beside = sa.select(Signature).where(
            Signature.letter_id == signature.letter.id,
            Signature.position == signature.position,
            Signature.id != signature.id,
            SHOWN,
        )
        people = sorted([*db.session.scalars(beside), signature], key=lambda person: (person.line_place, person.id))
    return next(made for made in lines(people) if signature in made.signatures)


def whole_line(signature: Signature) -> Line:
    """Return the same line for its owner and the team: with names even if readers see initials."""
    alone = signature.position is None
    return line(signature, full=True) if alone else printed_line(signature)


def waits(signature: Signature) -> bool:
    """Whether it is pending, can still be confirmed, and no other of the same mailbox is confirmed."""
    return (
        signature.status == "pending"
        and signature.email is not None
        and signature.letter.confirms(signature.signed_at)
        and the_one_that_counts(signature.letter, signature.mailbox_key or "") is None
    )


def silent_until(key: str) -> datetime | None:
    """Return until when a mailbox is not written to because it sends mails back; None if it does not."""
    mailbox = db.session.get(Mailbox, key)
    if mailbox is None or mailbox.bounced_at is None or not sends_back(mailbox):
        return None
    return mailbox.bounced_at + BOUNCES_COUNT_FOR


def events_of(signature: Signature) -> Sequence[Event]:
    """Return the last EVENTS log lines about this signature, newest first."""
    query = sa.select(Event).where(Event.signature_id == signature.id)
    return db.session.scalars(query.order_by(Event.id.desc()).limit(EVENTS)).all()


def last_correction(signature: Signature) -> Event | None:
    """Return the last correction of its words."""
    return last_event(signature.id, Verb.SIGNATURE_CORRECTED)


def places(letter: Letter) -> list[Place]:
    """Return the places of all first signatories, shown or not, in order."""
    query = sa.select(*(COLUMNS[name] for name in Place._fields)).where(
        COLUMNS.letter_id == letter.id, COLUMNS.position.is_not(None)
    )
    return [Place._make(row) for row in db.session.execute(query.order_by(*IN_LINES))]


def unseen_first(letter: Letter) -> int:
    """Return how many first signatories readers do not see."""
    theirs = Signature.letter_id == letter.id, Signature.position.is_not(None)
    everybody, shown = sa.func.count(), sa.func.count().filter(SHOWN)
    return db.session.scalar(sa.select(everybody - shown).where(*theirs)) or 0


def is_first(letter: Letter, person: Person) -> bool:
    """Whether a first signatory has the same name, role and organisation."""
    words = ("given_name", "family_name", "role", "organisation", "as_organisation")
    same = (getattr(Signature, name) == getattr(person, name) for name in words)
    return there_is(Signature.letter_id == letter.id, Signature.position.is_not(None), *same)


def people_of(letter: Letter, numbers: Sequence[int]) -> dict[int, Signature]:
    """Return these signatures of this letter, by id."""
    query = sa.select(Signature).where(Signature.letter_id == letter.id, Signature.id.in_(numbers))
    return {signature.id: signature for signature in db.session.scalars(query)}


def numbers_of(letter: Letter, public_ids: Sequence[str]) -> dict[str, int]:
    """Return the ids of these signatures of this letter, by public id."""
    named = Signature.public_id.in_([name for name in public_ids if name.isalnum()])
    under = Signature.letter_id + 0 == letter.id  # + 0, or SQLite reads the whole letter
    query = sa.select(Signature.public_id, Signature.id).where(under, named)
    return {public_id: number for public_id, number in db.session.execute(query)}


def last_change(letter: Letter) -> Event | None:
    """Return the log line of the last change of the order, which holds what is needed to undo it."""
    verbs = [Verb.FIRST_SIGNATORIES_CHANGED, Verb.SECTION_CHANGED]
    moved = Event.details["was"].as_string().is_not(None)  # absent if it was not the section of a first signatory
    query = sa.select(Event).where(Event.letter_id == letter.id, Event.verb.in_(verbs), moved)
    return db.session.scalars(query.order_by(Event.id.desc()).limit(1)).first()


def sort_keys(letter: Letter) -> dict[int, str]:
    """Return the keys by which first signatories are sorted by surname, by id."""
    query = sa.select(Signature.id, Signature.sort_key).where(
        Signature.letter_id == letter.id, Signature.position.is_not(None)
    )
    return {number: key for number, key in db.session.execute(query)}


class Row(NamedTuple):
    """A line as the page of the order shows it."""

    number: int  # from 1
    name: str  # public id of the first person on it
    section: str
    printed: list[Line]  # one, unless people with the same position no longer print the same


def rows(letter: Letter, order: Sequence[Entry], start: int = 0) -> list[Row]:
    """Return at most PAGE lines of this order, from the index `start`, including those that readers do not see."""
    shown = order[start : start + PAGE]
    people = people_of(letter, [person for entry in shown for person in entry.people])
    made = []
    for number, entry in enumerate(shown, start + 1):
        on_it = [people[person] for person in entry.people if person in people]  # not who was erased meanwhile
        alike = (tuple(group) for _, group in groupby(on_it, key=shared))
        if printed := [line(*group) for group in alike]:
            made.append(Row(number, on_it[0].public_id, entry.section, printed))
    return made
