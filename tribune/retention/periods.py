"""How long what people gave is kept. The notices show these periods."""

from calendar import monthrange
from datetime import datetime, timedelta

from tribune.organisers import models as organisers

UNCONFIRMED = timedelta(days=14)  # after signing; the confirmation link expires sooner
ADDRESSES = timedelta(days=33)  # after closing: the 72 hours of late confirmations, then 30 days
NAMES_MONTHS = 6  # after closing; the organisers of a letter may choose fewer
WITHDRAWN = timedelta(days=30)  # after withdrawing: time to sign again
NETWORKS = timedelta(days=30)  # the keyed hash of where a signature came from
MAILS = timedelta(days=31)  # the trace that a mail left: one day more than the longest budget looks back
TEAM_INVITATIONS = timedelta(days=30)  # after it was last mailed: two weeks longer than it can be accepted
LOG_INS = organisers.LOG_IN_LASTS  # after logging in; by then the cookie opens nothing
LOG = timedelta(days=365)  # who did what among the organisers


def names_months(chosen: int | None) -> int:
    """Return how many months the names stay after closing, at most NAMES_MONTHS. `chosen`: by the organisers."""
    return NAMES_MONTHS if chosen is None else min(chosen, NAMES_MONTHS)


def months_after(moment: datetime, months: int) -> datetime:
    """Return the same day some months later, or the last day of a shorter month."""
    years, month = divmod(moment.month - 1 + months, 12)
    year, month = moment.year + years, month + 1
    return moment.replace(year=year, month=month, day=min(moment.day, monthrange(year, month)[1]))
