"""What administrators do about words in the public history: withhold a version, and show it again."""

import logging

from tribune.audit.models import Verb
from tribune.database import write
from tribune.history.queries import version_of
from tribune.letters.life import NotPublished
from tribune.letters.models import Letter, Version
from tribune.letters.queries import lock
from tribune.letters.recording import record_letter
from tribune.notices import mails

log = logging.getLogger(__name__)


class UnknownVersion(Exception):
    """The letter has no version of this number."""


class TextToday(Exception):
    """Its words are on the letter's page: only the reason given for it can be withheld."""


class NoReason(Exception):
    """No reason was given for this version, so there is none to withhold."""


class WithheldAlready(Exception):
    """That is withheld already, for a reason that was given; where its text is, so is the reason given for it."""


class NotWithheld(Exception):
    """Nothing of this version is withheld."""


def withhold(letter: Letter, number: int, what: str, reason: str) -> None:
    """Hide from readers the "text" of an earlier version with the reason given for it, or that "reason" alone.

    `disclose` undoes it. The letter's owners are mailed `reason`. Raises NotPublished, UnknownVersion, TextToday,
    NoReason or WithheldAlready.
    """
    with write():
        version = _locked(letter, number)
        if not letter.is_published:
            raise NotPublished
        if what == "text" and number == letter.version_number:
            raise TextToday
        if what == "reason" and not version.reason:
            raise NoReason
        if version.withheld in (what, "text"):
            raise WithheldAlready
        version.withheld, version.withheld_for = what, reason
        record_letter(letter, Verb.VERSION_WITHHELD, by=None, number=number, what=what, reason=reason)
        mails.tell_withheld(letter, version)
    log.info("withheld: version %d of letter %d", number, letter.id)  # the log line of the request says by whom


def disclose(letter: Letter, number: int) -> None:
    """Withhold a version no longer, so that readers see it as it was once they see its letter; owners are mailed.

    Raises UnknownVersion or NotWithheld.
    """
    with write():
        version = _locked(letter, number)
        if not version.withheld:
            raise NotWithheld
        version.withheld, version.withheld_for = "", ""
        record_letter(letter, Verb.VERSION_DISCLOSED, by=None, number=number)
        mails.tell_withheld(letter, version)
    log.info("disclosed: version %d of letter %d", number, letter.id)


def _locked(letter: Letter, number: int) -> Version:
    lock(letter)
    version = version_of(letter, number)
    if version is None:
        raise UnknownVersion
    return version
