"""Who is in the team of a letter, as what, and what its log says of that."""

import sqlalchemy as sa

from tribune.audit.models import Event
from tribune.database import db
from tribune.letters.models import Letter
from tribune.organisers.models import Organiser
from tribune.organisers.queries import organiser_by_address
from tribune.teams.models import Membership, Role
from tribune.teams.queries import membership_of

ZOE = "zoe@example.org"  # whom the tests of invitations ask


def membership(organiser: Organiser, letter: Letter) -> Membership:
    found = membership_of(organiser, letter.team_id)
    assert found is not None
    return found


def log() -> list[tuple[str, str, str, dict[str, str]]]:
    """What was done to members and invitations, oldest first: verb, actor, subject, details."""
    query = sa.select(Event.verb, Event.actor, Event.subject, Event.details).order_by(Event.id)
    return [tuple(row) for row in db.session.execute(query.where(~Event.verb.startswith("letter_")))]


def role_of_zoe(letter: Letter) -> Role:
    zoe = organiser_by_address(ZOE)
    assert zoe is not None
    return membership(zoe, letter).role
