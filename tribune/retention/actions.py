"""Forgetting what is due: in small transactions, so that nobody waits, and a killed run continues later."""

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from math import inf
from typing import Any, NamedTuple

import sqlalchemy as sa

from tribune.audit.actions import complete
from tribune.audit.models import Verb
from tribune.connections import scrub_journal
from tribune.database import db, write
from tribune.faults import set_aside
from tribune.invitations.queries import lock_mailboxes_of
from tribune.letters.models import Letter
from tribune.letters.queries import lock
from tribune.letters.recording import record_under
from tribune.outbox.unsent import lock_mailboxes
from tribune.retention import forgetting
from tribune.retention.queries import RULES, Rule, conditions, scopes

AT_ONCE = 500  # rows of one transaction
CHORE_SECONDS = 10  # per run of the chore: mails wait meanwhile

log = logging.getLogger(__name__)


class Step(NamedTuple):
    """How a rule forgets locked rows, and how many at once.

    `before`: takes locks first, in the lock order. `passes_over`: what somebody has locked is left for the next run.
    """

    forget: Callable[[list[Any]], None] | None  # None: the rows are deleted
    at_once: int = AT_ONCE
    before: Callable[[Sequence[Any]], None] | None = None
    passes_over: bool = False


STEPS = {
    "unconfirmed": Step(forgetting.unconfirmed, at_once=100),  # nobody can sign the letter meanwhile
    "withdrawn": Step(forgetting.withdrawn, at_once=10),  # nor here, and each searches the log
    "addresses": Step(forgetting.addresses),
    "invitations": Step(forgetting.invitations, before=lock_mailboxes_of),
    "invited": Step(forgetting.invited),
    "words": Step(forgetting.words),
    "names": Step(forgetting.names),
    "networks": Step(forgetting.networks, passes_over=True),  # without the letter, under which others lock more of them
    "mailboxes": Step(None, before=lock_mailboxes),
    **dict.fromkeys(("mails", "team_invitations", "log", "log_ins"), Step(None)),
}


def run(until: float = inf) -> Iterator[tuple[str, int]]:
    """Forget all that is due; yield the name of each rule and how many rows it took.

    `until`: on the monotonic clock, when to leave the rest for the next run. Several may run at once. A row that cannot
    be forgotten holds up its rule under its letter alone; what the first such row raises is raised at the end.
    """
    some, faults = 0, list[Exception]()
    for rule in RULES:
        gone = 0
        for scope in scopes(rule):
            with set_aside(faults):
                gone += _under(rule, scope, until)
        if gone:
            log.info("forgot %s rows by the rule %s", gone, rule.name)
        some += gone
        yield rule.name, gone
    if some:
        scrub_journal()
    if faults:
        raise faults[0]


def forget_due() -> None:
    """Forget for CHORE_SECONDS; a chore. That is enough except on the days after a large letter."""
    for _rule in run(time.monotonic() + CHORE_SECONDS):
        pass


def _under(rule: Rule, letter_id: int | None, until: float) -> int:
    """Forget what is due by one rule, under a letter or on the whole site; return how many rows."""
    step = STEPS[rule.name]
    forget = step.forget or partial(forgetting.delete, rule.key)
    gone, event, last = 0, None, None
    while time.monotonic() < until:
        found = _next(rule, letter_id, last, step.at_once)
        if not found:
            break
        with write() as session:
            letter = session.get(Letter, letter_id) if letter_id else None
            if letter_id and letter is None:  # a draft that was deleted meanwhile
                break
            if letter:
                lock(letter)  # exclusively, as erasing does
                if rule.past and not rule.past(Letter.id == letter_id):  # opened again since, perhaps closed again
                    break
            if step.before:
                step.before(found)
            query = _due(rule, letter_id).where(rule.key.in_(found)).with_for_update(skip_locked=step.passes_over)
            due = list(session.scalars(query))
            if due:
                forget(due)
                gone += len(due)
                event = _tell(letter, rule, gone, event) if letter else None
        last = found[-1]
    return gone


def _due(rule: Rule, letter_id: int | None) -> sa.Select[Any]:
    return sa.select(rule.key).where(*conditions(rule, letter_id)).order_by(rule.key)


def _next(rule: Rule, letter_id: int | None, last: Any, at_once: int) -> Sequence[Any]:
    """Return the keys of the next rows, without locks: the conditions are checked again once they are locked."""
    query = _due(rule, letter_id).limit(at_once)
    found = db.session.scalars(query if last is None else query.where(rule.key > last)).all()
    db.session.rollback()
    return found


def _tell(letter: Letter, rule: Rule, rows: int, event_id: int | None) -> int:
    """Record in the log of the letter how many rows went, in the same transaction; return the line's id."""
    if event_id is not None:
        complete(event_id, rows=rows)
        return event_id
    line = record_under(letter, Verb.DATA_FORGOTTEN, by=None, rule=rule.name, rows=rows)
    db.session.flush()
    return line.id
