"""A text changed by processes while others sign and confirm it: what a signature names is what its signatory read."""

import multiprocessing
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask import Flask

from tests.conftest import new_app
from tests.factories import make_letter
from tests.page import Reader, hidden_fields
from tribune.database import db
from tribune.letters.actions import revise
from tribune.letters.models import Letter, Version
from tribune.letters.queries import letter_by_slug
from tribune.signatures import actions
from tribune.signatures.models import Signature

PROCESSES = 6
ROUNDS = 4  # of each process
PATIENCE = 60  # seconds for all to be ready, on a busy machine

# A fork of the test itself would share its connections. The fork server imports the site once, then a process is cheap.
processes = multiprocessing.get_context("forkserver")
processes.set_forkserver_preload([__name__])

here: dict[str, Any] = {}  # of one of the processes: its browser, and the barrier where it waits for the others


def open_site(url: str, folder: Path, barrier: Barrier) -> None:
    app = new_app(url, folder)
    app.app_context().push()  # for as long as the process lives
    here.update(client=app.test_client(), barrier=barrier)


def rues() -> Letter:
    letter = letter_by_slug("rues")
    assert letter
    return letter


def take_part(number: int) -> list[tuple[str, str]]:
    """Read, sign and confirm ROUNDS times, and rewrite the text now and then: each address, and the words it read."""
    here["barrier"].wait(PATIENCE)
    return [sign_one(f"person-{number}-{time}@example.org", rewrites=time % 3 == number % 3) for time in range(ROUNDS)]


def sign_one(email: str, rewrites: bool) -> tuple[str, str]:
    client: Reader = here["client"]
    status = 422
    while status == 422:  # the text was changed while they were reading: they read again
        page = client.get("/letters/rues").text
        words = page.partition('<div class="body" lang="fr">')[2].partition("</div>")[0].strip()
        if rewrites:
            revise(rues(), by=None, title="Rues", text=f"Texte de {email}.", reason="Une coquille.")
            rewrites = False
        typed = {"given_name": "Zoé", "family_name": "Évrard", "email": email, "publish": "y"}
        status = client.post("/letters/rues/sign", data={**dict(hidden_fields(page)), **typed}).status_code
    assert status == 303
    signature = db.session.scalars(sa.select(Signature).where(Signature.email == email)).one()
    actions.confirm(signature.id, signature.link_nonce)
    db.session.rollback()
    return email, words


def test_every_signature_names_the_words_that_were_read(app: Flask, tmp_path: Path) -> None:
    letter = make_letter(slug="rues", title="Rues", text="Texte.")
    settings = (app.config["SQLALCHEMY_DATABASE_URI"], tmp_path, processes.Barrier(PROCESSES))
    db.session.rollback()
    with processes.Pool(PROCESSES, open_site, settings) as pool:
        read = [one for each in pool.map(take_part, range(PROCESSES), chunksize=1) for one in each]
    db.session.rollback()
    html = dict(db.session.execute(sa.select(Version.number, Version.html)).all())  # type: ignore[arg-type]
    named = dict(db.session.execute(sa.select(Signature.email, Signature.letter_version)).all())  # type: ignore[arg-type]
    assert len(read) == PROCESSES * ROUNDS == len(named) == letter.confirmed_count
    assert [(email, html[named[email]].strip()) for email, _ in read] == read
    assert letter.version_number == len(html) > 2
