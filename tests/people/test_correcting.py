"""Correcting a typo: the line and the mail are shown before, the keys follow, and it can be taken back exactly."""

import re
from html import unescape

import pytest

from tests.databases import ON_SQLITE
from tests.factories import make_letter, make_signature, owner_of, posted
from tests.moderation.acting import do
from tests.page import Reader, listed
from tribune.audit.models import Event
from tribune.database import db, write
from tribune.fingerprint import ChangedMeanwhile
from tribune.letters.models import Letter
from tribune.mine.actions import withdraw
from tribune.organisers.models import Organiser
from tribune.outbox.actions import suppress
from tribune.people import actions
from tribune.people.adding import add
from tribune.people.first import set_section
from tribune.people.queries import last_correction
from tribune.reading.people import Person, read_people
from tribune.signatures.lines import line
from tribune.signatures.models import Merge, Signature

COUPLE = "Ismaël Le Mouël et Léa Thomasin, fondateurs de HelloAsso"


def shown_mail(page: str) -> str:
    """The mail on a page, with the mark of the link where the page says that it stands."""
    found = re.search(r'<pre class="mail"[^>]*>(.*?)</pre>', page, re.S)
    assert found
    return unescape(found[1]).replace("(the link to their own signature goes here)", "[[mine]]")


@pytest.fixture
def alice(letter: Letter) -> Organiser:
    return owner_of(letter)


def zoe(letter: Letter, **given: object) -> Signature:
    typed = {"given_name": "Zoé", "family_name": "Evrrard", "role": "maire", "organisation": "Nantes"}
    return make_signature(letter, **{**typed, "email": "zoe@example.org", "locale": "en", **given})  # type: ignore[arg-type]


def address(signature: Signature, act: str = "/correct") -> str:
    return f"/manage/letters/{signature.letter_id}/signatures/{signature.public_id}{act}"


def filled(desk: Reader, signature: Signature, **typed: str) -> dict[str, str]:
    """The form as it is shown, with some of it typed anew and a reason."""
    words = {name: value or "" for name, value in actions.words_of(signature).items()}
    return {**desk.fields(address(signature)), **words, "reason": "A typo.", **typed}


def correct(signature: Signature, by: Organiser, **words: object) -> actions.Correction:
    changed = actions.words_of(signature) | words
    return actions.correct(signature, by=by, words=changed, reason="A typo.", seen_as=actions.shown_as(signature))


def searched(client: Reader, q: str) -> list[str]:
    return listed(client.get("/letters/rues/signatories", query_string={"q": q}).text)


def test_the_mail_is_shown_exactly_as_it_leaves(desk: Reader, letter: Letter) -> None:
    signature = zoe(letter)
    form = filled(desk, signature, family_name="Évrard", role="maire de Nantes", organisation="")
    page = desk.post(address(signature), data=form)
    assert page.status_code == 200 and posted() == [] and signature.family_name == "Evrrard"
    shown = shown_mail(page.text)
    assert "Zoé Evrrard, maire (Nantes)" in shown and "Zoé Évrard, maire de Nantes" in shown
    assert "Their reason: A typo." in shown
    answer = desk.post(address(signature), data={**form, "step": "save"})
    assert answer.status_code == 303
    [mail] = posted()
    assert (mail.text or "").strip() == shown.strip()
    assert (mail.recipient, mail.subject) == ("zoe@example.org", "Your line was corrected: Pour des rues où l’on joue")
    assert "is on its way" in desk.get(answer.location).text


@ON_SQLITE
def test_where_readers_see_initials_its_owner_and_the_team_read_the_whole_line(desk: Reader, letter: Letter) -> None:
    signature = zoe(letter)
    with write():
        letter.public_list = "initials"
    form = filled(desk, signature, role="éditrice")
    page = unescape(desk.post(address(signature), data=form).text)
    assert page.count("Zoé Evrrard, maire (Nantes)") == page.count("Zoé Evrrard, éditrice (Nantes)") == 2
    desk.post(address(signature), data={**form, "step": "save"})
    [mail] = posted()
    assert "Zoé Evrrard, maire (Nantes)" in str(mail.text) and "Zoé Evrrard, éditrice (Nantes)" in str(mail.text)
    do(letter, "hide", {"ids": [signature.id]})
    set_section(letter, signature, "Éditrices", by=owner_of(letter))
    log = unescape(desk.get(f"/manage/letters/{letter.id}/log").text)
    assert log.count("Zoé Evrrard, éditrice (Nantes)") == 3 and "Z. E." not in log
    assert "<title>Zoé Evrrard, éditrice (Nantes)" in unescape(desk.get(address(signature, "")).text)
    assert "<title>Correct a typo – Zoé Evrrard – " in unescape(desk.get(address(signature)).text)


@ON_SQLITE
def test_a_correction_that_no_line_shows_says_the_line_once(desk: Reader, letter: Letter, alice: Organiser) -> None:
    signature = zoe(letter)
    correct(signature, alice, family_name="Evrrard Bel", role="")
    correct(signature, alice, given_name="Zoé Evrrard", family_name="Bel")  # only how it is found and ordered
    line = "Zoé Evrrard Bel (Nantes)"
    form = filled(desk, signature, given_name="Zoé", family_name="Evrrard Bel", capacity="organisation")
    page = unescape(desk.post(address(signature), data=form).text)
    assert page.count(line) == 2 and "sign on behalf of the organisation" in page  # before the mail, and in it
    assert [str(mail.text).count(line) for mail in posted()] == [1, 1]
    log = unescape(desk.get(f"/manage/letters/{letter.id}/log").text)
    assert log.count(line) == 2 and f"whose line reads as before: “{line}”" in log


def test_a_corrected_name_is_found_and_ordered_as_it_reads_now(
    client: Reader, letter: Letter, alice: Organiser
) -> None:
    signature = zoe(letter)
    make_signature(letter, given_name="Ana", family_name="Ewald")
    correct(signature, alice, family_name="Évrard", organisation="Saint-Nazaire")
    assert searched(client, "evrard nazaire") == ["Zoé Évrard, maire (Saint-Nazaire)"]
    assert searched(client, "evrrard") == searched(client, "nantes") == []
    by_surname = listed(client.get("/letters/rues/signatories?order=surname").text)
    assert by_surname == ["Zoé Évrard, maire (Saint-Nazaire)", "Ana Ewald"]
    of_it = client.get("/letters/rues/signatories", query_string={"organisation": "saint nazaire"}).text
    assert listed(of_it) == ["Zoé Évrard, maire (Saint-Nazaire)"]


def test_taking_it_back_gives_every_word_and_key_back(desk: Reader, letter: Letter, alice: Organiser) -> None:
    signature = zoe(letter, capacity="personal")
    columns = [column.key for column in Signature.__table__.columns]
    before = {name: getattr(signature, name) for name in columns}
    correct(
        signature, alice, given_name="Zoë", family_name="Évrard", role="", organisation="Brest", capacity="organisation"
    )
    page = desk.get(address(signature, "/correct/undo"))
    shown = shown_mail(page.text)
    answer = desk.post(address(signature, "/correct/undo"), data=desk.fields(address(signature, "/correct/undo")))
    assert answer.status_code == 303
    db.session.refresh(signature)
    assert {name: getattr(signature, name) for name in columns} == before
    assert (posted()[-1].text or "").strip() == shown.strip() and "undone a correction" in shown
    last = db.session.query(Event).order_by(Event.id.desc()).first()
    assert last and (last.details["before"], last.details["after"]) == (
        "Zoë Évrard (Brest)",
        "Zoé Evrrard, maire (Nantes)",
    )


def test_what_changed_since_is_not_taken_back(desk: Reader, letter: Letter, alice: Organiser) -> None:
    signature = zoe(letter)
    correct(signature, alice, family_name="Évrard")
    shown = desk.fields(address(signature, "/correct/undo"))
    correct(signature, alice, role="adjointe")
    answer = desk.post(address(signature, "/correct/undo"), data=shown)
    assert answer.status_code == 303 and signature.role == "adjointe"
    assert "been changed in the meantime" in desk.get(answer.location).text
    with write():
        signature.role = "autre"
    second = last_correction(signature)
    assert second
    with pytest.raises(ChangedMeanwhile):
        actions.undo_correction(signature, by=alice, event_id=second.id)
    assert "no correction to undo" in desk.get(desk.get(address(signature, "/correct/undo")).location).text


@ON_SQLITE
def test_of_who_has_left_no_correction_is_taken_back(desk: Reader, letter: Letter, alice: Organiser) -> None:
    signature = zoe(letter)
    correct(signature, alice, family_name="Évrard")
    shown = desk.fields(address(signature, "/correct/undo"))
    withdraw(signature.id, signature.link_nonce)
    assert "Undo the last correction" not in desk.get(address(signature, "")).text
    for answer in (
        desk.get(address(signature, "/correct/undo")),
        desk.post(address(signature, "/correct/undo"), data=shown),
    ):
        assert answer.status_code == 303 and answer.location == address(signature, "")
    answer = desk.post(address(signature), data={**filled(desk, signature, role="éditrice"), "step": "save"})
    assert answer.status_code == 422 and "has withdrawn this signature" in answer.text
    assert (signature.family_name, signature.role) == ("Évrard", "maire")


def test_two_editors_do_not_overwrite_each_other(desk: Reader, letter: Letter, alice: Organiser) -> None:
    signature = zoe(letter)
    form = filled(desk, signature, role="conseillère")
    correct(signature, alice, family_name="Évrard")
    page = desk.post(address(signature), data={**form, "step": "save"})
    assert page.status_code == 409 and "been changed in the meantime" in page.text
    assert 'value="conseillère"' in page.text and "Zoé Évrard, maire (Nantes)" in page.text
    assert (signature.family_name, signature.role) == ("Évrard", "maire")


REFUSED = [
    ({"family_name": ""}, "Enter the family name."),
    ({"family_name": "x" * 101}, "Shorten this to 100"),
    ({"given_name": "Zoe.com"}, "Leave out web addresses"),
    ({"organisation": "https://example.org"}, "Leave out web addresses"),
    ({"role": "\u202ederuotser"}, "cannot be printed"),
    ({"capacity": "organisation", "organisation": ""}, "on whose behalf"),
    ({"reason": " "}, "Say in a few words"),
    ({}, "Nothing has changed"),
]


@ON_SQLITE
def test_what_no_line_may_hold_is_refused_and_nothing_typed_is_lost(desk: Reader, letter: Letter) -> None:
    signature = zoe(letter)
    for typed, said in REFUSED:
        page = desk.post(address(signature), data={**filled(desk, signature), **typed, "step": "save"})
        assert page.status_code == 422 and said in page.text, typed
        assert 'value="Nantes"' in page.text or typed.get("organisation") is not None, typed
    assert posted() == [] and db.session.query(Event).filter_by(signature_id=signature.id).count() == 0


@ON_SQLITE
def test_who_goes_by_one_name_is_corrected_to_it(desk: Reader, letter: Letter) -> None:
    signature = zoe(letter)
    alone = filled(desk, signature, given_name="", family_name="JR")
    assert desk.post(address(signature), data={**alone, "step": "save"}).status_code == 303
    assert (signature.given_name, line(signature).text) == ("", "JR, maire (Nantes)")


@ON_SQLITE
def test_a_button_pressed_twice_corrects_once_and_blames_nobody(desk: Reader, letter: Letter) -> None:
    signature = zoe(letter)
    form = {**filled(desk, signature, family_name="Évrard"), "step": "save"}
    assert desk.post(address(signature), data=form).status_code == 303
    again = desk.post(address(signature), data=form)
    assert again.status_code == 422 and "already reads like this" in again.text and len(posted()) == 1


@ON_SQLITE
def test_what_was_typed_is_there_again_to_be_changed(desk: Reader, letter: Letter) -> None:
    signature = zoe(letter)
    page = desk.post(address(signature), data={**filled(desk, signature, role="éditrice"), "step": "change"})
    assert 'value="éditrice"' in page.text and "Read it before it is saved" in page.text


@ON_SQLITE
def test_a_pending_signature_stays_as_it_was_mailed(desk: Reader, letter: Letter) -> None:
    signature = zoe(letter, confirmed=False)
    page = desk.post(address(signature), data={**filled(desk, signature, role="éditrice"), "step": "save"})
    assert page.status_code == 422 and "has yet to confirm" in page.text and signature.role == "maire"
    assert "Correct a typo" not in desk.get(address(signature, "")).text


def test_a_line_is_not_changed_behind_the_back_of_its_owner(desk: Reader, letter: Letter, alice: Organiser) -> None:
    signature = zoe(letter)
    for role in ("a", "b", "c"):
        correct(signature, alice, role=role)
    page = desk.post(address(signature), data={**filled(desk, signature, role="d"), "step": "save"})
    assert page.status_code == 422 and "without telling them" in page.text
    assert signature.role == "c" and len(posted()) == 3


@ON_SQLITE
def test_who_asked_for_no_mail_is_corrected_and_it_is_said(desk: Reader, letter: Letter) -> None:
    signature = zoe(letter)
    suppress(signature.mailbox_key or "")
    form = filled(desk, signature, role="éditrice")
    assert "asked this site not to write again. They will not be told" in desk.post(address(signature), data=form).text
    answer = desk.post(address(signature), data={**form, "step": "save"})
    assert signature.role == "éditrice" and posted() == []
    assert "Nobody was told by email" in desk.get(answer.location).text


def test_an_attested_line_is_corrected_as_printed_and_nobody_is_mailed(desk: Reader, client: Reader) -> None:
    letter = make_letter(slug="places", first=COUPLE)
    desk.log_in(owner_of(letter))
    lea = db.session.query(Signature).filter_by(given_name="Léa").one()
    form = filled(desk, lea, family_name="Thomassin")
    page = desk.post(address(lea), data=form)
    assert "because the organisers vouch for it" in page.text
    assert "Ismaël Le Mouël et Léa Thomassin, fondateurs de HelloAsso" in page.text
    desk.post(address(lea), data={**form, "step": "save"})
    assert posted() == []
    assert listed(client.get("/letters/places").text) == ["Ismaël Le Mouël et Léa Thomassin, fondateurs de HelloAsso"]
    alone = filled(desk, lea, affiliation="cofondatrice de HelloAsso")
    desk.post(address(lea), data={**alone, "step": "save"})
    assert listed(client.get("/letters/places").text)[1] == "Léa Thomassin, cofondatrice de HelloAsso"


def test_what_is_printed_after_a_name_is_what_a_search_finds(letter: Letter, client: Reader, alice: Organiser) -> None:
    signature = zoe(letter)
    correct(signature, alice, affiliation="médiéviste à Poitiers")
    assert searched(client, "poitiers medieviste") == ["Zoé Evrrard, médiéviste à Poitiers"]
    correct(signature, alice, affiliation="médiéviste à Tours")
    assert searched(client, "poitiers") == [] and len(searched(client, "tours")) == 1
    correct(signature, alice, affiliation=None)
    assert searched(client, "tours") == []
    add(letter, read_people("Ana Blanc, de l’équipe des Rues joueuses").people, by=None)
    assert searched(client, "joueuses") == ["Ana Blanc, de l’équipe des Rues joueuses"]


def test_a_corrected_organisation_is_printed_as_its_spelling_was_merged(letter: Letter, alice: Organiser) -> None:
    signature = zoe(letter, organisation="Nante")
    with write() as session:
        session.add(Merge(letter_id=letter.id, from_key="ville de nantes", into="Nantes"))
    made = correct(signature, alice, organisation="Ville de Nantes")
    assert made.after == "Zoé Evrrard, maire (Nantes)"
    assert (signature.printed_organisation, signature.organisation_key) == ("Nantes", "nantes")
    add(letter, [Person("Ana", "Blanc", "poète", "Ville de Nantes", None, 1)], by=None)
    assert db.session.query(Signature).filter_by(given_name="Ana").one().printed_organisation == "Nantes"
    correct(signature, alice, organisation="Brest")
    assert (signature.printed_organisation, signature.organisation_key, signature.merge_id) == (None, "brest", None)
