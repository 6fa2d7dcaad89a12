"""Somebody who is invited into a team, and what she has become in it."""

from tribune.letters.models import Letter
from tribune.organisers.queries import organiser_by_address
from tribune.teams.models import Role
from tribune.teams.queries import membership_of

ZOE = "zoe@example.org"


def role_of_zoe(letter: Letter) -> Role | None:
    organiser = organiser_by_address(ZOE)
    membership = organiser and membership_of(organiser, letter.team_id)
    return membership.role if membership else None
