"""Correcting one's own line: the rules of the sign form, a preview, one step back."""

import re
from datetime import timedelta

import sqlalchemy as sa
import time_machine

from tests.databases import ON_SQLITE
from tests.factories import everything, make_letter, make_signature, mine_path, owner_of
from tests.page import Reader, hidden_fields
from tests.writing.writer import field
from tribune.audit.models import Event, Verb
from tribune.database import db, now, write
from tribune.mine import actions
from tribune.mine.actions import REWORDINGS
from tribune.notices.actions import take_down
from tribune.people import actions as people
from tribune.people.actions import shown_as, words_of
from tribune.signatures.models import Flag, Signature

WORDS = {"given_name": "Zoé", "family_name": "Évrard", "role": "maire", "organisation": "", "capacity": "personal"}


def typed(signature: Signature, step: str, **words: str) -> dict[str, str]:
    return {**WORDS, "seen": shown_as(signature), "step": step, **words}


def undoing(client: Reader, path: str) -> dict[str, str]:
    """What the button of the page that undoes the last correction sends."""
    return {**client.fields(path), "act": "undo-correction"}


def test_the_line_is_seen_before_it_changes_and_changes_everywhere_at_once(client: Reader) -> None:
    letter = make_letter(slug="rues")
    signature = make_signature(letter, given_name="Zo", family_name="Évrard", email="zoe@example.org")
    path = mine_path(signature)
    page = client.post(f"{path}/correct", data=typed(signature, "preview")).text
    assert "Zoé Évrard</b>, maire" in page and signature.given_name == "Zo"
    assert client.post(f"{path}/correct", data=typed(signature, "save")).status_code == 303
    assert "Zoé Évrard</b>, maire" in client.get("/letters/rues").text
    assert "Zoé Évrard" in client.get("/letters/rues/signatories?q=maire").text
    assert "Zoé,Évrard,maire" in client.get("/letters/rues/signatories.csv?delimiter=comma").text


@ON_SQLITE
def test_all_words_that_the_form_of_the_letter_asks_can_be_corrected(client: Reader) -> None:
    signature = make_signature(make_letter(slug="rues"))
    pages = [client.get(path).text for path in ("/letters/rues/sign", f"{mine_path(signature)}/correct")]
    asked, corrected = (set(re.findall(r'<(?:input|textarea|select)\b[^>]* name="(\w+)"', page)) for page in pages)
    elsewhere = {"email", "publish", "news"}  # the address proves whose it is; My signature has both choices
    assert asked - corrected == {"stamp", "website", "version", "wording"} | elsewhere


@ON_SQLITE
def test_where_readers_see_initials_it_is_seen_in_full(client: Reader) -> None:
    signature = make_signature(make_letter(public_list="initials"), given_name="Zoé", family_name="Évrard")
    page = client.get(mine_path(signature)).text
    assert "Zoé Évrard</b></p>" in page and "figure sous vos initiales" in page
    page = client.post(f"{mine_path(signature)}/correct", data=typed(signature, "preview")).text
    assert "Zoé Évrard</b></p>" in page and "Zoé Évrard</b>, maire</p>" in page and "que vos initiales" in page


@ON_SQLITE
def test_the_preview_says_at_once_and_everywhere_where_readers_see_the_line(client: Reader) -> None:
    listed, hidden, unlisted = make_letter(), {"hidden_at": now()}, {"published": False}
    shown = make_signature(listed), make_signature(make_letter(public_list="no"), position=1)
    held = make_signature(listed, held_at=now())  # suspects do not learn it
    unseen = (
        make_signature(listed, **hidden),
        make_signature(listed, **unlisted),
        make_signature(make_letter(public_list="no")),
        make_signature(make_letter(published=False)),
        make_signature(make_letter(public_list="initials")),
        make_signature(make_letter()),
    )
    take_down(unseen[-1].letter, "Une erreur.")
    for signature in (*shown, held, *unseen):
        page = client.post(f"{mine_path(signature)}/correct", data=typed(signature, "preview")).text
        assert "Elle se lira" in page
        assert ("aussitôt et partout" in page) is (signature not in unseen), signature.id


@ON_SQLITE
def test_on_whose_behalf_one_signs_is_seen_before_and_after(client: Reader) -> None:
    signature = make_signature(make_letter(), organisation="Le Port", capacity="organisation")
    path, said = f"{mine_path(signature)}/correct", "au nom de l’organisation</p>"
    assert client.get(path).text.count(said) == 1
    for capacity, times in (("organisation", 2), ("personal", 1)):
        words = typed(signature, "preview", organisation="Le Port", capacity=capacity)
        assert client.post(path, data=words).text.count(said) == times


@ON_SQLITE
def test_what_the_sign_form_refuses_is_refused(client: Reader) -> None:
    signature = make_signature(make_letter(asks_role="required"), role="maire")
    before = words_of(signature)
    path = f"{mine_path(signature)}/correct"
    wrong = [
        {"given_name": ""},
        {"role": ""},
        {"family_name": "x.example.org"},
        {"family_name": "z" * 101},
        {"capacity": "x"},
        {"capacity": "organisation"},  # of none
    ]
    for words in wrong:
        for step in ("preview", "save"):
            assert client.post(path, data=typed(signature, step, **words)).status_code == 422, words
    assert words_of(signature) == before


def test_it_can_be_undone(client: Reader) -> None:
    signature = make_signature(make_letter(), given_name="Zo", family_name="Évrard")
    before, path = words_of(signature), mine_path(signature)
    client.post(f"{path}/correct", data=typed(signature, "save"))
    assert "Annuler ma correction" in client.get(path).text
    client.post(path, data=undoing(client, path))
    assert words_of(signature) == before


def test_a_line_changes_ten_times_a_day_and_the_last_can_be_undone(client: Reader) -> None:
    """Each change is shown at once, and a line of the log; further ones are kept on the form, and undone no more."""
    signature = make_signature(make_letter(), given_name="Zo", family_name="Évrard")
    path, often = mine_path(signature), "changé votre ligne 10 fois en un jour"
    for number in range(REWORDINGS):
        assert often not in client.get(f"{path}?said=often").text
        assert client.post(f"{path}/correct", data=typed(signature, "save", role=f"maire {number}")).status_code == 303
    answer = client.post(f"{path}/correct", data=typed(signature, "save", role="maire du port"))
    assert answer.status_code == 429 and often in answer.text and field(answer.text, "role") == "maire du port"
    other = make_signature(signature.letter)
    assert client.post(f"{mine_path(other)}/correct", data=typed(other, "save")).status_code == 303
    client.post(path, data=undoing(client, path))
    assert signature.role == "maire 8"
    assert often in client.get(client.post(path, data=undoing(client, path)).location).text
    with time_machine.travel(now() + timedelta(days=1)):
        assert client.post(path, data=undoing(client, path)).location.endswith("said=undo-correction")


@ON_SQLITE
def test_saving_twice_says_what_is_true(client: Reader) -> None:
    signature = make_signature(make_letter(), given_name="Zo", family_name="Évrard")
    path, form = f"{mine_path(signature)}/correct", typed(signature, "save")
    answers = [client.post(path, data=form) for _ in range(2)]
    assert [answer.location for answer in answers] == [f"{path.removesuffix('/correct')}?said=correct"] * 2
    same = client.post(f"{path}?lang=en", data=typed(signature, "save"))
    assert same.status_code == 422 and "Nothing has changed: your line already reads like this." in same.text


def test_undoing_twice_undoes_once_and_says_so(client: Reader) -> None:
    signature = make_signature(make_letter(), given_name="Zo", family_name="Évrard")
    before, path = words_of(signature), mine_path(signature)
    client.post(f"{path}/correct", data=typed(signature, "save"))
    form = undoing(client, path)
    for _ in range(2):
        answer = client.post(path, data=form)
        assert words_of(signature) == before
    assert "Votre ligne a changé" in client.get(answer.location).text


@ON_SQLITE
def test_gone_back_to_the_page_does_not_say_what_is_so_no_more(client: Reader) -> None:
    signature = make_signature(make_letter(), given_name="Zo", family_name="Évrard")
    path = mine_path(signature)
    corrected = client.post(f"{path}/correct", data=typed(signature, "save")).location or ""
    assert "Votre ligne est corrigée." in client.get(corrected).text
    undone = client.post(path, data=undoing(client, path)).location or ""
    assert "Votre ligne se lit comme avant." in client.get(undone).text
    assert "Votre ligne est corrigée." not in client.get(corrected).text


@ON_SQLITE
def test_what_is_undone_is_the_correction_that_was_shown(client: Reader) -> None:
    signature = make_signature(make_letter(), given_name="Zo", family_name="Évrard")
    path = mine_path(signature)
    client.post(f"{path}/correct", data=typed(signature, "save"))
    form = undoing(client, path)
    client.post(f"{path}/correct", data=typed(signature, "save", role="adjointe"))  # in another window
    answer = client.post(path, data=form)
    assert signature.role == "adjointe" and "Votre ligne a changé" in client.get(answer.location).text


@ON_SQLITE
def test_what_an_organiser_has_corrected_since_is_not_undone(client: Reader) -> None:
    letter = make_letter()
    signature = make_signature(letter, given_name="Zo", family_name="Évrard")
    path = mine_path(signature)
    client.post(f"{path}/correct", data=typed(signature, "save"))
    form = undoing(client, path)
    words = {**words_of(signature), "role": "adjointe"}
    people.correct(signature, by=owner_of(letter), words=words, reason="Une coquille", seen_as=shown_as(signature))
    assert "Annuler ma correction" not in client.get(path).text
    client.post(path, data=form)
    assert words_of(signature) == words


def test_a_first_signatory_corrects_the_words_printed_after_the_name(client: Reader) -> None:
    letter = make_letter(asks_role="absent", asks_organisation="absent")
    words = {"role": "maire", "organisation": "Lyon"}
    signature = make_signature(letter, position=1, affiliation="maire de Lyon", **words)
    path = f"{mine_path(signature)}/correct"
    assert 'name="affiliation"' in client.get(path).text
    shown = client.post(path, data=typed(signature, "preview", affiliation="ancienne maire de Lyon", **words))
    form = {**dict(hidden_fields(shown.text)), "step": "save"}
    assert [client.post(path, data=form).status_code for _ in range(2)] == [303, 303]  # it is pressed twice
    assert signature.affiliation == "ancienne maire de Lyon"
    assert (signature.role, signature.organisation) == ("ancienne maire", "Lyon")  # as newspapers print them


@ON_SQLITE
def test_whose_printed_words_name_no_organisation_any_more_saves_what_they_have_looked_at(client: Reader) -> None:
    """Though the form of the letter asks for one: it never asked whoever has words printed after the name."""
    words = {"role": "maire", "organisation": "Lyon"}
    signature = make_signature(make_letter(asks_organisation="required"), affiliation="maire de Lyon", **words)
    path = f"{mine_path(signature)}/correct"
    shown = client.post(path, data=typed(signature, "preview", affiliation="écrivaine", **words))
    looked_at = dict(hidden_fields(shown.text))
    assert client.post(path, data={**looked_at, "step": "save"}).status_code == 303
    assert (signature.affiliation, signature.role, signature.organisation) == ("écrivaine", "écrivaine", "")


@ON_SQLITE
def test_who_changes_the_printed_words_again_keeps_no_role_of_those_looked_at_before(client: Reader) -> None:
    words = {"role": "maire", "organisation": ""}
    signature = make_signature(make_letter(), position=1, affiliation="maire", **words)
    path = f"{mine_path(signature)}/correct"
    looked_at = dict(hidden_fields(client.post(path, data=typed(signature, "preview", affiliation="poète")).text))
    fields = client.post(path, data={**looked_at, "step": "change"}).text
    typed_before = {name: field(fields, name) for name in (*words, "given_name", "family_name", "seen")}
    client.post(path, data={**typed_before, "capacity": "personal", "affiliation": "actrice", "step": "save"})
    assert (signature.affiliation, signature.role) == ("actrice", "actrice")
    client.post(path, data=typed(signature, "save", affiliation="comédienne", role="comédienne et poète"))
    assert (signature.affiliation, signature.role) == ("comédienne", "comédienne et poète")  # as they typed it
    for name in ("Évrard", "Roi"):  # who corrects another word keeps the role
        words = {"affiliation": "comédienne et poète", "role": "poète", "family_name": name}
        client.post(path, data=typed(signature, "save", **words))
    assert (signature.family_name, signature.role) == ("Roi", "poète")


def test_words_that_an_organiser_changed_meanwhile_are_not_written_over(client: Reader) -> None:
    letter = make_letter()
    signature = make_signature(letter)
    form = typed(signature, "save")
    words = {**words_of(signature), "role": "adjointe"}
    people.correct(signature, by=owner_of(letter), words=words, reason="Une coquille", seen_as=shown_as(signature))
    answer = client.post(f"{mine_path(signature)}/correct", data=form)
    assert answer.status_code == 409 and signature.role == "adjointe"
    assert shown_as(signature) in answer.text  # to be sent with it the next time
    shown = client.post(f"{mine_path(signature)}/correct", data={**form, "step": "preview"})
    answer = client.post(f"{mine_path(signature)}/correct", data={**dict(hidden_fields(shown.text)), "step": "save"})
    assert answer.status_code == 409 and signature.role == "adjointe"


def test_new_words_are_looked_at_like_those_of_a_new_signature(client: Reader) -> None:
    signature = make_signature(make_letter(), role="maire")
    path = f"{mine_path(signature)}/correct"
    client.post(path, data=typed(signature, "save", given_name="Mickey", family_name="Mouse"))
    assert [flag.kind for flag in db.session.scalars(sa.select(Flag))] == ["joke"]


@ON_SQLITE
def test_the_log_of_the_team_says_that_the_signatory_did_it(client: Reader) -> None:
    letter = make_letter()
    signature = make_signature(letter, given_name="Zo", family_name="Évrard")
    words = {**words_of(signature), "given_name": "Zoé"}
    actions.correct(signature.id, signature.link_nonce, words=words, seen_as=shown_as(signature))
    client.log_in(owner_of(letter))
    page = " ".join(client.get(f"/manage/letters/{letter.id}/log?group=own").text.split())
    assert "la personne elle-même" in page and "« Zo Évrard » est devenu « Zoé Évrard »" in page
    event = db.session.scalars(sa.select(Event).where(Event.verb == Verb.LINE_REWORDED)).one()
    assert event.signature_id == signature.id and "@" not in str(event.details)


def test_who_has_left_corrects_nothing(client: Reader) -> None:
    signature = make_signature(make_letter())
    with write():
        signature.withdrawn_at, signature.counted_at = signature.confirmed_at, None
    before, path = everything(), mine_path(signature)
    assert client.get(f"{path}/correct").location == path
    client.post(f"{path}/correct", data=typed(signature, "save"))
    for act in ("hide", "undo-correction"):
        assert client.post(path, data={"act": act}).status_code == 303
    assert everything() == before


@ON_SQLITE
def test_what_was_never_asked_of_them_is_not_needed_and_what_is_printed_can_be_corrected(client: Reader) -> None:
    required, absent = make_letter(asks_role="required"), make_letter(asks_role="absent")
    first, old = make_signature(absent, position=1), make_signature(absent, role="maire")
    assert all('name="role"' in client.get(f"{mine_path(each)}/correct").text for each in (first, old))
    assert 'name="role"' not in client.get(f"{mine_path(make_signature(absent))}/correct").text
    alone = f"{mine_path(make_signature(make_letter(asks_organisation='absent')))}/correct"
    assert not [name for name in ("organisation", "capacity") if f'name="{name}"' in client.get(alone).text]
    for signature, words in (
        (make_signature(required, position=1), {"role": ""}),
        (make_signature(required, role="", origin="import"), {"role": ""}),
        (make_signature(absent, given_name="", family_name="Colette"), {"given_name": ""}),
        (make_signature(absent, given_name="JR", family_name="JR"), {"given_name": "", "one_name": "y"}),
    ):
        answer = client.post(f"{mine_path(signature)}/correct", data=typed(signature, "save", **words))
        assert answer.status_code == 303, words
    asked = make_signature(required, role="maire")
    answer = client.post(f"{mine_path(asked)}/correct", data=typed(asked, "save", role=""))
    assert answer.status_code == 422


@ON_SQLITE
def test_who_speaks_for_an_organisation_cannot_leave_it_out(client: Reader) -> None:
    letter = make_letter()
    signature = make_signature(letter, position=1, organisation="Le Port", as_organisation=True)
    answer = client.post(f"{mine_path(signature)}/correct", data=typed(signature, "save"))
    assert answer.status_code == 422 and signature.organisation == "Le Port"
    assert "Indiquez l’organisation qui signe." in answer.text
