"""A viewer reads all of a letter but addresses, and changes nothing: over the URL map, for those of tomorrow too."""

import io
import re
import zipfile

import sqlalchemy as sa
from flask import Flask

from tests.databases import ON_SQLITE
from tests.factories import (
    make_correction,
    make_invitation,
    make_invited,
    make_letter,
    make_member,
    make_organiser,
    make_signature,
    owner_of,
)
from tests.objects import OBJECTS
from tests.page import Reader
from tribune.database import db
from tribune.exports.actions import begin
from tribune.exports.choice import Choice
from tribune.invitations.actions import attest
from tribune.invitations.answering import ask, decline, forward
from tribune.invitations.models import Invitation
from tribune.invitations.pausing import pause
from tribune.letters.models import Letter
from tribune.moderation import actions as moderation
from tribune.names import organisation_key
from tribune.notices.actions import take_down
from tribune.notices.withholding import withhold
from tribune.organisations.actions import merge
from tribune.signatures.models import Flag, Signature
from tribune.teams.models import Role

SECRET = "secret.example"  # the domain of everybody whose address is none of theirs
ACTS = re.compile(rb'<form [^>]*method="post"(?:(?!</form>).)*<button', re.DOTALL)  # a button that changes something
NAME = "Nommée"  # the family name of who has signed
WHOLE = re.compile(rb"\w@" + SECRET.encode())  # of who has no name they read z…@secret.example


def lively(app: Flask) -> Letter:
    """A letter with everybody on it whose address the team knows, one hidden by their address, and something to do."""
    owner = make_organiser(email=f"owner@{SECRET}", name="")
    letter = make_letter(owner)
    make_member(letter, Role.EDITOR, make_organiser(email=f"editor@{SECRET}", name=""))
    make_signature(letter, email=f"zoe@{SECRET}", family_name=NAME, news=True, position=1)
    flag = Flag(letter_id=letter.id, kind="joke")
    make_signature(letter, email=f"max@{SECRET}", family_name=NAME, organisation="Le Port", flags=[flag])
    merge(letter, [organisation_key("Le Port")], "Port de Nantes", owner)
    make_signature(letter, email=f"ana@{SECRET}", confirmed=False)
    invited = make_invited(letter, email=f"lea@{SECRET}")
    words = {"given_name": "Paul", "family_name": "Duan", "role": "", "organisation": "", "capacity": "personal"}
    forward(invited.id, invited.link_nonce, words=words, email=f"paul@{SECRET}")
    ask(invited.id, invited.link_nonce, "Qui signe ?")
    pause(letter, by=owner)
    make_invitation(letter.team, email=f"colleague@{SECRET}")
    attest(make_invited(letter), f"Par courriel, de mo@{SECRET}", by=owner)
    chosen, why = {"q": f"zoe@{SECRET}"}, f"Selon ida@{SECRET}."
    batch = moderation.start(letter, by=owner, verb="hide", choice=chosen, reason=why, tells=False, up_to_id=99)
    moderation.advance(batch, 60)
    begin(letter, Choice(), by=owner, what="csv", purpose=f"Demandé par ida@{SECRET}")
    return letter


def text_of(body: bytes) -> bytes:
    """What is read in an answer, be it a workbook."""
    if not body.startswith(b"PK"):
        return body
    with zipfile.ZipFile(io.BytesIO(body)) as packed:
        return b"".join(map(packed.read, packed.namelist()))


@ON_SQLITE
def test_a_viewer_reads_what_was_written_about_somebody_without_its_addresses(app: Flask, client: Reader) -> None:
    letter = make_letter()
    # A list that is added may hold more addresses of a person than one: the others are kept in the note.
    noted = make_invited(letter, note=f"sa secrétaire <ida@{SECRET}> ; lea2@{SECRET}")
    ask(noted.id, noted.link_nonce, f"Écrivez-moi à lea3@{SECRET}, svp")
    left = make_invited(letter)
    decline(left.id, left.link_nonce, f"Voyez plutôt paul@{SECRET}")
    agreed = make_invited(letter)
    attest(agreed, f"De son adresse mo@{SECRET}", by=owner_of(letter))
    make_correction(letter)
    withhold(letter, 1, "text", f"Jugement, selon moi@{SECRET}")
    take_down(letter, f"Plainte de toi@{SECRET}")
    desk = f"/manage/letters/{letter.id}"
    board = f"{desk}/invitations"
    of_each = [*(f"{board}/people/{one.id}" for one in (noted, left, agreed)), desk, f"{desk}/withheld"]
    for role, found in ((Role.EDITOR, True), (Role.VIEWER, False)):
        client.delete_cookie("tribune_organiser")
        client.log_in(make_member(letter, role))
        pages = [client.get(page).data for page in (board, *of_each)]
        assert [bool(WHOLE.search(page)) for page in pages] == [found] * 6, role
        assert b"sa secr" in pages[1] and b"\xc3\x89crivez-moi" in pages[1] and b"Voyez plut" in pages[2]
        assert b"De son adresse" in pages[3] and b"Plainte de" in pages[4] and b"Jugement, selon" in pages[5]


@ON_SQLITE
def test_each_page_and_file_of_a_viewer_names_people_and_holds_no_address_nor_a_button_that_acts(
    app: Flask, client: Reader
) -> None:
    letter = lively(app)
    zoe = db.session.scalars(sa.select(Signature).where(Signature.email == f"zoe@{SECRET}")).one()
    invited = db.session.scalars(sa.select(Invitation.id).where(Invitation.email.endswith(f"@{SECRET}"))).first()
    known = {"batch_id": 1, "public_id": zoe.public_id, "invited_id": invited}
    found, acting, naming = ({Role.VIEWER: set[str](), Role.EDITOR: set[str]()} for _ in range(3))
    for role, pages in found.items():
        member = make_member(letter, role)
        client.delete_cookie("tribune_organiser")
        client.log_in(member)
        for rule in app.url_map.iter_rules():
            needed = getattr(app.view_functions[rule.endpoint], "needs", None)
            if needed is Role.VIEWER and "GET" in (rule.methods or set()):
                made = {name: known.get(name) or OBJECTS[name](letter, member) for name in rule.arguments}
                path = app.url_map.bind("localhost").build(rule.endpoint, made)
                for asked in ("", "?status=all&addresses=consented", "?q=secret"):
                    answer = text_of(client.get(path + asked).data)
                    if WHOLE.search(answer):
                        pages.add(rule.endpoint)
                    if NAME.encode() in answer:
                        naming[role].add(rule.endpoint)
                    if "letter_id" in rule.arguments and ACTS.search(answer.partition(b"<main")[2]):
                        acting[role].add(rule.endpoint)
    assert found[Role.VIEWER] == acting[Role.VIEWER] == set()
    assert naming[Role.VIEWER] == naming[Role.EDITOR] and len(naming[Role.EDITOR]) >= 14
    assert len(found[Role.EDITOR]) >= 12 and len(acting[Role.EDITOR]) >= 9  # what is looked for is there to be found


@ON_SQLITE
def test_a_viewer_is_not_asked_to_do_what_editors_do(client: Reader) -> None:
    letter = make_letter()
    asked = {"/invitations": "Begin by adding the people", "/signatures/batches": "Tick signatures in the table"}
    for role in (Role.EDITOR, Role.VIEWER):
        client.delete_cookie("tribune_organiser")
        client.log_in(make_member(letter, role))
        pages = {page: client.get(f"/manage/letters/{letter.id}{page}?lang=en").text for page in asked}
        assert [words in pages[page] for page, words in asked.items()] == [role is Role.EDITOR] * 2, role
        assert "The list is empty." in pages["/invitations"] and "Nothing yet." in pages["/signatures/batches"]
