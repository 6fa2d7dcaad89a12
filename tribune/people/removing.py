"""Removing an attested name before the letter is published."""

from tribune.audit.actions import forget_lines
from tribune.audit.models import Verb
from tribune.database import write
from tribune.letters.queries import lock
from tribune.letters.recording import record_under
from tribune.organisers.models import Organiser
from tribune.people.placing import settle
from tribune.people.queries import whole_line
from tribune.signatures.counting import count_more
from tribune.signatures.erased import keep, names_of
from tribune.signatures.mails import drop_corrected
from tribune.signatures.models import Signature
from tribune.statements import lock_row


class StaysOnRecord(Exception):
    """Readers have seen the name, or its owner signed themselves: it can only be held or hidden."""


def _rests_on_their_word(signature: Signature) -> bool:
    """Whether it is attested, and its owner has not confirmed it."""
    return bool(signature.attested_at) and not signature.confirmed_at


def can_remove(signature: Signature) -> bool:
    """Whether it is only attested, and no reader has seen it."""
    return _rests_on_their_word(signature) and not signature.letter.is_published


def can_erase_for_them(signature: Signature) -> bool:
    """Whether organisers may erase it for the person, who may have no link to do so: `mine/erasing.py`."""
    return _rests_on_their_word(signature) and signature.letter.is_published


def remove(signature: Signature, *, by: Organiser) -> str:
    """Delete the row, so that only the log still knows of it, and return its line.

    Others on the same line stay. Raises StaysOnRecord.
    """
    with write() as session:
        letter = signature.letter
        lock(letter)
        lock_row(signature)
        if not can_remove(signature):
            raise StaysOnRecord
        line = whole_line(signature).text
        if signature.counted_at:
            count_more(letter.id, attested=-1)
        drop_corrected(signature)
        record_under(letter, Verb.FIRST_SIGNATORY_REMOVED, by=by, signature_id=signature.id, subject=line)
        if signature.withdrawn_at:  # the log forgets them too, as anybody who withdraws
            keep(names_of([signature]))
            forget_lines([signature.id])
        session.delete(signature)
        session.flush()
        settle(letter)
    return line
