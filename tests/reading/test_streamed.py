"""A table of any length is read piece by piece: its rows as in one that is read whole, its faults where they stand."""

from pathlib import Path

import pytest

from tribune.reading.grid import CannotRead
from tribune.reading.sheets import read_file
from tribune.reading.streamed import streamed


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
    path = tmp_path / "comments.csv"
    path.write_text(text)
    rows = [row for sheet in streamed(path).sheets() for row in sheet.rows]
    assert len(rows) == number + 2 and rows[-1].cells == ("Léo", "Roux", "", "l@example.org")
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
