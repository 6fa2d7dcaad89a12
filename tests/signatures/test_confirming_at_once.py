"""Several processes on one database, as behind a web server: whatever they do at once, one person counts once."""

from pathlib import Path

import sqlalchemy as sa
from flask import Flask

from tests.factories import confirm_path, make_letter, posted
from tests.processes import at_once, browser, wait_for_all
from tribune.database import db
from tribune.signatures.counting import recount
from tribune.signatures.flags import BURST
from tribune.signatures.models import Flag, Signature

PROCESSES = 8  # more would be in each other's way on two cores, and each makes a site of its own


def press(path: str) -> tuple[int, bool]:
    """Press the button of a link: the status, and whether what is shown then says that it counts."""
    client = browser()
    assert client.get(path).status_code == 200
    wait_for_all()
    answer = client.post(path)
    return answer.status_code, "C’est signé" in client.get(answer.location or path).text


def submit(forms: list[dict[str, str]]) -> list[tuple[int, str | None]]:
    """Send the form as often as it is filled in here: status and address of each answer."""
    client = browser()
    hidden = client.fields("/letters/rues/sign")
    wait_for_all()
    answers = [client.post("/letters/rues/sign", data={**hidden, **typed}) for typed in forms]
    return [(answer.status_code, answer.location) for answer in answers]


def test_two_hundred_submissions_of_one_address_send_three_mails_and_count_once(app: Flask, tmp_path: Path) -> None:
    letter = make_letter(slug="rues")
    typed = {"given_name": "Zoé", "family_name": "Évrard", "email": "zoe@example.org", "publish": "y"}
    spellings = [[each] * (200 // PROCESSES) for each in (typed, {**typed, "email": "Zoe+tag@example.org"})]
    with at_once(app, tmp_path, PROCESSES) as run:
        answers = [one for each in run(submit, spellings) for one in each]
        assert answers == [(303, "/letters/rues/check-inbox")] * 200
        waiting = db.session.query(Signature).all()
        assert len(posted()) == len(waiting) == 3
        pressed = run(press, [confirm_path(signature) for signature in waiting])
    assert set(pressed) == {(303, True)}
    assert letter.confirmed_count == 1
    assert recount(letter) == (0, 0)


def test_those_of_a_burst_who_sign_at_once_flag_each_other_and_are_all_answered(app: Flask, tmp_path: Path) -> None:
    """So many that the last find enough before them, whom they can see: the others of their moment they cannot."""
    make_letter(slug="rues")
    several = BURST["domain"] + PROCESSES
    typed = {"given_name": "Zoé", "family_name": "Évrard", "publish": "y"}
    people = [{**typed, "email": f"zoe{number}@ferme.example"} for number in range(several)]
    with at_once(app, tmp_path, PROCESSES) as run:
        answers = run(submit, [people[begin::PROCESSES] for begin in range(PROCESSES)])
    assert [status for each in answers for status, _ in each] == [303] * several
    flagged = sa.select(sa.func.count()).select_from(Flag).where(Flag.kind == "burst")
    assert db.session.scalar(flagged) >= BURST["domain"]
