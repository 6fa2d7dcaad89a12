"""Addresses: which can receive mail, and which are spellings of one mailbox."""

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from flask import current_app

from tribune.later import Later
from tribune.site_keys import keyed

if TYPE_CHECKING:
    import email_validator
else:
    email_validator = Later("email_validator")

LONGEST, LONGEST_LOCAL = 254, 64  # characters, RFC 5321
# How an encoded word begins in a header (RFC 2047). It is valid before the @, but some servers decode it and send to
# the address inside: any mailbox, whose budget was never checked.
ENCODED = "=?"
_ORDINARY = re.compile(r"[a-z0-9_-]+(?:\.[a-z0-9_-]+)*")  # before the @: needs no closer look

# Where two spellings reach one mailbox. Data, so that a rule is added without touching code.
SAME_DOMAIN = {"googlemail.com": "gmail.com"}
DOTS_DO_NOT_COUNT = {"gmail.com"}
TAG_SEPARATOR = "+"
# Under which, within the domain of a country, anybody registers theirs: gouv.fr, co.uk, qc.ca.
SHARED = set("ac asso co com edu gob gouv gov net nom or org qc".split())


class AddressRefused(ValueError):
    """Not an address that mail can be sent to."""


@lru_cache(64)  # one signature asks six times
def deliverable(address: str) -> str:
    """Return the address as mail is sent to it, its domain in ASCII. Raises AddressRefused. Asks no name server."""
    local, _, domain = address.rpartition("@")
    if _ORDINARY.fullmatch(local) and len(local) <= LONGEST_LOCAL:
        sent_to = f"{local}@{_looked_at(f'a@{domain}').removeprefix('a@')}"
        if len(sent_to) <= LONGEST:
            return sent_to
    return _looked_at(address)


@lru_cache(1024)  # a million people have few domains, and this look costs most of an import
def _looked_at(address: str) -> str:
    trying = bool(current_app) and current_app.config["DEVELOPMENT"]  # addresses may end in .test then
    try:
        found = email_validator.validate_email(
            address, allow_smtputf8=False, strict=True, check_deliverability=False, test_environment=trying
        )
    except email_validator.EmailNotValidError as error:
        raise AddressRefused from error
    if found.ascii_email is None or ENCODED in found.ascii_email:
        raise AddressRefused
    return found.ascii_email


def canonical(sent_to: str) -> str:
    """Return one spelling for all `deliverable` ones of a mailbox; for identity and budget, never to send to."""
    local, _, domain = sent_to.casefold().rpartition("@")
    domain = SAME_DOMAIN.get(domain, domain)
    local = local.split(TAG_SEPARATOR)[0] or local
    if domain in DOTS_DO_NOT_COUNT:
        local = local.replace(".", "")
    return f"{local}@{domain}"


def registered_domain(address: str) -> str:
    """Return the domain of an address without subdomains, of which its owner makes as many as they like; "" for "".

    A guess, which may take two neighbours for one.
    """
    labels = address.rpartition("@")[2].lower().split(".")
    is_shared = len(labels) > 2 and len(labels[-1]) == 2 and labels[-2] in SHARED
    return ".".join(labels[-3 if is_shared else -2 :])


def is_plain(address: str) -> bool:
    """Whether an address has no tag, so that it belongs to the owner of its mailbox; False if it is no address."""
    try:
        return TAG_SEPARATOR not in deliverable(address).rpartition("@")[0]
    except AddressRefused:
        return False


def one_spelling(address: str) -> str:
    """Return one spelling of this very address, whatever its capitals, its domain in ASCII or not.

    Tags stay: not everywhere do `canonical` spellings belong to one person.
    """
    try:
        return deliverable(address).lower()
    except AddressRefused:  # was accepted by older rules
        return address.lower()


def mailbox_key(address: str) -> str:
    """Return the hash that names a mailbox in our tables. Raises AddressRefused."""
    return address_and_key(address)[1]


def is_of_mailbox(address: str, key: str) -> bool:
    """Whether an address is a spelling of the mailbox with this key; False if it is no address."""
    try:
        return mailbox_key(address) == key
    except AddressRefused:
        return False


def address_and_key(address: str) -> tuple[str, str]:
    """Return `deliverable` and `mailbox_key`, checking the address once, which costs most of each."""
    sent_to = deliverable(address)
    return sent_to, keyed(canonical(sent_to))
