"""The links and the code that signatories receive."""

from tribune.codes import Code
from tribune.signatures.models import Signature
from tribune.tokens import Link, Purpose

CONFIRM_LASTS = 7 * 24 * 3600  # seconds
NO_MORE = "no more"  # instead of a signature, in mails that nobody caused by typing an address


def confirm_link(signature: Signature) -> Link:
    """Return the link to the page that confirms this signature; a new nonce revokes it."""
    return Link("signatures.show_confirm", Purpose.CONFIRM, [signature.id, signature.link_nonce])


def code_of(signature: Signature) -> Code:
    """Return the code that confirms a signature in the browser that signed; a new nonce revokes it."""
    return Code([signature.id, signature.link_nonce])


def agree_link(signature: Signature) -> Link:
    """Return the link to the page that asks whether one who signed earlier words agrees to the present ones."""
    return Link("asking.show_agree", Purpose.AGREE, [signature.id, signature.link_nonce])


def mine_link(signature: Signature) -> Link:
    """Return the link *My signature*; it works as long as the signature exists."""
    return Link("mine.show_mine", Purpose.MINE, [signature.id, signature.link_nonce])


def not_me_link(mailbox_key: str, signature: Signature | None = None) -> Link:
    """Return the link *It was not me*, for the owner of a mailbox.

    `signature`: what the mail is about, if it goes to exactly the address in that signature.
    """
    about = [signature.id, signature.link_nonce] if signature else []
    return Link("signatures.not_me", Purpose.NOT_ME, [mailbox_key, *about])


def no_more_link(mailbox_key: str) -> Link:
    """Return a link to the same page for a mail that nobody caused by typing an address: to receive no more."""
    return Link("signatures.not_me", Purpose.NOT_ME, [mailbox_key, NO_MORE])


def own_links(signature: Signature, mailbox_key: str) -> dict[str, Link]:
    """Return the links at the end of every mail about a signature: `mine` and `not_me`."""
    return {"mine": mine_link(signature), "not_me": not_me_link(mailbox_key, signature)}
