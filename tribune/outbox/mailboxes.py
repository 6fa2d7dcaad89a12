"""Addresses: which can receive mail, and which are spellings of one mailbox."""

import re
from functools import lru_cache

from email_validator import EmailNotValidError, validate_email

from tribune.database import keyed

LONGEST, LONGEST_LOCAL = 254, 64  # characters, RFC 5321
# How a word of other letters begins in a header (RFC 2047). It may stand before the @, but there are servers that read
# such a word, and send to the address in it: to any mailbox, whose budget nobody has asked.
ENCODED = "=?"
_ORDINARY = re.compile(r"[a-z0-9_-]+(?:\.[a-z0-9_-]+)*")  # before the @: it needs no closer look

# Where two spellings reach one mailbox. Data, so that a rule is added without touching the code that applies it.
SAME_DOMAIN = {"googlemail.com": "gmail.com"}
DOTS_DO_NOT_COUNT = {"gmail.com"}
TAG_SEPARATOR = "+"


class AddressRefused(ValueError):
    """Not an address that mail can be sent to."""


@lru_cache(64)  # one signature asks six times
def deliverable(address: str) -> str:
    """The address as mail is sent to it, its domain in ASCII. Raises AddressRefused. Asks no name server."""
    local, _, domain = address.rpartition("@")
    if _ORDINARY.fullmatch(local) and len(local) <= LONGEST_LOCAL:
        sent_to = f"{local}@{_looked_at(f'a@{domain}').removeprefix('a@')}"
        if len(sent_to) <= LONGEST:
            return sent_to
    return _looked_at(address)


@lru_cache(1024)  # a million people have few domains, and a closer look costs most of an import
def _looked_at(address: str) -> str:
    try:
        found = validate_email(address, allow_smtputf8=False, strict=True, check_deliverability=False)
    except EmailNotValidError as error:
        raise AddressRefused from error
    if found.ascii_email is None or len(found.ascii_email) > LONGEST or ENCODED in found.ascii_email:
        raise AddressRefused
    return found.ascii_email


def canonical(address: str) -> str:
    """One spelling for all that reach the same mailbox; for identity and budget only, never to send to."""
    return _canonical(deliverable(address))


def _canonical(sent_to: str) -> str:
    local, _, domain = sent_to.casefold().rpartition("@")
    domain = SAME_DOMAIN.get(domain, domain)
    local = local.split(TAG_SEPARATOR)[0] or local
    if domain in DOTS_DO_NOT_COUNT:
        local = local.replace(".", "")
    return f"{local}@{domain}"


def is_plain(address: str) -> bool:
    """Whether an address is spelled as its mailbox is: without a tag, and the like. What is no address is not."""
    try:
        return deliverable(address).casefold() == canonical(address)
    except AddressRefused:
        return False


def one_spelling(address: str) -> str:
    """The same for every way to write this very address: whatever the capitals, the domain in ASCII or not.

    No tag is dropped: not everywhere are `canonical` spellings one person's.
    """
    try:
        return deliverable(address).lower()
    except AddressRefused:  # by the rules of today
        return address.lower()


def mailbox_key(address: str) -> str:
    """The name of a mailbox in our tables."""
    return address_and_key(address)[1]


def is_of_mailbox(address: str, key: str) -> bool:
    """Whether an address is a spelling of the mailbox of this key. What is no address is of none."""
    try:
        return mailbox_key(address) == key
    except AddressRefused:
        return False


def address_and_key(address: str) -> tuple[str, str]:
    """As `deliverable` and `mailbox_key`, looking at the address once: what costs most of each."""
    sent_to = deliverable(address)
    return sent_to, keyed(_canonical(sent_to))
