"""Answering as somebody invited does: what they press, on their page or without it."""

from typing import Any

from werkzeug.test import TestResponse

from tests.factories import invitation_path
from tests.page import Reader, hidden_fields
from tribune.invitations import answering
from tribune.invitations.forms import WORDING
from tribune.invitations.lines import words_of
from tribune.invitations.models import Invitation
from tribune.letters.models import Letter
from tribune.signatures.lines import lines
from tribune.signatures.models import Signature
from tribune.signatures.queries import first_signatories

LINE = {"given_name": "Léa", "family_name": "Martin", "role": "maire", "organisation": "Brest", "capacity": "personal"}


def accept(invitation: Invitation, **given: Any) -> Signature:
    """Accept, in the words proposed but for those given; `sure`, `tell`, `news` and `digest` may be given too."""
    words = {name: given.pop(name, value) for name, value in words_of(invitation).items()}
    said = {"digest": invitation.letter.version.digest, "news": False, "locale": "fr", "wording": WORDING, **given}
    return answering.accept(invitation.id, invitation.link_nonce, words=words, **said)


def decline(invitation: Invitation, word: str = "") -> None:
    """Decline."""
    answering.decline(invitation.id, invitation.link_nonce, word)


def form(client: Reader, path: str, answer: str) -> dict[str, str]:
    """The hidden fields of one of the forms of the page."""
    forms = [dict(hidden_fields(part)) for part in client.get(path).text.split("<form")[1:]]
    return next(fields for fields in forms if fields.get("answer") == answer)


def say(client: Reader, invitation: Invitation, answer: str, **typed: str) -> TestResponse:
    """Press one of the buttons of the page."""
    path = invitation_path(invitation)
    return client.post(path, data={**form(client, path, answer), **typed})


def printed(letter: Letter) -> list[str]:
    """The lines of the first signatories."""
    return [line.text for line in lines(first_signatories(letter))]
