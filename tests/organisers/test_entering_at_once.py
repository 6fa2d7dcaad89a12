"""Ending all log-ins of an account while its owner logs in: neither waits for the other in a ring."""

from contextlib import suppress

from flask import Flask

from tests.databases import ON_POSTGRESQL
from tests.factories import make_organiser
from tests.turns import Act, all_turns
from tribune.database import db
from tribune.organisers.actions import LinkUsed, enter, leave_everywhere, open_log_in
from tribune.organisers.models import LogIn, Organiser


@ON_POSTGRESQL
def test_who_is_logged_out_everywhere_as_they_log_in_again_waits_in_no_ring(app: Flask) -> None:
    def begin(pause: int) -> tuple[Act, Act]:
        someone = make_organiser()
        number, nonce, here = someone.id, someone.link_nonce, open_log_in(someone.id).id

        def again() -> None:
            with suppress(LinkUsed):
                enter(number, nonce, instead_of=db.session.get_one(LogIn, here))

        def out() -> None:
            leave_everywhere(db.session.get_one(Organiser, number))

        return again, out

    for _pause in all_turns(app, begin):
        pass
