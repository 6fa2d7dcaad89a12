"""Erase again in a restored site, and do again what else deletes signatures; mostly in SQL, as nobody else is there."""

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from itertools import groupby

import sqlalchemy as sa

from tribune.audit.actions import forget_lines
from tribune.backup.database import as_session
from tribune.database import db
from tribune.invitations.mails import questions_of
from tribune.invitations.models import ACCEPTED, Invitation
from tribune.invitations.standing import attested_as
from tribune.mine.written import forget_written
from tribune.outbox.models import ALWAYS_SENT, WAITS, Mailbox, Message
from tribune.signatures.erased import owner_name
from tribune.signatures.models import VOUCHED_FOR, Signature


def drop_mails(connection: sa.Connection, *which: sa.ColumnElement[bool]) -> None:
    """Delete the waiting mails that meet these conditions, and what invitations say of them."""
    numbers = connection.scalars(sa.select(Message.id).where(WAITS, *which)).all()
    connection.execute(sa.update(Invitation).where(Invitation.message_id.in_(numbers)).values(message_id=None))
    connection.execute(sa.delete(Message).where(Message.id.in_(numbers)))


def decline(connection: sa.Connection, declined: Mapping[str, datetime]) -> int:
    """Decline again, by nonce of the invitation and moment, for people who had accepted or were attested before.

    Return how many did. Also by a file: an attested line that readers saw would have kept them from declining, so it
    was gone or hidden.
    """
    of_them = sa.and_(Invitation.link_nonce.in_(declined), Invitation.declined_at.is_(None))
    with as_session(connection) as session:
        invitations = session.scalars(sa.select(Invitation).where(of_them)).all()
        theirs = [invitation.signature or attested_as(invitation) for invitation in invitations]
        public_ids = [signature.public_id for signature in theirs if signature]
    drop_mails(connection, Message.id.in_(sa.select(Invitation.message_id).where(of_them)))
    for nonce, moment in declined.items():
        ended = dict.fromkeys(("accepted_at", "corrected_at", "asked_at", "signature_id"))
        said = {"declined_at": moment, **ended, "tell": False}
        connection.execute(sa.update(Invitation).where(of_them, Invitation.link_nonce == nonce).values(said))
    delete(connection, public_ids, invitations=False)
    return len(invitations)


def fall_silent(connection: sa.Connection, suppressed: Mapping[str, datetime]) -> int:
    """Write to these mailboxes no more, by key and moment, as `not_me` does; return how many were written to."""
    said = Mailbox.key.in_(suppressed)
    before = connection.scalars(sa.select(Mailbox.key).where(said, Mailbox.suppressed_at.is_not(None))).all()
    drop_mails(connection, Message.mailbox_key.in_(suppressed), Message.budget.not_in(ALWAYS_SENT))
    _delete_pending(connection, suppressed)
    connection.execute(sa.delete(Mailbox).where(said))
    connection.execute(sa.insert(Mailbox), [{"key": key, "suppressed_at": at} for key, at in suppressed.items()])
    return len(suppressed) - len(before)


def erase(connection: sa.Connection, public_ids: Collection[str]) -> int:
    """Erase signatures as their owners did, with what the team wrote about them; return how many there were."""
    erased = sa.select(Signature).where(Signature.public_id.in_(public_ids))
    with as_session(connection) as session:
        rows = session.scalars(erased.order_by(Signature.letter_id, Signature.mailbox_key)).all()
        for _person, theirs in groupby(rows, lambda row: (row.letter_id, row.mailbox_key or row.public_id)):
            of_one = list(theirs)
            forget_written(of_one[0].letter, of_one, elsewhere=True)
    return delete(connection, public_ids)


def erase_invitations(connection: sa.Connection, left: Mapping[str, datetime], *which: sa.ColumnElement[bool]) -> None:
    """Delete invitations, of those that meet these conditions, of owners by `owner_name` and the moment when they left.

    Their signature may be none of the backup's, and without it nothing says that they have left: they would be
    reminded. One added after that moment stays, and so does one with a signature, which itself says so.
    """
    columns = Invitation.id, Invitation.letter_id, Invitation.mailbox_key, Invitation.created_at
    bare = Invitation.mailbox_key.is_not(None), Invitation.signature_id.is_(None)
    gone = []
    for number, letter_id, key, since in connection.execute(sa.select(*columns).where(*bare, *which)).all():
        moment = left.get(owner_name(letter_id, key))
        if moment and since <= moment:
            gone.append(number)
    if gone:
        drop_mails(connection, Message.id.in_(sa.select(Invitation.message_id).where(Invitation.id.in_(gone))))
        _delete_invitations(connection, gone)


def _delete_pending(connection: sa.Connection, mailboxes: Mapping[str, datetime]) -> None:
    """Delete the pending signatures of these mailboxes up to a moment, not their invitations, as `not_me` does."""
    columns = Signature.public_id, Signature.mailbox_key, Signature.signed_at
    pending = connection.execute(sa.select(*columns).where(Signature.mailbox_key.in_(mailboxes), ~VOUCHED_FOR))
    theirs = [row.public_id for row in pending if row.signed_at <= mailboxes[row.mailbox_key]]
    delete(connection, theirs, invitations=False)


def delete(connection: sa.Connection, public_ids: Collection[str], *, invitations: bool = True) -> int:
    """Delete signatures and all that refers to them, in the caller's transaction; return how many there were.

    What the log says of them goes, waiting mails, and their `invitations`. It does not rely on foreign keys, which are
    off during a restore on SQLite. The caller has to count again.
    """
    named = Signature.public_id.in_(public_ids)
    chosen = sa.select(Signature.id).where(named)
    theirs = sa.select(Signature.mailbox_key, Signature.letter_id).where(named)
    drop_mails(connection, sa.tuple_(Message.mailbox_key, Message.about).in_(theirs))
    with as_session(connection):
        forget_lines(connection.scalars(chosen).all())
    if invitations:
        same_mailbox = sa.tuple_(Invitation.mailbox_key, Invitation.letter_id).in_(theirs)
        asked = sa.select(Invitation.id).where(Invitation.signature_id.in_(chosen) | (same_mailbox & ~ACCEPTED))
        _delete_invitations(connection, connection.scalars(asked).all())
    for key in _keys_to_signatures():
        connection.execute(sa.delete(key.parent.table).where(key.parent.in_(chosen)))
    gone = connection.scalar(sa.select(sa.func.count()).select_from(Signature).where(named)) or 0
    connection.execute(sa.delete(Signature).where(named))
    return gone


def _delete_invitations(connection: sa.Connection, numbers: Collection[int]) -> None:
    forwarded = sa.update(Invitation).where(Invitation.forwarded_from_id.in_(numbers))
    connection.execute(forwarded.values(forwarded_from_id=None))
    connection.execute(sa.delete(Message).where(questions_of(numbers)))
    connection.execute(sa.delete(Invitation).where(Invitation.id.in_(numbers)))


def _keys_to_signatures() -> Iterator[sa.ForeignKey]:
    for table in db.metadata.sorted_tables:
        yield from (key for key in table.foreign_keys if key.column is Signature.__table__.c.id)
