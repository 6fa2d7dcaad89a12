"""A letter gathered under embargo: its first signatories have accepted, each by an invitation."""

from typing import Any

from tests.factories import make_letter, make_signature, posted
from tribune.database import now, write
from tribune.invitations.models import Invitation
from tribune.letters.models import Letter
from tribune.outbox.mailboxes import mailbox_key


def make_gathered(**given: Any) -> Letter:
    """A draft that lacks nothing; one attested first signatory stands on it."""
    usual = {"slug": "secrete", "contact": "alice@example.org", "first": "Zoé Attestée, maire (Mairie secrète)"}
    return make_letter(published=False, **{**usual, **given})


def make_accepted(letter: Letter, name: str, **given: Any) -> Invitation:
    """Somebody who accepted to be a first signatory and asked to be told; columns of the invitation may be given."""
    email = f"{name.lower()}@example.org"
    line = {"given_name": name, "family_name": "Roux", "position": len(name) + 100}
    if "signature_id" not in given:
        given["signature_id"] = make_signature(letter, email=email, origin="invitation", **line).id
    asked = {"invited_at": now(), "accepted_at": now(), "tell": True, "email": email, "mailbox_key": mailbox_key(email)}
    with write() as session:
        invitation = Invitation(
            letter_id=letter.id, rank=1, given_name=name, family_name="Roux", link_nonce=name, **{**asked, **given}
        )
        session.add(invitation)
    return invitation


def told() -> list[str | None]:
    """Who a mail of the launch waits for."""
    return [message.recipient for message in posted() if message.kind == "published"]
