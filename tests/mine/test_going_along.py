"""What erasing takes along is named first, and is in the file: what was signed with this very address."""

import json
from typing import Any

import pytest
import sqlalchemy as sa

from tests.databases import ON_SQLITE
from tests.factories import make_invited, make_letter, make_signature, mine_path, posted
from tests.page import Reader, hidden_fields
from tribune.database import db
from tribune.letters.models import Letter
from tribune.mine import actions
from tribune.mine.answering import find
from tribune.signatures.models import Signature

ADDRESS = "zoe@example.org"


pytestmark = pytest.mark.usefixtures("in_english")


def left(letter: Letter, **given: Any) -> Signature:
    """Somebody who has signed, confirmed and withdrawn."""
    signature = make_signature(letter, **{"email": ADDRESS, "family_name": "Ancienne", **given})
    actions.withdraw(signature.id, signature.link_nonce)
    return signature


def file(client: Reader, signature: Signature) -> Any:
    return json.loads(client.post(mine_path(signature), data={"act": "download"}).text)


@ON_SQLITE
def test_the_page_names_each_line_that_goes_with_it(client: Reader, letter: Letter) -> None:
    old = left(letter)
    page = client.get(f"{mine_path(old)}/erase").text
    assert "is erased with it" not in page and "Erase it for ever" in page
    make_signature(letter, email=ADDRESS, family_name="Nouvelle")
    make_signature(letter, email="ZOE@example.org", family_name="Attend", confirmed=False)
    page = client.get(f"{mine_path(old)}/erase").text
    assert "is erased with it" in page and "Erase them all for ever" in page
    assert "Zoé Ancienne</b>" in page  # as a page prints a name
    assert "Zoé Nouvelle</b>" in page and "This is the one that counts." in page
    assert "Zoé Attend" in page and "Nobody has confirmed it." in page


@ON_SQLITE
def test_from_the_one_that_counts_it_names_those_withdrawn(client: Reader, letter: Letter) -> None:
    left(letter)
    page = client.get(f"{mine_path(make_signature(letter, email=ADDRESS))}/erase").text
    assert "Zoé Ancienne" in page and "It is withdrawn." in page and "the one that counts" not in page


def test_it_names_nobody_whose_line_stays(client: Reader, letter: Letter) -> None:
    old = left(letter, email="zoe+a@example.org")
    stays = [
        make_signature(letter, email=ADDRESS, family_name="Orthographe"),  # one mailbox for us, perhaps not for others
        make_signature(letter, family_name="Voisine"),
        make_signature(make_letter(slug="bancs"), email="zoe+a@example.org", family_name="Ailleurs"),
    ]
    page, held = client.get(f"{mine_path(old)}/erase").text, json.dumps(file(client, old), ensure_ascii=False)
    assert "Zoé Ancienne" in page and "Zoé Ancienne" in held
    assert [s.family_name for s in stays if s.family_name in page or s.family_name in held] == []
    client.post(f"{mine_path(old)}/erase")
    assert db.session.scalars(sa.select(Signature).order_by(Signature.id)).all() == stays


def test_an_address_is_the_same_however_its_domain_is_written(client: Reader, letter: Letter) -> None:
    typed = "zoe@LYCÉE.fr", "Zoe@lycée.fr", "zoe@xn--lyce-dpa.fr"
    old = left(letter, email=typed[0])
    lines = [make_signature(letter, email=each, given_name=each, confirmed=False).given_name for each in typed]
    make_invited(letter, email=typed[2], family_name="Invitée")
    found = file(client, old)
    assert [other["signature"]["given_name"] for other in found["other_signatures_of_this_address"]] == lines
    assert [invitation["family_name"] for invitation in found["invitations"]] == ["Invitée"]
    find(typed[1], "fr")
    assert [mail.recipient for mail in posted()] == [typed[2]]  # not one mail for each way to write it
    client.post(f"{mine_path(old)}/erase")
    assert db.session.scalars(sa.select(Signature)).all() == []


@ON_SQLITE
def test_what_was_signed_since_the_page_was_shown_is_named_before_it_goes(client: Reader, letter: Letter) -> None:
    old = left(letter)
    path = f"{mine_path(old)}/erase"
    shown = client.fields(path)
    make_signature(letter, email=ADDRESS, family_name="Nouvelle")
    answer = client.post(path, data=shown)
    assert answer.status_code == 409 and "Nothing has been erased yet" in answer.text and "Zoé Nouvelle" in answer.text
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Signature)) == 2
    assert client.post(path, data=dict(hidden_fields(answer.text))).status_code == 303
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Signature)) == 0


@ON_SQLITE
def test_the_file_holds_what_erasing_takes(client: Reader, letter: Letter) -> None:
    old = left(letter)
    new = make_signature(letter, email=ADDRESS, family_name="Nouvelle")
    actions.choose(new.id, new.link_nonce, "news", True)
    make_invited(letter, email=ADDRESS, family_name="Invitée")
    make_invited(letter, email="zoe+a@example.org", family_name="Autre")
    found = file(client, old)
    assert found["signature"]["family_name"] == "Ancienne"
    (other,) = found["other_signatures_of_this_address"]
    assert (other["signature"]["family_name"], other["signature"]["status"]) == ("Nouvelle", "counts")
    assert [event["act"] for event in other["history"]] == ["consent_changed"]
    assert [invitation["family_name"] for invitation in found["invitations"]] == ["Invitée"]
    assert new.link_nonce not in json.dumps(found)
