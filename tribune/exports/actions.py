"""The line in the log for every file that is downloaded."""

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from tribune.audit.actions import complete
from tribune.audit.models import Verb
from tribune.database import write
from tribune.exports.choice import Choice
from tribune.letters.models import Letter
from tribune.letters.queries import lock
from tribune.letters.recording import record_letter
from tribune.organisers.models import Organiser

Row = TypeVar("Row")


class ReasonMissing(Exception):
    """No reason was given for taking addresses of people who did not agree to be written to."""


def begin(letter: Letter, choice: Choice, *, by: Organiser | None, what: str, purpose: str) -> Callable[[int], None]:
    """Record that a file begins to leave; return a function to call with the number of its rows once all have left.

    `what`: "csv", "xlsx", "pdf" or "press"; `by`: None for the shell. Until that call, the log says that the file did
    not reach its end. Raises ReasonMissing.
    """
    everybody = choice.addresses == "all"
    if everybody and not purpose:
        raise ReasonMissing
    with write():
        lock(letter, shared=True)  # else it could be deleted meanwhile
        event = record_letter(
            letter,
            Verb.ADDRESSES_EXPORTED if everybody else Verb.EXPORTED,
            by=by,
            what=what,
            purpose=purpose,
            rows=None,
            status=choice.status,
            addresses=choice.addresses,
            # the names of the filters, not their values: the search may be an address
            fields=sorted(choice.filter.as_args()),
        )
    event_id = event.id
    return lambda rows: complete(event_id, rows=rows)


def counted(rows: Iterable[Row], done: Callable[[int], None]) -> Iterator[Row]:
    """Yield the rows, then call `done` with how many there were."""
    number = 0
    for row in rows:
        yield row
        number += 1
    done(number)
