"""No row of a table is lost: each is somebody to look over, or a doubt that names it."""

import csv
import io
from dataclasses import replace
from unicodedata import normalize

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.reading.contacts import CELLS
from tribune.fields import tidy_text
from tribune.invitations.adding import NobodyThere, read, read_again
from tribune.invitations.column_words import HELD, columns_in
from tribune.reading.contacts import Contacts
from tribune.reading.grid import CannotRead
from tribune.reading.sheets import as_field, from_field, read_file

TABLES = st.lists(st.lists(CELLS, min_size=1, max_size=5), min_size=1, max_size=8)


def rows_named(found: Contacts) -> set[int]:
    return {contact.row for contact in found.contacts} | {doubt.line for doubt in found.doubts}


@settings(max_examples=60)
@given(TABLES, st.sampled_from(";,\t"), st.lists(st.sampled_from([*HELD]), min_size=5, max_size=5), st.integers(0, 5))
def test_no_row_of_a_table_is_lost_whatever_its_columns_are_taken_for(
    rows: list[list[str]], delimiter: str, chosen: list[str], headings: int
) -> None:
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter).writerows(rows)
    file = text.getvalue().encode()
    try:
        there = {row.number for row in read_file(file).rows}
        first = read("", file)
    except (CannotRead, NobodyThere):  # said of the whole
        return
    assert there <= rows_named(first.contacts)
    if first.sheet:
        sent = as_field(first.sheet).replace("\n", "\r\n")  # as a browser sends it
        sheet = from_field(tidy_text(sent))
        composed = [replace(row, cells=tuple(normalize("NFC", cell) for cell in row.cells)) for row in first.sheet.rows]
        assert list(sheet.rows) == composed  # as every form composes what it is sent
        columns = columns_in(chosen[: len(sheet.rows[0].cells)], headings, sheet)
        assert there <= rows_named(read_again(sheet, columns).contacts)
