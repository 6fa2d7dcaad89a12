"""A list copied from a PDF: its lines end where the margin was."""

import pytest

from tribune.invitations.adding import read
from tribune.reading.cut_lines import rejoined
from tribune.reading.page import read_page


def whole(text: str) -> list[tuple[int, str]]:
    """The lines that are not blank, each with its number."""
    return [(number, line) for number, line in enumerate(rejoined(text).splitlines(), 1) if line]


PARAGRAPH = """\
Zoé Évrard, présidente d’Em-
maüs ; Ana Ba, professeure de
droit à l’université Paris-
Cité ; Luc Da, vice-
président de la LDH, et Léo Mo, son
adjoint ; Jean-
Paul Roy, écrivain."""


def test_a_paragraph_of_people_is_read_over_the_ends_of_its_lines() -> None:
    joined = (
        "Zoé Évrard, présidente d’Emmaüs ; Ana Ba, professeure de droit à l’université Paris-Cité ;"
        " Luc Da, vice-président de la LDH, et Léo Mo, son adjoint ; Jean-Paul Roy, écrivain."
    )
    assert whole(f"Les signataires :\n{PARAGRAPH}\n\nÀ suivre") == [
        (1, "Les signataires :"),
        (2, joined),
        (10, "À suivre"),
    ]
    people = [(one.person.family_name, one.person.role, one.row) for one in read(PARAGRAPH, b"").contacts.contacts]
    assert people[:2] == [("Évrard", "présidente", 1), ("Ba", "professeure de droit", 1)]
    assert len(people) == 4
    assert read_page(f"Un titre\n\nLe texte.\n\nLes signataires :\n{PARAGRAPH}").signatories == joined


def test_a_paragraph_of_people_with_brackets_is_read_over_the_ends_of_its_lines() -> None:
    text = (
        "Zoé Évrard (maire de Lens), Ana Ba (professeure\nde droit), Luc Da (poète), Léo\n"
        "Mo (vice-président de\nla LDH) et Jo Roy (écrivain)."
    )
    assert whole(text) == [(1, text.replace("\n", " "))]
    assert whole("Zoé Évrard (professeure\nau CNRS)\nAna Ba (Oxfam\nLuc Da (LDH)") == [
        (1, "Zoé Évrard (professeure au CNRS)"),
        (3, "Ana Ba (Oxfam"),
        (4, "Luc Da (LDH)"),
    ]
    for cut in (
        "Zoé Évrard (LFI), députée de\nl’Ain\nLuc Da (PS), député de\nla Creuse",
        "Zoé Évrard (LFI), Députée de\nl’Ain\nLuc Da (PS), Député de\nla Creuse",
        "1) Zoé Évrard (Oxfam\n2) Luc Da (LDH)",
    ):
        assert [line for _number, line in whole(cut)] == cut.splitlines()


@pytest.mark.parametrize(
    "text",
    [
        "Zoé Évrard <zoe@example.org>, Ana Ba\n<contact@example.org>, Luc Da <info@example.org>",
        "Zoé Évrard (zoe@example.org) ; Ana\nBa, élue, Le Port\n(contact@example.org) ; Luc Da (info@example.org)",
        "Zoé Évrard, zoe@example.org ; Ana Ba,\ncontact@example.org ; Luc Da,\ninfo@example.org",
        "Zoé Évrard, élue\n<zoe@example.org> ; Ana\nBa <contact@example.org> ; Luc Da <info@example.org>",
        "Zoé Évrard <zoe@example.org>, Ana Ba, élue\nau Port <contact@example.org>, Luc\nDa <info@example.org>",
    ],
)
def test_an_address_below_the_end_of_a_line_is_of_the_person_above(text: str) -> None:
    found = [(one.person.family_name, one.email) for one in read(text, b"").contacts.contacts]
    assert found == [("Évrard", "zoe@example.org"), ("Ba", "contact@example.org"), ("Da", "info@example.org")]


def test_an_address_below_a_lone_name_is_of_that_person_where_one_ends_the_list() -> None:
    text = "Zoé Évrard\n<contact@example.org>; Ana Ba\n<ana@example.org>; Luc Évrard\n<luc.evrard@example.org>"
    found = [(one.person.family_name, one.email) for one in read(text, b"").contacts.contacts]
    assert [address for _name, address in found] == ["contact@example.org", "ana@example.org", "luc.evrard@example.org"]


def test_cards_that_an_address_ends_stay_apart_where_a_role_follows_the_address() -> None:
    text = "Zoé Évrard\nzoe@example.org; Présidente\nAna Ba\nana@example.org; Juge\nLuc Da\nluc@example.org"
    found = [(one.person.family_name, one.person.role, one.email[:3]) for one in read(text, b"").contacts.contacts]
    assert found == [("Évrard", "Présidente", "zoe"), ("Ba", "Juge", "ana"), ("Da", "", "luc")]


def test_a_sentence_with_such_marks_joins_no_cards_around_it() -> None:
    text = "Zoé Évrard\nzoe@example.org\nAna Ba\ncontact@example.org\nÀ signer ; avec eux ; avant jeudi"
    found = [(one.person.given_name, one.email) for one in read(text, b"").contacts.contacts]
    assert found[:2] == [("Zoé", "zoe@example.org"), ("Ana", "contact@example.org")]


def test_an_item_goes_on_below_its_bullet() -> None:
    assert whole("• Zoé Évrard, maire\nde Lens\n• Ana Ba, coprési-\ndente\n• Luc Da") == [
        (1, "• Zoé Évrard, maire de Lens"),
        (3, "• Ana Ba, coprésidente"),
        (5, "• Luc Da"),
    ]


def test_a_line_for_each_person_stays_one() -> None:
    for text in (
        "Zoé Évrard ; maire ; Lens\nana ba ; autrice ; Brest\nluc da ; poète ; Nice",
        "Zoé Évrard, maire ;\nAna Ba, autrice ;\nLuc Da, poète ;",
        "Zoé Évrard, maire\nde La Tour, Anne\nana ba",
        "zoé évrard ; maire\nana ba ; autrice ; Brest\nluc da ; poète",
        "Zoé Évrard ; Ana Ba\nLuc Da ; Léo Mo, maire ; Jo Roy",
        "1. Zoé Évrard, maire\nana ba, autrice",
        "Mia Roy\nd’Almeida Zoé ; maire ; zoe@example.org\nde La Tour Ana ; ana@example.org\nDa Luc ; poète ; Nice",
        "zoe@example.org ; Zoé Évrard\nana@example.org ; Ana Ba\nluc@example.org ; Luc Da",
        "Premiers signataires\n<zoe@example.org>, Zoé Évrard\n<ana@example.org>, Ana Ba",
        "Premiers signataires\n<zoe@example.org>, Zoé Évrard\nAna Ba <ana@example.org>",
        "Lyon, le 12 mars\n<zoe@example.org>, Zoé Évrard\n<ana@example.org>, Ana Ba\nLuc Da, maire, luc@example.org",
        "Zoé Évrard, maire\nAna Ba, juge\ncontact@example.org ; Luc Da, Le Port\nMia Roy, élue",
        "Mia Roy <mia@example.org>, élue\nd’Almeida Zoé <zoe@example.org>\nde La Tour Ana <ana@example.org>, maire",
        "Zoé Évrard, maire\\\nLuc Da, *La Revue*\\\nana ba",
    ):
        assert [line for _number, line in whole(text)] == text.splitlines()
