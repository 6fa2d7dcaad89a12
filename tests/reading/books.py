"""Files of spreadsheets made for the tests."""

import io
import zipfile
from collections.abc import Callable, Sequence
from typing import Any

from xlsxwriter import Workbook  # type: ignore[import-untyped]

OFFICE = "urn:oasis:names:tc:opendocument:xmlns"
ODS_TYPE = "application/vnd.oasis.opendocument.spreadsheet"


def xlsx(rows: Sequence[Sequence[object]] = (), more: Callable[[Any, Any], None] = lambda _book, _sheet: None) -> bytes:
    """A workbook with these rows from its first cell on; `more` writes what else it needs."""
    file = io.BytesIO()
    with Workbook(file) as book:
        sheet = book.add_worksheet("Liste")
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
        more(book, sheet)
    return file.getvalue()


def changed(file: bytes, **parts: str) -> bytes:
    """The same file with other parts; their names with "_" for "." and "__" for "/"."""
    made = io.BytesIO()
    new = {name.replace("__", "/").replace("_", "."): text for name, text in parts.items()}
    with zipfile.ZipFile(io.BytesIO(file)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in dict.fromkeys([*old.namelist(), *new]):
            archive.writestr(name, new[name] if name in new else old.read(name))
    return made.getvalue()


def ods(table: str, manifest: str = "") -> bytes:
    """A document with this inside its body, as LibreOffice writes it."""
    names = " ".join(f'xmlns:{name}="{OFFICE}:{name}:1.0"' for name in ("office", "table", "text"))
    body = f"<office:document-content {names}><office:body><office:spreadsheet>{table}"
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", ODS_TYPE, zipfile.ZIP_STORED)
        archive.writestr("content.xml", f"{body}</office:spreadsheet></office:body></office:document-content>")
        archive.writestr("META-INF/manifest.xml", f"<manifest>{manifest}</manifest>")
    return made.getvalue()
