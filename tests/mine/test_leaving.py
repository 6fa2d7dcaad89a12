"""Hiding, withdrawing and coming back: at once in every output, the number with it, and exactly as before."""

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.databases import ON_SQLITE
from tests.factories import (
    confirm_path,
    latest_signature,
    make_correction,
    make_invited,
    make_letter,
    make_signature,
    mine_path,
    owner_of,
    posted,
)
from tests.invitations.answers import accept
from tests.mine.outputs import files, readers, where
from tests.moderation.acting import back, do, do_to
from tests.page import Reader
from tribune.asking.actions import ask
from tribune.database import db, now, write
from tribune.invitations.announcing import launch
from tribune.letters.models import Letter
from tribune.mine import actions
from tribune.moderation.actions import NobodyConcerned, advance, start, undo
from tribune.moderation.filters import Filter
from tribune.moderation.queries import table_page
from tribune.outbox.actions import post_mail
from tribune.outbox.models import Message
from tribune.retention.periods import WITHDRAWN
from tribune.review.queries import open_counts
from tribune.signatures.counting import recount
from tribune.signatures.mails import already_signed
from tribune.signatures.models import Flag, Signature

EVERYWHERE = {"", "/signatories", "/signatories?order=surname", "/signatories?q=evrard"}
SEARCHED_FOR_IT = {"/signatories?organisation=Le+Port"}
EVERYWHERE |= {"/signatories?organisation=Le+Port", "/signatories.csv"}


def zoe(letter: Letter, **given: object) -> Signature:
    return make_signature(letter, given_name="Zoé", family_name="Évrard", organisation="Le Port", **given)


def withdraw(signature: Signature) -> None:
    actions.withdraw(signature.id, signature.link_nonce)


def come_back(signature: Signature) -> None:
    actions.come_back(signature.id, signature.link_nonce)


def row(signature: Signature) -> tuple[object, ...]:
    return tuple(db.session.execute(sa.select(Signature.__table__).where(Signature.id == signature.id)).one())


@pytest.mark.usefixtures("early_in_the_hour")
def test_withdrawing_leaves_every_output_and_coming_back_fills_each_again(app: Flask, client: Reader) -> None:
    letter = make_letter(slug="rues")
    signature = zoe(letter)
    with write():
        signature.counted_at = now()  # as of who agreed to a new text after confirming
    before, seen = row(signature), (readers(client, letter), files(app, letter))
    assert where("Évrard", *seen) == EVERYWHERE | {"confirmed", "confirmed-alone", "all", "xlsx"}
    assert where("Le Port", seen[0]) >= {"/organisations.json?q=le+p"}

    assert client.post(mine_path(signature), data={"act": "withdraw"}).status_code == 303
    gone = (readers(client, letter), files(app, letter))
    assert where("Évrard", *gone) == where(signature.public_id, *gone) == set()
    assert where("Le Port", *gone) == SEARCHED_FOR_IT
    assert letter.confirmed_count == 0 and recount(letter) == (0, 0)
    assert signature.status == "withdrawn"

    client.post(mine_path(signature), data={"act": "sign-again"})
    assert (readers(client, letter), files(app, letter)) == seen
    assert row(signature) == before and letter.confirmed_count == 1 and recount(letter) == (0, 0)


@ON_SQLITE
def test_who_comes_back_under_a_changed_text_is_not_told_that_all_is_as_before(client: Reader) -> None:
    letter = make_letter()
    signature = zoe(letter)
    withdraw(signature)
    make_correction(letter, by=owner_of(letter), substance=True)
    path = f"{mine_path(signature)}?lang=en"
    assert "All becomes as it was" not in client.get(path).text
    answer = client.post(mine_path(signature), data={"act": "sign-again", "lang": "en"})
    page = client.get(answer.location).text
    assert "changed in substance" in page and "as it was" not in page and "You have signed again." not in page


def test_hiding_leaves_every_public_output_and_stays_counted(app: Flask, client: Reader) -> None:
    letter = make_letter(slug="rues")
    signature = zoe(letter)
    client.post(mine_path(signature), data={"act": "hide"})
    assert where("Évrard", readers(client, letter)) == set()
    assert where("Le Port", readers(client, letter)) == SEARCHED_FOR_IT
    assert where("Évrard", files(app, letter)) == {"confirmed", "confirmed-alone", "all", "xlsx"}
    assert letter.confirmed_count == 1
    client.post(mine_path(signature), data={"act": "show"})
    assert where("Évrard", readers(client, letter)) == EVERYWHERE


def test_news_is_allowed_and_stopped_and_the_files_follow(app: Flask, client: Reader) -> None:
    letter = make_letter(slug="rues")
    signature = zoe(letter, email="zoe@example.org")
    for act, there in (("allow-news", True), ("stop-news", False)):
        client.post(mine_path(signature), data={"act": act})
        assert ("zoe@example.org" in files(app, letter)["confirmed"]) is there
    with write():
        signature.email = None  # a month after the letter has closed
    assert 'value="allow-news"' not in client.get(mine_path(signature)).text


def test_twice_is_once(client: Reader) -> None:
    letter = make_letter()
    signature = zoe(letter, position=1)
    make_signature(letter)
    for act, left in (("withdraw", 1), ("withdraw", 1), ("sign-again", 2), ("sign-again", 2)):
        client.post(mine_path(signature), data={"act": act})
        assert letter.confirmed_count == left and recount(letter) == (0, 0)
    assert signature.position == 1


@ON_SQLITE
def test_who_leaves_reads_before_and_after_for_how_long_they_can_come_back(client: Reader) -> None:
    signature = zoe(make_letter())
    said = f"{WITHDRAWN.days} jours au plus"
    assert said in client.get(mine_path(signature)).text
    withdraw(signature)
    assert said in client.get(mine_path(signature)).text


def test_who_has_left_may_sign_anew_by_the_form_and_then_that_one_counts(client: Reader) -> None:
    letter = make_letter(slug="rues")
    signature = zoe(letter, email="zoe@example.org")
    withdraw(signature)
    assert "Cette signature est retirée" in client.get(confirm_path(signature)).text
    assert client.post(confirm_path(signature)).status_code == 303 and letter.confirmed_count == 0
    client.sign("rues", email="zoe@example.org")
    client.post(confirm_path(latest_signature()))
    assert letter.confirmed_count == 1
    assert "Signer de nouveau" not in client.get(mine_path(signature)).text
    answer = client.post(mine_path(signature), data={"act": "sign-again"})
    assert answer.location.endswith("?said=another") and letter.confirmed_count == 1
    assert signature.withdrawn_at and recount(letter) == (0, 0)


def test_organisers_see_that_somebody_left_and_cannot_bring_them_back(client: Reader) -> None:
    letter = make_letter()
    signature = zoe(letter, email="zoe@example.org")
    withdraw(signature)
    client.log_in(owner_of(letter))
    base = f"/manage/letters/{letter.id}/signatures"
    table, page = client.get(f"{base}?status=withdrawn").text, client.get(f"{base}/{signature.public_id}").text
    assert "Retirée" in table and "zoe@example.org" not in table + page
    assert "Retirée par la personne elle-même" in page and "verb=" not in page.partition("<h2>")[0]
    for verb in ("hide", "show", "hold", "release"):
        try:
            start(letter, by=owner_of(letter), verb=verb, choice={"ids": [signature.id]}, reason="x")
        except NobodyConcerned:
            continue
        raise AssertionError(verb)
    assert table_page(letter, Filter(status="confirmed")).signatures == []
    assert [s.id for s in table_page(letter, Filter(q="zoe@example.org")).signatures] == [signature.id]


def test_undoing_what_was_done_to_many_counts_nobody_who_has_left(app: Flask) -> None:
    letter = make_letter(first="Ada Un")
    both = zoe(letter), db.session.query(Signature).filter_by(family_name="Un").one()
    for verbs in (["hide"], ["hold"], ["hold", "release"]):
        batches = [do(letter, verb) for verb in verbs]
        for signature in both:
            withdraw(signature)
        for batch in reversed(batches):
            undo(batch, by=owner_of(letter))
        assert (letter.confirmed_count, letter.attested_count) == (0, 0), verbs
        assert [each.counted_at for each in both] == [None, None] and recount(letter) == (0, 0)
        for signature in both:
            come_back(signature)
        assert (letter.confirmed_count, letter.attested_count) == (1, 1)
        assert [each.status for each in both] == ["confirmed", "attested"]


def test_who_has_left_is_not_asked_about_a_new_text_and_has_to_agree_once_back(app: Flask) -> None:
    letter = make_letter()
    signature, other = zoe(letter), make_signature(letter)
    withdraw(signature)
    make_correction(letter, by=owner_of(letter), substance=True)
    batch = ask(letter, owner_of(letter))
    advance(batch, 60)
    assert batch.total == 1 and other.waits_for_agreement and not signature.waits_for_agreement
    assert len(posted()) == 1
    withdraw(other)  # before the question has left
    assert posted() == []
    come_back(other)
    come_back(signature)
    assert signature.waits_for_agreement and letter.confirmed_count == 0
    undo(batch, by=owner_of(letter))
    assert letter.confirmed_count == 2 and recount(letter) == (0, 0)


def test_a_held_one_that_leaves_and_returns_is_held(app: Flask) -> None:
    letter = make_letter()
    signature = zoe(letter)
    do_to("hold", signature)
    withdraw(signature)
    come_back(signature)
    assert signature.status == "held" and letter.confirmed_count == 0 and recount(letter) == (0, 0)


def test_flags_of_who_has_left_need_no_look_until_they_return(app: Flask) -> None:
    letter = make_letter()
    signature = zoe(letter)
    with write() as session:
        session.add(Flag(letter_id=letter.id, signature_id=signature.id, kind="joke"))
        session.add(Flag(letter_id=letter.id, signature_id=signature.id, kind="burst", cleared_at=now()))
    withdraw(signature)
    assert open_counts(letter) == {}
    come_back(signature)
    assert open_counts(letter) == {"joke": 1}


def test_who_has_left_is_not_told_late_that_their_line_is_in_the_list(app: Flask) -> None:
    letter = make_letter(published=False, contact="alice@example.org")
    firsts = [accept(make_invited(letter, email=f"{name}@example.org"), tell=True) for name in ("part", "reste")]
    launch(letter)
    others = [make_signature(letter, email=f"{name}@example.org") for name in ("va", "demeure")]
    hiding = do_to("hide", *others, tells=True)
    with write() as session:
        session.execute(sa.update(Message).where(Message.kind == "hidden").values(sent_at=now(), recipient=None))
    back(hiding)
    told = [("published", "part@example.org"), ("published", "reste@example.org")]
    told += [("shown", "demeure@example.org"), ("shown", "va@example.org")]
    assert sorted((mail.kind, mail.recipient) for mail in posted() if mail.recipient) == told
    with write():  # somebody signs again with their addresses
        for signature in others:
            post_mail(already_signed(signature, signature.email or "", "fr"))
    for signature in (firsts[0], others[0]):
        withdraw(signature)
    stay = [*told[1:3], ("already_signed", "demeure@example.org")]
    assert [(mail.kind, mail.recipient) for mail in posted() if mail.recipient] == stay


def test_before_publication_one_leaves_in_the_same_way(client: Reader) -> None:
    letter = make_letter(published=False)
    signature = make_signature(letter, origin="invitation")
    path = mine_path(signature)
    assert client.get(path).status_code == 200
    after = client.post(path, data={"act": "withdraw"}).location
    assert signature.withdrawn_at and letter.confirmed_count == 0
    assert after and "une page déjà ouverte" not in client.get(after).text  # which no reader has
    client.post(path, data={"act": "sign-again"})
    assert letter.confirmed_count == 1
