"""A blocked account gets no letter, and mails and publishes nothing where nobody is left who could stop it."""

from datetime import timedelta
from pathlib import Path

import sqlalchemy as sa
from flask import Flask

from tests.databases import ON_SQLITE
from tests.desk.desk import plans
from tests.factories import everything, make_invited, make_letter, make_member, make_organiser, posted
from tests.shell import shell
from tribune.audit.models import Event
from tribune.database import db, now
from tribune.invitations.sending import invite
from tribune.notices import actions
from tribune.teams import actions as teams
from tribune.teams.models import Role


def test_an_account_that_is_blocked_mails_nobody_and_publishes_nothing_by_itself(app: Flask) -> None:
    alone, tomorrow = make_organiser(email="alice@example.org"), now() + timedelta(days=1)
    letter = make_letter(alone, published_at=tomorrow)
    invite(letter, [make_invited(letter).id], by=alone)
    shared = make_letter(make_organiser(email="carla@example.org"), published_at=tomorrow)
    make_member(shared, Role.EDITOR, alone)
    make_member(shared, Role.VIEWER, make_organiser(email="bob@example.org"))
    invite(shared, [make_invited(shared).id], by=alone)
    assert app.test_cli_runner().invoke(args=["organisers", "block", "alice@example.org"]).exit_code == 0
    waits = {mail.about: mail.paused_at is None for mail in posted() if mail.kind == "invitation"}
    assert waits == {letter.id: False, shared.id: True}
    assert (letter.state, shared.state) == ("draft", "scheduled")
    app.test_cli_runner().invoke(args=["organisers", "block", "carla@example.org"])  # Bob only looks
    db.session.expire_all()
    assert shared.state == "draft" and posted()[-1].paused_at is not None


def test_it_does_so_too_once_the_last_who_could_stop_it_leaves(app: Flask) -> None:
    alice, bob = make_organiser(email="alice@example.org"), make_organiser(email="bob@example.org")
    letter = make_letter(alice, published_at=now() + timedelta(days=1))
    draft = make_letter(alice, published=False)
    make_member(letter, Role.EDITOR, bob)
    invite(draft, [make_invited(draft).id], by=alice)
    actions.block(alice)
    [stop] = [chore.do for chore in app.extensions["chores"] if chore.do is actions.stop_what_nobody_can]
    assert "CORRELATED" not in plans(stop)  # SQLite would read all mails that wait, for each letter
    assert letter.state == "scheduled" and posted()[-1].paused_at is None
    teams.leave(letter.team, by=bob)
    stop()
    db.session.expire_all()
    assert letter.state == "draft" and posted()[-1].paused_at is not None
    lines = sa.select(sa.func.count()).select_from(Event)
    written = db.session.scalar(lines)
    stop()
    assert db.session.scalar(lines) == written  # there is nothing left to stop


@ON_SQLITE
def test_no_letter_is_imported_for_whoever_can_never_open_it(app: Flask, tmp_path: Path) -> None:
    make_organiser(email="old@example.org"), make_organiser(email="bob@example.org")
    page = tmp_path / "page.txt"
    page.write_text("Nous voulons jouer dehors.\n", "utf-8")
    shell(app, "organisers", "block", "old@example.org")
    assert shell(app, "letters", "import", page)[1].startswith("Organiser: bob@example.org\n")
    shell(app, "organisers", "block", "bob@example.org")
    before = everything()
    for named, said in ((["--organiser", "old@example.org"], "is blocked"), ([], "all are blocked")):
        code, output = shell(app, "letters", "import", page, *named)
        assert code == 1 and said in output and everything() == before
