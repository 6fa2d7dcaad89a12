"""What was understood is shown with its doubts, and corrected before anything is kept."""

import re

import sqlalchemy as sa

from tests.databases import ON_SQLITE
from tests.factories import everything, invitations_of, make_letter
from tests.invitations.adding_form import review
from tests.page import Reader
from tests.pasting.form import (
    PAGE,
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
from tribune.database import db
from tribune.invitations.lines import printed as proposed
from tribune.organisers.models import Organiser
from tribune.signatures.models import Signature

pytestmark = ON_SQLITE


def test_what_is_doubted_stands_on_top_in_words_and_leads_to_its_row(client: Reader, organiser: Organiser) -> None:
    answer = paste(client, PAGE, locale="fr")
    top, rest = answer.text.split("<form class=", 1)
    [anchor] = re.findall(r'<a href="#(person-\d+)">30Laure Drevillon</a>', top)
    row = rest[rest.index(f'id="{anchor}"') :].split("</fieldset>")[0]
    assert 'value="30Laure"' in row and 'class="doubt"' in row  # marked with words, not only with a colour
    assert row.count('autocorrect="off"') == 2 and 'autocapitalize="none"' in row  # for who corrects it on a telephone
    assert row.count('autocomplete="off"') == 5  # nor does a browser propose whoever types


def test_who_has_lost_their_name_is_led_to_by_their_line_until_it_is_typed(
    client: Reader, organiser: Organiser
) -> None:
    page = filled_in(paste(client, SHORT + "30Laure Drevillon\nZoé Évrard, maire\n").text)
    for field in ("given_name", "family_name"):
        change(page, field, 0, "")
    for act, status in (("look", 200), ("keep", 422)):
        answer = send(client, page, act)
        assert answer.status_code == status and '<a href="#person-0">Ligne 1</a>' in answer.text
    assert '<a href="#family_name-0">Ligne 1 (nom)' in answer.text


def test_what_was_left_out_of_the_page_and_who_was_nobody_is_shown(client: Reader, organiser: Organiser) -> None:
    answer = paste(client, SHORT + "Zoé Évrard, maire\net 200 autres\n\nLire sur Mediapart\n\nLaisser un commentaire")
    page = filled_in(answer.text)
    assert page["left_out"].splitlines() == ["Signataires :", "Lire sur Mediapart", "Laisser un commentaire"]
    assert "<q>et 200 autres</q>" in answer.text and page.getlist("family_name") == ["Évrard"]


def test_a_page_without_a_title_gets_one_to_correct(client: Reader, organiser: Organiser) -> None:
    answer = paste(client, "Nous voulons jouer dehors. Et vite.\n\nSignataires :\nZoé Évrard\n")
    page = filled_in(answer.text)
    assert page["title"] == "Nous voulons jouer dehors" and '<a href="#title">' in answer.text
    send(client, page, attested="y", title="Rendez-nous la rue")
    assert the_letter().version.title == "Rendez-nous la rue" and the_letter().slug == "rendez-nous-la-rue"


def test_people_are_joined_on_a_line_and_parted_by_its_number(client: Reader, organiser: Organiser) -> None:
    page = filled_in(paste(client, SHORT + "Ana Ba et Léo Cid, éditeurs (Le Port)\nZoé Day\nMia Eon", locale="fr").text)
    change(page, "line", 1, "9")
    change(page, "line", 3, "2")
    answer = send(client, page, "look")
    assert answer.status_code == 200
    assert re.findall(r'class="as-read" translate="no"[^>]*>([^<]+)<', answer.text) == [
        "Ana Ba, éditeurs (Le Port)",
        "Zoé Day et Mia Eon",
        "Zoé Day et Mia Eon",
        "Léo Cid, éditeurs (Le Port)",
    ]
    send(client, filled_in(answer.text), attested="y")
    assert printed(the_letter()) == ["Ana Ba, éditeurs (Le Port)", "Zoé Day et Mia Eon", "Léo Cid, éditeurs (Le Port)"]


def test_a_line_that_hundreds_share_stands_cut_above_each_of_them(client: Reader, organiser: Organiser) -> None:
    page = filled_in(paste(client, SHORT + "Ana Ba", locale="fr").text)
    for field in ("line", "given_name", "family_name", "role", "organisation", "printed", "was", "reasons"):
        page.setlist(field, page.getlist(field) * 400)
    above = re.findall(r'class="as-read"[^>]*>([^<]+)<', send(client, page, "look").text)
    assert len(above) == 400 and all(line.startswith("Ana Ba, Ana Ba, ") and len(line) <= 1000 for line in above)


def test_people_set_apart_on_one_row_stand_on_a_line_each_and_are_moved_alone(
    client: Reader, organiser: Organiser
) -> None:
    people = "Zoé Day, députée ; Léo Cid, maire ; Mia Eon, députée"
    page = filled_in(paste(client, f"{SHORT}{people}\nVoltaire", locale="fr").text)
    assert page.getlist("line") == ["1", "2", "3", "4"] and page.getlist("reasons") == ["", "", "", "one_word_name"]
    send(client, page, attested="y")
    assert printed(the_letter()) == ["Zoé Day, députée", "Léo Cid, maire", "Mia Eon, députée", "Voltaire"]
    query = sa.select(Signature.position).order_by(Signature.id)
    assert db.session.scalars(query).all() == [1, 2, 3, 4]


def test_a_line_stays_as_printed_until_its_role_or_organisation_is_edited(client: Reader, organiser: Organiser) -> None:
    page = filled_in(paste(client, SHORT + "Bruno Humbert, Président de la Ruche\nPaul Duan, Fondateur de Bayes").text)
    change(page, "family_name", 0, "Humbertin")
    change(page, "role", 1, "Président")
    send(client, page, attested="y")
    assert printed(the_letter()) == ["Bruno Humbertin, Président de la Ruche", "Paul Duan, Président (Bayes)"]
    kept = db.session.scalars(sa.select(Signature).order_by(Signature.position)).all()
    assert [s.affiliation for s in kept] == ["Président de la Ruche", None]
    assert [(s.origin, s.status, s.published) for s in kept] == [("attested", "attested", True)] * 2


def test_somebody_is_added_and_an_added_row_left_empty_is_nobody(client: Reader, organiser: Organiser) -> None:
    page = filled_in(paste(client, SHORT + "Zoé Évrard, maire").text)
    page = filled_in(send(client, page, "add").text)
    assert page.getlist("line") == ["1", "2"]
    change(page, "family_name", 1, "Voltaire")
    page = filled_in(send(client, page, "add").text)
    send(client, page, attested="y")
    assert printed(the_letter()) == ["Zoé Évrard, maire", "Voltaire"]


WRONG = {
    "family_name": ("", "Enter the family name"),
    "given_name": ("x" * 101, "100"),
    "role": ("x" * 201, "200"),
    "organisation": ("Le\u202ePort", "printed"),
    "line": ("first", "number of the printed line"),
}


def test_what_is_wrong_is_said_on_the_same_page_and_nothing_typed_is_lost(client: Reader, organiser: Organiser) -> None:
    page = filled_in(paste(client, SHORT + "Zoé Évrard, maire de Lille\nAna Ba").text)
    before = everything()
    for field, (value, said) in WRONG.items():
        wrong = page.copy()
        change(wrong, field, 0, value)
        answer = send(client, wrong, attested="y", title="Un autre titre", lang="en")
        assert answer.status_code == 422 and said in words(answer), field
        assert f'href="#{field}-0"' in answer.text and f'id="{field}-0"' in answer.text
        again = filled_in(answer.text)
        assert again["title"] == "Un autre titre" and "attested" in again
        assert again.getlist(field)[0] == value or field == "line"
    for typed, said in (
        ({"title": ""}, "Enter a title"),
        ({"text": " "}, "Enter the text"),
        ({"text": "x" * 65537}, "64 kB"),
        ({"outlet": "x" * 101}, "100"),
        ({"outlet_url": "javascript:alert(1)"}, "https://"),
        ({"outlet_url": "http://["}, "https://"),
        ({"outlet": "", "outlet_url": "https://example.org/a"}, "Say above who prints it"),
        ({"printed_on": "hier"}, "Enter a day"),
        ({"locale": "xx"}, ""),
        (
            {"attested": []},
            "Tick this: nobody’s name is put under a letter without their being asked. Or keep the text alone",
        ),
    ):
        answer = send(client, page, **{"attested": "y", "lang": "en", **typed})
        assert answer.status_code == 422 and said in words(answer), typed
        assert filled_in(answer.text).getlist("family_name") == ["Évrard", "Ba"]
    assert everything() == before


def test_nobody_is_kept_or_invited_with_words_that_their_own_form_refuses(client: Reader, organiser: Organiser) -> None:
    towers = "maire de Li" + "\u0302" * 6 + "lle"
    printed_alone = f"fondatrice de www.example.org {'x' * 200}"  # too long for a role: kept as it was printed
    for listed, field, said in (
        ("Zoé paris.fr, maire", "family_name", "web addresses"),
        ("Zoé Évrard 06 12 34 56 78, maire", "family_name", "telephone numbers"),
        (f"Zoé Évrard, {towers}", "role", "cannot be kept"),
        (f"Zoé Évrard, {printed_alone}", "role", "What was printed after the name"),
    ):
        page = filled_in(paste(client, f"{SHORT}Ana Ba, autrice\n{listed}").text)
        before = everything()
        answer = send(client, page, attested="y", lang="en")
        assert answer.status_code == 422 and said in words(answer), listed
        assert f'href="#{field}-1"' in answer.text and everything() == before
        letter = make_letter(organiser, published=False)
        answer = review(client, letter, page, "text")
        answer = review(client, letter, filled_in(answer.text), "keep", lang="en")
        assert answer.status_code == 422 and said in words(answer) and not invitations_of(letter), listed


def test_the_text_is_kept_alone_to_invite_those_who_have_not_said_yes(client: Reader, organiser: Organiser) -> None:
    page = filled_in(
        paste(client, SHORT + "Zoé Évrard, maire\nAna Ba et Léa Vu, cofondatrices de Rues\nPaul Duan").text
    )
    change(page, "given_name", row_of(page, "Ba"), "Anna")
    change(page, "role", row_of(page, "Évrard"), "ancienne maire")
    page["leave_out"] = str(row_of(page, "Duan"))
    sent = {**page.to_dict(flat=False), "act": "text"}
    answer, letter = client.post(REVIEW, data=sent), the_letter()
    assert answer.status_code == 307  # a browser sends its form on
    kept = client.post(answer.location, data=sent)
    assert letter.version.text == "Nous voulons jouer dehors." and printed(letter) == []
    assert "Le texte est gardé comme brouillon, mais pas encore ses signataires" in words(kept)
    assert "Rien de cette page n’est encore gardé" in words(kept)  # unlike the text
    assert 'href="#keep"' in kept.text and 'id="keep"' in kept.text  # the button is far below
    people = filled_in(kept.text)  # as they were corrected, for the organiser to add the addresses
    change(people, "email", row_of(people, "Ba"), "anna@example.org")
    assert review(client, letter, people, "keep").location == f"/manage/letters/{letter.id}/invitations"
    invited = [(one.rank, proposed(letter, one).text, one.email) for one in invitations_of(letter)]
    assert invited == [
        (1, "Zoé Évrard, ancienne maire", None),
        (2, "Anna Ba, cofondatrices de Rues", "anna@example.org"),
        (2, "Léa Vu, cofondatrices de Rues", None),
    ]


def test_a_text_whose_people_are_all_left_out_is_kept_as_any_draft(client: Reader, organiser: Organiser) -> None:
    page = filled_in(paste(client, SHORT + "Zoé Évrard, maire").text)
    assert send(client, page, "text", leave_out="0").location == f"/manage/letters/{the_letter().id}/publish"
