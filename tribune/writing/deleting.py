"""Deleting a draft with everything that belongs to it."""

import sqlalchemy as sa

from tribune.audit.actions import forget_lines, record
from tribune.audit.models import Event, Verb
from tribune.database import db, write
from tribune.fingerprint import ChangedMeanwhile
from tribune.letters.models import Letter
from tribune.letters.queries import lock
from tribune.moderation.counting import locked
from tribune.moderation.models import Batch, BatchRow
from tribune.organisers.models import Organiser
from tribune.outbox.models import MailTally
from tribune.outbox.unsent import forget_mails
from tribune.signatures.erased import keep, names_of
from tribune.signatures.models import Signature
from tribune.statements import UNREAD


class KeptLetter(Exception):
    """Readers may have seen it, or people have signed it: it stays."""


def is_kept(letter: Letter) -> bool:
    """Whether it cannot be deleted: it is published or scheduled, or somebody signed it themselves."""
    of_it = Signature.letter_id == letter.id
    own = sa.exists().where(of_it, Signature.attested_at.is_(None), Signature.withdrawn_at.is_(None))
    return letter.published_at is not None or bool(db.session.scalar(sa.select(own)))


def last_done(letter: Letter) -> int:
    """Return the id of the last line of its log, by which a page tells whether anything was done since; 0 if none."""
    return db.session.scalar(sa.select(sa.func.max(Event.id)).where(Event.letter_id == letter.id)) or 0


def delete_letter(letter: Letter, by: Organiser, *, seen_as: int | None = None) -> None:
    """Delete a draft: its texts, attested names, batches and mails. The log of the team keeps its lines.

    Rows in other tables are deleted if `letter_id` is required, else it is emptied. Withdrawn signatories are erased
    now, since the link by which they could do so stops working. `seen_as`: `last_done` when the page was shown; None if
    there was no page. Raises KeptLetter or ChangedMeanwhile.
    """
    with write() as session:
        lock(letter)
        if is_kept(letter):
            raise KeptLetter
        if seen_as not in (None, last_done(letter)):
            raise ChangedMeanwhile
        number, team_id, title = letter.id, letter.team_id, letter.version.title
        locked(Signature.letter_id == number)  # before mailboxes, like `not_me`, which does not lock the letter
        forget_mails(number)
        have_left = Signature.letter_id == number, Signature.withdrawn_at.is_not(None)
        left = session.scalars(sa.select(Signature).where(*have_left)).all()
        keep(names_of(left))
        forget_lines([row.id for row in left])
        batches = sa.select(Batch.id).where(Batch.letter_id == number)
        session.execute(sa.delete(BatchRow).where(BatchRow.batch_id.in_(batches)), execution_options=UNREAD)
        for table in reversed(db.metadata.sorted_tables):  # those that refer to others first
            column = table.c.get("letter_id")
            if column is not None:
                of_it = sa.update(table).values({column: None}) if column.nullable else sa.delete(table)
                session.execute(of_it.where(column == number))
        session.execute(sa.delete(MailTally).where(MailTally.about == number), execution_options=UNREAD)
        session.execute(sa.delete(Letter).where(Letter.id == number), execution_options=UNREAD)
        record(Verb.LETTER_DELETED, team_id=team_id, by=by, subject=title)
