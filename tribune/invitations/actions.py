"""What organisers do with the people they invite: add, correct, note, remove."""

from collections.abc import Sequence
from secrets import token_urlsafe

import sqlalchemy as sa

from tribune.audit.actions import record
from tribune.audit.models import Verb
from tribune.database import db, write
from tribune.invitations.models import Invitation
from tribune.invitations.proposed import Proposed
from tribune.letters.models import Letter
from tribune.letters.queries import hold
from tribune.organisers.models import Organiser
from tribune.outbox.mailboxes import deliverable, mailbox_key


def add(letter: Letter, people: Sequence[Proposed], by: Organiser) -> list[Invitation]:
    """Write down who is to be invited, after those who are there, in their order; nobody is mailed."""
    with write() as session:
        hold(letter)  # two who add people at once give them ranks one after the other
        last = last_rank(letter)
        lines = {line: last + n for n, line in enumerate(dict.fromkeys(person.line for person in people), 1)}
        made = [_invitation(letter, person, lines[person.line]) for person in people]
        session.add_all(made)
        if made:
            record(
                Verb.INVITATIONS_ADDED,
                team_id=letter.team_id,
                by=by,
                letter_id=letter.id,
                subject=letter.version.title,
                count=len(made),
            )
        session.flush()
    return made


def last_rank(letter: Letter) -> int:
    """The rank of whoever comes last; 0 when nobody is there."""
    return db.session.scalar(sa.select(sa.func.max(Invitation.rank)).where(Invitation.letter_id == letter.id)) or 0


def _invitation(letter: Letter, person: Proposed, rank: int) -> Invitation:
    return Invitation(
        letter_id=letter.id,
        rank=rank,
        given_name=person.given_name,
        family_name=person.family_name,
        role=person.role,
        organisation=person.organisation,
        affiliation=person.affiliation,
        capacity=person.capacity,
        as_organisation=person.as_organisation,
        section=person.section,
        email=deliverable(person.email) if person.email else None,
        mailbox_key=mailbox_key(person.email) if person.email else None,
        note=person.note,
        link_nonce=token_urlsafe(16),
    )
