"""Makes what a test is about: only what matters is given, the rest is a believable example. Needs an app context."""

import itertools
from datetime import datetime
from io import BytesIO
from typing import Any

import PIL.Image
import sqlalchemy as sa

from tribune.database import db, now, write
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
from tribune.writing.queries import seen

_number = itertools.count(1)


def make_organiser(**given: Any) -> Organiser:
    """An account; `email` and `name` may be given."""
    number = next(_number)
    return open_account(
        given.get("email", f"organiser{number}@example.org"), given.get("name", f"Organisateur {number}")
    )


def make_letter(organiser: Organiser | None = None, *, published: bool = True, first: str = "", **given: Any) -> Letter:
    """A letter, published unless told otherwise; `first`: a list of first signatories as it would be pasted."""
    organiser = organiser or make_organiser()
    details = {"title": "Pour des rues où l'on joue", "text": "Un paragraphe.", "standfirst": "Un chapô.", **given}
    columns = {name: details.pop(name) for name in list(details) if name in SETTABLE}
    letter = letters.create(team_of(organiser), by=organiser, **details)
    if first:
        add(letter, read_people(first).people, by=None)
    if published:
        life.publish(letter)
    with write():
        for name, value in columns.items():
            setattr(letter, name, value)
    return letter


SETTABLE = {"asks_role", "asks_organisation", "public_file", "public_list", "closes_at", "closed_at", "published_at"}


def make_member(letter: Letter, role: Role, organiser: Organiser | None = None) -> Organiser:
    """Another organiser, with that role in the team of the letter."""
    organiser = organiser or make_organiser()
    with write() as session:
        session.add(Membership(team_id=letter.team_id, organiser_id=organiser.id, role=role))
    return organiser


def make_invitation(team: Team, email: str = "zoe@example.org", role: Role = Role.EDITOR) -> TeamInvitation:
    """An invitation into a team that waits; nothing is mailed."""
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


def make_invited(letter: Letter, **given: Any) -> Invitation:
    """Somebody to be invited to be a first signatory; nothing is mailed. What `Proposed` names may be given."""
    number = next(_number)
    details = {"given_name": "Léa", "family_name": f"Martin {number}", "email": f"lea{number}@example.org", **given}
    return invitations.add(letter, [Proposed(**details)], owner_of(letter))[0]


def invitation_path(invitation: Invitation) -> str:
    """The address that the mail of an invitation holds, without the host."""
    return answer_link(invitation).url().removeprefix("http://localhost")


def make_passkey(organiser: Organiser) -> Passkey:
    """A passkey of an account; nobody holds its private half."""
    key = f"key {next(_number)}".encode()
    with write() as session:
        passkey = Passkey(organiser_id=organiser.id, credential_id=key, public_key=b"k", sign_count=0, name="Phone")
        session.add(passkey)
    return passkey


def owner_of(letter: Letter) -> Organiser:
    """The first owner of the team that carries it."""
    query = sa.select(Membership).where(Membership.team_id == letter.team_id, Membership.role == Role.OWNER)
    return db.session.scalars(query.order_by(Membership.id)).first().organiser  # type: ignore[union-attr]


def make_signature(letter: Letter, *, confirmed: bool = True, **given: Any) -> Signature:
    """A signature from the web, confirmed unless told otherwise. Counted, but mailed nothing."""
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
            session.execute(
                sa.update(Letter).where(Letter.id == letter.id).values(confirmed_count=Letter.confirmed_count + 1)
            )
    return signature


def make_batch(letter: Letter) -> Batch:
    """A batch that hides, is under way and has changed nothing yet."""
    with write() as session:
        session.add(
            batch := Batch(letter_id=letter.id, organiser_id=owner_of(letter).id, verb="hide", choice={}, up_to_id=0)
        )
    return batch


def make_correction(letter: Letter, **given: Any) -> Version:
    """The next version of a text, after somebody has signed and confirmed the one before."""
    with write():
        letter.version.signed_at = letter.version.frozen_at = now()
    text = f"Un paragraphe, corrigé {next(_number)} fois."
    return letters.revise(letter, **{"by": None, "text": text, "reason": "Une coquille.", **given})


def make_message(to: str = "zoe@example.org", subject: str = "Un sujet", *, priority: int = 0) -> Message:
    """A mail that waits in the outbox, with a budget that is never spent."""
    composed = Composed(subject, "Un texte.\n", "<p>Un texte.</p>", "fr")
    with write() as session:
        assert post("example", to, composed, {}, Budget("example", (), priority))
    return session.scalars(sa.select(Message).order_by(Message.id.desc()).limit(1)).one()


def all_leave() -> None:
    """Let every mail that waits have left at this moment."""
    with write() as session:
        session.execute(sa.update(Message).where(Message.sent_at.is_(None)).values(sent_at=now(), recipient=None))


def make_picture(letter: Letter, by: Organiser | None = None) -> Image:
    """A picture of one colour for this letter."""
    file = BytesIO()
    PIL.Image.new("RGB", (40, 30), "teal").save(file, "PNG")
    file.seek(0)
    words = {"description": "Une rue", "credit": "Alice", "seen_as": seen(letter.image)}
    set_picture(letter, by=by or owner_of(letter), picture=read_picture(file), **words)
    assert letter.image is not None
    return letter.image


def latest_signature() -> Signature:
    """The signature written last."""
    return db.session.scalars(sa.select(Signature).order_by(Signature.id.desc()).limit(1)).one()


def confirm_path(signature: Signature) -> str:
    """The address that the mail of a signature holds, without the host."""
    return confirm_link(signature).url().removeprefix("http://localhost")


def mine_path(signature: Signature) -> str:
    """The address at which its owner has a signature in hand, without the host."""
    return mine_link(signature).url().removeprefix("http://localhost")


def posted() -> list[Message]:
    """The mails of the outbox, oldest first."""
    return list(db.session.scalars(sa.select(Message).order_by(Message.id)))


def everything() -> list[tuple[Any, ...]]:
    """Each row of each table, to see that nothing was written."""
    return [tuple(row) for table in db.metadata.sorted_tables for row in db.session.execute(sa.select(table))]
