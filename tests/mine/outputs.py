"""Every place where others can read a signature, walked like readers and organisers do."""

import io
import zipfile

from flask import Flask

from tests.factories import owner_of
from tests.page import Reader
from tribune.letters.models import Letter
from tribune.signatures.table import EXPORTED

PUBLIC = [
    "",
    "/signatories",
    "/signatories?order=surname",
    "/signatories?q=evrard",
    "/signatories?organisation=Le+Port",
    "/signatories.csv",
    "/organisations.json?q=le+p",
    "/versions",
    "/versions/1",
]


def readers(client: Reader, letter: Letter) -> dict[str, str]:
    """What everybody may read, by address."""
    base = f"/letters/{letter.slug}"
    return {path: client.get(base + path).text for path in PUBLIC}


def files(app: Flask, letter: Letter) -> dict[str, str]:
    """What organisers take away, by status, and as a workbook."""
    client = app.test_client()
    assert isinstance(client, Reader)
    client.log_in(owner_of(letter))
    base = f"/manage/letters/{letter.id}/signatures"
    found = {status: client.get(f"{base}.csv?status={status}").text for status in EXPORTED}
    with zipfile.ZipFile(io.BytesIO(client.get(f"{base}.xlsx?status=all").data)) as parts:
        found["xlsx"] = parts.read("xl/worksheets/sheet1.xml").decode()
    return found


def where(name: str, *walks: dict[str, str]) -> set[str]:
    """The addresses at which this name is read."""
    return {path for walk in walks for path, text in walk.items() if name in text}
