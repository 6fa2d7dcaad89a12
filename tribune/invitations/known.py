"""Which people of a list are invited to a letter already, or have signed it."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass

import sqlalchemy as sa

from tribune.database import db
from tribune.invitations.models import Invitation
from tribune.letters.models import Letter
from tribune.names import plain, sort_key
from tribune.signatures.erased import erased_among
from tribune.signatures.models import VOUCHED_FOR, Signature

N = Invitation


@dataclass(frozen=True)
class Known:
    """Mailbox keys and plain names of those invited, and of those who signed.

    `unaddressed`: by their name, the invitations that wait for an address, of those whose name nobody else has.
    """

    invited: frozenset[str]
    invited_names: frozenset[str]
    unaddressed: dict[str, int]
    signed: frozenset[str]
    signed_names: frozenset[str]


def plain_name(given_name: str, family_name: str) -> str:
    """Return a name without accents, capitals and punctuation; scripts we cannot fold stay as they are."""
    name = f"{given_name} {family_name}".strip()
    return plain(name) or name


def known(letter: Letter, mailboxes: Collection[str], sort_keys: Collection[str]) -> Known:
    """Look up everybody invited, and who has signed: with these mailboxes, these sort keys, or as a first signatory."""
    unanswered = (column.is_(None) for column in (N.accepted_at, N.declined_at, N.signature_id))
    waits = sa.and_(N.email.is_(None), *unanswered).label("waits")
    listed = sa.select(N.id, N.mailbox_key, N.given_name, N.family_name, waits).where(N.letter_id == letter.id)
    invited = [(plain_name(one.given_name, one.family_name), one) for one in db.session.execute(listed)]
    times = Counter(name for name, _one in invited)
    signed, signed_names = _signed(letter, mailboxes, sort_keys)
    return Known(
        invited=frozenset(one.mailbox_key for _name, one in invited if one.mailbox_key),
        invited_names=frozenset(times),
        unaddressed={name: one.id for name, one in invited if one.waits and times[name] == 1},
        signed=signed,
        signed_names=signed_names,
    )


def _signed(
    letter: Letter, mailboxes: Collection[str], sort_keys: Collection[str]
) -> tuple[frozenset[str], frozenset[str]]:
    """Return the mailbox keys and the plain names of who signed, as `known` looks for them."""
    names = sa.select(Signature.given_name, Signature.family_name).where(Signature.letter_id == letter.id)
    first = db.session.execute(names.where(Signature.position.is_not(None))).all()
    others = db.session.execute(names.where(Signature.sort_key.in_(sort_keys), Signature.counted_at.is_not(None))).all()
    theirs = sa.select(Signature.mailbox_key).where(
        Signature.letter_id == letter.id, Signature.mailbox_key.in_(mailboxes)
    )
    found = frozenset(filter(None, db.session.scalars(theirs)))
    return found, frozenset(plain_name(given, family) for given, family in (*first, *others))


def gone_from(letter: Letter, mailboxes: Collection[str]) -> set[str]:
    """Return those of these mailboxes that withdrew, erased or declined, and have no other signature since.

    One that is not confirmed is none: anybody can type an address.
    """
    theirs = Signature.letter_id == letter.id, Signature.mailbox_key.in_(mailboxes), VOUCHED_FOR
    rows = db.session.execute(sa.select(Signature.mailbox_key, Signature.withdrawn_at).where(*theirs)).all()
    there = {key for key, withdrawn_at in rows if withdrawn_at is None}
    return (erased_among(letter, mailboxes) | {key for key, _withdrawn_at in rows if key}) - there


def has_namesake(letter: Letter, invitation: Invitation) -> bool:
    """Whether somebody of this name signed with another mailbox; it may be the same person or not."""
    given, family = invitation.given_name, invitation.family_name
    mailboxes, names = _signed(letter, {invitation.mailbox_key or ""}, {sort_key(family, given)})
    return plain_name(given, family) in names and invitation.mailbox_key not in mailboxes


def listed_namesakes(invitation: Invitation) -> list[Invitation]:
    """Return the others of this name on the same list, whatever they answered; some may be the same person."""
    others = N.letter_id == invitation.letter_id, N.id != invitation.id
    names = sa.select(N.id, N.given_name, N.family_name).where(*others)
    name = plain_name(invitation.given_name, invitation.family_name)
    theirs = [number for number, given, family in db.session.execute(names) if plain_name(given, family) == name]
    return list(db.session.scalars(sa.select(N).where(N.id.in_(theirs)).order_by(N.id)))
