"""What somebody hears who does not see the pages, over the URL map: as an owner of a letter in French opens them."""

import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from xml.etree.ElementTree import Element

import html5lib
import pytest
from flask import Flask

from tests.addresses import NAMES, address, rules
from tests.databases import ON_SQLITE
from tests.factories import make_letter, make_organiser, owner_of
from tests.objects import full_letter
from tests.page import Reader
from tribune.demo.people import fill
from tribune.signatures.queries import PAGE

FILES = {"manage_invitations.mail_html", "manage_exports.press_html"}  # a mail, and a file
# What an owner gets no page from: redirects of whoever is logged in or has chosen nothing, and links of others.
REFUSED = {
    "abuse.ask": 204,
    "doctor_views.metrics": 404,
    "teams.join": 403,
    "organisers.new_account": 410,
    **dict.fromkeys(
        [
            "organisers.log_in", "organisers.prove", "manage_pasting.begin_again", "manage_moderation.new_batch",
            "manage_people.undo_correction", "manage_people.line", "manage_adding.begin_again",
            "manage_organisations.merge", "manage_organisations.under_way", "manage_importing.begin_again",
        ],
        303,
    ),
}  # fmt: skip
TYPED = re.compile("Pour des rues|Un chapô|Un paragraphe|Un ajout|Une rue|Un collectif|ouvrière|Une coquille")
# Where no element stands around the words: these, sentences of the log, notices made from Markdown.
UNMARKED = {"title", "option", "script"}
NOTICES = {"notices.letter_privacy", "manage_notices.records"}

TEMPLATES = Path(__file__).parent.parent / "templates"

Pages = dict[str, Element]


@pytest.fixture(scope="module")
def read() -> Pages:
    """The pages, once they were read: to make them all takes seconds, and each test looks at them alone."""
    return {}


@pytest.fixture
def pages(app: Flask, client: Reader, read: Pages) -> Pages:
    """Each page of the site in English, by its endpoint."""
    if read:
        return read
    app.config["ADMINISTRATORS"] = ["alice@example.org"]
    app.config["OPERATOR_CONTACT"] = "alice@example.org"
    owner = make_organiser(email="alice@example.org")
    letter = full_letter(owner)
    client.log_in(owner)
    refused = {}
    for rule in rules(app, NAMES[0] | NAMES[1]):
        if "GET" in (rule.methods or set()) and rule.endpoint not in FILES:
            answer = client.get(f"{address(app, rule, letter)}?lang=en")
            if answer.status_code == 200 and answer.mimetype == "text/html":
                read[rule.endpoint] = html5lib.parse(answer.text, namespaceHTMLElements=False)
            elif answer.status_code != 200:
                refused[rule.endpoint] = answer.status_code
    assert refused == REFUSED
    assert len(read) > 60
    return read


def said(element: Element) -> str:
    return " ".join("".join(element.itertext()).split())


def foreign(element: Element, language: str) -> Iterator[str]:
    """Words of the letter that would be read as words of the site are."""
    if element.tag in UNMARKED or "said" in element.get("class", "").split():
        return
    language = element.get("lang", language)
    for words in (element.text, element.get("alt"), *(below.tail for below in element)):
        if words and language != "fr" and TYPED.search(words):
            yield f"{element.tag}: {words.strip()[:60]}"
    for below in element:
        yield from foreign(below, language)


@ON_SQLITE
def test_words_of_a_letter_are_read_in_its_language(pages: Pages) -> None:
    found = {endpoint: list(foreign(page, "en")) for endpoint, page in pages.items() if endpoint not in NOTICES}
    assert {endpoint: words for endpoint, words in found.items() if words} == {}


def translated(element: Element) -> Iterator[str]:
    """Lines, and what holds some, that a browser which translates the page would not leave alone."""
    if element.get("translate") == "no":
        return
    if {"line", "as-line", "signatories", "sheet"} & {*element.get("class", "").split()}:
        yield said(element)
    for below in element:
        yield from translated(below)


@ON_SQLITE
def test_a_browser_that_translates_leaves_lines_alone(pages: Pages) -> None:
    found = {endpoint: list(translated(page)) for endpoint, page in pages.items()}
    assert {endpoint: lines for endpoint, lines in found.items() if lines} == {}
    assert len([one for page in pages.values() for one in page.iter() if one.get("translate") == "no"]) > 20
    called = [one for row in pages["manage_invitations.board"].iter("th") for one in row if one.get("lang")]
    assert called and all(line.get("translate") == "no" for line in called)


@ON_SQLITE
def test_links_of_one_name_lead_to_one_place(pages: Pages) -> None:
    for endpoint, page in pages.items():
        places = defaultdict(set)
        for link in page.iter("a"):
            places[said(link), link.get("aria-describedby")].add(link.get("href"))
        assert {name: there for name, there in places.items() if len(there) > 1} == {}, endpoint


@ON_SQLITE
def test_no_name_of_a_link_is_a_bare_number(pages: Pages) -> None:
    for endpoint, page in pages.items():
        assert [said(link) for link in page.iter("a") if said(link).isdecimal()] == [], endpoint


@ON_SQLITE
def test_every_table_has_a_caption(pages: Pages) -> None:
    tables = [(endpoint, table) for endpoint, page in pages.items() for table in page.iter("table")]
    assert len(tables) > 8
    for endpoint, table in tables:
        caption = table.find("caption")
        assert caption is not None and said(caption), endpoint


@ON_SQLITE
def test_a_picture_is_one_with_what_stands_under_it(pages: Pages) -> None:
    """As the French criteria have it (RGAA 4.1, 1.9): figure and caption have one name."""
    figures = [one for page in pages.values() for one in page.iter("figure") if one.find("img") is not None]
    assert len(figures) > 2
    for figure in figures:
        caption = figure.find("figcaption")
        assert caption is not None
        assert (figure.get("role"), figure.get("aria-label")) == ("figure", said(caption))


@ON_SQLITE
def test_no_two_regions_of_a_page_have_one_name(pages: Pages) -> None:
    for endpoint, page in pages.items():
        regions = [one for one in page.iter() if one.tag in {"section", "nav", "aside"} or one.get("role") == "region"]
        names = [one.get("aria-label") or one.get("aria-labelledby") for one in regions]
        named = [name for name in names if name]
        assert sorted(set(named)) == sorted(named), endpoint


@ON_SQLITE
def test_a_form_of_which_something_is_optional_says_that_the_rest_is_needed(pages: Pages) -> None:
    for endpoint, page in pages.items():
        for form in page.iter("form"):
            classes = {name for one in form.iter() for name in one.get("class", "").split()}
            needed = any("aria-required" in one.attrib for one in form.iter())
            assert not needed or "optional" not in classes or "needed" in classes, endpoint


@ON_SQLITE
def test_a_form_whose_fields_are_needed_says_of_each_box_that_it_is_not(pages: Pages) -> None:
    asked = set()
    for endpoint, page in pages.items():
        for form in page.iter("form"):
            if any("needed" in one.get("class", "").split() for one in form.iter()):
                labels = {one.get("for"): said(one) for one in form.iter("label")}
                for box in (one for one in form.iter("input") if one.get("type") == "checkbox"):
                    asked.add(box.get("name"))
                    assert ("(optional)" in labels[box.get("id")]) is ("aria-required" not in box.attrib), endpoint
    assert {"publish", "news", "agreed"} <= asked


@ON_SQLITE
def test_what_a_browser_knows_of_its_owner_it_may_fill_in(pages: Pages) -> None:
    asked = set()
    for endpoint, page in pages.items():
        fields = {one.get("id"): one for one in page.iter("input")}
        for label in page.iter("label"):
            if said(label).startswith(("Your name", "Your email")):
                asked.add(endpoint)
                assert fields[label.get("for")].get("autocomplete") in {"name", "email"}, endpoint
    assert len(asked) > 1


@ON_SQLITE
def test_the_title_of_a_list_that_was_searched_says_what_for_and_how_many_were_found(
    app: Flask, client: Reader
) -> None:
    letter = make_letter(slug="rues", first="Léa Martin, maire")
    client.log_in(owner_of(letter))
    public, table = "/letters/rues/signatories", f"/manage/letters/{letter.id}/signatures"
    for path in (public, table):
        assert "<title>Signat" in client.get(f"{path}?lang=en").text
    for path, q, found in (
        (public, "maire", "1 signatory found"),
        (public, "poète", "0 signatories found"),
        (table, "maire", "1 signature"),
        (table, "poète", "0 signatures"),
    ):
        assert f"<title>{found} – “{q}” – Signat" in client.get(f"{path}?lang=en&q={q}").text, (path, q)


@ON_SQLITE
def test_the_title_of_a_further_page_says_so(client: Reader) -> None:
    list(fill(letter := make_letter(slug="rues"), PAGE + 1))
    page = client.get("/letters/rues/signatories?lang=en").text
    [after] = re.findall(r'rel="next" href="([^"]+)"', page)
    assert "<title>Signatories – " in page
    assert "<title>Signatories (continued) – " in client.get(after.replace("&amp;", "&")).text
    client.log_in(owner_of(letter))
    wrong = client.get(f"/manage/letters/{letter.id}/log?after=x&lang=en")
    assert wrong.status_code == 400 and "continued" not in wrong.text


@ON_SQLITE
def test_the_title_of_a_page_names_the_letter_or_the_team_it_is_about(pages: Pages) -> None:
    abouts = 0
    for endpoint, page in pages.items():
        for about in (one for one in page.iter("p") if one.get("class") == "about"):
            if re.search(r"/letters/|/teams/\d", about[0].get("href", "/letters/")):
                abouts += 1
                assert said(about[0]) in said(next(page.iter("title"))), endpoint
    assert abouts > 40


@ON_SQLITE
def test_nothing_is_called_wrong_before_it_is_sent(pages: Pages) -> None:
    """What is `required` and empty is invalid, and so is its form; Firefox has both read out, whatever ARIA says."""
    needed = 0
    for endpoint, page in pages.items():
        for field in page.iter():
            needed += field.get("aria-required") == "true"
            assert "required" not in field.attrib, f"{endpoint}: {field.get('id')}"
            assert "aria-invalid" not in field.attrib, f"{endpoint}: {field.get('id')}"
    assert needed > 20


@ON_SQLITE
def test_a_choice_is_required_as_a_whole(pages: Pages) -> None:
    [role] = (one for one in pages["manage_teams.invite"].iter("fieldset"))
    assert (role.get("role"), role.get("aria-required")) == ("radiogroup", "true")


def test_what_was_refused_has_the_focus() -> None:
    written = "".join(path.read_text() for path in TEMPLATES.rglob("*.html"))
    alerts = re.findall(r'<[^>]*role="alert"[^>]*>', written)
    assert len(alerts) > 12
    for tag in alerts:
        assert 'tabindex="-1"' in tag and "autofocus" in tag, tag


def test_what_was_done_can_have_the_focus() -> None:
    written = "".join(path.read_text() for path in TEMPLATES.rglob("*.html"))
    told = re.findall(r'<[^>]*class="notice"[^>]*role="status"[^>]*>', written)
    assert len(told) > 5 and [tag for tag in told if 'tabindex="-1"' not in tag and "hidden" not in tag] == []


def test_every_form_leaves_the_fragment_of_the_address() -> None:
    """Where there is one, as #main of the skip link, browsers give the focus to nothing else."""
    forms = re.findall(
        r'<form[^>]*method="post"[^>]*>', "".join(path.read_text() for path in TEMPLATES.rglob("*.html"))
    )
    assert len(forms) > 50 and [form for form in forms if "action=" not in form] == []


@ON_SQLITE
def test_lists_drawn_without_marks_say_that_they_are_lists(pages: Pages) -> None:
    lists = [one for page in pages.values() for one in page.iter() if one.tag in {"ul", "ol"}]
    unmarked = [one for one in lists if one.get("class") in {"signatories", "letters", "order"}]
    assert len(unmarked) > 6 and {one.get("role") for one in unmarked} == {"list"}


@ON_SQLITE
def test_no_two_buttons_of_a_page_have_one_name(pages: Pages) -> None:
    for endpoint, page in pages.items():
        if endpoint == "manage_teams.team":
            continue  # here one address was invited many times
        by_id = {one.get("id"): one for one in page.iter()}
        names = [
            " ".join(said(by_id[name]) for name in one.get("aria-labelledby", "").split()) or said(one)
            for one in page.iter("button")
            if one.get("aria-hidden") is None
        ]
        assert sorted(set(names)) == sorted(names), endpoint
