"""The sign form: what it asks, what it refuses, and that nothing typed is lost."""

from collections.abc import Callable
from datetime import timedelta

import html5lib
import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from tests.databases import ON_SQLITE
from tests.factories import everything, latest_signature, make_letter
from tests.page import Reader
from tribune.database import db, now
from tribune.signatures.lines import line
from tribune.signatures.models import Signature

PATH = "/letters/rues/sign"
TYPED = {
    "given_name": "Zoé <3",
    "family_name": "d’Été",
    "email": "zoe@example.org",
    "role": "éditrice & co",
    "organisation": "Le Port",
    "capacity": "organisation",
    "publish": "y",
    "news": "y",
}


class Form:
    """The fields of a page, as a browser would send them, and the error beside each."""

    def __init__(self, html: str) -> None:
        tree = html5lib.parse(html, namespaceHTMLElements=False)
        by_id = {element.get("id"): element for element in tree.iter() if element.get("id")}
        self.typed: dict[str, str] = {}
        self.errors: dict[str, str] = {}
        self.required: set[str] = set()
        for field in tree.iter("input"):
            name, kind = field.get("name", ""), field.get("type")
            if kind not in {"radio", "checkbox"} or field.get("checked") is not None:
                self.typed[name] = field.get("value", "")
            if field.get("aria-required") is not None:
                self.required.add(name)
            if field.get("aria-invalid") == "true":
                beside = [by_id[name] for name in field.get("aria-describedby", "").split()]
                self.errors[name] = " ".join("".join(element.itertext()) for element in beside)


def kept(form: Form) -> dict[str, str]:
    return {name: form.typed.get(name, "") for name in TYPED}


@ON_SQLITE
def test_every_error_stands_beside_its_field(client: Reader) -> None:
    make_letter(slug="rues", asks_role="required", asks_organisation="required")
    answer = client.post(PATH, data=client.fields(PATH))
    errors = Form(answer.text).errors
    assert answer.status_code == 422
    assert "Indiquez votre prénom." in errors["given_name"]
    assert "Indiquez votre nom de famille." in errors["family_name"]
    assert "Indiquez votre adresse électronique." in errors["email"]
    assert "Indiquez votre fonction." in errors["role"]
    assert "Indiquez votre organisation." in errors["organisation"]


@ON_SQLITE
def test_a_required_field_cannot_be_blank(client: Reader) -> None:
    make_letter(slug="rues", asks_role="required", asks_organisation="required")
    before = everything()
    for name in ("given_name", "family_name", "email", "role", "organisation"):
        for blank in ("", "   ", "\u00a0\u2003\t"):
            answer = client.sign("rues", **{**TYPED, name: blank})
            assert answer.status_code == 422
            assert list(Form(answer.text).errors) == [name]
    assert everything() == before


@ON_SQLITE
def test_one_name_alone_is_taken_from_either_field_once_the_box_says_that_there_is_no_other(client: Reader) -> None:
    make_letter(slug="rues")
    assert 'name="one_name"' not in client.get(PATH).text
    for named, left_out in (("given_name", "family_name"), ("family_name", "given_name")):
        alone = {"email": f"{named}@example.org", named: "JR", left_out: ""}
        refused = client.sign("rues", **alone)
        said = "Indiquez votre prénom et votre nom, ou cochez la case ci-dessous si vous n’avez qu’un seul nom."
        assert refused.status_code == 422 and Form(refused.text).errors == {left_out: said}
        assert 'name="one_name"' in refused.text
        wrong = Form(client.sign("rues", **alone, one_name="y", role="x" * 201).text)
        assert list(wrong.errors) == ["role"] and wrong.typed["one_name"] == "y"
        assert client.sign("rues", **alone, one_name="y").status_code == 303
        signature = latest_signature()
        assert (signature.given_name, signature.family_name, line(signature).text) == ("", "JR", "JR")
    for dash in ("-", "–", "."):
        assert Form(client.sign("rues", given_name=dash, family_name="JR").text).errors == {"given_name": said}
    nobody = Form(client.sign("rues", given_name="", family_name="", one_name="y").text)
    assert "Indiquez votre nom de famille." in nobody.errors["family_name"]


WRONG = [
    ("given_name", "x" * 101),
    ("family_name", "x" * 101),
    ("role", "x" * 201),
    ("organisation", "x" * 201),
    ("email", "zoe"),
    ("email", "zoe@example"),
    ("email", "zoe@example.org, eve@example.org"),
    ("email", "x" * 250 + "@example.org"),
    ("given_name", "https://example.org"),
    ("role", "www.example.org"),
    ("organisation", "example.org/signez"),
    ("given_name", "Zo\u202eé"),
    ("given_name", "Zo\u061cé"),
    ("family_name", "\u3164"),
    ("family_name", "\u2800 \uffa0"),
    ("family_name", "\u034f"),  # joins letters that are none
    ("family_name", "\U0001d159"),  # a note without a head
    ("family_name", "\U0001d173\U0001bca0\U00013430"),  # controls of music, shorthand and hieroglyphs
    ("family_name", "\ufff0\U000e01f0"),  # of nothing yet
    ("given_name", "X" + "\u0301" * 4),
    ("given_name", "ก" + "\u0e47" * 6),  # Thai marks, which Unicode does not sort, make a tower as well
    ("given_name", "X" + "\u0489\u0301" * 3),
    ("organisation", "Le \U000e0050\U000e006fPort"),
]


@ON_SQLITE
def test_a_wrong_value_is_refused_and_everything_is_kept(client: Reader) -> None:
    make_letter(slug="rues")
    before = everything()
    for name, wrong in WRONG:
        answer = client.sign("rues", **{**TYPED, name: wrong})
        form = Form(answer.text)
        assert answer.status_code == 422 and list(form.errors) == [name]
        assert kept(form) == {**TYPED, name: wrong}
    assert everything() == before


@ON_SQLITE
def test_where_several_fields_are_wrong_in_one_way_the_summary_names_each(client: Reader) -> None:
    make_letter(slug="rues")

    def summary(**typed: str) -> list[str]:
        page = html5lib.parse(client.sign("rues", **typed).text, namespaceHTMLElements=False)
        return ["".join(link.itertext()) for link in page.findall(".//*[@id='errors']//a")]

    shorten = "Raccourcissez à 100 caractères au plus."
    assert summary(given_name="x" * 101) == [shorten]
    assert summary(given_name="x" * 101, family_name="x" * 101, email="") == [
        f"Prénom\u00a0: {shorten}",
        f"Nom\u00a0: {shorten}",
        "Indiquez votre adresse électronique.",
    ]


@ON_SQLITE
@pytest.mark.parametrize(
    ("word", "agrees"),
    [
        *((word, True) for word in ("y", "on", "1", "true", "yes")),
        *((word, False) for word in ("no", "0", "Off", "false", "")),
    ],
)
def test_a_program_that_writes_no_into_a_box_agrees_to_nothing(client: Reader, word: str, agrees: bool) -> None:
    make_letter(slug="rues")
    client.sign("rues", publish=word, news=word)
    [signature] = db.session.scalars(sa.select(Signature))
    assert (signature.published, signature.news) == (agrees, agrees)


def test_the_longest_values_fit(client: Reader) -> None:
    make_letter(slug="rues")
    longest = {"given_name": "É" * 100, "family_name": "É" * 100, "role": "é" * 200, "organisation": "é" * 200}
    assert client.sign("rues", **longest).status_code == 303


@ON_SQLITE
def test_role_and_organisation_are_asked_as_the_organiser_chose(client: Reader) -> None:
    make_letter(slug="rues", asks_role="required", asks_organisation="absent")
    page = client.get(PATH).text
    form = Form(page)
    assert form.required == {"given_name", "family_name", "email", "role"}
    [role] = [tag for tag in page.split("<input") if ' name="role"' in tag]
    assert 'autocapitalize="none"' in role  # it stands behind the name: a telephone would begin it with a capital
    assert "role" in form.typed and "organisation" not in form.typed and "capacity" not in form.typed
    assert client.sign("rues", role="").status_code == 422
    assert client.sign("rues", role="éditrice", organisation="Ignorée", capacity="organisation").status_code == 303


@ON_SQLITE
def test_optional_role_and_organisation_may_be_left_empty(client: Reader) -> None:
    make_letter(slug="rues")
    assert Form(client.get(PATH).text).required == {"given_name", "family_name", "email"}
    assert client.sign("rues", role="", organisation=" ").status_code == 303


@ON_SQLITE
def test_who_signs_for_an_organisation_names_it(client: Reader) -> None:
    make_letter(slug="rues")
    for blank in ("", "  "):
        answer = client.sign("rues", organisation=blank, capacity="organisation")
        assert answer.status_code == 422
        assert "Indiquez l’organisation" in Form(answer.text).errors["organisation"]


@ON_SQLITE
def test_one_signs_in_a_personal_capacity_unless_told_otherwise(client: Reader) -> None:
    make_letter(slug="rues")
    assert Form(client.get(PATH).text).typed["capacity"] == "personal"
    assert client.sign("rues", capacity="emperor").status_code == 422


@ON_SQLITE
def test_without_a_stamp_of_this_form_nothing_is_signed_and_nothing_lost(client: Reader) -> None:
    make_letter(slug="rues")
    make_letter(slug="autre")
    before = everything()
    good, of_another_letter = client.fields(PATH)["stamp"], client.fields("/letters/autre/sign")["stamp"]
    for stamp in ("", good[:-3] + "AAA", of_another_letter, "é.\0.x", "." * 50):
        answer = client.sign("rues", **TYPED, stamp=stamp)
        form = Form(answer.text)
        assert answer.status_code == 422 and kept(form) == TYPED
    assert everything() == before
    assert client.post(PATH, data=form.typed).status_code == 303  # with the fresh stamp of the page that refused


@ON_SQLITE
@pytest.mark.parametrize(("days", "status"), [(6.9, 303), (7.1, 422)])
def test_a_form_left_open_works_for_a_week(client: Reader, days: float, status: int) -> None:
    make_letter(slug="rues")
    stamp = client.fields(PATH)["stamp"]
    with time_machine.travel(now() + timedelta(days=days)):
        answer = client.sign("rues", **TYPED, stamp=stamp)
        assert answer.status_code == status
        if status == 422:
            assert "Cette page est trop ancienne" in answer.text
            fresh = Form(answer.text)
            assert kept(fresh) == TYPED
            assert client.post(PATH, data=fresh.typed).status_code == 303


@ON_SQLITE
def test_a_stamp_survives_the_rotation_of_the_key(make_app: Callable[..., Flask]) -> None:
    with make_app(SECRET_KEY="yesterday").app_context():
        make_letter(slug="rues")
    yesterday = make_app(SECRET_KEY="yesterday").test_client()
    today = make_app(SECRET_KEY="today", SECRET_KEY_FALLBACKS=["yesterday"])
    with today.app_context():
        assert today.test_client().sign("rues", stamp=yesterday.fields(PATH)["stamp"]).status_code == 303


ELSEWHERE = [
    {"Origin": "https://example.net"},
    {"Origin": "http://localhost.example.net"},
    {"Origin": "null"},
    {"Origin": "http://["},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Origin": "http://localhost", "Sec-Fetch-Site": "cross-site"},
]


@ON_SQLITE
def test_a_form_on_another_site_cannot_sign_here(client: Reader) -> None:
    make_letter(slug="rues")
    before = everything()
    form = {**client.fields(PATH), **TYPED}
    for headers in ELSEWHERE:
        assert client.post(PATH, data=form, headers=headers).status_code == 403
    assert everything() == before
    here = {"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"}
    assert client.post(PATH, data=form, headers=here).status_code == 303


@ON_SQLITE
def test_a_program_that_fills_every_field_signs_nothing(client: Reader) -> None:
    make_letter(slug="rues")
    before = everything()
    answer = client.sign("rues", **TYPED, website="https://example.net")
    assert answer.status_code == 422 and kept(Form(answer.text)) == TYPED
    assert everything() == before


@ON_SQLITE
def test_a_name_holds_no_telephone_number_nor_name_of_a_site_but_an_organisation_may(client: Reader) -> None:
    make_letter(slug="rues")
    # mail programs look at no capitals, and telephones at no dash
    numbers = "01.99.00.12.34", "01–99–00–12–34", "01\u201199 [00] 12~34"
    for lure in ("casino-win.com", "Casino-Win.Com", "Casino-Go.cOm", *numbers):
        assert client.sign("rues", given_name=f"Gagnez sur {lure}").status_code == 422
    assert client.sign("rues", given_name="Appelez le 0199", family_name="001234").status_code == 422
    for name in ("J.Évrard", "Ph.Évrard", "J-Ch.Martin", "Pierre.Dupont", "Zoé, 1999–2004"):
        assert client.sign("rues", given_name=name, email=f"{len(name)}@example.org").status_code == 303
    assert client.sign("rues", given_name="J.-P.", family_name="St.John", organisation="Share.coop").status_code == 303


@ON_SQLITE
def test_who_has_a_full_stop_in_their_name_is_told_how_to_write_it(client: Reader) -> None:
    make_letter(slug="rues")
    error = Form(client.sign("rues", given_name="K.RAJAN").text).errors["given_name"]
    assert "mettez une espace après le point" in error
    assert client.sign("rues", given_name="K. RAJAN").status_code == 303


@ON_SQLITE
@pytest.mark.parametrize(("lang", "words"), [("fr", "sans accent avant le @"), ("en", "without accents before the @")])
def test_whose_address_has_an_accent_is_told_what_to_correct(client: Reader, lang: str, words: str) -> None:
    make_letter(slug="rues")
    assert words in Form(client.sign("rues", email="zoé@example.org", lang=lang).text).errors["email"]


@ON_SQLITE
def test_an_address_that_exists_for_trying_alone_signs_in_development_alone(make_app: Callable[..., Flask]) -> None:
    with make_app().app_context():
        make_letter(slug="rues")
    for developing, status in ((False, 422), (True, 303)):
        app = make_app(DEVELOPMENT=developing)
        with app.app_context():
            assert app.test_client().sign("rues", email="zoe@port.test").status_code == status
