"""What an organiser finds when they are in: their own letters, and the table of signatures of each."""

import re
from html import unescape

from tests.databases import ON_SQLITE
from tests.factories import make_invited, make_letter, make_message, make_organiser, make_signature
from tests.invitations.answers import accept
from tests.page import Reader
from tribune.database import write
from tribune.organisers.models import Organiser
from tribune.teams.models import Membership, Role


def names(html: str) -> list[str]:
    """The printed lines of a table, from the top."""
    return [unescape(re.sub("<[^>]+>", "", line)) for line in re.findall(r'<th scope="row">(.*?)</th>', html)]


def test_only_my_own_letters_are_listed(browser: Reader, alice: Organiser) -> None:
    make_letter(alice, title="La mienne")
    make_letter(alice, title="Mon brouillon", published=False)
    make_letter(title="Celle d’une autre")
    assert names(browser.get("/manage/").text) == ["Mon brouillon", "La mienne"]
    make_letter(alice, title="La mienne", slug="encore")
    assert names(browser.get("/manage/").text) == ["La mienne encore", "Mon brouillon", "La mienne la-mienne"]


@ON_SQLITE
def test_the_two_numbers_of_the_list_are_called_what_they_are(browser: Reader, alice: Organiser) -> None:
    letter = make_letter(alice, first="Noé Petit", published=False)
    accept(make_invited(letter))
    page = re.sub(r"<[^>]+>|\s+", " ", browser.get("/manage/?lang=en").text)
    assert "First signatories" not in page  # of whom there are two
    assert re.search(r"Confirmed signatures +Signatures attested by the organisers .* Draft +1 +1\b", page)


def test_the_desk_tells_the_numbers(browser: Reader, alice: Organiser) -> None:
    letter = make_letter(alice, first="Léa Martin, maire (Nantes)\nNoé Petit", slug="rues")
    for confirmed in (True, True, True, False, False):
        make_signature(letter, confirmed=confirmed)
    make_message()
    text = re.sub(r"<[^>]+>|\s+", " ", browser.get(f"/manage/letters/{letter.id}").text)
    assert re.search(r"Signatures confirmées\s+3\b", text)
    assert re.search(r"Attestées par les organisateurs\s+2\b", text)
    assert re.search(r"confirmation\s+2\b", text) or re.search(r"confirmer\s+2\b", text)
    assert "http://localhost/letters/rues" in text


@ON_SQLITE
def test_an_organiser_without_letters_is_told_how_to_get_one(browser: Reader) -> None:
    page = browser.get("/manage/?lang=en").text
    assert "You have no letters yet" in page
    assert 'href="/manage/letters/new?lang=en"' in page and 'href="/manage/letters/paste?lang=en"' in page


@ON_SQLITE
def test_letters_stand_under_their_team_with_my_role_when_there_are_several(browser: Reader, alice: Organiser) -> None:
    make_letter(alice, title="La mienne")
    assert "<h2>" not in browser.get("/manage/").text
    theirs = make_letter(make_organiser(name="Rues aux enfants"), title="La leur")
    with write() as session:
        session.add(Membership(team_id=theirs.team_id, organiser_id=alice.id, role=Role.VIEWER))
    page = re.sub(r"<[^>]+>|\s+", " ", browser.get("/manage/?lang=en").text.replace("<h2>", "=="))
    _, mine, others = page.split("==")
    assert "Owner" in mine and "La mienne" in mine and "La leur" not in mine
    assert "Rues aux enfants" in others and "Viewer" in others and "La leur" in others
