"""A real spreadsheet: the LibreOffice of this machine, headless, opening a file as a person would."""

import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

from tests.servers import cannot_run

NAMES = ["soffice", "libreoffice"]
PATIENCE = 100  # seconds for one file, on a busy machine
UTF_8 = 76
# Delimiters, quote, encoding, first line, formats of columns, language, quoted fields as text, special numbers, save as
# shown, export formulas, remove spaces, sheet, evaluate formulas (on, as in spreadsheets that always do).
CSV = "{delimiters},34,{encoding},1,,0,false,false,true,false,false,0,true"
TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"


@dataclass(frozen=True)
class Sheet:
    """What the spreadsheet shows: the texts of the cells, by row, and the formulas it found."""

    rows: list[list[str]]
    formulas: list[str]


def open_csv(file: bytes, *delimiters: str) -> Sheet:
    """Open a CSV in a spreadsheet that expects these delimiters."""
    codes = "/".join(str(ord(delimiter)) for delimiter in delimiters)
    return _open(file, "csv", CSV.format(delimiters=codes, encoding=UTF_8))


def open_xlsx(file: bytes) -> Sheet:
    """Open a workbook."""
    return _open(file, "xlsx", "")


def converted(file: bytes, kind: str) -> bytes:
    """Save a workbook in another format, or as LibreOffice writes `xlsx`."""
    return _saved(file, "xlsx", "", kind)


def _open(file: bytes, ending: str, options: str) -> Sheet:
    return _read(ElementTree.fromstring(_saved(file, ending, options, "fods")))


def _saved(file: bytes, ending: str, options: str, kind: str) -> bytes:
    program = next(filter(None, map(shutil.which, NAMES)), None)
    if program is None:
        cannot_run("Spreadsheet: no LibreOffice on this machine (`apt install libreoffice-calc-nogui`).")
    with tempfile.TemporaryDirectory(prefix="office-") as made:
        folder = Path(made)
        given = folder / f"file.{ending}"
        given.write_bytes(file)
        words = [program, f"-env:UserInstallation=file://{folder}/profile", "--headless", "--norestore"]
        if options:
            words.append(f"--infilter=CSV:{options}")
        made_in = folder / "made"
        words += ["--convert-to", kind, "--outdir", str(made_in), str(given)]
        done = subprocess.run(words, capture_output=True, text=True, timeout=PATIENCE, check=False)
        opened = made_in / f"file.{kind}"
        assert opened.exists(), f"{program} does not open the file: {done.stdout} {done.stderr}"
        return opened.read_bytes()


def _read(document: ElementTree.Element) -> Sheet:
    rows, formulas = [], []
    for row in document.iter(f"{TABLE}table-row"):
        cells: list[str] = []
        for cell in row:
            words = "\n".join(map(_words, cell.findall(f"{TEXT}p")))
            cells += [words] * int(cell.get(f"{TABLE}number-columns-repeated", "1"))
            if formula := cell.get(f"{TABLE}formula"):
                formulas.append(formula)
        rows.append(cells)
    while rows and not any(rows[-1]):
        rows.pop()
    return Sheet(rows, formulas)


def _words(element: ElementTree.Element) -> str:
    """Return the text of an element; several spaces, and tabs, are elements themselves."""
    words = element.text or ""
    for inner in element:
        if inner.tag == f"{TEXT}s":
            words += " " * int(inner.get(f"{TEXT}c", "1"))
        elif inner.tag == f"{TEXT}tab":
            words += "\t"
        else:
            words += _words(inner)
        words += inner.tail or ""
    return words
