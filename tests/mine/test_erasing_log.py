"""What erasing takes out of the log of the team, and what of others stays: their lines, their pages, their way back."""

from typing import Any

import pytest
import sqlalchemy as sa

from tests.databases import ON_SQLITE
from tests.factories import make_invited, make_letter, make_signature, mine_path, owner_of
from tests.invitations.answers import accept
from tests.moderation.acting import do, do_to
from tests.page import Reader
from tribune.audit.actions import record
from tribune.audit.models import Event, Verb
from tribune.database import db, now, write
from tribune.history import actions as addenda
from tribune.invitations.actions import attest
from tribune.letters.models import Letter
from tribune.mine import actions
from tribune.mine.data import everything_held
from tribune.mine.erasing import erase
from tribune.moderation.models import Batch
from tribune.outbox.mailboxes import mailbox_key
from tribune.people import actions as people
from tribune.people.actions import shown_as, words_of
from tribune.signatures.actions import confirm, not_me
from tribune.signatures.models import Signature


def ada(letter: Letter, **given: object) -> Signature:
    return make_signature(letter, **{"given_name": "Ada", "family_name": "Dupont", **given})  # type: ignore[arg-type]


def reword(signature: Signature, **words: object) -> None:
    """Correct one's own line."""
    changed = {**words_of(signature), **words}
    actions.correct(signature.id, signature.link_nonce, words=changed, seen_as=shown_as(signature))


def told() -> list[tuple[str, str, dict[str, Any]]]:
    """What the log says, but for what was erased last."""
    db.session.expire_all()
    lines = db.session.execute(sa.select(Event.verb, Event.subject, Event.details).order_by(Event.id)).all()
    return [tuple(line) for line in lines if line.verb != Verb.SIGNATURE_ERASED]


def hide(signature: Signature, reason: str) -> None:
    do_to("hide", signature, reason=reason)


def leave(signature: Signature) -> None:
    erase(signature.id, signature.link_nonce)


@ON_SQLITE
@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"role": "fille d’Ada Dupont"}, {"role": "maire"}),
        ({"given_name": "Ada", "family_name": "Dupont"}, {"family_name": "Dupond"}),  # named by the line alone
        ({"role": "fille d’Ada Dupont", "affiliation": "maire"}, {"role": "maire"}),  # by a word that is not printed
    ],
)
def test_a_page_whose_words_of_before_named_who_erased_opens_and_offers_no_way_back(
    client: Reader, letter: Letter, before: dict[str, str], after: dict[str, str]
) -> None:
    signature = make_signature(letter, **before)  # type: ignore[arg-type]
    reword(signature, **after)
    words, path = words_of(signature), mine_path(signature)
    form = {**client.fields(path), "act": "undo-correction"}
    leave(ada(letter))
    page = client.get(path)
    assert page.status_code == 200 and "Annuler ma correction" not in page.text
    answer = client.post(path, data=form)
    assert "Votre ligne a changé" in client.get(answer.location).text
    assert words_of(signature) == words


def test_a_line_about_another_no_longer_names_them_and_that_of_another_letter_still_does(letter: Letter) -> None:
    for each in (letter, make_letter()):
        hide(make_signature(each, role="fille d’Ada Dupont"), "En double")
    leave(ada(letter))
    (_, here, details), (_, elsewhere, _) = (line for line in told() if line[0] == Verb.SIGNATURES_HIDDEN)
    assert here == "" and details["reason"] == "En double" and "Ada Dupont" in elsewhere


def test_what_readers_could_read_stays_and_can_be_put_back(letter: Letter) -> None:
    owner = owner_of(letter)
    addenda.remove(letter, addenda.add(letter, "Ada Dupont nous écrit.", owner).id, owner)
    before = told()
    leave(ada(letter))
    assert told() == before


@ON_SQLITE
def test_nor_does_the_page_of_the_organisers(client: Reader, letter: Letter) -> None:
    signature, owner = make_signature(letter, role="fille d’Ada Dupont"), owner_of(letter)
    words = {**words_of(signature), "role": "maire"}
    people.correct(signature, by=owner, words=words, reason="Une coquille.", seen_as=shown_as(signature))
    other = make_signature(letter, role="maire")  # whose new words name her
    words = {**words_of(other), "role": "fille d’Ada Dupont"}
    people.correct(other, by=owner, words=words, reason="Un oubli.", seen_as=shown_as(other))
    client.log_in(owner)
    path, beside = (f"/manage/letters/{letter.id}/signatures/{each.public_id}" for each in (signature, other))
    form = client.fields(f"{path}/correct/undo")
    assert "Annuler la dernière correction" in client.get(path).text
    leave(ada(letter))
    for each in (path, beside):
        page = client.get(each)
        assert page.status_code == 200 and "Annuler la dernière correction" not in page.text
    answer = client.post(f"{path}/correct/undo", data=form)
    assert answer.location == path and signature.role == "maire"


@pytest.mark.parametrize("confirmed", [True, False])
def test_what_was_done_to_a_namesake_stays_and_they_may_undo_their_correction(
    client: Reader, letter: Letter, confirmed: bool
) -> None:
    namesake = ada(letter)
    hide(namesake, "Usurpation")
    reword(namesake, role="maire")
    before = told()
    leave(ada(letter, confirmed=confirmed))
    assert told() == before
    assert "Annuler ma correction" in client.get(mine_path(namesake)).text


def test_who_had_hundreds_of_names_can_leave_and_each_goes(letter: Letter) -> None:
    """Whoever corrects their line that often would else not be erased, nor anybody after them."""
    signature, words = ada(letter), words_of(ada(letter))
    hide(make_signature(letter), "Se dit Ada Dupont le 299e")
    with write():
        for number in range(300):
            was = {**words, "family_name": f"Dupont le {number}e"}
            its = {"letter_id": letter.id, "signature_id": signature.id, "was": was}
            record(Verb.LINE_REWORDED, team_id=letter.team_id, by=None, **its)
    leave(signature)
    assert "299e" not in repr(told())


def test_a_name_in_capitals_without_accents_or_with_the_surname_first_goes_too(letter: Letter) -> None:
    names = ["Ada ÉVRARD", "ÉVRARD Ada", "ADA ÉVRARD", "Évrard Ada", "evrard ada", "Ada EVRARD", "Evrard Ada"]
    signature = ada(letter, family_name="Évrard")
    for name in names:
        hide(make_signature(letter), f"Doublon de {name}")
    leave(signature)
    assert "Doublon" not in repr(told())
    assert db.session.scalars(sa.select(Batch.reason)).all() == [""] * len(names)


@pytest.mark.parametrize("confirmed", [True, False])
def test_a_name_beside_others_goes_with_who_had_confirmed_alone(letter: Letter, confirmed: bool) -> None:
    """Else anybody rids the log of a reason, by signing as that."""
    hide(make_signature(letter), "Fausse Identité")
    before = told()
    leave(make_signature(letter, given_name="Fausse", family_name="Identité", confirmed=confirmed))
    verb, subject, details = told()[-1]
    assert (verb, subject) == before[-1][:2] and ("reason" in details) is not confirmed


def test_a_search_that_found_others_too_stays_unless_who_erases_had_confirmed(letter: Letter) -> None:
    make_signature(letter, family_name="Robot")
    batch = do(letter, "hide", {"q": "robot"}, reason="Des robots")
    leave(make_signature(letter, family_name="Robot", confirmed=False))
    assert batch.choice == {"q": "robot"}
    leave(make_signature(letter, family_name="Robot"))
    assert (batch.reason, batch.choice) == ("Des robots", {"ids": []})


@pytest.mark.parametrize("alone", [True, False])
@pytest.mark.parametrize("q", ["dupont", "ada.d@"])
def test_so_does_one_that_would_no_longer_find_them(letter: Letter, q: str, alone: bool) -> None:
    signature = ada(letter, email="ada.d@example.org")
    if not alone:
        ada(letter, email="ada.d@example.net")
    batch = do(letter, "hold", {"q": q})
    reword(signature, family_name="Morel")
    actions.withdraw(signature.id, signature.link_nonce)
    leave(signature)
    assert batch.choice == {"ids": []}


def test_a_search_by_which_nobody_else_was_found_goes_whatever_it_was(letter: Letter) -> None:
    signature = ada(letter, organisation="Ruche d’or")
    batch = do(letter, "hold", {"q": "ruche"})
    reword(signature, organisation="Le Phare")
    leave(signature)
    assert batch.choice == {"ids": []}


def test_what_was_done_while_organisers_answered_for_them_is_told_and_goes_too(letter: Letter) -> None:
    """By another spelling of the name, which their own signature does not bear."""
    moments = {"attested_at": now(), "counted_at": now(), "origin": "import"}
    attested = ada(letter, given_name="Adélaide", email="ada@example.org", confirmed=False, **moments)
    with write():
        letter.attested_count = 1
    hide(make_signature(letter), "Comme Adélaïde Dupont")
    words = {**words_of(attested), "given_name": "Adélaïde", "role": "maire de Trifouilly"}
    people.correct(attested, by=owner_of(letter), words=words, reason="Une faute.", seen_as=shown_as(attested))
    own = ada(letter, email="ada@example.org", confirmed=False, at=now())
    confirm(own.id, own.link_nonce)
    corrected, reworded = everything_held(own)["history"]
    assert (corrected["act"], reworded["act"]) == (Verb.SIGNATURE_CORRECTED, Verb.LINE_REWORDED)
    leave(own)
    assert not any(name in repr(told()) for name in ("Trifouilly", "Adélaïde"))
    assert (letter.attested_count, letter.confirmed_count) == (0, 1)


@pytest.mark.parametrize("by_invitation", [True, False])
def test_the_name_under_which_organisers_answered_for_them_is_known_to_erasing(
    letter: Letter, by_invitation: bool
) -> None:
    """The owner's own words replace it at once, and the log tells the team so."""
    name = {"given_name": "Ada", "family_name": "Dupond", "email": "ada@example.org"}
    if by_invitation:
        invitation = make_invited(letter, **name)
        attest(invitation, "par téléphone", by=owner_of(letter))
        own = accept(invitation, family_name="Dupont", sure=True)
    else:
        make_signature(letter, **name, confirmed=False, attested_at=now(), origin="import")  # type: ignore[arg-type]
        own = ada(letter, email="ada@example.org", confirmed=False)
        confirm(own.id, own.link_nonce)
    verb, _line, details = told()[-1]
    assert (verb, details["before"], details["after"]) == (Verb.LINE_REWORDED, "Ada Dupond", "Ada Dupont")
    hide(make_signature(letter, role="fille d’Ada Dupond"), "Comme Ada Dupond")
    leave(own)
    assert "Dupond" not in repr(told())


def test_who_says_that_it_was_not_them_takes_out_what_was_done_to_it(letter: Letter) -> None:
    pending = ada(letter, email="ada@example.org", confirmed=False)
    hide(pending, "Une plaisanterie")
    not_me(mailbox_key("ada@example.org"))
    verb, subject, details = told()[-1]
    assert (verb, subject, details) == (Verb.SIGNATURES_HIDDEN, "", {})
