"""The organiser's side of a change of substance: said with the reason, the number first, then the button."""

import re
from datetime import timedelta

import pytest
from flask import Flask

from tests.asking.again import ask, disagree
from tests.databases import ON_SQLITE
from tests.factories import make_correction, make_letter, make_organiser, make_signature, owner_of, posted
from tests.page import Reader, words
from tribune.database import now, write
from tribune.letters.models import Letter
from tribune.outbox.actions import suppress
from tribune.outbox.models import MOST_BOUNCES, Mailbox
from tribune.signatures.models import Signature


@pytest.fixture
def letter(app: Flask) -> Letter:
    return make_letter(make_organiser(), slug="rues", first="Léa Martin")


def sign(letter: Letter) -> Signature:
    signature = make_signature(letter)
    with write():
        letter.version.signed_at = letter.version.frozen_at = now()
    return signature


def edit(desk: Reader, letter: Letter, **typed: str) -> str:
    page = f"/manage/letters/{letter.id}/edit"
    shown = desk.get(page).text
    sent = {
        **desk.fields(page),
        "title": letter.version.title, "text": "Tout autre chose.", "reason": "Un accord.",
        "locale": "fr", "timezone": "Europe/Paris", "asks_role": "optional", "asks_organisation": "optional",
        "public_list": "yes", "public_file": "y", "controller": letter.controller, **typed,
    }  # fmt: skip
    assert 'name="kind"' in shown and re.search(r'<input checked id="kind-0"[^>]*value="correction"', shown)
    answer = desk.post(page, data=sent)
    assert answer.status_code == 303, words(answer.text)
    return answer.location or ""


@ON_SQLITE
def test_a_correction_leads_back_to_the_text(desk: Reader, letter: Letter) -> None:
    sign(letter)
    assert edit(desk, letter, kind="correction").endswith("/edit")
    assert letter.version_number == 2 and not letter.version.asks_again


def test_a_change_of_substance_leads_to_the_number_and_the_button(desk: Reader, letter: Letter) -> None:
    signature = sign(letter)
    page = edit(desk, letter, kind="substance")
    assert page == f"/manage/letters/{letter.id}/asking"
    assert letter.version.asks_again and letter.confirmed_count == 1
    shown = desk.get(f"{page}?lang=en").text
    assert re.search(r"<h1>2 people signed an earlier text", shown)
    assert "1 of them will be asked once by email" in words(shown) and "1 has no confirmed address" in words(shown)
    assert "Subject: Le texte que vous avez signé a changé" in words(shown) and "[personal link]" in shown
    batch = desk.post(page, data=desk.fields(page)).location or ""
    assert desk.post(f"{batch}/advance", data=desk.fields(batch)).location == batch
    assert (letter.confirmed_count, letter.attested_count) == (0, 0) and len(posted()) == 1
    done = words(desk.get(f"{batch}?lang=en").text)
    assert "2 signatories asked again" in done and "no change" not in done
    assert "everybody who had signed a version before 2" in done
    # And no number: some may answer meanwhile.
    assert "those who said that they do not sign the new text stay out" in done
    table = words(desk.get(f"/manage/letters/{letter.id}/signatures?lang=en").text)
    assert table.count("Signed an earlier text, asked again") == 3  # one of them in the filter
    one = desk.get(f"/manage/letters/{letter.id}/signatures/{signature.public_id}?lang=en").text
    assert "Signed an earlier text, asked again" in words(one)
    assert desk.post(f"{batch}/undo", data=desk.fields(batch)).location == batch
    assert (letter.confirmed_count, letter.attested_count) == (1, 1)


@ON_SQLITE
def test_where_nobody_can_be_mailed_none_is_counted_as_mailed(desk: Reader, letter: Letter) -> None:
    with write():  # a list that was printed: nobody on it has given an address
        letter.version.signed_at = letter.version.frozen_at = now()
    said = words(desk.get(f"{edit(desk, letter, kind='substance')}?lang=en").text)
    assert "1 has no confirmed address" in said and "asked once by email" not in said


@ON_SQLITE
def test_who_never_confirmed_the_address_they_gave_is_not_said_to_have_none(desk: Reader, letter: Letter) -> None:
    confirmed = sign(letter)
    make_signature(letter, confirmed=False, email="garanti@example.org", attested_at=now(), counted_at=now())
    page = edit(desk, letter, kind="substance")
    assert "2 have no confirmed address" in words(desk.get(f"{page}?lang=en").text)
    with write():
        confirmed.email = None  # a month after the letter had closed; it is open again
    asked = words(desk.get(f"{page}?lang=en").text)
    assert "2 have no confirmed address" in asked and "1 confirmed with an address that has since been deleted" in asked


def test_who_takes_no_email_is_not_said_to_be_asked_by_email(desk: Reader, letter: Letter) -> None:
    reached, silent, gone = sign(letter), sign(letter), sign(letter)
    suppress(silent.mailbox_key or "")
    with write() as session:
        session.add(Mailbox(key=gone.mailbox_key or "", hard_bounces=MOST_BOUNCES, bounced_at=now()))
    page = edit(desk, letter, kind="substance")
    said = words(desk.get(f"{page}?lang=en").text)
    assert "1 of them will be asked once by email" in said and "on this page. 2 asked for no more emails" in said
    batch = desk.post(page, data=desk.fields(page)).location or ""
    desk.post(f"{batch}/advance", data=desk.fields(batch))
    assert [mail.recipient for mail in posted()] == [reached.email]


def test_an_export_of_who_counts_leaves_out_who_was_asked(desk: Reader, letter: Letter) -> None:
    sign(letter)
    page = edit(desk, letter, kind="substance")
    batch = desk.post(page, data=desk.fields(page)).location or ""
    desk.post(f"{batch}/advance", data=desk.fields(batch))
    file = desk.get(f"/manage/letters/{letter.id}/signatures.csv?status=confirmed")
    assert file.status_code == 200 and "Évrard" not in file.text


def test_who_said_no_is_seen_where_one_sees_who_has_not_answered(desk: Reader, letter: Letter) -> None:
    signature, silent = sign(letter), sign(letter)
    page = edit(desk, letter, kind="substance")
    batch = desk.post(page, data=desk.fields(page)).location or ""
    desk.post(f"{batch}/advance", data=desk.fields(batch))
    disagree(signature)
    shown = words(desk.get(f"{page}?lang=en").text)
    assert "1 does not sign the new text" in shown and "2 have not answered yet" in shown
    assert f"Zoé {signature.family_name}" in shown and f"Zoé {silent.family_name}" not in shown
    table = words(desk.get(f"/manage/letters/{letter.id}/signatures?lang=en").text)
    # the choice of the filter is one of each
    assert table.count("Does not sign the new text") == 2 and table.count("Signed an earlier text, asked again") == 3
    one = desk.get(f"/manage/letters/{letter.id}/signatures/{signature.public_id}?lang=en").text
    assert "Does not sign the new text" in words(one)


@ON_SQLITE
def test_who_has_no_address_is_ticked(desk: Reader, letter: Letter) -> None:
    sign(letter)
    page = edit(desk, letter, kind="substance")
    batch = desk.post(page, data=desk.fields(page)).location or ""
    desk.post(f"{batch}/advance", data=desk.fields(batch))
    shown = desk.get(f"{page}?lang=en").text
    assert "Léa Martin" in shown and "Nobody is left to ask" in shown
    (number,) = re.findall(r'name="ids" id="a(\d+)"', shown)
    typed = desk.fields(page)
    assert desk.post(f"{page}/attest?lang=en", data=typed).status_code == 303
    assert "First tick those who agree." in desk.get(f"{page}?lang=en").text
    assert desk.post(f"{page}/attest", data={**typed, "ids": number, "version": "old"}).status_code == 303
    assert letter.attested_count == 0
    assert desk.post(f"{page}/attest", data={**typed, "ids": number}).status_code == 303
    assert letter.attested_count == 1 and "Léa Martin" not in desk.get(page).text


def test_beyond_a_hundred_the_others_are_answered_for_on_further_pages(client: Reader, app: Flask) -> None:
    long = make_letter(first="\n".join(f"Léa Martin{number}" for number in range(102)))
    make_correction(long, substance=True)
    ask(long)
    client.log_in(owner_of(long))
    page = f"/manage/letters/{long.id}/asking"
    shown = client.get(page).text
    [further] = re.findall(r'rel="next" href="([^"]+)"', shown)
    last = client.get(further).text
    numbers = [re.findall(r'name="ids" id="a(\d+)"', html) for html in (shown, last)]
    assert list(map(len, numbers)) == [100, 2] and not {*numbers[0]} & {*numbers[1]} and "next" not in last
    [attest] = re.findall(r'action="([^"]+/attest[^"]*)"', last)
    for ticked, left in zip(numbers[1], ([numbers[1][1]], numbers[0]), strict=True):  # the page, then the one before
        landed = client.post(attest, data={**client.fields(further), "ids": ticked}).location or ""
        assert re.findall(r'name="ids" id="a(\d+)"', client.get(landed).text) == left
    assert long.attested_count == 2


@ON_SQLITE
def test_the_desk_reminds_until_they_are_asked_or_it_is_called_a_correction(desk: Reader, letter: Letter) -> None:
    sign(letter)
    at, reminder = f"/manage/letters/{letter.id}?lang=en", "have not been asked yet"
    page = edit(desk, letter, kind="substance")
    assert reminder in words(desk.get(at).text)
    make_correction(letter)
    assert reminder in words(desk.get(at).text)
    assert desk.post(f"{page}/take-back", data=desk.fields(page)).status_code == 303
    assert reminder not in words(desk.get(at).text) and posted() == []
    assert "nobody needs to be asked" in words(desk.get(f"{page}?lang=en").text)
    assert desk.post(page, data=desk.fields(at)).location == page


@ON_SQLITE
def test_to_ask_again_is_not_done_to_whoever_was_ticked(desk: Reader, letter: Letter) -> None:
    signature = sign(letter)
    answer = desk.get(f"/manage/letters/{letter.id}/signatures/batches/new?verb=ask&ids={signature.id}")
    assert answer.status_code == 303
    table = desk.get(f"/manage/letters/{letter.id}/signatures").text
    assert 'value="ask"' not in table


@ON_SQLITE
def test_of_a_letter_closed_for_good_nobody_is_asked_and_it_is_said(desk: Reader, letter: Letter) -> None:
    sign(letter)
    page = edit(desk, letter, kind="substance")
    fields = desk.fields(page)
    with write():
        letter.closed_at = now() - timedelta(hours=73)
    shown = words(desk.get(f"{page}?lang=en").text)
    assert "could no longer answer" in shown and "It was only a correction" in shown and "Ask them" not in shown
    assert desk.post(page, data=fields).location == page
    assert letter.confirmed_count == 1 and posted() == []
    assert desk.post(f"{page}/take-back", data=fields).status_code == 303
    assert not letter.version.asks_again


@ON_SQLITE
def test_the_kind_is_offered_as_soon_as_somebody_stands_under_the_text(desk: Reader, letter: Letter) -> None:
    path = f"/manage/letters/{letter.id}/edit"
    assert 'name="reason"' not in desk.get(path).text
    page = edit(desk, letter, kind="substance", reason="")
    assert page == f"/manage/letters/{letter.id}/asking" and letter.version.asks_again
    assert "1 person signed an earlier text" in words(desk.get(f"{page}?lang=en").text)
    empty = make_letter(owner_of(letter))
    assert 'name="kind"' not in desk.get(f"/manage/letters/{empty.id}/edit").text


@ON_SQLITE
def test_where_nobody_counts_yet_there_is_nobody_to_ask_and_it_is_said(desk: Reader) -> None:
    letter = make_letter(make_organiser(), slug="bancs")
    desk.log_in(owner_of(letter))
    desk.sign("bancs")
    page = edit(desk, letter, kind="substance", reason="")
    shown = words(desk.get(f"{page}?lang=en").text)
    assert "Nobody needs to be asked now" in shown and "It was only a correction" in shown
    assert "have not been asked yet" not in words(desk.get(f"/manage/letters/{letter.id}?lang=en").text)


@ON_SQLITE
def test_that_words_came_back_is_said_with_what_is_left_to_ask(desk: Reader, letter: Letter) -> None:
    sign(letter)
    signed = letter.version.text
    page = edit(desk, letter, kind="substance")
    batch = desk.post(page, data=desk.fields(page)).location or ""
    desk.post(f"{batch}/advance", data=desk.fields(batch))
    assert edit(desk, letter, kind="correction", text=signed) == page
    shown = words(desk.get(f"{page}?lang=en").text)
    assert "Ce sont de nouveau les mots de la version 1" in shown and "Nobody needs to be asked now" in shown
    assert (letter.confirmed_count, letter.attested_count) == (1, 1)


def test_the_log_tells_a_change_of_substance_made_just_after_a_correction(desk: Reader, letter: Letter) -> None:
    sign(letter)
    edit(desk, letter, kind="correction")
    edit(desk, letter, kind="substance", text="Une demande nouvelle.", reason="La demande change.")
    assert letter.version_number == 2  # edited in place
    page = words(desk.get(f"/manage/letters/{letter.id}/log?lang=en").text)
    assert "Changed the text in substance: version 2. Reason: Un accord. – La demande change." in page
    assert "which nobody had signed" not in page


@ON_SQLITE
def test_closing_says_who_has_yet_to_answer_and_then_that_it_is_too_late(desk: Reader, letter: Letter) -> None:
    sign(letter)
    close, said = f"/manage/letters/{letter.id}/close?lang=en", "2 people have not said whether they sign the new text"
    page = edit(desk, letter, kind="substance")
    before = desk.get(close).text
    assert said not in before and "have not been asked yet" in before
    batch = desk.post(page, data=desk.fields(page)).location or ""
    desk.post(f"{batch}/advance", data=desk.fields(batch))
    asked = desk.get(close).text
    assert f"{said}: they may do so for these 72 hours too" in asked and "have not been asked yet" not in asked
    for hours, answered in ((1, "have not answered yet"), (73, "have not answered, and no longer can")):
        with write():
            letter.closed_at = now() - timedelta(hours=hours)
        assert answered in words(desk.get(f"{page}?lang=en").text)
