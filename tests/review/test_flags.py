"""What is flagged for a look, and what is not; a flag refuses nothing."""

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from tests.databases import ON_SQLITE
from tests.factories import confirm_path, latest_signature, make_invited, make_letter, make_signature, owner_of
from tests.page import Reader
from tests.plans import plans
from tribune.abuse.networks import network_hash
from tribune.audit.models import Event, Verb
from tribune.database import db, is_postgresql, now, write
from tribune.invitations.actions import attest
from tribune.mine.actions import correct
from tribune.people.actions import shown_as, words_of
from tribune.review import actions, queries
from tribune.review.queries import open_counts
from tribune.signatures.flags import BURST, KINDS, clear_flags, flag_confirmed
from tribune.signatures.models import Flag, Signature


def flags(signature: Signature) -> set[str]:
    return set(db.session.scalars(sa.select(Flag.kind).where(Flag.signature_id == signature.id)))


TO_LOOK_AT = [
    ("Mickey", "Mouse", "joke"),
    ("Père", "Noël", "joke"),
    ("Noel", "PERE", "joke"),
    ("Test", "Durand", "joke"),
    ("𝐌𝐢𝐜𝐤𝐞𝐲", "𝐌𝐨𝐮𝐬𝐞", "joke"),
    ("Aaaa", "Durand", "joke"),
    ("Emmanuel", "MACRON", "joke"),
    ("Gros", "Connard", "joke"),
    ("", "Toto", "joke"),
    ("", "x", "joke"),
    ("X", "Y", "joke"),
    ("Zоé", "Évrard", "mixed_scripts"),  # a Cyrillic о
    ("Αnna", "Évrard", "mixed_scripts"),  # a Greek Α
    ("Zoé", "Évrаrd", "mixed_scripts"),  # a Cyrillic а
    ("ꓜoé", "Évrard", "mixed_scripts"),  # a Lisu ꓜ
]
ORDINARY = [
    ("Zoé", "Évrard"),
    ("Олена", "Шевченко"),
    ("Jo", "Xu"),
    ("Bob", "Testud"),
    ("Emmanuel", "Macron-Duval"),
    ("-Ange", "d’Été"),
    ("李", "小龍"),
    ("李", "明"),
    ("", "JR"),
]


@ON_SQLITE
def test_a_name_to_look_at_is_flagged_and_taken_and_an_ordinary_one_is_not(client: Reader) -> None:
    make_letter(slug="rues")
    cases = [*TO_LOOK_AT, *((*name, None) for name in ORDINARY)]
    for number, (given_name, family_name, kind) in enumerate(cases):
        typed = {"given_name": given_name, "family_name": family_name, "one_name": "y", "role": "maire"}
        assert client.sign("rues", email=f"zoe@example{number}.org", **typed).status_code == 303, typed
        signature = latest_signature()
        assert (signature.given_name, flags(signature)) == (given_name, {kind} if kind else set())


@ON_SQLITE
def test_a_role_or_an_organisation_that_jokes_or_insults_is_flagged(client: Reader) -> None:
    make_letter(slug="rues")
    cases = [
        ({"role": "Gros connard"}, {"joke"}),
        ({"role": "maire", "organisation": "Ligue des ENCULÉS de France"}, {"joke"}),
        ({"role": "Test"}, {"joke"}),
        ({"role": "directrice de tests", "organisation": "Ni putes ni soumises"}, set()),
    ]
    for number, (typed, kinds) in enumerate(cases):
        client.sign("rues", email=f"{number}@example.org", **typed)
        assert flags(latest_signature()) == kinds, typed


def test_no_role_and_no_organisation_is_flagged_unless_the_letter_asks_for_neither(client: Reader) -> None:
    make_letter(slug="rues")
    client.sign("rues")
    assert flags(latest_signature()) == {"no_affiliation"}
    make_letter(slug="squares", asks_role="absent", asks_organisation="absent")
    client.sign("squares")
    assert flags(latest_signature()) == set()
    client.sign("squares", given_name="Mickey", family_name="Mouse", email="mickey@example.org")
    assert flags(latest_signature()) == {"joke"}


def test_the_same_name_with_another_address_is_flagged_once_both_count(client: Reader) -> None:
    letter = make_letter(slug="rues")
    make_signature(letter, given_name="Zoé", family_name="Évrard", role="maire")
    client.sign("rues", given_name="Zoe", family_name="EVRARD", role="éditrice", email="autre@example.org")
    second = latest_signature()
    assert flags(second) == set()
    client.post(confirm_path(second))
    assert flags(second) == {"same_person"} and second.counted_at is not None
    with write():
        flag_confirmed(second)  # as where somebody was added by hand, flagged, and accepts an invitation then
    make_signature(letter, given_name="Zoé", family_name="Évrardet", role="maire")
    assert open_counts(letter) == {"same_person": 1}
    third = make_signature(letter, given_name="Léa", role="maire")
    words = {**words_of(third), "given_name": "Zoé", "family_name": "Évrard"}
    correct(third.id, third.link_nonce, words=words, seen_as=shown_as(third))
    assert flags(third) == {"same_person"}
    with write():
        clear_flags([third.id], now())
    correct(third.id, third.link_nonce, words={**words, "role": "adjointe"}, seen_as=shown_as(third))
    assert open_counts(letter) == {"same_person": 2}  # as a new signature would be


def test_who_signs_after_the_organisers_answered_for_them_is_no_namesake_of_theirs(client: Reader) -> None:
    letter = make_letter(slug="rues")
    person = make_invited(letter, given_name="Zoé", family_name="Évrard", email="zoe@example.org")
    attest(person, "par téléphone", by=owner_of(letter))
    client.sign("rues", role="maire")
    signature = latest_signature()
    client.post(confirm_path(signature))
    assert signature.counted_at and (letter.confirmed_count, letter.attested_count) == (1, 0)
    assert flags(signature) == set()


def test_many_at_once_from_one_domain_are_flagged_whole_and_a_provider_is_no_place(client: Reader, app: Flask) -> None:
    letter = make_letter(slug="rues")
    with time_machine.travel(now(), tick=False) as clock:
        for number in range(BURST["domain"] + 1):
            for domain in ("ferme.example", "gmail.com"):
                # Each from a network of its own, and over less than ten minutes.
                app.test_client().get("/")
                email = f"p{number}@sous{number}.{domain}" if number % 2 else f"p{number}@{domain}"
                client.post(
                    "/letters/rues/sign",
                    data={**fields(client), "email": email, "family_name": f"N{number} {domain[0]}"},
                    environ_overrides={"REMOTE_ADDR": f"192.0.2.{number}"},
                )
            clock.shift(timedelta(seconds=20))
    query = sa.select(Signature.domain).join(Flag).where(Flag.kind == "burst")
    assert list(db.session.scalars(query)) == ["ferme.example"] * (BURST["domain"] + 1)  # who comes after them too
    assert open_counts(letter)["burst"] == BURST["domain"] + 1
    flagged = db.session.scalars(sa.select(Flag.signature_id).where(Flag.kind == "burst").order_by(Flag.id)).all()
    assert flagged == sorted(flagged)  # in any other order, those who flag each other at once would be in a deadlock


def fields(client: Reader) -> dict[str, str]:
    return {**client.fields("/letters/rues/sign"), "given_name": "Zoé", "role": "maire", "publish": "y"}


def test_slow_signatures_from_one_network_are_no_burst_and_fast_ones_are(client: Reader) -> None:
    client.environ_base["REMOTE_ADDR"] = "192.0.2.7"
    make_letter(slug="rues")
    for step, burst in ((timedelta(minutes=2), False), (timedelta(seconds=10), True)):
        with time_machine.travel(now()) as clock:
            for number in range(BURST["network_hash"]):
                client.sign(
                    "rues", role="maire", family_name=f"N{number}{burst}", email=f"{number}{burst}@example{number}.org"
                )
                clock.shift(step)
        assert bool(db.session.scalar(sa.select(sa.func.count()).where(Flag.kind == "burst"))) is burst


def test_who_comes_with_two_bursts_flags_both(client: Reader) -> None:
    client.environ_base["REMOTE_ADDR"] = "192.0.2.7"
    letter, network = make_letter(slug="rues"), network_hash("192.0.2.7")
    with write():
        for number in range(BURST["domain"] - 1):
            make_signature(letter, role="maire", domain="ferme.example", network_hash=f"{number}")
        for number in range(BURST["network_hash"] - 1):
            one = make_signature(letter, role="maire", domain=f"example{number}.org", network_hash=network)
        one.flags = [Flag(letter_id=letter.id, kind="same_person")]  # beside that of the burst
    client.sign("rues", role="maire", email="zoe@ferme.example")
    flagged = db.session.scalar(sa.select(sa.func.count()).where(Flag.kind == "burst", Flag.cleared_at.is_(None)))
    assert flagged == BURST["domain"] + BURST["network_hash"] - 1
    assert db.session.scalar(sa.select(sa.func.count(Flag.id))) == flagged + 1


@ON_SQLITE
def test_where_somebody_signed_from_is_kept_hashed(client: Reader) -> None:
    client.environ_base["REMOTE_ADDR"] = "192.0.2.7"
    make_letter(slug="rues")
    client.sign("rues")
    signature = latest_signature()
    assert signature.network_hash == network_hash("192.0.2.7") and "192.0" not in (signature.network_hash or "")


@ON_SQLITE
def test_one_home_is_one_network(app: Flask) -> None:
    assert network_hash("2001:db8:1:2::3") == network_hash("2001:db8:1:2:ffff::9") != network_hash("2001:db8:1:102::3")
    assert network_hash("192.0.2.1") != network_hash("192.0.2.2")
    assert network_hash(None) is network_hash("not an address") is None


@ON_SQLITE
def test_the_page_tells_moments_on_the_letters_own_clock(client: Reader) -> None:
    letter = make_letter(slug="rues")
    client.sign("rues", given_name="Mickey", family_name="Mouse", role="maire")
    with write():
        latest_signature().signed_at = datetime(2025, 11, 24, 23, 30, tzinfo=UTC)
    client.log_in(owner_of(letter))
    assert "25 nov. 2025, 00:30" in client.get(f"/manage/letters/{letter.id}/review").text


def test_a_flag_that_was_looked_at_leaves_the_list_and_comes_back(client: Reader) -> None:
    letter = make_letter(slug="rues")
    client.sign("rues", given_name="Mickey", family_name="Mouse", role="maire")
    signature = latest_signature()
    client.log_in(owner_of(letter))
    page = f"/manage/letters/{letter.id}/review"
    assert "Mickey Mouse, maire" in client.get(page).text
    token = client.fields(page)["csrf_token"]
    answer = client.post(f"{page}/clear", data={"csrf_token": token, "kind": "joke", "id": signature.id})
    after = client.get(answer.location)
    assert "Mickey Mouse" not in after.text and "déjà plus" not in after.text and open_counts(letter) == {}
    assert signature.status == "pending"  # and nothing else happened to it
    again = client.post(f"{page}/clear", data={"csrf_token": token, "kind": "joke", "id": signature.id})
    assert again.location == answer.location and "Cochez" not in client.get(again.location).text  # pressed twice
    client.post(f"{page}/clear", data={"csrf_token": token, "kind": "joke"})
    assert "Cochez d’abord les signatures où" in client.get(page).text
    undo = {"csrf_token": token, "kind": "joke", "cleared_at": client.fields(answer.location)["cleared_at"]}
    for said in ("They are back on the list.", "This has already been undone."):
        client.post(f"{page}/unclear?lang=en", data=undo)
        shown = client.get(f"{page}?lang=en").text
        assert "Mickey Mouse" in shown and said in shown
    events = db.session.scalars(sa.select(Event).where(Event.letter_id == letter.id).order_by(Event.id)).all()
    kept = [(e.verb, e.organiser_id, e.details) for e in events if e.verb.startswith("flags")]
    by, told = owner_of(letter).id, {"count": 1, "what": "joke"}
    assert kept == [(Verb.FLAGS_CLEARED, by, told), (Verb.FLAGS_PUT_BACK, by, told)]


@ON_SQLITE
def test_the_page_tells_who_is_hidden_already_or_does_not_count_yet(client: Reader) -> None:
    letter = make_letter(public_list="initials")
    for given in ({"hidden_at": now()}, {"confirmed": False}):
        make_signature(letter, flags=[Flag(letter_id=letter.id, kind=KINDS[-1])], **given)
    client.log_in(owner_of(letter))
    page = client.get(f"/manage/letters/{letter.id}/review?lang=en").text
    assert [page.count(f'<span class="status {status}">') for status in ("hidden", "pending")] == [1, 1]
    assert "Z. É." not in page  # which is what readers see


def test_clearing_and_undoing_it_reach_no_other_letter(app: Flask) -> None:
    mine, theirs = make_letter(), make_letter()
    signature = make_signature(theirs, flags=[Flag(letter_id=theirs.id, kind="joke")])
    assert actions.clear(mine, "joke", [signature.id], owner_of(mine)) is None
    assert (open_counts(mine), open_counts(theirs)) == ({}, {"joke": 1})
    moment = actions.clear(theirs, "joke", [signature.id], owner_of(theirs))
    assert moment and actions.unclear(mine, "joke", moment, owner_of(mine)) == 0
    assert actions.clear(mine, "joke", [signature.id], owner_of(mine)) is None  # no double click of that one
    assert open_counts(theirs) == {}


def test_the_newest_come_first_and_pages_follow(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "PAGE", 2)
    letter, other = make_letter(), make_letter()
    people = [make_signature(letter, flags=[Flag(letter_id=letter.id, kind="joke")]) for _ in range(4)]
    make_signature(letter, flags=[Flag(letter_id=letter.id, kind="burst")])
    make_signature(other, flags=[Flag(letter_id=other.id, kind="joke")])
    first, after = queries.flagged(letter, "joke")
    second, end = queries.flagged(letter, "joke", after)
    assert [signature for _, signature in (*first, *second)] == people[::-1] and end == ""


@ON_SQLITE
def test_rubbish_in_the_address_is_answered_in_words(client: Reader) -> None:
    letter = make_letter()
    client.log_in(owner_of(letter))
    page = f"/manage/letters/{letter.id}/review"
    assert client.get(f"{page}?kind=nonsense").status_code == 200
    assert client.get(f"{page}?after=x").status_code == 400
    token = client.fields(page)["csrf_token"]
    for moment in ("", "x", "0001-01-01T00:00:00+01:00"):
        answer = client.post(f"{page}/unclear", data={"csrf_token": token, "kind": "joke", "cleared_at": moment})
        assert answer.status_code == 400
    assert (
        client.post(f"{page}/clear", data={"csrf_token": token, "kind": "joke", "id": ["x", "9" * 30]}).status_code
        == 303
    )


def test_who_waits_under_the_same_name_is_not_read(app: Flask) -> None:
    letter = make_letter()
    signature = make_signature(letter)
    if is_postgresql():  # which reads a few rows whole, unless told that it must not
        for way in ("seqscan", "bitmapscan"):
            db.session.execute(sa.text(f"SET enable_{way} = off"))
    with plans() as found, write():
        flag_confirmed(signature)
    assert "ix_signatures_counted" in found[-1]
