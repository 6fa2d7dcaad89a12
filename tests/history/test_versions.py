"""The public history: every text that was signed, as it was, and when and why it was changed."""

import re
from datetime import UTC, datetime

import time_machine
from flask import Flask

from tests.databases import ON_SQLITE
from tests.factories import make_correction, make_invited, make_letter, make_signature
from tests.invitations.answers import accept
from tests.page import Reader
from tribune.database import write
from tribune.letters.actions import revise
from tribune.letters.life import publish
from tribune.letters.models import Letter

PATH = "/letters/rues/versions"


def corrected(**given: object) -> Letter:
    """A letter whose text was corrected twice."""
    letter = make_letter(slug="rues", title="Des rues", text="Un *premier* texte.", **given)
    make_correction(letter, text="Un second texte.", reason="Une coquille d'accord.")
    make_correction(letter, text="Un troisième texte.", title="Nos rues", reason="Le titre.")
    return letter


def test_each_version_is_listed_with_its_reason_the_latest_first(client: Reader) -> None:
    corrected()
    page = client.get(PATH).text
    assert re.findall(r'href="/letters/rues/versions/(\d)"', page) == ["3", "2", "1"]
    assert page.index("Le titre.") < page.index("Une coquille d’accord.")
    assert re.findall(r'href="/letters/rues/versions/(\d)/changes"', page) == ["3", "2"]


@ON_SQLITE
def test_a_change_of_substance_is_told_as_such(client: Reader) -> None:
    letter = corrected()
    make_signature(letter)
    make_correction(letter, substance=True)
    said = "A change of substance: those who had signed before have to say whether they sign this text."
    assert client.get(f"{PATH}?lang=en").text.count(said) == 1
    assert said in client.get(f"{PATH}/4/changes?lang=en").text
    assert said not in client.get(f"{PATH}/3/changes?lang=en").text


@ON_SQLITE
def test_each_version_reads_as_it_was(client: Reader) -> None:
    letter = corrected()
    first, last = client.get(f"{PATH}/1?lang=en"), client.get(f"{PATH}/3?lang=en")
    assert "<em>premier</em>" in first.text and "Des rues</h1>" in first.text and "Version 1 of 3" in first.text
    assert "The text from" in first.text and 'href="/letters/rues?lang=en"' in first.text
    assert "Nos rues</h1>" in last.text and "The text today" in last.text
    make_correction(letter, text="Un quatrième.", title="Encore")
    assert "<em>premier</em>" in client.get(f"{PATH}/1").text


@ON_SQLITE
def test_a_letter_that_never_changed_has_one_version(client: Reader) -> None:
    make_letter(slug="rues")
    assert "/changes" not in client.get(PATH).text
    assert client.get(f"{PATH}/1").status_code == 200
    assert "/versions" not in client.get("/letters/rues").text


@ON_SQLITE
def test_the_letter_says_that_it_was_corrected_and_leads_to_the_change_or_to_all_of_them(client: Reader) -> None:
    letter = make_letter(slug="rues")
    make_correction(letter)
    page = client.get("/letters/rues?lang=en").text
    assert "Text changed on" in page and 'href="/letters/rues/versions/2/changes?lang=en"' in page
    make_correction(letter, text="Un second texte.")  # a comma hides nothing of what was changed before it
    assert 'href="/letters/rues/versions?lang=en"' in client.get("/letters/rues?lang=en").text


@ON_SQLITE
def test_what_is_no_version_is_not_found(client: Reader) -> None:
    corrected()
    for path in ("/0", "/4", "/x", "/-1", f"/{2**63}", f"/{2**63 - 1}", "/1/changes", "/0/changes", "/4/changes"):
        assert client.get(PATH + path).status_code == 404, path


@ON_SQLITE
def test_search_engines_leave_out_the_history_of_a_letter_they_leave_out(client: Reader) -> None:
    letter = corrected()
    for noindex in (False, True):
        with write():
            letter.noindex = noindex
        for path in ("", "/1", "/2/changes"):
            assert ('content="noindex"' in client.get(PATH + path).text) is noindex


@ON_SQLITE
def test_a_script_in_a_version_is_text(client: Reader) -> None:
    script = "<script>alert(1)</script>"
    letter = make_letter(slug="rues", text=script, title=script)
    make_correction(letter, text=f"{script} [x](javascript:alert(1))", title=f"{script} !", reason=script)
    for path in ("", "/1", "/2", "/2/changes"):
        page = client.get(PATH + path).text
        assert "<script>" not in page and 'href="javascript:' not in page and "&lt;script&gt;" in page


@ON_SQLITE
def test_who_signed_an_old_text_stays_under_it(app: Flask) -> None:
    letter = make_letter()
    signature = make_signature(letter)
    make_correction(letter)
    assert (signature.letter_version, letter.version_number) == (1, 2)


def test_words_that_were_replaced_under_embargo_are_told_by_when_they_were_signed(client: Reader) -> None:
    letter = make_letter(slug="rues", published=False)
    with time_machine.travel(datetime(2026, 11, 18, 12, tzinfo=UTC)):
        accept(make_invited(letter))
    with time_machine.travel(datetime(2026, 11, 20, 12, tzinfo=UTC)):
        revise(letter, by=None, title="Nos rues", text="Un second texte.", reason="Une coquille.")
    with time_machine.travel(datetime(2026, 11, 24, 12, tzinfo=UTC)):
        publish(letter)
        assert "The text from <time" in client.get(f"{PATH}/1?lang=en").text
        days = [re.findall(r'datetime="([\d-]+)"', client.get(f"{PATH}{path}").text) for path in ("/1", "/2", "")]
    assert days == [["2026-11-18", "2026-11-20"], ["2026-11-20"], ["2026-11-20", "2026-11-18"]]


def test_a_text_is_dated_by_its_words_not_by_a_first_draft_of_them(client: Reader) -> None:
    with time_machine.travel(datetime(2026, 11, 20, 12, tzinfo=UTC)):
        letter = make_letter(slug="rues", published=False)
        accept(make_invited(letter))
    for day, text in ((23, "Deux."), (25, "Un autre."), (27, "Un autre.")):  # the last time nothing is changed
        with time_machine.travel(datetime(2026, 11, day, 12, tzinfo=UTC)):
            revise(letter, by=None, title="Nos rues", text=text, reason="Une coquille.")
    with time_machine.travel(datetime(2026, 11, 28, 12, tzinfo=UTC)):
        publish(letter)
        assert letter.version_number == 2
        assert re.findall(r'datetime="([\d-]+)"', client.get(PATH).text) == ["2026-11-25", "2026-11-20"]
        assert 'datetime="2026-11-25"' in client.get("/letters/rues").text.partition("Texte modifié le")[2]


def test_a_first_text_that_nobody_signed_is_dated_by_its_publication(client: Reader) -> None:
    with time_machine.travel(datetime(2026, 11, 20, 12, tzinfo=UTC)):
        letter = make_letter(slug="rues")
    with time_machine.travel(datetime(2026, 11, 23, 12, tzinfo=UTC)):
        revise(letter, by=None, title="Nos rues", text="Un autre.")
        assert re.findall(r'datetime="([\d-]+)"', client.get(PATH).text) == ["2026-11-20"]


@ON_SQLITE
def test_no_version_is_said_to_be_signed_that_nobody_may_have_signed(client: Reader) -> None:
    corrected()
    for path in ("/1", "/2", "/3"):
        assert "igned" not in client.get(f"{PATH}{path}?lang=en").text.partition("<main")[2].partition("<article")[0]
