"""Who is in the team of a letter, and as what."""

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


def role_of_zoe(letter: Letter) -> Role:
    zoe = organiser_by_address(ZOE)
    assert zoe is not None
    return membership(zoe, letter).role
