"""The files of other sites are understood as they come: what each column holds, who signed when and agreed to what."""

from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from flask import Flask

from tests.databases import ON_SQLITE
from tests.importing import files
from tribune.importing.columns import DATE, guess_columns
from tribune.importing.entries import ASK, ATTEST, Entry, Refused, Terms, entries_in
from tribune.importing.moments import is_month_first, moment_in
from tribune.reading.grid import CannotRead, Row
from tribune.reading.sheets import read_file
from tribune.reading.streamed import streamed

PARIS = ZoneInfo("Europe/Paris")


def held(path: Path) -> str:
    return ",".join(guess_columns(streamed(path).begins().rows).held)


def read(path: Path, how: str = ATTEST) -> list[Entry | Refused]:
    file = streamed(path)
    columns = guess_columns(file.begins().rows)
    dates = [row.cells[columns.held.index(DATE)] for row in file.begins().rows] if DATE in columns.held else []
    terms = Terms(how=how, columns=columns, zone=PARIS, month_first=is_month_first(dates))
    return [one for sheet in file.sheets() for one in entries_in(sheet, terms)]


def told(entry: Entry | Refused) -> str:
    if isinstance(entry, Refused):
        return f"{entry.row} {entry.name}: {entry.reason}"
    at = entry.signed_at.astimezone(UTC).isoformat()[:16] if entry.signed_at else "-"
    said = f"{'shown' if entry.published else 'not shown'}, {'news' if entry.news else 'no news'}"
    return f"{entry.row} {entry.name} <{entry.email}> {at} {said}"


UNDERSTOOD = {
    "Pytition": (
        "given,family,left out,email,news,confirmed",
        "2 Zoé Évrard <zoe@example.org> - not shown, news",
    ),
    "openletter.earth": (
        "name,role,organisation,left out,email,confirmed,date",
        "2 Zoé Évrard <> 2023-11-24T13:12 not shown, no news",
    ),
    "Google Forms": (
        "date,given,family,email,organisation,published",
        "2 Zoé Évrard <zoe@example.org> 2023-11-24T12:12 shown, no news",
    ),
    "Framaforms": (
        "left out,left out,date,left out,left out,left out,left out,given,family,email,news",
        "4 Zoé Évrard <zoe@example.org> 2023-11-24T12:12 not shown, news",
    ),
    "Change.org": (
        "name,left out,left out,left out,left out,date",
        "2 Zoé Évrard <> 2023-11-23T23:00 not shown, no news",
    ),
    "Nextcloud Forms": (
        "left out,left out,left out,date,given,family,email,published",
        "3 Zoé Évrard <zoe@example.org> 2023-11-24T12:12 shown, no news",
    ),
    "Nextcloud Forms, in French": (
        "left out,left out,left out,date,given,family,email,published",
        "3 Zoé Évrard <zoe@example.org> 2023-11-24T12:12 shown, no news",
    ),
    "Microsoft Forms": (
        "left out,left out,date,left out,left out,left out,given,family,email",
        "2 Zoé Évrard <zoe@example.org> 2023-11-10T12:12 not shown, no news",
    ),
    "Microsoft Forms, in French": (
        "left out,left out,date,email,left out,given,family",
        "2 Zoé Évrard <zoe@example.org> 2023-11-24T12:12 not shown, no news",
    ),
}


@ON_SQLITE
@pytest.mark.parametrize("site", files.SITES)
def test_the_file_of_each_site_is_understood(app: Flask, tmp_path: Path, site: str) -> None:
    path = files.written(tmp_path, files.SITES[site])
    assert (held(path), told(read(path)[0])) == UNDERSTOOD[site]
    assert len(read(path)) == 3


@ON_SQLITE
def test_a_form_of_many_questions_is_understood(app: Flask, tmp_path: Path) -> None:
    path = files.written(tmp_path, files.FORM)
    assert held(path) == "date,given,family,email,left out,left out,left out,left out,left out,published,news"
    assert told(read(path)[0]) == "2 Zoé Évrard <zoe@example.org> 2023-11-10T12:12 shown, no news"


@pytest.mark.parametrize(
    ("lines", "columns"),
    [
        (
            ("Billet,Tarif,Code,Nom payeur,Nom participant,Prénom participant", "7,0,A,Ba,Évrard,Zoé"),
            "left out,left out,left out,left out,family,given",
        ),
        (
            ("id,submitdate,seed,nom,prenom,email", "1,2023-11-24 13:12:00,77,Évrard,Zoé,zoe@example.org"),
            "left out,date,left out,family,given,email",
        ),
    ],
    ids=["HelloAsso", "LimeSurvey"],
)
def test_headings_of_which_few_are_known_say_who_signed(lines: tuple[str, ...], columns: str) -> None:
    guessed = guess_columns([Row(number, tuple(line.split(","))) for number, line in enumerate(lines, 1)])
    assert (guessed.headings, ",".join(guessed.held)) == (1, columns)


MORE = ",".join("ABCDEFGH")  # questions that nobody knows


def headings_row(*lines: str) -> int:
    cells = [line.split(",") for line in lines]
    width = max(map(len, cells))
    rows = [Row(number, tuple(row + [""] * (width - len(row)))) for number, row in enumerate(cells, 1)]
    return guess_columns(rows).headings


@pytest.mark.parametrize(
    ("headings", "answers"),
    [
        ("Horodateur,Nom complet", "24/11/2023 10:00,Zoé Évrard"),
        ("Nom,Prénom", "Évrard,Zoé"),
        ("First name,Surname", "Zoé,Évrard"),
        ("What is your name?,Your email address", "Zoé Évrard,zoe@example.org"),
        ("Votre nom,Acceptez-vous que votre nom soit affiché ?", "Zoé Évrard,Oui"),
    ],
)
def test_headings_are_known_however_much_was_asked(headings: str, answers: str) -> None:
    assert headings_row("Notre tribune", f"{headings},{MORE}", f"{answers},b,c") == 2


def test_the_heading_of_a_list_is_nobody() -> None:
    assert headings_row("Signataires", "Zoé Évrard") == 1 and headings_row("Zoé Évrard", "Signataires") == 0


@pytest.mark.parametrize(
    "row",
    [
        "Mel,Contact,,a,b,c,d,e,f",
        "Mel,Contact,oui,a,b,c,d,e",
        "24/11/2023 10:00,Prénom,Nom,a,b,c,d,e",
        "Zoé,Évrard,Contact,Time,a,b,c,d,e",
        "Prénom,Nom,zoe@example.org,a,b,c,d,e",
        "Zoé Évrard",
    ],
)
def test_nobody_is_taken_for_headings(row: str) -> None:
    other = row.replace("Mel", "Zoé").replace("Contact", "Ba").replace("Nom", "Li").replace("Time", "ici")
    assert headings_row(row, other) == headings_row(other, row) == 0


def test_nobody_above_what_reads_as_headings_is_left_out() -> None:
    assert headings_row(f"Zoé,Évrard,{MORE}", f"Prénom,Nom,{MORE}", f"Ana,Ba,{MORE}") == 0


@ON_SQLITE
def test_who_never_confirmed_elsewhere_is_asked_but_never_answered_for(app: Flask, tmp_path: Path) -> None:
    path = files.written(tmp_path, files.PYTITION)
    assert told(read(path, ATTEST)[2]) == "4 Léo Roux: unconfirmed_there"
    assert told(read(path, ASK)[2]) == "4 Léo Roux <leo@example.org> - not shown, no news"


@ON_SQLITE
def test_who_confirmed_nothing_there_is_answered_for_no_sooner_where_a_thousand_rows_are_blank(
    app: Flask, tmp_path: Path
) -> None:
    path = files.many(tmp_path, 999, last="Léo,Roux,,leo@example.org,,\n")  # alone in the second thousand
    assert told(read(path)[-1]) == "1001 Léo Roux: unconfirmed_there"


@ON_SQLITE
def test_one_odd_answer_does_not_switch_off_whether_they_confirmed_there(app: Flask, tmp_path: Path) -> None:
    path = files.written(tmp_path, files.PYTITION + "Noé,Roy,,noe@example.org,later,pending\n")
    assert held(path) == "given,family,left out,email,news,confirmed"
    assert [told(one) for one in read(path, ATTEST)[2:]] == [
        "4 Léo Roux: unconfirmed_there",
        "5 Noé Roy: confirmation_unclear",
    ]
    last = read(path, ASK)[3]
    assert told(last) == "5 Noé Roy <noe@example.org> - not shown, no news"
    assert isinstance(last, Entry) and last.reasons == ("consent_unclear",)


@ON_SQLITE
def test_one_odd_answer_leaves_no_question_of_consent_out(app: Flask, tmp_path: Path) -> None:
    path = files.written(tmp_path, files.GOOGLE + "25/11/2023 10:00:00,Noé,Roy,noe@example.org,,peut-être\n")
    assert held(path) == UNDERSTOOD["Google Forms"][0]
    assert told(read(path)[0]) == UNDERSTOOD["Google Forms"][1]
    odd = read(path)[-1]
    assert isinstance(odd, Entry) and odd.reasons == ("consent_unclear",) and not odd.published


@ON_SQLITE
def test_a_question_is_one_of_consent_only_if_it_was_answered_yes_or_no(app: Flask, tmp_path: Path) -> None:
    path = files.written(tmp_path, "Prénom,Nom,Où avez-vous publié ?\nAna,Ba,Oui\nLéo,Roux,Dans une revue\n")
    assert held(path) == "given,family,left out"


@ON_SQLITE
def test_what_cannot_be_printed_or_asked_is_refused_with_its_row(app: Flask, tmp_path: Path) -> None:
    rows = [
        ",,nobody@example.org",
        "Ana,Ba,",
        "Ana,Ba,ana at example",
        "Visit,https://x.example/,x@example.org",
        "A\u202ena,Ba,rtl@example.org",
        "Ana,Ba,ana@example.org,one cell more",
        f"{'A' * 101},Ba,long@example.org",
    ]
    path = files.written(tmp_path, "first_name,last_name,email\n" + "\n".join(rows))
    why = {one.row: one.reason for one in read(path, ASK) if isinstance(one, Refused)}
    assert why == {
        2: "name_missing",
        3: "no_address",
        4: "not_reachable",
        5: "web_address",
        6: "not_printable",
        7: "more_cells",
        8: "too_long",
    }


@ON_SQLITE
def test_of_a_day_and_an_hour_that_stand_apart_the_day_is_taken(app: Flask, tmp_path: Path) -> None:
    path = files.written(tmp_path, "Prénom,Nom,Heure,Date\nAna,Ba,13:12,24/11/2023\n")
    assert held(path) == "given,family,left out,date" and "2023-11-23T23:00" in told(read(path)[0])


@ON_SQLITE
def test_an_address_in_a_column_that_is_left_out_is_nobodys(app: Flask, tmp_path: Path) -> None:
    path = files.written(tmp_path, "Prénom,Nom,Courriel,Commentaire\nAna,Ba,,Demandez à zoe@example.org\n")
    [entry] = read(path)
    assert isinstance(entry, Entry) and entry.email == "" and entry.reasons == ()


@pytest.mark.parametrize(
    ("cell", "moment"),
    [
        ("2023-11-24T13:12:00Z", "2023-11-24T13:12:00+00:00"),
        ("2023-11-24 13:12:05.123+02:00", "2023-11-24T11:12:05+00:00"),
        ("2023/11/24 1:12:05 PM UTC+1", "2023-11-24T12:12:05+00:00"),
        ("2023/11/24 12:12:05 AM GMT+01:00", "2023-11-23T23:12:05+00:00"),
        ("24/11/2023 13:12:05", "2023-11-24T12:12:05+00:00"),
        ("24/07/2023 à 13h12", "2023-07-24T11:12:00+00:00"),
        ("24/11/2023 - 13:12", "2023-11-24T12:12:00+00:00"),
        ("24/11/23", "2023-11-23T23:00:00+00:00"),
        ("24.11.23 13:12", "2023-11-24T12:12:00+00:00"),
        ("24 novembre 2023", "2023-11-23T23:00:00+00:00"),
        ("vendredi 1er déc. 2023 à 13h12", "2023-12-01T12:12:00+00:00"),
        ("Nov 24, 2023", "2023-11-23T23:00:00+00:00"),
        ("Friday, July 7th, 2023, 1:12 PM", "2023-07-07T11:12:00+00:00"),
        ("24-nov-23", "2023-11-23T23:00:00+00:00"),  # as Excel shows what was typed in words
        ("24-Nov-2023 13:12", "2023-11-24T12:12:00+00:00"),
        ("45254", "2023-11-23T23:00:00+00:00"),  # as it keeps a day
        ("45254,55", "2023-11-24T12:12:00+00:00"),
        ("45254.999999", "2023-11-24T23:00:00+00:00"),
        ("nov-23", None),
        ("23-11-24", None),  # which of them is the year?
        ("24 brumaire 2023", None),
        ("31/02/2023", None),
        ("hier", None),
        ("", None),
    ],
)
def test_moments_are_read_on_the_clocks_they_name(cell: str, moment: str | None) -> None:
    found = moment_in(cell, PARIS, month_first=False)
    assert (found and found.astimezone(UTC)) == (datetime.fromisoformat(moment) if moment else None)


def test_the_order_of_day_and_month_is_told_by_a_day_beyond_the_twelfth() -> None:
    assert is_month_first(["11/10/2023", "11/24/2023 1:00:00"]) and not is_month_first(["24/11/2023"])
    assert not is_month_first(["11/10/2023", "2023-11-24", "Nov 24, 2023"]) and is_month_first(["11/24/23"])
    assert moment_in("11/24/2023 13:12:05", PARIS, month_first=True) == datetime(2023, 11, 24, 13, 12, 5, tzinfo=PARIS)


@pytest.mark.parametrize(
    ("content", "reason", "row"),
    [
        (b"", "empty", 0),
        (b"\xef\xbb\xbf", "no_table", 0),
        (b"first_name,last_name\n" + b"Ana,Ba\n" * 5 + b'Ana,"Ba\n' + b"Ana,Ba\n" * 5, "quote_open", 7),
        (b"first_name,last_name\n" + b"Ana,Ba\n" * 5 + b'Ana,"Ba\n' + b"Ana,Ba\n" * 50, "quote_open", 7),
        (b"first_name,last_name\n" + b'Ana,"Ba\n' + b"Ana,Ba\n" * 50 + b'Ana,Ba"\n', "quote_open", 2),
        (b'"first_name,last_name\n' + b"Ana,Ba\n" * 50 + b'Ana",Ba\n' + b"Ana,Ba\n" * 5, "quote_open", 1),
        (b"first_name,last_name\nAna,Ba\0\n", "no_table", 0),
        ("first_name,last_name\nAna,Ba\n".encode("utf-16")[:-1], "damaged", 0),
        (b"Ana Ba\nZoe Evrard\n", "no_table", 0),
    ],
)
def test_a_broken_file_is_refused_with_the_row_where_it_breaks(
    tmp_path: Path, content: bytes, reason: str, row: int
) -> None:
    path = tmp_path / "broken.csv"
    path.write_bytes(content)
    with pytest.raises(CannotRead) as raised:
        list(streamed(path).sheets())
    assert (raised.value.reason, raised.value.row) == (reason, row)


@pytest.mark.parametrize("number", [1, 3_000])
def test_a_comment_of_many_lines_is_a_cell_wherever_it_stands(tmp_path: Path, number: int) -> None:
    verses = "\n".join(f"vers {line}, fin" for line in range(200))
    row = f'"Zoé","Évrard","{verses}","z@example.org"\n'
    text = '"Prénom","Nom","Commentaire","Courriel"\n' + row * number + '"Léo","Roux","","l@example.org"\n'
    path = files.written(tmp_path, text)
    rows = [row for sheet in streamed(path).sheets() for row in sheet.rows]
    assert len(rows) == number + 2 and rows[-1].cells == ("Léo", "Roux", "", "l@example.org")
    assert held(path) == "given,family,left out,email"
    if number == 1:
        assert rows == read_file(path.read_bytes()).rows


def test_letters_of_windows_are_read_however_far_down_they_begin(tmp_path: Path) -> None:
    path = tmp_path / "windows.csv"
    path.write_bytes(b"first_name,last_name\n" + b"Ana,Ba\n" * 60_000 + "Zoé,Évrard\n".encode("cp1252"))
    *_, last = (row for sheet in streamed(path).sheets() for row in sheet.rows)
    assert (last.number, last.cells) == (60_002, ("Zoé", "Évrard"))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_a_row_of_windows_below_rows_of_utf_8_spoils_none_of_them(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "both.csv"
    above = "first_name,last_name\nZoé,Évrard\nLéo,Œuf\n".encode(encoding)
    path.write_bytes(above + "Zoé,Œuf\n".encode("cp1252") + b"R\x8f,Ba\n")
    rows = [row.cells for sheet in streamed(path).sheets() for row in sheet.rows]
    assert rows[1:] == [("Zoé", "Évrard"), ("Léo", "Œuf"), ("Zoé", "Œuf"), ("R\ufffd", "Ba")]
    assert rows == [row.cells for row in read_file(path.read_bytes()).rows]


def test_lines_of_an_old_macintosh_are_read_in_a_long_file_too(tmp_path: Path) -> None:
    path = tmp_path / "macintosh.csv"
    path.write_bytes(b"first_name,last_name\r" + "Zoé,Évrard\r".encode() * 30_000)
    *_, last = (row for sheet in streamed(path).sheets() for row in sheet.rows)
    assert (last.number, last.cells) == (30_001, ("Zoé", "Évrard"))
