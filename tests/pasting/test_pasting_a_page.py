"""A page is pasted whole, looked over, and kept as a draft with its first signatories."""

import io
import re

import sqlalchemy as sa
from werkzeug.test import TestResponse

from tests.databases import ON_SQLITE
from tests.page import Reader
from tests.pasting.form import (
    PAGE,
    PASTE,
    REVIEW,
    SHORT,
    change,
    filled_in,
    paste,
    printed,
    row_of,
    send,
    the_letter,
    words,
)
from tribune.audit.models import Event, Verb
from tribune.database import db
from tribune.demo.commands import TEXT
from tribune.letters.models import Letter
from tribune.organisers.models import Organiser
from tribune.pasting.understood import MOST_PEOPLE
from tribune.teams.queries import team_of


@ON_SQLITE
def test_the_authors_that_a_page_names_are_filled_in(client: Reader, organiser: Organiser) -> None:
    page = filled_in(paste(client, f"Par Zoé Évrard et Luc Da\n\n{PAGE}").text)
    assert page["authors"] == "Zoé Évrard et Luc Da"


@ON_SQLITE
def test_a_page_in_another_language_than_the_chosen_one_is_doubted(client: Reader, organiser: Organiser) -> None:
    english = "# Streets\n\nThe streets of the city are for us, and for that is this letter to those in charge of them."
    unclear = "# Las calles\n\nQueremos jugar en las calles, y que los coches se queden en casa."
    for page, chosen, right, name in ((PAGE, "en", "fr", "Français"), (english, "fr", "en", "English")):
        link = f'<a href="#locale">{name}</a>'
        shown = paste(client, page, locale=chosen).text
        assert link in shown and filled_in(shown)["locale"] == chosen
        assert link not in paste(client, page, locale=right).text
    for page in (SHORT, unclear):
        assert "#locale" not in paste(client, page, locale="en").text


def test_a_printed_page_is_pasted_corrected_and_kept_with_its_list(client: Reader, organiser: Organiser) -> None:
    answer = paste(client, PAGE, locale="fr")
    assert answer.status_code == 200
    page = filled_in(answer.text)
    assert len(page.getlist("family_name")) == 45 and len(set(page.getlist("line"))) == 44
    assert page["title"] == "Pour un numérique habitable" and page["outlet"] == "Mediapart"
    assert db.session.scalars(sa.select(Letter)).all() == []  # nothing yet

    change(page, "given_name", row_of(page, "Drevillon"), "Laure")
    change(page, "line", row_of(page, "Stern"), "1000")
    change(page, "organisation", row_of(page, "Duan"), "Bayes")
    page.add("leave_out", str(row_of(page, "Dulin")))
    kept = send(client, page, attested="y", printed_on="2016-11-21", authors="La SocialGoodWeek")
    letter = the_letter()
    assert (kept.status_code, kept.location) == (303, f"/manage/letters/{letter.id}/publish")
    assert (letter.attested_count, letter.confirmed_count, letter.state) == (44, 0, "draft")
    assert (letter.outlet, letter.version.authors, letter.team_id) == (
        "Mediapart",
        "La SocialGoodWeek",
        team_of(organiser).id,
    )
    assert letter.printed_on and letter.printed_on.isoformat() == "2016-11-21"
    assert (letter.controller, letter.contact) == (organiser.name, organiser.email)  # as of a letter begun by its title
    assert (
        letter.version.standfirst.startswith("La SocialGoodWeek") and "## À qui profite le clic" in letter.version.text
    )
    expected = re.findall(r"^- (.+)$", TEXT.read_text("utf-8"), re.MULTILINE)
    assert printed(letter) == [
        line.replace("Fondateur de Bayes Impact", "Fondateur (Bayes)")
        for line in [*(line for line in expected if "Stern" not in line and "Dulin" not in line), expected[8]]
    ]


@ON_SQLITE
def test_the_asterisks_of_a_word_stay_in_the_text_and_in_the_title_proposed(
    client: Reader, organiser: Organiser
) -> None:
    page = filled_in(paste(client, "Les **agent*es** et les élu*es *signent*.").text)
    assert page["title"] == "Les agent*es et les élu*es signent"
    send(client, page)
    assert "Les <strong>agent*es</strong> et les élu*es <em>signent</em>." in the_letter().version.html


@ON_SQLITE
def test_a_letter_without_a_list_needs_no_word_about_it(client: Reader, organiser: Organiser) -> None:
    answer = paste(client, "# Les rues\n\nNous voulons jouer dehors.\n\nEt vite.")
    assert send(client, filled_in(answer.text)).status_code == 303
    assert the_letter().attested_count == 0


@ON_SQLITE
def test_a_file_is_read_as_what_is_pasted_is(client: Reader, organiser: Organiser) -> None:
    def sent(content: bytes, page: str = "") -> TestResponse:
        return paste(client, page, file=(io.BytesIO(content), "page.txt"), lang="en")

    for encoding in ("utf-8-sig", "cp1252", "utf-16"):  # as word processors save it
        page = filled_in(sent((SHORT + "Zoé Évrard, maire").encode(encoding)).text)
        assert (page["title"], page.getlist("family_name")) == ("Les rues", ["Évrard"]), encoding
    assert "UTF-8" in words(sent((SHORT + "Renée Évrard, maire").encode("mac_roman")))
    assert "select all, copy and paste here" in words(sent(b"\xff\xfe\x00"))
    assert sent(b"\xff\xfe\x00").status_code == 422
    for markup in (b"<!DOCTYPE html><title>Les rues</title>", rb"{\rtf1\ansi Les rues\par }"):
        assert "This is not a text file" in words(sent(markup)), markup
    assert "not both" in words(sent(b"x", "y"))


@ON_SQLITE
def test_five_hundred_people_in_any_alphabet_are_looked_over_and_kept(client: Reader, organiser: Organiser) -> None:
    person = "Иван Петрович Сидоров{}, профессор, Московский государственный университет"
    page = filled_in(paste(client, SHORT + "\n".join(person.format(n) for n in range(MOST_PEOPLE))).text)
    change(page, "family_name", 499, "Толстой")
    assert send(client, page, attested="y").status_code == 303
    assert the_letter().attested_count == MOST_PEOPLE
    assert printed(the_letter())[-1].startswith("Иван Петрович Толстой, профессор")
    more = page.copy()
    for name in ("line", "given_name", "family_name", "role", "organisation", "printed", "was", "reasons"):
        more.setlist(name, [*page.getlist(name), page.getlist(name)[0]])
    answer = send(client, more, attested="y", lang="en")
    assert answer.status_code == 422 and "more than 500 people" in words(answer)


def test_the_log_tells_of_the_import_and_of_those_attested(client: Reader, organiser: Organiser) -> None:
    send(client, filled_in(paste(client, SHORT + "Ana Ba\nLéo Cid").text), attested="y")
    events = db.session.scalars(sa.select(Event).where(Event.letter_id == the_letter().id).order_by(Event.id)).all()
    assert [(e.verb, e.organiser_id, e.subject, e.details) for e in events] == [
        (Verb.LETTER_IMPORTED, organiser.id, "Les rues", {}),
        (Verb.PEOPLE_ATTESTED, organiser.id, "Les rues", {"count": 2}),
    ]


@ON_SQLITE
def test_the_address_of_the_review_alone_leads_back_to_the_box(client: Reader, organiser: Organiser) -> None:
    assert client.get(REVIEW).location == PASTE
