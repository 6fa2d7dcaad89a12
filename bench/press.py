"""The press list and the PDF of many people: against reading their rows alone, and what the PDF takes in memory.

    .venv/bin/python -m bench.press [--people 10000] [--rounds 10]

Ratios are of medians over rounds in which both sides take turns, so that a noisy machine falls on both alike.
"""

import argparse
import json
import os
import subprocess
import sys
import time

import sqlalchemy as sa

from bench.measuring import databases, flask, ratio
from tribune import create_app
from tribune.database import now
from tribune.exports.pdf import WORKER, contents
from tribune.exports.press import press_list
from tribune.exports.press_choices import MOST, Choices
from tribune.exports.queries import first_to_print, others_to_print
from tribune.letters.models import Letter
from tribune.letters.queries import letter_by_slug
from tribune.signatures.lines import lines

# Its own memory and no other's: what the largest child held, told by whoever waited for it alone.
MEASURED = (
    "import resource, subprocess, sys; subprocess.run([sys.executable, '-I', sys.argv[1]], check=True); "
    "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024, file=sys.stderr)"
)


def main() -> None:
    """Print a table a database."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--people", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=10)
    asked = parser.parse_args()
    for name, settings in databases():
        slug = flask(settings, "demo", "fill", "--signatures", str(asked.people))
        print(f"\n{name}, {asked.people} people, {asked.rounds} rounds", flush=True)
        os.environ.update(settings)
        app = create_app()
        with app.test_request_context():
            letter = letter_by_slug(slug)
            if letter is None:
                sys.exit(f"no letter {slug}")
            measure(letter, asked.people, asked.rounds)


def measure(letter: Letter, people: int, rounds: int) -> None:
    """Print what each kind of list costs, then the PDF of half of them and of all."""
    session = sa.orm.object_session(letter)

    def read() -> object:
        session.expunge_all()
        session.add(letter)
        return first_to_print(letter), others_to_print(letter, MOST)

    def write(choices: Choices) -> str:
        first, others = (lines(group, letter.locale, choices.style) for group in read())
        made = press_list(first, others, choices, counting=people, locale=letter.locale)
        return made.text()

    for choices in (Choices(), Choices(separator="comma", capitals="yes", sections="yes")):
        ratio(f"press list {choices.as_args()}", rounds, read, lambda choices=choices: write(choices))
    for many in (people // 2, people):
        first, others = lines(first_to_print(letter), "fr"), lines(others_to_print(letter, many), "fr")
        data = json.dumps(contents(letter, first, others, now())).encode()
        start = time.perf_counter()
        done = subprocess.run(
            [sys.executable, "-c", MEASURED, str(WORKER)], input=data, capture_output=True, check=True
        )
        took = time.perf_counter() - start
        size = len(done.stdout) / 1e6
        print(f"  PDF of {many} people: {took:.2f} s, {size:.1f} MB, memory {int(done.stderr)} MB", flush=True)


if __name__ == "__main__":
    main()
