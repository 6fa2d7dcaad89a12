"""What an answer tells of an address: see states.py. Times are compared by hand: here others share the machine."""

from pathlib import Path

from tests.abuse import states


def test_no_answer_tells_in_which_state_an_address_is(database_url: str, tmp_path: Path) -> None:
    found = states.run(database_url, tmp_path, times=1)
    for form in states.FORMS:
        [answer] = found.told(form)
        assert answer.startswith(b"303"), form


def test_samples_from_two_sources_are_told_apart() -> None:
    one = [number / 1000 for number in range(1000)]
    assert states.likelihood(one, one) == 1
    assert states.likelihood(one, [number + 0.03 for number in one]) > states.LIKELY
    assert states.likelihood(one, [number + 0.1 for number in one]) < states.LIKELY
