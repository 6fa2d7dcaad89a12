"""For how long what people gave is kept. The notices say these very periods."""

from datetime import timedelta

UNCONFIRMED = timedelta(days=14)  # after signing; the link itself dies sooner
ADDRESSES = timedelta(days=33)  # after closing: the 72 hours of late confirmations, then 30 days
NAMES_MONTHS = 6  # after closing; the organisers of a letter may choose fewer
WITHDRAWN = timedelta(days=30)  # after leaving: time to change one's mind
NETWORKS = timedelta(days=30)  # the keyed hash of where a signature came from
MAILS = timedelta(days=31)  # the trace that a mail left: one day more than the longest budget looks back
LOG = timedelta(days=365)  # who did what among the organisers
