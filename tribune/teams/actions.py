"""What happens to teams: founded, joined, left."""

from tribune.database import write
from tribune.organisers import actions as organisers
from tribune.organisers.models import Organiser
from tribune.teams.models import Membership, Role, Team


def open_account(email: str, name: str = "") -> Organiser:
    """Make an account and the team it carries letters with. Raises AddressRefused or AlreadyThere."""
    with write():
        organiser = organisers.add(email, name)
        found(organiser, name or organiser.email)
    return organiser


def found(organiser: Organiser, name: str) -> Team:
    """Make a team whose owner is this organiser."""
    with write() as session:
        team = Team(name=name)
        session.add(team)
        session.flush()
        session.add(Membership(team_id=team.id, organiser_id=organiser.id, role=Role.OWNER))
        session.flush()
    return team
