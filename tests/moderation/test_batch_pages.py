"""The pages of a batch: the number first, what will happen, how far it came, and the way back."""

import re
from html import unescape

import pytest

from tests.databases import ON_SQLITE
from tests.factories import make_letter, make_member, make_signature, posted
from tests.moderation.acting import at, do_to, press
from tests.page import Reader, words
from tests.statements import counted
from tribune.database import db, now
from tribune.letters.models import Letter
from tribune.moderation import actions, manage
from tribune.moderation.batches import latest_batches
from tribune.moderation.models import Batch
from tribune.teams.models import Role


def test_the_number_comes_first_then_who_and_what_happens(desk: Reader, letter: Letter) -> None:
    for number in range(7):
        make_signature(letter, family_name=f"Durand {number}")
    make_signature(letter, family_name="Autre")
    page = desk.get(at(letter, "/batches/new?all=1&verb=hide&q=durand&lang=en")).text
    assert re.search(r"<h1>\s*Hide 7 signatures", page)
    text = words(page)
    assert "“durand”" in text and "and 2 more" in text and "undo" in text
    assert "Those that count are still counted" in text
    assert re.findall(r"Durand (\d) ", text)[:5] == ["6", "5", "4", "3", "2"] and "Autre" not in text


@ON_SQLITE
@pytest.mark.parametrize(
    ("verb", "one", "two"),
    [
        ("hide", "Its line is removed at once", "Their lines are removed at once"),
        ("show", "Its line comes back", "Their lines come back"),
        (
            "hold",
            "It is suspected: once held, it is neither counted",
            "They are suspected: once held, they are neither counted",
        ),
        ("release", "Once released, it counts again", "Once released, they count again"),
    ],
)
def test_what_will_happen_agrees_with_one_and_with_two(
    desk: Reader, letter: Letter, verb: str, one: str, two: str
) -> None:
    moments = {"hidden_at": now() if verb == "show" else None, "held_at": now() if verb == "release" else None}
    page = at(letter, f"/batches/new?all=1&verb={verb}&lang=en")
    make_signature(letter, **moments)
    assert one in words(desk.get(page).text)
    make_signature(letter, **moments)
    assert two in words(desk.get(page).text)


@ON_SQLITE
def test_who_has_not_confirmed_is_not_said_to_count_once_hidden(desk: Reader, letter: Letter) -> None:
    make_signature(letter, confirmed=False)
    text = words(desk.get(at(letter, "/batches/new?all=1&verb=hide&lang=en")).text)
    assert "public files. If it counts, it is still counted." in text


@ON_SQLITE
def test_those_ticked_are_hidden_told_and_come_back(desk: Reader, letter: Letter) -> None:
    one, two = make_signature(letter, email="un@example.org"), make_signature(letter, email="deux@example.org")
    kept = make_signature(letter)
    page = at(letter, f"/batches/new?verb=hide&ids={one.id}&ids={two.id}&status=confirmed")
    assert re.search(r'<input[^>]* checked[^>]* name="tells"', desk.get(page).text)
    batch = press(desk, page, reason="Des essais.", tells="y")
    assert one.hidden_at and two.hidden_at and not kept.hidden_at
    assert {mail.recipient for mail in posted()} == {"un@example.org", "deux@example.org"}
    done = desk.get(f"{batch}?lang=en").text
    assert "2 signatures hidden" in words(done) and "itself.js" not in done
    assert f'href="{at(letter)}?status=confirmed&amp;lang=en"' in done
    assert "Undoing puts 2 signatures back" in words(done)
    assert "What has since been changed in another way stays as it is. Anyone who received that email" in words(done)
    assert desk.post(f"{batch}/undo", data=desk.fields(batch)).location == batch
    assert not one.hidden_at and not two.hidden_at
    assert "2 signatures are as they were before" in words(desk.get(f"{batch}?lang=en").text)


@ON_SQLITE
def test_nobody_is_said_to_be_told_whom_a_colleague_held_meanwhile(desk: Reader, letter: Letter) -> None:
    signature = make_signature(letter)
    page = at(letter, f"/batches/new?verb=hide&ids={signature.id}")
    seen = desk.fields(page)
    do_to("hold", signature)
    batch = desk.post(page, data={**seen, "reason": "Un essai.", "tells": "y"}).location or ""
    desk.post(f"{batch}/advance", data=seen)
    assert posted() == []
    assert "Told by email those who were shown, and can be emailed" in words(desk.get(f"{batch}?lang=en").text)


@ON_SQLITE
def test_the_mail_is_shown_as_it_will_read(desk: Reader, letter: Letter) -> None:
    signature = make_signature(letter, family_name="Vu", locale="en")
    page = at(letter, f"/batches/new?verb=hide&ids={signature.id}&lang=en")
    assert "“the reason that you write”" in words(desk.get(page).text)
    shown = desk.post(page, data={**desk.fields(page), "reason": "A joke.", "tells": "y", "look": "1"})
    assert shown.status_code == 200 and "“A joke.”" in words(shown.text)
    assert 'value="A joke."' in shown.text and latest_batches(letter) == []
    # Enter in the reason shows the mail, and Enter again hides: the first page takes nobody past the mail
    assert [html.count('<button class="primary" autofocus>') for html in (desk.get(page).text, shown.text)] == [0, 1]
    press(desk, page, reason="A joke.", tells="y")
    actions.advance(latest_batches(letter)[0], 9)
    mail = re.search(r"<pre[^>]*>(.*?)</pre>", shown.text, re.DOTALL)
    leaves = (posted()[0].text or "").replace("[[mine]]", "(the link to their own signature goes here)")
    assert mail and unescape(mail[1]).strip() == leaves.strip()


@ON_SQLITE
def test_more_than_a_hundred_are_told_only_if_the_organiser_ticks_it(
    desk: Reader, letter: Letter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(manage, "TOLD_AT_MOST", 1)
    make_signature(letter)
    checked = r'<input[^>]* checked[^>]* name="tells"'
    assert re.search(checked, desk.get(at(letter, "/batches/new?verb=hide&all=1")).text)
    make_signature(letter)
    page = desk.get(at(letter, "/batches/new?verb=hide&all=1")).text
    assert 'name="tells"' in page and not re.search(checked, page)
    assert 'name="tells"' not in desk.get(at(letter, "/batches/new?verb=hold&all=1")).text


USELESS = {
    "": "Write the reason",
    "  ": "Write the reason",
    "x" * 301: "Shorten this",
    "voir www.ailleurs.example": "Leave out web addresses",
    "\u202eessai": "cannot be printed",
}


@ON_SQLITE
def test_a_reason_that_cannot_be_used_is_said_and_kept(desk: Reader, letter: Letter) -> None:
    make_signature(letter)
    page = at(letter, "/batches/new?verb=hide&all=1&lang=en")
    for reason, said in USELESS.items():
        answer = desk.post(page, data={**desk.fields(page), "reason": reason})
        assert answer.status_code == 422 and said in words(answer.text), reason
        assert f'value="{reason.strip()}"' in answer.text and "checked" not in answer.text, reason  # as it was sent
    assert latest_batches(letter) == []


def test_showing_again_asks_for_no_reason(desk: Reader, letter: Letter) -> None:
    signature = make_signature(letter, hidden_at=now())
    batch = press(desk, at(letter, "/batches/new?verb=show&all=1&status=hidden"))
    desk.post(f"{batch}/advance", data=desk.fields(batch))
    assert signature.hidden_at is None


def test_who_signs_between_the_page_and_its_button_is_not_concerned(desk: Reader, letter: Letter) -> None:
    first = make_signature(letter)
    page = at(letter, "/batches/new?verb=hide&all=1")
    seen = desk.fields(page)
    later = make_signature(letter)
    batch = desk.post(page, data={**seen, "reason": "Des essais."}).location
    desk.post(f"{batch}/advance", data=seen)
    assert first.hidden_at and not later.hidden_at


def test_a_lost_or_forged_last_number_takes_nobody_who_is_not_there(desk: Reader, letter: Letter) -> None:
    make_signature(letter)
    page = at(letter, "/batches/new?verb=hide&all=1")
    fields = desk.fields(page)
    for last in ("", "x", "-1", "9" * 30, "٣", "999999"):
        newest = make_signature(letter)
        assert desk.post(page, data={**fields, "reason": "x", "up_to_id": last}).status_code == 303, last
        assert latest_batches(letter)[0].up_to_id == newest.id, last


@ON_SQLITE
def test_nothing_to_do_leads_back_to_the_table_with_a_word(desk: Reader, letter: Letter) -> None:
    make_signature(letter)
    nothing = "verb=hide", "verb=delete&all=1", "verb=hide&ids=x", "verb=hide&ids=" + "9" * 30, "verb=show&all=1"
    for asked in ("", *nothing):
        answer = desk.get(at(letter, f"/batches/new?{asked}"))
        assert (answer.status_code, answer.location) == (303, at(letter)), asked
        assert 'class="notice"' in desk.get(answer.location).text, asked


@ON_SQLITE
def test_the_page_of_batches_asks_as_much_of_those_of_many_organisers_as_of_one(desk: Reader, letter: Letter) -> None:
    counts = []
    for _organiser in range(4):
        by, chosen = make_member(letter, Role.EDITOR), [make_signature(letter).id]
        actions.start(letter, by=by, verb="hide", choice={"ids": chosen}, reason="Des essais.")
        db.session.rollback()
        with counted() as said:
            page = desk.get(at(letter, "/batches")).text
        assert by.name in page
        counts.append(len(said))
    assert counts == counts[:1] * 4


def test_signatures_of_another_letter_are_never_taken(desk: Reader, letter: Letter) -> None:
    mine, theirs = make_signature(letter), make_signature(make_letter())
    page = at(letter, f"/batches/new?verb=hide&ids={mine.id}&ids={theirs.id}")
    actions.advance(latest(desk, letter, page), 9)
    assert mine.hidden_at and not theirs.hidden_at


def latest(desk: Reader, letter: Letter, page: str) -> Batch:
    press(desk, page, reason="Des essais.")
    return latest_batches(letter)[0]
