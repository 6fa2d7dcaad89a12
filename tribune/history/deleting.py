"""Deleting a draft, with all that stands under it."""

import sqlalchemy as sa

from tribune.audit.actions import forget_lines, record
from tribune.audit.models import Verb
from tribune.database import UNREAD, db, write
from tribune.history.queries import last_done
from tribune.letters.models import Letter
from tribune.letters.queries import hold
from tribune.moderation.counting import locked
from tribune.moderation.models import Batch, BatchRow
from tribune.organisers.models import Organiser
from tribune.outbox.models import MailTally
from tribune.outbox.unsent import forget_mails
from tribune.signatures.erased import keep, names_of
from tribune.signatures.models import Signature


class KeptLetter(Exception):
    """Readers may have seen it, or people have signed it: it stays."""


class WorkedOn(Exception):
    """Somebody has done something to it since the page was shown; nothing was deleted."""


def is_kept(letter: Letter) -> bool:
    """Whether it was published or waits to be, or somebody signed it themselves: then it cannot be deleted."""
    of_it = Signature.letter_id == letter.id
    own = sa.exists().where(of_it, Signature.attested_at.is_(None), Signature.withdrawn_at.is_(None))
    return letter.published_at is not None or bool(db.session.scalar(sa.select(own)))


def delete_letter(letter: Letter, by: Organiser, *, seen_as: int | None = None) -> None:
    """Delete a draft: its texts, its attested names, what was decided about them, its mails. The log keeps its words.

    Whatever row must name a letter goes with it; one that need not, names none. Who had left is erased as if their days
    were over: their own link opens nothing any more by which they could. `seen_as`: `last_done` of what the page
    showed, where there was one. Raises KeptLetter or WorkedOn.
    """
    with write() as session:
        hold(letter)
        if is_kept(letter):
            raise KeptLetter
        if seen_as not in (None, last_done(letter)):
            raise WorkedOn
        number, team_id, title = letter.id, letter.team_id, letter.version.title
        locked(Signature.letter_id == number)  # these, then mailboxes, as who says "it was not me", without the letter
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
