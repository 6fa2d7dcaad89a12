"""The press list of many people, compared with only reading their rows; the time and memory of their PDF."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from functools import partial

from bench.measuring import Asked, Goal, Row, ratio
from bench.sites import Database
from tribune.database import db, now
from tribune.exports.pdf import WORKER, contents
from tribune.exports.press import press_list
from tribune.exports.press_choices import MOST, Choices
from tribune.exports.queries import others_to_print
from tribune.letters.models import Letter
from tribune.letters.queries import letter_by_slug
from tribune.signatures.lines import Printed, lines
from tribune.signatures.queries import first_signatories

TITLE = "The press list and the PDF"
MANY = 10_000
SECONDS = Goal("3 s at most", 3, least=False)
# Run the typesetter as the only child of a process, which then reports the child's peak memory.
MEASURED = (
    "import resource, subprocess, sys; subprocess.run([sys.executable, '-I', sys.argv[1]], check=True); "
    "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024, file=sys.stderr)"
)


def rows(database: Database, asked: Asked) -> Iterator[Row]:
    """Two kinds of list, then the PDF of half of the people and of all."""
    people = min(MANY, asked.signatures)
    slug = database.letter(people)
    with database.app().test_request_context():
        letter = letter_by_slug(slug)
        if letter is None:
            sys.exit(f"no letter {slug}")
        yield from _lists(letter, people, asked.rounds)
        for many in (people // 2, people):
            yield _pdf(letter, many)


def _lists(letter: Letter, people: int, rounds: int) -> Iterator[Row]:
    def read() -> tuple[list[Printed], list[Printed]]:
        db.session.expunge_all()
        db.session.add(letter)
        return first_signatories(letter), others_to_print(letter, MOST)

    def write(choices: Choices) -> str:
        first, others = (lines(group, choices.style) for group in read())
        made = press_list(first, others, choices, counting=people, locale=letter.locale)
        return made.text()

    for asked, choices in (
        ("as proposed", Choices()),
        ("comma, yes, yes", Choices(separator="comma", capitals="yes", sections="yes")),
    ):
        yield ratio(f"press list of {people:,}, {asked}", rounds, read, partial(write, choices))


def _pdf(letter: Letter, many: int) -> Row:
    first, others = lines(first_signatories(letter)), lines(others_to_print(letter, many))
    data = json.dumps(contents(letter, first, others, now())).encode()
    start = time.perf_counter()
    done = subprocess.run([sys.executable, "-c", MEASURED, str(WORKER)], input=data, capture_output=True, check=True)
    took = time.perf_counter() - start
    words = f"{took:.2f} s, memory {int(done.stderr)} MB ({len(done.stdout) / 1e6:.1f} MB)"
    return SECONDS.row(took, f"PDF of {many:,} people", words)
