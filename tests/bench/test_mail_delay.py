"""The simulation of the outbox keeps every mail, sends the urgent ones first, and waits only for want of room."""

import pytest

from bench.mail_delay import Waiting, curve, simulate


def left(waiting: Waiting) -> float:
    return sum(mails for _, mails in waiting.sent)


def test_the_curve_has_the_sum_and_the_peak_that_were_asked() -> None:
    signed = curve(1_000_000, hours=60, peak=4)
    assert len(signed) == 3600 and sum(signed) == pytest.approx(1_000_000)
    assert max(signed) / (sum(signed) / len(signed)) == pytest.approx(4, abs=0.1)


def test_with_room_enough_nothing_waits() -> None:
    done = simulate([60.0] * 100, mails_per_minute=60, reminded=0)
    assert (done.urgent.waited(1), done.longest_queue, done.minutes) == (0, 0, 100)


def test_at_half_the_rate_the_last_waits_as_long_as_the_rush_lasted() -> None:
    done = simulate([60.0] * 100, mails_per_minute=30, reminded=0)
    assert done.urgent.waited(1) == 100 and done.minutes == 200
    assert left(done.urgent) == pytest.approx(6000)


def test_reminders_come_three_days_later_and_a_mailing_waits_for_everything_urgent() -> None:
    done = simulate([60.0] * 100, mails_per_minute=90, reminded=0.5, mailing=6000)
    assert (left(done.urgent), left(done.rest)) == (pytest.approx(9000), pytest.approx(6000))
    assert done.urgent.waited(1) == 0 and done.rest.waited(1) > 60
