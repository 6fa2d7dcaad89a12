"""The files of other sites are understood as they come: what each column holds, who signed when and agreed to what."""

from datetime import UTC, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from flask import Flask

from tests.databases import ON_SQLITE
from tests.importing import files
from tribune.database import now
from tribune.importing.columns import DATE, guess_columns
from tribune.importing.entries import ASK, ATTEST, Entry, Refused, Terms, entries_in
from tribune.importing.moments import is_month_first
from tribune.reading.columns import columns_of
from tribune.reading.grid import Row
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
        (
            (
                "id. Response ID,submitdate. Date submitted,seed. Seed,G01Q01. Votre prénom,G01Q02. Nom,Q3[SQ001]. "
                "J'accepte que mon nom soit affiché",
                "1,2023-11-24 13:12:00,77,Zoé,Évrard,Oui",
            ),
            "left out,date,left out,given,family,published",
        ),
        (
            ("Response ID,Date submitted,Last page,1. Votre prénom,2) Votre nom", "1,2023-11-24 13:12:00,2,Zoé,Évrard"),
            "left out,date,left out,given,family",
        ),
        (
            ("id,submitdate,lastpage,startlanguage,G01Q01,G01Q02", "1,2023-11-24 13:12:00,2,fr,Zoé,zoe@example.org"),
            "left out,date,left out,left out,left out,email",
        ),
        (
            ("submitdate,1. Nom,2. Prénom,3. J'accepte que mon nom soit affiché", "2023-11-24,Évrard,Zoé,1. Oui"),
            "date,family,given,left out",
        ),
    ],
    ids=["HelloAsso", "LimeSurvey", "codes and questions", "questions", "codes", "an answer that is numbered too"],
)
def test_headings_of_which_few_are_known_say_who_signed(lines: tuple[str, ...], columns: str) -> None:
    guessed = guess_columns([Row(number, tuple(line.split(","))) for number, line in enumerate(lines, 1)])
    assert (guessed.headings, ",".join(guessed.held)) == (1, columns)


def test_a_numbered_question_tells_the_order_of_names_each_time_it_is_read() -> None:
    rows = [Row(1, ("2. Nom et prénom", "Courriel")), Row(2, ("Évrard Zoé", "zoe@example.org"))]
    guessed = guess_columns(rows)
    assert guessed.family_first and columns_of(guessed.held, guessed.headings, rows) == guessed


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
    path = files.written(tmp_path, "Prénom,Nom,Publié ?\nAna,Ba,Oui\nLéo,Roux,Dans une revue\n")
    assert held(path) == "given,family,left out"
    path = files.written(tmp_path, "Prénom,Nom,Confirmé\nAna,Ba,par téléphone\nLéo,Roux,en attente\n")
    assert held(path) == "given,family,confirmed"  # which keeps people out, whatever the answers


@ON_SQLITE
def test_nobody_signed_before_petitions_were_online_nor_tomorrow(app: Flask, tmp_path: Path) -> None:
    days = "1989-12-31", "1990-01-02", f"{now() + timedelta(days=2):%Y-%m-%d}"
    rows = "".join(f"Zoé,Évrard,{day}\n" for day in days)
    signed = [one for one in read(files.written(tmp_path, f"Prénom,Nom,Date\n{rows}")) if isinstance(one, Entry)]
    odd = None, ("date_impossible",)
    assert [(one.signed_at and one.signed_at.year, one.reasons) for one in signed] == [odd, (1990, ()), odd]


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
        "Appelez le 0199,001234,phone@example.org",
        "Gagnez,casino.example,domain@example.org",
        "A" + "\u0336" * 9 + "na,Ba,tower@example.org",
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
        9: "telephone",
        10: "web_address",
        11: "not_printable",
    }


@ON_SQLITE
def test_of_a_day_and_an_hour_that_stand_apart_the_day_is_taken(app: Flask, tmp_path: Path) -> None:
    path = files.written(tmp_path, "Prénom,Nom,Heure,Date\nAna,Ba,13:12,24/11/2023\n")
    assert held(path) == "given,family,left out,date" and "2023-11-23T23:00" in told(read(path)[0])


@ON_SQLITE
def test_an_address_in_a_column_that_is_left_out_is_nobodys(app: Flask, tmp_path: Path) -> None:
    for names in ("Prénom,Nom,Courriel,Commentaire\nAna,Ba,", "Prénom,Nom,Commentaire\nAna,Ba"):
        [entry] = read(files.written(tmp_path, f"{names},Demandez à zoe@example.org\n"))
        assert isinstance(entry, Entry) and entry.email == "" and entry.reasons == ()


def test_headings_stand_below_the_names_of_their_groups() -> None:
    assert headings_row("Identité,,Fonctions,Contact", "Nom,Prénom,Fonction,Mail", "Évrard,Zoé,maire,") == 2
