"""What readers see of a list whose organisers show initials only, or the first signatories only."""

import re

import pytest
from flask import Flask

from tests.databases import ON_SQLITE
from tests.factories import confirm_path, everything, latest_signature, make_letter, make_signature, posted
from tests.page import Reader, hidden_fields, listed
from tests.plans import plans
from tribune.abuse.switches import PAUSED, turn_on
from tribune.database import now, write
from tribune.letters import queries
from tribune.letters.models import Letter
from tribune.signatures.table import line_writer
from tribune.signatures.wordings import WORDINGS

PATH = "/letters/rues/sign"
FIRST = "Léa Martin, maire (Nantes)"


def letter_with(public_list: str) -> Letter:
    letter = make_letter(slug="rues", first=FIRST, public_list=public_list)
    affiliation = {"role": "éditrice", "organisation": "Le Port", "capacity": "organisation"}
    make_signature(letter, given_name="Zoé", family_name="Évrard", **affiliation)
    make_signature(letter, given_name="jean-pierre", family_name="d’Été", published=False)
    return letter


def show(letter: Letter, public_list: str) -> None:
    """As its organisers save it."""
    with write():
        letter.public_list = public_list
        letter.revision += 1


def is_ticked(html: str) -> bool:
    """Whether the box stands there that has the line shown, and is ticked."""
    return re.search(r'<input checked [^>]*name="publish"', html) is not None


@ON_SQLITE
def test_initials_say_nothing_else_anywhere(client: Reader) -> None:
    letter_with("initials")
    page = client.get("/letters/rues/signatories").text
    assert listed(page) == [FIRST, "Z. É."] and "order=surname" not in page and "signatories.csv" not in page
    for path in ("", "/signatories", "/signatories?order=surname", "/signatories?q=evrard", "/sign"):
        page = client.get(f"/letters/rues{path}").text
        assert not [word for word in ("Évrard", "éditrice", "Le Port", "au nom de l’organisation") if word in page]
    assert client.get("/letters/rues/signatories.csv").status_code == 404


def test_initials_are_found_by_no_search(client: Reader) -> None:
    letter_with("initials")
    said = "ne trouve que les premiers signataires"  # else who looks for themselves reads that they are not there
    for query in ("?q=evrard", "?q=zoe", "?organisation=Le+Port", "?q=editrice"):
        page = client.get(f"/letters/rues/signatories{query}").text
        assert listed(page) == [] and said in page, query
    assert listed(client.get("/letters/rues/signatories?q=martin").text) == [FIRST]
    assert said not in client.get("/letters/rues/signatories").text


def test_initials_stand_in_the_order_in_which_people_signed(client: Reader) -> None:
    letter = letter_with("initials")
    make_signature(letter, given_name="Ana", family_name="Abel")
    page = client.get("/letters/rues/signatories?order=surname").text
    assert listed(page) == [FIRST, "A. A.", "Z. É."]
    assert "Signataires par nom de famille" not in page and "<h3>A</h3>" not in page


@ON_SQLITE
def test_who_signs_is_shown_what_will_be_printed(client: Reader) -> None:
    letter = letter_with("initials")
    assert "data-initials" in client.get("/letters/rues/sign").text
    client.sign("rues", family_name="Durand")
    assert "Z. D." in (posted()[-1].text or "") and "Zoé Durand" not in (posted()[-1].text or "")
    signature = latest_signature()
    assert signature.wording == WORDINGS["initials"]
    assert "Z. D." in client.get(confirm_path(signature)).text
    assert line_writer(letter)(signature) == "Z. D."


@ON_SQLITE
@pytest.mark.parametrize("public_list", ["yes", "initials"])
def test_no_line_is_called_printed_before_its_box_is_ticked(client: Reader, public_list: str) -> None:
    letter_with(public_list)
    assert "telle qu’elle paraîtra si vous l’affichez</span>" in client.get("/letters/rues").text


@ON_SQLITE
def test_a_list_that_shows_nobody_says_so_and_offers_no_search(client: Reader) -> None:
    make_signature(make_letter(slug="rues", public_list="no"))
    page = client.get("/letters/rues/signatories?lang=en").text
    assert "do not show who signed" in page and "Nobody is listed yet" not in page and 'type="search"' not in page


@ON_SQLITE
def test_a_list_without_names_offers_to_sign_and_nothing_to_search_or_take_away(client: Reader) -> None:
    letter = make_letter(slug="rues", public_file=True)
    page = client.get("/letters/rues/signatories?lang=en").text
    assert "Nobody is listed yet." in page and ">Sign this letter</a>" in page
    assert 'type="search"' not in page and 'aria-label="Order"' not in page and "signatories.csv" not in page
    with write():
        letter.closed_at = now()
    page = client.get("/letters/rues/signatories?lang=en").text
    assert "Nobody is listed." in page and "Sign this letter" not in page
    make_signature(letter)
    page = client.get("/letters/rues/signatories?lang=en").text
    assert 'type="search"' in page and 'aria-label="Order"' in page and "signatories.csv" in page


@ON_SQLITE
def test_a_list_of_first_signatories_shows_no_other_and_asks_nobody_to_be_shown(client: Reader) -> None:
    letter_with("no")
    assert listed(client.get("/letters/rues/signatories").text) == [FIRST]
    assert listed(client.get("/letters/rues/signatories?q=evrard").text) == []
    page = client.get("/letters/rues").text
    assert "Évrard" not in page and 'name="publish"' not in page
    assert "votre nom ne sera pas affiché" in page and "telle qu’elle paraîtra" not in page
    assert client.get("/letters/rues/signatories.csv").status_code == 404
    client.sign("rues", publish="y")
    signature = latest_signature()
    assert (signature.published, signature.wording) == (False, WORDINGS["no"])


@ON_SQLITE
@pytest.mark.parametrize(("before", "after"), [("initials", "yes"), ("yes", "initials"), ("yes", "no"), ("no", "yes")])
@pytest.mark.parametrize("lately", [0, 3600])  # seconds for which the letter may be looked at as it was
def test_nobody_agrees_to_a_sentence_they_did_not_see(
    client: Reader, monkeypatch: pytest.MonkeyPatch, before: str, after: str, lately: int
) -> None:
    monkeypatch.setattr(queries, "LATELY", lately)
    letter = make_letter(slug="rues", public_list=before)
    client.sign("rues", email="first@example.org")
    form = {**client.fields(PATH), "given_name": "Zoé", "family_name": "Évrard", "email": "zoe@example.org"}
    show(letter, after)
    rows = everything()
    answer = client.post(PATH + "?lang=en", data={**form, "publish": "y"})
    assert answer.status_code == 422 and everything() == rows
    assert "This form has changed since you opened it" in answer.text and 'value="Évrard"' in answer.text
    assert not is_ticked(answer.text)  # nobody agreed to this one
    fresh = dict(hidden_fields(answer.text))
    assert client.post(PATH, data={**form, "wording": fresh["wording"]}).status_code == 303
    assert (latest_signature().wording, latest_signature().published) == (WORDINGS[after], False)


@ON_SQLITE
def test_while_they_are_asked_to_wait_no_box_stays_ticked_for_another_sentence(
    client: Reader,
) -> None:
    letter = make_letter(slug="rues", public_list="initials")
    form = {**client.fields(PATH), "publish": "y", "family_name": "Évrard"}
    show(letter, "yes")
    turn_on(PAUSED)
    answer = client.post(PATH, data=form)
    assert answer.status_code == 503 and 'value="Évrard"' in answer.text
    assert not is_ticked(answer.text)


def test_nobody_is_looked_for_whom_the_list_does_not_show(app: Flask) -> None:
    letter = letter_with("no")
    searches = ["/signatories?q=martin", "/signatories?organisation=Le+Port"]
    pages = [("no", page) for page in ("", "/signatories", "/signatories?order=surname", *searches)]
    for public_list, page in [*pages, *(("initials", page) for page in searches)]:
        show(letter, public_list)
        with plans() as found:
            text = app.test_client().get(f"/letters/rues{page}").text
        assert listed(text) == ([] if "organisation" in page else [FIRST])
        assert found and not [plan for plan in found if "position IS NULL" in plan.statement], (public_list, page)


@ON_SQLITE
@pytest.mark.parametrize("public_list", ["yes", "initials"])
def test_who_counts_the_lines_is_told_why_there_are_fewer_than_signatures(client: Reader, public_list: str) -> None:
    letter_with(public_list)
    page = client.get("/letters/rues/signatories?lang=en").text
    assert "2 confirmed signatures" in page and len(listed(page)) == 2  # one of them attested
    assert "Those who did not agree to be listed are counted all the same." in page


@ON_SQLITE
@pytest.mark.parametrize(("public_list", "told"), [("yes", True), ("initials", False), ("no", False)])
def test_who_looks_for_somebody_in_vain_is_told_that_they_may_be_counted(
    client: Reader, public_list: str, told: bool
) -> None:
    letter_with(public_list)
    page = client.get("/letters/rues/signatories?q=inconnue&lang=en").text
    assert "Nobody in this list matches your search." in page
    assert ("Those who did not agree to be listed are counted all the same." in page) is told


@ON_SQLITE
def test_an_ordinary_list_is_as_before(app: Flask, client: Reader) -> None:
    letter_with("yes")
    zoe = "Zoé Évrard, éditrice (Le Port) au nom de l’organisation"
    assert listed(client.get("/letters/rues/signatories").text) == [FIRST, zoe]
