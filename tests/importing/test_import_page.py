"""The pages that import: a file is shown as it would be imported, the button does what it says, and it is undone."""

import re
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from werkzeug.test import TestResponse

from tests.databases import ON_SQLITE
from tests.factories import make_letter, make_member, make_signature, owner_of, posted
from tests.importing import files
from tests.importing.conftest import opened
from tests.importing.desk import KNOWN, give, numbers, path, press, signatures
from tests.page import Reader, words
from tests.pasting.form import filled_in
from tests.reading.books import xlsx
from tests.statements import listening
from tests.threads import at_once
from tribune.database import db
from tribune.importing import actions, manage
from tribune.importing.entries import ATTEST
from tribune.letters import life
from tribune.letters.carrying import delete_account
from tribune.letters.models import Letter
from tribune.moderation import pieces
from tribune.moderation.actions import undo
from tribune.moderation.models import Batch
from tribune.outbox.mailboxes import mailbox_key
from tribune.signatures.actions import not_me
from tribune.signatures.counting import recount
from tribune.teams.models import Role


@pytest.fixture
def letter(client: Reader) -> Letter:
    letter = make_letter(slug="rues")
    client.log_in(owner_of(letter))
    return letter


@ON_SQLITE
def test_who_asked_not_to_be_there_is_counted_and_not_named(client: Reader, letter: Letter) -> None:
    not_me(mailbox_key("ana@example.org"))
    page = give(client, letter, files.GOOGLE)
    assert numbers(page) == ["2", "0", "0", "0"] and "1 more is left out" in page.text
    said = re.sub(r'<input type="hidden" name="sheet".*?>', "", page.text.split('id="found"')[1])
    assert "Ana" not in said and "row 3" not in said


def test_a_file_is_shown_as_it_would_be_imported_and_nothing_is_kept(client: Reader, letter: Letter) -> None:
    make_signature(letter, email="ana@example.org")
    page = give(client, letter, files.GOOGLE + "hier,Toto,Toto,toto@example.org,,\n,,,personne,,\n")
    assert page.status_code == 200 and numbers(page) == ["3", "1", "1", "1"]
    assert "Import 3 signatures" in page.text and "This date cannot be read" in page.text
    assert re.search(r"row 3\s*<q>Ana Ba</q>", page.text) and "The line looks like a joke or an insult." in page.text
    assert len(signatures()) == 1 and posted() == []


@ON_SQLITE
def test_of_a_row_that_is_refused_for_its_address_the_remedy_is_said(client: Reader, letter: Letter) -> None:
    page = give(client, letter, "Prénom,Nom,Courriel\nAna,Ba,ana@example.org\nLéo,Roux,pas une adresse\n")
    assert numbers(page) == ["1", "0", "0", "1"]
    assert "nobody can be asked to confirm. Correct it in the file." in page.text and "it was left out" not in page.text
    assert "then choose the file again" in page.text


@ON_SQLITE
def test_no_note_is_promised_that_an_import_does_not_keep(client: Reader, letter: Letter) -> None:
    page = give(client, letter, "Nom;Courriel\nAna Ba;a@example.org, b@example.org\nLéo Roux;bureau : l@example.org\n")
    said = words(page.text)
    assert "only the first was taken" in said and "the rest was left out" in said and "note" not in said.lower()


@ON_SQLITE
def test_the_sheets_that_were_not_read_are_said_by_name(client: Reader, letter: Letter) -> None:
    rows = [["Nom", "Prénom"], ["Ba", "Ana"]]
    page = give(client, letter, xlsx(rows, lambda book, _sheet: book.add_worksheet("Aisne")))
    assert "Send each one you need separately. (Aisne)" in words(page.text)


@ON_SQLITE
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
    assert "2 signatures were deleted, as if they had never been imported" in client.get(done.location).text
    assert KNOWN in client.get(f"/manage/letters/{letter.id}/log").text


@ON_SQLITE
def test_the_button_does_nothing_but_what_was_looked_at(client: Reader, letter: Letter) -> None:
    page = give(client, letter, files.GOOGLE)
    changed = press(client, letter, page, "import", how="attest", reason=KNOWN)
    assert changed.status_code == 409 and "Something has changed since you looked" in changed.text
    make_signature(letter, email="zoe@example.org")
    late = press(client, letter, changed, "import", reason=KNOWN)
    assert late.status_code == 409 and "Import 2 signatures" in late.text and len(signatures()) == 1
    assert press(client, letter, late, "import").status_code == 303 and letter.attested_count == 2


@ON_SQLITE
def test_a_table_that_is_not_as_it_was_sent_is_refused_in_words(client: Reader, letter: Letter) -> None:
    for act in ("look", "import"):
        answer = press(client, letter, give(client, letter, files.GOOGLE), act, sheet="x\ty")
        assert answer.status_code == 400 and "has been lost on the way" in answer.text
    assert signatures() == []


def test_pressing_twice_imports_once_and_shows_what_was_done(client: Reader, letter: Letter) -> None:
    page = give(client, letter, files.GOOGLE)
    first, again = (press(client, letter, page, "import") for _ in range(2))
    assert first.status_code == again.status_code == 303 and first.location == again.location
    assert len(signatures()) == 3 and len(posted()) == 3


@ON_SQLITE
def test_what_was_taken_back_meanwhile_is_looked_over_again(client: Reader, letter: Letter) -> None:
    page = give(client, letter, files.GOOGLE)
    press(client, letter, page, "import")
    undo(db.session.scalars(sa.select(Batch)).one(), by=owner_of(letter))
    make_signature(letter, email="zoe@example.org")
    again = press(client, letter, page, "import")
    assert again.status_code == 409 and "Import 2 signatures" in again.text and len(signatures()) == 1


@ON_SQLITE
def test_who_answered_again_and_agrees_to_something_else_is_pointed_out(client: Reader, letter: Letter) -> None:
    asked = "Nom,Adresse e-mail,Acceptez-vous que votre nom soit publié ?"
    no_more = "Ana Ba,ana@example.org,Oui\nZoé Évrard,zoe@example.org,Oui\nAna Ba,ANA@example.org,Non\n"
    once_more = "Zoé Évrard,zoe@example.org,Oui\nAna Ba,ana@example.org,Non\n"
    page = give(client, letter, f"{asked}\n{no_more}{once_more}")
    assert numbers(page) == ["2", "0", "3", "0"]
    told = words(page.text)
    assert "Keep the right one in the file. row 4 Ana Ba , row 6 Ana Ba" in told
    assert "one person counts once. row 5 Zoé Évrard" in told


@ON_SQLITE
def test_a_closed_letter_says_so_before_a_file_is_looked_over(client: Reader, letter: Letter) -> None:
    page, closing = f"/manage/letters/{letter.id}/signatures/import?lang=en", f"/manage/letters/{letter.id}/close"
    assert 'type="file"' in client.get(page).text and closing not in client.get(page).text
    life.close(letter)
    closed = client.get(page).text
    assert 'type="file"' not in closed and closing in closed
    assert "This letter is closed: it takes no more signatures." in closed


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


def test_what_another_window_began_while_one_was_pressed_goes_on(
    app: Flask, client: Reader, letter: Letter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(manage, "AT_ONE_PRESS", 0)
    page, other = give(client, letter, files.GOOGLE), app.test_client()
    other.log_in(owner_of(letter))  # type: ignore[attr-defined]
    to_press = [partial(press, other, letter, give(other, letter, files.GOOGLE), "import")]

    def looks(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        if "FROM signatures" in statement and to_press:
            to_press.pop()()

    with listening("before_cursor_execute", looks):
        answer = press(client, letter, page, "import")
    assert not to_press and answer.status_code == 303 and len(signatures()) == 3 == len(posted())


def test_a_long_import_goes_on_from_its_own_page(
    client: Reader, letter: Letter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(manage, "AT_ONE_PRESS", 0)
    monkeypatch.setattr(pieces, "MAILS_AT_ONCE", 20)
    rows = "".join(
        f"24/11/2023 13:12,Zoé,É{chr(97 + n // 20)}{chr(97 + n % 20)},p{n}@example.org,,\n" for n in range(50)
    )
    page = give(client, letter, files.GOOGLE.splitlines(keepends=True)[0] + rows)
    answer, presses = press(client, letter, page, "import"), 1
    while answer.status_code == 200:
        assert "Import under way" in answer.text
        answer, presses = press(client, letter, answer, filled_in(answer.text)["act"]), presses + 1
    assert answer.status_code == 303 and presses > 2 and len(signatures()) == 50 == len(posted())


@ON_SQLITE
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


@ON_SQLITE
def test_a_file_too_large_for_a_page_is_sent_to_the_command(client: Reader, letter: Letter) -> None:
    answer = client.post(
        f"{path(letter)}?lang=en",
        data=b"x",
        content_type="multipart/form-data; boundary=x",
        environ_overrides={"CONTENT_LENGTH": str(100 * 1024 * 1024)},
    )
    assert answer.status_code == 413 and "flask signatures import" in answer.text


@ON_SQLITE
def test_of_many_rows_in_doubt_the_first_are_read_and_the_others_unfold(client: Reader, letter: Letter) -> None:
    rows = "".join(f"Zoé {n},Évrard,zoe{n}@example.org,jamais\n" for n in range(10))
    shown, _, folded = give(client, letter, f"Prénom,Nom,Email,Date\n{rows}").text.partition("<details>")
    assert "row 9 Zoé 7 Évrard" in words(shown) and "row 10" not in words(shown)
    assert words(folded).startswith("and 2 others row 10 Zoé 8 Évrard , row 11 Zoé 9 Évrard")


def test_what_somebody_imported_who_deletes_their_account_is_not_said_to_come_from_the_shell(
    app: Flask, client: Reader, letter: Letter
) -> None:
    gone, other = make_member(letter, Role.EDITOR), app.test_client()
    other.log_in(gone)
    name = gone.called
    done = press(other, letter, give(other, letter, files.GOOGLE), "import").location or ""
    assert f"By {name} When" in words(client.get(done).text)
    delete_account(gone)
    assert "By the command line of the server, or somebody who has left When" in words(client.get(done).text)


@ON_SQLITE
def test_nobody_is_asked_before_publication_nor_after_the_end(app: Flask, client: Reader) -> None:
    draft = make_letter(published=False)
    client.log_in(owner_of(draft))
    page = give(client, draft, files.GOOGLE)
    assert filled_in(page.text)["how"] == "attest"
    page = press(client, draft, page, "look", how="ask")
    answer = press(client, draft, page, "import")
    assert answer.status_code == 409 and "before the letter is published" in answer.text
    page = press(client, draft, page, "look", how="attest")
    life.publish(draft)
    life.close(draft)
    answer = press(client, draft, page, "import", reason=KNOWN)
    assert answer.status_code == 409 and "takes no more signatures" in answer.text and signatures() == []
