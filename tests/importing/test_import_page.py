"""The pages that import: a file is shown as it would be imported, the button does what it says, and it is undone."""

import io
import re
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from tests.factories import make_letter, make_signature, owner_of, posted
from tests.importing import files
from tests.importing.conftest import opened
from tests.page import Reader
from tests.pasting.form import filled_in
from tests.reading.books import xlsx
from tests.threads import at_once
from tribune.database import db
from tribune.importing import actions, manage
from tribune.importing.entries import ATTEST
from tribune.letters import life
from tribune.letters.models import Letter
from tribune.moderation.actions import undo
from tribune.moderation.models import Batch
from tribune.outbox.mailboxes import mailbox_key
from tribune.signatures.actions import not_me
from tribune.signatures.models import Signature
from tribune.signatures.recounting import recount

KNOWN = "Ils ont signé sur Pytition."


@pytest.fixture
def letter(client: Reader) -> Letter:
    letter = make_letter(slug="rues")
    client.log_in(owner_of(letter))
    return letter


def path(letter: Letter) -> str:
    return f"/manage/letters/{letter.id}/signatures/import"


def give(client: Reader, letter: Letter, content: str | bytes) -> TestResponse:
    """Choose a file and press the button."""
    form: dict[str, Any] = {**filled_in(client.get(path(letter)).text).to_dict(), "lang": "en"}
    form["file"] = (io.BytesIO(content.encode() if isinstance(content, str) else content), "signatures.csv")
    return client.post(path(letter), data=form, content_type="multipart/form-data")


def press(client: Reader, letter: Letter, page: TestResponse, act: str, **typed: Any) -> TestResponse:
    """Press a button of the page, `typed` replacing single fields."""
    form: MultiDict[str, str] = filled_in(page.text)
    sent = {**form.to_dict(flat=False), "lang": "en", "act": act, **typed}
    return client.post(f"{path(letter)}/review", data=sent)


def numbers(page: TestResponse) -> list[str]:
    """New, of which to look at, there already, refused."""
    return re.findall(r"<dd>([\d,.]+)</dd>", page.text)


def signatures() -> list[Signature]:
    return list(db.session.scalars(sa.select(Signature).order_by(Signature.id)))


def test_who_asked_not_to_be_there_is_counted_and_not_named(client: Reader, letter: Letter) -> None:
    not_me(mailbox_key("ana@example.org"))
    page = give(client, letter, files.GOOGLE)
    assert numbers(page) == ["2", "0", "0", "0"] and "1 more is left out" in page.text
    said = re.sub(r'<input type="hidden" name="sheet".*?>', "", page.text.split('id="found"')[1])
    assert "Ana" not in said and "row 3" not in said


def test_a_workbook_keeps_the_time_of_a_day_as_a_csv_does(client: Reader, letter: Letter) -> None:
    moments = [datetime(2023, 11, 24, 9, 12, 5), datetime(2023, 11, 24, 17, 12, 5), datetime(2023, 11, 25)]
    rows = [("Horodateur", "Nom"), *((moment, "Jean Martin") for moment in moments)]

    def more(book: Any, sheet: Any) -> None:
        shown = book.add_format({"num_format": "dd/mm/yyyy hh:mm:ss"})
        for row, (moment, name) in enumerate(rows):
            sheet.write(row, 0, moment, shown)
            sheet.write(row, 1, name)

    text = "\n".join(f"{moment},{name}" for moment, name in rows)
    for content in (text, xlsx((), more)):
        page = give(client, letter, content)
        assert numbers(page) == ["3", "2", "0", "0"]
    press(client, letter, page, "import", how="attest", reason=KNOWN)
    assert [one.signed_at.astimezone(letter.zone).replace(tzinfo=None) for one in signatures()] == moments


def test_a_file_is_shown_as_it_would_be_imported_and_nothing_is_kept(client: Reader, letter: Letter) -> None:
    make_signature(letter, email="ana@example.org")
    page = give(client, letter, files.GOOGLE + "hier,Toto,Toto,toto@example.org,,\n,,,personne,,\n")
    assert page.status_code == 200 and numbers(page) == ["3", "1", "1", "1"]
    assert "Import 3 signatures" in page.text and "This date cannot be read" in page.text
    assert re.search(r"row 3\s*<q>Ana Ba</q>", page.text) and "The name looks like a joke." in page.text
    assert len(signatures()) == 1 and posted() == []


@pytest.mark.parametrize("content", ["2147483648", f"{files.GOOGLE}24/11/2023 10:00:00,,,,,\n"])
def test_a_row_without_anything_of_a_person_is_nobodys(client: Reader, letter: Letter, content: str) -> None:
    page = give(client, letter, content)
    assert page.status_code in {200, 422} and signatures() == []


def test_everybody_is_asked_unless_the_organiser_answers_for_them(client: Reader, letter: Letter) -> None:
    page = give(client, letter, files.GOOGLE)
    done = press(client, letter, page, "import")
    assert done.status_code == 303 and len(posted()) == 3
    assert {s.status for s in signatures()} == {"pending"}
    result = client.get(done.location).text
    assert "3 signatures imported" in result and "asked by email to confirm" in result


def test_who_answers_says_how_they_know_and_the_import_is_undone(client: Reader, letter: Letter) -> None:
    page = press(client, letter, give(client, letter, files.PYTITION), "look", how="attest", published="all")
    assert numbers(page) == ["2", "0", "0", "1"] and "They never confirmed it there" in page.text
    without = press(client, letter, page, "import")
    assert without.status_code == 422 and "Write how you know" in without.text and signatures() == []
    done = press(client, letter, without, "import", reason=KNOWN)
    assert done.status_code == 303
    assert [(s.status, s.published, s.news) for s in signatures()] == [
        ("attested", True, True),
        ("attested", True, False),
    ]
    result = client.get(done.location)
    assert KNOWN in result.text
    batch = db.session.scalars(sa.select(Batch)).one()
    client.post(f"/manage/letters/{letter.id}/signatures/batches/{batch.id}/undo", data=filled_in(result.text))
    db.session.expire_all()
    assert signatures() == [] and recount(letter) == (0, 0) and letter.attested_count == 0
    assert "2 signatures were taken back" in client.get(done.location).text
    assert KNOWN in client.get(f"/manage/letters/{letter.id}/log").text


def test_a_cell_of_several_lines_travels_with_its_row(client: Reader, letter: Letter) -> None:
    page = give(client, letter, files.GOOGLE + 'hier,Toto,"Le\nGoff",toto@example.org,"Ville\r\nde Lille",\n')
    again = press(client, letter, page, "look")
    assert again.status_code == 200 and numbers(again) == numbers(page) == ["4", "1", "0", "0"]
    assert press(client, letter, again, "import").status_code == 303


def test_what_is_said_of_a_cell_of_several_lines_travels_too(client: Reader, letter: Letter) -> None:
    comment = "Bonjour,\nje signe. " + "Parce que. " * 220
    page = give(client, letter, f'Nom,Courriel,Commentaire\nZoé Évrard,zoe@example.org,"{comment}"\n')
    assert "A cell was very long" in page.text
    assert press(client, letter, page, "import").status_code == 303 and len(signatures()) == 1


def test_the_button_does_nothing_but_what_was_looked_at(client: Reader, letter: Letter) -> None:
    page = give(client, letter, files.GOOGLE)
    changed = press(client, letter, page, "import", how="attest", reason=KNOWN)
    assert changed.status_code == 409 and "Something has changed since you looked" in changed.text
    make_signature(letter, email="zoe@example.org")
    late = press(client, letter, changed, "import", reason=KNOWN)
    assert late.status_code == 409 and "Import 2 signatures" in late.text and len(signatures()) == 1
    assert press(client, letter, late, "import").status_code == 303 and letter.attested_count == 2


def test_columns_are_taken_otherwise(client: Reader, letter: Letter) -> None:
    page = give(client, letter, "Prénom;Nom;Ville;Courriel\nZoé;Évrard;Lille;zoe@example.org\n")
    changed = press(client, letter, page, "look", column=["family", "given", "organisation", "email"])
    press(client, letter, changed, "import")
    [signature] = signatures()
    assert (signature.given_name, signature.family_name, signature.organisation) == ("Évrard", "Zoé", "Lille")


def test_a_question_that_is_not_known_is_for_the_organiser_to_choose(client: Reader, letter: Letter) -> None:
    asked = "Signer anonymement ?,Mon nom peut paraître dans Le Monde et être affiché"
    page = give(client, letter, f"Prénom,Nom,Courriel,{asked}\nZoé,Évrard,zoe@example.org,Non,Oui\n")
    assert (
        "D <q>Signer anonymement ?</q>, E <q>Mon nom peut paraître" in page.text and "they were left out" in page.text
    )
    columns = ["given", "family", "email", "left out", "published"]
    chosen = press(client, letter, page, "look", column=columns)
    assert "<q>Mon nom" not in chosen.text and "it was left out" in chosen.text
    press(client, letter, chosen, "import")
    assert [one.published for one in signatures()] == [True]


def test_it_is_said_where_a_row_that_is_doubted_is_left_out(client: Reader, letter: Letter) -> None:
    rows = [("Nom", "Courriel"), ("Zoé Évrard", "zoe@example.org")]
    page = give(client, letter, xlsx(rows, lambda _book, sheet: sheet.set_row(1, None, None, {"hidden": True})))
    assert numbers(page) == ["1", "1", "0", "0"] and "This row is hidden" in page.text
    assert "leave it out, in the file itself" in page.text
    assert "in the file itself" not in give(client, letter, files.GOOGLE).text  # nothing is doubted


def test_two_columns_chosen_for_one_consent_agree_together(client: Reader, letter: Letter) -> None:
    page = give(
        client, letter, "Prénom,Nom,Courriel,A,B\nZoé,Évrard,z@example.org,Non,Oui\nAna,Ba,a@example.org,Oui,Oui\n"
    )
    chosen = press(client, letter, page, "look", column=["given", "family", "email", "published", "published"])
    press(client, letter, chosen, "import")
    assert [one.published for one in signatures()] == [False, True]


def chosen(page: TestResponse) -> list[str]:
    """What the columns are taken for."""
    return filled_in(page.text).getlist("column")


def test_the_columns_are_guessed_again_from_the_row_of_headings_that_is_given(client: Reader, letter: Letter) -> None:
    title = "Nos signataires,de Lille,zoe@lille.example,à Paris,2023,,,,,,\n"
    page = give(client, letter, title + files.FORM.replace("Votre nom de famille", "Votre patronyme"))
    assert filled_in(page.text)["headings"] == "0" and "date" not in chosen(page)
    by_hand = chosen(page)
    by_hand[2] = "family"
    page = press(client, letter, page, "look", headings="2", column=by_hand)
    assert chosen(page) == ["date", "given", "family", "email", *["left out"] * 5, "published", "news"]
    assert filled_in(page.text)["dates"] == "month"
    page = press(client, letter, page, "look", column=["date", "given", "family", "email", *["left out"] * 7])
    assert chosen(page)[-2:] == ["left out"] * 2  # what was chosen since stays
    press(client, letter, page, "import", reason=KNOWN)
    assert [(one.given_name, one.family_name, one.published) for one in signatures()] == [
        ("Zoé", "Évrard", False),
        ("Ana", "Ba", False),
    ]


def test_to_import_from_another_row_of_headings_shows_first_what_that_gives(client: Reader, letter: Letter) -> None:
    page = give(client, letter, "Liste,de,Lille\nNom,Prénom,Courriel\nÉvrard,Zoé,zoe@example.org\n")
    other = press(client, letter, page, "import", headings="0")
    assert other.status_code == 409 and filled_in(other.text)["headings"] == "0" and signatures() == []
    back = press(client, letter, other, "look", headings="2")
    assert chosen(back) == ["family", "given", "email"]


def test_pressing_twice_imports_once_and_shows_what_was_done(client: Reader, letter: Letter) -> None:
    page = give(client, letter, files.GOOGLE)
    first, again = (press(client, letter, page, "import") for _ in range(2))
    assert first.status_code == again.status_code == 303 and first.location == again.location
    assert len(signatures()) == 3 and len(posted()) == 3


def test_what_was_taken_back_meanwhile_is_looked_over_again(client: Reader, letter: Letter) -> None:
    page = give(client, letter, files.GOOGLE)
    press(client, letter, page, "import")
    undo(db.session.scalars(sa.select(Batch)).one(), by=owner_of(letter))
    make_signature(letter, email="zoe@example.org")
    again = press(client, letter, page, "import")
    assert again.status_code == 409 and "Import 2 signatures" in again.text and len(signatures()) == 1


def test_one_that_added_nobody_before_the_letter_closed_is_taken_back(
    client: Reader, letter: Letter, tmp_path: Path
) -> None:
    file, terms = opened(files.written(tmp_path, files.GOOGLE), letter, ATTEST, False)
    batch = actions.start(letter, terms, by=None, digest=file.digest, new=3)
    life.close(letter)
    path = f"/manage/letters/{letter.id}/signatures/batches/{batch.id}"
    client.post(f"{path}/undo", data=filled_in(client.get(path).text))
    db.session.expire_all()
    assert batch.undone_at and batch.finished_at
    assert f'action="{path}/undo"' not in client.get(path).text


def test_four_windows_that_import_one_file_at_once_import_it_once(app: Flask, letter: Letter) -> None:
    windows = [app.test_client() for _ in range(4)]
    pages = []
    for window in windows:
        window.log_in(owner_of(letter))  # type: ignore[attr-defined]
        pages.append(give(window, letter, files.GOOGLE))
    here, answers = letter.id, []

    def import_(window: Reader, page: TestResponse) -> None:
        answers.append(press(window, db.session.get_one(Letter, here), page, "import"))

    at_once(app, [partial(import_, *each) for each in zip(windows, pages, strict=True)])
    assert {answer.status_code for answer in answers} <= {200, 303}
    assert len(signatures()) == 3 and len(db.session.scalars(sa.select(Batch)).all()) == 1


def test_a_long_import_goes_on_from_its_own_page(
    client: Reader, letter: Letter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(manage, "AT_ONE_PRESS", 0)
    rows = "".join(
        f"24/11/2023 13:12,Zoé,É{chr(97 + n // 20)}{chr(97 + n % 20)},p{n}@example.org,,\n" for n in range(250)
    )
    page = give(client, letter, files.GOOGLE.splitlines(keepends=True)[0] + rows)
    answer, presses = press(client, letter, page, "import"), 1
    while answer.status_code == 200:
        assert "Import under way" in answer.text
        answer, presses = press(client, letter, answer, filled_in(answer.text)["act"]), presses + 1
    assert answer.status_code == 303 and presses > 2 and len(signatures()) == 250 == len(posted())


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("", "Choose the file"),
        ("Nom;Courriel\n" + "Ana Ba;\n" * 2_100, "flask signatures import rues FILE.csv"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old Excel"),
    ],
    ids=["nothing", "too many rows", "an old workbook"],
)
def test_what_cannot_be_read_is_refused_in_words(
    client: Reader, letter: Letter, content: str | bytes, told: str
) -> None:
    form: dict[str, Any] = {**filled_in(client.get(path(letter)).text).to_dict(), "lang": "en"}
    if not content:
        answer = client.post(path(letter), data=form, content_type="multipart/form-data")
    else:
        answer = give(client, letter, content)
    assert answer.status_code == 422 and told in answer.text


def test_a_file_too_large_for_a_page_is_sent_to_the_command(client: Reader, letter: Letter) -> None:
    answer = client.post(
        f"{path(letter)}?lang=en",
        data=b"x",
        content_type="multipart/form-data; boundary=x",
        environ_overrides={"CONTENT_LENGTH": str(100 * 1024 * 1024)},
    )
    assert answer.status_code == 413 and "flask signatures import" in answer.text


def test_nobody_is_asked_before_publication_nor_after_the_end(app: Flask, client: Reader) -> None:
    draft = make_letter(published=False)
    client.log_in(owner_of(draft))
    page = press(client, draft, give(client, draft, files.GOOGLE), "look", how="ask")
    answer = press(client, draft, page, "import")
    assert answer.status_code == 409 and "before the letter is published" in answer.text
    page = press(client, draft, page, "look", how="attest")
    life.publish(draft)
    life.close(draft)
    answer = press(client, draft, page, "import", reason=KNOWN)
    assert answer.status_code == 409 and "takes no signature any more" in answer.text and signatures() == []
