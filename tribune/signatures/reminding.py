"""People who signed and have not confirmed are reminded a few days later, once."""

from collections import Counter
from datetime import timedelta

import sqlalchemy as sa
from flask import current_app
from sqlalchemy.orm import aliased

from tribune.database import db, now, write
from tribune.faults import one_by_one
from tribune.letters.models import Letter
from tribune.outbox.models import Mailbox
from tribune.signatures import mails
from tribune.signatures.actions import tally
from tribune.signatures.models import Signature
from tribune.signatures.table import STATUSES
from tribune.statements import UNREAD

EVERY = 300  # seconds
BATCH = 200  # signatures considered each time, so that the worker's other mails do not wait
TOO_LATE = timedelta(days=2)  # after it was due: a site that was off for a month, or turns this on, mails nobody
UP_TO = "reminded_up_to"  # id of the last one considered, so that those who may not be mailed do not block the rest


def remind_due() -> None:
    """Mail a reminder to the next BATCH who are due; a chore."""
    if not current_app.config["REMINDER_DAYS"]:
        return
    after = current_app.extensions.get(UP_TO, 0)
    due = sa.select(Signature.id).where(_is_due(), Signature.id > after).order_by(Signature.id).limit(BATCH)
    numbers = db.session.scalars(due).all()
    db.session.rollback()
    current_app.extensions[UP_TO] = numbers[-1] if len(numbers) == BATCH else 0
    one_by_one(_remind, numbers)


def skip_due() -> None:
    """Take all who are due as reminded, in the caller's transaction: a restored site cannot know who was."""
    if current_app.config["REMINDER_DAYS"]:
        skipped = sa.update(Signature).where(_is_due()).values(reminded_at=now()).returning(Signature.letter_id)
        found = Counter(db.session.scalars(skipped, execution_options=UNREAD).all())
        for letter in db.session.scalars(sa.select(Letter).where(Letter.id.in_(found))).all():
            tally(letter, "reminded", found[letter.id])  # else more would confirm after a reminder than were reminded


def _remind(number: int) -> None:
    """Mail one reminder in its own transaction, if it is still due once the row is locked."""
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
    """Match the latest submission of a person under a letter if none was ever confirmed, and they were not reminded.

    Held signatures get no reminder: the address may be somebody else's. Nor do imported ones: they asked nothing of us,
    `signed_at` is not when they were asked, and they may say no by doing nothing.
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
