"""Links that let an organiser in."""

from tribune.organisers.models import Organiser
from tribune.tokens import Link, Purpose

LINK_LASTS = 30 * 60  # seconds


def log_in_link(organiser: Organiser) -> Link:
    """Works once, for half an hour after it is signed."""
    return Link("organisers.enter", Purpose.LOG_IN, [organiser.id, organiser.link_nonce])


def new_account_link(email: str) -> Link:
    """Makes an account for an address, within half an hour; spent once the address has one."""
    return Link("organisers.new_account", Purpose.NEW_ACCOUNT, [email])
