"""An organisation that signs as such: said by an organiser, printed, ordered and found by its name."""

import pytest

from tests.databases import ON_SQLITE
from tests.factories import make_signature, owner_of
from tests.page import Reader, listed
from tribune.audit.models import Event
from tribune.database import db, write
from tribune.letters.models import Letter
from tribune.organisations.actions import merge
from tribune.organisations.actions import undo as unmerge
from tribune.people import actions, first
from tribune.people.adding import add
from tribune.people.order import order_shown_as
from tribune.people.queries import places
from tribune.reading.people import Person
from tribune.signatures.lines import line, lines
from tribune.signatures.models import Signature
from tribune.signatures.queries import first_signatories

LINE = "Emmaüs Connect, par la voix de Marie Cohen, directrice"


def marie(letter: Letter, **given: object) -> Signature:
    typed = {"given_name": "Marie", "family_name": "Cohen", "role": "directrice", "organisation": "Emmaüs Connect"}
    return make_signature(letter, **{**typed, **given})  # type: ignore[arg-type]


def address(signature: Signature) -> str:
    return f"/manage/letters/{signature.letter_id}/signatures/{signature.public_id}/correct"


def filled(desk: Reader, signature: Signature, **typed: str) -> dict[str, str]:
    words = {name: value for name, value in actions.words_of(signature).items() if value}
    return {**desk.fields(address(signature)), **words, "reason": "As agreed.", "step": "save", **typed}


def say_so(letter: Letter, signature: Signature, **words: object) -> None:
    changed = actions.words_of(signature) | {"as_organisation": True, **words}
    actions.correct(signature, by=owner_of(letter), words=changed, reason="r", seen_as=actions.shown_as(signature))


@ON_SQLITE
def test_an_organiser_says_that_an_organisation_signs(desk: Reader, letter: Letter) -> None:
    signature = marie(letter)
    assert desk.post(address(signature), data=filled(desk, signature, as_organisation="y")).status_code == 303
    db.session.refresh(signature)
    assert signature.as_organisation and listed(desk.get("/letters/rues/signatories").text) == [LINE]
    assert "The organisation, as such" in desk.get(address(signature).removesuffix("/correct")).text


@ON_SQLITE
def test_what_is_confirmed_on_the_second_page_is_what_was_ticked_on_the_first(desk: Reader, letter: Letter) -> None:
    signature = marie(letter)
    shown = desk.post(address(signature), data=filled(desk, signature, as_organisation="y", step=""))
    assert LINE in shown.text and 'name="as_organisation" value="True"' in shown.text
    say_so(letter, signature)
    back = {**filled(desk, signature), "step": ""}
    del back["as_organisation"]
    assert 'name="as_organisation" value=""' in desk.post(address(signature), data=back).text


def test_a_line_kept_as_it_was_printed_is_made_anew_and_comes_back_when_undone(desk: Reader, letter: Letter) -> None:
    add(letter, [Person("Marie", "Cohen", "directrice", "Emmaüs Connect", "Directrice d’Emmaüs Connect", 1)], by=None)
    [signature] = db.session.query(Signature)
    desk.post(address(signature), data=filled(desk, signature, as_organisation="y"))
    db.session.refresh(signature)
    assert (line(signature).text, signature.affiliation) == (LINE, None)
    desk.post(f"{address(signature)}/undo", data=desk.fields(f"{address(signature)}/undo"))
    db.session.refresh(signature)
    assert line(signature).text == "Marie Cohen, Directrice d’Emmaüs Connect"


def test_a_correction_of_before_can_still_be_taken_back(desk: Reader, letter: Letter) -> None:
    signature = marie(letter, family_name="Coen")
    changed = actions.words_of(signature) | {"family_name": "Cohen"}
    actions.correct(signature, by=owner_of(letter), words=changed, reason="r", seen_as=actions.shown_as(signature))
    with write():
        event = db.session.query(Event).filter_by(verb="signature_corrected").one()
        early = {when: {k: v for k, v in event.details[when].items() if k in EARLY} for when in ("was", "now")}
        event.details = {**event.details, **early}
    path = f"{address(signature)}/undo"
    assert desk.post(path, data=desk.fields(path)).status_code == 303
    db.session.refresh(signature)
    assert signature.family_name == "Coen"


EARLY = ("given_name", "family_name", "role", "organisation", "affiliation", "capacity")


@ON_SQLITE
def test_an_organisation_without_a_name_does_not_sign(desk: Reader, letter: Letter) -> None:
    signature = marie(letter)
    page = desk.post(address(signature), data=filled(desk, signature, as_organisation="y", organisation=""))
    assert page.status_code == 422 and "Enter the organisation that signs." in page.text


def test_one_is_added_by_hand(desk: Reader, letter: Letter) -> None:
    path = f"/manage/letters/{letter.id}/first/add"
    typed = {"given_name": "Marie", "family_name": "Cohen", "role": "directrice", "as_organisation": "y", "agreed": "y"}
    page = desk.post(path, data={**desk.fields(path), **typed})
    assert page.status_code == 422 and "Enter the organisation that signs." in page.text
    assert desk.post(path, data={**desk.fields(path), **typed, "organisation": "Emmaüs Connect"}).status_code == 303
    assert listed(desk.get("/letters/rues").text) == [LINE]


def test_it_is_ordered_by_its_name_and_found_by_who_speaks_for_it(client: Reader, letter: Letter) -> None:
    say_so(letter, marie(letter))
    make_signature(letter, given_name="Ana", family_name="Ewald")
    make_signature(letter, given_name="Luc", family_name="Dupont")
    by_surname = listed(client.get("/letters/rues/signatories?order=surname").text)
    assert by_surname == ["Luc Dupont", LINE, "Ana Ewald"]
    assert listed(client.get("/letters/rues/signatories?q=cohen").text) == [LINE]


def test_the_order_of_first_signatories_by_surname_has_it_under_its_name(letter: Letter) -> None:
    people = [Person("Luc", "Faure", "", "", None, 1), Person("Zoé", "Zola", "", "Emmaüs", None, 2, True)]
    add(letter, [*people, Person("Ana", "Dion", "", "", None, 3)], by=None)
    first.sort_by_surname(letter, by=owner_of(letter), seen_as=order_shown_as(places(letter)))
    in_order = db.session.query(Signature).order_by(Signature.position)
    assert [one.family_name for one in in_order] == ["Dion", "Zola", "Faure"]


def test_a_merged_spelling_orders_it_by_what_is_printed_and_back(letter: Letter) -> None:
    signature = marie(letter, organisation="Emmaus connect")
    say_so(letter, signature)
    typed = signature.sort_key
    merge(letter, [signature.organisation_key], "Le Port", owner_of(letter))
    assert (signature.sort_key, line(signature).names) == ("le port\x01\x01le port ", "Le Port")
    say_so(letter, signature, role="présidente")
    assert signature.sort_key == "le port\x01\x01le port "
    unmerge(letter, "emmaus connect", owner_of(letter))
    assert (signature.sort_key, line(signature).names) == (typed, "Emmaus connect")


def test_a_person_and_an_organisation_do_not_share_a_line(letter: Letter) -> None:
    add(letter, [Person("Zoé", "Zola", "maire", "Le Port", None, n, n == 1) for n in (1, 2, 3)], by=None)
    one, other, third = db.session.query(Signature).order_by(Signature.position)
    with pytest.raises(first.CannotJoin):
        first.join(letter, other, by=owner_of(letter), seen_as=order_shown_as(places(letter)))
    first.join(letter, third, by=owner_of(letter), seen_as=order_shown_as(places(letter)))
    assert one.position != other.position == third.position


@ON_SQLITE
def test_two_who_speak_for_one_organisation_share_a_line_whatever_their_capacity(letter: Letter) -> None:
    zoe, ana = (Person(name, "Zola", "", "Le Port", None, n, True) for n, name in enumerate(("Zoé", "Ana"), 1))
    add(letter, [zoe, ana], by=None)
    above, below = db.session.query(Signature).order_by(Signature.position)
    with write():
        below.capacity = "organisation"
    with pytest.raises(first.CannotJoin):  # there is no line above
        first.join(letter, above, by=owner_of(letter), seen_as=order_shown_as(places(letter)))
    first.join(letter, below, by=owner_of(letter), seen_as=order_shown_as(places(letter)))
    assert [one.text for one in lines(first_signatories(letter))] == ["Le Port, par la voix de Zoé Zola et d’Ana Zola"]
