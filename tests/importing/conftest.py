"""What the tests of importing share: a file looked over and imported as the command does, or by the command."""

from collections.abc import Callable
from math import inf
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.importing import files
from tests.shell import shell
from tests.threads import LONG
from tribune.database import db
from tribune.importing import actions, manage
from tribune.importing.columns import guess_columns
from tribune.importing.entries import ATTEST, Terms
from tribune.importing.known import NEW
from tribune.letters.models import Letter
from tribune.moderation.models import Batch
from tribune.reading.streamed import Streamed, streamed
from tribune.signatures.models import Signature

Import = Callable[..., Batch]
ATTESTED = ("--attest", "--reason", "Ils ont signé sur Pytition.")


@pytest.fixture(autouse=True)
def at_one_press(monkeypatch: pytest.MonkeyPatch) -> None:
    """However slow the machine is, pressing the button once imports a short file whole."""
    monkeypatch.setattr(manage, "AT_ONE_PRESS", LONG)


def opened(path: Path, letter: Letter, how: str, published: bool) -> tuple[Streamed, Terms]:
    """The file, and how it is imported."""
    file = streamed(path)
    columns = guess_columns(file.begins().rows)
    return file, Terms(
        how=how, columns=columns, zone=letter.zone, published=published, reason="Ils ont signé ailleurs."
    )


@pytest.fixture
def import_(app: Flask, tmp_path: Path) -> Import:
    """Imports a text, or a file."""

    def do(letter: Letter, content: str | bytes | Path, how: str = ATTEST, published: bool = False) -> Batch:
        path = content if isinstance(content, Path) else files.written(tmp_path, content)
        file, terms = opened(path, letter, how, published)
        new = sum(one.verdict == NEW for one in actions.check(letter, file.sheets(), terms))
        batch = actions.start(letter, terms, by=None, digest=file.digest, new=new)
        for _row in actions.advance(batch, file.sheets(), terms, inf):
            pass
        return batch

    return do


def one(name: str) -> Signature:
    """The latest signature of somebody with this first name."""
    query = sa.select(Signature).where(Signature.given_name == name).order_by(Signature.id.desc()).limit(1)
    return db.session.scalars(query).one()


def said(app: Flask, *words: str | Path) -> str:
    """What `flask signatures` prints where it succeeds."""
    code, output = shell(app, "signatures", *words)
    assert code == 0, output
    return output
