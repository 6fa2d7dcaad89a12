"""The table of signatures, searched and filtered: exactly those asked for, told in words, whatever is asked."""

import re
from datetime import datetime
from html import unescape
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from tests.databases import ON_SQLITE
from tests.factories import make_letter, make_member, make_signature, owner_of
from tests.moderation.table import flag, lines
from tests.page import Reader, words
from tribune.database import db, now, write
from tribune.mine.actions import withdraw
from tribune.moderation.actions import start
from tribune.moderation.filters import Filter
from tribune.moderation.models import Batch
from tribune.organisers.models import Organiser
from tribune.signatures.models import Signature
from tribune.teams.models import Role

SEARCHES = [
    ("?status=pending", ["Zoé Attente"]),
    ("?status=confirmed", ["Zoé Confirmé"]),
    ("?status=attested", ["Léa Martin, maire (Nantes)"]),
    ("?status=hidden", ["Zoé Caché"]),
    ("?status=held", ["Zoé Retenu"]),
    ("?q=retenu", ["Zoé Retenu"]),
    ("?q=CONFIRME", ["Zoé Confirmé"]),
    ("?q=nantes+lea", ["Léa Martin, maire (Nantes)"]),
    ("?q=Attente%40Example.org", ["Zoé Attente"]),
    ("?q=confirme%2Btag%40example.org", ["Zoé Confirmé"]),
    ("?q=%E2%80%AAattente%40exam%C2%ADple.org%E2%80%AC", ["Zoé Attente"]),
    ("?q=tente%40exam", ["Zoé Attente"]),
    ("?q=zoe&status=hidden", ["Zoé Caché"]),
    ("?q=zoe&status=hidden&sort=surname", ["Zoé Caché"]),
    ("?q=%25", ["Zoé Retenu", "Zoé Caché", "Zoé Attente", "Zoé Confirmé", "Léa Martin, maire (Nantes)"]),
    ("?q=%25%40", []),
    ("?q=personne", []),
    ("?flag=joke", ["Zoé Attente", "Zoé Confirmé"]),
    ("?flag=joke&sort=surname", ["Zoé Attente", "Zoé Confirmé"]),
    ("?flag=burst", []),
    ("?published=no", ["Zoé Attente"]),
    ("?published=yes&news=yes", ["Zoé Confirmé"]),
    ("?news=no&status=hidden", ["Zoé Caché"]),
    ("?section=Soutiens", ["Zoé Caché"]),
    ("?section=Soutien", []),
    ("?section=Sou%C2%ADtiens", ["Zoé Retenu"]),  # from before soft hyphens were dropped
    ("?sort=surname", ["Zoé Attente", "Zoé Caché", "Zoé Confirmé", "Léa Martin, maire (Nantes)", "Zoé Retenu"]),
    ("?sort=organisation&status=confirmed", ["Zoé Confirmé"]),
]


def test_the_table_is_searched_and_sorted_out(browser: Reader, alice: Organiser) -> None:
    letter = make_letter(alice, first="Léa Martin, maire (Nantes)")
    confirmed = make_signature(letter, family_name="Confirmé", email="confirme@example.org", news=True)
    flag(confirmed, "joke")
    waits = make_signature(letter, family_name="Attente", email="attente@example.org", confirmed=False, published=False)
    flag(waits, "joke")
    flag(waits, "burst", cleared=True)
    make_signature(letter, family_name="Caché", hidden_at=now(), section="Soutiens")
    make_signature(
        letter, family_name="Retenu", confirmed=False, held_at=now(), hidden_at=now(), section="Sou\u00adtiens"
    )
    make_signature(make_letter(), section="Ailleurs")
    for asked, found in SEARCHES:
        assert lines(browser, letter, asked) == found, asked
    page = browser.get(f"/manage/letters/{letter.id}/signatures").text
    assert ">Soutiens</option>" in page and "Ailleurs" not in page


def test_a_part_of_an_address_is_found_whatever_its_capitals(browser: Reader, alice: Organiser) -> None:
    letter = make_letter(alice, slug="rues")
    browser.sign("rues", email="Zoe@ÉCOLE.example")
    for asked in ("zoe@%C3%A9col", "%40%C3%89cole.ex", "ZOE%40%C3%89COLE"):
        assert lines(browser, letter, f"?q={asked}") == ["Zoé Évrard"], asked
    assert lines(browser, letter, "?q=%40cole.ex") == []


@pytest.mark.parametrize(("asked", "found"), [("zoe%40ecole.example", 1), ("zoe%40ecole", 0), ("%40ecole.example", 0)])
def test_who_has_left_is_found_by_their_whole_address_alone(
    browser: Reader, alice: Organiser, asked: str, found: int
) -> None:
    letter = make_letter(alice)
    signature = make_signature(letter, email="zoe@ecole.example")
    withdraw(signature.id, signature.link_nonce)
    assert len(lines(browser, letter, f"?q={asked}")) == found


@ON_SQLITE
def test_who_looks_for_a_domain_without_its_sign_is_told_how(browser: Reader, alice: Organiser) -> None:
    letter, told = make_letter(alice), "type its @ too"
    make_signature(letter, email="x@jetable.example")
    at = f"/manage/letters/{letter.id}/signatures?lang=en&q="
    assert told in browser.get(f"{at}jetable.example").text
    for asked in ("%40jetable.example", "%40ailleurs.example", "evrard", "&status=pending"):
        assert told not in browser.get(at + asked).text
    browser.log_in(make_member(letter, Role.VIEWER))
    assert told not in browser.get(f"{at}jetable.example").text


def test_all_from_the_network_of_one_are_found_and_hidden_at_once(browser: Reader, alice: Organiser) -> None:
    letter = make_letter(alice)
    one, alone, unknown = (
        make_signature(letter, family_name=name, network_hash=network)
        for name, network in (("Farce", "a"), ("Ailleurs", "b"), ("Ancien", None))
    )
    make_signature(letter, family_name="Attrape", network_hash="a", confirmed=False)
    elsewhere = make_signature(make_letter(), family_name="Autre", network_hash="a")
    table = f"/manage/letters/{letter.id}/signatures"
    page = browser.get(f"{table}/{one.public_id}?lang=en").text
    assert "1 other signature came from the same one" in words(page)
    asked = f"?network={one.public_id}"
    assert f"{table}{asked}" in unescape(page)
    assert lines(browser, letter, asked) == ["Zoé Attrape", "Zoé Farce"]
    assert lines(browser, letter, f"?network={elsewhere.public_id}") == []
    for other, found in ((alone, ["Zoé Ailleurs"]), (unknown, [])):
        assert "from the same" not in words(browser.get(f"{table}/{other.public_id}?lang=en").text)
        assert lines(browser, letter, f"?network={other.public_id}") == found
    assert lines(browser, letter, "?network=nobody") == []
    filters = re.search(r'<form class="filters".*?</form>', browser.get(f"{table}{asked}").text, re.DOTALL)
    assert filters and f'name="network" value="{one.public_id}"' in filters[0]  # it stays while others are added
    new = f"{table}/batches/new{asked}&verb=hide&all=1"
    assert browser.post(new, data={**browser.fields(new), "reason": "Une farce."}).status_code == 303
    hidden = sa.select(Signature.family_name).where(Signature.hidden_at.is_not(None)).order_by(Signature.id)
    assert db.session.scalars(hidden).all() == ["Farce", "Attrape"]


@ON_SQLITE
def test_a_viewer_does_not_learn_who_shares_a_network(client: Reader) -> None:
    letter = make_letter()
    one, _other = (make_signature(letter, network_hash="a") for _ in range(2))
    batch = start(letter, by=owner_of(letter), verb="hide", choice={"network": one.public_id}, reason="Un essai.")
    table = f"/manage/letters/{letter.id}/signatures"
    for role, status in ((Role.EDITOR, 200), (Role.VIEWER, 403)):
        client.log_in(make_member(letter, role))
        page = client.get(f"{table}/{one.public_id}").text
        assert ("viennent du même" in page or "vient du même" in page) is (role is Role.EDITOR)
        for asked in (f"{table}?network={one.public_id}", f"{table}.csv?network={one.public_id}"):
            assert client.get(asked).status_code == status
        about = client.get(f"{table}/batches/{batch.id}").text
        assert (f"?network={one.public_id}" in about) is (role is Role.EDITOR)
        assert ("depuis un même réseau" in words(about)) is (role is Role.EDITOR)


def test_a_period_is_told_in_days_of_the_letters_own_zone_both_included(browser: Reader, alice: Organiser) -> None:
    letter = make_letter(alice)
    paris = ZoneInfo("Europe/Paris")
    for name, moment in {
        "Veille": datetime(2026, 11, 22, 23, 59, 59, tzinfo=paris),
        "Matin": datetime(2026, 11, 23, 0, 0, tzinfo=paris),
        "Soir": datetime(2026, 11, 24, 23, 59, 59, tzinfo=paris),
        "Lendemain": datetime(2026, 11, 25, 0, 0, tzinfo=paris),
    }.items():
        make_signature(letter, family_name=name, at=moment)
    assert lines(browser, letter, "?since=2026-11-23&until=2026-11-24") == ["Zoé Soir", "Zoé Matin"]
    assert lines(browser, letter, "?since=2026-11-25") == ["Zoé Lendemain"]
    assert lines(browser, letter, "?until=2026-11-22") == ["Zoé Veille"]
    assert "24 nov. 2026, 23:59" in browser.get(f"/manage/letters/{letter.id}/signatures").text
    with write():
        letter.timezone = "Pacific/Auckland"
    assert lines(browser, letter, "?until=2026-11-22") == []


NO_DAYS = ["2026-02-30", "0001-01-01", "9999-12-31", "12027-01-01", "0026-11-23", "never", "x", "-1"]
RUBBISH = ["", "\0", "%00", "9" * 400, "é" * 300, "'\"<", "\u202e", "x", "-1"]


def test_rubbish_asks_nothing_and_breaks_nothing(browser: Reader, alice: Organiser) -> None:
    letter = make_letter(alice)
    make_signature(letter)
    for name in ("q", "status", "section", "sort", "ids"):
        for typed in RUBBISH:
            asked = urlencode({name: typed})
            expected = {400} if "\0" in typed else {200, 303}
            address = f"/manage/letters/{letter.id}/signatures"
            assert browser.get(f"{address}?{asked}").status_code in expected, asked
            assert browser.get(f"{address}/batches/new?verb=hide&{asked}").status_code in expected, asked
        assert browser.get(f"/manage/letters/{letter.id}/signatures?{name}=%ED%A0%80%FF").status_code == 200
    assert Filter.from_args({"since": None, "q": None, "status": ["held"]}) == Filter()


@ON_SQLITE
@pytest.mark.parametrize("name", ["since", "until"])
def test_a_date_that_is_none_offers_nobody(browser: Reader, alice: Organiser, name: str) -> None:
    letter = make_letter(alice)
    make_signature(letter)
    of_letter = f"/manage/letters/{letter.id}"
    new = "signatures/batches/new?verb=hide&all=1&"
    for page in ("signatures?", new, "files?", "signatures.csv?"):
        assert browser.get(f"{of_letter}/{page}{name}=").status_code == 200, page
        for typed in NO_DAYS:
            answer = browser.get(f"{of_letter}/{page}lang=en&{name}={typed}")
            assert answer.status_code == 400 and "This date cannot be read" in answer.text, (page, typed)
    for typed in NO_DAYS:
        assert browser.post(f"{of_letter}/{new}{name}={typed}", data={"reason": "Jokes"}).status_code == 400
    assert db.session.scalar(sa.select(sa.func.count(Batch.id))) == 0


def test_what_is_asked_survives_as_arguments() -> None:
    args = {
        "q": "zoé", "status": "held", "flag": "joke", "since": "2026-11-23", "until": "2026-11-24",
        "published": "no", "news": "yes", "section": "Soutiens", "network": "abc", "sort": "surname",
    }  # fmt: skip
    assert Filter.from_args(args).as_args() == args
    assert Filter.from_args({}).as_args() == {} and not Filter.from_args({"sort": "surname"}).asks


def test_the_filters_are_told_in_words_with_a_way_out(browser: Reader, alice: Organiser) -> None:
    letter = make_letter(alice)
    asked = "?lang=en&q=zoe&status=held&flag=joke&since=2026-11-23&published=no&news=yes&section=Soutiens&network=x"
    page = browser.get(f"/manage/letters/{letter.id}/signatures{asked}").text
    chips = re.search(r'<ul class="asks">(.*?)</ul>', page, re.DOTALL)
    assert chips
    assert words(chips[1]) == (
        "“zoe” Held flagged: Jokes and insults signed since 23 November 2026 did not agree to be shown wants news"
        " section “Soutiens” from one network"
    )
    assert f'<a href="/manage/letters/{letter.id}/signatures?lang=en">Clear the filters</a>' in page
    assert "Clear the filters" not in browser.get(f"/manage/letters/{letter.id}/signatures?sort=surname&lang=en").text
