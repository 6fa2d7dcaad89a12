"""People who signed and have not confirmed are reminded a few days later, once."""

from datetime import timedelta

import sqlalchemy as sa
from flask import current_app
from sqlalchemy.orm import aliased

from tribune.database import db, now, write
from tribune.outbox.models import Mailbox
from tribune.signatures import mails
from tribune.signatures.actions import tally
from tribune.signatures.models import Signature
from tribune.signatures.table import STATUSES

EVERY = 300  # seconds
BATCH = 200  # people considered each time, so that the mails of the others do not wait
TOO_LATE = timedelta(days=2)  # after it was due: a site that was off for a month, or turns this on, writes to nobody
UP_TO = "reminded_up_to"  # the last one considered: those who may not be written to keep nobody else waiting


def remind_due() -> None:
    """Mail a reminder to the next few who are to have one; a chore."""
    if not current_app.config["REMINDER_DAYS"]:
        return
    after = current_app.extensions.get(UP_TO, 0)
    due = sa.select(Signature.id).where(_is_due(), Signature.id > after).order_by(Signature.id).limit(BATCH)
    numbers = db.session.scalars(due).all()
    db.session.rollback()
    for number in numbers:
        _remind(number)
    current_app.extensions[UP_TO] = numbers[-1] if len(numbers) == BATCH else 0


def _remind(number: int) -> None:
    """One reminder, if it is still due now that nobody else can change the row; one transaction each."""
    with write() as session:
        signature = session.scalars(
            sa.select(Signature).where(_is_due(), Signature.id == number).with_for_update(of=Signature)
        ).first()
        if signature is None or not signature.letter.confirms(signature.signed_at):
            return
        if mails.post_remind_to_confirm(signature):
            signature.reminded_at = now()
            tally(signature.letter, "reminded")


def _is_due() -> sa.ColumnElement[bool]:
    """The latest submission of this person under this letter, if none was ever confirmed, nor this person reminded.

    Somebody suspected is not: the address may be another's, and one mail was enough. Nor is who was imported: they
    asked nothing of us, signed when the file says and not when they were asked, and may say no by doing nothing.
    """
    due = now() - timedelta(days=current_app.config["REMINDER_DAYS"])
    other = aliased(Signature)
    settled = sa.exists().where(
        other.letter_id == Signature.letter_id,
        other.mailbox_key == Signature.mailbox_key,
        sa.or_(
            other.id > Signature.id,
            other.confirmed_at.is_not(None),
            other.counted_at.is_not(None),
            other.reminded_at.is_not(None),
        ),
    )
    silent = sa.exists().where(Mailbox.key == Signature.mailbox_key, Mailbox.suppressed_at.is_not(None))
    return sa.and_(
        STATUSES["pending"],
        Signature.origin != "import",
        Signature.reminded_at.is_(None),
        Signature.email.is_not(None),
        Signature.signed_at.between(due - TOO_LATE, due),
        ~settled,
        ~silent,
    )
