"""What is typed is kept while it is not saved, and two who write at once overwrite nothing."""

from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm.exc import ObjectDeletedError

from tests.databases import ON_SQLITE
from tests.factories import make_letter, make_member, owner_of
from tests.page import Reader, hidden_fields
from tests.writing.writer import begin, edit_page, field
from tribune.database import db, write
from tribune.letters.models import Draft, Letter
from tribune.teams.actions import change_role, remove
from tribune.teams.models import Role
from tribune.teams.queries import members_of
from tribune.writing.actions import keep_draft
from tribune.writing.deleting import delete_letter

JSON = {"Accept": "application/json"}


@pytest.fixture
def letter(app: Flask) -> Letter:
    return make_letter(slug="rues", published=False, title="Des rues", text="Un.\n\nDeux.")


@pytest.fixture
def alice(client: Reader, letter: Letter) -> Reader:
    client.log_in(owner_of(letter))
    return client


@pytest.fixture
def bob(app: Flask, letter: Letter) -> Reader:
    browser = app.test_client()
    assert isinstance(browser, Reader)
    browser.log_in(make_member(letter, Role.EDITOR))
    return browser


def drafts() -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(Draft)) or 0


def test_what_is_typed_is_kept_and_answered_with_the_moment(alice: Reader, letter: Letter) -> None:
    typed = {
        **begin(alice, letter),
        "title": "Des rues et\0 des bancs",
        "closes_at": "bien\0tôt",
        "goal": "\0",
        "left": "\0",
    }
    answer = alice.post(f"{edit_page(letter)}/draft", data=typed, headers=JSON)
    assert answer.status_code == 200 and answer.is_json
    assert (
        answer.json["said"]
        and answer.json["saved_at"] == db.session.scalars(sa.select(Draft.saved_at)).one().isoformat()
    )
    again = alice.post(f"{edit_page(letter)}/draft", data={**typed, "title": "Des bancs"}, headers=JSON)
    assert again.status_code == 200 and drafts() == 1
    assert letter.version.title == "Des rues" and letter.revision == 1


@ON_SQLITE
def test_a_draft_survives_log_out_and_log_in_and_is_its_writers_alone(
    alice: Reader, bob: Reader, letter: Letter
) -> None:
    typed = {name: value for name, value in begin(alice, letter).items() if name != "public_file"}
    typed |= {"text": "Autre.\r\n\r\nChose.", "goal": "quelques", "noindex": "y", "asks_role": "absent"}
    assert alice.post(f"{edit_page(letter)}/draft", data=typed).location == edit_page(letter)  # the button
    alice.post("/organisers/log-out", data=alice.fields("/manage/"))
    alice.log_in(owner_of(letter))
    page = alice.get(f"{edit_page(letter)}?lang=en").text
    assert "You have unsaved changes" in page and field(page, "text") == "Autre.\n\nChose."
    assert field(page, "goal") == "quelques"
    boxes = [tag for tag in page.split("<input") if 'type="checkbox"' in tag]
    assert [("noindex" in tag, "checked" in tag) for tag in boxes] == [(False, False), (True, True)]
    theirs = bob.get(edit_page(letter)).text
    assert field(theirs, "text") == "Un.\n\nDeux." and 'id="unsaved"' not in theirs


def test_a_draft_goes_when_it_is_saved_or_thrown_away(alice: Reader, bob: Reader, letter: Letter) -> None:
    pen, another = "of one tab", make_letter(owner_of(letter), published=False)
    for who, where in (bob, letter), (alice, another):  # theirs, and the one of another letter, stay
        who.post(f"{edit_page(where)}/draft", data={**begin(who, where), "pen": pen}, headers=JSON)
    for end in ("save", "throw away"):
        typed = {**begin(alice, letter), "pen": pen, "title": f"Pour : {end}"}
        alice.post(f"{edit_page(letter)}/draft", data=typed, headers=JSON)
        assert drafts() == 3
        path = edit_page(letter) if end == "save" else f"{edit_page(letter)}/throw-away"
        assert alice.post(path, data=typed).status_code == 303
        assert drafts() == 2
    page = alice.get(edit_page(letter)).text
    assert field(page, "title") == "Pour : save" and 'id="unsaved"' not in page


@ON_SQLITE
def test_a_draft_that_says_what_is_saved_is_no_news(alice: Reader, bob: Reader, letter: Letter) -> None:
    alice.post(f"{edit_page(letter)}/draft", data=begin(alice, letter), headers=JSON)
    assert 'id="unsaved"' not in alice.get(edit_page(letter)).text
    assert bob.post(edit_page(letter), data={**begin(bob, letter), "title": "Bob"}).status_code == 303
    page = alice.get(edit_page(letter)).text  # nor is it once a colleague has saved something else
    assert 'id="unsaved"' not in page and field(page, "title") == "Bob" and field(page, "revision") == "2"
    assert "#unsaved" not in alice.get(f"/manage/letters/{letter.id}").text
    typed = {**begin(alice, letter), "title": "Alice"}
    assert alice.post(edit_page(letter), data=typed).status_code == 303 and drafts() == 0


@ON_SQLITE
def test_a_draft_is_no_longer_than_a_form(alice: Reader, letter: Letter) -> None:
    long = {**begin(alice, letter), "text": "x" * 300_000}
    assert alice.post(f"{edit_page(letter)}/draft", data=long, headers=JSON).status_code == 413
    assert drafts() == 0


def test_what_is_typed_while_the_letter_is_deleted_finds_it_gone(app: Flask, letter: Letter) -> None:
    number, me = letter.id, owner_of(letter)

    def delete() -> None:
        with app.app_context():
            there = db.session.get_one(Letter, number)
            delete_letter(there, owner_of(there))

    with ThreadPoolExecutor(1) as elsewhere:
        elsewhere.submit(delete).result()
    with pytest.raises(ObjectDeletedError):  # which a page answers as any that is gone
        keep_draft(letter, by=me, content={"title": "Des rues ?"}, revision=1)


@ON_SQLITE
def test_who_is_no_longer_logged_in_is_led_to_the_door_and_gets_a_new_token_behind_it(
    alice: Reader, letter: Letter
) -> None:
    typed = begin(alice, letter)
    alice.post("/organisers/log-out", data=alice.fields("/manage/"))
    for method in ("GET", "POST"):  # not 400, which would say that the form is wrong
        answer = alice.open(f"{edit_page(letter)}/draft", method=method, data=typed, headers=JSON)
        assert (answer.status_code, answer.location) == (303, "/organisers/log-in")
    alice.log_in(owner_of(letter))
    assert alice.post(f"{edit_page(letter)}/draft", data=typed, headers=JSON).status_code == 400
    token = alice.get(f"{edit_page(letter)}/draft").json["csrf_token"]
    renewed = {**typed, "csrf_token": token}
    assert alice.post(f"{edit_page(letter)}/draft", data=renewed, headers=JSON).status_code == 200


@ON_SQLITE
def test_who_may_not_write_a_letter_any_more_is_given_back_what_they_typed(
    alice: Reader, bob: Reader, letter: Letter
) -> None:
    """Where no script keeps it: their browser asks for the page again, and is refused it."""
    html, sent = {"Accept": "text/html"}, {**begin(bob, letter), "text": "Ce que Bob a écrit."}
    membership = members_of(letter.team)[1]
    for role, status in ((Role.VIEWER, 403), (None, 404)):
        if role:
            change_role(letter.team, membership.id, role, by=owner_of(letter))
        else:
            remove(letter.team, membership.id, by=owner_of(letter))
        given = bob.post(edit_page(letter), data=sent, headers=html)
        assert given.status_code == status and "Ce que Bob a écrit." in given.text
        assert 'data-there=""' in bob.get("/manage/").text  # where a script kept it, it is shown there
    assert "Ce que Bob" not in bob.post(edit_page(letter), data=sent).text  # a script reads no page
    assert letter.version.text == "Un.\n\nDeux."


def test_two_who_save_at_once_overwrite_nothing_and_choose_field_by_field(
    alice: Reader, bob: Reader, letter: Letter
) -> None:
    hers, his = begin(alice, letter), begin(bob, letter)
    theirs = {**his, "title": "Le titre de Bob", "authors": "Bob", "addressee": "Bob aussi"}
    assert bob.post(edit_page(letter), data=theirs).status_code == 303
    mine = {**hers, "title": "Le titre d’Alice", "goal": "10", "addressee": "Bob aussi"}
    page = alice.post(edit_page(letter), data=mine)
    assert page.status_code == 409
    assert letter.version.title == "Le titre de Bob" and letter.goal is None
    assert "Le titre de Bob" in page.text and "Le titre d’Alice" in page.text
    assert page.text.count("<fieldset") == 3  # title, authors, goal; both typed the same addressee
    # Proposed: what she changed, and what only he changed.
    checked = {tag.split('"')[0] for tag in page.text.split('id="')[1:] if "checked" in tag.split(">")[0]}
    assert checked == {"mine-title", "theirs-authors", "mine-goal"}
    assert drafts() == 1  # nothing she typed is lost if she leaves here
    answer = {
        **dict(hidden_fields(page.text)),
        "choice-title": "theirs",
        "choice-authors": "theirs",
        "choice-goal": "mine",
    }
    assert alice.post(edit_page(letter), data=answer).status_code == 303
    assert (letter.version.title, letter.version.authors, letter.goal, letter.revision) == (
        "Le titre de Bob",
        "Bob",
        10,
        3,
    )
    assert drafts() == 0


@ON_SQLITE
@pytest.mark.parametrize("take", ["mine", "theirs"])
def test_one_button_takes_all_of_one_side(alice: Reader, bob: Reader, letter: Letter, take: str) -> None:
    hers, his = begin(alice, letter), begin(bob, letter)
    bob.post(edit_page(letter), data={**his, "title": "Bob", "text": "Bob.", "public_list": "no"})
    page = alice.post(edit_page(letter), data={**hers, "title": "Alice", "text": "Alice."})
    answer = {**dict(hidden_fields(page.text)), "choice-title": "mine", "choice-text": "theirs", "take": take}
    assert alice.post(edit_page(letter), data=answer).status_code == 303
    whose = "Alice" if take == "mine" else "Bob"
    assert (letter.version.title, letter.version.text) == (whose, f"{whose}.")
    assert letter.public_list == ("yes" if take == "mine" else "no")


@ON_SQLITE
def test_a_third_who_saves_meanwhile_is_not_overwritten_either(alice: Reader, bob: Reader, letter: Letter) -> None:
    hers, his = begin(alice, letter), begin(bob, letter)
    bob.post(edit_page(letter), data={**his, "title": "Bob"})
    page = alice.post(edit_page(letter), data={**hers, "title": "Alice"})
    bob.post(edit_page(letter), data={**begin(bob, letter), "title": "Bob encore"})
    again = alice.post(edit_page(letter), data={**dict(hidden_fields(page.text)), "choice-title": "mine"})
    assert again.status_code == 409 and "Bob encore" in again.text and letter.version.title == "Bob encore"


@ON_SQLITE
def test_two_who_typed_the_same_need_not_choose(alice: Reader, bob: Reader, letter: Letter) -> None:
    hers, his = begin(alice, letter), begin(bob, letter)
    alice.post(f"{edit_page(letter)}/draft", data={**hers, "title": "Pareil"})
    for browser, typed in ((bob, his), (alice, hers)):
        assert browser.post(edit_page(letter), data={**typed, "title": "Pareil"}).status_code == 303
    assert drafts() == 0


@ON_SQLITE
def test_what_a_draft_does_not_know_is_as_saved(alice: Reader, letter: Letter) -> None:
    """A field that came with an update of the site after it was kept."""
    alice.post(f"{edit_page(letter)}/draft", data={**begin(alice, letter), "title": "Alice"})
    with write() as session:
        kept = session.scalars(sa.select(Draft)).one()
        kept.content = {name: value for name, value in kept.content.items() if name != "public_file"}
    page = alice.get(edit_page(letter)).text
    [box] = [tag for tag in page.split("<input") if 'name="public_file"' in tag]
    assert field(page, "title") == "Alice" and "checked" in box.split(">")[0]


@ON_SQLITE
@pytest.mark.parametrize(
    "wrong",
    [
        *({"revision": revision} for revision in ("x", "²", "9" * 30)),
        *({"base": base} for base in ("[1", "[1]", '"x"', "[" * 10_000)),
    ],
)
def test_a_form_that_does_not_know_what_it_began_from_overwrites_nothing(
    alice: Reader, letter: Letter, wrong: dict[str, str]
) -> None:
    typed = {**begin(alice, letter), "revision": "7", "title": "Alice", **wrong}
    assert alice.post(edit_page(letter), data=typed).status_code == 409
    del typed["revision"], typed["base"]
    assert alice.post(edit_page(letter), data=typed).status_code == 409
    assert letter.version.title == "Des rues"


def test_a_draft_begun_before_somebody_saved_is_settled_when_it_is_saved(
    alice: Reader, bob: Reader, letter: Letter
) -> None:
    alice.post(f"{edit_page(letter)}/draft", data={**begin(alice, letter), "title": "Alice"}, headers=JSON)
    bob.post(edit_page(letter), data={**begin(bob, letter), "title": "Bob"})
    page = alice.get(edit_page(letter)).text
    assert field(page, "title") == "Alice" and field(page, "revision") == "1"
    assert alice.post(edit_page(letter), data={**dict(hidden_fields(page)), "title": "Alice"}).status_code == 409


@ON_SQLITE
@pytest.mark.parametrize("page", ["", "/publish"])
def test_desk_and_publication_say_to_their_writer_alone_that_something_is_not_saved(
    alice: Reader, bob: Reader, letter: Letter, page: str
) -> None:
    at, said = f"/manage/letters/{letter.id}{page}?lang=en", "You have unsaved changes, which nobody else can see"
    typed = begin(alice, letter)
    assert alice.post(f"{edit_page(letter)}/draft", data=typed).status_code == 303  # it says what is saved
    assert said not in alice.get(at).text
    assert alice.post(f"{edit_page(letter)}/draft", data={**begin(alice, letter), "text": "Autre."}).status_code == 303
    told = alice.get(at).text
    assert said in told and f'href="/manage/letters/{letter.id}/edit?lang=en#unsaved"' in told
    assert said not in bob.get(at).text


@ON_SQLITE
def test_what_is_not_saved_is_never_called_a_draft(alice: Reader, letter: Letter) -> None:
    """Which is a letter that nobody sees but its team: who kept this thought to have saved it."""
    page = alice.get(f"{edit_page(letter)}?lang=en").text.partition('class="savebar"')[2]
    assert "Keep for myself, without saving" in page and "draft:" not in page and "a draft" not in page
    kept = alice.post(f"{edit_page(letter)}/draft?lang=en", data=begin(alice, letter), headers=JSON).json
    assert kept and kept["said"].startswith("Kept for you at ") and kept["said"].endswith("; not saved.")


@ON_SQLITE
def test_a_page_knows_what_it_saved_though_another_letter_was_saved_since(alice: Reader, letter: Letter) -> None:
    """By its pen: of a save that led elsewhere the browser still has its copy, which is not to come back."""
    saved = []
    for each in (letter, make_letter(owner_of(letter), published=False)):
        typed = begin(alice, each)
        assert alice.post(edit_page(each), data={**typed, "title": "Autre titre"}).status_code == 303
        saved.append(f'data-saved="{typed["pen"]}"')
    assert saved[0] in alice.get(edit_page(letter)).text and saved[1] in alice.get(edit_page(each)).text
