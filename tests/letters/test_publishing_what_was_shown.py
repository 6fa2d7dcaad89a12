"""What the page of publication showed is what it publishes, and when: who pressed on an older page looks again."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.databases import ON_SQLITE
from tests.factories import make_letter, owner_of
from tests.letters.gathered import make_accepted
from tests.page import Reader, hidden_fields
from tests.threads import LONG
from tests.writing.writer import field
from tribune.audit.models import Event, Verb
from tribune.database import db, now, write
from tribune.fingerprint import ChangedMeanwhile
from tribune.invitations.announcing import launch, to_tell
from tribune.invitations.models import Invitation
from tribune.letters import actions, life, manage
from tribune.letters.models import Letter
from tribune.letters.queries import shown_as

BLANK = {"outlet": "", "outlet_url": "", "printed_on": ""}


@pytest.fixture
def letter(app: Flask) -> Letter:
    return make_letter(published=False, slug="rues", contact="alice@example.org")


def path_of(letter: Letter) -> str:
    return f"/manage/letters/{letter.id}/publish?lang=en"


def typed_on(client: Reader, letter: Letter, **typed: str) -> dict[str, str]:
    """The form as it is shown to somebody who changes only what is `typed`."""
    page = client.get(path_of(letter)).text
    shown = {name: field(page, name) for name in (*BLANK, "day", "hour")}
    when = "later" if shown["day"] else "now"
    return {**dict(hidden_fields(page)), **shown, "when": when, **typed}


@pytest.mark.parametrize("then", ["moved", "a draft again"])
def test_a_moment_that_a_colleague_took_back_does_not_come_back_unseen(
    client: Reader, letter: Letter, then: str
) -> None:
    first, later = now() + timedelta(days=3), now() + timedelta(days=9)
    life.publish(letter, at=first)
    client.log_in(owner_of(letter))
    stale = typed_on(client, letter, outlet="Mediapart")
    if then == "moved":
        life.publish(letter, at=later)
    else:
        life.unschedule(letter)
    answer = client.post(path_of(letter), data=stale)
    assert answer.status_code == 409 and "Nothing has been done yet" in answer.text
    assert (letter.published_at, letter.outlet) == (later if then == "moved" else None, "")
    for said in ("Printed by: Mediapart", f"Day: {stale['day']}"):
        assert f"<li>{said}</li>" in answer.text
    day = f"{later.astimezone(letter.zone):%Y-%m-%d}" if then == "moved" else ""
    assert field(answer.text, "day") == day
    assert answer.text.count("checked") == (1 if day else 0)  # nobody publishes now who meant later


@ON_SQLITE
def test_words_that_a_colleague_saved_are_not_published_unseen(client: Reader, letter: Letter) -> None:
    client.log_in(owner_of(letter))
    stale = typed_on(client, letter)
    actions.revise(letter, by=None, title="Un titre à moitié écr", text="Un brouillon.")
    answer = client.post(path_of(letter), data=stale)
    assert answer.status_code == 409 and letter.state == "draft" and "à moitié écr" in answer.text
    again = {**stale, **dict(hidden_fields(answer.text))}
    assert client.post(path_of(letter), data=again).status_code == 303 and letter.state == "published"


def test_nor_after_their_mail_was_read(client: Reader, letter: Letter) -> None:
    make_accepted(letter, "Ana")
    client.log_in(owner_of(letter))
    asked = client.post(path_of(letter), data=typed_on(client, letter))
    with write():
        letter.controller, letter.revision = "Quelqu’un d’autre", letter.revision + 1
    kept = {**dict(hidden_fields(asked.text)), "step": "launch"}
    assert client.post(path_of(letter), data=kept).status_code == 409 and letter.state == "draft"


@ON_SQLITE
def test_nor_by_who_presses_at_that_moment(letter: Letter) -> None:
    shown = shown_as(letter)
    life.publish(letter, at=now() + timedelta(days=9))
    with pytest.raises(ChangedMeanwhile):
        launch(letter, owner_of(letter), seen_as=shown, outlet="Le Monde", outlet_url="", printed_on=None)
    db.session.rollback()
    assert (letter.state, letter.outlet) == ("scheduled", "")


@ON_SQLITE
def test_who_joins_the_first_signatories_meanwhile_stops_nobody(client: Reader, letter: Letter) -> None:
    client.log_in(owner_of(letter))
    shown = typed_on(client, letter)
    make_accepted(letter, "Ana", tell=False)
    assert client.post(path_of(letter), data=shown).status_code == 303 and letter.state == "published"


def test_what_was_typed_about_the_newspaper_while_the_letter_published_itself_is_not_lost(
    client: Reader, letter: Letter
) -> None:
    """On the day, often after the hour: the page there is known only then."""
    client.log_in(owner_of(letter))
    life.publish(letter, at=now() + timedelta(minutes=5))
    pressed = typed_on(client, letter, outlet="Mediapart", outlet_url="https://example.org/a")
    with write():
        letter.published_at = now()
    assert client.post(path_of(letter), data=pressed).status_code == 303
    assert "not saved: Mediapart, https://example.org/a. Add it in" in client.get(path_of(letter)).text
    actions.tell_where_printed(letter, None, outlet="Mediapart", outlet_url="https://example.org/a", printed_on=None)
    client.post(path_of(letter), data=pressed)
    assert "not saved" not in client.get(path_of(letter)).text


def test_a_second_press_that_asks_for_the_same_moment_is_no_other_s_change(client: Reader, letter: Letter) -> None:
    client.log_in(owner_of(letter))
    pressed = typed_on(client, letter, when="later", day="2097-03-01", hour="18:00", outlet="Mediapart")
    assert [client.post(path_of(letter), data=pressed).status_code for _press in range(2)] == [303, 303]
    assert letter.state == "scheduled" and letter.outlet == "Mediapart"


@pytest.mark.parametrize("step", [{}, {"step": "launch"}], ids=["at once", "after the mail was read"])
def test_pressing_twice_publishes_once_and_the_second_answer_says_that_it_is(
    app: Flask, client: Reader, letter: Letter, monkeypatch: pytest.MonkeyPatch, step: dict[str, str]
) -> None:
    if step:
        make_accepted(letter, "Ana")
    page, browsers, both = path_of(letter), [client, app.test_client()], Barrier(2)
    for each in browsers:
        each.log_in(owner_of(letter))
    forms = [{**typed_on(each, letter), **step} for each in browsers]

    def once_both_have_read_the_letter(letter: Letter) -> Sequence[Invitation]:
        both.wait(LONG)
        return to_tell(letter)

    def press(browser: Reader, form: dict[str, str]) -> tuple[int, str | None]:
        with app.app_context():
            answer = browser.post(page, data=form)
            return answer.status_code, answer.location

    monkeypatch.setattr(manage, "to_tell", once_both_have_read_the_letter)
    db.session.rollback()
    with ThreadPoolExecutor(2) as threads:
        answers = list(threads.map(press, browsers, forms))
    monkeypatch.undo()
    assert answers == [(303, page)] * 2
    shown = [each.get(page).text for each in browsers]
    assert sum("Published: readers can see it now." in text for text in shown) == 1
    assert sum("This letter is already published." in text for text in shown) == 1
    db.session.rollback()
    verbs = db.session.scalars(sa.select(Event.verb).where(Event.letter_id == letter.id)).all()
    assert verbs.count(Verb.LETTER_PUBLISHED) == 1
