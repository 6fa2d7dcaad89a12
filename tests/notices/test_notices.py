"""Who runs the site and what becomes of personal data: said in both languages, for the site and for each letter."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask_babel import force_locale

from tests.databases import ON_SQLITE
from tests.factories import make_invitation, make_invited, make_letter, make_signature, owner_of, posted
from tests.invitations.sent import invite_all
from tests.page import Reader
from tribune.database import write
from tribune.i18n import LANGUAGES
from tribune.importing.mails import post_ask_imported
from tribune.notices.texts import NAMES, OURS, notice
from tribune.retention import periods
from tribune.signatures.forms import SignForm
from tribune.teams.mails import post_invitation

pytestmark = ON_SQLITE

OPERATOR = {
    "OPERATOR": "Association des rues",
    "OPERATOR_ADDRESS": "1 rue des Écoles, Nantes",
    "OPERATOR_CONTACT": "bonjour@example.org",
    "HOSTING": "Un hébergeur, Lyon",
}
MakeApp = Callable[..., Flask]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_legal_notice_names_who_publishes_and_who_hosts(make_app: MakeApp, language: str) -> None:
    app = make_app(**OPERATOR)
    with app.app_context():
        page = app.test_client().get(f"/legal?lang={language}").text
    assert not [value for value in OPERATOR.values() if value not in page]
    assert "<p>Association des rues, 1 rue des Écoles, Nantes.</p>" in page


def test_until_it_is_filled_in_the_legal_notice_says_by_what(client: Reader) -> None:
    page = client.get("/legal").text
    assert "réglage OPERATOR" in page and "réglage HOSTING" in page


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_privacy_notice_of_a_letter_names_its_controller_and_says_the_periods_that_are_kept(
    client: Reader, language: str
) -> None:
    make_letter(slug="rues", controller="Les Piétons", contact="rgpd@example.org")
    page = re.sub(r"\s+", " ", client.get(f"/letters/rues/privacy?lang={language}").text)
    assert "Les Piétons" in page and "rgpd@example.org" in page
    kept = (periods.UNCONFIRMED, periods.ADDRESSES, periods.WITHDRAWN, periods.NETWORKS, periods.MAILS, periods.LOG)
    for days in (str(period.days) for period in kept):
        assert re.search(rf"\b{days}\s(?:jours|days)", page), days
    assert re.search(rf"\b{periods.NAMES_MONTHS}\s(?:mois|months)", page)
    assert "/signatures/find" in page


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ["privacy", "records"])
def test_every_period_is_told(app: Flask, monkeypatch: pytest.MonkeyPatch, name: str, language: str) -> None:
    kept = [each for each, value in vars(periods).items() if isinstance(value, timedelta)]
    for number, period in enumerate(kept):
        monkeypatch.setattr(periods, period, timedelta(days=700 + number))
    letter = None if name == "privacy" else make_letter()
    with app.test_request_context():
        text = notice(name, language, letter)
    assert [period for number, period in enumerate(kept) if str(700 + number) not in text] == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ["privacy", "records"])
def test_all_that_one_types_to_sign_is_told(app: Flask, name: str, language: str) -> None:
    letter = make_letter()
    with app.test_request_context(), force_locale(language):
        text = notice(name, language, None if name == "privacy" else letter)
        typed = [field for field in SignForm(letter=letter) if field.type in {"StringField", "EmailField"}]
        labels = [str(field.label.text) for field in typed if field.name != "website"]  # which only programs fill in
    assert len(labels) >= 5
    assert [label for label in labels if not re.search(rf"\b{label}\b", text, re.IGNORECASE)] == []


@pytest.mark.parametrize(("language", "signatories"), [("fr", "Signataires"), ("en", "Signatories")])
def test_the_records_list_no_role_or_organisation_where_the_form_asks_for_none(
    app: Flask, language: str, signatories: str
) -> None:
    letter = make_letter(asks_role="absent", asks_organisation="absent")
    with app.test_request_context(), force_locale(language):
        (theirs,) = re.findall(rf"{signatories}.*", notice("records", language, letter))
    assert not re.search("role|fonction|organisation", theirs)


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("fr", ("Si vous signalez une tribune", "conservée sans limite de durée", "sans limite de durée")),
        ("en", ("If you report a letter", "is kept without limit of time", "without limit of time")),
    ],
)
def test_whoever_reports_or_asks_for_no_more_reads_what_stays_of_it(
    app: Flask, client: Reader, language: str, said: tuple[str, ...]
) -> None:
    letter = make_letter(slug="rues")
    client.log_in(owner_of(letter))
    *in_notices, in_records = said
    assert in_notices[0] not in client.get(f"/letters/rues/privacy?lang={language}").text  # the site takes no reports
    app.config["OPERATOR_CONTACT"] = OPERATOR["OPERATOR_CONTACT"]
    for path in ("/privacy", "/letters/rues/privacy"):
        page = re.sub(r"\s+", " ", client.get(f"{path}?lang={language}").text)
        assert [words for words in in_notices if words not in page] == []
    records = client.get(f"/manage/letters/{letter.id}/records?lang={language}").text
    assert in_records in re.sub(r"\s+", " ", records)


TOLD = {
    "fr": (
        "Si l’on vous invite à signer",
        "gèrent la liste voient aussi les adresses",
        "ou si les organisateurs attestent que vous l’avez accepté",
        "Si elle porte votre adresse",
        "peut être remise au destinataire",
        "Tant que la tribune n’est pas close",
        "dans les sauvegardes",
        "Vous retirez ainsi votre consentement quand vous voulez",
        "la limitation du traitement",
    ),
    "en": (
        "If you are invited to sign",
        "manage the list see the addresses too",
        "or if the organisers attest that you agreed",
        "if it holds their address",
        "may be handed to those to whom the letter is addressed",
        "As long as the letter is not closed",
        "in the backups",
        "withdraw your consent at any time",
        "the processing restricted",
    ),
}


def test_the_privacy_notice_says_what_organisers_do_and_promises_no_more_than_is_done(client: Reader) -> None:
    make_letter(slug="rues")
    for language, said in TOLD.items():
        for path in ("/privacy", "/letters/rues/privacy"):
            page = re.sub(r"\s+", " ", client.get(f"{path}?lang={language}").text)
            assert [words for words in said if words not in page] == []


@pytest.mark.parametrize(
    ("months", "fr", "en"), [(2, "2 mois", "2 months"), (1, "1 mois", "1 month "), (0, "72 h", "72 h")]
)
def test_a_letter_says_its_own_period_where_its_names_go_sooner(client: Reader, months: int, fr: str, en: str) -> None:
    letter = make_letter(slug="rues", names_kept_months=months)
    client.log_in(owner_of(letter))
    for language, said in (("fr", fr), ("en", en)):
        records = re.sub(r"\s+", " ", client.get(f"/manage/letters/{letter.id}/records?lang={language}").text)
        assert said in records and f"{periods.NAMES_MONTHS} m" not in records
        page = re.sub(r"\s+", " ", client.get(f"/letters/rues/privacy?lang={language}").text)
        assert said in page and f"{periods.NAMES_MONTHS} m" not in page
        assert f"{periods.NAMES_MONTHS} m" in client.get(f"/privacy?lang={language}").text.replace("\xa0", " ")


def test_an_address_that_somebody_else_gave_is_written_where_the_notice_stands(app: Flask) -> None:
    draft, letter = make_letter(published=False), make_letter(slug="rues")
    for each in (draft, letter):
        make_invited(each)
        invite_all(each)
    with write():
        post_ask_imported(make_signature(letter, confirmed=False, origin="import"), letter, None)
        post_invitation(make_invitation(letter.team), owner_of(letter), "en")
    mails = [" ".join((mail.text or "").split()) for mail in posted()]
    site, of_it = "http://localhost/privacy?lang=", "http://localhost/letters/rues/privacy?lang=fr"
    told = sorted(word for mail in mails for word in mail.split() if "privacy" in word)
    assert told == sorted([f"{site}fr", of_it, of_it, f"{site}en"])


def test_the_form_leads_to_the_notice_of_its_letter(client: Reader) -> None:
    make_letter(slug="rues")
    for path in ("/letters/rues", "/letters/rues/sign"):
        assert 'href="/letters/rues/privacy"' in client.get(path).text


def test_each_text_says_that_counsel_should_check_it(client: Reader) -> None:
    letter = make_letter(slug="rues")
    client.log_in(owner_of(letter))
    for path in ("/legal", "/privacy", "/letters/rues/privacy", f"/manage/letters/{letter.id}/records"):
        assert "à faire vérifier par votre conseil" in client.get(path).text


def test_the_entry_for_the_records_of_processing_is_ready_to_paste(client: Reader) -> None:
    letter = make_letter(controller="Les Piétons", contact="rgpd@example.org")
    client.log_in(owner_of(letter))
    page = client.get(f"/manage/letters/{letter.id}/records").text
    assert "Les Piétons" in page and "9.2.a" in page
    assert ".." not in re.sub("<[^>]+>", "", page)


def test_nothing_typed_by_an_organiser_runs_in_a_notice(client: Reader) -> None:
    make_letter(slug="rues", controller="<script>alert(1)</script> [x](javascript:alert(1))")
    page = client.get("/letters/rues/privacy").text
    assert "<script>alert" not in page and "&lt;script&gt;alert" in page
    assert 'href="javascript' not in page


def test_stars_and_lines_in_a_title_are_no_marks(client: Reader) -> None:
    typed = {"title": "Pour tou*te*s & __nous__", "controller": "Les [Piéton*ne*s](https://example.org)"}
    letter = make_letter(slug="rues", contact="rgpd_rues_@example.org", **typed)
    client.log_in(owner_of(letter))
    for path in ("/letters/rues/privacy", f"/manage/letters/{letter.id}/records"):
        body = client.get(path).text.partition('<div class="body">')[2].partition('<p class="hint">')[0]
        assert "Les [Piéton*ne*s](https://example.org)" in body and "rgpd_rues_@example.org" in body
    assert "Pour tou*te*s &amp; __nous__" in body


def test_a_name_at_the_beginning_of_a_line_is_no_list(app: Flask) -> None:
    letter = make_letter()
    for letter.controller in ("1. Toit pour tous", "+ de justice", "- Nous -", "# Nous", "1.Nous", ".org"):
        assert f"<p>{letter.controller}" in notice("records", "en", letter)


def test_every_text_is_there_in_every_language(app: Flask) -> None:
    letter = make_letter()
    assert sorted(file.stem for file in OURS.glob("*/*.md")) == sorted(NAMES * len(LANGUAGES))
    for name in NAMES:
        assert notice(name, "fr", letter) != notice(name, "en", letter)


@pytest.mark.parametrize(
    ("meets", "said"),
    [("no", "non conforme"), ("partly", "partiellement conforme"), ("fully", "totalement conforme")],
)
def test_the_foot_says_how_accessible_the_site_declares_to_be(make_app: MakeApp, meets: str, said: str) -> None:
    page = "https://example.org/declaration"
    app = make_app(ACCESSIBILITY=meets, ACCESSIBILITY_PAGE=page)
    with app.app_context():
        found = app.test_client().get("/").text
    assert f'<a href="{page}">Accessibilité\xa0: {said}</a>' in found


def test_where_no_declaration_is_owed_the_foot_says_nothing_of_it(client: Reader) -> None:
    assert "Accessibilité" not in client.get("/").text


def test_security_txt_says_whom_to_write_to_and_until_when(make_app: MakeApp) -> None:
    app = make_app(**OPERATOR)
    with app.app_context():
        answer = app.test_client().get("/.well-known/security.txt?lang=en")
    assert answer.mimetype == "text/plain"
    assert "Contact: mailto:bonjour@example.org\n" in answer.text
    assert answer.text.endswith("Canonical: http://localhost/.well-known/security.txt\n")
    assert re.search(r"^Expires: \d{4}-\d\d-\d\dT00:00:00Z$", answer.text, re.MULTILINE)


def test_no_character_of_the_address_is_one_of_the_link(make_app: MakeApp) -> None:
    app = make_app(**{**OPERATOR, "OPERATOR_CONTACT": "a?b@example.org"})
    with app.app_context():
        assert "Contact: mailto:a%3Fb@example.org\n" in app.test_client().get("/.well-known/security.txt").text


def test_without_anybody_to_write_to_there_is_no_security_txt(client: Reader) -> None:
    assert client.get("/.well-known/security.txt").status_code == 404


def test_a_letter_that_readers_do_not_see_has_no_notice(client: Reader) -> None:
    make_letter(slug="rues", published=False)
    for path in ("privacy", "report", "report/sent"):
        assert client.get(f"/letters/rues/{path}").status_code == 404
