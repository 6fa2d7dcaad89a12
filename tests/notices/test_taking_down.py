"""A letter that whoever runs the site takes down: gone for readers, kept for its organisers, put back whole."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from tests.addresses import NAMES, rules
from tests.databases import ON_SQLITE
from tests.factories import (
    card_digest,
    confirm_path,
    make_correction,
    make_invited,
    make_letter,
    make_member,
    make_organiser,
    make_picture,
    make_signature,
    mine_path,
    owner_of,
    posted,
)
from tests.links import links_of
from tests.page import Reader
from tests.turns import take_turns
from tribune.audit.models import Event, Verb
from tribune.database import db, now
from tribune.invitations.announcing import announce_due
from tribune.invitations.sending import invite
from tribune.letters import life
from tribune.letters.models import Letter
from tribune.notices import actions
from tribune.outbox.mailboxes import mailbox_key
from tribune.retention.periods import ADDRESSES
from tribune.retention.queries import past_addresses
from tribune.signatures.actions import LetterClosed
from tribune.signatures.links import agree_link, no_more_link
from tribune.teams.models import Role
from tribune.tokens import Link

SECRETS = ("Jouons", "Une phrase illicite", "Roux")
REASON = "Une phrase accuse quelqu’un.\nRetirez-la."
NAMED = {"given_name": "Zoé", "family_name": "Évrard"}


@pytest.fixture
def letter(app: Flask) -> Letter:
    letter = make_letter(slug="rues", title="Jouons", text="Une phrase illicite.")
    make_signature(letter, family_name="Roux")
    return letter


def path_of(link: Link) -> str:
    return link.url().removeprefix("http://localhost")


@ON_SQLITE
def test_readers_find_nothing_of_it_at_any_address(app: Flask, client: Reader, letter: Letter) -> None:
    make_correction(letter, title="Jouons", text="Une phrase illicite, corrigée.")
    picture, links = make_picture(letter), links_of(letter)
    private, invited = (path_of(links[name]) for name in ("letters.preview", "invitations.show"))
    asked = [
        app.url_map.bind("localhost").build(rule.endpoint, named)
        for rule in rules(app, NAMES[0])
        if "slug" in rule.arguments and "GET" in (rule.methods or ())
        for named in [{"slug": "rues", "number": 2, "digest": picture.digest, "card": card_digest(letter)}]
    ]
    assert len(asked) > 10
    for path in (*asked, private, invited, "/"):
        assert client.get(path).status_code in {200, 204}, path
    actions.take_down(letter, REASON)
    for path in asked:
        answer = client.get(path)
        assert answer.status_code == (404 if "/image-" in path else 410), path
        assert not any(word in answer.text for word in SECRETS), path
    assert "retirée du site" in client.get("/letters/rues").text
    assert client.get("/letters/rues").cache_control.no_store
    for path, status in ((private, 404), (invited, 410), ("/", 200)):
        answer = client.get(path)
        assert (answer.status_code, "Jouons" in answer.text) == (status, False), path
    for said in ("accept", "else"):
        answer = client.post(invited, data={**NAMED, "answer": said})
        assert (answer.status_code, "Jouons" in answer.text) == (410, False), said
    for link in links.values():  # who signed may be told of what
        assert "Une phrase illicite" not in client.get(path_of(link)).text, link.endpoint


def test_nobody_signs_confirms_or_is_announced(client: Reader, letter: Letter) -> None:
    waiting, form = make_signature(letter, confirmed=False), client.fields("/letters/rues/sign")
    typed = {**NAMED, "email": "zoe@example.org"}
    confirm = confirm_path(waiting)
    actions.take_down(letter, REASON)
    told = len(posted())
    assert client.post("/letters/rues/sign", data={**form, **typed}).status_code == 410
    late = client.post(confirm)
    assert late.status_code == 403 and "ne la montre plus" in late.text and "/signatories" not in late.text
    for told_before in (confirm_path(make_signature(letter)), path_of(agree_link(make_signature(letter)))):
        answer = client.get(told_before)
        assert answer.status_code == 403 and "liste publique" not in answer.text
    assert letter.confirmed_count == 3 and not letter.is_open
    db.session.execute(sa.update(Letter).values(announced_at=None))
    db.session.commit()
    announce_due()
    assert letter.announced_at is None and len(posted()) == told


@ON_SQLITE
def test_its_organisers_read_why_keep_all_and_cannot_open_it_again(client: Reader, letter: Letter) -> None:
    client.log_in(owner_of(letter))
    desk = f"/manage/letters/{letter.id}"
    token = client.fields(desk)
    life.make_preview_link(letter, owner_of(letter))
    make_correction(letter, substance=True, text="Une phrase illicite, corrigée.")
    actions.take_down(letter, REASON)
    page = client.get(desk).text
    assert "Une phrase accuse" in page and "Retirée du site" in page
    assert "Roux" in client.get(f"{desk}/signatures").text
    assert "Roux" in client.get(f"{desk}/signatures.csv").text
    assert "Une phrase illicite" in client.get(f"{desk}/preview").text
    for place in ("publish", "close", "asking"):
        page = client.get(f"{desk}/{place}").text
        assert not re.search("ouvrir de nouveau|Rouvrez-la|72 heures|Sa page reste|Lien privé", page), place
    assert client.post(f"{desk}/reopen", data=token).status_code == 303
    with pytest.raises(life.TakenDown):
        life.publish(letter, owner_of(letter))
    with pytest.raises(LetterClosed):
        invite(letter, [make_invited(letter).id], by=owner_of(letter))
    assert letter.state == "closed"


@ON_SQLITE
def test_who_signed_still_sees_and_deletes_what_they_gave(client: Reader, letter: Letter) -> None:
    signature = make_signature(letter, email="zoe@example.org")
    actions.take_down(letter, REASON)
    page = client.get(mine_path(signature))
    assert page.status_code == 200 and "a retiré cette tribune" in page.text and "/erase" in page.text
    assert "/versions/" not in page.text


@ON_SQLITE
def test_what_is_forgotten_after_closing_is_forgotten_after_that_too(letter: Letter) -> None:
    actions.take_down(letter, REASON)
    assert past_addresses() == []
    with time_machine.travel(now() + ADDRESSES + timedelta(seconds=1)):
        assert past_addresses() == [letter.id]


@ON_SQLITE
def test_its_team_reads_that_this_goes_on_and_where_to_see_when(client: Reader, letter: Letter) -> None:
    said = "adresses et noms sont supprimés"
    owner, viewer = owner_of(letter), make_member(letter, Role.VIEWER)
    client.log_in(owner)
    desk = f"/manage/letters/{letter.id}"
    assert said not in client.get(desk).text
    actions.take_down(letter, REASON)
    [mail] = posted()
    assert said in " ".join((mail.text or "").split())
    page = client.get(desk).text
    assert said in page and f'href="{desk}/close">Voir quand' in page
    assert "sont supprimés définitivement le" in client.get(f"{desk}/close").text
    client.log_in(viewer)
    page = client.get(desk).text
    assert said in page and f"{desk}/close" not in page  # which they may not open


@ON_SQLITE
def test_its_owners_are_mailed_why_and_answer_to_whoever_runs_the_site(app: Flask, letter: Letter) -> None:
    app.config["OPERATOR_CONTACT"] = "operator@example.org"
    make_member(letter, Role.EDITOR)
    actions.take_down(letter, REASON)
    [mail] = posted()
    assert (mail.recipient, mail.reply_to) == (owner_of(letter).email, "operator@example.org")
    assert (mail.subject or "").endswith("Jouons") and "Une phrase accuse quelqu’un." in (mail.text or "")
    assert f'href="http://localhost/manage/letters/{letter.id}">La tribune</a>' in (mail.html or "")
    actions.put_back(letter)
    assert "Remise en ligne" in (posted()[-1].subject or "") and "la signer" in (posted()[-1].text or "")


def test_an_owner_who_wants_no_more_emails_is_told_all_the_same(client: Reader, letter: Letter) -> None:
    owner = owner_of(letter)
    path, stranger = (path_of(no_more_link(mailbox_key(each))) for each in (owner.email, "zoe@example.org"))
    exception = "One exception, since this address has an organiser’s account"
    assert exception in client.get(f"{path}?lang=en").text
    for each in (path, stranger):
        client.post(each)
    assert exception in client.get(f"{path}?lang=en").text and exception not in client.get(f"{stranger}?lang=en").text
    actions.take_down(letter, REASON)
    assert [mail.recipient for mail in posted()] == [owner.email]


@pytest.mark.parametrize("closed", [False, True])
def test_it_is_put_back_as_it_was_and_the_log_keeps_both(client: Reader, letter: Letter, closed: bool) -> None:
    if closed:
        life.close(letter, owner_of(letter))
    actions.take_down(letter, REASON)
    with pytest.raises(actions.TakenDownAlready):
        actions.take_down(letter, "Encore")
    actions.put_back(letter)
    assert (letter.state, letter.taken_down_for) == ("closed" if closed else "published", "")
    assert client.get("/letters/rues").status_code == 200
    with pytest.raises(actions.NotTakenDown):
        actions.put_back(letter)
    events = db.session.scalars(sa.select(Event).order_by(Event.id.desc()).limit(2)).all()
    assert [event.verb for event in events] == [Verb.LETTER_PUT_BACK, Verb.LETTER_TAKEN_DOWN]
    client.log_in(owner_of(letter))
    log = client.get(f"/manage/letters/{letter.id}/log").text
    assert "la personne qui administre le site" in log and "Une phrase accuse" in log


@ON_SQLITE
def test_what_readers_do_not_see_is_not_taken_down(letter: Letter) -> None:
    draft = make_letter(slug="brouillon", published=False)
    with pytest.raises(life.NotPublished):
        actions.take_down(draft, REASON)


@pytest.fixture
def run(app: Flask, letter: Letter) -> Callable[..., tuple[int, str, str]]:
    def invoke(*words: str) -> tuple[int, str, str]:
        done = app.test_cli_runner().invoke(args=["letters", *words])
        return done.exit_code, done.stdout, done.stderr

    return invoke


@ON_SQLITE
def test_the_shell_takes_down_and_puts_back(run: Callable[..., tuple[int, str, str]], letter: Letter) -> None:
    assert run("take-down", "rues", "--reason", REASON)[:2] == (0, "rues\n")
    assert letter.taken_down_at is not None and letter.taken_down_for == REASON
    assert run("list")[1] == "rues\ttaken down\t1\tJouons\n"
    assert run("publish", "rues")[0] == 1 and "put-back" in run("publish", "rues")[2]
    assert run("take-down", "rues", "--reason", REASON)[0] == 1
    assert run("put-back", "rues")[:2] == (0, "rues\n") and run("list")[1].split("\t")[1] == "published"
    assert run("put-back", "rues")[0] == 1 and run("take-down", "rues", "--reason", " ")[0] == 2
    assert run("take-down", "rues")[0] == 2 and run("take-down", "inconnu", "--reason", "x")[0] == 1
    assert run("take-down", "rues", "--reason", REASON)[0] == 0
    assert run("close", "rues")[:2] == run("put-back", "rues")[:2] == (0, "rues\n")
    assert run("list")[1].split("\t")[1] == "closed"
    code, _, said = run("take-down", "rues", "--reason", "Une \u202eerreur")
    assert code == 2 and "cannot be printed" in said
    make_letter(slug="brouillon", published=False)
    code, _, said = run("take-down", "brouillon", "--reason", REASON)
    assert code == 1 and "Readers do not see this letter: nothing to take down." in said


@pytest.fixture
def administrator(app: Flask, client: Reader) -> Iterator[None]:
    app.config["ADMINISTRATORS"] = ["admin@example.org"]
    client.log_in(make_organiser(email="admin@example.org"))
    yield


def test_an_administrator_does_so_in_the_browser(client: Reader, letter: Letter, administrator: None) -> None:
    page = "/manage/site/letters"
    assert f'href="{page}"' in client.get("/manage/site").text
    for typed, sentence in (
        ({"slug": "", "reason": REASON}, "Collez l’adresse"),
        ({"slug": "http://localhost/letters/autre", "reason": REASON}, "Aucune tribune"),
        ({"slug": "http://[", "reason": REASON}, "Aucune tribune"),
        ({"slug": "rues", "reason": " "}, "Dites pourquoi"),
    ):
        answer = client.post(page, data={**client.fields(page), **typed})
        assert answer.status_code == 422 and sentence in answer.text
    sent = {**client.fields(page), "slug": " http://localhost/letters/rues/?lang=en#sign ", "reason": REASON}
    assert client.post(page, data=sent).location == page
    assert letter.taken_down_for == REASON and "Jouons" in client.get(page).text
    again = client.post(page, data=sent)
    assert again.status_code == 422 and "data-once" in again.text
    for _ in range(2):  # pressed twice
        assert client.post(f"{page}/put-back", data={**client.fields(page), "slug": "rues"}).location == page
    assert letter.taken_down_at is None and letter.published_at is not None and letter.published_at <= now()
    assert client.post(f"{page}/put-back", data={**client.fields(page), "slug": "ru\0es"}).location == page


def test_of_two_who_take_it_down_or_put_it_back_at_once_one_is_told_that_it_is(app: Flask, letter: Letter) -> None:
    number = letter.id

    def down() -> None:
        actions.take_down(db.session.get_one(Letter, number), REASON)

    def back() -> None:
        actions.put_back(db.session.get_one(Letter, number))

    def too_late(act: Callable[[], None], told: type[Exception]) -> None:
        with pytest.raises(told):
            act()

    for act, told in ((down, actions.TakenDownAlready), (back, actions.NotTakenDown)):
        take_turns(app, act, partial(too_late, act, told), 1)
