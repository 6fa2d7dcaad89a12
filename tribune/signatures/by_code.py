"""Confirming by the code in the mail, in the browser that signed."""

import sqlalchemy as sa

from tribune.database import write
from tribune.signatures.actions import LetterClosed, SignatureUnknown, browser_hash, confirm
from tribune.signatures.links import code_of
from tribune.signatures.models import Signature
from tribune.signatures.queries import hold_letter_of
from tribune.signatures.replacing import hold_all_of

TRIES = 5  # for each signature, over all its mails; then only the link confirms


def confirm_by_code(browser_key: str, typed: str) -> Signature | None:
    """Confirm what this browser signed, as the link does. Return None if it signed nothing, or the code is wrong.

    A try is counted before its code is checked, and stays counted, so that tries at once cannot exceed TRIES.
    """
    signed_here = browser_hash(browser_key)
    if signed_here is None:
        return None
    this = Signature.browser_hash == signed_here, Signature.code_tries < TRIES
    with write() as session:  # also if there is none: less is told by its time (decision 0047)
        if found := session.scalars(sa.select(Signature).where(*this)).first():
            hold_letter_of(found.id)  # before the signature, as in `confirm`
            hold_all_of(found.letter_id, found.mailbox_key)
        number = session.scalar(
            sa.update(Signature).where(*this).values(code_tries=Signature.code_tries + 1).returning(Signature.id)
        )
        signature = session.get(Signature, number, populate_existing=True) if number else None
        if signature is None or not code_of(signature).is_told(typed):
            return None
        try:
            confirm(signature.id, signature.link_nonce)
        except LetterClosed:
            pass  # the page of its link says so
        except SignatureUnknown:
            return None
        return signature
