"""What is kept by itself while the same person saves it, or throws it away."""

from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.databases import ON_SQLITE
from tests.factories import make_letter, owner_of
from tests.page import Reader
from tests.threads import LONG
from tests.writing.writer import begin, edit_page
from tribune import database
from tribune.database import db
from tribune.letters.models import Draft, Letter
from tribune.organisers.models import Organiser
from tribune.writing.actions import throw_away

JSON = {"Accept": "application/json"}


@ON_SQLITE
def test_a_draft_that_is_thrown_away_while_the_disk_takes_it_was_kept_all_the_same(
    app: Flask, client: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Others write while one waits for the disk."""
    letter = make_letter(published=False)
    number, me = letter.id, owner_of(letter).id
    client.log_in(owner_of(letter))
    typed, sync, synced = begin(client, letter), database.SYNC, []

    def throw() -> None:
        with app.app_context():
            throw_away(db.session.get_one(Letter, number), by=db.session.get_one(Organiser, me), tab=typed)

    def sync_late(file: int) -> None:
        synced.append(file)
        if len(synced) == 1:
            with ThreadPoolExecutor(1) as elsewhere:
                elsewhere.submit(throw).result(LONG)
        sync(file)

    monkeypatch.setattr(database, "SYNC", sync_late)
    answer = client.post(f"{edit_page(letter)}/draft", data={**typed, "title": "Des bancs"}, headers=JSON)
    assert answer.status_code == 200 and answer.json["saved_at"]
    assert len(synced) == 2 and db.session.scalar(sa.select(sa.func.count()).select_from(Draft)) == 0
