"""What the page of publication showed is what it publishes, and when: who pressed on an older page looks again."""

from datetime import timedelta

import pytest
from flask import Flask

from tests.factories import make_letter, owner_of
from tests.letters.gathered import make_accepted
from tests.page import Reader, hidden_fields
from tests.writing.writer import field
from tribune.database import db, now, write
from tribune.invitations.announcing import launch
from tribune.letters import actions, life
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
    assert answer.status_code == 409 and "Nothing is done yet" in answer.text
    assert (letter.published_at, letter.outlet) == (later if then == "moved" else None, "")
    for said in ("Printed by: Mediapart", f"Day: {stale['day']}"):
        assert f"<li>{said}</li>" in answer.text
    day = f"{later.astimezone(letter.zone):%Y-%m-%d}" if then == "moved" else ""
    assert field(answer.text, "day") == day
    assert answer.text.count("checked") == (1 if day else 0)  # nobody publishes now who meant later


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


def test_nor_by_who_presses_at_that_moment(letter: Letter) -> None:
    shown = shown_as(letter)
    life.publish(letter, at=now() + timedelta(days=9))
    with pytest.raises(life.ChangedMeanwhile):
        launch(letter, owner_of(letter), seen_as=shown, outlet="Le Monde", outlet_url="", printed_on=None)
    db.session.rollback()
    assert (letter.state, letter.outlet) == ("scheduled", "")


def test_who_joins_the_first_signatories_meanwhile_stops_nobody(client: Reader, letter: Letter) -> None:
    client.log_in(owner_of(letter))
    shown = typed_on(client, letter)
    make_accepted(letter, "Ana", tell=False)
    assert client.post(path_of(letter), data=shown).status_code == 303 and letter.state == "published"


def test_a_second_press_that_asks_for_the_same_moment_is_no_other_s_change(client: Reader, letter: Letter) -> None:
    client.log_in(owner_of(letter))
    pressed = typed_on(client, letter, when="later", day="2030-03-01", hour="18:00", outlet="Mediapart")
    assert [client.post(path_of(letter), data=pressed).status_code for _press in range(2)] == [303, 303]
    assert letter.state == "scheduled" and letter.outlet == "Mediapart"
