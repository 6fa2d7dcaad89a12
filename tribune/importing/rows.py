"""Write the rows of an import, in the caller's transaction, which has locked the letter."""

from collections.abc import Sequence
from secrets import token_urlsafe
from typing import Any

import sqlalchemy as sa

from tribune.database import db, now
from tribune.importing.entries import ASK, ATTEST, Entry, Terms
from tribune.importing.known import Finding
from tribune.importing.mails import post_ask_imported
from tribune.letters.models import Letter
from tribune.outbox.actions import lock_mailbox
from tribune.outbox.unsent import lock_mailboxes
from tribune.signatures.actions import tally
from tribune.signatures.counting import count_more
from tribune.signatures.flags import KINDS
from tribune.signatures.models import Flag, Merge, Signature, new_public_id
from tribune.signatures.spellings import print_as_merged
from tribune.signatures.wordings import INITIALS
from tribune.statements import there_is

S = Signature
ORIGIN = WORDING = "import"
SAME_NAME = ("name_signed", "repeated_name")


def write_rows(letter: Letter, found: Sequence[Finding], terms: Terms) -> list[int]:
    """Add the new signatures: attested ones count at once, the others are asked to confirm. Return their ids."""
    rows = [_row(letter, one, one.entry, terms) for one in found if one.entry]
    if terms.how == ASK:
        keys = sorted(row["mailbox_key"] for row in rows)
        lock_mailboxes(keys)
        for key in keys:  # those to be made come after those that are there, as for all who mail several
            lock_mailbox(key)
        return [number for row, one in zip(rows, found, strict=True) if (number := _ask(letter, row, one))]
    if not rows:
        return []
    _print_as_merged(letter, rows)
    ids = dict(db.session.execute(sa.insert(S).returning(S.public_id, S.id), rows).all())
    _flag(letter, {ids[row["public_id"]]: one for row, one in zip(rows, found, strict=True)})
    count_more(letter.id, attested=len(rows))
    return list(ids.values())


def _row(letter: Letter, found: Finding, entry: Entry, terms: Terms) -> dict[str, Any]:
    """Return the columns of a signature. An attested one counts since it was signed: so it is placed by that moment."""
    moment = now()
    signed_at = entry.signed_at or moment
    attested = {"attested_at": moment, "counted_at": signed_at} if terms.how == ATTEST else {}
    return {
        "public_id": new_public_id(),
        "link_nonce": token_urlsafe(16),
        "letter_id": letter.id,
        "letter_version": letter.version_number,
        "origin": ORIGIN,
        **entry.words,
        **found.found_by,
        "email": entry.email or None,
        "mailbox_key": entry.key or None,
        "locale": letter.locale,
        "news": entry.news,
        **_agreed(letter, entry, terms.how),
        "hidden_at": moment if entry.hidden else None,
        "signed_at": signed_at,
        **attested,
    }


def _agreed(letter: Letter, entry: Entry, how: str) -> dict[str, Any]:
    """Return whether it is shown, and the wording agreed to: for people asked, what their mail says of the list."""
    told = letter.public_list if how == ASK else "initials" if entry.initials else "yes"
    shown = entry.published and told != "no" and not entry.is_left_unnamed(letter, how)
    wording = WORDING + INITIALS if told == "initials" else WORDING
    return {"published": shown, "wording": wording}


def _ask(letter: Letter, row: dict[str, Any], found: Finding) -> int | None:
    """Add a row and ask its owner to confirm it; return its id. None, and no row, if the mailbox may take no mail."""
    signature = Signature(**row)
    print_as_merged(signature)
    db.session.add(signature)
    db.session.flush()
    signed_at = found.entry.signed_at if found.entry else None
    if not post_ask_imported(signature, letter, signed_at):
        db.session.delete(signature)
        db.session.flush()
        return None
    tally(letter, "signed")
    _flag(letter, {signature.id: found})
    return signature.id


def _print_as_merged(letter: Letter, rows: Sequence[dict[str, Any]]) -> None:
    """Set the printed names of organisations, if spellings are merged under this letter."""
    if not there_is(Merge.letter_id == letter.id):
        return
    names = ("merge_id", "printed_organisation", "organisation_key", "sort_key", "search_key")
    for row in rows:
        signature = Signature(**row)
        print_as_merged(signature)
        row.update({name: getattr(signature, name) for name in names})


def _flag(letter: Letter, found: dict[int, Finding]) -> None:
    """Flag the doubts of these rows that a signature on the form would be flagged for."""
    flags = [
        {"letter_id": letter.id, "signature_id": number, "kind": kind}
        for number, one in found.items()
        for kind in dict.fromkeys("same_person" if reason in SAME_NAME else reason for reason in one.reasons)
        if kind in KINDS
    ]
    if flags:
        db.session.execute(sa.insert(Flag), flags)
