"""What organisers do with invitations."""

from collections.abc import Sequence
from secrets import token_urlsafe

import sqlalchemy as sa

from tribune.database import write
from tribune.invitations.models import Invitation
from tribune.invitations.proposed import Proposed
from tribune.letters.models import Letter
from tribune.letters.queries import hold
from tribune.organisers.models import Organiser
from tribune.outbox.mailboxes import deliverable, mailbox_key


def add(letter: Letter, people: Sequence[Proposed], by: Organiser) -> list[Invitation]:
    """Put people on the list of those to ask, after the others; nothing is mailed. Raises AddressRefused."""
    with write() as session:
        hold(letter)
        last = session.scalar(sa.select(sa.func.max(Invitation.rank)).where(Invitation.letter_id == letter.id)) or 0
        ranks: dict[int, int] = {}
        added = []
        for person in people:
            rank = ranks.setdefault(person.line, last + len(ranks) + 1)
            added.append(
                Invitation(
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
            )
        session.add_all(added)
    return added
