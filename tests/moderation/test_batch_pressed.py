"""The button of a batch: pressed once or twice, how far it came, and what was done lately."""

import re
from html import unescape

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.databases import ON_POSTGRESQL, ON_SQLITE
from tests.factories import make_batch, make_letter, make_member, make_organiser, make_signature, owner_of
from tests.moderation.acting import at, back, do, do_to, press, start
from tests.page import Reader, words
from tests.threads import LONG, at_once
from tests.turns import Act, all_turns
from tribune.database import db, now, write
from tribune.letters.models import Letter
from tribune.moderation import actions, pieces
from tribune.moderation.batches import latest_batches
from tribune.moderation.forth import go_on
from tribune.moderation.models import Batch
from tribune.organisers.models import Organiser
from tribune.signatures.models import Signature
from tribune.teams.models import Role


def test_a_button_pressed_twice_begins_one_batch(desk: Reader, letter: Letter) -> None:
    make_signature(letter)
    page = at(letter, "/batches/new?verb=hide&all=1")
    sent = {**desk.fields(page), "reason": "Des essais."}
    first, second = (desk.post(page, data=sent).location for _ in range(2))
    assert first == second and len(latest_batches(letter)) == 1
    assert desk.post(page, data={**sent, "reason": "Autre chose."}).location != first


@ON_SQLITE
def test_where_the_line_breaks_before_the_next_page_it_is_done_all_the_same(desk: Reader, letter: Letter) -> None:
    signature = make_signature(letter)
    press(desk, at(letter, f"/batches/new?verb=hide&ids={signature.id}"), reason="Une insulte.")
    assert signature.hidden_at  # nothing else was asked for


@ON_SQLITE
def test_what_was_shown_again_is_hidden_again_for_the_same_reason(desk: Reader, letter: Letter) -> None:
    signature = make_signature(letter)
    page = at(letter, f"/batches/new?verb=hide&ids={signature.id}")
    first = press(desk, page, reason="Une insulte.")
    do_to("show", signature)
    assert press(desk, page, reason="Une insulte.") != first and signature.hidden_at


def test_who_presses_twice_at_once_begins_one_batch(app: Flask, letter: Letter) -> None:
    number, letter_number, by_number = make_signature(letter).id, letter.id, owner_of(letter).id
    db.session.rollback()

    def hide() -> None:
        its, by = db.session.get_one(Letter, letter_number), db.session.get_one(Organiser, by_number)
        actions.advance(actions.start(its, by=by, verb="hide", choice={"ids": [number]}, reason="Un essai."), LONG)

    at_once(app, [hide] * 4)
    assert [batch.done for batch in latest_batches(db.session.get_one(Letter, letter_number))] == [1]


def test_how_far_it_came_is_shown_and_continued_without_a_script(
    desk: Reader, letter: Letter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pieces, "AT_ONCE", 2)
    monkeypatch.setattr(actions, "AT_ONE_PRESS", 0)
    for _ in range(5):
        make_signature(letter)
    batch = press(desk, at(letter, "/batches/new?verb=hold&all=1"), reason="Une rafale.")
    for done in (2, 4):
        page = desk.get(f"{batch}?lang=en").text
        assert f"{done} of 5 done" in words(page) and f'value="{done}" max="5"' in page
        assert "Continue" in page and "data-after" in page and re.search(r'src="/static/itself\.js', page)
        desk.post(f"{batch}/advance", data=desk.fields(batch))
    assert "5 signatures held" in words(desk.get(f"{batch}?lang=en").text)
    assert desk.post(f"{batch}/advance", data=desk.fields(batch)).status_code == 303  # pressed once too often


@ON_SQLITE
def test_what_has_not_come_to_its_end_is_said_on_the_desk_and_above_the_table(desk: Reader, letter: Letter) -> None:
    make_signature(letter)
    batches = start(letter), do(letter, "hold")  # the page of the first was closed at once
    start(make_signature(make_letter()).letter)
    for batch in batches:
        pages = [desk.get(f"/manage/letters/{letter.id}{rest}?lang=en").text for rest in ("", "/signatures")]
        link = f'href="/manage/letters/{letter.id}/signatures/batches/{batch.id}?lang=en">Continue it'
        assert [link in page for page in pages] == [batch.finished_at is None] * 2
        actions.advance(batch, LONG)


def test_what_was_done_lately_is_listed_with_who_why_and_whether_undone(desk: Reader, letter: Letter) -> None:
    for number in range(22):
        signature = make_signature(letter)
        batch = actions.start(
            letter, by=owner_of(letter), verb="hide", choice={"ids": [signature.id]}, reason=f"Raison {number}."
        )
        actions.advance(batch, 9)
    actions.undo(batch, by=owner_of(letter))
    page = desk.get(at(letter, "/batches?lang=en")).text
    text = words(page)
    assert re.findall(r"Raison (\d+)\.", text) == [str(number) for number in reversed(range(2, 22))]
    assert owner_of(letter).name in text and text.count(" undone") == 1
    [further] = re.findall(r'rel="next" href="([^"]+)"', page)  # whatever was done can be undone
    older = desk.get(unescape(further)).text
    assert re.findall(r"Raison (\d+)\.", older) == ["1", "0"] and "next" not in older
    assert desk.get(at(letter, "/batches?after=x")).status_code == 400
    empty = make_letter(owner_of(letter))
    assert "Nothing yet" in words(desk.get(at(empty, "/batches?lang=en")).text)


def test_who_was_hidden_by_mistake_is_found_by_name_and_so_is_their_page(desk: Reader, letter: Letter) -> None:
    wrong, joke = make_signature(letter, family_name="Vasseur"), make_signature(letter, family_name="Troll")
    done = {each.id: do_to("hide", each) for each in (wrong, joke)}
    listed = words(desk.get(at(letter, "/batches?lang=en")).text)
    assert re.findall("1 signature hidden [^ ]+ (Troll|Vasseur)", listed) == ["Troll", "Vasseur"]
    page = at(letter, f"/batches/{done[wrong.id].id}?lang=en")
    named = f'href="/manage/letters/{letter.id}/signatures/{wrong.public_id}?lang=en"'
    assert named in desk.get(page).text and "Troll" not in desk.get(page).text
    back(done[wrong.id])
    assert "Vasseur" in words(desk.get(page).text)  # whom it was about is no secret once it is undone


def test_who_is_so_already_is_not_counted_again_and_the_page_does_not_say_all(desk: Reader, letter: Letter) -> None:
    for held in (None, now()):
        make_signature(letter, family_name="Rire", held_at=held)
    text = words(desk.get(at(letter, "/batches/new?verb=hold&all=1&q=rire&lang=en")).text)
    assert "Hold 1 signature" in text and "Of all that match: “rire”" in text


@pytest.mark.parametrize(("ticked", "named"), [(True, 7), (False, 5)])
def test_all_who_were_ticked_are_named_and_of_a_filter_a_few(
    desk: Reader, letter: Letter, ticked: bool, named: int
) -> None:
    people = [make_signature(letter, family_name=f"Durand {number}") for number in range(7)]
    ids = [signature.id for signature in people]
    asked = "".join(f"&ids={number}" for number in ids) if ticked else "&all=1&q=durand"
    batch = do(letter, "hold", {"ids": ids} if ticked else {"q": "durand"})
    for page in ("/batches/new?verb=release&lang=en" + asked, f"/batches/{batch.id}?lang=en"):
        text = words(desk.get(at(letter, page)).text)
        assert len(re.findall(r"Durand \d", text)) == named
        assert ("and 2 more" in text) is not ticked


def test_a_viewer_follows_a_batch_and_learns_no_address_from_it(client: Reader, letter: Letter) -> None:
    make_signature(letter, email="secret@hidden.example")
    by = owner_of(letter)
    batch = actions.start(letter, by=by, verb="hide", choice={"q": "secret@hidden.example"}, reason="x")
    client.log_in(make_member(letter, Role.VIEWER))
    for page in (at(letter, "/batches"), at(letter, f"/batches/{batch.id}")):
        answer = client.get(page)
        assert answer.status_code == 200 and "hidden.example" not in answer.text
        assert "/advance" not in answer.text and "/undo" not in answer.text and "itself.js" not in answer.text
    actions.advance(batch, 9)
    answer = client.get(at(letter, f"/batches/{batch.id}"))
    assert "hidden.example" not in answer.text and "/undo" not in answer.text
    assert client.get(at(letter, "/batches/new?verb=hide&all=1")).status_code == 403


@ON_SQLITE
def test_of_an_organiser_without_a_name_the_others_read_no_whole_address(client: Reader) -> None:
    letter = make_letter(make_organiser(name="", email="alice@hidden.example"))
    batch = make_batch(letter)
    client.log_in(make_member(letter, Role.EDITOR))
    for page in (at(letter, "/batches"), at(letter, f"/batches/{batch.id}")):
        shown = client.get(page).text
        assert "a…@hidden.example" in shown and "alice@" not in shown


def test_what_people_typed_is_text_on_the_pages_of_a_batch(desk: Reader, letter: Letter) -> None:
    with write():
        make_signature(letter, family_name="<i>x</i>", section="<b>s</b>")
    page = at(letter, "/batches/new?verb=hide&all=1&section=%3Cb%3Es%3C/b%3E&q=x")
    assert "<i>x" not in desk.get(page).text
    batch = press(desk, page, reason="<b>pourquoi</b>")
    assert "<b>" not in desk.get(batch).text and "&lt;b&gt;pourquoi" in desk.get(batch).text


@ON_POSTGRESQL
def test_what_is_undone_while_it_goes_on_is_undone_from_its_beginning(
    app: Flask, letter: Letter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pieces, "AT_ONCE", 1)
    letter_number = letter.id
    for _ in range(2):
        make_signature(letter)

    def go_on_first(_pause: int) -> tuple[Act, Act]:
        number = start(db.session.get_one(Letter, letter_number)).id
        return lambda: go_on(db.session.get_one(Batch, number)), lambda: back(db.session.get_one(Batch, number))

    def undo_first(pause: int) -> tuple[Act, Act]:
        first, second = go_on_first(pause)
        return second, first

    for begin in (go_on_first, undo_first):
        for pause in all_turns(app, begin):
            assert db.session.scalars(sa.select(Signature.hidden_at)).all() == [None] * 2, (begin.__name__, pause)
