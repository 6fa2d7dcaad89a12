"""CSV files: columns, encoding, and cells that no spreadsheet runs as formulas."""

import csv
import io
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import TypeVar

from tribune.signatures.models import Signature

Row = TypeVar("Row")

COLUMNS = (
    "id given_name family_name role organisation capacity section email status origin first_signatory published news "
    "letter_version locale signed_at confirmed_at printed_line"
).split()
PUBLIC_COLUMNS = "id given_name family_name role organisation section first_signatory printed_line".split()
DELIMITERS = {"semicolon": ";", "comma": ","}
BOM = "\ufeff"
ROWS_A_PART = 500

# The beginnings of cells that a spreadsheet runs as a formula; spaces may come before.
_RUNS = re.compile(r"\s*[=+@\t\r\n]|\s*[-\u2212](?![^\W\d_](?:[^\W\d_]|[\s.'\u2019-])*$)")


# A spreadsheet that expects another delimiter splits our cells at it, and may run what follows.
_BEHIND_A_DELIMITER = re.compile(r"""([,;\t\r\n][\s"]*)([^,;\t\r\n]+)""")


def safe(cell: str) -> str:
    """Put an apostrophe before a cell that would run; a name such as `-Ange` or `'t Hooft` stays as typed.

    The same inside a cell, after any delimiter a spreadsheet may split at.
    """
    mended = _BEHIND_A_DELIMITER.sub(lambda part: part[1] + _quoted(part[2]), cell)
    return f"'{mended}" if _runs(cell) else mended


def typed(cell: str) -> str:
    """Undo `safe`: return what was typed."""
    behind = _BEHIND_A_DELIMITER.sub(lambda part: part[1] + _unquoted(part[2]), cell)
    return _unquoted(behind)


def _unquoted(text: str) -> str:
    return text[1:] if text.startswith("'") and _runs(text[1:]) else text


def _quoted(text: str) -> str:
    return f"'{text}" if _runs(text) else text


def _runs(text: str) -> bool:
    # spreadsheets run full-width and small forms of these signs too
    return _RUNS.match(unicodedata.normalize("NFKC", text)) is not None


def moment(value: datetime | None) -> str:
    """Return ISO 8601 in UTC, to the second; empty for None."""
    return value.strftime("%Y-%m-%dT%H:%M:%SZ") if value else ""


def yes(value: bool) -> str:
    """Return `yes` or `no`."""
    return "yes" if value else "no"


def cells(signature: Signature, printed_line: str, addresses: str = "consented") -> list[str]:
    """Return one row, in the order of COLUMNS. `addresses`: one of `choice.py: ADDRESSES`."""
    s = signature
    told = addresses == "all" or (addresses == "consented" and s.news and s.confirmed_at is not None)
    return [
        s.public_id, safe(s.given_name), safe(s.family_name), safe(s.role), safe(s.organisation), s.capacity,
        safe(s.section), safe(s.email or "") if told else "", s.status, s.origin,
        yes(s.position is not None), yes(s.published), yes(s.news), str(s.letter_version), s.locale,
        moment(s.signed_at), moment(s.confirmed_at), safe(printed_line),
    ]  # fmt: skip


def public_cells(signature: Signature, printed_line: str) -> list[str]:
    """Return one row of the public file, in the order of PUBLIC_COLUMNS."""
    s = signature
    return [
        s.public_id, safe(s.given_name), safe(s.family_name), safe(s.role), safe(s.organisation), safe(s.section),
        yes(s.position is not None), safe(printed_line),
    ]  # fmt: skip


def csv_parts(
    columns: list[str], rows: Iterable[Row], as_cells: Callable[[Row], list[str]], delimiter: str
) -> Iterator[bytes]:
    """Yield the file in parts of ROWS_A_PART rows: UTF-8 with BOM, CRLF, RFC 4180 quoting."""
    part = io.StringIO()
    writer = csv.writer(part, delimiter=DELIMITERS[delimiter], lineterminator="\r\n")
    part.write(BOM)
    writer.writerow(columns)
    for number, row in enumerate(rows, 1):
        writer.writerow(as_cells(row))
        if number % ROWS_A_PART == 0:
            yield part.getvalue().encode()
            part.seek(0)
            part.truncate()
    yield part.getvalue().encode()
