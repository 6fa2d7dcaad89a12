"""Several processes on one database, as behind a web server: whatever they do at once, one person counts once."""

import multiprocessing
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask import Flask

from tests.conftest import new_app
from tests.factories import confirm_path, make_letter, make_signature, posted
from tests.page import Reader
from tribune.database import db
from tribune.signatures.counting import recount
from tribune.signatures.flags import BURST
from tribune.signatures.models import Flag, Signature

PROCESSES = 8  # more would be in each other's way on two cores, and each makes a site of its own
PATIENCE = 60  # seconds for all to be ready, on a busy machine

# A fork of the test itself would share its connections. The fork server imports the site once, then a process is cheap.
processes = multiprocessing.get_context("forkserver")
processes.set_forkserver_preload([__name__])

here: dict[str, Any] = {}  # of one of the processes: its browser, and the barrier where it waits for the others


def open_site(url: str, folder: Path, barrier: Barrier) -> None:
    app = new_app(url, folder)
    app.app_context().push()  # for as long as the process lives
    here.update(client=app.test_client(), barrier=barrier)


def press(path: str) -> tuple[int, bool]:
    """Press the button of a link: the status, and whether what is shown then says that it counts."""
    client: Reader = here["client"]
    assert client.get(path).status_code == 200
    here["barrier"].wait(PATIENCE)
    answer = client.post(path)
    return answer.status_code, "C’est signé" in client.get(answer.location or path).text


def submit(forms: list[dict[str, str]]) -> list[tuple[int, str | None]]:
    """Send the form as often as it is filled in here: status and address of each answer."""
    client: Reader = here["client"]
    hidden = client.fields("/letters/rues/sign")
    here["barrier"].wait(PATIENCE)
    answers = [client.post("/letters/rues/sign", data={**hidden, **typed}) for typed in forms]
    return [(answer.status_code, answer.location) for answer in answers]


@contextmanager
def at_once(app: Flask, folder: Path) -> Iterator[Callable[..., list[Any]]]:
    """Gives `run(task, things)`: each process does the task with one of the things, all beginning together."""
    url, barrier = app.config["SQLALCHEMY_DATABASE_URI"], processes.Barrier(PROCESSES)
    db.session.rollback()  # a reader who lingers would not see what the others write
    with processes.Pool(PROCESSES, open_site, (url, folder, barrier)) as pool:

        def run(task: Callable[..., Any], things: list[Any]) -> list[Any]:
            shared = [things[number % len(things)] for number in range(PROCESSES)]
            answers = pool.map(task, shared, chunksize=1)
            db.session.rollback()
            return answers

        yield run


def test_of_two_links_of_one_person_confirmed_at_once_one_counts(app: Flask, tmp_path: Path) -> None:
    letter = make_letter()
    twice = {"email": "zoe@example.org", "family_name": "Évrard"}
    waiting = [make_signature(letter, confirmed=False, **twice) for _ in range(2)]
    links = [confirm_path(signature) for signature in waiting]
    with at_once(app, tmp_path) as run:
        answers = run(press, links)
    assert {good for _, good in answers} == {True}
    assert {status for status, _ in answers} == {303}
    assert letter.confirmed_count == 1
    assert recount(letter) == (0, 0)


def test_two_hundred_submissions_of_one_address_send_three_mails_and_count_once(app: Flask, tmp_path: Path) -> None:
    letter = make_letter(slug="rues")
    typed = {"given_name": "Zoé", "family_name": "Évrard", "email": "zoe@example.org", "publish": "y"}
    spellings = [[each] * (200 // PROCESSES) for each in (typed, {**typed, "email": "Zoe+tag@example.org"})]
    with at_once(app, tmp_path) as run:
        answers = [one for each in run(submit, spellings) for one in each]
        assert answers == [(303, "/letters/rues/check-inbox")] * 200
        waiting = db.session.query(Signature).all()
        assert len(posted()) == len(waiting) == 3
        pressed = run(press, [confirm_path(signature) for signature in waiting])
    assert all(good for _, good in pressed)
    assert letter.confirmed_count == 1
    assert recount(letter) == (0, 0)


def test_those_of_a_burst_who_sign_at_once_flag_each_other_and_are_all_answered(app: Flask, tmp_path: Path) -> None:
    """So many that the last find enough before them, whom they can see: the others of their moment they cannot."""
    make_letter(slug="rues")
    several = BURST["domain"] + PROCESSES
    typed = {"given_name": "Zoé", "family_name": "Évrard", "publish": "y"}
    people = [{**typed, "email": f"zoe{number}@ferme.example"} for number in range(several)]
    with at_once(app, tmp_path) as run:
        answers = run(submit, [people[begin::PROCESSES] for begin in range(PROCESSES)])
    assert [status for each in answers for status, _ in each] == [303] * several
    flagged = sa.select(sa.func.count()).select_from(Flag).where(Flag.kind == "burst")
    assert db.session.scalar(flagged) >= BURST["domain"]
