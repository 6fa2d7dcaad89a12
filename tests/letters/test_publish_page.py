"""The page that publishes: what is missing, what will be public, now or by itself later."""

import re
from datetime import date, datetime, timedelta
from html import unescape

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from tests.databases import ON_SQLITE
from tests.factories import make_letter, owner_of
from tests.page import Reader, hidden_fields
from tests.writing.writer import field
from tribune.audit.models import Event, Verb
from tribune.database import db, now, write
from tribune.invitations.announcing import launch
from tribune.letters import actions, life
from tribune.letters.models import Letter
from tribune.letters.queries import missing


def ready(**given: object) -> Letter:
    """A draft that lacks nothing."""
    return make_letter(published=False, **{"slug": "rues", "contact": "alice@example.org", **given})


def page_of(letter: Letter) -> str:
    return f"/manage/letters/{letter.id}/publish"


def press(client: Reader, letter: Letter, **typed: str):  # type: ignore[no-untyped-def]
    client.log_in(owner_of(letter))
    path = page_of(letter)
    return client.post(path, data={**client.fields(path), **typed})


def log(letter: Letter) -> list[str]:
    """The verbs of its log, oldest first."""
    return list(db.session.scalars(sa.select(Event.verb).where(Event.letter_id == letter.id).order_by(Event.id)))


@ON_SQLITE
def test_what_is_missing_is_told_with_a_way_to_its_field(client: Reader) -> None:
    letter = make_letter(published=False, text=" ", controller="")
    assert missing(letter) == ["text", "controller", "contact"]
    client.log_in(owner_of(letter))
    page = client.get(page_of(letter)).text
    ways = re.findall(rf'href="/manage/letters/{letter.id}/edit#(\w+)"', page)
    assert ways == ["text", "controller", "contact", "slug"] and 'name="when"' not in page
    fields = client.get(f"/manage/letters/{letter.id}/edit").text
    assert all(f'id="{name}"' in fields for name in (*ways, "title"))


@ON_SQLITE
@pytest.mark.parametrize("lack", ["title", "text", "controller", "contact"])
def test_a_letter_that_lacks_something_is_not_published_from_a_browser(client: Reader, lack: str) -> None:
    letter = ready()
    with write():
        setattr(letter if lack in {"controller", "contact"} else letter.version, lack, "  ")
    answer = press(client, letter, when="now")
    assert answer.status_code == 422 and f"#{lack}" in answer.text
    assert letter.state == "draft"


@ON_SQLITE
def test_nor_from_the_shell_which_says_what_it_lacks(app: Flask) -> None:
    letter = make_letter(slug="rues", published=False, text="", controller="")
    done = app.test_cli_runner().invoke(args=["letters", "publish", "rues"])
    db.session.rollback()
    assert done.exit_code == 1 and letter.state == "draft"
    assert "it lacks a text; who is responsible for the data of those who sign; a contact address" in done.stderr
    assert "Fill this in on its page, “Text and settings”." in done.stderr


def test_nor_where_what_it_lacks_went_at_that_moment(app: Flask) -> None:
    letter = ready()
    with write():
        letter.controller = ""
    with pytest.raises(life.NotReady) as refused:
        launch(letter, at=now() + timedelta(days=1))
    assert (refused.value.fields, letter.state) == (["controller"], "draft")


@ON_SQLITE
def test_a_text_of_which_nothing_is_read_is_none(app: Flask) -> None:
    assert missing(ready(text="![une image](https://example.org/a.png)")) == ["text"]
    assert missing(ready(slug="autre", text="- *Un* mot.")) == []


@ON_SQLITE
def test_the_page_shows_what_will_be_public(client: Reader) -> None:
    letter = ready(title="Jouons !", authors="Léa Martin", first="Zoé Roux, maire\nBruno Humbert")
    client.log_in(owner_of(letter))
    page = client.get(page_of(letter) + "?lang=en").text
    to_the_list = (
        f'<a href="/manage/letters/{letter.id}/press?lang=en">Press list</a>'  # a newspaper asks for it before
    )
    for shown in ("Jouons\u202f!", "Léa Martin", "2 people", "http://localhost/letters/rues", to_the_list):
        assert shown in page


@ON_SQLITE
def test_a_press_of_the_button_publishes_now(client: Reader) -> None:
    letter = ready()
    answer = press(client, letter, when="now")
    assert (answer.status_code, answer.location) == (303, page_of(letter))
    assert letter.state == "published" and client.get("/letters/rues").status_code == 200
    assert log(letter)[-1] == Verb.LETTER_PUBLISHED
    published_at = letter.published_at
    again = client.post(page_of(letter), data={**client.fields(page_of(letter)), "when": "now"})
    assert again.status_code == 303 and letter.published_at == published_at
    assert log(letter).count(Verb.LETTER_PUBLISHED) == 1


LINK = "https://example.org/a"
BLANK = {"outlet": "", "outlet_url": "", "printed_on": "", "when": "now"}


def test_what_a_colleague_has_said_of_the_newspaper_is_not_undone_unseen(client: Reader) -> None:
    letter = ready()
    client.log_in(owner_of(letter))
    begun = {**client.fields(page_of(letter)), **BLANK}
    actions.tell_where_printed(letter, None, outlet="Mediapart", outlet_url=LINK, printed_on=None)
    answer = client.post(page_of(letter) + "?lang=en", data=begun)
    assert answer.status_code == 409 and (letter.state, letter.outlet_url) == ("draft", LINK)
    assert "Nothing has been done yet" in answer.text and "You had typed" not in answer.text
    shown = {name: field(answer.text, name) for name in BLANK if name != "when"}
    assert shown == {"outlet": "Mediapart", "outlet_url": LINK, "printed_on": ""}
    again = {**begun, **dict(hidden_fields(answer.text)), **shown}
    assert client.post(page_of(letter), data=again).status_code == 303
    assert (letter.state, letter.outlet_url) == ("published", LINK)


def test_what_one_typed_oneself_stands_beside_it(client: Reader) -> None:
    letter = ready()
    client.log_in(owner_of(letter))
    typed = {**client.fields(page_of(letter)), **BLANK, "outlet": "Le Monde"}
    actions.tell_where_printed(letter, None, outlet="Mediapart", outlet_url="", printed_on=date(2097, 1, 1))
    answer = client.post(page_of(letter) + "?lang=en", data=typed)
    assert answer.status_code == 409 and field(answer.text, "outlet") == "Mediapart"
    assert "<li>Printed by: Le Monde</li>" in answer.text
    assert client.post(page_of(letter), data={**typed, **dict(hidden_fields(answer.text))}).status_code == 303
    assert (letter.outlet, letter.printed_on) == ("Le Monde", None)


def test_a_letter_waits_for_the_moment_that_was_typed(client: Reader) -> None:
    letter = ready()
    assert press(client, letter, when="later", day="2097-03-01", hour="18:05").status_code == 303
    assert letter.state == "scheduled" and str(letter.published_at) == "2097-03-01 17:05:00+00:00"
    page = client.get(page_of(letter)).text
    assert 'value="2097-03-01"' in page and 'value="18:05"' in page and "18:05 (heure de Paris)" in page
    assert db.session.scalars(sa.select(Event).order_by(Event.id.desc())).first().details == {  # type: ignore[union-attr]
        "at": "2097-03-01T17:05:00+00:00"
    }


def test_the_moment_can_be_changed_and_taken_back(client: Reader) -> None:
    letter = ready()
    press(client, letter, when="later", day="2097-03-01", hour="18:00")
    path = page_of(letter)
    client.post(path, data={**client.fields(path), "when": "later", "day": "2097-07-01", "hour": "18:00"})
    assert str(letter.published_at) == "2097-07-01 16:00:00+00:00"
    assert client.post(f"/manage/letters/{letter.id}/unschedule", data=client.fields(path)).status_code == 303
    assert letter.state == "draft"
    client.post(f"/manage/letters/{letter.id}/unschedule", data=client.fields(path))
    assert log(letter)[1:] == [Verb.LETTER_SCHEDULED, Verb.LETTER_SCHEDULED, Verb.LETTER_UNPUBLISHED]
    kept = {"day": "2097-03-01", "hour": "18:00"}
    press(client, letter, when="later", **kept)
    client.post(path, data={**client.fields(path), **kept, "when": "now"})
    assert letter.state == "published"


@ON_SQLITE
def test_nothing_is_published_now_beside_a_moment_that_was_typed(client: Reader) -> None:
    letter = ready()
    for typed in ({"day": "2097-03-01", "hour": "18:00"}, {"day": "2097-03-01"}, {"hour": "18:00"}):
        answer = press(client, letter, when="now", **typed)
        assert answer.status_code == 422 and 'id="when-error"' in answer.text, typed
    press(client, letter, when="later", day="2097-03-01", hour="18:00")
    assert press(client, letter, when="now", day="2097-03-02", hour="18:00").status_code == 422
    assert letter.state == "scheduled"


WRONG = {
    "a moment that passed": ("2020-01-01", "18:00"),
    "an hour that the clocks skip": ("2097-03-31", "02:30"),
    "no day": ("", "18:00"),
    "no hour": ("2097-03-01", ""),
    "no such day": ("2097-02-30", "18:00"),
    "words": ("demain", "midi"),
    "the first day of all": ("0001-01-01", "00:00"),
    "the last hour of all": ("9999-12-31", "25:00"),
}


@ON_SQLITE
def test_what_is_no_moment_to_come_is_refused_and_kept(client: Reader) -> None:
    letter = ready()
    client.log_in(owner_of(letter))
    fields = client.fields(page_of(letter))
    for case, (day, hour) in WRONG.items():
        answer = client.post(page_of(letter) + "?lang=en", data={**fields, "when": "later", "day": day, "hour": hour})
        assert answer.status_code == 422 and letter.state == "draft", case
        assert f'value="{day}"' in answer.text, case
        assert ("This time does not exist on that day" in answer.text) == (case == "an hour that the clocks skip"), case
    two_digits = {"printed_on": "0026-11-24", "when": "now"}  # as a browser sends the year 26
    answer = client.post(page_of(letter), data={**fields, **two_digits})
    assert answer.status_code == 422 and 'id="printed_on-error"' in answer.text and letter.state == "draft"


@ON_SQLITE
def test_a_letter_does_not_publish_itself_after_it_closes(client: Reader) -> None:
    letter = ready(closes_at=datetime.fromisoformat("2097-02-01T12:00+00:00"))
    assert press(client, letter, when="later", day="2097-03-01", hour="18:00").status_code == 422
    assert press(client, letter, when="later", day="2097-01-01", hour="18:00").status_code == 303


def test_a_letter_that_publishes_itself_meanwhile_stays_published(client: Reader) -> None:
    letter = ready()
    life.publish(letter, at=now() + timedelta(minutes=5))
    client.log_in(owner_of(letter))
    fields = client.fields(page_of(letter))
    with time_machine.travel(now() + timedelta(minutes=5)):
        for path in ("unschedule", "publish"):
            typed = {**fields, "when": "later", "day": "2097-03-01", "hour": "18:00"}
            assert client.post(f"/manage/letters/{letter.id}/{path}", data=typed).status_code == 303
        with pytest.raises(life.AlreadyPublished):
            life.unschedule(letter)
        with pytest.raises(life.AlreadyPublished):
            life.publish(letter, at=now() + timedelta(days=1))
        assert letter.state == "published"


def test_a_moment_that_passes_before_it_is_written_is_refused(app: Flask) -> None:
    letter = ready()
    with pytest.raises(life.MomentPassed):
        life.publish(letter, at=now())
    assert letter.state == "draft"


@ON_SQLITE
def test_publishing_from_the_shell_does_not_wait_for_a_scheduled_moment(app: Flask) -> None:
    letter = ready()
    life.publish(letter, at=now() + timedelta(days=1))
    life.publish(letter)
    assert letter.state == "published"


@ON_SQLITE
def test_who_publishes_reads_that_the_address_stays_as_it_is(client: Reader) -> None:
    letter = ready(title="Pour des rues calmes")
    client.log_in(owner_of(letter))
    for state, is_said in ("draft", True), ("scheduled", False), ("published", False):
        if state != "draft":
            launch(letter, at=now() + timedelta(days=1) if state == "scheduled" else None)
        page = client.get(page_of(letter)).text
        assert letter.state == state and (f"/manage/letters/{letter.id}/edit#slug" in page) == is_said
        assert ("ne suit pas le titre" in page) == is_said


def test_no_letter_takes_the_address_of_the_previews(app: Flask) -> None:
    assert make_letter(title="Preview").slug == "preview-2"
    with pytest.raises(actions.SlugTaken):
        make_letter(slug="Preview")


@ON_SQLITE
def test_a_published_letter_says_where_to_send_people(client: Reader) -> None:
    letter = make_letter(slug="rues")
    client.log_in(owner_of(letter))
    assert '<a href="/letters/rues">http://localhost/letters/rues</a>' in client.get(page_of(letter)).text


@ON_SQLITE
def test_a_published_letter_says_how_another_site_leads_to_its_form_and_reads_its_number(client: Reader) -> None:
    letter = make_letter(slug="rues", title="Rues & <places>")
    client.log_in(owner_of(letter))
    page = client.get(page_of(letter)).text
    [pasted] = re.findall("<code .*?>(.*?)</code>", page)
    assert unescape(pasted) == '<a href="http://localhost/letters/rues#sign">Rues &amp; &lt;places&gt;</a>'
    [address] = re.findall(r">(http://localhost\S+/count\.json\S*)</a>", page)
    assert client.get(address).json["confirmed"] == 0  # type: ignore[index]
    life.close(letter)
    assert "/count.json" not in client.get(page_of(letter)).text


@ON_SQLITE
def test_the_address_of_the_article_is_asked_for_as_long_as_it_is_missing(client: Reader) -> None:
    letter = make_letter(slug="rues", outlet="Mediapart")
    client.log_in(owner_of(letter))
    link = f'href="/manage/letters/{letter.id}/edit#outlet_url"'
    assert link in client.get(page_of(letter)).text
    actions.tell_where_printed(letter, None, outlet="Mediapart", outlet_url=LINK, printed_on=None)
    assert link not in client.get(page_of(letter)).text
