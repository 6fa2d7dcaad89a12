"""After a restore no number is given again that somebody had who is gone: what still names it means nobody else."""

from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.factories import make_letter, make_signature, owner_of
from tests.shell import shell
from tribune.backup.database import STEP
from tribune.database import db
from tribune.letters.models import Letter
from tribune.mine.erasing import erase
from tribune.moderation import actions as moderation
from tribune.moderation.models import Batch
from tribune.organisers.models import Organiser
from tribune.people import first, placing
from tribune.people.order import order_shown_as
from tribune.people.queries import places
from tribune.people.removing import remove
from tribune.signatures.models import Signature


@pytest.fixture
def site(tmp_path: Path) -> Path:
    return tmp_path / "site.zip"


def back_up_and_restore(app: Flask, site: Path) -> Letter:
    """The letter of the restored site."""
    db.session.commit()
    assert shell(app, "backup", "--force", site)[0] == 0
    code, said = shell(app, "restore", site, "--replace")
    assert code == 0, said
    db.session.expire_all()
    return db.session.scalars(sa.select(Letter)).one()


def begin_hiding_two(letter: Letter) -> None:
    """A batch whose page was closed before it went on, and one of the two has erased their signature since."""
    ana, zoe = make_signature(letter, given_name="Ana"), make_signature(letter, given_name="Zoé")
    choice = {"ids": [ana.id, zoe.id]}
    moderation.start(letter, by=owner_of(letter), verb="hide", choice=choice, reason="faux")
    erase(zoe.id, zoe.link_nonce)


def go_on_hiding() -> dict[str, bool]:
    """Who is hidden, once the batch has gone on."""
    moderation.advance(db.session.scalars(sa.select(Batch)).one(), 5)
    db.session.expire_all()
    return {one.given_name: one.hidden_at is not None for one in db.session.scalars(sa.select(Signature))}


def test_a_batch_that_goes_on_hides_nobody_who_came_later(app: Flask, site: Path) -> None:
    begin_hiding_two(make_letter())
    letter = back_up_and_restore(app, site)
    make_signature(letter, given_name="Xavier")
    assert go_on_hiding() == {"Ana": True, "Xavier": False}


def test_nor_does_one_that_was_begun_after_an_earlier_restore(app: Flask, site: Path) -> None:
    make_letter()
    begin_hiding_two(back_up_and_restore(app, site))
    ana = db.session.scalars(sa.select(Signature)).one()
    erase(ana.id, ana.link_nonce)  # no signature tells any more how far numbers came
    letter = back_up_and_restore(app, site)
    for _ in range(2):
        make_signature(letter, given_name="Xavier")
    assert go_on_hiding() == {"Xavier": False}


def test_an_order_that_is_undone_puts_nobody_among_the_first_who_came_later(app: Flask, site: Path) -> None:
    letter = make_letter(published=False, first="Ana Blanc, maire (Lyon)\nZoé Roux, maire (Lille)")
    ana, zoe = db.session.scalars(sa.select(Signature).order_by(Signature.id)).all()
    number = ana.id
    first.set_first(letter, zoe, False, by=owner_of(letter))
    remove(zoe, by=owner_of(letter))
    letter = back_up_and_restore(app, site)
    make_signature(letter, given_name="Xavier")
    me = db.session.scalars(sa.select(Organiser)).one()
    placing.undo(letter, by=me, seen_as=order_shown_as(places(letter)))
    assert [place.id for place in places(letter)] == [number]


def test_no_number_is_given_again_that_was_given_after_the_backup(app: Flask, site: Path) -> None:
    make_letter(slug="rues")
    assert shell(app, "backup", site)[0] == 0
    letter = db.session.scalars(sa.select(Letter)).one()
    later = [make_signature(letter).id, make_letter(slug="later").id]
    assert shell(app, "restore", site, "--replace")[0] == 0
    letter = db.session.scalars(sa.select(Letter)).one()
    assert min(make_signature(letter).id, make_letter(slug="new").id) > max(later) + STEP // 2
