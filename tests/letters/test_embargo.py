"""Before its moment a letter does not exist for readers, wherever they ask; at its moment all of it does.

Over the URL map: a public address added tomorrow is held to this, or fails here until it says what names it.
"""

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from werkzeug.test import TestResponse

from tests.addresses import NAMES, build, rules
from tests.databases import ON_SQLITE
from tests.factories import (
    card_digest,
    make_correction,
    make_invited,
    make_letter,
    make_picture,
    make_signature,
    owner_of,
)
from tests.letters.gathered import make_accepted, make_gathered
from tests.page import Reader, listed
from tribune.database import now
from tribune.letters import life
from tribune.letters.models import Letter
from tribune.letters.moments import moment_at
from tribune.tokens import Purpose, issue

NOBODYS = "inconnu"  # a slug as long as that of the letter, which no letter ever had
SECRETS = ("Jouons", "Attestée", "secrète", "Roux", "Mairie")
QUERIES = ("", "?q=jouons", "?organisation=Mairie+secr%C3%A8te", "?order=surname&lang=en", "?after=x")
PATHS: dict[str, Callable[[Letter], Any]] = {  # what the arguments of public addresses name
    "slug": lambda letter: letter.slug,
    "number": lambda _: 2,
    "digest": lambda letter: letter.image and letter.image.digest,
    "card": card_digest,
}
# For each page that a link opens: what its token names of the letter, and the same of what never existed.
TOKENS: dict[str, tuple[Purpose, Callable[[Letter], list[Any]], list[Any]]] = {
    "letters.preview": (Purpose.PREVIEW, lambda letter: [letter.id, "x"], [999_999, "x"]),
    "signatures.show_confirm": (Purpose.CONFIRM, lambda letter: [pending(letter), "x"], [999_999, "x"]),
    "signatures.confirm": (Purpose.CONFIRM, lambda letter: [pending(letter), "x"], [999_999, "x"]),
    "asking.show_agree": (Purpose.AGREE, lambda letter: [pending(letter), "x"], [999_999, "x"]),
    "asking.agree": (Purpose.AGREE, lambda letter: [pending(letter), "x"], [999_999, "x"]),
    "signatures.not_me": (Purpose.NOT_ME, lambda letter: [key(letter)], ["nobody"]),
    **dict.fromkeys(
        ("invitations.show", "invitations.answer"),
        (Purpose.INVITATION, lambda letter: [make_invited(letter).id, "x"], [999_999, "x"]),
    ),
    **dict.fromkeys(
        ("mine.show_mine", "mine.mine", "mine.correct", "mine.erase"),
        (Purpose.MINE, lambda letter: [pending(letter), "x"], [999_999, "x"]),
    ),
}


def pending(letter: Letter) -> int:
    return make_signature(letter, confirmed=False).id


def key(letter: Letter) -> str:
    return make_signature(letter).mailbox_key or ""


def gathered() -> Letter:
    """A draft with everything that could betray it."""
    letter = make_gathered(slug="secrete", title="Jouons", text="Un texte secret.")
    make_accepted(letter, "Ana", email="ana@example.org")
    make_signature(letter, confirmed=False)
    make_picture(letter)
    make_correction(letter, title="Jouons encore")
    return letter


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """Time stands still: two answers differ by what they tell, not by when they were given."""
    with time_machine.travel(datetime.fromisoformat("2026-11-24T18:00:00+00:00"), tick=False) as clock:
        yield clock


def scheduled(letter: Letter, seconds: float) -> Letter:
    life.publish(letter, owner_of(letter), now() + timedelta(seconds=seconds))
    return letter


@pytest.fixture(params=["draft", "scheduled", "a second before"])
def letter(app: Flask, clock: time_machine.Traveller, request: pytest.FixtureRequest) -> Letter:
    made = gathered()
    if request.param == "scheduled":
        scheduled(made, 7 * 24 * 3600)
    if request.param == "a second before":
        scheduled(made, 60)
        clock.shift(59)
    return made


def told(answer: TestResponse, *names: str) -> tuple[int, dict[str, str], bytes]:
    """All that an answer tells, but for the names that were asked for."""
    body, headers = answer.data, dict(answer.headers)
    for field in ("Content-Length", "Date"):  # how long the names are, and when it was
        headers.pop(field, None)
    for name in names:
        body = body.replace(name.encode(), b"[asked]")
        headers = {field: value.replace(name, "[asked]") for field, value in headers.items()}
    return answer.status_code, headers, body


def ask(client: Reader, path: str, method: str) -> TestResponse:
    typed = {"given_name": "Zoé", "family_name": "Évrard", "email": "zoe@example.org"} if method == "POST" else None
    return client.open(path, method=method, data=typed)


METHODS = ("GET", "HEAD", "POST", "OPTIONS", "PUT")


@ON_SQLITE
def test_every_address_answers_as_if_the_letter_had_never_existed(app: Flask, client: Reader, letter: Letter) -> None:
    values = {name: value(letter) for name, value in PATHS.items()}
    asked = [rule for rule in rules(app, NAMES[0]) if "slug" in rule.arguments]
    assert len(asked) >= 10
    for rule in asked:
        path, nobodys = build(app, rule, values), build(app, rule, {**values, "slug": NOBODYS})
        for method in METHODS:
            for query in QUERIES if method == "GET" else ("",):
                answer = ask(client, path + query, method)
                assert told(answer, letter.slug) == told(ask(client, nobodys + query, method), NOBODYS), (method, path)
                assert query or not [secret for secret in SECRETS if secret in answer.text]
                assert answer.status_code == 404 or method in {"OPTIONS", "PUT", "POST"}
                if answer.status_code == 404:
                    assert answer.headers["Cache-Control"] == "no-store"  # no cache hides it once it is there
                    assert "ETag" not in answer.headers and "Last-Modified" not in answer.headers


@ON_SQLITE
def test_a_form_sent_from_another_letter_finds_nothing_either(client: Reader, letter: Letter) -> None:
    make_letter(slug="ouverte")
    fields = client.fields("/letters/ouverte/sign")
    for slug in (letter.slug, NOBODYS):
        assert client.post(f"/letters/{slug}/sign", data=fields).status_code == 404
    confirmed = letter.confirmed_count
    assert confirmed == 1


@ON_SQLITE
def test_a_link_that_is_not_of_this_letter_tells_nothing(app: Flask, client: Reader, letter: Letter) -> None:
    asked = [rule for rule in rules(app, NAMES[0]) if "token" in rule.arguments]
    missing = {rule.endpoint for rule in asked} - set(TOKENS)
    assert not missing, f"say in TOKENS what the links of {missing} name"
    for rule in asked:
        purpose, theirs, nobodys = TOKENS[rule.endpoint]
        tokens = [issue(purpose, payload) for payload in (theirs(letter), nobodys)]
        for method in (rule.methods or set()) - {"OPTIONS"}:
            answers = [ask(client, build(app, rule, {"token": token}), method) for token in tokens]
            first, second = (told(answer, token) for answer, token in zip(answers, tokens, strict=True))
            assert first == second, (method, rule)


def test_the_other_pages_do_not_change_when_it_comes_to_be(
    app: Flask, client: Reader, clock: time_machine.Traveller
) -> None:
    make_letter(slug="ouverte", title="Une autre")
    paths = [build(app, rule, {}) for rule in rules(app, NAMES[0]) if not rule.arguments]
    paths += [f"/?q={word}" for word in SECRETS] + ["/letters/ouverte", "/letters/ouverte/signatories?q=Roux"]
    paths += ["/robots.txt", "/sitemap.xml", "/feed", "/letters"]
    before = {path: told(client.get(path)) for path in paths}
    scheduled(gathered(), 60)
    clock.shift(59)
    for path in ("/signatures/new-link",):  # its form is stamped with the moment
        del before[path]
    for path, answer in before.items():
        assert told(client.get(path)) == answer, path


def test_at_its_moment_all_of_it_is_there_at_once(app: Flask, client: Reader, clock: time_machine.Traveller) -> None:
    letter = scheduled(gathered(), 60)
    values = {name: value(letter) for name, value in PATHS.items()}
    shown = [rule for rule in rules(app, NAMES[0]) if "slug" in rule.arguments and "GET" in (rule.methods or ())]
    paths = [build(app, rule, values) for rule in shown]
    clock.shift(59)
    assert {client.get(path).status_code for path in paths} == {404}
    assert "Jouons" not in client.get("/").text
    clock.shift(1)
    assert {client.get(path).status_code for path in paths} <= {200, 204} and "Jouons encore" in client.get("/").text
    names = ["Zoé Attestée, maire (Mairie secrète)", "Ana Roux"]
    for path in ("/letters/secrete", "/letters/secrete/signatories"):
        assert listed(client.get(path).text) == names
    assert client.sign("secrete").status_code == 303


@pytest.mark.parametrize(
    ("day", "hour", "moment"),
    [
        ("2027-03-28", "03:00", "2027-03-28T01:00:00+00:00"),  # a second after 01:59:59 in Paris
        ("2026-10-25", "02:30", "2026-10-25T00:30:00+00:00"),  # the first of two
        ("2026-12-01", "06:00", "2026-12-01T05:00:00+00:00"),
    ],
)
def test_the_clocks_of_the_letter_say_when(client: Reader, day: str, hour: str, moment: str) -> None:
    at = datetime.fromisoformat(moment)
    with time_machine.travel(at - timedelta(hours=3), tick=False) as clock:
        letter = gathered()
        typed = datetime.fromisoformat(f"{day}T{hour}")
        life.publish(letter, at=moment_at(typed.date(), typed.time(), letter.zone))
        for seconds, status in ((-1, 404), (0, 200)):
            clock.move_to(at + timedelta(seconds=seconds))
            assert client.get("/letters/secrete").status_code == status


@ON_SQLITE
def test_a_page_under_embargo_says_so_and_until_when(client: Reader, clock: time_machine.Traveller) -> None:
    letter = gathered()
    client.log_in(owner_of(letter))
    life.make_preview_link(letter, owner_of(letter))
    paths = [f"/manage/letters/{letter.id}/preview?lang=en", f"/letters/preview/{token_of(letter)}?lang=en"]
    for path in paths:
        assert "under embargo until it is published" in client.get(path).text
    life.publish(letter, at=datetime.fromisoformat("2026-12-01T05:00+00:00"))
    for path in paths:
        page = client.get(path)
        assert "Confidential – under embargo until Tuesday 1\u00a0December 2026 at 06:00 (Paris time)" in page.text
        assert '<meta name="robots" content="noindex">' in page.text and "og:" not in page.text
        assert (page.headers["Cache-Control"], page.headers["X-Robots-Tag"]) == ("no-store", "noindex")
        french = client.get(path.replace("=en", "=fr")).text
        assert "sous embargo jusqu’au mardi 1er\u00a0décembre 2026 à 06:00 (heure de Paris)" in french
    clock.move_to(datetime.fromisoformat("2026-12-01T05:00+00:00"))
    for path in paths:
        assert "embargo" not in client.get(path).text


@ON_SQLITE
@pytest.mark.parametrize(
    ("printed_on", "before", "after"),
    [
        (None, "À paraître dans L’Humanité", "Parue dans L’Humanité"),
        (date(2026, 12, 1), "À paraître dans L’Humanité, 1", "Parue dans L’Humanité, 1"),
        (date(2026, 12, 2), "À paraître dans L’Humanité, 2", "À paraître dans L’Humanité, 2"),
        (date(2026, 11, 20), "Parue dans L’Humanité, 20", "Parue dans L’Humanité, 20"),
    ],
)
def test_a_newspaper_has_printed_it_from_its_day_on(
    client: Reader, clock: time_machine.Traveller, printed_on: date | None, before: str, after: str
) -> None:
    letter = make_gathered(outlet="L'Humanité", printed_on=printed_on)
    life.make_preview_link(letter, owner_of(letter))
    preview = f"/letters/preview/{token_of(letter)}"
    life.publish(letter, at=datetime.fromisoformat("2026-12-01T05:00+00:00"))
    assert before in client.get(preview).text
    clock.move_to(datetime.fromisoformat("2026-12-01T05:00+00:00"))
    assert after in client.get(preview).text


def token_of(letter: Letter) -> str:
    return issue(Purpose.PREVIEW, [letter.id, letter.preview_nonce])


@ON_SQLITE
def test_a_page_under_embargo_shows_its_picture_and_for_an_hour(client: Reader, clock: time_machine.Traveller) -> None:
    letter = gathered()
    life.make_preview_link(letter, owner_of(letter))
    page = client.get(f"/letters/preview/{token_of(letter)}").text
    path = page.partition('<img src="')[2].partition('"')[0]
    assert path.startswith("/letters/secrete/image-")
    answer = client.get(path)
    assert (answer.status_code, answer.mimetype, answer.headers["Cache-Control"]) == (200, "image/jpeg", "no-store")
    assert client.get(path[:-1]).status_code == client.get(path.replace("secrete", NOBODYS)).status_code == 404
    clock.shift(3602)
    assert client.get(path).status_code == 404
