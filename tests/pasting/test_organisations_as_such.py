"""A pasted organisation that signs as such stays one while it is looked over, or is made a person."""

import re

import pytest

from tests.databases import ON_SQLITE
from tests.page import Reader
from tests.pasting.form import SHORT, change, filled_in, paste, printed, send, the_letter, words
from tribune.organisers.models import Organiser

pytestmark = ON_SQLITE

LINE = "Emmaüs Connect, par la voix de Marie Cohen, directrice"
PASTED = "Bruno Humbert, Président de la Ruche\nEmmaüs Connect, représentée par Marie Cohen, directrice\n"


def test_it_is_shown_and_kept_in_the_one_form_whatever_the_page_said(client: Reader, organiser: Organiser) -> None:
    answer = paste(client, SHORT + PASTED, locale="fr")
    assert re.findall(r'class="as-read"[^>]*>([^<]+)<', answer.text)[1] == LINE
    send(client, filled_in(answer.text), attested="y")
    assert printed(the_letter()) == ["Bruno Humbert, Président de la Ruche", LINE]


@pytest.mark.parametrize(
    ("ticked", "kept"),
    [
        ("1", ["Bruno Humbert, Président de la Ruche", LINE]),
        ("", ["Bruno Humbert, Président de la Ruche", "Marie Cohen, directrice (Emmaüs Connect)"]),
        ("0", ["la Ruche, par la voix de Bruno Humbert, Président", "Marie Cohen, directrice (Emmaüs Connect)"]),
    ],
)
def test_who_signs_as_an_organisation_is_ticked(
    client: Reader, organiser: Organiser, ticked: str, kept: list[str]
) -> None:
    page = filled_in(paste(client, SHORT + PASTED, locale="fr").text)
    assert page.getlist("as_organisation") == ["1"]
    page.setlist("as_organisation", [ticked])
    send(client, page, attested="y")
    assert printed(the_letter()) == kept


def test_an_organisation_without_a_name_does_not_sign(client: Reader, organiser: Organiser) -> None:
    page = filled_in(paste(client, SHORT + PASTED, locale="fr").text)
    change(page, "organisation", 1, "")
    answer = send(client, page, attested="y", lang="en")
    assert answer.status_code == 422 and 'href="#organisation-1"' in answer.text
    assert "Enter the organisation that signs." in words(answer)
