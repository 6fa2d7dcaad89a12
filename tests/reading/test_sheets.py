"""Files of spreadsheets, and cells copied from them, become rows of text: what they show, row by row."""

from datetime import datetime
from typing import Any

import pytest

from tests.reading.books import changed, ods, xlsx
from tests.servers.office import converted
from tribune.reading.grid import CannotRead, Sheet
from tribune.reading.sheets import read_cells, read_file


def cells(sheet: Sheet | None) -> dict[int, list[str]]:
    """By its number, what stands in each row."""
    assert sheet is not None
    return {row.number: list(row.cells) for row in sheet.rows}


def doubted(sheet: Sheet) -> set[tuple[int, str]]:
    return {(doubt.line, doubt.reason) for doubt in sheet.doubts}


TABLE = "Prénom{0}Nom{0}Note\r\nZoé{0}Évrard{0}\r\n{0}{0}\r\nPaul{0}Duan{0}{1}\r\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_csv_is_read_in_the_encodings_and_with_the_delimiters_of_spreadsheets(encoding: str, delimiter: str) -> None:
    sheet = read_file(TABLE.format(delimiter, f'"dit{delimiter} oui,\r\npuis ""non"""').encode(encoding))
    assert cells(sheet) == {
        1: ["Prénom", "Nom", "Note"],
        2: ["Zoé", "Évrard", ""],
        4: ["Paul", "Duan", f'dit{delimiter} oui,\npuis "non"'.replace("\t", " ").replace("  ", " ")],
    }
    assert sheet.doubts == []


def test_csv_of_big_endian_utf_16_is_read_by_its_mark() -> None:
    assert cells(read_file(b"\xfe\xff" + "Nom;Courriel\nÉvrard;z@example.org".encode("utf-16-be")))[2][0] == "Évrard"


@pytest.mark.parametrize("encoding", ["mac_roman", "cp850"])
def test_letters_of_another_encoding_are_said_to_look_odd(encoding: str) -> None:
    assert doubted(read_file("Prénom;Nom\nRenée;Évrard\n".encode(encoding))) == {(0, "encoding_odd")}


def test_utf_8_that_was_taken_for_windows_once_is_said_to_look_odd() -> None:
    twice = "Prénom;Nom".encode().decode("cp1252")
    for encoding in ("utf-8", "utf-8-sig", "utf-16"):
        assert doubted(read_file(twice.encode(encoding))) == {(0, "encoding_odd")}


def test_a_printed_list_is_no_table_though_it_has_commas() -> None:
    assert read_cells("Zoé Évrard, maire, Lille\nPaul Duan, fondateur, Bayes\n") is None
    assert read_cells("•\tZoé Évrard, maire\n•\tPaul Duan\n") is None
    assert cells(read_cells("Prénom,Nom,Courriel\nZoé, Évrard, z@example.org"))[2] == ["Zoé", "Évrard", "z@example.org"]


def test_rows_that_end_with_an_address_alone_are_a_table_though_spaces_stand_beside_their_marks() -> None:
    assert cells(read_cells("Zoé Évrard ; ; Place Publique ; zoe@example.org\nAna Ba ; Maire ; ; ")) == {
        1: ["Zoé Évrard", "", "Place Publique", "zoe@example.org"],
        2: ["Ana Ba", "Maire", "", ""],
    }
    for people in (
        "Zoé Évrard ; Ana Ba ; Luc Da <luc@example.org>\nMia Roy ; Jo Mo ; Ida Cy <ida@example.org>",
        "Zoé Évrard, z@example.org ; Ana Ba ; luc@example.org\nMia Roy ; Jo Mo ; mia@example.org",
        "Zoé Évrard ; zoe@example.org\nAna Ba ; ana@example.org",
        "Zoé Évrard ; Ana Ba ; ana@example.org\nLuc Da ; luc@example.org",
        "Zoé Évrard ; Ana Ba ; ana@example.org",
        "Zoé Évrard ; maire ; Lens\nAna Ba ; juge ; Brest",
        "Zoé Évrard ; maire ;\nAna Ba ; juge ;",
        "- Zoé Évrard ; maire ; zoe@example.org\n- Ana Ba ; juge ; ana@example.org",
        "1. Zoé Évrard ; maire ; zoe@example.org\n2. Ana Ba ; juge ; ana@example.org",
    ):
        assert read_cells(people) is None, people


def test_a_stray_quote_does_not_swallow_the_rows_after_it() -> None:
    lines = ['"Zoé\tÉvrard', *[f"Ana{number}\tBa" for number in range(40)]]
    assert len(cells(read_cells("\n".join(lines)))) == 41


VERSES = "\n".join(f"vers {number}, fin" for number in range(25))
LONG = f"""\
"Nom","Courriel","Commentaire"
"Évrard","z@example.org","Oui, merci"
"Roux","l@example.org","{VERSES}"
"Ba","",""
"""


def test_a_quoted_cell_of_many_lines_is_a_cell() -> None:
    sheet = read_file(LONG.encode())
    assert [row.cells for row in sheet.rows] == [
        ("Nom", "Courriel", "Commentaire"),
        ("Évrard", "z@example.org", "Oui, merci"),
        ("Roux", "l@example.org", VERSES),
        ("Ba", "", ""),
    ]
    ragged = f'Nom,Courriel,Commentaire,Ville\nÉvrard,z@example.org\nRoux,l@example.org,"{VERSES}"\n'
    assert cells(read_file(ragged.encode()))[3] == ["Roux", "l@example.org", VERSES, ""]
    first = f'"{VERSES}",Nom\nx,Évrard\ny,Roux\n'
    assert len(cells(read_file(first.encode()))) == 3


@pytest.mark.parametrize("end", ["", '"', '",x', '" ', '"x",y'])
def test_a_quote_that_is_closed_far_below_swallows_no_rows_either(end: str) -> None:
    rows = ['Ana,"Ba,maire', *["Ana,Ba,autrice"] * 40, f"Zoé,Évrard{end}", *["Léo,Roux,poète"] * 5]
    assert len(cells(read_file("\n".join(["Prénom,Nom,Titre", *rows]).encode()))) == 48


def test_copied_cells_keep_their_line_breaks() -> None:
    assert cells(read_cells('Zoé\t"maire\nde Lille"\nAna\tautrice')) == {
        1: ["Zoé", "maire\nde Lille"],
        2: ["Ana", "autrice"],
    }


def test_a_workbook_shows_results_days_and_merged_cells() -> None:
    def more(book: Any, sheet: Any) -> None:
        sheet.write_formula("B2", '=CONCAT("Év","rard")', None, "Évrard")
        sheet.write_datetime("C2", datetime(2026, 1, 2), book.add_format({"num_format": "dd/mm/yyyy"}))
        sheet.write_number("D2", 75011)
        sheet.write_formula("E2", "=1/0", None, "#DIV/0!")
        sheet.write_rich_string("A3", "Pa", book.add_format({"bold": True}), "ul")
        sheet.merge_range("B4:B5", "Duan")
        sheet.write("A4", "Marie")
        sheet.write("A5", "Léa")
        sheet.set_row(2, None, None, {"hidden": True})
        sheet.merge_range("A8:D8", "Merci à tous")
        sheet.write("A10", "_x0041_")
        sheet.merge_range("C11:C12", "Lens")
        sheet.write("A12", "Ana")
        sheet.write_number("D12", 0.5, book.add_format({"num_format": "[h]:mm"}))
        book.add_worksheet("Autre")
        book.add_worksheet("Cachée").hide()

    sheet = read_file(xlsx([["Prénom", "Nom"], ["Zoé"]], more))
    assert cells(sheet) == {
        1: ["Prénom", "Nom", "", "", ""],
        2: ["Zoé", "Évrard", "2026-01-02", "75011", "#DIV/0!"],
        3: ["Paul", "", "", "", ""],
        4: ["Marie", "Duan", "", "", ""],
        5: ["Léa", "Duan", "", "", ""],
        8: ["Merci à tous", "", "", "", ""],
        10: ["_x0041_", "", "", "", ""],
        11: ["", "", "Lens", "", ""],
        12: ["Ana", "", "Lens", "0.5", ""],
    }
    assert doubted(sheet) == {
        (2, "formula_failed"), (3, "row_hidden"), (5, "cells_merged"), (8, "title_merged"), (12, "cells_merged"),
        (0, "other_sheets"),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("number", "day", "moment"),
    [
        ("45254.383391203701", "2023-11-24", "2023-11-24 09:12:05"),
        ("45254", "2023-11-24", "2023-11-24"),
        ("45254.000001", "2023-11-24", "2023-11-24"),
        ("45254.999999", "2023-11-24", "2023-11-24 23:59:59"),
        ("2958465.999999", "9999-12-31", "9999-12-31 23:59:59"),
    ],
)
def test_a_day_of_a_workbook_has_its_time_for_who_asks_for_it(number: str, day: str, moment: str) -> None:
    def more(book: Any, sheet: Any) -> None:
        sheet.write_number("A1", 0, book.add_format({"num_format": "dd/mm/yyyy"}))

    row = f'<row r="1"><c r="A1" s="1"><v>{number}</v></c></row>'
    file = changed(xlsx([], more), xl__worksheets__sheet1_xml=f"<worksheet><sheetData>{row}</sheetData></worksheet>")
    assert (cells(read_file(file)), cells(read_file(file, clocks=True))) == ({1: [day]}, {1: [moment]})


def test_the_first_sheet_that_holds_something_is_read() -> None:
    def more(book: Any, _sheet: Any) -> None:
        book.add_worksheet("Gens").write("B3", "Zoé Évrard")

    assert cells(read_file(xlsx([], more))) == {3: ["", "Zoé Évrard"]}


def test_a_shorter_sheet_without_headings_only_leads_to_the_list() -> None:
    def more(book: Any, _sheet: Any) -> None:
        listed = book.add_worksheet("Feuille 1")
        for row, found in enumerate((("Nom", "Prénom"), ("Évrard", "Zoé"), ("Ba", "Ana"))):
            listed.write_row(row, 0, found)

    assert cells(read_file(xlsx([["Exporté de Numbers"], ["Feuille 1"]], more)))[3] == ["Ba", "Ana"]
    people = [["Zoé Évrard"], ["Ana Ba"], ["Luc Da"]]
    for rows in (people, [["Nom", "Prénom"], ["Da", "Luc"]]):
        assert cells(read_file(xlsx(rows, more)))[2] == rows[1]


def test_a_formula_that_nobody_computed_is_said() -> None:
    row = '<row r="1"><c r="A1" t="inlineStr"><is><t>Zoé</t></is></c><c r="B1"><f>A1</f></c></row>'
    file = changed(xlsx([["x"]]), xl__worksheets__sheet1_xml=f"<worksheet><sheetData>{row}</sheetData></worksheet>")
    assert cells(read_file(file)) == {1: ["Zoé", "#N/A"]} and doubted(read_file(file)) == {(1, "formula_failed")}


CELL = '<table:table-cell office:value-type="string"><text:p>{}</text:p></table:table-cell>'


def test_a_document_of_libreoffice_shows_what_it_repeats_and_merges() -> None:
    rows = (
        f'<table:table-row table:number-rows-repeated="2"><table:table-cell table:number-columns-repeated="16384"/>'
        f"</table:table-row><table:table-row>{CELL.format('Zoé')}<table:table-cell/>"
        '<table:table-cell table:number-rows-spanned="2"><text:p>Lille<text:s/>et<text:tab/>Arras</text:p>'
        "<text:p>Nord<text:line-break/>59</text:p>"
        "<office:annotation><text:p>à vérifier</text:p></office:annotation></table:table-cell></table:table-row>"
        f'<table:table-row table:visibility="filter">{CELL.format("Ana")}<table:table-cell/>'
        "<table:covered-table-cell/></table:table-row>"
        f'<table:table-row table:number-rows-repeated="2">{CELL.format("Léo")}</table:table-row>'
        '<table:table-row table:number-rows-repeated="1048000"><table:table-cell/></table:table-row>'
    )
    sheet = read_file(ods(f'<table:table table:name="Un">{rows}</table:table><table:table table:name="Deux"/>'))
    assert cells(sheet) == {
        3: ["Zoé", "", "Lille et Arras\nNord\n59"], 4: ["Ana", "", "Lille et Arras\nNord\n59"],
        5: ["Léo", "", ""], 6: ["Léo", "", ""],
    }  # fmt: skip
    assert doubted(sheet) == {(4, "row_hidden"), (4, "cells_merged"), (0, "other_sheets")}


@pytest.mark.timeout(400)
def test_a_day_of_a_document_is_as_it_is_kept_for_who_asks_for_it() -> None:
    cell = '<table:table-cell office:value-type="date" office:date-value="{}"><text:p>{}</text:p></table:table-cell>'
    cells = CELL.format("Zoé") + cell.format("2023-11-24", "24/11/23") + cell.format("2023-11-25T08:12:00", "samedi")
    file = ods(f'<table:table table:name="Un"><table:table-row>{cells}</table:table-row></table:table>')
    assert read_file(file).rows[0].cells == ("Zoé", "24/11/23", "samedi")
    assert read_file(file, clocks=True).rows[0].cells == ("Zoé", "2023-11-24", "2023-11-25 08:12:00")


@pytest.mark.parametrize("kind", ["ods", "xlsx"])
def test_what_libreoffice_saves_is_read_as_it_shows_it(kind: str) -> None:
    def more(book: Any, sheet: Any) -> None:
        sheet.merge_range("B2:B3", "HelloAsso")
        sheet.write_formula("C2", '=LOWER("LEA@EXAMPLE.ORG")', None, "lea@example.org")
        sheet.write_datetime("D2", datetime(2026, 1, 2), book.add_format({"num_format": "yyyy-mm-dd"}))

    sheet = read_file(
        converted(xlsx([["Nom", "Structure", "Courriel", "Date"], ["THOMASSIN Léa"], ["Ismaël Le Mouël"]], more), kind)
    )
    assert cells(sheet) == {
        1: ["Nom", "Structure", "Courriel", "Date"],
        2: ["THOMASSIN Léa", "HelloAsso", "lea@example.org", "2026-01-02"],
        3: ["Ismaël Le Mouël", "HelloAsso", "", ""],
    }
    assert (3, "cells_merged") in doubted(sheet)


def test_nothing_at_all_is_refused() -> None:
    for file in (b"", b"\r\n  \r\n", xlsx(), ods('<table:table table:name="x"/>')):
        with pytest.raises(CannotRead) as refused:
            read_file(file)
        assert refused.value.reason == "empty"


def test_a_day_after_the_year_9999_is_the_number_that_it_is() -> None:
    """A workbook whose days begin in 1904 reaches that year four years sooner."""

    def more(book: Any, sheet: Any) -> None:
        book.date_1904 = True
        for row, number in enumerate((2_957_003, 2_957_004)):
            sheet.write_number(row, 0, number, book.add_format({"num_format": "dd/mm/yyyy"}))

    assert cells(read_file(xlsx(more=more))) == {1: ["9999-12-31"], 2: ["2957004"]}
