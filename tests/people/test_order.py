"""The order of first signatories: moved, sorted, undone; two editors never overwrite each other."""

import csv
import io
import re

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from tests.databases import ON_SQLITE
from tests.factories import make_letter, make_member, make_signature, mine_path, owner_of
from tests.page import Reader, listed
from tests.people.first import ANA, BOB, EVE, FIRST, PAIR, called, fields, order, page_of, printed
from tests.signatures.test_sign_form import Form
from tribune.audit.models import Event, Verb
from tribune.database import db, now, write
from tribune.letters.life import close
from tribune.letters.models import Letter
from tribune.mine.actions import withdraw
from tribune.people.actions import correct, shown_as, words_of
from tribune.people.first import set_first, set_section
from tribune.people.order import entries
from tribune.people.queries import places
from tribune.signatures.wordings import WORDINGS
from tribune.teams.models import Membership, Role


@pytest.fixture
def letter(app: Flask) -> Letter:
    return make_letter(slug="rues", first=FIRST)


def test_each_button_moves_its_line_and_the_focus_stays_on_it(desk: Reader, letter: Letter) -> None:
    steps = [
        ("down", "Ana", [BOB, ANA, PAIR, EVE]),
        ("up", "Dan", [BOB, PAIR, ANA, EVE]),
        ("top", "Ève", [EVE, BOB, PAIR, ANA]),
        ("bottom", "Bob", [EVE, PAIR, ANA, BOB]),
    ]
    for how, name, result in steps:
        person = called(name).public_id
        answer = desk.post(f"{order(letter)}/move", data={**fields(desk, letter), how: person})
        assert answer.status_code == 303 and "#" not in answer.location
        page = desk.get(answer.location).text
        focused = re.findall(r'<button[^>]*name="(\w+)"[^>]*autofocus', page)
        assert focused == [how] or name == "Dan"  # a shared line is named by whoever stands first on it
        assert "is now number" in page
        assert printed(desk) == result


@ON_SQLITE
def test_a_line_at_the_end_stays_and_it_is_said(desk: Reader, letter: Letter) -> None:
    answer = desk.post(f"{order(letter)}/move", data={**fields(desk, letter), "up": called("Ana").public_id})
    assert "stays number 1 of 4" in desk.get(answer.location).text
    assert db.session.query(Event).filter_by(verb=Verb.FIRST_SIGNATORIES_CHANGED).count() == 0
    assert desk.post(f"{order(letter)}/undo", data=fields(desk, letter)).status_code == 409  # nothing to undo


def test_the_order_is_that_of_page_list_and_file(desk: Reader, letter: Letter) -> None:
    desk.post(f"{order(letter)}/move", data={**fields(desk, letter), "top": called("Ève").public_id})
    wanted = [EVE, ANA, BOB, PAIR]
    assert printed(desk) == wanted
    assert listed(desk.get("/letters/rues/signatories").text) == wanted
    file = io.StringIO(desk.get("/letters/rues/signatories.csv").data.decode("utf-8-sig"), newline="")
    assert [row["printed_line"] for row in csv.DictReader(file)] == [EVE, ANA, BOB, PAIR, PAIR]


def test_lines_dropped_on_a_page_take_its_places(desk: Reader, letter: Letter) -> None:
    names = " ".join(called(name).public_id for name in ("Bob", "Ève", "Ana", "Cléo"))
    data = {**fields(desk, letter), "order": names, "moved": called("Ana").public_id}
    answer = desk.post(f"{order(letter)}/order", data=data)
    assert answer.status_code == 303 and printed(desk) == [BOB, EVE, ANA, PAIR]
    ana = called("Ana").public_id
    for wrong, moved in (("", "x"), ("nobody", ana), (f"{names} {ana}", ana)):
        answer = desk.post(f"{order(letter)}/order", data={**fields(desk, letter), "order": wrong, "moved": moved})
        assert answer.status_code == 422
    for other in (called("Cléo"), make_signature(letter, confirmed=False)):  # of the same line, of none
        pair = {"order": f"{other.public_id} {called('Dan').public_id}", "moved": called("Dan").public_id}
        assert desk.post(f"{order(letter)}/order", data={**fields(desk, letter), **pair}).status_code == 409
    assert printed(desk) == [BOB, EVE, ANA, PAIR]


def test_two_editors_at_once_overwrite_nothing(desk: Reader, letter: Letter) -> None:
    seen = fields(desk, letter)
    desk.post(f"{order(letter)}/move", data={**seen, "top": called("Ève").public_id})
    person = called("Ana").public_id
    acts = [
        (f"{order(letter)}/move", {"bottom": person}),
        (f"{order(letter)}/order", {"order": person, "moved": person}),
        (f"{order(letter)}/sort", {}),
        (f"{order(letter)}/undo", {}),
        (page_of(letter, "Cléo"), {"act": "part"}),
        (page_of(letter, "Bob"), {"act": "join"}),
        (page_of(letter, "Ana"), {"act": "place", "number": "3"}),
        (page_of(letter, "Ana"), {"act": "section", "section": "Élus"}),
    ]
    for address, data in acts:
        answer = desk.post(address, data={**seen, **data})
        said = "The order has changed in the meantime: somebody else changed it, or a button was pressed twice"
        assert answer.status_code == 409 and said in answer.text, address
        assert answer.text.index("Ève Caron") < answer.text.index("Ana Blanc")  # as it is now
    assert printed(desk) == [EVE, ANA, BOB, PAIR]


def test_who_is_taken_out_of_the_team_as_the_order_changes_finds_no_letter(desk: Reader, letter: Letter) -> None:
    stale = {**fields(desk, letter), "seen": "another order", "down": called("Ana").public_id}

    def take_out(session: Session, _transaction: object) -> None:
        if "writing" in session.info:  # what they asked for was just refused
            with db.engine.begin() as another:
                another.execute(sa.delete(Membership))

    sa.event.listen(db.session, "after_soft_rollback", take_out)
    try:
        assert desk.post(f"{order(letter)}/move", data=stale).status_code == 404
    finally:
        sa.event.remove(db.session, "after_soft_rollback", take_out)


def test_all_are_sorted_by_surname_and_it_is_undone_and_done_again(desk: Reader, letter: Letter) -> None:
    desk.post(f"{order(letter)}/sort", data=fields(desk, letter))
    assert printed(desk) == [BOB, ANA, EVE, PAIR]
    assert "Undo the last change" in desk.get(order(letter)).text
    desk.post(f"{order(letter)}/undo", data=fields(desk, letter))
    assert printed(desk) == [ANA, BOB, PAIR, EVE]
    desk.post(f"{order(letter)}/undo", data=fields(desk, letter))
    assert printed(desk) == [BOB, ANA, EVE, PAIR]


def test_it_is_undone_however_many_others_were_given_a_section_since(desk: Reader, letter: Letter) -> None:
    one = make_signature(letter)
    desk.post(f"{order(letter)}/sort", data=fields(desk, letter))
    for number in range(20):
        set_section(letter, one, f"Groupe {number}", by=owner_of(letter))
    assert not set_section(letter, one, "Groupe 19", by=owner_of(letter))  # pressed twice
    assert "/first/undo" in desk.get(order(letter)).text
    desk.post(f"{order(letter)}/undo", data=fields(desk, letter))
    assert printed(desk)[:4] == [ANA, BOB, PAIR, EVE]


def test_what_somebody_else_added_since_is_not_undone_with_the_rest(desk: Reader, letter: Letter) -> None:
    desk.post(f"{order(letter)}/sort", data=fields(desk, letter))
    with write():
        make_signature(letter, given_name="Flo", position=9)
    assert "Undo the last change" not in desk.get(order(letter)).text
    assert desk.post(f"{order(letter)}/undo", data=fields(desk, letter)).status_code == 409


@ON_SQLITE
def test_who_has_left_since_is_put_back_by_no_undoing(desk: Reader, letter: Letter) -> None:
    left, stays = make_signature(letter), make_signature(letter)
    for signature in (left, stays):
        set_first(letter, signature, True, by=owner_of(letter))
        set_first(letter, signature, False, by=owner_of(letter))
        if signature is left:
            withdraw(left.id, left.link_nonce)
        desk.post(f"{order(letter)}/undo", data=fields(desk, letter))
    assert left.position is None and stays.position == 5


@ON_SQLITE
def test_who_agreed_to_initials_alone_becomes_no_first_signatory(desk: Reader, letter: Letter) -> None:
    quiet = make_signature(letter, wording=WORDINGS["initials"])
    with write():
        letter.public_list = "initials"
    path = f"/manage/letters/{letter.id}/signatures/{quiet.public_id}"
    answer = desk.post(f"{path}/first", data={"csrf_token": desk.fields(path)["csrf_token"], "first": "yes"})
    assert "Invite them to be one" in desk.get(answer.location).text
    assert quiet.position is None and printed(desk)[-1] == "Z. É."


@ON_SQLITE
def test_nor_again_who_has_since_agreed_to_that(desk: Reader, letter: Letter) -> None:
    signature = make_signature(letter)
    for first in (True, False):
        set_first(letter, signature, first, by=owner_of(letter))
    with write():
        letter.public_list = "initials"
    for act in ("hide", "show-initials"):
        desk.post(mine_path(signature), data={"act": act})
    desk.post(f"{order(letter)}/undo", data=fields(desk, letter))
    assert signature.position is None and printed(desk)[-1] == "Z. É."


def test_a_line_moves_to_a_numbered_place(desk: Reader, letter: Letter) -> None:
    answer = desk.post(page_of(letter, "Ève"), data={**fields(desk, letter), "act": "place", "number": "2"})
    assert "is now number 2 of 4" in desk.get(answer.location).text
    assert printed(desk) == [ANA, EVE, BOB, PAIR]
    desk.post(page_of(letter, "Ève"), data={**fields(desk, letter), "act": "place", "number": "99"})
    assert printed(desk) == [ANA, BOB, PAIR, EVE]
    for number in ("0", "-1", "x", "", "9" * 30):
        answer = desk.post(page_of(letter, "Ève"), data={**fields(desk, letter), "act": "place", "number": number})
        assert answer.status_code == 422 and "from 1" in answer.text, number


def test_somebody_who_agreed_is_added_by_hand_after_the_others(desk: Reader, letter: Letter) -> None:
    typed = {"given_name": "Flo", "family_name": "Gay", "role": "juge", "organisation": "Metz"}
    page = desk.post(f"{order(letter)}/add", data={**desk.fields(f"{order(letter)}/add"), **typed})
    said = "Tick the box once they have agreed: nobody is named without having said yes."
    assert page.status_code == 422 and Form(page.text).errors == {"agreed": said}
    answer = desk.post(f"{order(letter)}/add", data={**desk.fields(f"{order(letter)}/add"), **typed, "agreed": "y"})
    assert answer.status_code == 303 and printed(desk) == [ANA, BOB, PAIR, EVE, "Flo Gay, juge (Metz)"]
    assert (
        letter.attested_count == 6 and called("Flo").affiliation is None and not called("Flo").news
    )  # printed by the rule, as spellings are merged
    event = db.session.query(Event).filter_by(verb=Verb.PEOPLE_ATTESTED).order_by(Event.id.desc()).first()
    assert event and event.organiser_id == owner_of(letter).id


def test_who_was_just_made_a_first_signatory_goes_back_when_it_is_undone(desk: Reader, letter: Letter) -> None:
    flo = make_signature(letter, given_name="Flo", family_name="Gay")
    page = f"/manage/letters/{letter.id}/signatures/{flo.public_id}"
    assert desk.post(page_of(letter, "Flo"), data={**fields(desk, letter), "act": "part"}).status_code == 409
    desk.post(f"{page}/first", data={"csrf_token": desk.fields(page)["csrf_token"], "first": "yes"})
    assert flo.position == 5 and "Made a first signatory: Flo Gay." in desk.get(page).text
    assert "Made a first" not in desk.get(page.replace(flo.public_id, called("Ana").public_id)).text
    words = {**words_of(flo), "role": "poète"}  # what is written in the log since is about something else
    correct(flo, by=owner_of(letter), words=words, reason="Une coquille.", seen_as=shown_as(flo))
    other = make_letter()
    set_first(other, make_signature(other), True, by=owner_of(other))
    desk.post(f"{order(letter)}/undo", data=fields(desk, letter))
    assert flo.position is None and printed(desk) == [ANA, BOB, PAIR, EVE, "Flo Gay, poète"]


@ON_SQLITE
def test_who_is_hidden_keeps_their_place_and_it_is_said(desk: Reader, letter: Letter) -> None:
    make_signature(letter, confirmed=False)  # no first signatory
    with write():
        called("Bob").hidden_at = now()
    page = desk.get(order(letter)).text
    assert "1 of these people is not shown to readers" in page and "Bob Adam is not shown to readers" in page
    assert printed(desk) == [ANA, PAIR, EVE]


def test_three_hundred_lines_come_a_hundred_a_page(desk: Reader, letter: Letter) -> None:
    with write():
        for number in range(5, 301):
            make_signature(letter, given_name=f"P{number}", position=number)
    page = desk.get(f"{order(letter)}?page=3").text
    assert page.count("data-name=") == 100 and "P300" in page and "P200 " not in page
    answer = desk.post(f"{order(letter)}/move", data={**fields(desk, letter), "top": called("P250").public_id})
    assert "page=" not in answer.location and called("P250").position == 1
    answer = desk.post(page_of(letter, "P250"), data={**fields(desk, letter), "act": "place", "number": "150"})
    assert "page=2" in answer.location and called("P250").position == 150
    for wrong in ("0", "-1", "x", "99", "9" * 40):
        assert desk.get(f"{order(letter)}?page={wrong}").text.count("data-name=") == 100, wrong


def test_the_places_are_numbered_without_gaps_by_any_change(desk: Reader, letter: Letter) -> None:
    make_letter(first="Gil Roux")  # whose places are its own
    with write():
        called("Ève").position = 40
    desk.post(f"{order(letter)}/move", data={**fields(desk, letter), "down": called("Ana").public_id})
    assert [place.position for place in places(letter)] == [1, 2, 3, 3, 4]
    assert len(entries(places(letter))) == 4
    set_first(letter, called("Bob"), False, by=owner_of(letter))
    assert [place.position for place in places(letter)] == [1, 2, 2, 3]


def test_who_is_added_by_a_button_pressed_twice_counts_once(desk: Reader, letter: Letter) -> None:
    path = f"{order(letter)}/add"
    typed = {"given_name": "Flo", "family_name": "Kern", "role": "poète", "agreed": "y"}
    make_letter(first="Flo Kern, poète")
    make_signature(letter, given_name="Flo", family_name="Kern", role="poète")  # no first signatory
    sent, before = {**desk.fields(path), **typed}, letter.attested_count
    assert desk.post(path, data=sent).status_code == 303
    again = desk.post(path, data=sent)
    assert again.status_code == 422 and "already among the first signatories" in again.text
    assert letter.attested_count == before + 1 and "Flo Kern, poète" in printed(desk)
    assert desk.post(path, data={**sent, "role": "maire"}).status_code == 303  # a namesake


@ON_SQLITE
def test_who_has_no_first_signatory_yet_is_led_to_the_invitations(client: Reader) -> None:
    letter = make_letter(published=False)
    way = f'href="/manage/letters/{letter.id}/invitations">'
    client.log_in(owner_of(letter))
    assert f"{way}invitez ses premiers signataires" in client.get(f"/manage/letters/{letter.id}").text
    assert f"{way}Invitez-les" in client.get(order(letter)).text
    client.log_in(make_member(letter, Role.VIEWER))
    assert f"{way}Invitez-les" not in client.get(order(letter)).text


@ON_SQLITE
def test_under_a_closed_letter_nobody_is_led_to_invite(client: Reader) -> None:
    letter = make_letter()
    close(letter)
    client.log_in(owner_of(letter))
    page = client.get(order(letter)).text
    assert "Invitez-les" not in page and "Ajoutez à la main" in page
