"""The bar of a letter: wherever one is among its pages, one tab says so."""

import re

from flask import Flask

from tests.databases import ON_SQLITE
from tests.factories import make_letter, owner_of
from tests.objects import OBJECTS
from tests.page import Reader

pytestmark = ON_SQLITE

OF_NO_TAB = {"manage_teams.transfer"}  # one comes to it from the page of the team


def test_each_page_of_a_letter_marks_the_tab_that_it_belongs_to(app: Flask, client: Reader) -> None:
    letter = make_letter(published=True, first="Léa Martin, autrice")
    owner = owner_of(letter)
    client.log_in(owner)
    seen, unmarked = 0, []
    for rule in app.url_map.iter_rules():
        if "letter_id" not in rule.arguments or "GET" not in (rule.methods or ()):
            continue
        made = {name: OBJECTS[name](letter, owner) for name in rule.arguments}
        page = client.get(app.url_map.bind("localhost").build(rule.endpoint, made))
        if page.mimetype != "text/html":
            continue
        bar = re.search(r'<nav class="letter-nav".*?</nav>', page.text, re.DOTALL)
        if bar:
            seen += 1
            if bar[0].count("aria-current") != (rule.endpoint not in OF_NO_TAB):
                unmarked.append(rule.endpoint)
    assert unmarked == [] and seen > 30


def test_the_mark_says_whether_one_is_on_the_page_itself_or_below_it(client: Reader) -> None:
    letter = make_letter()
    client.log_in(owner_of(letter))
    files = f"/manage/letters/{letter.id}/files"
    assert f'href="{files}" aria-current="page"' in client.get(files).text
    assert f'href="{files}" aria-current="true"' in client.get(f"/manage/letters/{letter.id}/press").text
