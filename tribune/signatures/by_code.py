"""Confirming by the code in the mail, in the browser that signed."""

from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from tribune.abuse.counters import InDatabase
from tribune.database import now, run, write
from tribune.signatures.actions import LetterClosed, SignatureUnknown, confirm
from tribune.signatures.browser import LASTS
from tribune.signatures.links import code_of
from tribune.signatures.models import Signature

TRIES = 5  # for each signature, over all its mails; then only the link confirms
S: Any = Signature.__table__
SIGNED_HERE = sa.select(S.c.id, S.c.link_nonce).where(S.c.browser_hash == sa.bindparam("browser"))
NOBODY = {"id": 0, "link_nonce": ""}


def confirm_by_code(browser: str | None, typed: str) -> Signature | None:
    """Confirm what this browser signed, as the link does. Return None if it signed nothing, or the code is wrong.

    A refusal costs the same whether signing has left a row or not, since its time would tell who counts already: tries
    are counted by browser, and nothing is locked before the code is right. A try is counted before its code is checked,
    and stays counted, so that tries at once cannot exceed TRIES. `browser`: as `this_browser` returns it.
    """
    if browser is None:
        return None
    with write() as session:
        # In the database, as Redis may forget. A browser key is of one signature, and ends before its counter does.
        tries = InDatabase().hit(f"code {browser}", now() + timedelta(seconds=LASTS))
        found = run(SIGNED_HERE, {"browser": browser}).first()
        told = code_of(Signature(**(found._mapping if found else NOBODY))).is_told(typed)
        if found is None or not told or tries > TRIES:
            return None
        try:
            confirm(found.id, found.link_nonce)
        except LetterClosed:
            pass  # the page of its link says so
        except SignatureUnknown:
            return None
        return session.get(Signature, found.id)
