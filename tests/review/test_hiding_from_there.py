"""Who looks over the flagged signatures hides those that are no names from the same page."""

import pytest

from tests.databases import ON_SQLITE
from tests.factories import make_letter, make_signature, owner_of
from tests.page import Reader, words
from tribune.signatures.models import Flag

pytestmark = ON_SQLITE


@pytest.mark.parametrize("ticked", [[], [1]], ids=["nobody", "one of two"])
def test_those_ticked_lead_to_the_page_that_hides_them(client: Reader, ticked: list[int]) -> None:
    letter = make_letter()
    people = [
        make_signature(letter, given_name=name, family_name="Mouse", flags=[Flag(letter_id=letter.id, kind="joke")])
        for name in ("Minnie", "Mickey")
    ]
    client.log_in(owner_of(letter))
    page = f"/manage/letters/{letter.id}/review?kind=joke"
    assert "Masquer celles que j’ai cochées…" in client.get(page).text
    form = {**client.fields(page), "id": [people[place].id for place in ticked], "hide": "1"}
    there = client.post(f"/manage/letters/{letter.id}/review/clear", data=form).location or ""
    answer = client.get(there)
    shown = client.get(answer.location or there).text  # with nobody ticked, back to the table
    if ticked:
        assert "Masquer 1 signature" in words(shown) and "Mickey" in shown and "Minnie" not in shown
    else:
        assert "Cochez d’abord des signatures, puis" in shown
    assert not any(person.hidden_at for person in people)
