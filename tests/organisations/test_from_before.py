"""Pages and addresses from before a merge: a button pressed again, a link that was shared."""

import re
from urllib.parse import urlencode

import pytest

from tests.factories import make_letter, make_signature, owner_of
from tests.organisations.conftest import THREE
from tests.organisations.test_spellings import KEYS, lines
from tests.page import Reader, hidden_fields
from tribune.letters.models import Letter
from tribune.organisations import actions
from tribune.organisations.queries import merges_of


@pytest.mark.parametrize("keys", [["cnrs", "c n r s"], ["inserm"]])
def test_a_button_pressed_twice_merges_once_and_says_so(client: Reader, letter: Letter, keys: list[str]) -> None:
    client.log_in(owner_of(letter))
    make_signature(make_letter(), organisation="CNRS")
    page = f"/manage/letters/{letter.id}/organisations"
    data = {**client.fields(f"{page}/merge?{urlencode({'key': keys}, doseq=True)}"), "key": keys, "into": "CNRS"}
    said = []
    for _press in range(2):
        answer = client.post(f"{page}/merge?lang=en", data=data)
        assert (answer.status_code, answer.location) == (303, f"{page}?lang=en")
        said += re.findall(r"\d lines are now printed with [^<]*", client.get(f"{page}?lang=en").text)
    assert said == ["3 lines are now printed with “CNRS”."] * 2 and len(merges_of(letter)) == 1


def test_an_address_that_names_a_spelling_finds_its_people_once_it_is_merged(client: Reader, letter: Letter) -> None:
    shared = f"?{urlencode({'organisation': THREE[2]})}"
    assert len(lines(client, shared)) == 1
    actions.merge(letter, KEYS, "CNRS", owner_of(letter))
    assert lines(client, shared) == lines(client, "?organisation=CNRS") == ["Zoé Évrard (CNRS)"] * 4
    actions.merge(letter, ["cnrs"], "Le CNRS", owner_of(letter))
    for query in (shared, "?organisation=cnrs", "?organisation=Le+CNRS"):
        assert lines(client, query) == ["Zoé Évrard (Le CNRS)"] * 4
    assert lines(client, "?organisation=Inserm") == ["Zoé Évrard (Inserm)"]


def test_undo_pressed_on_an_old_page_leaves_what_a_colleague_merged_since(client: Reader, letter: Letter) -> None:
    owner = owner_of(letter)
    actions.merge(letter, ["inserm"], "Institut", owner)
    client.log_in(owner)
    page = f"/manage/letters/{letter.id}/organisations"
    shown = dict(hidden_fields(client.get(page).text.partition('id="merged"')[2]))
    actions.merge(letter, ["inserm"], "L’Institut", owner)
    for left, said in (
        (["Zoé Évrard (L’Institut)"], "merged with another in the meantime"),
        ([], "already been undone"),
    ):
        assert client.post(f"{page}/undo?lang=en", data=shown).status_code == 303
        assert said in client.get(f"{page}?lang=en").text and lines(client, "?organisation=L’Institut") == left
        actions.undo(letter, "inserm", owner)


def test_a_spelling_with_a_soft_hyphen_from_before_they_were_dropped_is_asked_for_and_its_merge_undone(
    client: Reader, letter: Letter
) -> None:
    owner, stored = owner_of(letter), "Ins\u00adtitut"
    actions.merge(letter, ["inserm"], stored, owner)
    client.log_in(owner)
    page, link = f"/manage/letters/{letter.id}/organisations", f"?{urlencode({'organisation': stored})}"
    assert lines(client, link) == [f"Zoé Évrard ({stored})"]
    client.post(f"{page}/undo", data=dict(hidden_fields(client.get(page).text.partition('id="merged"')[2])))
    assert merges_of(letter) == [] and lines(client, "?organisation=Inserm") == ["Zoé Évrard (Inserm)"]
