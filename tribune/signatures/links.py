"""The links, and the code, that signatories receive."""

from tribune.codes import Code
from tribune.signatures.models import Signature
from tribune.tokens import Link, Purpose

CONFIRM_LASTS = 7 * 24 * 3600  # seconds
NO_MORE = "no more"  # in the place of a signature: the mail went to somebody whom organisers know


def confirm_link(signature: Signature) -> Link:
    """Opens the page where this very signature is confirmed; a new nonce revokes it."""
    return Link("signatures.show_confirm", Purpose.CONFIRM, [signature.id, signature.link_nonce])


def code_of(signature: Signature) -> Code:
    """The digits of the mail that confirm it in the browser that signed; a new nonce revokes them too."""
    return Code([signature.id, signature.link_nonce])


def agree_link(signature: Signature) -> Link:
    """Opens the page where somebody who signed earlier words says whether they sign those of today."""
    return Link("asking.show_agree", Purpose.AGREE, [signature.id, signature.link_nonce])


def mine_link(signature: Signature) -> Link:
    """Opens the page where its owner has this signature in hand; works as long as it is there."""
    return Link("mine.show_mine", Purpose.MINE, [signature.id, signature.link_nonce])


def not_me_link(mailbox_key: str, signature: Signature | None = None) -> Link:
    """Opens the page where the owner of a mailbox says that somebody else typed it.

    `signature`: what the mail is about, if it goes to the very address that this signature holds.
    """
    about = [signature.id, signature.link_nonce] if signature else []
    return Link("signatures.not_me", Purpose.NOT_ME, [mailbox_key, *about])


def no_more_link(mailbox_key: str) -> Link:
    """Opens the same page from a mail that nobody caused by typing an address: its owner wants no more of them."""
    return Link("signatures.not_me", Purpose.NOT_ME, [mailbox_key, NO_MORE])


def own_links(signature: Signature, mailbox_key: str) -> dict[str, Link]:
    """What each mail about a signature ends with: it in hand, or "it was not me"."""
    return {"mine": mine_link(signature), "not_me": not_me_link(mailbox_key, signature)}
