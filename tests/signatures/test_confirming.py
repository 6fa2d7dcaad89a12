"""The link in the mail: GET shows, POST counts, once; and nobody is lost on the way."""

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from tests.databases import ON_SQLITE
from tests.factories import confirm_path, everything, make_letter, make_signature, posted
from tests.page import Reader, listed
from tribune.database import db, now, write
from tribune.letters import actions as letters
from tribune.letters import life
from tribune.outbox.mailboxes import mailbox_key
from tribune.signatures import actions
from tribune.signatures.models import Signature


def pending_and_path(**given: object) -> tuple[int, str]:
    """A signature that waits under the letter "rues": its number, and the address in its mail."""
    signature = make_signature(make_letter(slug="rues"), confirmed=False, email="zoe@example.org", **given)
    return signature.id, confirm_path(signature)


def counted() -> tuple[int, list[int]]:
    """What the letter says, and the rows that count."""
    rows = db.session.query(actions.Signature).filter(actions.Signature.counted_at.is_not(None))
    return db.session.query(letters.Letter).one().confirmed_count, [row.id for row in rows]


@ON_SQLITE
def test_opening_the_link_shows_the_line_and_one_button(client: Reader) -> None:
    _, path = pending_and_path(given_name="Zoé", family_name="d’Été", role="éditrice", published=False)
    page = client.get(path)
    assert page.status_code == 200
    assert "Votre signature n’est pas encore comptée" in page.text
    assert "d’Été" in page.text and "éditrice" in page.text
    assert "votre nom ne sera pas affiché" in page.text
    assert page.text.count("<button") == 1 and "Confirmer ma signature" in page.text
    assert "puis corrigez-la par le lien" in page.text


@ON_SQLITE
def test_a_link_opened_by_a_scanner_writes_nothing(client: Reader) -> None:
    _, path = pending_and_path()
    before = everything()
    for method in ("GET", "HEAD", "OPTIONS") * 5:
        assert client.open(path, method=method).status_code == 200
    assert everything() == before


def test_a_link_pressed_twice_counts_once_with_the_same_good_answer(client: Reader) -> None:
    number, path = pending_and_path()
    first, second = client.post(path), client.post(path)
    assert (first.status_code, first.location) == (second.status_code, second.location) == (303, path)
    for page in (client.get(path), client.get(path)):
        assert page.status_code == 200 and "<title>C’est signé" in page.text and "1 signature confirmée" in page.text
    assert counted() == (1, [number])
    assert "<h1>You have signed</h1>" in client.get(f"{path}?lang=en").text  # no "new text": there is one alone


@ON_SQLITE
def test_the_good_answer_and_the_front_page_tell_days_on_the_letters_own_clock(client: Reader) -> None:
    late = datetime(2025, 11, 24, 23, 30, tzinfo=UTC)  # in Paris it is tomorrow
    letter = make_letter(published_at=late)
    assert "25\u00a0novembre 2025" in client.get(confirm_path(make_signature(letter, at=late))).text
    assert '<time datetime="2025-11-25">25\u00a0novembre 2025</time>' in client.get("/").text


@ON_SQLITE
def test_the_good_answer_tells_who_signs_for_an_organisation(client: Reader) -> None:
    signature = make_signature(make_letter(), organisation="Le Port", capacity="organisation")
    assert "au nom de l’organisation" in client.get(confirm_path(signature)).text


@ON_SQLITE
def test_the_good_answer_says_of_no_hidden_line_that_it_is_in_the_list(client: Reader) -> None:
    signature = make_signature(make_letter(slug="rues"))
    page = client.get(confirm_path(signature)).text
    assert "est dans la liste publique" in page and 'href="/letters/rues/signatories#s-' in page
    with write():
        signature.hidden_at = now()
    page = client.get(confirm_path(signature)).text
    assert "est dans la liste publique" not in page and "/signatories" not in page and "ont masqué votre ligne" in page


@ON_SQLITE
def test_nor_do_the_question_and_its_mail_say_that_it_will_be(client: Reader) -> None:
    signature = make_signature(make_letter(), confirmed=False, email="zoe@example.org", hidden_at=now())
    actions.ask_again("zoe@example.org")
    page, [mail] = client.get(confirm_path(signature)).text, posted()
    assert "ont masqué votre ligne" in page and "votre nom ne sera pas affiché" in f"{mail.text}"
    assert "liste publique" not in f"{page}{mail.text}"


@ON_SQLITE
def test_the_good_answer_needs_no_cookie(client: Reader, app: Flask) -> None:
    _, path = pending_and_path()
    answer = client.post(path)
    assert "Set-Cookie" not in answer.headers
    assert "C’est signé" in app.test_client(use_cookies=False).get(answer.location).text


def test_of_two_submissions_from_one_mailbox_one_counts_and_the_other_is_told_so(client: Reader) -> None:
    letter = make_letter(slug="rues")
    first = make_signature(letter, confirmed=False, email="zoe@example.org", given_name="Zoé")
    second = make_signature(letter, confirmed=False, email="ZOE+tag@example.org", given_name="Imposteur")
    client.post(confirm_path(first))
    assert client.post(confirm_path(second)).status_code == 303
    answer = client.get(confirm_path(second))
    assert "C’est signé" not in answer.text and "Zoé" in answer.text and "Imposteur" not in answer.text
    assert "Cette adresse a déjà signé" in answer.text and "n’est pas comptée" in answer.text
    assert "Votre signature compte" not in answer.text and "Votre ligne est" not in answer.text
    assert counted() == (1, [first.id])


@ON_SQLITE
def test_who_submits_the_same_line_twice_reads_under_both_links_that_it_is_signed(client: Reader) -> None:
    letter = make_letter()
    both = [make_signature(letter, confirmed=False, email="zoe@example.org", family_name="Évrard") for _ in range(2)]
    client.post(confirm_path(both[0]))
    for signature in both:
        page = client.get(confirm_path(signature)).text
        assert "C’est signé" in page and "n’est pas comptée" not in page


@ON_SQLITE
@pytest.mark.parametrize(("position", "given", "counts"), [(None, "Zacharie", False), (1, "Zoé", True)])
def test_where_initials_are_shown_whole_lines_tell_whether_theirs_is_the_one_that_counts(
    client: Reader, position: int | None, given: str, counts: bool
) -> None:
    letter = make_letter(public_list="initials")
    zoe = {"email": "zoe@example.org", "family_name": "Day"}
    make_signature(letter, **zoe, given_name="Zoé", position=position)
    page = client.get(confirm_path(make_signature(letter, confirmed=False, **zoe, given_name=given))).text
    assert ("C’est signé" in page, "Cette adresse a déjà signé" in page) == (counts, not counts)


@pytest.mark.parametrize("name", ["Ana", "Eva"])
def test_who_was_attested_and_signs_too_stands_where_they_did_on_a_shared_line(client: Reader, name: str) -> None:
    line = "Ana Roi, Bob Roi et Eva Roi, maires"
    letter = make_letter(slug="rues", first=line, published=False)
    with write():
        db.session.query(Signature).filter_by(given_name=name).one().mailbox_key = mailbox_key("roi@example.org")
    life.publish(letter)
    words = {"given_name": name, "family_name": "Roi", "role": "maires", "email": "roi@example.org"}
    signature = make_signature(letter, confirmed=False, **words)
    client.post(confirm_path(signature))
    assert signature.position == 1 and listed(client.get("/letters/rues").text) == [line]


def test_a_person_may_sign_two_letters(client: Reader) -> None:
    signatures = [make_signature(make_letter(), confirmed=False, email="zoe@example.org") for _ in range(2)]
    for signature in signatures:
        assert "Confirmer ma signature" in client.get(confirm_path(signature)).text
        client.post(confirm_path(signature))
    assert [signature.letter.confirmed_count for signature in signatures] == [1, 1]


def test_who_submits_anothers_address_changes_nothing_of_what_is_confirmed(client: Reader) -> None:
    letter = make_letter(slug="rues")
    mine = make_signature(letter, confirmed=False, email="zoe@example.org", given_name="Zoé", published=False)
    client.sign("rues", email="zoe@example.org", given_name="Imposteur", publish="y")
    client.post(confirm_path(mine))
    assert (mine.status, mine.given_name, mine.published) == ("confirmed", "Zoé", False)
    assert counted() == (1, [mine.id])


def test_a_link_lasts_a_week_and_then_shows_the_way_out(client: Reader) -> None:
    number, path = pending_and_path()
    with time_machine.travel(now() + timedelta(days=6.9)):
        assert client.get(path).status_code == 200
    with time_machine.travel(now() + timedelta(days=7.1)):
        for answer in (client.get(path), client.post(path)):
            assert answer.status_code == 410
            assert "Ce lien est trop ancien" in answer.text and 'href="/signatures/new-link"' in answer.text
            assert "sept jours au plus" in answer.text
        assert counted() == (0, [])
        client.post(confirm_path(db.session.get(actions.Signature, number)))  # as the new mail would hold it
        assert counted() == (1, [number])


def test_a_link_that_is_old_still_shows_that_it_was_confirmed(client: Reader) -> None:
    number, path = pending_and_path()
    client.post(path)
    with time_machine.travel(now() + timedelta(days=400)):
        assert "C’est signé" in client.get(path).text
        assert client.post(path).status_code == 303
    assert counted() == (1, [number])


@ON_SQLITE
def test_a_new_nonce_revokes_the_link(client: Reader) -> None:
    number, path = pending_and_path()
    db.session.get(actions.Signature, number).link_nonce = "another"
    db.session.commit()
    for answer in (client.get(path), client.post(path)):
        assert answer.status_code == 404 and "Ce lien ne fonctionne pas" in answer.text
    assert counted() == (0, [])


def test_who_signed_in_time_may_confirm_until_72_hours_after_the_letter_closed(client: Reader) -> None:
    letter = make_letter(slug="rues")
    in_time, too_late = (make_signature(letter, confirmed=False) for _ in range(2))
    paths = confirm_path(in_time), confirm_path(too_late)
    life.close(letter)
    with time_machine.travel(now() + timedelta(hours=71)):
        assert "Confirmer ma signature" in client.get(paths[0]).text
        assert client.post(paths[0]).status_code == 303
        assert counted() == (1, [in_time.id])
    with time_machine.travel(now() + timedelta(hours=73)):
        for answer in (client.get(paths[1]), client.post(paths[1])):
            assert answer.status_code == 403 and "Cette tribune est close" in answer.text
            assert "n’a pas été confirmée à temps" in answer.text
        assert "C’est signé" in client.get(paths[0]).text
    assert counted() == (1, [in_time.id])


@ON_SQLITE
def test_only_the_browser_that_signed_presses_the_button_by_itself(client: Reader, app: Flask) -> None:
    letter = make_letter(slug="rues")
    assert client.sign("rues").status_code == 303
    [mine] = db.session.query(actions.Signature)
    anothers = make_signature(letter, confirmed=False)
    by_itself = "itself.js"
    assert by_itself in client.get(confirm_path(mine)).text
    assert by_itself not in client.get(confirm_path(anothers)).text
    assert by_itself not in app.test_client().get(confirm_path(mine)).text
    forged = app.test_client()
    forged.set_cookie("tribune_signing", mine.browser_hash, path="/signatures/confirm")  # what the database holds
    assert by_itself not in forged.get(confirm_path(mine)).text


def test_the_link_of_another_submission_shows_the_one_that_counts(client: Reader) -> None:
    letter = make_letter(slug="rues")
    client.sign("rues", email="zoe@example.org", role="maire")
    client.sign("rues", email="zoe+b@example.org", role="reine")
    first, second = db.session.scalars(sa.select(Signature).order_by(Signature.id))
    client.post(confirm_path(first))
    path = confirm_path(second)
    assert "Zoé Évrard</b>, maire" in client.get(path).text
    assert client.post(path).status_code == 303
    assert "Zoé Évrard</b>, maire" in client.get(path).text
    db.session.refresh(letter)
    assert letter.confirmed_count == 1


@ON_SQLITE
def test_the_link_of_another_submission_does_not_tell_a_name_that_is_not_public(client: Reader) -> None:
    for values in ({"published": False}, {"hidden_at": now()}, {"held_at": now(), "counted_at": None}):
        letter = make_letter()
        signature = make_signature(letter, email="zoe@example.org", given_name="Secrète")
        with write() as session:
            session.execute(sa.update(Signature).where(Signature.id == signature.id).values(values))
        other = make_signature(letter, confirmed=False, email="zoe+x@example.org")
        page = client.get(confirm_path(other))
        assert "Cette adresse a déjà signé" in page.text and "Secrète" not in page.text, values
