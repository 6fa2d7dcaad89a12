"""Signed links: each for one purpose, for a time, with keys that rotate; nothing else is one."""

import re

import pytest
import time_machine
from flask import Flask
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.databases import ON_SQLITE
from tests.factories import everything, latest_signature, make_letter
from tests.page import Reader
from tribune.database import now
from tribune.tokens import Link, Purpose, TokenDamaged, TokenExpired, issue, public_url, read

pytestmark = ON_SQLITE

READ_ONLY = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)


def test_a_token_of_one_purpose_is_refused_for_every_other(app: Flask) -> None:
    for purpose in Purpose:
        token = issue(purpose, [1, "nonce"])
        assert read(purpose, token) == [1, "nonce"], purpose
        for other in set(Purpose) - {purpose}:
            with pytest.raises(TokenDamaged):
                read(other, token)


def test_it_expires_after_its_time_and_still_tells_what_it_held(app: Flask) -> None:
    with time_machine.travel(now(), tick=False) as clock:
        token = issue(Purpose.CONFIRM, [1, "nonce"])
        clock.shift(60)
        assert read(Purpose.CONFIRM, token, max_age=60) == [1, "nonce"]
        clock.shift(1)
        with pytest.raises(TokenExpired) as expired:
            read(Purpose.CONFIRM, token, max_age=60)
        assert expired.value.payload == [1, "nonce"]
        assert read(Purpose.CONFIRM, token) == [1, "nonce"]  # for those that never end


def test_old_links_work_after_the_key_is_replaced_until_it_is_forgotten(app: Flask) -> None:
    token = issue(Purpose.CONFIRM, [1, "nonce"])
    app.config.update(SECRET_KEY="new", SECRET_KEY_FALLBACKS=["older", "a key for tests"])
    assert read(Purpose.CONFIRM, token) == [1, "nonce"]
    newer = issue(Purpose.CONFIRM, [2, "nonce"])
    app.config.update(SECRET_KEY_FALLBACKS=[])
    assert read(Purpose.CONFIRM, newer) == [2, "nonce"]
    with pytest.raises(TokenDamaged):
        read(Purpose.CONFIRM, token)


@READ_ONLY
@given(st.text())
@example("\udc80.x.y")
@example("." * 10_000)
@example("a.b.c")
@example("é.é.é")
def test_any_text_is_no_token(app: Flask, text: str) -> None:
    with pytest.raises(TokenDamaged):
        read(Purpose.CONFIRM, text, max_age=60)


def test_a_token_has_one_spelling(app: Flask) -> None:
    token = issue(Purpose.CONFIRM, [1, "nonce"])
    for passed_over in "~=+/%\né":
        with pytest.raises(TokenDamaged):
            read(Purpose.CONFIRM, token[:-3] + passed_over + token[-3:])


@READ_ONLY
@given(st.data())
def test_a_token_with_one_character_changed_is_none(app: Flask, data: st.DataObject) -> None:
    token = issue(Purpose.CONFIRM, [1, "nonce"])
    place = data.draw(st.integers(0, len(token) - 2))  # the last one holds bits that say nothing
    other = data.draw(st.sampled_from("ABCDEabcde01234-_.~é%").filter(lambda character: character != token[place]))
    with pytest.raises(TokenDamaged):
        read(Purpose.CONFIRM, token[:place] + other + token[place + 1 :])


def test_nothing_in_the_database_opens_a_page(client: Reader) -> None:
    make_letter(slug="rues")
    client.sign("rues")
    before = everything()
    cells = {str(cell) for row in before for cell in row}
    words = {word for cell in cells for word in re.findall(r"[\w.-]{8,}", cell)}
    assert latest_signature().link_nonce in words
    for value in cells | words:
        for purpose in Purpose:
            with pytest.raises(TokenDamaged):
                read(purpose, value)
    for path in ("/signatures/confirm/", "/signatures/not-me/"):
        assert [word for word in words if client.post(path + word).status_code != 404] == []
    assert everything() == before


def test_a_link_comes_back_from_the_outbox_as_it_was(app: Flask) -> None:
    link = Link("signatures.show_confirm", Purpose.CONFIRM, [1, "nonce"])
    assert Link.restored(link.stored()) == link
    token = link.url().removeprefix("http://localhost/signatures/confirm/")
    assert read(Purpose.CONFIRM, token, max_age=60) == [1, "nonce"]


def test_links_are_below_the_public_address_whatever_host_is_asked(app: Flask) -> None:
    app.config["PUBLIC_URL"] = "https://letters.example.org"
    with app.test_request_context(base_url="http://localhost"):
        assert public_url("letters.letter", slug="rues") == "https://letters.example.org/letters/rues"


def test_what_a_sentence_put_behind_a_link_is_not_part_of_it(app: Flask) -> None:
    for glued in (*".,;:!?…>)]}»”’\"' ", ").", "\u00a0»", "\u202f!"):
        assert read(Purpose.CONFIRM, issue(Purpose.CONFIRM, [1, "nonce"]) + glued) == [1, "nonce"], glued
