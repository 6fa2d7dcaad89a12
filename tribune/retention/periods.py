"""For how long what people gave is kept. The notices say these very periods."""

from calendar import monthrange
from datetime import datetime, timedelta

from tribune.organisers import models as organisers
from tribune.signatures import models

UNCONFIRMED = models.UNCONFIRMED  # after signing; the link itself dies sooner
ADDRESSES = timedelta(days=33)  # after closing: the 72 hours of late confirmations, then 30 days
NAMES_MONTHS = 6  # after closing; the organisers of a letter may choose fewer
WITHDRAWN = timedelta(days=30)  # after leaving: time to change one's mind
NETWORKS = timedelta(days=30)  # the keyed hash of where a signature came from
MAILS = timedelta(days=31)  # the trace that a mail left: one day more than the longest budget looks back
TEAM_INVITATIONS = timedelta(days=30)  # after it was mailed last: two weeks longer than it can be accepted
LOG_INS = organisers.LOG_IN_LASTS  # after coming in: whatever the cookie says, it opens nothing any more
LOG = timedelta(days=365)  # who did what among the organisers


def names_months(chosen: int | None) -> int:
    """How many months after its closing the names under a letter stay, where its organisers chose so many, or None."""
    return NAMES_MONTHS if chosen is None else min(chosen, NAMES_MONTHS)


def months_after(moment: datetime, months: int) -> datetime:
    """The same day of the month, so many months later; the last of a month that is too short."""
    years, month = divmod(moment.month - 1 + months, 12)
    year, month = moment.year + years, month + 1
    return moment.replace(year=year, month=month, day=min(moment.day, monthrange(year, month)[1]))
