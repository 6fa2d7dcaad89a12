"""A file of erasures that was missing when the site was restored, applied once people have signed there again."""

from collections.abc import Callable
from itertools import product
from pathlib import Path

import sqlalchemy as sa
from flask import Flask

from tests.asking.again import agree, ask, disagree
from tests.backup.site import remove_file
from tests.backup.test_since import ALL_ARE_BACK, how_they_stand, leave_and_come_back, letter_here
from tests.databases import ON_SQLITE
from tests.factories import (
    everything,
    make_correction,
    make_invited,
    make_letter,
    make_passkey,
    make_signature,
    owner_of,
    posted,
)
from tests.importing.files import written
from tests.invitations.answers import accept, decline
from tests.shell import shell
from tribune.database import db, now, write
from tribune.invitations import actions as invitations
from tribune.invitations.models import Invitation
from tribune.mine import actions as mine
from tribune.mine.erasing import erase
from tribune.organisers.models import Passkey
from tribune.outbox.mailboxes import mailbox_key
from tribune.outbox.models import Mailbox
from tribune.people.actions import shown_as, words_of
from tribune.signatures.actions import confirm, not_me
from tribune.signatures.models import Signature
from tribune.site_keys import SiteKey

PEOPLE = ("erases", "withdraws", "hides", "agrees", "stays")


def applied(app: Flask, file: Path, *more: str) -> str:
    code, said = shell(app, "apply-erasures", file, *more)
    assert code == 0, said
    db.session.expire_all()
    return said


def lose(app: Flask, tmp_path: Path, wipe: Callable[[], None]) -> dict[str, tuple[int, str]]:
    """Some leave each in their way after the backup, and the site is restored without what they wished."""
    letter = make_letter(slug="rues")
    rows = {name: make_signature(letter, email=f"{name}@example.org", news=True) for name in PEOPLE}
    rows["says no"] = make_signature(letter, email="says@example.org", confirmed=False)
    make_invited(letter, email="invited@example.org")
    theirs = {name: (row.id, row.link_nonce) for name, row in rows.items()}
    shell(app, "backup", tmp_path / "site.zip")
    erase(*theirs["erases"])
    mine.withdraw(*theirs["withdraws"])
    mine.choose(*theirs["hides"], "published", False)
    mine.choose(*theirs["agrees"], "news", False)
    not_me(mailbox_key("says@example.org"))
    decline(db.session.scalars(sa.select(Invitation)).one())
    assert shell(app, "backup", "--erasures-only", tmp_path / "small.zip")[0] == 0
    wipe()
    assert shell(app, "restore", tmp_path / "site.zip")[0] == 0
    db.session.expire_all()
    return theirs


def stand() -> dict[str, tuple[str, bool, bool]]:
    """How each stands, whether they agreed to be shown, and to be written to; by the name in their address."""
    db.session.expire_all()
    rows = db.session.scalars(sa.select(Signature)).all()
    return {str(row.email).partition("@")[0]: (row.status, row.published, row.news) for row in rows}


def test_what_people_had_wished_is_done_and_what_came_since_stays(
    app: Flask, tmp_path: Path, wipe: Callable[[], None]
) -> None:
    withdrew = lose(app, tmp_path, wipe)["withdraws"]
    mine.choose(*withdrew, "news", False)  # by which nobody stands
    make_passkey(owner_of(letter_here()))
    make_signature(letter_here(), email="new@example.org")
    make_signature(letter_here(), email="says@example.org", confirmed=False)
    before = everything()
    said = applied(app, tmp_path / "small.zip", "--dry-run")
    assert "Erased again: 1, withdrawn again: 1. Hidden again, or news refused again: 2. " in said
    assert said.endswith("again: 1, mailboxes written to no more: 1. Nothing was changed: this was a dry run.\n")
    assert everything() == before
    for number in 1, 0:  # the second time nothing is left to do
        assert applied(app, tmp_path / "small.zip").endswith(
            f"Erased again: {number}, withdrawn again: {number}. Hidden again, or news refused again: {2 * number}. "
            f"Declined again: {number}, mailboxes written to no more: {number}.\n"
        )
        assert stand() == {
            "withdraws": ("withdrawn", True, False),
            "hides": ("confirmed", False, True),
            "agrees": ("confirmed", True, False),
            "stays": ("confirmed", True, True),
            "new": ("confirmed", True, False),
            "says": ("pending", True, False),  # the new one
        }
        assert db.session.scalars(sa.select(Invitation)).one().declined_at
        assert db.session.scalars(sa.select(Mailbox.key).where(Mailbox.suppressed_at.is_not(None))).all() == [
            mailbox_key("says@example.org")
        ]
    assert db.session.scalars(sa.select(Passkey)).one()  # the file does not know it
    assert letter_here().confirmed_count == 4 and shell(app, "signatures", "recount") == (0, "rues\tright\n")
    assert shell(app, "backup", "--erasures-only", "--force", tmp_path / "small.zip")[0] == 0  # which it had refused


def test_who_did_something_since_by_which_they_stand_is_left_as_they_are(
    app: Flask, tmp_path: Path, wipe: Callable[[], None]
) -> None:
    theirs = lose(app, tmp_path, wipe)
    for name in "erases", "withdraws":
        signature = db.session.get_one(Signature, theirs[name][0])
        mine.correct(*theirs[name], words={**words_of(signature), "role": "maire"}, seen_as=shown_as(signature))
    for to in False, True:
        mine.choose(*theirs["hides"], "published", to)
    mine.choose(*theirs["agrees"], "published", False)  # which says nothing of news
    confirm(*theirs["says no"])
    accept(db.session.scalars(sa.select(Invitation)).one())
    there = {**stand(), "agrees": ("confirmed", False, False)}
    said = applied(app, tmp_path / "small.zip")
    assert "Erased again: 0, withdrawn again: 0." in said and said.endswith("by which they stand: 5.\n")
    assert stand() == there and letter_here().confirmed_count == 7
    assert not db.session.scalars(sa.select(Mailbox).where(Mailbox.suppressed_at.is_not(None))).all()


def test_who_came_back_by_their_invitation_is_not_withdrawn_by_the_same_file_again(
    app: Flask, tmp_path: Path, wipe: Callable[[], None]
) -> None:
    signature = accept(make_invited(make_letter(slug="rues", published=False)))
    theirs = signature.id, signature.link_nonce
    shell(app, "backup", tmp_path / "site.zip")
    mine.withdraw(*theirs)
    shell(app, "backup", "--erasures-only", tmp_path / "small.zip")
    wipe()
    shell(app, "restore", tmp_path / "site.zip")
    assert "withdrawn again: 1" in applied(app, tmp_path / "small.zip")
    accept(db.session.scalars(sa.select(Invitation)).one())  # of which only the first moment is kept
    assert "withdrawn again: 0" in applied(app, tmp_path / "small.zip")
    assert letter_here().confirmed_count == 1


@ON_SQLITE
def test_who_changes_their_mind_on_the_page_of_their_invitation_is_heard_too(app: Flask, tmp_path: Path) -> None:
    letter = make_letter(slug="rues", published=False)
    hides, _reads = (accept(make_invited(letter), news=True) for _ in range(2))
    mine.choose(hides.id, hides.link_nonce, "published", False)
    shell(app, "backup", tmp_path / "site.zip")
    shell(app, "backup", "--erasures-only", tmp_path / "small.zip")
    for invitation in db.session.scalars(sa.select(Invitation)).all():
        accept(invitation, news=False)  # by which the line is shown
    applied(app, tmp_path / "small.zip")
    assert db.session.scalars(sa.select(Signature.published)).all() == [True, True]
    shell(app, "restore", tmp_path / "site.zip", "--replace")
    assert db.session.scalars(sa.select(Signature.news)).all() == [False, False]


def test_who_came_back_stays_though_an_older_file_says_that_they_left(app: Flask, tmp_path: Path) -> None:
    leave_and_come_back(lambda: shell(app, "backup", "--erasures-only", tmp_path / "small.zip"))
    applied(app, tmp_path / "small.zip")
    assert how_they_stand() == ALL_ARE_BACK


@ON_SQLITE
def test_who_has_agreed_to_a_changed_text_or_said_yes_to_the_team_since_stays(
    app: Flask, tmp_path: Path, wipe: Callable[[], None]
) -> None:
    lose(app, tmp_path, wipe)
    make_correction(letter_here(), substance=True)
    ask(letter_here())
    agree(db.session.scalars(sa.select(Signature).where(Signature.email == "withdraws@example.org")).one())
    invitations.attest(db.session.scalars(sa.select(Invitation)).one(), "au téléphone", by=owner_of(letter_here()))
    assert "Erased again: 1, withdrawn again: 0." in applied(app, tmp_path / "small.zip")
    assert (letter_here().confirmed_count, letter_here().attested_count) == (1, 1)
    assert db.session.scalars(sa.select(Invitation)).one().declined_at is None


@ON_SQLITE
def test_who_had_left_is_not_put_back_by_an_import_since(app: Flask, tmp_path: Path, wipe: Callable[[], None]) -> None:
    make_letter(slug="rues")
    shell(app, "backup", tmp_path / "site.zip")
    for name, leaves in product(("asked", "attested"), (erase, mine.withdraw)):
        row = make_signature(letter_here(), email=f"{name}-{leaves.__name__}@example.org")
        leaves(row.id, row.link_nonce)
    shell(app, "backup", "--erasures-only", tmp_path / "small.zip")
    wipe()
    shell(app, "restore", tmp_path / "site.zip")
    for name, how in ("asked", []), ("attested", ["--attest", "--reason", "x"]):
        rows = "".join(f"Zoé,Évrard,{name}-{each}@example.org,yes\n" for each in ("erase", "withdraw", "stays"))
        file = written(tmp_path, f"Prénom,Nom,Courriel,Publish\n{rows}")
        code, said = shell(app, "signatures", "import", "rues", file, *how)
        assert code == 0 and "3 imported" in said, said
    assert "Erased again: 2, withdrawn again: 2." in applied(app, tmp_path / "small.zip")
    assert letter_here().attested_count == 1 and [mail.recipient for mail in posted()] == ["asked-stays@example.org"]


@ON_SQLITE
def test_who_had_hidden_their_line_is_hidden_though_they_have_agreed_to_something_else_since(
    app: Flask, tmp_path: Path, wipe: Callable[[], None]
) -> None:
    theirs = lose(app, tmp_path, wipe)["hides"]
    for to in False, True:
        mine.choose(*theirs, "news", to)
    signature = db.session.get_one(Signature, theirs[0])
    mine.correct(*theirs, words={**words_of(signature), "role": "maire"}, seen_as=shown_as(signature))
    assert "Hidden again, or news refused again: 2." in applied(app, tmp_path / "small.zip")
    assert stand()["hides"] == ("confirmed", False, True)


@ON_SQLITE
def test_who_confirmed_then_hid_and_withdrew_is_hidden_when_they_sign_again(
    app: Flask, tmp_path: Path, wipe: Callable[[], None]
) -> None:
    signature = make_signature(make_letter(slug="rues"), confirmed=False, email="zoe@example.org")
    theirs = signature.id, signature.link_nonce
    shell(app, "backup", tmp_path / "site.zip")
    confirm(*theirs)
    mine.choose(*theirs, "published", False)
    mine.withdraw(*theirs)
    shell(app, "backup", "--erasures-only", tmp_path / "small.zip")
    wipe()
    shell(app, "restore", tmp_path / "site.zip")
    said = applied(app, tmp_path / "small.zip")
    assert "withdrawn again: 1. Hidden again, or news refused again: 1." in said and "Left out" not in said
    mine.come_back(*theirs)
    assert stand() == {"zoe": ("confirmed", False, False)}


@ON_SQLITE
def test_who_declined_one_text_has_declined_no_later_one(app: Flask, tmp_path: Path, wipe: Callable[[], None]) -> None:
    letter = make_letter(slug="rues")
    for name in "zoe", "ana":
        make_signature(letter, email=f"{name}@example.org")
    make_correction(letter, substance=True)
    ask(letter)
    make_signature(letter, email="eve@example.org")  # counts, and declines a text of after the backup
    shell(app, "backup", tmp_path / "site.zip")
    with write() as session:
        later = sa.update(Signature).where(Signature.email == "eve@example.org")
        session.execute(later.values(counted_at=None, disagreed_at=now()))
    disagree(db.session.scalars(sa.select(Signature).where(Signature.email == "zoe@example.org")).one())
    shell(app, "backup", "--erasures-only", tmp_path / "small.zip")
    for later in True, False:
        wipe()
        shell(app, "restore", tmp_path / "site.zip")
        if later:
            make_correction(letter_here(), substance=True)
        assert f"Declined again: {0 if later else 1}," in applied(app, tmp_path / "small.zip")
        declined = db.session.scalars(sa.select(Signature.email).where(Signature.disagreed_at.is_not(None))).all()
        assert declined == ([] if later else ["zoe@example.org"])


@ON_SQLITE
def test_a_file_that_is_not_of_the_erasures_of_this_site_changes_nothing(app: Flask, tmp_path: Path) -> None:
    make_signature(make_letter(slug="rues"))
    small, whole = tmp_path / "small.zip", tmp_path / "site.zip"
    shell(app, "backup", whole)
    shell(app, "backup", "--erasures-only", small)
    (tmp_path / "cut.zip").write_bytes(small.read_bytes()[:-9])
    with write() as session:
        session.execute(sa.update(SiteKey).values(value="ab" * 32))
    before = everything()
    for file, why in (whole, "whole backup"), (tmp_path / "cut.zip", "it was cut"), (small, "of another site"):
        code, said = shell(app, "apply-erasures", file)
        assert code == 1 and why in said and said.endswith("Nothing was changed.\n"), said
        assert everything() == before
    remove_file()
    assert "nothing was restored here yet" in shell(app, "apply-erasures", small)[1]
