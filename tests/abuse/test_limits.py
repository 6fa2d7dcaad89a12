"""What becomes of many signatures from one network: first a proof or a late mail, then held, then refused."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from tests.abuse.signing import HERE, came, sign, waits
from tests.databases import ON_SQLITE
from tests.factories import confirm_path, latest_signature, make_letter, make_signature, owner_of
from tests.page import Reader
from tests.statements import counted
from tribune.abuse import limits
from tribune.abuse.counters import store
from tribune.abuse.guard import come_back_in
from tribune.abuse.limits import HOLD, LATE, LIMITS, PROVE, REFUSE, Window
from tribune.abuse.networks import network_hash
from tribune.audit.models import Event, Verb
from tribune.database import db, now
from tribune.letters.models import Letter
from tribune.metrics import LIMITED, SIGNATURES
from tribune.moderation import actions as moderation
from tribune.organisers.models import PasskeyChallenge
from tribune.signatures.links import mine_link
from tribune.signatures.models import Flag

pytestmark = pytest.mark.usefixtures("early_in_the_hour")


def test_the_first_twenty_are_mailed_at_once_and_the_next_a_little_later(limited: Flask, reader: Reader) -> None:
    make_signature(make_letter(slug="rues"), email="known@example.org")
    for _ in range(PROVE.most):
        assert sign(reader).status_code == 303
        assert waits() == timedelta()
    for email in ("new@example.org", "known@example.org"):  # who counts already is told so as late
        assert sign(reader, email=email).status_code == 303
        assert waits() == LATE
    sign(reader, address="192.0.2.1")
    assert waits() == timedelta()
    limited.config["RATELIMITS"] = False  # behind a proxy that limits already
    sign(reader)
    assert waits() == timedelta()


def test_who_signs_is_counted_by_one_statement(reader: Reader) -> None:
    make_letter(slug="rues")
    sign(reader)
    form = {
        **reader.fields("/letters/rues/sign"),
        "given_name": "Zoé",
        "family_name": "Évrard",
        "email": "z@example.org",
    }
    with counted() as said:
        assert reader.post("/letters/rues/sign", data=form).status_code == 303
    assert [statement.partition(" ")[0] for statement in said if "counters" in statement] == ["SELECT", "INSERT"]
    keys = [window.key("sign", network_hash(HERE) or "", now()) for window in (PROVE, HOLD)]
    assert [store().read(key) for key in keys] == [2, 2]


def test_the_window_ends(reader: Reader) -> None:
    make_letter(slug="rues")
    came(PROVE.most)
    with time_machine.travel(now() + timedelta(seconds=PROVE.seconds)):
        sign(reader)
        assert waits() == timedelta()


def test_above_two_hundred_an_hour_a_signature_is_held_and_looks_taken(reader: Reader) -> None:
    letter = make_letter(slug="rues")
    came(HOLD.most - 1, HOLD)
    limited, stays = LIMITED.labels("sign: held")._value, SIGNATURES.labels("held")._value
    before, usual = (limited.get(), stays.get()), sign(reader)
    assert latest_signature().held_at is None and (limited.get(), stays.get()) == before
    held = sign(reader)
    assert (limited.get(), stays.get()) == (before[0] + 1, before[1] + 1)
    assert (held.status_code, held.location, held.data) == (usual.status_code, usual.location, usual.data)
    signature = latest_signature()
    assert signature.held_at and "network" in {flag.kind for flag in signature.flags}
    assert "C’est signé" in reader.get(reader.post(confirm_path(signature)).location).text
    db.session.expire_all()
    assert signature.confirmed_at and signature.counted_at is None and letter.confirmed_count == 0
    make_signature(letter, email="known@example.org")
    sign(reader, email="known@example.org")  # whose second signature does not stay
    assert (limited.get(), stays.get()) == (before[0] + 2, before[1] + 1)


@pytest.mark.parametrize("confirmed_first", [True, False])
def test_a_held_signature_that_is_released_counts_once(reader: Reader, confirmed_first: bool) -> None:
    letter = make_letter(slug="rues")
    came(HOLD.most, HOLD)
    sign(reader)
    signature = latest_signature()
    steps = [lambda: reader.post(confirm_path(signature)), lambda: release(letter)]
    for step in steps if confirmed_first else reversed(steps):
        step()
    reader.post(confirm_path(signature))
    db.session.expire_all()
    assert signature.counted_at and letter.confirmed_count == 1


def release(letter: Letter) -> None:
    batch = moderation.start(letter, by=owner_of(letter), verb="release", choice={"flag": "network"})
    moderation.advance(batch, 5)


def test_the_organiser_finds_them_among_what_to_review(reader: Reader) -> None:
    letter = make_letter(slug="rues")
    came(HOLD.most, HOLD)
    sign(reader, family_name="Duval")
    reader.log_in(owner_of(letter))
    page = reader.get(f"/manage/letters/{letter.id}/review?kind=network").text
    assert "Zoé Duval" in page and f"/manage/letters/{letter.id}/signatures?flag=network" in page


@ON_SQLITE
def test_far_too_many_are_told_when_to_come_back_and_keep_what_they_typed(reader: Reader) -> None:
    make_letter(slug="rues")
    came(REFUSE.most, REFUSE)
    answer = sign(reader, family_name="Duval")
    assert answer.status_code == 429 and 0 < int(answer.headers["Retry-After"]) <= REFUSE.seconds
    assert 'value="Duval"' in answer.text and "Beaucoup de demandes viennent de votre réseau" in answer.text
    assert "Too many requests are coming from your network" in sign(reader, lang="en").text
    assert sign(reader, address="192.0.2.1").status_code == 303
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Flag).where(Flag.kind == "network")) == 0


@ON_SQLITE
def test_who_asks_as_a_window_ends_is_not_told_to_wait_for_the_next(
    limited: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    came(REFUSE.most, REFUSE)
    end = REFUSE.end(now())
    moments = iter([end - timedelta(milliseconds=1), *[end + timedelta(milliseconds=1)] * 9])
    monkeypatch.setattr(limits, "now", lambda: next(moments))
    assert limits.seconds_to_wait("sign", network_hash(HERE)) == 1


@ON_SQLITE
def test_where_two_windows_are_full_the_longer_wait_is_told(limited: Flask) -> None:
    network, (short, long) = network_hash(HERE), LIMITS["find"]
    for _ in range(long.most):
        limits.count("find", network)
    before = [LIMITED.labels(what)._value.get() for what in ("find", "new-link")]
    assert short.seconds < limits.seconds_to_wait("find", network) <= long.seconds
    assert LIMITS["new-link"] == LIMITS["find"] and limits.seconds_to_wait("new-link", network) == 0  # counted apart
    assert [LIMITED.labels(what)._value.get() for what in ("find", "new-link")] == [before[0] + 1, before[1]]


@ON_SQLITE
def test_ten_minutes_and_an_hour_have_each_their_limit(limited: Flask) -> None:
    told = {
        "new-link": (30, 120), "find": (30, 120), "report": (10, 30), "log-in": (30, 120),
        "invitation": (60, 240), "mine": (60, 240),
    }  # fmt: skip
    assert set(LIMITS) == {"sign", *told}
    for what, (burst, lasting) in told.items():
        for window, address in (Window(600, burst), "192.0.2.1"), (Window(3600, lasting), "192.0.2.2"):
            came(window.most - 1, window, address, what)
            assert limits.seconds_to_wait(what, network_hash(address)) == 0, (what, window)
            came(1, window, address, what)
            assert 0 < limits.seconds_to_wait(what, network_hash(address)) <= window.seconds, (what, window)


@ON_SQLITE
def test_no_wait_is_told_as_shorter_than_it_is(limited: Flask) -> None:
    with limited.test_request_context():
        assert ["1 minute" in come_back_in(1), "2 minutes" in come_back_in(61)] == [True, True]


@ON_SQLITE
def test_signing_itself_comes_to_that(reader: Reader) -> None:
    make_letter(slug="rues")
    came(REFUSE.most - 1, REFUSE)
    assert [sign(reader).status_code for _ in range(2)] == [303, 429]


@ON_SQLITE
def test_the_answer_is_the_same_for_an_address_that_has_signed(reader: Reader) -> None:
    letter = make_letter(slug="rues")
    make_signature(letter, email="known@example.org")
    for before in (0, PROVE.most, HOLD.most):
        came(before, HOLD)
        known, unknown = sign(reader, email="known@example.org"), sign(reader)
        assert (known.status_code, known.location, known.data) == (unknown.status_code, unknown.location, unknown.data)


@ON_SQLITE
@pytest.mark.parametrize(
    ("what", "path"),
    [
        ("new-link", "/signatures/new-link"),
        ("find", "/signatures/find"),
        ("report", "/letters/rues/report"),
        ("log-in", "/organisers/log-in"),
    ],
)
def test_whatever_makes_us_write_has_its_limit(reader: Reader, limited: Flask, what: str, path: str) -> None:
    limited.config["OPERATOR_CONTACT"] = "operator@example.org"
    make_letter(slug="rues")
    most = LIMITS[what][0].most
    form = {**reader.fields(path), "email": "not an address"}
    codes = [reader.post(path, data=form).status_code for _ in range(most + 1)]
    assert codes == [422] * most + [429]
    answer = reader.post(path, data=form)
    assert 0 < int(answer.headers["Retry-After"]) <= 600 and "minutes" in answer.text
    assert reader.post(path, data=form, environ_overrides={"REMOTE_ADDR": "192.0.2.1"}).status_code == 422


@ON_SQLITE
def test_nobody_fills_the_log_of_the_team_from_their_own_page(reader: Reader) -> None:
    letter = make_letter(slug="rues")
    path, most = mine_link(make_signature(letter)).url(), LIMITS["mine"][0].most
    codes = [reader.post(path, data={"act": act}).status_code for act in ("withdraw", "sign-again") * (most // 2 + 1)]
    assert codes == [303] * most + [429] * 2
    theirs = sa.select(sa.func.count()).where(Event.verb.in_([Verb.SIGNATURE_WITHDRAWN, Verb.SIGNATURE_RETURNED]))
    assert db.session.scalar(theirs) == most
    assert reader.post(f"{path}/correct").status_code == 429
    assert reader.post(f"{path}/erase").status_code == 303  # which can be done once


def test_asking_a_passkey_to_answer_has_the_limit_of_the_door(reader: Reader, limited: Flask) -> None:
    headers, most = {"X-CSRFToken": reader.fields("/organisers/log-in")["csrf_token"]}, LIMITS["log-in"][0].most
    codes = [reader.post("/organisers/passkey/options", headers=headers).status_code for _ in range(most + 1)]
    assert codes == [200] * most + [429]
    assert db.session.scalar(sa.select(sa.func.count()).select_from(PasskeyChallenge)) == most
