"""What each rule does to its rows, in the caller's transaction, which has locked them."""

from collections.abc import Sequence
from secrets import token_urlsafe
from typing import Any

import sqlalchemy as sa

from tribune.audit.models import NAMING, Event
from tribune.database import db, now
from tribune.invitations.models import Invitation
from tribune.mine.erasing import erase_rows
from tribune.moderation.models import Batch, BatchRow
from tribune.outbox.models import PAUSED, WAITS, Message
from tribune.outbox.unsent import forget_mails
from tribune.signatures.erased import keep, names_of
from tribune.signatures.models import Flag, Merge, Signature, new_public_id
from tribune.statements import UNREAD

S, N = Signature, Invitation
NOBODY: dict[str, Any] = {
    **dict.fromkeys(("given_name", "family_name", "role", "organisation", "capacity", "section"), ""),
    **dict.fromkeys(("organisation_key", "sort_key", "search_key"), ""),
    **dict.fromkeys(("printed_organisation", "merge_id", "affiliation", "position", "email", "mailbox_key"), None),
    **dict.fromkeys(("domain", "network_hash", "browser_hash"), None),
    **dict.fromkeys(("published", "news", "as_organisation"), False),
    "line_place": 0,
}


def unconfirmed(ids: list[int]) -> None:
    """Delete signatures. What else is held about their mailboxes stays: nobody has proved them."""
    _erase(ids, proved=False)


def withdrawn(ids: list[int]) -> None:
    """Erase signatures as their owners could have: neither a backup nor an import brings them back."""
    keep(_erase(ids, proved=True))


def _erase(ids: list[int], *, proved: bool) -> list[str]:
    """Delete signatures of one letter; return the names that `signatures/erased.py: keep` may keep of them."""
    query = sa.select(S).where(S.id.in_(ids)).order_by(S.id).execution_options(populate_existing=True)
    rows = db.session.scalars(query).all()
    names = names_of(rows)
    if rows:
        erase_rows(rows[0].letter, rows, proved=proved)
    return names


def addresses(ids: list[int]) -> None:
    """Empty addresses. Links still work, and the mailbox key still makes one person count once.

    Mails to them that wait until the letter is put back would keep the addresses, and leave for them, months later.
    """
    letters, keys = (sa.select(column).where(S.id.in_(ids)) for column in (S.letter_id, S.mailbox_key))
    paused = PAUSED, Message.about.in_(letters), Message.mailbox_key.in_(keys)
    db.session.execute(sa.delete(Message).where(*paused), execution_options=UNREAD)
    _write(S, ids, email=None, domain=None)


def networks(ids: list[int]) -> None:
    _write(S, ids, network_hash=None)


def invitations(ids: list[int]) -> None:
    """Delete invitations, and their waiting mails."""
    mails = sa.select(N.message_id).where(N.id.in_(ids))
    db.session.execute(sa.delete(Message).where(WAITS, Message.id.in_(mails)), execution_options=UNREAD)
    delete(N.id, ids)


def invited(ids: list[int]) -> None:
    _write(N, ids, email=None, note="", word="", question="", asked_at=None)


def words(letters: list[int]) -> None:
    """Remove what names people from the log, batches, invitations, merges and the outbox.

    The log keeps who did what to how many.
    """
    session = db.session
    for event in session.scalars(sa.select(Event).where(Event.letter_id.in_(letters), Event.verb.in_(NAMING))):
        numbers = {name: value for name, value in event.details.items() if isinstance(value, int)}
        event.subject, event.signature_id, event.details = "", None, numbers
    for batch in session.scalars(sa.select(Batch).where(Batch.letter_id.in_(letters))):
        batch.reason, batch.choice = "", {k: v for k, v in batch.choice.items() if k == "version"} or {"ids": []}
    session.flush()
    for letter_id in letters:
        forget_mails(letter_id)
    for model in (N, Merge):
        session.execute(sa.delete(model).where(model.letter_id.in_(letters)), execution_options=UNREAD)


def names(ids: list[int]) -> None:
    """Make signatures that count nameless, delete the others; withdrawn ones are erased, so that they stay away."""
    session = db.session
    counting = session.scalars(sa.select(S.id).where(S.id.in_(ids), S.counted_at.is_not(None))).all()
    left = session.scalars(sa.select(S.id).where(S.id.in_(ids), S.withdrawn_at.is_not(None))).all()
    withdrawn([*left])
    if others := sorted({*ids} - {*counting} - {*left}):
        _erase(others, proved=False)
    session.execute(sa.delete(Flag).where(Flag.signature_id.in_(counting)), execution_options=UNREAD)
    session.execute(sa.delete(BatchRow).where(BatchRow.signature_id.in_(counting)), execution_options=UNREAD)
    _write(S, counting, anonymised_at=now(), **NOBODY)
    new = [{"id": number, "link_nonce": token_urlsafe(16), "public_id": new_public_id()} for number in counting]
    if new:
        session.execute(sa.update(S), new)  # new ids, or an older file would tell who they were
    session.expire_all()


def _write(model: Any, ids: Sequence[int], **values: Any) -> None:
    db.session.execute(sa.update(model).where(model.id.in_(ids)).values(**values), execution_options=UNREAD)


def delete(key: Any, keys: Sequence[Any]) -> None:
    """Delete the rows whose column `key` is one of `keys`."""
    db.session.execute(sa.delete(key.class_).where(key.in_(keys)), execution_options=UNREAD)
