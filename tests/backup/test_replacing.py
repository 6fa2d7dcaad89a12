"""A file of erasures is not replaced by one of a database that does not know what is in it."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import sqlalchemy as sa
from flask import Flask

from tests.factories import make_invited, make_letter, make_signature
from tests.invitations.answers import accept, decline
from tests.shell import shell
from tribune.audit.models import Event
from tribune.backup.file import Manifest, Writer
from tribune.backup.wishes import CONSENTS
from tribune.database import db, now, write
from tribune.invitations.models import Invitation
from tribune.mine import actions as mine
from tribune.outbox.actions import unsuppress
from tribune.outbox.mailboxes import mailbox_key
from tribune.outbox.models import Mailbox
from tribune.signatures.actions import not_me
from tribune.signatures.models import Signature


def test_erasures_are_not_replaced_by_those_of_a_site_where_who_had_withdrawn_stands_again(
    app: Flask, tmp_path: Path, wipe: Callable[[], None]
) -> None:
    letter = make_letter(slug="rues", published=False)
    invitation = make_invited(letter)
    leaves, returns, invited = make_signature(letter), make_signature(letter), accept(invitation)
    theirs, others, guests = ((one.id, one.link_nonce) for one in (leaves, returns, invited))
    shell(app, "backup", tmp_path / "site.zip")
    again = ("backup", "--erasures-only", "--force", tmp_path / "small.zip")
    mine.withdraw(*others), mine.withdraw(*guests)
    assert shell(app, *again)[0] == 0
    mine.come_back(*others), accept(db.session.scalars(sa.select(Invitation)).one())  # each their own way
    mine.withdraw(*theirs)
    assert shell(app, *again)[0] == 0
    wipe()
    assert shell(app, "restore", tmp_path / "site.zip")[0] == 0  # without them
    code, said = shell(app, *again)
    assert code == 1 and f"--erasures {tmp_path / 'small.zip'}`; if that was done without it, do it again" in said
    assert shell(app, "restore", tmp_path / "site.zip", "--replace", "--erasures", tmp_path / "small.zip")[0] == 0
    assert shell(app, *again)[0] == 0
    with write() as session:  # as the log of a letter that closed long ago forgets whom it is about
        session.execute(sa.update(Event).values(signature_id=None))
    assert shell(app, *again)[0] == 0  # they are withdrawn here too
    earlier = Manifest(revision="0025", database="sqlite", created_at=now().isoformat(), whole=False)
    with (tmp_path / "small.zip").open("wb") as file, Writer(file, earlier) as small:  # it did not say of which letter
        small.add("signatures", ["public_id", "withdrawn_at"], iter([["unknown", now().isoformat()]]))
    assert "knows who erased or withdrew" in shell(app, *again)[1]


def test_erasures_are_not_replaced_by_those_of_a_site_where_who_had_hidden_or_declined_stands_again(
    app: Flask, tmp_path: Path
) -> None:
    def invited() -> Invitation:
        return db.session.scalars(sa.select(Invitation)).one()

    letter = make_letter(slug="rues")
    signature = make_signature(letter, news=True)
    theirs, key = (signature.id, signature.link_nonce), mailbox_key("says@example.org")
    make_invited(letter)
    again = ("backup", "--erasures-only", "--force", tmp_path / "small.zip")
    for leaves, returns in (
        *((partial(mine.choose, *theirs, what, False), partial(mine.choose, *theirs, what, True)) for what in CONSENTS),
        (lambda: decline(invited()), lambda: accept(invited())),
        (lambda: not_me(key), lambda: unsuppress(key)),
    ):
        leaves()
        assert shell(app, *again)[0] == 0
        with write() as session:  # as a restore leaves it to which no file of erasures is given
            session.execute(sa.delete(Event))
            session.execute(sa.update(Signature).values(published=True, news=True))
            session.execute(sa.update(Invitation).values(declined_at=None))
            session.execute(sa.update(Mailbox).values(suppressed_at=None))
        assert "wants no more mail" in shell(app, *again)[1]
        leaves(), returns()
        assert shell(app, *again)[0] == 0
