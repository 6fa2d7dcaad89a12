"""What the arguments of organisers' addresses name: for each, makes an object that belongs to a letter or its owner."""

from collections.abc import Callable

from tests.factories import make_signature
from tribune.letters.models import Letter
from tribune.organisers.models import Organiser

# Argument of an address: the value that names an object of this letter, or of this organiser (who is in its team).
OBJECTS: dict[str, Callable[[Letter, Organiser], int | str]] = {
    "letter_id": lambda letter, _: letter.id,
    "team_id": lambda letter, _: letter.team_id,
    "public_id": lambda letter, _: make_signature(letter).public_id,
}
NOBODYS = {"letter_id": 999_999, "team_id": 999_999}  # what an address names when nothing answers to it
