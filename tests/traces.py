"""A signatory with a unique name, and a search for what is left of it, in rows and in the raw SQLite file."""

from pathlib import Path

from tests.factories import everything, make_signature
from tribune.database import db
from tribune.letters.models import Letter
from tribune.signatures.models import Signature

MARKS = ("Zéphyrine", "Quatrebarbes", "zephyrine@example.org", "apicultrice", "Ruche d’or")


def someone(letter: Letter, **given: object) -> Signature:
    names = dict(zip(("given_name", "family_name", "email", "role", "organisation"), MARKS, strict=True))
    return make_signature(letter, **{**names, **given})


def traces(*marks: str) -> set[str]:
    """Return the marks found in any row of any table, as typed or as JSON escapes them."""
    rows = repr(everything())
    return {mark for mark in marks if mark.lower() in rows.lower() or mark.encode("unicode_escape").decode() in rows}


def in_the_files(*others: bytes) -> set[str]:
    """Return which MARKS, or `others` if given, are in the bytes of the SQLite file and the files beside it."""
    path = Path(db.engine.url.database or "")
    db.session.rollback()
    raw = b"".join(file.read_bytes() for file in path.parent.glob(f"{path.name}*")).lower()
    if others:
        return {other.decode() for other in others if other in raw}
    return {mark for mark in MARKS if mark.lower().encode() in raw or mark.encode("unicode_escape").lower() in raw}
