"""What erasing takes out of the log of the team, and what of others stays: their lines, their pages, their way back."""

import pytest
from flask import Flask

from tests.factories import make_letter, make_signature, mine_path, owner_of
from tests.page import Reader
from tribune.letters.models import Letter
from tribune.mine import actions
from tribune.mine.erasing import erase
from tribune.people import actions as people
from tribune.people.actions import seen, words_of
from tribune.signatures.models import Signature


@pytest.fixture
def letter(app: Flask) -> Letter:
    return make_letter(slug="rues")


def ada(letter: Letter, **given: object) -> Signature:
    return make_signature(letter, **{"given_name": "Ada", "family_name": "Dupont", **given})  # type: ignore[arg-type]


def reword(signature: Signature, **words: object) -> None:
    """Correct one's own line."""
    changed = {**words_of(signature), **words}
    actions.correct(signature.id, signature.link_nonce, words=changed, seen_as=seen(signature))


def leave(signature: Signature) -> None:
    erase(signature.id, signature.link_nonce)


def test_a_page_whose_words_of_before_named_who_erased_opens_and_offers_no_way_back(
    client: Reader, letter: Letter
) -> None:
    signature = make_signature(letter, role="fille d’Ada Dupont")
    reword(signature, role="maire")
    path = mine_path(signature)
    form = {**client.fields(path), "act": "undo-correction"}
    leave(ada(letter))
    page = client.get(path)
    assert page.status_code == 200 and "Annuler ma correction" not in page.text
    answer = client.post(path, data=form)
    assert "Votre ligne a changé" in client.get(answer.location).text
    assert signature.role == "maire"


def test_nor_does_the_page_of_the_organisers(client: Reader, letter: Letter) -> None:
    signature, owner = make_signature(letter, role="fille d’Ada Dupont"), owner_of(letter)
    words = {**words_of(signature), "role": "maire"}
    people.correct(signature, by=owner, words=words, reason="Une coquille.", seen_as=seen(signature))
    client.log_in(owner)
    path = f"/manage/letters/{letter.id}/signatures/{signature.public_id}"
    form = client.fields(f"{path}/correct/undo")
    assert "Annuler la dernière correction" in client.get(path).text
    leave(ada(letter))
    assert "Annuler la dernière correction" not in client.get(path).text
    answer = client.post(f"{path}/correct/undo", data=form)
    assert answer.location == path and signature.role == "maire"
