"""Whatever two people do under one letter at the same moment, none of them waits for the other in a ring.

One pauses after each thing that they lock, in turn, while the other does all they can. The order that prevents it
stands in docs/architecture.md, "Lock order".
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from itertools import count
from math import inf
from pathlib import Path

import pytest
from flask import Flask

from tests.databases import ON_POSTGRESQL
from tests.factories import make_correction, make_invited, make_letter, make_signature, owner_of
from tests.importing import files
from tests.importing.conftest import opened
from tests.invitations.answers import accept
from tests.servers import postgresql
from tests.threads import LONG
from tests.turns import take_turns
from tribune.asking.actions import agree
from tribune.database import db, now, write
from tribune.importing import actions as importing
from tribune.importing.entries import ATTEST
from tribune.invitations.models import Invitation
from tribune.letters.models import Letter
from tribune.mine.actions import come_back, correct, withdraw
from tribune.mine.erasing import erase
from tribune.moderation import actions as moderation
from tribune.moderation.models import Batch
from tribune.organisations.actions import merge
from tribune.people import first
from tribune.people.actions import shown_as, words_of
from tribune.retention.actions import run
from tribune.signatures.actions import confirm
from tribune.signatures.browser import hash_of
from tribune.signatures.by_code import confirm_by_code
from tribune.signatures.counting import recount
from tribune.signatures.links import code_of
from tribune.signatures.models import Signature


@dataclass(frozen=True)
class Site:
    """A letter under which everything may happen at once: the numbers of its rows."""

    letter: int
    batch: int
    hidings: list[int]
    file: Path
    again: int
    pending: int
    stays: int
    left: int
    erased: int
    namesake: int
    earlier: int
    invited: int

    def of_letter(self) -> Letter:
        return db.session.get_one(Letter, self.letter)

    def link(self, number: int) -> tuple[int, str]:
        return number, db.session.get_one(Signature, number).link_nonce


def make_site(folder: Path) -> Site:
    letter = make_letter()
    earlier = make_signature(letter)
    make_correction(letter, substance=True)
    with write():
        earlier.counted_at, letter.confirmed_count = None, 0
    stays, left, erased = (make_signature(letter, organisation="Mairie") for _ in range(3))
    for each in (stays, left):
        first.set_first(letter, each, True, by=owner_of(letter))
    namesake = make_signature(letter, given_name=left.given_name, family_name=left.family_name)
    for each in (left, namesake):
        correct(each.id, each.link_nonce, words={**words_of(each), "role": "maire"}, seen_as=shown_as(each))
        withdraw(each.id, each.link_nonce)
    old = make_signature(letter, confirmed=False, at=now() - timedelta(days=30))
    hidings = [do_to(letter, "hide", {"ids": [each.id]}).id for each in (erased, old)]
    file, terms = opened(files.many(folder, 4), letter, ATTEST, False)
    batch = importing.start(letter, terms, by=None, digest=file.digest, new=4)
    next(importing.advance(batch, file.sheets(3), terms, 0))
    here = {"browser_hash": hash_of(f"of letter {letter.id}")}
    twice = {"confirmed": False, "email": "earlier0@example.org", "organisation": "Mairie"}
    again, pending = make_signature(letter, **twice), make_signature(letter, **twice, **here)
    accept(make_invited(letter), tell=True)
    invited = make_invited(letter, email="earlier1@example.org")
    with write():
        letter.version.signed_at = letter.version.frozen_at = None  # whoever agrees or confirms first marks it
    assert letter.attested_count == 2 and recount(letter) == (0, 0)
    rows = (again, pending, stays, left, erased, namesake, earlier, invited)
    return Site(letter.id, batch.id, hidings, file.path, *(row.id for row in rows))


def confirm_in_browser(site: Site) -> None:
    digits = code_of(db.session.get_one(Signature, site.pending)).digits()
    assert confirm_by_code(hash_of(f"of letter {site.letter}"), digits)


def go_on_importing(site: Site) -> None:
    batch = db.session.get_one(Batch, site.batch)
    file, terms = opened(site.file, batch.letter, ATTEST, False)
    with suppress(importing.Stopped):
        list(importing.advance(batch, file.sheets(3), terms, inf))


def do_to(letter: Letter, verb: str, choice: dict[str, object]) -> Batch:
    batch = moderation.start(letter, by=owner_of(letter), verb=verb, choice=choice, reason="x")
    moderation.advance(batch, LONG)
    return batch


def take_back(site: Site, batch: int) -> None:
    moderation.undo(db.session.get_one(Batch, batch), by=owner_of(site.of_letter()))


def move(site: Site) -> None:
    letter, signature = site.of_letter(), db.session.get_one(Signature, site.stays)
    first.set_first(letter, signature, False, by=owner_of(letter))


ACTS: dict[str, Callable[[Site], object]] = {
    "an import goes on": go_on_importing,
    "it is taken back": lambda site: take_back(site, site.batch),
    "somebody confirms": lambda site: confirm(*site.link(site.pending)),
    "they confirm what they signed before": lambda site: confirm(*site.link(site.again)),
    "somebody confirms by the code": confirm_in_browser,
    "all are held": lambda site: do_to(site.of_letter(), "hold", {}),
    "who is found is hidden": lambda site: do_to(site.of_letter(), "hide", {"q": "evrard"}),
    "one is shown again": lambda site: take_back(site, site.hidings[0]),
    "one who waits is shown again": lambda site: take_back(site, site.hidings[1]),
    "somebody leaves": lambda site: withdraw(*site.link(site.stays)),
    "somebody comes back": lambda site: come_back(*site.link(site.left)),
    "somebody erases": lambda site: erase(*site.link(site.erased)),
    "somebody who left erases": lambda site: erase(*site.link(site.left)),
    "a namesake erases": lambda site: erase(*site.link(site.namesake)),
    "somebody agrees": lambda site: agree(*site.link(site.earlier), site.of_letter().version.digest),
    "somebody accepts": lambda site: accept(db.session.get_one(Invitation, site.invited)),
    "the order changes": move,
    "spellings are merged": lambda site: merge(site.of_letter(), ["mairie"], "Ville", owner_of(site.of_letter())),
    "some are forgotten": lambda site: list(run()),
}


# Who locked things in two orders, once; and who locks most.
PAIRS = [
    ("an import goes on", "it is taken back"),
    ("somebody comes back", "an import goes on"),
    ("somebody confirms", "all are held"),
    ("somebody confirms", "spellings are merged"),
    ("somebody confirms by the code", "they confirm what they signed before"),
    ("somebody confirms by the code", "all are held"),
    ("somebody confirms by the code", "spellings are merged"),
    ("spellings are merged", "all are held"),
    ("somebody erases", "spellings are merged"),
    ("somebody leaves", "the order changes"),
    ("somebody erases", "somebody accepts"),
    ("one is shown again", "somebody erases"),
    ("somebody who left erases", "a namesake erases"),
    ("one who waits is shown again", "some are forgotten"),
    ("who is found is hidden", "somebody erases"),
    ("who is found is hidden", "some are forgotten"),
    ("somebody confirms", "somebody agrees"),
]


def disconnect() -> None:
    db.session.remove()
    db.engine.dispose()


@ON_POSTGRESQL
@pytest.mark.parametrize(("one", "other"), PAIRS)
def test_nobody_waits_in_a_ring(app: Flask, database_url: str, tmp_path: Path, one: str, other: str) -> None:
    site = make_site(tmp_path)
    disconnect()
    with postgresql.kept(database_url) as put_back:
        for pause in count(1):
            came = take_turns(app, partial(ACTS[one], site), partial(ACTS[other], site), pause)
            assert recount(site.of_letter()) == (0, 0)
            if not came:
                break
            disconnect()
            put_back()
    assert pause > 2
