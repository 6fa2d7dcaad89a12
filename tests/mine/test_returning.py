"""A first signatory who leaves and comes back: in their place, whatever the others have done meanwhile."""

from flask import Flask

from tests.factories import make_letter, make_signature, owner_of
from tests.mine.test_leaving import come_back, withdraw, zoe
from tests.page import Reader, listed
from tribune.letters.models import Letter
from tribune.people import first
from tribune.people.order import order_shown_as
from tribune.people.queries import places, printed_line
from tribune.signatures.models import Signature
from tribune.signatures.queries import first_signatories


def names(letter: Letter) -> list[str]:
    return [signature.family_name for signature in first_signatories(letter)]


def on_one_line(letter: Letter) -> tuple[Signature, Signature]:
    """Two first signatories who share their line."""
    both = zoe(letter, role="maire"), zoe(letter, role="maire")
    for each in both:
        first.set_first(letter, each, True, by=owner_of(letter))
    first.join(letter, both[1], by=owner_of(letter), seen_as=order_shown_as(places(letter)))
    return both


def test_a_first_signatory_who_returns_has_their_place_again(client: Reader) -> None:
    letter = make_letter(slug="rues", first="Ada Un\nBea Deux\nCéa Trois")
    signature = zoe(letter)
    first.set_first(letter, signature, True, by=owner_of(letter))
    before = places(letter)
    first.move(letter, signature, "up", by=owner_of(letter), seen_as=order_shown_as(places(letter)))
    assert names(letter) == ["Un", "Deux", "Évrard", "Trois"]
    stood = places(letter)
    withdraw(signature)
    assert names(letter) == ["Un", "Deux", "Trois"] and signature.id not in {place.id for place in places(letter)}
    assert "Évrard" not in " ".join(listed(client.get("/letters/rues").text))
    come_back(signature)
    assert places(letter) == stood != before


def test_and_when_the_others_have_moved_up_meanwhile(app: Flask) -> None:
    letter = make_letter(first="Ada Un\nBea Deux\nCéa Trois")
    signature = zoe(letter)
    first.set_first(letter, signature, True, by=owner_of(letter))
    first.move(letter, signature, "top", by=owner_of(letter), seen_as=order_shown_as(places(letter)))
    withdraw(signature)
    last = first_signatories(letter)[-1]
    first.move(letter, last, "up", by=owner_of(letter), seen_as=order_shown_as(places(letter)))
    assert names(letter) == ["Un", "Trois", "Deux"]
    come_back(signature)
    assert names(letter) == ["Évrard", "Un", "Trois", "Deux"]
    assert [place.position for place in places(letter)] == [1, 2, 3, 4]


def test_a_shared_line_is_shared_again(app: Flask) -> None:
    letter = make_letter(first="Ada Un\nBea Deux")
    signature, _other = on_one_line(letter)
    shared = places(letter)
    withdraw(signature)
    assert len(places(letter)) == 3
    come_back(signature)
    assert places(letter) == shared


def test_who_returns_to_a_shared_line_stands_where_they_did_on_it(app: Flask) -> None:
    letter, elsewhere = make_letter(), make_letter(first="Éva Roi et Max Sue, fondateurs de Ruche")
    theirs = places(elsewhere)
    three = [
        make_signature(letter, given_name=name, family_name="Évrard", role="maire") for name in ("Ana", "Bob", "Cléo")
    ]
    for each in three[::-1]:
        first.set_first(letter, each, True, by=owner_of(letter))
    for each in three[1::-1]:
        first.join(letter, each, by=owner_of(letter), seen_as=order_shown_as(places(letter)))
    assert printed_line(three[0]).names == "Cléo Évrard, Bob Évrard et Ana Évrard"
    for each in three:
        withdraw(each)
        first.set_first(letter, make_signature(letter, family_name="Autre"), True, by=owner_of(letter))
        come_back(each)
        assert printed_line(three[0]).names == "Cléo Évrard, Bob Évrard et Ana Évrard"
    withdraw(three[2]), first.set_first(letter, make_signature(letter), True, by=owner_of(letter)), withdraw(three[1])
    # what moves nobody is not logged either
    assert not first.move(letter, three[0], "top", by=owner_of(letter), seen_as=order_shown_as(places(letter)))
    come_back(three[2]), come_back(three[1])
    assert printed_line(three[0]).names == "Cléo Évrard, Bob Évrard et Ana Évrard"
    withdraw(three[1])
    dan = make_signature(letter, given_name="Dan", family_name="Évrard", role="maire")  # closes the gap
    first.set_first(letter, dan, True, by=owner_of(letter))
    first.place(letter, dan, 2, by=owner_of(letter), seen_as=order_shown_as(places(letter)))
    first.join(letter, dan, by=owner_of(letter), seen_as=order_shown_as(places(letter)))
    come_back(three[1])
    assert printed_line(dan).names == "Cléo Évrard, Bob Évrard, Ana Évrard et Dan Évrard"
    assert places(elsewhere) == theirs


def test_and_when_it_has_moved_meanwhile(app: Flask) -> None:
    letter = make_letter(first="Ada Un")
    signature, other = on_one_line(letter)
    withdraw(signature)
    first.move(letter, other, "up", by=owner_of(letter), seen_as=order_shown_as(places(letter)))
    come_back(signature)
    assert signature.position == other.position == 1


def test_who_returns_stands_below_their_own_heading(app: Flask) -> None:
    letter = make_letter(first="Ada Un\nBea Deux")
    signature = zoe(letter)
    first.set_section(letter, signature, "Ceux du Port", by=owner_of(letter))
    first.set_first(letter, signature, True, by=owner_of(letter))
    withdraw(signature)
    first.set_first(letter, make_signature(letter, family_name="Trois"), True, by=owner_of(letter))
    come_back(signature)
    assert names(letter) == ["Un", "Deux", "Trois", "Évrard"]
