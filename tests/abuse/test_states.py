"""What an answer tells of an address: see states.py. Times are compared by hand: here others share the machine."""

import re
from pathlib import Path

import pytest

from tests.abuse import states
from tests.abuse.sites import SLUG, the_letter
from tests.databases import ON_SQLITE
from tests.factories import make_letter, posted
from tests.page import Reader
from tests.statements import counted
from tribune.database import db
from tribune.letters import queries
from tribune.signatures.browser import COOKIE

STATUS = {**dict.fromkeys(states.FORMS, b"303"), "code": b"422"}  # by form


@ON_SQLITE
def test_no_answer_tells_in_which_state_an_address_is(database_url: str, tmp_path: Path) -> None:
    found = states.run(database_url, tmp_path, times=1, seed=1)
    for form in states.FORMS:
        [answer] = found.told(form)
        assert answer.startswith(STATUS[form]), form


@pytest.fixture(autouse=True)
def kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """The letter is read again every second, whoever comes."""
    monkeypatch.setattr(queries, "LATELY", 3600)


def statements(client: Reader, form: str, state: str, number: int) -> list[str]:
    """What the site asks of its database when that form is sent about an address in that state; in any order, since
    a mail is written before or after the signature is taken back."""
    path, body = states.post(form, state, number, the_letter().version.digest)
    client.set_cookie(COOKIE, states.cookie(state, number), path="/signatures/confirm")
    with counted() as said:
        answer = client.post(path, data=body, content_type="application/x-www-form-urlencoded")
    assert answer.status.encode().startswith(STATUS[form])
    return sorted(re.sub("^(RELEASE|ROLLBACK TO) SAVEPOINT", "END OF SAVEPOINT", one) for one in said)


@pytest.mark.parametrize("form", states.FORMS)
def test_the_same_statements_are_executed_whatever_the_state(reader: Reader, form: str) -> None:
    make_letter(slug=SLUG)
    statements(reader, "sign", "new", 0)  # who signs these words first marks them as signed
    said = {state: statements(reader, form, state, 1) for state in states.STATES}
    assert any("INTO counters" in statement for statement in said["new"])
    assert {state: each for state, each in said.items() if each != said["new"]} == {}


def test_the_same_statements_are_executed_for_whoever_signs_first(client: Reader) -> None:
    letter, said = make_letter(slug=SLUG), {}
    statements(client, "sign", "new", 0)  # its process knows the letter from here on
    for state in states.STATES:
        said[state] = statements(client, "sign", state, 1)
        letter.version.signed_at = None
        db.session.commit()
    assert {state: each for state, each in said.items() if each != said["new"]} == {}


def test_the_same_statements_are_executed_above_the_budget_of_a_mailbox(client: Reader) -> None:
    make_letter(slug=SLUG)
    said = [statements(client, "sign", "new", 1) for _ in range(5)]
    assert said[1:] == said[1:2] * 4 and len(posted()) == 3


def test_samples_from_two_sources_are_told_apart() -> None:
    one = [number / 1000 for number in range(1000)]
    assert states.likelihood(one, one) == 1
    assert states.likelihood(one, [number + 0.03 for number in one]) > states.LIKELY
    assert states.likelihood(one, [number + 0.1 for number in one]) < states.LIKELY


def test_of_many_pairs_of_equals_the_least_alike_is_no_find() -> None:
    assert states.corrected({"a": 0.01, "b": 0.5, "c": 0.04}) == {"a": 0.03, "c": 0.08, "b": 0.5}
    fair = {f"{number}": (number + 1) / 16 * 0.16 for number in range(15)}
    assert min(fair.values()) <= states.LIKELY < min(states.corrected(fair).values())
