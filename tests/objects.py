"""What the arguments of organisers' addresses name: for each, makes an object that belongs to a letter or its owner.

And a letter with something of all that its pages may show.
"""

from collections.abc import Callable

from tests.factories import (
    card_digest,
    make_batch,
    make_correction,
    make_invitation,
    make_invited,
    make_letter,
    make_member,
    make_passkey,
    make_picture,
    make_signature,
)
from tribune.history import actions as history
from tribune.letters.models import Letter
from tribune.notices import withholding
from tribune.organisers.actions import open_log_in
from tribune.organisers.models import Organiser
from tribune.signatures.models import Flag
from tribune.teams.models import Role
from tribune.teams.queries import membership_of

# By argument: make an object of this letter, or of this organiser (a member of its team), and return the value.
OBJECTS: dict[str, Callable[[Letter, Organiser], int | str]] = {
    "letter_id": lambda letter, _: letter.id,
    "team_id": lambda letter, _: letter.team_id,
    "membership_id": lambda letter, _: membership_of(make_member(letter, Role.VIEWER), letter.team_id).id,
    "invitation_id": lambda letter, _: make_invitation(letter.team).id,
    "invited_id": lambda letter, _: make_invited(letter).id,
    "passkey_id": lambda _, organiser: make_passkey(organiser).id,
    "log_in_id": lambda _, organiser: open_log_in(organiser.id).id,
    "batch_id": lambda letter, _: make_batch(letter).id,
    "public_id": lambda letter, _: make_signature(letter, confirmed=False).public_id,
    "addendum_id": lambda letter, organiser: history.add(letter, "Un ajout.", organiser).id,
    "number": lambda letter, organiser: make_correction(letter, by=organiser).number,
    "digest": lambda letter, organiser: make_picture(letter, organiser).digest,
    "card": lambda letter, _: card_digest(letter),
}
NOBODYS = {"letter_id": 999_999, "team_id": 999_999}  # what an address names when nothing answers to it


def full_letter(owner: Organiser) -> Letter:
    """In French, as all words are that somebody wrote under it."""
    letter = make_letter(
        owner,
        first="Léa Martin, maire\nAda Un, ouvrière",
        authors="Un collectif",
        contact=owner.email,
        outlet="Le Journal",
        public_file=True,
    )
    for organisation in ("C.N.R.S.", "CNRS"):
        flag = Flag(letter_id=letter.id, kind="joke")
        make_signature(letter, role="ouvrière", organisation=organisation, flags=[flag])
    for _ in range(2):
        history.add(letter, "Un ajout.", owner)
    make_invited(letter, role="ouvrière")
    make_picture(letter, owner)
    make_correction(letter)
    withholding.withhold(letter, 1, "text", "A judge has said so.")
    make_member(letter, Role.EDITOR)
    make_invitation(letter.team)
    return letter
