"""People to invite are pasted or sent in a file, looked over, and put on the list; nobody is mailed."""

import io
import re
from typing import Any

import pytest
import sqlalchemy as sa

from tests.databases import ON_SQLITE
from tests.factories import everything, invitations_of, make_invited, make_signature, owner_of
from tests.invitations.adding_form import add_path, give, names, read_otherwise, review
from tests.page import Reader
from tests.pasting.form import change, filled_in, words
from tests.reading.books import xlsx
from tests.reading.printed import PRINTED
from tests.statements import counted
from tribune.audit.models import Event, Verb
from tribune.database import db, now, write
from tribune.invitations import actions
from tribune.invitations.adding import MOST_PEOPLE
from tribune.invitations.lines import printed
from tribune.invitations.models import Invitation
from tribune.invitations.proposed import Proposed
from tribune.letters.models import Letter
from tribune.organisers.models import LogIn
from tribune.outbox.models import Message

SHEET = (
    "Civilité\tPrénom\tNom\tFonction\tStructure\tCourriel\tRubrique\tRemarque\n"
    "Mme\tZoé\tÉvrard\tMaire\tLille\tzoe@example.org\tÉlus\tamie de Paul\n"
    "M.\tPaul\tDuan\tFondateur\tBayes Impact\tpaul@example.org\t\t\n"
)


@ON_SQLITE
def test_cells_of_a_spreadsheet_become_invitations(client: Reader, letter: Letter) -> None:
    page = filled_in(give(client, letter, SHEET).text)
    assert names(page) == ["Zoé Évrard", "Paul Duan"] and page.getlist("email")[1] == "paul@example.org"
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Invitation)) == 0  # nothing yet
    kept = review(client, letter, page, "keep")
    assert (kept.status_code, kept.location) == (303, f"/manage/letters/{letter.id}/invitations")
    first, second = invitations_of(letter)
    assert (first.given_name, first.family_name, first.role, first.organisation) == ("Zoé", "Évrard", "Maire", "Lille")
    assert (first.section, first.note, first.email) == ("Élus", "amie de Paul", "zoe@example.org")
    assert (first.rank, second.rank) == (1, 2) and first.mailbox_key and first.affiliation is None
    assert db.session.scalars(sa.select(Message)).all() == []  # nobody is mailed
    [event] = db.session.scalars(sa.select(Event).where(Event.verb == Verb.INVITATIONS_ADDED))
    assert event.details["count"] == 2


def test_who_is_on_the_list_without_an_address_gets_it_from_a_list_pasted_later(client: Reader, letter: Letter) -> None:
    zoe = make_invited(letter, given_name="Zoé", family_name="Évrard", role="ancienne maire", email=None)
    namesake = make_invited(letter, given_name="Paul", family_name="Duan")  # who has one
    vouched = make_invited(letter, given_name="Ana", family_name="Ba", email=None)
    actions.attest(vouched, "by telephone", by=owner_of(letter))
    pasted = "Zoe EVRARD, maire, zoe@example.org\nPaul Duan, paul@example.org\nAna Ba, ana@example.org\nLéa Vu"
    shown = give(client, letter, pasted)
    said = "est sur la liste sans adresse"
    assert words(shown).count(said) == 2 and words(shown).count("est déjà sur la liste") == 3  # once on top, then each
    board = words(client.get(review(client, letter, filled_in(shown.text), "keep").location))
    assert "3 personnes ont été mises sur la liste" in board and "1 personne de la liste a désormais" in board
    assert [one.id for one in invitations_of(letter)][:3] == [zoe.id, namesake.id, vouched.id]
    assert len(invitations_of(letter)) == 6
    assert (zoe.email, zoe.role, zoe.family_name) == ("zoe@example.org", "ancienne maire", "Évrard")
    assert namesake.email != "paul@example.org" and vouched.email is None
    log = words(client.get(f"/manage/letters/{letter.id}/log"))
    assert "A donné une adresse à des personnes à inviter : 1 personne." in log
    again = give(client, letter, pasted)
    assert said not in words(again)


@ON_SQLITE
def test_an_address_is_given_to_nobody_where_it_is_unclear_whose_it_is(client: Reader, letter: Letter) -> None:
    for name in ("Bob", "Bob", "Eva", "Lia"):
        make_invited(letter, given_name=name, family_name="Roi", email=None)
    make_invited(letter, email="paul@example.org")
    pasted = "Bob Roi, b@example.org\nEva Roi, e@example.org\nEva Roi, v@example.org\nLia Roi, paul@example.org"
    shown = give(client, letter, pasted)
    assert "est sur la liste sans adresse" not in words(shown)
    review(client, letter, filled_in(shown.text), "keep")
    listed = [(one.given_name, one.email) for one in invitations_of(letter) if one.family_name == "Roi"]
    added = [("Bob", "b@example.org"), ("Eva", "e@example.org"), ("Eva", "v@example.org")]
    assert listed == [("Bob", None), ("Bob", None), ("Eva", None), ("Lia", None), *added]


@ON_SQLITE
def test_many_addresses_are_given_in_as_few_statements_as_one(client: Reader, letter: Letter) -> None:
    """On SQLite nobody signs meanwhile."""
    counts = []
    for given_names in (["Zoé"], ["Ana", "Léa", "Paul"]):
        people = [make_invited(letter, given_name=name, family_name="Ba", email=None) for name in given_names]
        pasted = "\n".join(f"{name} Ba, {name[0]}@example.org" for name in given_names)
        page = filled_in(give(client, letter, pasted).text)
        with counted() as said:
            review(client, letter, page, "keep")
        assert all(one.email for one in people)
        counts.append(len(said))
    assert counts[0] == counts[1]


def test_an_address_is_given_to_nobody_who_was_put_on_the_list_since_the_review(client: Reader, letter: Letter) -> None:
    page = filled_in(give(client, letter, "Zoé Évrard, zoe@example.org").text)
    zoe = make_invited(letter, given_name="Zoé", family_name="Évrard", email=None)
    answer = review(client, letter, page, "keep")
    assert answer.status_code == 422 and "est sur la liste sans adresse" in words(answer) and zoe.email is None
    assert review(client, letter, filled_in(answer.text), "keep").status_code == 303
    assert [one.email for one in invitations_of(letter)] == ["zoe@example.org"]


@ON_SQLITE
def test_a_workbook_becomes_invitations_and_says_what_it_did(client: Reader, letter: Letter) -> None:
    def more(_book: Any, sheet: Any) -> None:
        sheet.merge_range("A1:C1", "Premiers signataires")
        sheet.merge_range("B4:B5", "HelloAsso")
        sheet.write_row("A7", ["Total", "2"])

    rows = [
        [],
        [],
        ["NOM Prénom", "Structure", "Courriel"],
        ["LE MOUËL Ismaël", "", "i@example.org"],
        ["THOMASSIN Léa"],
    ]
    answer = give(client, letter, file=xlsx(rows, more), name="liste.xlsx")
    page = filled_in(answer.text)
    assert names(page) == ["Ismaël Le Mouël", "Léa Thomassin"] and page.getlist("row") == ["4", "5"]
    assert page.getlist("organisation") == ["HelloAsso"] * 2 and page["headings"] == "3"
    top = answer.text.split('<section class="columns"')[0]
    assert "Premiers signataires</q>" in top and "Total | 2</q>" in top
    assert re.search(r'<a href="#person-1">Léa Thomassin \([^)]*\b5\b[^)]*\)</a>', top)


@ON_SQLITE
def test_a_merged_cell_of_two_lines_is_read_again(client: Reader, letter: Letter) -> None:
    def more(_book: Any, sheet: Any) -> None:
        sheet.merge_range("B2:B3", "Ville de\nLille")

    rows = [["Nom", "Structure"], ["Zoé Évrard"], ["Ana Ba"]]
    page = filled_in(give(client, letter, file=xlsx(rows, more), name="liste.xlsx").text)
    again = read_otherwise(client, letter, page)
    assert again.status_code == 200 and names(filled_in(again.text)) == ["Zoé Évrard", "Ana Ba"]


@ON_SQLITE
@pytest.mark.parametrize("encoding", ["cp1252", "utf-16", "utf-8"])
def test_a_csv_of_excel_or_google_becomes_invitations(client: Reader, letter: Letter, encoding: str) -> None:
    delimiter = "," if encoding == "utf-8" else ";"
    file = f"Prénom{delimiter}Nom{delimiter}E-mail\r\nZoé{delimiter}Évrard{delimiter}z@example.org\r\n".encode(encoding)
    page = filled_in(give(client, letter, file=file).text)
    assert names(page) == ["Zoé Évrard"] and review(client, letter, page, "keep").status_code == 303


@ON_SQLITE
def test_the_list_as_it_was_printed_gives_everybody_on_it(client: Reader, letter: Letter) -> None:
    answer = give(client, letter, PRINTED)
    page = filled_in(answer.text)
    assert len(names(page)) == 45 and len(set(page.getlist("line"))) == 44
    assert 'name="column"' not in answer.text  # a list has none
    assert review(client, letter, page, "keep").status_code == 303
    invited = invitations_of(letter)
    assert len(invited) == 45 and [i.rank for i in invited[:3]] == [1, 1, 2]
    assert invited[2].affiliation == "Directeur France de Change.org"


@ON_SQLITE
@pytest.mark.parametrize(
    ("pasted", "affiliation", "line"),
    [
        ("professeur, université de Nantes", None, "Paul Martin, professeur (université de Nantes)"),
        ("université de Nantes", None, "Paul Martin (université de Nantes)"),
        ("maire de Lille", "maire de Lille", "Paul Martin, maire de Lille"),
        ("Rues libres", "Rues libres", "Paul Martin, Rues libres"),  # perhaps a role, the reader says
    ],
)
def test_role_and_organisation_set_apart_by_a_comma_are_printed_as_if_they_were_typed_apart(
    client: Reader, letter: Letter, pasted: str, affiliation: str | None, line: str
) -> None:
    answer = give(client, letter, f"Paul MARTIN, {pasted}, paul.martin@example.org")
    assert line in words(answer)
    assert review(client, letter, filled_in(answer.text), "keep").status_code == 303
    [invitation] = invitations_of(letter)
    assert invitation.affiliation == affiliation and printed(letter, invitation).text == line


@ON_SQLITE
def test_the_columns_are_shown_and_read_otherwise(client: Reader, letter: Letter) -> None:
    answer = give(client, letter, "Duan\tPaul\tBayes Impact\nÉvrard\tZoé\tLille")
    page = filled_in(answer.text)
    assert page.getlist("column") == ["given", "family", "affiliation"] and names(page)[0] == "Duan Paul"
    answer = read_otherwise(client, letter, page, column=["family", "given", "organisation"])
    page = filled_in(answer.text)
    assert names(page) == ["Paul Duan", "Zoé Évrard"] and page.getlist("organisation") == ["Bayes Impact", "Lille"]
    answer = read_otherwise(client, letter, page, column=["left out"] * 3)
    assert answer.status_code == 200 and names(filled_in(answer.text)) == []
    assert "Duan | Paul | Bayes Impact" in words(answer)  # no row is lost in silence


@ON_SQLITE
def test_the_row_of_the_headings_can_be_changed(client: Reader, letter: Letter) -> None:
    page = filled_in(give(client, letter, SHEET).text)
    assert page["headings"] == "1"
    page = filled_in(read_otherwise(client, letter, page, headings="2").text)
    assert names(page) == ["Paul Duan"]


@ON_SQLITE
def test_a_box_is_wrong_once_it_is_sent_empty(client: Reader, letter: Letter) -> None:
    assert "aria-invalid" not in client.get(add_path(letter)).text
    assert give(client, letter, "").text.count('aria-invalid="true"') == 1


@ON_SQLITE
def test_a_wrong_address_is_said_and_kept_to_be_corrected(client: Reader, letter: Letter) -> None:
    answer = give(client, letter, "Zoé Évrard\tmaire\tzoe@example\nAna Ba\tautrice\tana@example.org")
    page = filled_in(answer.text)
    assert page.getlist("email") == ["zoe@example", "ana@example.org"]
    assert 'href="#person-0"' in answer.text
    before = everything()
    answer = review(client, letter, page, "keep", lang="en")
    assert answer.status_code == 422 and "No email can reach this address" in words(answer)
    assert 'href="#email-0"' in answer.text and everything() == before
    page = filled_in(answer.text)
    assert page.getlist("email")[0] == "zoe@example"
    change(page, "email", 0, "zoe@example.org")
    assert review(client, letter, page, "keep").status_code == 303


def test_who_is_invited_already_is_left_out_until_somebody_means_it(client: Reader, letter: Letter) -> None:
    actions.add(letter, [Proposed("Zoé", "Évrard", email="zoe@example.org")], by=owner_of(letter))
    answer = give(client, letter, "Zoe EVRARD, zoe+lille@example.org\nAna Ba, ana@example.org")
    page = filled_in(answer.text)
    assert page.getlist("leave_out") == ["0"] and 'href="#person-0"' in answer.text
    answer = review(client, letter, page, "keep", leave_out=["0", "1"], lang="en")
    assert answer.status_code == 422 and "Everybody is left out" in words(answer)
    page.poplist("leave_out")
    assert review(client, letter, page, "keep").status_code == 303
    assert len(invitations_of(letter)) == 3


def test_pressing_twice_invites_once(client: Reader, letter: Letter) -> None:
    page = filled_in(give(client, letter, "Zoé Évrard, zoe@example.org\nAna Ba").text)
    assert review(client, letter, page, "keep").status_code == 303
    answer = review(client, letter, page, "keep", lang="en")
    assert answer.status_code == 422 and "since this page was shown" in words(answer)
    assert len(invitations_of(letter)) == 2


@ON_SQLITE
def test_who_stands_there_already_is_said(client: Reader, letter: Letter) -> None:
    make_signature(letter, given_name="Zoé", family_name="Évrard", email="zoe@example.org")
    make_signature(letter, given_name="Ana", family_name="Ba", email="other@example.org")
    text = "Zoé Évrard, zoe@example.org\nAna Ba, ana@example.org\nLéo Cid, ana@example.org\nLeo CID, l@example.org"
    page = filled_in(give(client, letter, text).text)
    doubted = [set(codes.split()) for codes in page.getlist("reasons")]
    assert "has_signed" in doubted[0] and doubted[1] >= {"name_signed", "repeated_address"}
    assert doubted[2] >= {"repeated_address", "repeated_name"} and "repeated_name" in doubted[3]
    assert page.getlist("leave_out") == []


@ON_SQLITE
def test_what_holds_nobody_is_refused_in_words(client: Reader, letter: Letter) -> None:
    for people, file, said in (
        ("", b"", "Paste the list here"),
        ("x", b"x", "not both"),
        ("----\n12", b"", "nobody here"),
        ("", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "XLSX or CSV"),
        ("", b"PK\x03\x04nonsense", "damaged"),
        ("\n".join(f"Ana Ba{n}" for n in range(1001)), b"", "too much for one list: 1000 people"),
        ("Ana Ba, maire" + " ; 12" * 2000 + " ; Luc Da", b"", "too much for one list"),  # without reading each
    ):
        answer = client.post(
            add_path(letter),
            data={**filled_in(client.get(add_path(letter)).text), "people": people, "lang": "en"}
            | ({"file": (io.BytesIO(file), "list")} if file else {}),
            content_type="multipart/form-data",
        )
        assert answer.status_code == 422 and said in words(answer), said


@ON_SQLITE
def test_a_file_that_is_too_large_is_refused_before_it_is_read(client: Reader, letter: Letter) -> None:
    answer = client.post(
        f"{add_path(letter)}?lang=en",
        data=b"x",
        content_type="multipart/form-data; boundary=x",
        environ_overrides={"CONTENT_LENGTH": str(100 * 1024 * 1024)},
    )
    assert answer.status_code == 413 and "5 MB" in answer.text


@ON_SQLITE
@pytest.mark.parametrize("table", [f"!\t{'9' * 5000}\tother_sheets\tx", f"{'9' * 5000}\tx", "x\ty", "!\t1\tx\ty"])
def test_a_table_that_is_not_as_it_was_sent_is_refused_in_words(client: Reader, letter: Letter, table: str) -> None:
    answer = review(client, letter, filled_in(give(client, letter, SHEET).text), "show", sheet=table, lang="en")
    assert answer.status_code == 400 and "is damaged" in answer.text


@ON_SQLITE
def test_a_review_of_more_rows_than_a_page_of_ours_holds_is_not_shown(client: Reader, letter: Letter) -> None:
    page = filled_in(give(client, letter, SHEET).text)
    page.setlist("line", ["1"] * (2 * MOST_PEOPLE + 1))
    assert review(client, letter, page, "show").status_code == 413


@ON_SQLITE
def test_a_thousand_people_are_looked_over_and_kept(client: Reader, letter: Letter) -> None:
    person = "Иван Петрович{0}\tСидоров\tпрофессор\tМосковский государственный университет\tp{0}@example.org"
    answer = give(client, letter, "\n".join(person.format(n) for n in range(1000)))
    page = filled_in(answer.text)
    assert len(names(page)) == 1000
    assert review(client, letter, page, "keep").status_code == 303
    assert len(invitations_of(letter)) == 1000


@ON_SQLITE
def test_what_was_typed_stays_when_a_row_is_added(client: Reader, letter: Letter) -> None:
    page = filled_in(give(client, letter, SHEET).text)
    change(page, "family_name", 0, "Évrard-Ba")
    page = filled_in(review(client, letter, page, "add").text)
    assert names(page) == ["Zoé Évrard-Ba", "Paul Duan", ""] and len(page.getlist("column")) == 8
    review(client, letter, page, "keep")
    assert [i.family_name for i in invitations_of(letter)] == ["Évrard-Ba", "Duan"]


@ON_SQLITE
def test_the_address_of_the_review_alone_leads_back_to_the_box(client: Reader, letter: Letter) -> None:
    assert client.get(f"{add_path(letter)}/review").location == add_path(letter)


@ON_SQLITE
def test_a_list_whose_log_in_ended_is_given_back_as_it_can_be_pasted_again(client: Reader, letter: Letter) -> None:
    people = "Zoé Évrard, maire (Lille), zoe@example.org\nAna Ba, autrice\nPaul Duan, paul@example.org"
    page = filled_in(give(client, letter, people).text)
    change(page, "note", 2, "amie de Paul")
    with write() as session:
        session.execute(sa.update(LogIn).values(ended_at=now()))
    client.environ_base["HTTP_ACCEPT"] = "text/html"
    ended = review(client, letter, page, "keep", leave_out="1", doubts="no_table of ours")
    [given] = re.findall(r"<textarea[^>]*>\n?(.*?)</textarea>", ended.text, re.DOTALL)
    assert ended.status_code == 401
    headings, *rows = given.split("\n")
    assert headings == "Prénom\tNom\tFonction\tOrganisation\tAdresse électronique\tRubrique\tNote"
    assert rows == ["Zoé\tÉvrard\tmaire\tLille\tzoe@example.org", "Paul\tDuan\t\t\tpaul@example.org\t\tamie de Paul"]
    client.delete_cookie("tribune_organiser")
    client.log_in(owner_of(letter))
    again = filled_in(give(client, letter, given).text)
    assert (names(again), again.getlist("email")) == (
        ["Zoé Évrard", "Paul Duan"],
        ["zoe@example.org", "paul@example.org"],
    )
