"""The order in which mailboxes are locked: that of Python, which sorts them for some, and of every database."""

import re
from typing import Any

import sqlalchemy as sa
from flask import Flask

from tests.databases import ON_POSTGRESQL
from tests.factories import all_leave, make_invited, make_letter, make_signature, owner_of
from tests.invitations.answers import accept
from tests.moderation.acting import back, do_to
from tribune.database import db
from tribune.invitations.announcing import announce
from tribune.invitations.sending import invite
from tribune.letters.life import publish


@ON_POSTGRESQL
def test_mailboxes_are_ordered_byte_by_byte_whatever_the_language_of_the_database(app: Flask) -> None:
    """In French `a` comes before `B`, and they are keys in base64; the tests have no such database."""
    letter = make_letter(published=False)
    invited = make_invited(letter)
    orders: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        orders.extend(re.findall(r"ORDER BY [\w.]*(?:mailbox_key|mailboxes\.key)(?: COLLATE \S+)?", statement))

    sa.event.listen(db.engine, "before_cursor_execute", note)
    try:
        invite(letter, [invited.id], by=owner_of(letter))
        accept(invited, tell=True)
        publish(letter)
        announce(letter)
        batch = do_to("hide", make_signature(letter), tells=True)
        all_leave()
        back(batch)
    finally:
        sa.event.remove(db.engine, "before_cursor_execute", note)
    ordered = {"mailboxes.key", "invitations.mailbox_key", "signatures.mailbox_key"}
    assert set(orders) == {f'ORDER BY {column} COLLATE "C"' for column in ordered}
