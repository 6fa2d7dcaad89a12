"""The language asked for by `?lang=` stays from page to page, proved over the URL map; what is shared has none."""

import re
from collections.abc import Iterator
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from werkzeug.routing import Rule

from tests.addresses import NAMES, address, rules
from tests.databases import ON_SQLITE
from tests.factories import confirm_path, make_invited, make_letter, make_picture, make_signature, owner_of
from tests.organisers.door import KNOWN
from tests.page import Reader
from tribune.database import write
from tribune.exports import press
from tribune.i18n import LANGUAGES, preferred_language
from tribune.invitations import words
from tribune.letters.models import Letter
from tribune.organisers.links import log_in_link
from tribune.reading import languages
from tribune.signatures import lines

LED_TO = re.compile(r'<(?:a|form|button)\b[^>]*\b(?:href|action|formaction)="(/[^"]*)"')
TO_SHARE = re.compile(r'<a (?:class="share" )?href="([^"]*)">http://')
OTHER = re.compile(r'<a href="([^"]*)" lang="(\w+)" hreflang="\2">')


@pytest.fixture
def letter(app: Flask) -> Letter:
    letter = make_letter(slug="rues", first="Léa Martin, maire", public_file=True)
    make_invited(letter)
    make_signature(letter, organisation="Mairie")
    make_signature(letter, organisation="MAIRIE")
    return letter


def pages(app: Flask, client: Reader, letter: Letter, method: str) -> Iterator[tuple[Rule, str]]:
    """Each address of the site as it answers this method in English, where that is a page."""
    client.log_in(owner_of(letter))
    for rule in rules(app, NAMES[0] | NAMES[1]):
        if method in (rule.methods or set()) and rule.endpoint != "organisers.log_out":
            answer = client.open(f"{address(app, rule, letter)}?lang=en", method=method)
            assert answer.status_code < 500, f"{method} {rule}"
            if answer.mimetype == "text/html" and answer.status_code not in {204, 303}:
                yield rule, answer.text


@ON_SQLITE
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_and_file_of_a_letter_is_there_in_each_language(
    app: Flask, client: Reader, letter: Letter, language: str
) -> None:
    with write():
        letter.locale = language
    client.log_in(owner_of(letter))
    read = [rule for rule in rules(app, NAMES[0] | NAMES[1]) if "GET" in (rule.methods or set())]
    found = {str(rule): client.get(f"{address(app, rule, letter)}?lang={language}") for rule in read}
    assert [f"{rule} in {LANGUAGES[language]}" for rule, answer in found.items() if answer.status_code >= 500] == []


@ON_SQLITE
def test_every_link_and_every_form_of_a_page_leads_on_in_its_language(
    app: Flask, client: Reader, letter: Letter
) -> None:
    seen = 0
    for rule, page in pages(app, client, letter, "GET"):
        if rule.endpoint in {"manage_invitations.mail_html", "manage_exports.press_html"}:
            continue  # a mail, and a file
        others, shared = dict(OTHER.findall(page)), TO_SHARE.findall(page)
        asked = {code: parse_qs(urlsplit(unescape(path)).query)["lang"] for path, code in others.items()}
        assert asked == {code: [code] for code in LANGUAGES if code != "en"}, rule
        for path in LED_TO.findall(page):
            if path not in {*others, *shared}:
                assert parse_qs(urlsplit(unescape(path)).query).get("lang") == ["en"], f"{path} on {rule}"
        for form in re.findall(r'<form\b[^>]*method="get".*?</form>', page, re.DOTALL):
            assert '<input type="hidden" name="lang" value="en">' in form, rule
        seen += 1
    assert seen >= 50


@ON_SQLITE
def test_the_link_to_another_language_leads_to_the_page_that_bears_it(
    app: Flask, client: Reader, letter: Letter
) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    seen = 0
    for rule, page in pages(app, client, letter, "POST"):
        for path, _code in OTHER.findall(page):
            answer = client.get(unescape(path))
            assert answer.status_code != 405 and answer.mimetype == "text/html", rule
        seen += 1
    assert seen >= 20


@ON_SQLITE
def test_the_link_to_another_language_keeps_all_that_was_ticked(client: Reader, letter: Letter) -> None:
    others = OTHER.findall(client.get("/letters/rues/signatories?q=a&q=b&lang=en").text)
    assert ("/letters/rues/signatories?q=a&amp;q=b&amp;lang=fr", "fr") in others


@ON_SQLITE
def test_a_button_leads_on_in_the_language_of_its_page(client: Reader, letter: Letter) -> None:
    client.log_in(owner_of(letter))
    page = f"/manage/letters/{letter.id}/close?lang=en"
    assert client.post(page, data=client.fields(page)).location == page


@ON_SQLITE
def test_whom_the_door_knows_does_not_hang_on_a_language(client: Reader, letter: Letter) -> None:
    link = f"{urlsplit(log_in_link(owner_of(letter)).url()).path}?lang=en"
    assert client.post(link, data=client.fields(link)).location == "/manage/?lang=en"
    assert client.get_cookie(KNOWN, path="/organisers/log-in")


@ON_SQLITE
def test_an_address_to_hand_on_and_what_a_page_fetches_ask_for_no_language(client: Reader, letter: Letter) -> None:
    make_picture(letter, owner_of(letter))
    client.log_in(owner_of(letter))
    signed = confirm_path(make_signature(letter))
    for page in (client.get(f"{path}?lang=en").text for path in (signed, f"/manage/letters/{letter.id}")):
        assert TO_SHARE.findall(page) == ["/letters/rues"]
    page = client.get("/letters/rues?lang=en").text
    assert 'data-suggestions="/letters/rues/organisations.json"' in page
    fetched = re.findall(r'<(?:link|script|img)\b[^>]* (?:href|src)="([^"]*)"', page)
    assert len(fetched) >= 5 and not any("lang=" in path for path in fetched)


def test_a_letter_of_each_language_has_its_words() -> None:
    tables = [it for module in (press, words, lines, languages) for it in vars(module).values() if isinstance(it, dict)]
    by_language = [table for table in tables if "fr" in table]
    assert len(by_language) >= 8 and [table for table in by_language if table.keys() != LANGUAGES.keys()] == []


def test_the_french_of_a_region_is_french_before_any_english() -> None:
    for accepted, language in {
        "fr-BE, en;q=0.5": "fr",
        "en-GB,fr;q=0.9": "en",
        "en;q=0.1,FR-CH;q=0.2": "fr",
        "de-CH, en_US;q=0.5": "en",
        "en;q=0, de": "fr",
        "*": "fr",
        "": "fr",
    }.items():
        assert preferred_language(accepted) == language, accepted
