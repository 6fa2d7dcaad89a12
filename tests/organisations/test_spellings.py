"""Spellings of one organisation: proposed, merged, printed as one, and parted again."""

import csv
import io
import re
from html import unescape
from typing import Any
from unicodedata import normalize

import pytest
import sqlalchemy as sa

from tests.databases import ON_SQLITE
from tests.factories import latest_signature, make_letter, make_signature, owner_of
from tests.organisations.conftest import THREE
from tests.page import Reader, listed
from tribune.audit.models import Event
from tribune.database import db, write
from tribune.letters.models import Letter
from tribune.mine.actions import withdraw
from tribune.organisations import actions, queries
from tribune.organisations.queries import merges_of, spellings, suggestions
from tribune.signatures.listing import signatories
from tribune.signatures.models import Merge, Signature
from tribune.signatures.spellings import print_as_merged

KEYS = ["c n r s", "centre national de la recherche scientifique"]


def rows() -> list[tuple[Any, ...]]:
    db.session.rollback()
    return [tuple(row) for row in db.session.execute(sa.select(Signature.__table__).order_by(Signature.id))]


def lines(client: Reader, query: str = "") -> list[str]:
    return listed(client.get(f"/letters/rues/signatories{query}").text)


def test_merging_changes_every_line_and_keeps_what_was_typed(client: Reader, letter: Letter) -> None:
    actions.merge(letter, KEYS, "CNRS", owner_of(letter))
    assert lines(client).count("Zoé Évrard (CNRS)") == 4
    assert [s.organisation for s in db.session.scalars(sa.select(Signature).order_by(Signature.id))][:3] == THREE
    assert lines(client, "?organisation=CNRS") == ["Zoé Évrard (CNRS)"] * 4
    assert len(lines(client, "?q=cnrs")) == 4 and len(lines(client, "?q=recherche")) == 1


@ON_SQLITE
def test_a_search_is_offered_only_where_there_is_something_to_find(client: Reader, letter: Letter) -> None:
    nobody = make_letter(owner_of(letter), slug="vide")
    client.log_in(owner_of(letter))
    offers = {
        path: "Begins with" in client.get(f"/manage/letters/{path}lang=en").text
        for path in (f"{letter.id}/organisations?", f"{letter.id}/organisations?q=zzz&", f"{nobody.id}/organisations?")
    }
    assert list(offers.values()) == [True, True, False]


def test_undoing_restores_every_row_exactly(letter: Letter) -> None:
    before, owner = rows(), owner_of(letter)
    made = actions.merge(letter, KEYS, "CNRS", owner)
    assert rows() != before
    for each in made:
        actions.undo(letter, each.from_key, owner)
    assert rows() == before and not merges_of(letter)


def test_an_organisation_that_signs_is_sorted_by_its_printed_name_and_people_by_their_own(
    client: Reader, letter: Letter
) -> None:
    make_signature(letter, given_name="Ana", family_name="Ba", organisation="C.N.R.S.", as_organisation=True)
    before, by_surname, voice = rows(), "?order=surname", "par la voix d’Ana Ba"
    assert lines(client, by_surname)[0] == f"C.N.R.S., {voice}"
    made = actions.merge(letter, KEYS, "Gaz", owner_of(letter))
    assert lines(client, by_surname)[-2:] == ["Zoé Évrard (Inserm)", f"Gaz, {voice}"]
    for each in made:
        actions.undo(letter, each.from_key, owner_of(letter))
    assert rows() == before


def test_a_merge_of_a_merge_is_followed_to_its_end_and_undone_step_by_step(client: Reader, letter: Letter) -> None:
    before, owner = rows(), owner_of(letter)
    [first] = actions.merge(letter, KEYS[:1], "CNRS", owner)
    between = rows()
    [second] = actions.merge(letter, ["cnrs"], "Le CNRS", owner)
    assert lines(client).count("Zoé Évrard (Le CNRS)") == 3
    actions.undo(letter, second.from_key, owner)
    assert rows() == between
    actions.undo(letter, first.from_key, owner)
    assert rows() == before


def test_undoing_the_first_of_two_merges_leaves_the_second(client: Reader, letter: Letter) -> None:
    owner = owner_of(letter)
    [first] = actions.merge(letter, KEYS[:1], "CNRS", owner)
    actions.merge(letter, ["cnrs"], "Le CNRS", owner)
    actions.undo(letter, first.from_key, owner)
    assert sorted(lines(client))[:4] == [
        "Zoé Évrard (C.N.R.S.)",
        "Zoé Évrard (Centre national de la recherche scientifique)",
        "Zoé Évrard (Inserm)",
        "Zoé Évrard (Le CNRS)",
    ]


@ON_SQLITE
def test_names_printed_as_each_other_are_refused(letter: Letter) -> None:
    owner = owner_of(letter)
    actions.merge(letter, KEYS[:1], "CNRS", owner)
    before = rows()
    with pytest.raises(actions.MergesInCircle):
        actions.merge(letter, ["cnrs"], "C.N.R.S.", owner)
    assert rows() == before
    with pytest.raises(actions.NothingToMerge):
        actions.merge(letter, ["inserm"], "Inserm", owner)


def test_files_hold_what_the_page_of_merging_says(client: Reader, letter: Letter) -> None:
    client.log_in(owner_of(letter))
    page = f"/manage/letters/{letter.id}"
    text = client.get(f"{page}/organisations/merge?key=cnrs&lang=en").text
    assert "the column printed_line follows; the column organisation keeps what people typed" in text
    actions.merge(letter, KEYS, "CNRS", owner_of(letter))
    for address in (f"{page}/signatures.csv", "/letters/rues/signatories.csv"):
        file = client.get(address).text.removeprefix("\ufeff")
        rows = list(csv.DictReader(io.StringIO(file), delimiter=";" if ";" in file.splitlines()[0] else ","))
        assert [row["organisation"] for row in rows][:3] == THREE
        assert [row["printed_line"] for row in rows][:3] == ["Zoé Évrard (CNRS)"] * 3


@ON_SQLITE
def test_who_signs_later_with_a_merged_spelling_is_printed_so(client: Reader, letter: Letter) -> None:
    actions.merge(letter, KEYS, "CNRS", owner_of(letter))
    client.sign("rues", organisation="C N R S")
    signature = latest_signature()
    assert (signature.organisation, signature.printed_organisation) == ("C N R S", "CNRS")
    assert signature.organisation_key == "cnrs"


def test_a_line_printed_elsewhere_stays_as_it_was_printed(client: Reader) -> None:
    letter = make_letter(slug="rues", first="Léa Martin, chercheuse (C.N.R.S.)")
    make_signature(letter, given_name="Zoé", family_name="Évrard", organisation="CNRS")
    actions.merge(letter, ["cnrs"], "Le CNRS", owner_of(letter))
    actions.merge(letter, KEYS[:1], "Le CNRS", owner_of(letter))
    assert lines(client) == ["Léa Martin, chercheuse (C.N.R.S.)", "Zoé Évrard (Le CNRS)"]
    assert queries.count_left(letter) == 0
    later = make_signature(letter, organisation="C.N.R.S.", affiliation="chercheuse (C.N.R.S.)")
    print_as_merged(later)
    assert (later.printed_organisation, later.organisation_key) == (None, "c n r s")


def test_another_letter_is_not_touched(client: Reader, letter: Letter) -> None:
    other = make_letter(slug="squares")
    make_signature(other, organisation="C.N.R.S.")
    actions.merge(letter, KEYS, "CNRS", owner_of(letter))
    assert signatories(other).signatures[0].printed_organisation is None
    assert queries.latest_spellings(other) == [queries.Spelling(KEYS[0], "C.N.R.S.", 1)]
    for one, printed in ((make_letter(), None), (other, "chercheuse (c.n.r.s.)")):  # nor what is printed elsewhere
        make_signature(one, organisation="c.n.r.s.", affiliation=printed)
        with pytest.raises(actions.NothingToMerge):
            actions.merge(other, KEYS[:1], "C.N.R.S.", owner_of(other))


def test_an_organiser_merges_and_undoes_in_the_browser_and_the_log_knows(client: Reader, letter: Letter) -> None:
    client.log_in(owner_of(letter))
    page = f"/manage/letters/{letter.id}/organisations"
    assert "Probablement" in client.get(page).text or "Probably" in client.get(page).text
    merge = f"{page}/merge?key=cnrs&key=c+n+r+s"
    data = {**client.fields(merge), "key": ["cnrs", "c n r s"], "into": "CNRS"}
    assert client.post(f"{page}/merge", data={**data, "into": ""}).status_code == 422
    assert client.post(f"{page}/merge", data={**data, "into": "www.cnrs.example"}).status_code == 422
    answer = client.post(f"{page}/merge", data=data)
    assert (answer.status_code, answer.location) == (303, page)
    assert lines(client).count("Zoé Évrard (CNRS)") == 3
    token = client.fields(page)["csrf_token"]
    client.post(f"{page}/undo", data={"csrf_token": token, "key": "c n r s"})
    assert lines(client).count("Zoé Évrard (CNRS)") == 2
    said = db.session.execute(sa.select(Event.verb, Event.subject).order_by(Event.id)).all()
    assert said[-2:] == [("organisations_merged", "CNRS"), ("merge_undone", "CNRS")]
    assert client.get(f"{page}/merge").location == page  # nothing ticked: back, with a word


@pytest.mark.parametrize("composed", [False, True])  # as most browsers send what a page holds, and as Safari does
def test_spellings_of_syllables_that_are_taken_apart_are_merged_and_parted_again(
    client: Reader, composed: bool
) -> None:
    names = ("서울대학교", "서울 대학교")
    letter = make_letter()
    for name in names:
        make_signature(letter, organisation=name)
    client.log_in(owner_of(letter))
    page = f"/manage/letters/{letter.id}/organisations"
    keys = [each.key for each in spellings(letter)]
    sent = [normalize("NFC", key) if composed else key for key in keys]
    assert sent != keys or not composed
    data = {"csrf_token": client.fields(page)["csrf_token"], "key": sent, "into": names[0]}
    assert client.post(f"{page}/merge", data=data).location == page
    [merged] = merges_of(letter)
    assert [each.names for each in spellings(letter)] == [2]
    key = normalize("NFC", merged.from_key) if composed else merged.from_key
    client.post(f"{page}/undo", data={**data, "key": key})
    assert not merges_of(letter) and len(spellings(letter)) == 2


@ON_SQLITE
def test_a_key_that_no_page_sends_is_no_error(client: Reader, letter: Letter) -> None:
    client.log_in(owner_of(letter))
    page = f"/manage/letters/{letter.id}/organisations"
    token = client.fields(page)["csrf_token"]
    for key in ("cn\0rs", "x" * 5000, "\0", "\ufffe"):
        for address in ("merge", "undo"):
            answer = client.post(f"{page}/{address}", data={"csrf_token": token, "key": key, "into": ""})
            assert answer.status_code in {303, 422}


def test_what_only_somebody_wrote_who_has_left_is_listed_no_more(letter: Letter) -> None:
    def listings() -> list[bool]:
        found = spellings(letter), queries.latest_spellings(letter), queries.chosen(letter, ["inserm"])
        return ["inserm" in {each.key for each in those} for those in found]

    last = latest_signature()
    assert listings() == [True] * 3
    withdraw(last.id, last.link_nonce)
    assert listings() == [False] * 3


def test_a_long_list_is_read_page_by_page(client: Reader) -> None:
    letter = make_letter()
    with write():
        for number in range(101):
            make_signature(letter, organisation=f"Ferme {number:03}")
    client.log_in(owner_of(letter))
    page = f"/manage/letters/{letter.id}/organisations"
    first = client.get(page).text
    assert "Ferme 099" in first and "Ferme 100" not in first
    assert "Ferme 100" in client.get(f"{page}?after=ferme+099").text
    assert "Ferme 042" in client.get(f"{page}?q=ferme+042").text


def test_a_large_organisation_is_counted_no_further_than_its_page_needs(
    client: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    letter = make_letter()
    monkeypatch.setattr(queries, "COUNTED_TO", 2)
    for name in ("CNRS", "CNRS", "CNRS", "cnrs", "Emmaüs", "Emmaüs"):
        make_signature(letter, organisation=name)
    make_signature(letter, organisation="Oxfam", affiliation="comme imprimé")
    make_signature(letter)  # who names none
    make_signature(make_letter(), organisation="Emmaüs")
    assert [(s.name, s.names) for s in queries.spellings(letter)] == [("CNRS", 3), ("Emmaüs", 2)]
    assert queries.spellings(letter, begins="emmaus", after="emmaus") == []
    assert {(s.name, s.names) for s in queries.latest_spellings(letter)} == {("CNRS", 4), ("Emmaüs", 2)}
    client.log_in(owner_of(letter))
    page = client.get(f"/manage/letters/{letter.id}/organisations?lang=en&q=c").text
    assert "more than 2 names" in page


def test_the_form_proposes_only_what_the_list_shows_already(client: Reader, letter: Letter) -> None:
    make_signature(letter, organisation="CNRT secret", published=False)
    make_signature(letter, organisation="CNRX pending", confirmed=False)
    answer = client.get("/letters/rues/organisations.json?q=cnr")
    assert answer.json == ["CNRS"] and "public" in answer.headers["Cache-Control"]
    assert client.get("/letters/rues/organisations.json?q=c").json == []
    assert client.get("/letters/nothing/organisations.json?q=cnr").status_code == 404
    assert suggestions(make_letter(), "cnrs") == []


@ON_SQLITE
@pytest.mark.parametrize("path", ["/letters/rues", "/letters/rues/sign"])
def test_a_form_whose_list_shows_no_names_asks_for_no_proposals(client: Reader, letter: Letter, path: str) -> None:
    asked = [word in client.get(path).text for word in ("organisations.js", "data-suggestions")]
    with write():
        letter.public_list = "initials"
    page = client.get(path).text
    assert asked == [True, True] and "organisations.js" not in page and "data-suggestions" not in page
    assert client.get("/letters/rues/organisations.json?q=cnr").json == []


def test_every_merge_can_be_undone_however_many_there_are(client: Reader) -> None:
    letter = make_letter()
    keys = ["mairie", *(f"ferme {number:03}" for number in range(queries.PAGE + 2))]
    with write() as session:
        session.add_all(Merge(letter_id=letter.id, from_key=key, into="Les Fermes") for key in keys)
    client.log_in(owner_of(letter))
    for asked, total in (("", len(keys)), ("&q=Ferme", len(keys) - 1), ("&q=ferme+1", 2)):
        found, following = [], [f"/manage/letters/{letter.id}/organisations?lang=en{asked}"]
        while following:
            page = client.get(unescape(following[0])).text
            assert ("(continued)" in page) is bool(found)
            found += re.findall('name="key" value="([^"]+)"', page)
            assert len({*found}) == len(found) and (len(found) <= queries.PAGE or ">First page<" in page), asked
            following = re.findall('rel="next" href="([^"]+)">Earlier merges<', page)
        assert found == keys[::-1][:total], asked
