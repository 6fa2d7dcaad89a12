"""What is not a table, or would take the machine, is refused with what to do."""

import io
import pickle
import struct
import subprocess
import sys
import zipfile

import pytest

from tests.reading.books import changed, ods, xlsx
from tests.servers.site import ROOT
from tribune.reading.grid import MOST_CELLS, REFUSALS, CannotRead
from tribune.reading.packed import LONGEST_TAG, MOST_ATTRIBUTES, MOST_READ, MOST_UNPACKED
from tribune.reading.sheets import from_field, read_file

OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
SHEET = "<worksheet><sheetData>{}</sheetData></worksheet>"
MEBIBYTE = 1024 * 1024
UNSEEN = "\u200b"
ALONE = """
import pickle, sys, tracemalloc
from tribune.reading.grid import CannotRead
from tribune.reading.sheets import read_file
for file in pickle.load(sys.stdin.buffer):
    tracemalloc.start()
    try:
        read_file(file)
    except CannotRead as refused:
        print(refused.reason, tracemalloc.get_traced_memory()[1])
    tracemalloc.stop()
"""


def packed(parts: dict[str, str]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return made.getvalue()


def of_sheet(xml: str) -> bytes:
    return changed(xlsx([["x"]]), xl__worksheets__sheet1_xml=xml)


def reason(file: bytes) -> str:
    with pytest.raises(CannotRead) as refused:
        read_file(file)
    assert refused.value.reason in REFUSALS
    return refused.value.reason


def test_what_is_no_table_is_refused_by_what_it_is() -> None:
    assert reason(OLD + b"\0" * 512 + b"W\0o\0r\0k\0b\0o\0o\0k\0") == "old_excel"
    assert reason(OLD + b"\0" * 512 + "EncryptedPackage".encode("utf-16-le")) == "encrypted"
    assert reason(packed({"[Content_Types].xml": "<Types/>", "xl/workbook.bin": ""})) == "old_excel"
    for file in (
        b"%PDF-1.7 ...",
        b"<html><table><tr><td>Nom",
        b"\xef\xbb\xbf <?xml version='1.0'?><Workbook/>",
        b"\x89PNG\r\n\x1a\n\0\0",
        packed({"[Content_Types].xml": "<Types/>", "word/document.xml": "<document/>"}),
        packed({"Index/Document.iwa": ""}),
    ):
        assert reason(file) == "no_table"


def test_a_file_that_is_cut_or_spoilt_is_damaged() -> None:
    whole = xlsx([["Nom"], ["Zoé Évrard"]])
    for end in (10, len(whole) // 2, len(whole) - 1):
        assert reason(whole[:end]) == "damaged"
    spoilt = bytearray(whole)
    at = whole.index(b"xl/worksheets/sheet1.xml") + 30
    spoilt[at : at + 30] = b"\xff" * 30
    assert reason(bytes(spoilt)) == "damaged"
    assert reason(b"\xff\xfea") == "damaged"
    for xml in (
        "<worksheet>",
        SHEET.format('<row r="x"/>'),
        SHEET.format('<row><c r="ZZZZ1"/></row>'),
        SHEET.format('<row><c t="s"><v>99</v></c></row>'),
        SHEET.format('<row><c t="s"><v>-1</v></c></row>'),
        SHEET.format("<row><c><v>one</v></c></row>"),
        SHEET.format('<row r="99999999"><c t="str"><v>x</v></c></row>'),
        '<?xml version="1.0" encoding="of-our-own"?>' + SHEET.format(""),
    ):
        assert reason(of_sheet(xml)) == "damaged", xml
    assert reason(ods('<table:table><table:table-row table:number-rows-repeated="0"/></table:table>')) == "damaged"


@pytest.mark.parametrize("flag", [0x20, 0x40])  # patched, encrypted in another way
def test_a_part_packed_as_nobody_reads_is_damaged(flag: int) -> None:
    spoilt = bytearray(xlsx([["x"]]))
    at = spoilt.index(b"PK\x01\x02")
    while at >= 0:
        spoilt[at + 8] |= flag
        at = spoilt.find(b"PK\x01\x02", at + 1)
    assert reason(bytes(spoilt)) == "damaged"


def test_a_document_behind_a_password_is_said() -> None:
    assert reason(ods("", manifest="<file-entry><encryption-data/></file-entry>")) == "encrypted"
    locked = bytearray(xlsx([["x"]]))
    at = locked.index(b"PK\x01\x02")
    while at >= 0:
        locked[at + 8] |= 1
        at = locked.find(b"PK\x01\x02", at + 1)
    assert reason(bytes(locked)) == "encrypted"


@pytest.mark.parametrize(
    "declared",
    ["<!DOCTYPE x [<!ENTITY a 'aaaa'>]>", "<!DOCTYPE x SYSTEM 'file:///etc/passwd'>", "<!DOCTYPE x>"],
)
def test_no_entity_is_expanded_and_no_file_is_fetched(declared: str) -> None:
    words = '<row><c t="inlineStr"><is><t>&a;</t></is></c></row>' if "ENTITY" in declared else ""
    assert reason(of_sheet(declared + SHEET.format(words))) == "damaged"


def refused_alone(*files: bytes) -> list[tuple[str, int]]:
    """Return why each was refused, and the most bytes that took: in a process without other threads of the tests."""
    command, one_by_one = [sys.executable, "-c", ALONE], pickle.dumps(files)
    done = subprocess.run(command, input=one_by_one, check=True, stdout=subprocess.PIPE, cwd=ROOT)
    lines = [line.split() for line in done.stdout.decode().splitlines()]
    assert len(lines) == len(files)
    return [(why, int(most)) for why, most in lines]


def test_a_bomb_is_refused_before_it_goes_off() -> None:
    file = packed({"[Content_Types].xml": "<Types/>", "xl/media/picture.xml": " " * (MOST_UNPACKED + 1)})
    [(why, most)] = refused_alone(file)
    assert why == "too_much_inside" and most < MEBIBYTE


def test_a_bomb_that_hides_its_size_is_stopped_while_it_is_unpacked() -> None:
    long = of_sheet(SHEET.format("<row/>" * 10 + " " * MOST_READ))
    lying = long.replace(struct.pack("<I", len(SHEET.format("")) + 60 + MOST_READ), struct.pack("<I", 300))
    assert lying != long
    (why, most), (damaged, less) = refused_alone(long, lying)
    assert why == "too_much_inside" and most < 4 * MEBIBYTE
    assert damaged == "damaged" and less < 4 * MEBIBYTE


def test_attributes_and_tags_without_end_are_too_much() -> None:
    many = "<row " + " ".join(f'a{number}=""' for number in range(1000)) + "/>"
    long = " ".join(f'a{number:x}=""' for number in range(1_000_000))
    tags = [f"<row {long}/>", f'<row a="{"x" * MOST_READ}"/>', f"<!--{'x' * MOST_READ}-->"]
    tags.append(many * (MOST_ATTRIBUTES // 1000 + 1))
    for why, most in refused_alone(*(of_sheet(SHEET.format(tag)) for tag in tags)):
        assert why == "too_much_inside" and most < 8 * MEBIBYTE
    sheet = of_sheet(SHEET.format(row(1) + f"<!--{'x' * (LONGEST_TAG // 2)}-->"))
    assert len(read_file(sheet).rows) == 1


def test_a_form_of_tabs_alone_is_too_much() -> None:
    for form in ("1" + "\t" * (MOST_CELLS + 1), "1\n" * (MOST_CELLS + 1)):
        with pytest.raises(CannotRead) as refused:
            from_field(form.rstrip("\n"))
        assert refused.value.reason == "too_much_inside"


def row(number: int, column: str = "A", text: str = "x") -> str:
    return f'<row r="{number}"><c r="{column}{number}" t="str"><v>{text}</v></c></row>'


def test_a_list_of_people_has_limits() -> None:
    assert reason(of_sheet(SHEET.format(row(1) + row(1_048_576, "XFD")))) == "too_many_columns"
    assert reason(of_sheet(SHEET.format("".join(map(row, range(1, 2002)))))) == "too_many_rows"
    assert reason(of_sheet(SHEET.format("<row>" + "<c/>" * 200_001 + "</row>"))) == "too_much_inside"
    assert reason(of_sheet(SHEET.format("<row/>" * 1_000_001))) == "too_much_inside"
    for long in ("x" * 2000, "x" + UNSEEN * 1999):
        rows = "".join(row(n, text=long) for n in range(1, 2001)) + row(1, "B")
        assert reason(of_sheet(SHEET.format(rows))) == "too_much_inside"
    assert reason((";".join(["x"] * 61) + "\n").encode() * 3) == "too_many_columns"
    assert reason(b"Nom;Courriel\n" * 2001) == "too_many_rows"
    assert reason(b"\n" * 200_001) == "too_many_rows"
    cell = "<table:table-cell{}><text:p>x</text:p></table:table-cell>"
    rows = '<table:table><table:table-row table:number-rows-repeated="1048576">{}</table:table-row></table:table>'
    assert reason(ods(rows.format(cell.format("")))) == "too_many_rows"
    wide = cell.format(' table:number-columns-repeated="16384"')
    assert reason(ods(f"<table:table><table:table-row>{wide}</table:table-row></table:table>")) == "too_many_columns"


def test_what_a_small_file_repeats_is_looked_at_once() -> None:
    """What looks at it each time is ended by the time that a test may take."""
    cell = f'<table:table-cell table:number-columns-repeated="60"><text:p>{UNSEEN * 2000}</text:p></table:table-cell>'
    repeated = f'<table:table-row table:number-rows-repeated="2000">{cell}</table:table-row>' * 500
    assert reason(ods(f"<table:table>{repeated}</table:table>")) == "empty"

    def book(formats: str, styles: str) -> bytes:
        xml = f"<styleSheet><numFmts>{formats}</numFmts><cellXfs>{styles}</cellXfs></styleSheet>"
        return changed(xlsx([["x"]]), xl__styles_xml=xml)

    half = MEBIBYTE // 2  # a newer expat looks at a longer tag only once twice as much has come
    code, style = '<numFmt numFmtId="200" formatCode="{}"/>', '<xf numFmtId="200"/>'
    for file in (book(code.format("[" * half), style), book(code.format("0" * half), style * 100_000)):
        assert [found.cells for found in read_file(file).rows] == [("x",)]


def test_the_names_of_sheets_are_not_said_without_end() -> None:
    first = "<table:table><table:table-row><table:table-cell><text:p>x</text:p></table:table-cell></table:table-row>"
    [doubt] = read_file(ods(f"{first}</table:table>" + f'<table:table table:name="{"n" * 50}"/>' * 1000)).doubts
    assert doubt.reason == "other_sheets" and len(doubt.text) == 2000


def test_what_lies_far_away_takes_no_room() -> None:
    sheet = read_file(of_sheet(SHEET.format(row(1) + row(1_048_576) + '<mergeCell ref="B1:B1048576"/>')))
    assert [found.number for found in sheet.rows] == [1, 1_048_576]


def test_a_cell_that_is_too_long_is_cut_aloud() -> None:
    sheet = read_file(of_sheet(SHEET.format(row(1, text="x" * 100_000))))
    assert len(sheet.rows[0].cells[0]) == 2000 and [doubt.reason for doubt in sheet.doubts] == ["cell_cut"]
