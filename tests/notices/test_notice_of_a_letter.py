"""The privacy notice of a letter is about what that letter asks and shows; its title stands above it."""

import pytest

from tests.databases import ON_SQLITE
from tests.factories import make_letter, owner_of
from tests.page import Reader, words

pytestmark = ON_SQLITE


@pytest.mark.parametrize(
    ("shown", "asked", "in_public"),
    [
        ("yes", "par trois choix séparés : signer, par le bouton lui-même ; faire paraître votre ligne", "Votre ligne"),
        (
            "initials",
            "par trois choix séparés : signer, par le bouton lui-même ; faire paraître vos initiales",
            "Vos initiales, ou votre ligne si vous êtes parmi les premiers signataires, sont publiques si vous",
        ),
        (
            "no",
            "par deux choix séparés : signer, par le bouton lui-même ; recevoir des nouvelles",
            "Votre nom n’est pas public, sauf si vous êtes parmi les premiers signataires",
        ),
    ],
)
def test_it_tells_what_the_form_lets_one_choose_and_what_readers_see(
    client: Reader, shown: str, asked: str, in_public: str
) -> None:
    letter = make_letter(slug="rues", public_list=shown)
    page = words(client.get("/letters/rues/privacy").text)
    assert asked in page and in_public in page
    client.log_in(owner_of(letter))
    records = words(client.get(f"/manage/letters/{letter.id}/records").text)
    assert f"recueilli par {'deux' if shown == 'no' else 'trois'} choix" in records


@pytest.mark.parametrize(
    ("role", "organisation", "given"),
    [
        ("optional", "required", "prénom, votre nom, votre fonction, votre organisation :"),
        ("absent", "optional", "prénom, votre nom, votre organisation :"),
        ("absent", "absent", "prénom, votre nom :"),
    ],
)
def test_it_tells_only_what_is_asked(client: Reader, role: str, organisation: str, given: str) -> None:
    make_letter(slug="rues", asks_role=role, asks_organisation=organisation)
    assert given in words(client.get("/letters/rues/privacy").text)


def test_the_title_keeps_its_own_typography(client: Reader) -> None:
    make_letter(slug="rues", title="Pourquoi ? « Nos » rues !", locale="fr")
    page = client.get("/letters/rues/privacy?lang=en").text
    assert "Pourquoi\u202f?" in page and "Pourquoi?" not in page
