"""Somebody for whom the organisers answer has no link of their own: the organisers erase them when asked."""

import click
import pytest
from flask import Flask

from tests.databases import ON_SQLITE
from tests.factories import (
    everything,
    invitations_of,
    make_invited,
    make_letter,
    make_member,
    make_signature,
    owner_of,
    posted,
)
from tests.page import Reader, listed, words
from tests.shell import shell
from tests.traces import in_the_files
from tribune.database import db, is_postgresql, now, write
from tribune.invitations import actions, sending
from tribune.letters.models import Letter
from tribune.mine.erasing import erase
from tribune.signatures.counting import recount
from tribune.signatures.models import Erasure, Signature
from tribune.teams.models import Role

FIRST = "Ana Blanc, maire (Lyon)\nCléo Roi et Dan Sue, fondateurs de Ruche"


@pytest.fixture
def letter(app: Flask) -> Letter:
    return make_letter(slug="rues", first=FIRST)


def path(letter: Letter, given_name: str) -> str:
    signature = db.session.query(Signature).filter_by(given_name=given_name).one()
    return f"/manage/letters/{letter.id}/signatures/{signature.public_id}"


def test_an_owner_erases_whoever_asks_them(client: Reader, letter: Letter) -> None:
    client.log_in(owner_of(letter))
    cleo = path(letter, "Cléo")
    assert f'href="{cleo}/erase"' in client.get(cleo).text
    assert "Qui partage cette ligne y reste" in client.get(f"{cleo}/erase").text
    answer = client.post(f"{cleo}/erase", data=client.fields(f"{cleo}/erase"))
    assert "Il ne reste rien ici de cette signature" in client.get(answer.location).text
    db.session.rollback()
    assert recount(letter) == (0, 0) and letter.attested_count == 2
    assert is_postgresql() or not in_the_files("cléo".encode())
    assert "Cléo" not in str(everything()) and db.session.query(Erasure).one().public_id == cleo.rpartition("/")[2]
    assert listed(client.get("/letters/rues").text) == ["Ana Blanc, maire (Lyon)", "Dan Sue, fondateurs de Ruche"]
    log = words(client.get(f"/manage/letters/{letter.id}/log").text)
    assert f"{owner_of(letter).called} A effacé une signature dont l’équipe répondait, à la demande de la" in log
    assert client.get(cleo).status_code == client.get(f"{cleo}/erase").status_code == 404


def test_who_answers_for_themselves_erases_themselves(client: Reader, letter: Letter) -> None:
    make_signature(letter, given_name="Zoé")
    client.log_in(owner_of(letter))
    zoe, ana = path(letter, "Zoé"), path(letter, "Ana")
    assert f"{zoe}/erase" not in client.get(zoe).text
    told = 'elle seule peut la retirer ou l’effacer, par le lien que <a href="/signatures/find">'
    assert told in client.get(zoe).text and told not in client.get(ana).text
    fields = client.fields(f"{ana}/erase")
    with write():  # she has accepted since
        db.session.query(Signature).filter_by(given_name="Ana").one().confirmed_at = now()
    for answer in (client.get(f"{zoe}/erase"), client.post(f"{ana}/erase", data=fields)):
        assert "sa signature lui appartient" in answer.text
    assert "Ana" in str(everything())
    draft = make_letter(owner_of(letter), published=False, first="Gil Roux")
    gil = path(draft, "Gil")  # whom no reader has seen, and who is removed
    page = client.get(gil).text
    assert f"{gil}/remove" in page and f"{gil}/erase" not in page


def test_the_administrator_erases_whoever_has_lost_their_mailbox(app: Flask, client: Reader, letter: Letter) -> None:
    name, other = make_signature(letter, given_name="Zoé").public_id, make_letter(owner_of(letter)).slug
    number, typed = letter.id, ("signatures", "erase", "rues", name)
    assert shell(app, *typed)[0] == shell(app, "signatures", "erase", other, name, "--yes")[0] == 1
    assert "Zoé" in str(everything())  # nobody has said yes; another letter has no such signature
    assert shell(app, *typed, "--yes") == (0, "Erased.\n")
    letter = db.session.get_one(Letter, number)
    assert recount(letter) == (0, 0) and letter.confirmed_count == 0
    assert "Zoé" not in str(everything()) and name in {erasure.public_id for erasure in db.session.query(Erasure)}
    client.log_in(owner_of(letter))
    log = words(client.get(f"/manage/letters/{number}/log").text)
    assert "la personne qui administre le site A effacé une signature à la demande de la personne" in log
    code, output = shell(app, *typed, "--yes")
    assert code == 1 and "no signature with this ID" in output


@ON_SQLITE
def test_the_administrator_is_told_of_what_is_erased_while_they_are_asked(
    app: Flask, letter: Letter, monkeypatch: pytest.MonkeyPatch
) -> None:
    zoe = make_signature(letter)
    name, link = zoe.public_id, (zoe.id, zoe.link_nonce)
    monkeypatch.setattr(click, "confirm", lambda *_asked, **_how: erase(*link))
    assert shell(app, "signatures", "erase", "rues", name) == (1, "Error: It has been erased meanwhile.\n")


def test_whoever_is_invited_at_the_same_mailbox_by_another_name_still_is(client: Reader, letter: Letter) -> None:
    ada, again, bob = (
        make_invited(letter, given_name=name, family_name=family, email="deux@example.org")
        for name, family in (("Ada", "Roux"), ("A.", "Roux"), ("Bob", "Roux"))
    )
    attested = actions.attest(ada, "par téléphone", by=owner_of(letter))
    with write():  # corrected since
        attested.given_name = "Adèle"
    sending.invite(letter, [again.id, bob.id], by=owner_of(letter))
    client.log_in(owner_of(letter))
    client.post(f"{path(letter, 'Adèle')}/erase", data=client.fields(f"{path(letter, 'Adèle')}/erase"))
    db.session.rollback()
    assert [one.given_name for one in invitations_of(letter)] == ["Bob"] and [mail.id for mail in posted()] == [
        bob.message_id
    ]


@ON_SQLITE
def test_it_is_offered_to_owners_alone(client: Reader, letter: Letter) -> None:
    client.log_in(make_member(letter, Role.EDITOR))
    assert f"{path(letter, 'Ana')}/erase" not in client.get(path(letter, "Ana")).text
