"""A text changed by processes while others sign and confirm it: what a signature names is what its signatory read."""

from pathlib import Path

import sqlalchemy as sa
from flask import Flask

from tests.factories import make_letter
from tests.page import hidden_fields
from tests.processes import at_once, browser, wait_for_all
from tribune.database import db
from tribune.letters.actions import revise
from tribune.letters.models import Letter, Version
from tribune.letters.queries import letter_by_slug
from tribune.signatures import actions
from tribune.signatures.models import Signature

PROCESSES = 6
ROUNDS = 4  # of each process


def rues() -> Letter:
    letter = letter_by_slug("rues")
    assert letter
    return letter


def take_part(number: int) -> list[tuple[str, str]]:
    """Read, sign and confirm ROUNDS times, and rewrite the text now and then: each address, and the words it read."""
    wait_for_all()
    return [sign_one(f"person-{number}-{time}@example.org", rewrites=time % 3 == number % 3) for time in range(ROUNDS)]


def sign_one(email: str, rewrites: bool) -> tuple[str, str]:
    client = browser()
    status = 422
    while status == 422:  # the text was changed while they were reading: they read again
        page = client.get("/letters/rues").text
        words = page.partition('<section class="body" lang="fr">')[2].partition("</section>")[0].strip()
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
    with at_once(app, tmp_path, PROCESSES) as run:
        read = [one for each in run(take_part, range(PROCESSES)) for one in each]
    html = dict(db.session.execute(sa.select(Version.number, Version.html)).all())  # type: ignore[arg-type]
    named = dict(db.session.execute(sa.select(Signature.email, Signature.letter_version)).all())  # type: ignore[arg-type]
    assert len(read) == PROCESSES * ROUNDS == len(named) == letter.confirmed_count
    assert [(email, html[named[email]].strip()) for email, _ in read] == read
    assert letter.version_number == len(html) > 2
