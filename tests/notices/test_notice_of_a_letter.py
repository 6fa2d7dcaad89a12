"""The privacy notice of a letter."""

from tests.databases import ON_SQLITE
from tests.factories import make_letter
from tests.page import Reader

pytestmark = ON_SQLITE


def test_the_title_keeps_its_own_typography(client: Reader) -> None:
    make_letter(slug="rues", title="Pourquoi ? « Nos » rues !", locale="fr")
    page = client.get("/letters/rues/privacy?lang=en").text
    assert "Pourquoi\u202f?" in page and "Pourquoi?" not in page
