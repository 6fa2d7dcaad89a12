"""A line of the log is completed at the end of what it tells of, with what is only known then."""

from flask import Flask

from tests.databases import ON_POSTGRESQL, ON_SQLITE
from tests.factories import make_letter
from tests.turns import take_turns
from tribune.audit.actions import complete, complete_batch, forget_lines, record
from tribune.audit.models import Event, Verb
from tribune.database import db, write


def begin(**given: int) -> int:
    """The number of a line about a file that is being written."""
    letter = make_letter()
    return record(Verb.EXPORTED, team_id=letter.team_id, by=None, letter_id=letter.id, what="csv", **given).id


def test_what_is_only_known_at_the_end_is_added(app: Flask) -> None:
    number = begin()
    complete(number, rows=3)
    assert db.session.get_one(Event, number).details == {"what": "csv", "rows": 3}
    complete(number + 1, rows=3)  # its team was dissolved meanwhile
    assert not db.session.get(Event, number + 1)


@ON_SQLITE
def test_what_a_batch_came_to_stands_in_its_own_line(app: Flask) -> None:
    letter, verb = make_letter(), Verb.SIGNATURES_IMPORTED
    lines = [record(verb, team_id=letter.team_id, by=None, letter_id=letter.id, batch=each, count=0) for each in (7, 8)]
    with write():
        complete_batch(letter.id, verb, 7, 3)
    assert [line.details["count"] for line in lines] == [3, 0]


@ON_POSTGRESQL
def test_what_is_emptied_meanwhile_stays_empty(app: Flask) -> None:
    number = begin(signature_id=7)

    def erase() -> None:
        with write():
            forget_lines([7])

    take_turns(app, erase, lambda: complete(number, rows=3), 1)
    assert db.session.get_one(Event, number).details == {"rows": 3}
