"""Mails asked for by typing an address: the page stores the request, and the worker answers it.

So the page does the same for every address, and its time tells nothing about it.
"""

import logging
from collections.abc import Callable, Mapping

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from tribune.database import DatabaseBusy, db, is_postgresql, write
from tribune.faults import is_of_the_database
from tribune.outbox.models import MailRequest

PATIENCE = 100  # milliseconds that an answer waits for a row which somebody has locked: mails wait meanwhile
AT_ONCE = 200  # answered before mails leave again: a thousand networks may send ninety thousand in ten minutes
Answers = Mapping[str, Callable[[str, str], object]]  # by form: posts the mail, given address and language

log = logging.getLogger(__name__)


def request_mail(form: str, email: str, locale: str) -> None:
    """Store that this form was sent with this address; the worker wakes once it is committed."""
    with write() as session:
        session.add(MailRequest(form=form, email=email, locale=locale))
        session.info["posted"] = True


def answer_requests(answers: Answers) -> None:
    """Answer those that have waited longest, AT_ONCE at most, each in the transaction that deletes it."""
    waiting = db.session.scalars(sa.select(MailRequest.id).order_by(MailRequest.id).limit(AT_ONCE)).all()
    db.session.rollback()
    for number in waiting:
        try:
            _answer(number, answers)
        except (DBAPIError, DatabaseBusy) as error:  # a row it needs is locked: it waits, the others do not
            log.warning("a mail asked for waits (%s)", type(getattr(error, "orig", error)).__name__)


def _answer(number: int, answers: Answers) -> None:
    """Answer one, unless another worker has it. One that cannot be answered is dropped, and delays no other."""
    with write() as session:
        if is_postgresql():  # on SQLite whoever has locked something delays the mails as well
            session.execute(sa.text(f"SET LOCAL lock_timeout = {PATIENCE}"))
        free = sa.select(MailRequest).where(MailRequest.id == number).with_for_update(skip_locked=True)
        request = session.scalars(free).first()
        if request is None:
            return
        session.delete(request)
        try:
            with session.begin_nested():
                answers[request.form](request.email, request.locale)
        except Exception as error:
            if is_of_the_database(error):  # it is answered once the database is well again
                raise
            # without its words, which may hold an address
            log.error("a mail asked for by the form %s cannot be made (%s)", request.form, type(error).__name__)
