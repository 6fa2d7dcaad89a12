"""What an organiser finds when they are in: their own letters, and the table of signatures of each."""

import re
from html import unescape

import pytest

from tests.databases import ON_SQLITE
from tests.factories import make_invited, make_letter, make_message, make_organiser, make_signature
from tests.invitations.answers import accept
from tests.page import Reader
from tribune.database import write
from tribune.letters import listing
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


@ON_SQLITE
def test_many_letters_come_in_pages_and_are_found_by_words_of_their_titles(
    browser: Reader, alice: Organiser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "PAGE", 2)
    made = [make_letter(alice, title="Des rues"), make_letter(alice, title="Écoles ouvertes")]
    team = f"/manage/teams/{made[0].team_id}"
    for path in ("/manage/", team):
        page = browser.get(path).text
        assert "<search>" not in page and 'class="pages"' not in page
    made += [make_letter(alice, title="L’école d’été"), make_letter(alice, title="Des rues", slug="encore")]
    theirs = make_letter(make_organiser(name="Rues aux enfants"), title="Des rues à elles")
    with write() as session:
        session.add(Membership(team_id=theirs.team_id, organiser_id=alice.id, role=Role.VIEWER))
    first = browser.get("/manage/").text
    assert names(first) == ["Des rues encore", "Des rues à elles"]  # under their teams
    there = re.findall('data-there="(.*?)"', first)  # of all pages, but for those of a viewer
    assert there == [" ".join(str(letter.id) for letter in reversed(made))]
    second = browser.get(f"/manage/?after={made[3].id}").text
    assert f'rel="next" href="/manage/?after={made[3].id}"' in first and "Rues aux enfants" not in second
    assert names(second) == ["L’école d’été", "Écoles ouvertes"]  # and no team is said to have none
    last = browser.get(f"/manage/?after={made[1].id}").text
    assert names(last) == ["Des rues des-rues"] and "Première page" in last and "Page suivante" not in last
    found = browser.get("/manage/?q=ECOLE+").text
    assert names(found) == ["L’école d’été", "Écoles ouvertes"]
    assert "<title>2 tribunes trouvées – «\u00a0ECOLE\u00a0»" in found
    assert f'href="/manage/?q=rues&amp;after={made[3].id}"' in browser.get("/manage/?q=rues").text
    assert "Aucune tribune ne correspond" in browser.get("/manage/?q=place").text
    assert browser.get("/manage/?q=place&after=x").status_code == browser.get("/manage/?after=x").status_code == 400
    beyond = browser.get("/manage/?after=1").text  # those that were there are gone
    assert "Première page" in beyond and "Aucune tribune" not in beyond
    assert names(browser.get("/manage/?q=?!").text) == names(first)
    page = browser.get(team).text
    assert f'href="{team}?after={made[2].id}#letters"' in page and page.count("Transférer") == 2
    page = browser.get(f"{team}?q=ouverte").text
    assert "Écoles ouvertes" in page and page.count("Transférer") == 1 and f'action="{team}#letters"' in page
