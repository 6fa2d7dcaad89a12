"""Asking for the links to all one's signatures: one answer for everybody, one mail to the address that was proved."""

import re

import pytest
import time_machine
from flask import Flask

from tests.databases import ON_SQLITE
from tests.factories import (
    everything,
    invitation_path,
    make_invited,
    make_letter,
    make_signature,
    mine_path,
    posted,
)
from tests.page import Reader
from tribune.database import now, write
from tribune.letters.models import CONFIRMS_AFTER_CLOSING
from tribune.mine.answering import answer_due
from tribune.mine.mails import MOST
from tribune.outbox.actions import suppress
from tribune.outbox.composing import fill_in
from tribune.outbox.mailboxes import mailbox_key
from tribune.retention.periods import ADDRESSES
from tribune.tokens import Link


def ask(client: Reader, email: str) -> tuple[int, str | None, bytes]:
    answer = client.post("/signatures/find", data={**client.fields("/signatures/find"), "email": email})
    answer_due()
    return answer.status_code, answer.location, answer.data


def endpoints() -> list[str]:
    """Where the links of the mail lead, but for the way out."""
    links = posted()[0].links or {}
    return [link["endpoint"] for name, link in links.items() if name != "not_me"]


@ON_SQLITE
def test_each_signature_has_its_link_under_any_letter(client: Reader) -> None:
    letters = [make_letter(title=title) for title in ("Des rues", "Des places", "Des ponts")]
    for letter, email in zip(letters, ("zoe@example.org", "ZOE@example.org"), strict=False):  # of one mail all the same
        make_signature(letter, email=email)
    make_signature(letters[2], email="zoe@example.org", confirmed=False)
    make_signature(letters[2], email="other@example.org")
    assert ask(client, "Zoe@example.org")[0] == 303
    (mail,) = posted()
    assert mail.recipient == "zoe@example.org" and "Des rues" in mail.text and "Des ponts" in mail.text
    assert endpoints() == ["signatures.show_confirm", "mine.show_mine", "mine.show_mine"]
    links = {name: Link.restored(link).url() for name, link in (mail.links or {}).items()}
    for address in re.findall(r"http://localhost\S+", fill_in(mail.text or "", links)):
        assert client.get(address).status_code == 200


@ON_SQLITE
def test_one_that_it_is_too_late_to_confirm_is_found_and_one_under_embargo_is_not_told(client: Reader) -> None:
    late, hidden = make_letter(), make_letter(published=False)
    for letter in (late, hidden):
        make_signature(letter, email="zoe@example.org", confirmed=False)
    with write():
        late.closed_at = now()
    with time_machine.travel(now() + CONFIRMS_AFTER_CLOSING):
        ask(client, "zoe@example.org")
        assert endpoints() == ["mine.show_mine"]
        assert "Personne n’a confirmé cette signature" in " ".join((posted()[0].text or "").split())


def test_one_that_was_withdrawn_can_be_found_again(client: Reader) -> None:
    signature = make_signature(make_letter(), email="zoe@example.org")
    client.post(mine_path(signature), data={"act": "withdraw"})
    ask(client, "zoe@example.org")
    assert endpoints() == ["mine.show_mine"]
    assert "Vous avez retiré cette signature" in (posted()[0].text or "")
    assert (posted()[0].html or "").count('class="button"') == 1


@ON_SQLITE
def test_the_answer_tells_nothing(app: Flask, client: Reader) -> None:
    letter = make_letter()
    for name, given in {
        "confirmed": {},
        "pending": {"confirmed": False},
        "held": {"held_at": now(), "counted_at": None},
        "withdrawn": {"withdrawn_at": now(), "counted_at": None},
    }.items():
        counted_at = given.pop("counted_at", "kept")
        signature = make_signature(letter, email=f"{name}@example.org", **given)
        if counted_at is None:
            with write():
                signature.counted_at = None
    suppress(mailbox_key("suppressed@example.org"))
    names = ["new", "confirmed", "pending", "held", "withdrawn", "suppressed"]
    assert len({ask(client, f"{name}@example.org") for name in names}) == 1


@ON_SQLITE
def test_what_mails_somebody_is_pressed_once_where_scripts_run(app: Flask, client: Reader) -> None:
    app.config["OPERATOR_CONTACT"] = "site@example.org"
    invited = invitation_path(make_invited(make_letter(slug="rues")))
    for path in ("/signatures/find", "/signatures/new-link", "/letters/rues/report", invited, "/organisers/log-in"):
        assert client.get(path).text.count("data-once") == 1, path


@ON_SQLITE
def test_pages_that_speak_of_a_mail_say_what_to_do_when_the_limit_keeps_it_back(client: Reader) -> None:
    letter = make_letter()
    for path in ("/signatures/find/sent", "/signatures/new-link/sent", f"/letters/{letter.slug}/check-inbox"):
        assert "ask again another day" in client.get(f"{path}?lang=en").text, path


@ON_SQLITE
def test_who_has_none_is_told_so_by_mail(client: Reader) -> None:
    make_letter()
    ask(client, "nobody@example.org")
    assert 'class="button"' not in (posted()[0].html or "")  # the way out, which stands alone, is not what to press
    told = " ".join((posted()[0].text or "").split())
    assert endpoints() == [] and "Nous n’avons trouvé aucune signature" in told
    assert f"Au plus tard {ADDRESSES.days} jours après la clôture" in told  # as the privacy notice says


def test_a_link_goes_to_the_address_that_was_proved_and_to_no_other_spelling(client: Reader) -> None:
    make_signature(make_letter(), email="zoe@example.org")
    make_signature(make_letter(title="Des places"), email="zoe+x@example.org")
    ask(client, "zoe+mine@example.org")
    assert sorted((mail.recipient, "Des places" in (mail.text or "")) for mail in posted()) == [
        ("zoe+x@example.org", True),
        ("zoe@example.org", False),
    ]


@ON_SQLITE
def test_an_address_that_was_deleted_gives_no_link_to_whoever_types_it(client: Reader) -> None:
    for confirmed in (True, False):
        signature = make_signature(make_letter(), email="zoe@example.org", confirmed=confirmed)
        with write():
            signature.email = None
    ask(client, "zoe@example.org")
    assert endpoints() == []


def test_it_spends_the_budget_of_confirmations(client: Reader) -> None:
    make_letter(slug="rues")
    client.sign("rues", email="zoe@example.org")
    for _ in range(5):
        ask(client, "zoe@example.org")
    assert [mail.kind for mail in posted()] == ["ask_to_confirm", "found", "found"]


@ON_SQLITE
def test_who_said_it_was_not_them_is_not_written_to(client: Reader) -> None:
    make_letter()
    suppress(mailbox_key("zoe@example.org"))
    ask(client, "zoe@example.org")
    assert posted() == []


@ON_SQLITE
def test_the_mail_stays_small_however_much_was_signed(client: Reader) -> None:
    for number in range(MOST + 2):
        make_signature(make_letter(title=f"Tribune {number} {'x' * 100}"), email="zoe@example.org")
    ask(client, "zoe@example.org")
    (mail,) = posted()
    assert len(endpoints()) == MOST and "2 signatures plus anciennes" in (mail.text or "")
    assert re.findall(r"Tribune\s(\d+)", mail.text or "") == [str(number) for number in range(MOST + 1, 1, -1)]
    links = {name: Link.restored(link).url() for name, link in (mail.links or {}).items()}
    for body in (mail.text, mail.html):
        assert len(fill_in(body or "", links).encode()) < 20_000


@ON_SQLITE
@pytest.mark.parametrize("email", ["", "zoe", "zoe@", "a@b@c"])
def test_what_is_no_address_is_said_so(client: Reader, email: str) -> None:
    before = everything()
    status, _, page = ask(client, email)
    assert status == 422 and "Envoyez" not in page.decode() and everything() == before


@ON_SQLITE
def test_another_site_cannot_ask_for_somebody(client: Reader) -> None:
    form = {**client.fields("/signatures/find"), "email": "zoe@example.org"}
    assert client.post("/signatures/find", data=form, headers={"Origin": "https://example.net"}).status_code == 403
    assert posted() == []


@ON_SQLITE
def test_it_is_linked_wherever_somebody_may_look_for_it(client: Reader) -> None:
    make_letter(slug="rues")
    for path in ("/letters/rues", "/letters/rues/sign", "/letters/rues/signatories", "/signatures/mine/x", "/"):
        assert 'href="/signatures/find"' in client.get(path).text, path
