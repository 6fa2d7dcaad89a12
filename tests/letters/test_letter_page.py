"""The page of a letter: what a reader sees of it, and how it may be kept."""

import re
from datetime import date, timedelta
from html import unescape

import pytest
import sqlalchemy as sa
import time_machine

from tests.databases import ON_SQLITE
from tests.factories import make_correction, make_letter, make_signature
from tests.page import Reader, listed
from tribune.database import db, now
from tribune.demo.people import fill
from tribune.letters import queries
from tribune.letters.models import Letter

PATH = "/letters/rues"


def words(html: str) -> str:
    """The page with ordinary spaces, as a reader's eye takes it."""
    return html.replace("\u00a0", " ").replace("\u202f", " ")


@ON_SQLITE
def test_a_reader_sees_the_letter_and_who_carries_it(client: Reader) -> None:
    make_letter(
        slug="rues",
        title="Rendez-nous la rue !",
        standfirst="Un collectif le demande : jouons.",
        text="## Jouer\n\nUn *premier* paragraphe.\n\nUn second.",
        authors="Léa Martin",
        addressee="Madame la maire",
        controller="Les Amis du quartier",
        outlet="Mediapart",
        outlet_url="https://example.org/tribune",
        printed_on=date(2018, 1, 1),
    )
    page = client.get(PATH).text
    assert "Rendez-nous la rue\u202f!" in page  # typeset
    for seen in ("jouons.", "<h2>Jouer</h2>", "<em>premier</em>", "Un second.", "Léa Martin", "Madame la maire"):
        assert seen in page
    assert '<meta name="author" content="Léa Martin">' in page  # where a browser shows the text alone
    assert '<section class="body" lang="fr">' in page  # or its standfirst and its names would be left out there
    assert "Les Amis du quartier" in page
    assert 'href="https://example.org/tribune"' in page and "Mediapart" in page
    assert "1er janvier 2018" in words(page).replace("<sup>er</sup>", "er")


@ON_SQLITE
def test_an_address_to_write_to_addresses_nobody_else(client: Reader) -> None:
    make_letter(slug="rues", controller="Les Amis du quartier", contact="nous?bcc=autre@example.org")
    assert '<a href="mailto:nous%3Fbcc%3Dautre@example.org">nous?bcc=autre@example.org</a>' in client.get(PATH).text


@ON_SQLITE
def test_the_numbers_are_written_as_a_french_reader_expects(client: Reader) -> None:
    letter = make_letter(slug="rues", first="Léa Martin\nBruno Humbert")
    letter.confirmed_count = 1203
    db.session.commit()
    page = words(client.get(PATH).text)
    assert "1 203 signatures confirmées" in page and "2 attestées par les organisateurs" in page
    assert "1,203 confirmed signatures" in client.get(PATH + "?lang=en").text
    front = client.get("/?lang=en").text  # the front page says no less
    assert "1,203 confirmed signatures and 2 attested by the organisers" in front
    letter.goal = 5000
    db.session.commit()
    page = " ".join(words(client.get(PATH).text).split())
    assert '2 attestées par les organisateurs</span>, <span class="goal">sur 5 000 espérées' in page


@ON_SQLITE
def test_no_letter_begins_with_a_zero_and_none_adds_up_who_confirmed_and_who_is_attested(client: Reader) -> None:
    letter = make_letter(slug="rues", goal=500)
    for attested, confirmed, closed, said in (
        (0, 0, None, "No confirmed signature yet"),
        (0, 0, now(), "0 confirmed signatures"),
        (1, 0, None, "1 signature attested by the organisers"),
        (45, 0, now(), "45 signatures attested by the organisers"),
        (45, 1, None, "1 confirmed signature and 45 attested by the organisers"),
    ):
        letter.attested_count, letter.confirmed_count, letter.closed_at = attested, confirmed, closed
        db.session.commit()
        pages = [client.get(path + "?lang=en").text for path in (PATH, f"{PATH}/signatories")]
        hoped = "of 500 hoped for" if confirmed else "500 hoped for here"  # who is attested is no part of the goal
        for page in pages:
            [count] = re.findall(r'<p class="count".*?</p>', page, re.DOTALL)
            assert " ".join(re.sub("<[^>]+>", "", count).split()) == f"{said}, {hoped}"
        assert f"<span>{said}</span>" in client.get("/?lang=en").text
        told = client.get(f"{PATH}/count.json?lang=en").json
        assert told and told["words"] + told["also"] == said


def test_the_page_shows_all_first_signatories_and_only_the_latest_of_the_others(client: Reader) -> None:
    letter = make_letter(slug="rues", first="Léa Martin et Zoé Roux, maires\nBruno Humbert")
    list(fill(letter, 50))
    last = make_signature(letter, given_name="Toute", family_name="Dernière")
    lines = listed(client.get(PATH).text)
    assert lines[:3] == ["Léa Martin et Zoé Roux, maires", "Bruno Humbert", f"{last.given_name} {last.family_name}"]
    assert len(lines) == 2 + 20


def test_the_front_page_leads_on_to_the_letters_before(client: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "ON_THE_FRONT_PAGE", 2)
    moment = now() - timedelta(days=1)
    for number in range(5):  # three of one moment, and one that nobody sees yet
        make_letter(slug=f"rue-{number}", published_at=moment + timedelta(days=2 if number == 4 else -(number == 0)))
    make_letter(slug="draft", published=False)
    read, page = [], client.get("/?lang=en&after=draft").text  # which tells of it nothing
    assert client.get("/?lang=en&after=rue-4").text == page.replace("after=draft", "after=rue-4")
    while "Next page" in page:
        read.append(re.findall(r"/letters/(rue-\d)", page))
        page = client.get(unescape(re.findall(r'rel="next" href="([^"]+)"', page)[0])).text
    read.append(re.findall(r"/letters/(rue-\d)", page))
    assert read == [["rue-3", "rue-2"], ["rue-1", "rue-0"]] and "First page" in page


@ON_SQLITE
def test_the_first_words_are_cut_at_no_tag(client: Reader) -> None:
    for length in (1900, 1950, 1980, 2100):
        text = f"Lisez [le rapport](https://example.org/{'a' * length}), puis signez."
        make_letter(slug=f"rues-{length}", standfirst="", text=text)
        page = client.get(f"/letters/rues-{length}").text
        description = re.findall(r'<meta name="description" content="([^"]*)">', page)
        assert description in (["Lisez le rapport"], ["Lisez le rapport, puis signez."]), length


SAID = {
    "un": ("Un chapô !", "Du texte.", "Un chapô\u202f!"),
    "deux": ("", "## Nos *rues*\n\nLe 1er mai &\nici.\n\n- a", "Nos rues Le 1er mai &amp; ici. a"),
    "trois": ("", "mot " * 60, "mot " * 48 + "mot…"),
    "quatre": ("mot " * 60, "", "mot " * 48 + "mot…"),
}


@ON_SQLITE
def test_who_shares_the_page_is_shown_its_standfirst_or_its_first_words(client: Reader) -> None:
    for slug, (standfirst, text, said) in SAID.items():
        make_letter(slug=slug, standfirst=standfirst, text=text)
        page = client.get(f"/letters/{slug}").text
        assert f'<meta name="description" content="{said}">' in page, slug
        assert f'<meta property="og:description" content="{said}">' in page, slug


@ON_SQLITE
def test_programs_that_cite_or_keep_the_page_read_when_it_was_published_and_changed(client: Reader) -> None:
    published, changed = now().replace(2026, 6, 1, 4, 0, 0, 0), now().replace(2026, 6, 9, 16, 30, 0, 0)
    letter = make_letter(slug="rues", published_at=published)
    with time_machine.travel(published - timedelta(days=1), tick=False):
        make_correction(letter)  # as where some had agreed to the words before
    page = client.get(PATH).text
    assert '"article:published_time" content="2026-06-01T04:00:00+00:00"' in page
    assert "article:modified_time" not in page
    with time_machine.travel(changed, tick=False):
        make_correction(letter)
    assert '"article:modified_time" content="2026-06-09T16:30:00+00:00"' in client.get(PATH).text


@ON_SQLITE
def test_the_form_is_on_the_page_while_the_letter_is_open(client: Reader) -> None:
    letter = make_letter(slug="rues")
    assert 'action="/letters/rues/sign"' in client.get(PATH).text
    letter.closed_at = letter.published_at
    db.session.commit()
    page = client.get(PATH)
    assert page.status_code == 200 and 'action="/letters/rues/sign"' not in page.text
    assert ">Cette tribune est close</h2>" in page.text and ">signatures closes<" in client.get("/").text


@ON_SQLITE
def test_the_form_on_the_page_can_be_sent(client: Reader) -> None:
    make_letter(slug="rues")
    typed = {"given_name": "Zoé", "family_name": "Évrard", "email": "zoe@example.org"}
    assert client.post(f"{PATH}/sign", data={**client.fields(PATH), **typed}).status_code == 303


@ON_SQLITE
def test_the_page_speaks_the_readers_language_and_the_letter_keeps_its_own(client: Reader) -> None:
    make_letter(slug="rues", title="Jouer !")
    english = client.get(PATH, headers={"Accept-Language": "en-GB, de"}).text
    assert '<html lang="en"' in english and "Sign this letter" in english and 'lang="fr"' in english
    assert "Jouer\u202f!" in english
    assert '<html lang="fr"' in client.get(PATH, headers={"Accept-Language": "de"}).text


SCRIPT = "<script>alert(1)</script>"


@ON_SQLITE
def test_a_script_in_a_letter_is_text(client: Reader) -> None:
    make_letter(
        slug="rues",
        title=SCRIPT,
        standfirst=SCRIPT,
        text=f"{SCRIPT}\n\n[x](javascript:alert(1)) <img src=x onerror=alert(1)>",
        authors=SCRIPT,
        addressee=SCRIPT,
        controller=SCRIPT,
        outlet=SCRIPT,
        first=f"Léa Martin, maire {SCRIPT}",
    )
    for path in ("/", PATH, f"{PATH}/sign", f"{PATH}/signatories", f"{PATH}/check-inbox"):
        page = client.get(path).text
        assert "<script>" not in page and "<img" not in page and 'href="javascript:' not in page
    assert "&lt;script&gt;" in client.get(PATH).text


@ON_SQLITE
def test_a_letter_of_another_site_is_not_reached_by_the_links_of_the_page(client: Reader) -> None:
    make_letter(slug="rues")
    for query in ("endpoint=x", "_scheme=javascript&_external=1", "_method=POST", "slug=autre", "_anchor=x"):
        page = client.get(f"{PATH}?{query}")
        assert page.status_code == 200
        assert f'href="{PATH}?{query.replace("&", "&amp;")}&amp;lang=en"' in page.text
        assert "javascript:" not in page.text


def test_a_slug_is_looked_up_and_nothing_else(client: Reader) -> None:
    make_letter(slug="rues")
    for slug in ("inconnue", "rues%20%25", "%25", "rues'--", "%00", "é" * 300, "9223372036854775808", "%ED%A0%80"):
        assert client.get(f"/letters/{slug}").status_code in {400, 404}
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Letter)) == 1


@ON_SQLITE
@pytest.mark.parametrize("typed", ["Rues", "RUES", "rues.", "Rues),", "rues%20", "rues\u00a0»", "rues\u202f!", "rues…"])
def test_an_address_typed_or_copied_from_a_newspaper_leads_to_the_letter(client: Reader, typed: str) -> None:
    make_letter(slug="rues")
    answer = client.get(f"/letters/{typed}?lang=en")
    assert (answer.status_code, answer.location) == (302, f"{PATH}?lang=en")
    make_letter(slug="secrete", published=False)
    assert client.get("/letters/Secrete").status_code == 404


@ON_SQLITE
def test_nobody_is_told_to_be_the_first_where_people_signed_without_their_name(client: Reader) -> None:
    letter = make_letter(slug="rues")
    assert "Soyez la première personne" in client.get("/letters/rues").text
    make_signature(letter, published=False)
    assert "Soyez la première personne" not in client.get("/letters/rues").text


@ON_SQLITE
def test_the_bar_says_no_number_before_anybody_has_confirmed(client: Reader) -> None:
    letter = make_letter(slug="rues", first="Léa Martin")
    for signed, said in ((0, ""), (1, "1 signature confirmée")):
        assert f'<div class="bar">\n      <span data-count="short">{said}</span>' in client.get(PATH).text
        assert client.get(f"{PATH}/count.json").json["short"] == said  # type: ignore[index]
        if not signed:
            make_signature(letter)
