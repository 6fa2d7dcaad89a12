"""The site's own CSV of signatures, taken to another letter: the same people, their words and their consents."""

from pathlib import Path

import sqlalchemy as sa
from flask import Flask

from tests.factories import make_letter, make_signature
from tests.shell import shell
from tribune.database import db
from tribune.letters.models import Letter
from tribune.signatures.models import Signature

KEPT = ("given_name", "family_name", "role", "organisation", "email", "published", "news")


def people(slug: str) -> list[tuple[object, ...]]:
    db.session.remove()
    under = sa.select(Signature).join(Letter).where(Letter.slug == slug)
    rows = db.session.scalars(under.order_by(Signature.email))
    return [tuple(getattr(row, name) for name in (*KEPT, "signed_at")) for row in rows]


def test_what_one_letter_gives_another_takes(app: Flask, tmp_path: Path) -> None:
    here, _there = make_letter(slug="here"), make_letter(slug="there")
    made = {"role": "maire", "organisation": "Ville de Brest"}
    make_signature(here, **made, email="ana@example.org", news=True)
    make_signature(here, **made, email="lea@example.org", news=True, published=False)
    for signature in db.session.scalars(sa.select(Signature)):
        signature.signed_at = signature.signed_at.replace(microsecond=0)  # as files tell moments
    db.session.commit()
    file = tmp_path / "own.csv"
    for delimiter in ("semicolon", "comma"):
        assert shell(app, "signatures", "export", "here", "--delimiter", delimiter, "--output", file)[0] == 0
        code, said = shell(app, "signatures", "import", "there", file, "--attest", "--reason", "Un essai.", "--yes")
        assert code == 0, said
        assert people("there") == people("here")
