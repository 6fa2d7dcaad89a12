"""Factories: a test gives only what matters, the rest is a plausible example. They need an app context."""

import itertools
from datetime import datetime
from io import BytesIO
from typing import Any

import PIL.Image
import sqlalchemy as sa

from tribune.database import db, now, write
from tribune.exports.card import card_of
from tribune.invitations import actions as invitations
from tribune.invitations.links import answer_link
from tribune.invitations.models import Invitation
from tribune.invitations.proposed import Proposed
from tribune.letters import actions as letters
from tribune.letters import life
from tribune.letters.models import Image, Letter, Version
from tribune.moderation.models import Batch
from tribune.organisers.models import Organiser, Passkey
from tribune.outbox.actions import Budget, post
from tribune.outbox.composing import Composed
from tribune.outbox.mailboxes import mailbox_key
from tribune.outbox.models import Message
from tribune.people.adding import add
from tribune.reading.people import read_people
from tribune.signatures import actions as signatures
from tribune.signatures.links import confirm_link, mine_link
from tribune.signatures.models import Signature
from tribune.teams.actions import open_account
from tribune.teams.models import Membership, Role, Team, TeamInvitation
from tribune.teams.queries import team_of
from tribune.writing.actions import set_picture
from tribune.writing.pictures import read_picture
from tribune.writing.queries import shown_as

_number = itertools.count(1)


def make_organiser(**given: Any) -> Organiser:
    """Make an account; `email` and `name` may be given."""
    number = next(_number)
    return open_account(
        given.get("email", f"organiser{number}@example.org"), given.get("name", f"Organisateur {number}")
    )


def make_letter(organiser: Organiser | None = None, *, published: bool = True, first: str = "", **given: Any) -> Letter:
    """Make a letter, published by default; `first`: first signatories as pasted text."""
    details = {"title": "Pour des rues où l'on joue", "text": "Un paragraphe.", "standfirst": "Un chapô.", **given}
    columns = {name: details.pop(name) for name in list(details) if name in SETTABLE}
    with write():  # one transaction: almost every test makes a letter
        organiser = organiser or make_organiser()
        letter = letters.create(team_of(organiser), by=organiser, **details)
        if first:
            add(letter, read_people(first).people, by=None)
        if published:
            life.publish(letter)
        for name, value in columns.items():
            setattr(letter, name, value)
    return letter


SETTABLE = {"asks_role", "asks_organisation", "public_file", "public_list", "closes_at", "closed_at", "published_at"}


def make_member(letter: Letter, role: Role, organiser: Organiser | None = None) -> Organiser:
    """Add an organiser, by default a new one, to the team of the letter."""
    organiser = organiser or make_organiser()
    with write() as session:
        session.add(Membership(team_id=letter.team_id, organiser_id=organiser.id, role=role))
    return organiser


def make_invitation(team: Team, email: str = "zoe@example.org", role: Role = Role.EDITOR) -> TeamInvitation:
    """Make an open invitation into a team; nothing is mailed."""
    with write() as session:
        session.add(
            invitation := TeamInvitation(
                team_id=team.id,
                email=email,
                mailbox_key=mailbox_key(email),
                role=role,
                link_nonce=f"nonce {next(_number)}",
            )
        )
    return invitation


def invitations_of(letter: Letter) -> list[Invitation]:
    """Return the invitations of a letter, in the organisers' order."""
    theirs = sa.select(Invitation).where(Invitation.letter_id == letter.id)
    return list(db.session.scalars(theirs.order_by(Invitation.rank, Invitation.id)))


def make_invited(letter: Letter, **given: Any) -> Invitation:
    """Make an invitation to be a first signatory; nothing is mailed. `given`: fields of `Proposed`."""
    number = next(_number)
    details = {"given_name": "Léa", "family_name": f"Martin {number}", "email": f"lea{number}@example.org", **given}
    return invitations.add(letter, [Proposed(**details)], owner_of(letter))[0]


def invitation_path(invitation: Invitation) -> str:
    """Return the path of the link in the mail of an invitation."""
    return answer_link(invitation).url().removeprefix("http://localhost")


def make_passkey(organiser: Organiser) -> Passkey:
    """Make a passkey of an account; there is no private key."""
    key = f"key {next(_number)}".encode()
    with write() as session:
        passkey = Passkey(organiser_id=organiser.id, credential_id=key, public_key=b"k", sign_count=0, name="Phone")
        session.add(passkey)
    return passkey


def owner_of(letter: Letter) -> Organiser:
    """Return the first owner of the letter's team."""
    query = sa.select(Membership).where(Membership.team_id == letter.team_id, Membership.role == Role.OWNER)
    return db.session.scalars(query.order_by(Membership.id)).first().organiser  # type: ignore[union-attr]


def make_signature(letter: Letter, *, confirmed: bool = True, **given: Any) -> Signature:
    """Make a signature by the form, by default confirmed and counted. Nothing is mailed.

    Many in one `with write()` are one statement, and have an `id` only after it, or after `session.flush()`.
    """
    number = next(_number)
    email = given.pop("email", f"person{number}@example.org")
    at: datetime = given.pop("at", now())
    details = {
        "given_name": "Zoé",
        "family_name": f"Évrard {number}",
        "role": "",
        "organisation": "",
        "capacity": "personal",
    }
    details |= {"published": True, "news": False, "locale": "fr", "signed_at": at, **given}
    if confirmed:
        details |= {"confirmed_at": at, "counted_at": at}
    with write() as session:
        signature = signatures.new_signature(letter, email=email, mailbox_key=mailbox_key(email), **details)
        session.add(signature)
        if confirmed:
            letter.confirmed_count += 1
    return signature


def make_batch(letter: Letter) -> Batch:
    """Make an unfinished batch that hides, and has changed nothing yet."""
    with write() as session:
        session.add(
            batch := Batch(letter_id=letter.id, organiser_id=owner_of(letter).id, verb="hide", choice={}, up_to_id=0)
        )
    return batch


def make_correction(letter: Letter, **given: Any) -> Version:
    """Make the next version of a text, after marking the present one as signed and confirmed."""
    with write():
        letter.version.signed_at = letter.version.frozen_at = now()
    text = f"Un paragraphe, corrigé {next(_number)} fois."
    return letters.revise(letter, **{"by": None, "text": text, "reason": "Une coquille.", **given})


def make_message(to: str = "zoe@example.org", subject: str = "Un sujet", *, priority: int = 0) -> Message:
    """Post a mail with an unlimited budget."""
    composed = Composed(subject, "Un texte.\n", "<p>Un texte.</p>", "fr")
    with write() as session:
        assert post("example", to, composed, {}, Budget("example", (), priority))
    return session.scalars(sa.select(Message).order_by(Message.id.desc()).limit(1)).one()


def all_leave() -> None:
    """Mark every waiting mail as sent now."""
    with write() as session:
        session.execute(sa.update(Message).where(Message.sent_at.is_(None)).values(sent_at=now(), recipient=None))


def make_picture(letter: Letter, by: Organiser | None = None) -> Image:
    """Give a letter a picture of one colour."""
    file = BytesIO()
    PIL.Image.new("RGB", (40, 30), "teal").save(file, "PNG")
    file.seek(0)
    words = {"description": "Une rue", "credit": "Alice", "seen_as": shown_as(letter.image)}
    set_picture(letter, by=by or owner_of(letter), picture=read_picture(file), **words)
    assert letter.image is not None
    return letter.image


def card_digest(letter: Letter) -> str:
    """Return what stands in the address of its card."""
    card = card_of(letter)
    assert card is not None
    return card.digest


def latest_signature() -> Signature:
    """Return the signature added last."""
    return db.session.scalars(sa.select(Signature).order_by(Signature.id.desc()).limit(1)).one()


def confirm_path(signature: Signature) -> str:
    """Return the path of the confirmation link of a signature."""
    return confirm_link(signature).url().removeprefix("http://localhost")


def mine_path(signature: Signature) -> str:
    """Return the path of the page *My signature*."""
    return mine_link(signature).url().removeprefix("http://localhost")


def posted() -> list[Message]:
    """Return the mails of the outbox, oldest first."""
    return list(db.session.scalars(sa.select(Message).order_by(Message.id)))


def everything() -> list[tuple[Any, ...]]:
    """Return every row of every table, to check that nothing was written."""
    return [tuple(row) for table in db.metadata.sorted_tables for row in db.session.execute(sa.select(table))]
