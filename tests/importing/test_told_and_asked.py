"""What people of a file are told as they are asked holds afterwards, and they have two weeks from then to answer."""

from datetime import timedelta
from math import inf
from pathlib import Path

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from tests.databases import ON_POSTGRESQL, ON_SQLITE
from tests.factories import confirm_path, make_invited, make_letter, make_signature, owner_of, posted
from tests.importing import files
from tests.importing.conftest import Import, one, opened
from tests.invitations.sent import invite_all
from tests.page import Reader, listed
from tests.turns import Act, all_turns
from tests.writing.writer import begin, edit_page
from tribune.database import db, now, write
from tribune.importing import actions
from tribune.importing.entries import ASK, ATTEST
from tribune.importing.known import LEFT_OUT, NEW, THERE
from tribune.letters.models import Letter
from tribune.mine.actions import withdraw
from tribune.moderation.models import Batch
from tribune.outbox.actions import lock_mailbox
from tribune.outbox.mailboxes import mailbox_key
from tribune.outbox.models import Message
from tribune.people.first import InitialsOnly, set_first
from tribune.retention import actions as retention
from tribune.retention.periods import UNCONFIRMED
from tribune.signatures.actions import ask_again, confirm, not_me
from tribune.signatures.models import Signature
from tribune.typography import long_date

S = Signature
SHOWN, NOT_SHOWN = "sera affichée dans la liste publique", "votre nom ne sera pas affiché"
NEWS = "en signant, vous avez accepté qu’ils vous écrivent"
DATED = "Prénom,Nom,Courriel,Date\n"


def first_mail() -> str:
    """On one line."""
    return " ".join((posted()[0].text or "").split())


def show(client: Reader, letter: Letter, public_list: str) -> int:
    """Save so whom the letter shows; the status of the answer."""
    return client.post(edit_page(letter), data={**begin(client, letter), "public_list": public_list}).status_code


@ON_SQLITE
def test_who_was_told_of_initials_is_not_named_in_full(client: Reader, import_: Import) -> None:
    letter = make_letter(slug="rues", public_list="initials")
    client.log_in(owner_of(letter))
    import_(letter, files.GOOGLE, ASK)
    mail, zoe = first_mail(), one("Zoé")
    assert "Z. É." in mail and "Évrard" not in mail and SHOWN in mail
    assert show(client, letter, "yes") == 422
    assert client.post(confirm_path(zoe)).status_code == 303
    assert show(client, letter, "yes") == 422
    assert listed(client.get("/letters/rues/signatories").text) == ["Z. É."]
    with pytest.raises(InitialsOnly):
        set_first(letter, zoe, True, by=owner_of(letter))


@ON_SQLITE
def test_who_was_told_that_their_name_is_not_shown_is_not_shown(client: Reader, import_: Import) -> None:
    letter = make_letter(slug="rues", public_list="no")
    client.log_in(owner_of(letter))
    import_(letter, files.GOOGLE, ASK)
    mail = first_mail()
    assert NOT_SHOWN in mail and SHOWN not in mail
    path = confirm_path(one("Zoé"))
    assert NOT_SHOWN in client.get(path).text
    assert client.post(path).status_code == 303
    assert show(client, letter, "yes") == 303
    assert listed(client.get("/letters/rues/signatories").text) == []


@ON_SQLITE
def test_who_would_be_written_to_is_told_so_before_they_confirm(client: Reader, import_: Import) -> None:
    letter = make_letter()
    import_(letter, files.PYTITION.replace("False,False", "False,True"), ASK)
    for mail, name in zip(posted(), ("Zoé", "Ana", "Léo"), strict=True):
        is_told = name == "Zoé"  # whom alone the file says to have agreed to it
        assert (NEWS in " ".join((mail.text or "").split())) is is_told
        assert (NEWS in client.get(confirm_path(one(name))).text) is is_told


@ON_SQLITE
@pytest.mark.parametrize("public_list", ["initials", "no"])
def test_whom_the_organisers_answer_for_were_told_by_them(client: Reader, import_: Import, public_list: str) -> None:
    letter = make_letter(slug="rues", public_list=public_list)
    client.log_in(owner_of(letter))
    import_(letter, files.GOOGLE, ATTEST)
    assert show(client, letter, "yes") == 303
    assert listed(client.get("/letters/rues/signatories").text) == ["Zoé Évrard (Ville de Lille)"]


def found(letter: Letter, folder: Path, how: str) -> list[tuple[str, str, tuple[str, ...]]]:
    file, terms = opened(files.written(folder, files.GOOGLE), letter, how, False)
    return [(one.name, one.verdict, one.reasons) for one in actions.check(letter, file.sheets(), terms)]


def test_who_has_yet_to_confirm_can_be_answered_for_and_is_not_asked_again(import_: Import, tmp_path: Path) -> None:
    letter = make_letter()
    import_(letter, files.GOOGLE, ASK)
    assert found(letter, tmp_path, ASK)[0] == ("Zoé Évrard", THERE, ("waits_to_be_confirmed",))
    assert found(letter, tmp_path, ATTEST)[0] == ("Zoé Évrard", NEW, ())
    asked = one("Zoé")
    import_(letter, files.GOOGLE, ATTEST)
    assert letter.attested_count == 3 and found(letter, tmp_path, ATTEST)[0][1:] == (THERE, ("already_there",))
    confirm(asked.id, asked.link_nonce)
    db.session.expire_all()
    assert (letter.confirmed_count, letter.attested_count) == (1, 2)
    with time_machine.travel(now() + UNCONFIRMED):
        assert dict(retention.run())["unconfirmed"] == 2
    db.session.expire_all()
    assert (letter.confirmed_count, letter.attested_count) == (1, 2)


def test_the_mail_says_what_doing_nothing_means_and_what_keeps_one_out(import_: Import, tmp_path: Path) -> None:
    letter = make_letter(locale="en")
    import_(letter, files.GOOGLE, ASK)
    said = " ".join((posted()[0].text or "").split())
    assert "your signature counts only if the organisers vouch for it themselves" in said and "never" not in said
    not_me(mailbox_key("zoe@example.org"))  # the button below: it "keeps your address out of what they import"
    assert "keeps your address out of what they import" in said
    assert [verdict for _name, verdict, _why in found(letter, tmp_path, ATTEST)] == [LEFT_OUT, NEW, NEW]


@ON_SQLITE
def test_who_has_left_stands_there_and_is_not_answered_for(app: Flask, tmp_path: Path) -> None:
    letter = make_letter()
    zoe = make_signature(letter, email="zoe@example.org")
    withdraw(zoe.id, zoe.link_nonce)
    for how in (ASK, ATTEST):
        assert found(letter, tmp_path, how)[0] == ("Zoé Évrard", THERE, ("already_there",))


def test_who_is_asked_when_an_import_goes_on_later_has_two_weeks_too(app: Flask, tmp_path: Path) -> None:
    letter = make_letter()
    people = "".join(f"Zoé,Évrard {n},zoe{n}@example.org,24/11/2023\n" for n in range(110))
    file, terms = opened(files.written(tmp_path, DATED + people), letter, ASK, False)
    batch = actions.start(letter, terms, by=None, digest=file.digest, new=110)
    next(actions.advance(batch, file.sheets(100), terms, 0))
    first = batch.done
    assert 0 < first < 110
    later = now() + UNCONFIRMED
    with time_machine.travel(later):
        assert dict(retention.run())["unconfirmed"] == first
        again = actions.start(letter, terms, by=None, digest=file.digest, new=0)
        list(actions.advance(again, file.sheets(), terms, inf))
        assert dict(retention.run())["unconfirmed"] == 0
    with time_machine.travel(later + UNCONFIRMED + timedelta(hours=1)):
        assert dict(retention.run())["unconfirmed"] == 110 - first
    assert db.session.scalar(sa.select(sa.func.count()).select_from(S)) == 0


def test_the_two_weeks_begin_when_the_mail_leaves(import_: Import) -> None:
    letter = make_letter()
    import_(letter, files.GOOGLE, ASK)
    left = now() + timedelta(days=3)
    db.session.execute(sa.update(Message).where(Message.recipient == "zoe@example.org").values(sent_at=left))
    db.session.commit()
    for under, origin in ((letter, "web"), (make_letter(), "import")):  # neither is what that mail asks about
        make_signature(under, confirmed=False, email="zoe@example.org", origin=origin)
    with time_machine.travel(now() + UNCONFIRMED):
        assert dict(retention.run())["unconfirmed"] == 2 + 2
        ask_again("zoe@example.org")  # whose link is good for three days, not for seven
        last = long_date((left + UNCONFIRMED - timedelta(days=1)).astimezone(letter.zone).date(), "fr")
        assert f"Le lien fonctionne jusqu’au {last}" in (posted()[-1].text or "")
    with time_machine.travel(left + UNCONFIRMED):
        assert dict(retention.run())["unconfirmed"] == 1
        assert import_(letter, files.GOOGLE + "\n", ASK).done == 3  # for whom they begin anew
        assert all("pendant sept jours" in (mail.text or "") for mail in posted()[-3:])


@ON_SQLITE
def test_the_mail_says_what_it_leaves_out_and_until_when_its_link_works(app: Flask, import_: Import) -> None:
    letter = make_letter(closes_at=now() + timedelta(hours=30))
    headings = "Prénom,Nom,Courriel,Organisation,Acceptez-vous que votre nom soit affiché ?"
    people = f"{headings}\nZoé,Évrard,zoe@example.org,Mediapart.fr,oui\n"
    import_(letter, people, ASK)
    mail = first_mail()
    assert "Mediapart" not in mail and "avec la fonction et l’organisation que vous avez indiquées" in mail
    assert "Le lien fonctionne jusqu’au" in mail and "pendant sept jours" not in mail


@ON_POSTGRESQL
def test_whoever_is_asked_from_a_file_while_they_are_invited_to_another_letter_waits_in_no_ring(
    app: Flask, tmp_path: Path
) -> None:
    def begin(pause: int) -> tuple[Act, Act]:
        asking, inviting = make_letter(), make_letter()
        rows = [(name, f"{name}{pause}@example.org") for name in ("Ana", "Zoe")]
        for _name, email in rows:
            make_invited(inviting, email=email)
        with write():
            lock_mailbox(max(mailbox_key(email) for _name, email in rows))  # the last was mailed before
        text = "Prénom,Nom,Courriel\n" + "".join(f"{name},Martin,{email}\n" for name, email in rows)
        file, terms = opened(files.written(tmp_path, text), asking, ASK, False)
        batch = actions.start(asking, terms, by=None, digest=file.digest, new=2).id
        number = inviting.id

        def ask_all() -> None:
            list(actions.advance(db.session.get_one(Batch, batch), file.sheets(), terms, inf))

        return ask_all, lambda: invite_all(db.session.get_one(Letter, number))

    for pause in all_turns(app, begin):
        assert len(posted()) == 4 * pause
