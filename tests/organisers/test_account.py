"""An organiser's own page: their name, where they are logged in, and how to go."""

import re
from datetime import timedelta
from functools import partial

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.databases import ON_SQLITE
from tests.factories import (
    everything,
    make_invitation,
    make_invited,
    make_letter,
    make_member,
    make_organiser,
    owner_of,
    posted,
)
from tests.organisers.door import is_in, too_long_ago
from tests.page import Reader
from tests.turns import take_turns
from tests.writing.writer import begin, edit_page
from tribune.audit.actions import record
from tribune.audit.models import Event, Verb
from tribune.database import db, now, write
from tribune.invitations.answering import ask
from tribune.letters.carrying import delete_account, transfer
from tribune.letters.models import Draft, Letter
from tribune.moderation.models import Batch
from tribune.organisers.actions import open_log_in
from tribune.organisers.browsers import in_words
from tribune.organisers.models import LogIn, Organiser, Passkey
from tribune.teams.actions import leave
from tribune.teams.models import Membership, Role, Team, TeamInvitation
from tribune.teams.queries import membership_of, team_of

ACCOUNT = "/manage/account"
DELETE = "/manage/account/delete"


def press(browser: Reader, action: str) -> None:
    """A button of the account page."""
    data = {"csrf_token": browser.fields(ACCOUNT)["csrf_token"]}
    assert browser.post(action, data=data).location == ACCOUNT


def another_browser(app: Flask, organiser: Organiser, agent: str = "") -> Reader:
    other = app.test_client()
    if agent:
        other.environ_base["HTTP_USER_AGENT"] = agent
    other.log_in(organiser)
    return other


def test_a_name_is_changed_and_kept(browser: Reader, alice: Organiser) -> None:
    form = browser.fields(ACCOUNT)
    assert browser.post(ACCOUNT, data={**form, "name": "Alice  Martin"}).location == ACCOUNT
    assert alice.name == "Alice Martin" and 'value="Alice Martin"' in browser.get(ACCOUNT).text
    assert "alice@example.org" in browser.get(ACCOUNT).text


@ON_SQLITE
@pytest.mark.parametrize(
    "name", ["https://evil.example.org", "evil.example.org", "eve@example.org", "Appelez 0199001234", "x" * 101]
)
def test_a_name_that_cannot_be_one_is_refused_and_not_lost(browser: Reader, alice: Organiser, name: str) -> None:
    answer = browser.post(ACCOUNT, data={**browser.fields(ACCOUNT), "name": name})
    assert answer.status_code == 422 and f'value="{name}"' in answer.text and alice.name == "Alice"


FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
AGENTS = {
    FIREFOX: "Firefox, Linux",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 "
    "Edg/140.0.0.0": "Edge, Windows",
    "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36": (
        "Chrome, Android"
    ),
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 "
    "Mobile/15E148 Safari/604.1": "Safari, iPhone",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 "
    "Safari/605.1.15": "Safari, macOS",
    "curl/8.5": "",
    "": "",
}


def test_a_browser_is_told_in_a_few_words() -> None:
    assert {agent: in_words(agent) for agent in AGENTS} == AGENTS


@ON_SQLITE
def test_each_browser_is_listed_and_this_one_is_told_apart(app: Flask, browser: Reader, alice: Organiser) -> None:
    another_browser(app, alice, FIREFOX)
    open_log_in(make_organiser().id, browser="Opera, ChromeOS")
    page = browser.get(f"{ACCOUNT}?lang=en").text
    assert page.index("Firefox, Linux") < page.index("This browser") and "Opera" not in page  # the latest first
    assert page.count("This browser") == 1 and page.count("/end") == 2  # one button, and the one for all others


@ON_SQLITE
def test_a_copied_cookie_dies_when_its_log_in_is_ended_from_elsewhere(
    app: Flask, browser: Reader, alice: Organiser
) -> None:
    other = another_browser(app, alice)
    copied = app.test_client()
    copied.set_cookie("tribune_organiser", other.get_cookie("tribune_organiser").value)  # type: ignore[union-attr]
    assert is_in(copied)
    [action] = re.findall(r'action="(/manage/account/log-ins/\w+/end)"', browser.get(ACCOUNT).text)
    press(browser, action)
    assert is_in(browser) and not is_in(other) and not is_in(copied)


def test_all_other_browsers_are_logged_out_at_once(app: Flask, browser: Reader, alice: Organiser) -> None:
    others = [another_browser(app, alice) for _ in range(3)]
    bob = another_browser(app, make_organiser())
    press(browser, "/manage/account/log-ins/end-others")
    assert is_in(browser) and is_in(bob) and not any(is_in(other) for other in others)


def test_nobody_ends_the_log_in_of_somebody_else(browser: Reader) -> None:
    theirs = open_log_in(make_organiser().id)
    form = browser.fields(ACCOUNT)
    for number in (theirs.id, "0" * 32, "x"):
        assert browser.post(f"/manage/account/log-ins/{number}/end", data=form).status_code == 404
    assert theirs.ended_at is None


def test_a_log_in_that_is_over_is_not_listed(browser: Reader, alice: Organiser) -> None:
    old, ended = open_log_in(alice.id, browser="Old"), open_log_in(alice.id, browser="Ended")
    with write():
        old.created_at, ended.ended_at = now() - timedelta(days=15), now()
    page = browser.get(ACCOUNT).text
    assert "Old" not in page and "Ended" not in page


def delete(browser: Reader) -> int:
    """Press the button that deletes the account, as its page says."""
    return browser.post(DELETE, data=browser.fields(ACCOUNT)).status_code


@ON_SQLITE
def test_looking_at_the_page_that_deletes_does_nothing(browser: Reader) -> None:
    before = everything()
    assert browser.get(DELETE).status_code == 200
    assert everything() == before


def test_an_account_goes_with_all_that_is_its_own_and_leaves_its_name_in_the_logs(
    browser: Reader, alice: Organiser
) -> None:
    letter = make_letter()
    with write() as session:
        session.add(Membership(team_id=letter.team_id, organiser_id=alice.id, role=Role.EDITOR))
        session.add(Passkey(organiser_id=alice.id, credential_id=b"1", public_key=b"2", sign_count=0, name="Key"))
        session.add(Draft(letter_id=letter.id, organiser_id=alice.id, content={}, revision=1))
        session.add(Batch(letter_id=letter.id, organiser_id=alice.id, verb="hide", choice={}, up_to_id=0))
        record(Verb.LETTER_EDITED, team_id=letter.team_id, by=alice, letter_id=letter.id, subject="Une lettre")
        make_invitation(team_of(alice))
    number, own_team = alice.id, team_of(alice).id
    answer = browser.post(DELETE, data=browser.fields(ACCOUNT))
    assert answer.status_code == 303 and answer.headers["Clear-Site-Data"] == '"storage"'
    assert not is_in(browser)
    for model in (LogIn, Passkey, Draft, Membership):
        assert db.session.scalar(sa.select(sa.func.count()).where(model.organiser_id == number)) == 0, model
    assert db.session.get(Organiser, number) is None and db.session.get(Team, own_team) is None
    assert db.session.scalars(sa.select(TeamInvitation)).all() == []
    assert db.session.scalars(sa.select(Batch)).one().organiser_id is None
    edited, left = db.session.scalars(sa.select(Event).where(Event.actor == "Alice").order_by(Event.id))
    assert (edited.verb, edited.organiser_id, edited.team_id) == ("letter_edited", None, letter.team_id)
    assert (left.verb, left.organiser_id, left.subject) == ("member_left", None, "Alice")


@ON_SQLITE
def test_who_stays_is_told_that_a_published_letter_names_no_contact_and_puts_none_back_unawares(
    app: Flask, browser: Reader, alice: Organiser
) -> None:
    letter = make_letter(make_organiser(), contact=alice.email)
    make_member(letter, Role.EDITOR, alice)
    bob = another_browser(app, owner_of(letter))
    told = [(f"/manage/letters/{letter.id}?lang=en", "It lacks something")]
    told += [(f"/manage/letters/{letter.id}/publish", f"{edit_page(letter)}#contact")]
    begun = begin(bob, letter)
    assert not any(words in bob.get(page).text for page, words in told)
    assert delete(browser) == 303
    assert all(words in bob.get(page).text for page, words in told)
    assert bob.post(edit_page(letter), data={**begun, "authors": "Le collectif"}).status_code == 409
    assert (letter.contact, letter.version.authors) == ("", "")


def test_the_log_tells_that_a_letter_lost_its_contact_in_whatever_spelling(
    app: Flask, browser: Reader, alice: Organiser
) -> None:
    letter, other = (make_letter(make_organiser(), contact=each) for each in ("Alice@Example.org", "bob@example.org"))
    for each in (letter, other):
        make_member(each, Role.EDITOR, alice)
    page = browser.get(f"{DELETE}?lang=en").text
    assert "the contact of a letter" in page
    assert "is published all the same" in page
    assert delete(browser) == 303
    assert (letter.contact, other.contact) == ("", "bob@example.org")
    edited = db.session.scalars(sa.select(Event).where(Event.actor == "Alice", Event.verb == Verb.LETTER_EDITED)).one()
    assert (edited.letter_id, edited.details) == (letter.id, {"fields": ["contact"]})
    another = another_browser(app, owner_of(letter))
    assert (
        "Changed the settings of the letter: “Contact address”."
        in another.get(f"/manage/letters/{letter.id}/log?lang=en").text
    )


@pytest.mark.parametrize(
    ("account", "contact", "stays"),
    [
        ("zoe@example.org", "Zoe@example.org", False),
        ("zoe+x@example.org", "Zoe@example.org", True),
        ("zoe.evrard@gmail.com", "zoeevrard@gmail.com", False),
    ],
)
def test_a_letter_whose_team_one_has_left_loses_it_too_but_where_the_mailbox_may_be_somebody_else_s(
    app: Flask, account: str, contact: str, stays: bool
) -> None:
    zoe, letter = make_organiser(email=account), make_letter(contact=contact)
    make_member(letter, Role.EDITOR, zoe)
    asks = make_invited(letter)
    ask(asks.id, asks.link_nonce, "Puis-je signer ?")
    leave(letter.team, by=zoe)
    delete_account(zoe)
    assert (letter.contact, len(posted())) == ((contact, 1) if stays else ("", 0))
    assert db.session.scalar(sa.select(sa.func.count()).where(Event.verb == Verb.LETTER_EDITED)) == (not stays)


@ON_SQLITE
def test_the_address_is_free_again(browser: Reader, alice: Organiser) -> None:
    assert delete(browser) == 303
    assert make_organiser(email="alice@example.org").name


@ON_SQLITE
def test_the_only_owner_of_a_letter_is_told_what_to_do_first(browser: Reader, alice: Organiser) -> None:
    letter = make_letter(alice)
    before = everything()
    page = browser.get(f"{DELETE}?lang=en").text
    team = f"/manage/teams/{letter.team_id}?lang=en"
    assert "no other owner who can log in" in page and f'href="{team}"' in page and "<button class=" in page
    assert delete(browser) == 422 and everything() == before
    other = make_member(letter, Role.EDITOR)
    assert delete(browser) == 422  # an editor is no owner
    with write():
        membership_of(other, letter.team_id).role = Role.OWNER  # type: ignore[union-attr]
    assert delete(browser) == 303
    assert owner_of(letter).id == other.id and db.session.get(Letter, letter.id) is not None


def test_of_two_owners_who_go_at_once_one_is_told_what_to_do_first(
    app: Flask, browser: Reader, alice: Organiser
) -> None:
    letter, other = make_letter(alice), app.test_client()
    other.log_in(make_member(letter, Role.OWNER))
    forms, answers = {each: each.fields(ACCOUNT) for each in (browser, other)}, []
    number, team_id = letter.id, letter.team_id

    def go(who: Reader) -> None:
        answers.append(who.post(DELETE, data=forms[who]))

    take_turns(app, partial(go, browser), partial(go, other), 1)
    assert sorted(answer.status_code for answer in answers) == [303, 422]
    assert any(f'href="/manage/teams/{team_id}"' in answer.text for answer in answers)
    assert owner_of(db.session.get_one(Letter, number))


@ON_SQLITE
def test_the_only_owner_of_a_team_with_others_is_told_too(browser: Reader, alice: Organiser) -> None:
    with write() as session:
        session.add(Membership(team_id=team_of(alice).id, organiser_id=make_organiser().id, role=Role.VIEWER))
    assert delete(browser) == 422


def test_what_a_team_did_to_a_letter_it_handed_on_stays_in_the_log_of_the_letter(
    browser: Reader, alice: Organiser
) -> None:
    letter, into = make_letter(alice), make_letter()
    with write() as session:
        session.add(Membership(team_id=into.team_id, organiser_id=alice.id, role=Role.EDITOR))
    transfer(letter, into.team, by=alice)
    before = set(db.session.scalars(sa.select(Event.id).where(Event.letter_id == letter.id)))
    assert len(before) >= 2
    assert delete(browser) == 303
    assert set(db.session.scalars(sa.select(Event.id).where(Event.letter_id == letter.id))) == before


@ON_SQLITE
def test_deleting_needs_a_fresh_log_in(browser: Reader, alice: Organiser) -> None:
    form = browser.fields(ACCOUNT)
    too_long_ago()
    assert browser.post(DELETE, data=form).location.startswith("/organisers/prove")  # type: ignore[union-attr]
    assert db.session.get(Organiser, alice.id) is not None
