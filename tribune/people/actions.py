"""What an organiser does for one signatory: correct a line, undo a correction, mail the link again."""

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm.attributes import set_committed_value

from tribune.audit.models import Event, Verb
from tribune.database import write
from tribune.fingerprint import ChangedMeanwhile, fingerprint
from tribune.letters.recording import record_under
from tribune.organisers.models import Organiser
from tribune.outbox.composing import Composed
from tribune.outbox.queries import is_suppressed, takes_mail
from tribune.people.mails import compose_corrected, post_corrected
from tribune.people.queries import last_correction, waits, whole_line
from tribune.reading.affiliations import read_affiliation
from tribune.signatures.actions import keys
from tribune.signatures.mails import post_ask_to_confirm
from tribune.signatures.models import Signature
from tribune.signatures.queries import lock_letter_of
from tribune.signatures.recording import own_line, record_reworded
from tribune.signatures.spellings import print_as_merged
from tribune.statements import lock_row

WORDS = ("given_name", "family_name", "role", "organisation", "affiliation", "capacity", "as_organisation")
KEYED = [name for name in WORDS if name != "capacity"]  # the arguments of `signatures.actions.keys`
# Missing in log lines from before an organisation could sign as such.
_EARLY: dict[str, Any] = {"as_organisation": False}


class NothingChanged(Exception):
    """The line already reads like this."""


class NotTheirsYet(Exception):
    """It is not confirmed yet, and its owner is to confirm the words that were mailed to them."""


class HasLeft(Exception):
    """Its owner has withdrawn it."""


class NothingToConfirm(Exception):
    """The signature is not pending, or its time to confirm has passed."""


class MailboxFull(Exception):
    """The mailbox may receive no more of these mails for now; nothing was done."""


@dataclass(frozen=True)
class Correction:
    """A correction: the line before and after, and the mail about their own (None: nobody can be told).

    `sends_back`: nobody can be told because mails to its owner bounce at present.
    """

    before: str
    after: str
    mail: Composed | None
    sends_back: bool = False


def words_of(signature: Signature) -> dict[str, Any]:
    """Return what can be corrected. `affiliation` is None if the line is built from role and organisation."""
    return {name: getattr(signature, name) for name in WORDS}


def read_anew(words: dict[str, Any], before: dict[str, Any]) -> dict[str, Any]:
    """Return the words, with role and organisation read from a changed `affiliation`, unless they were changed too.

    Files and press lists print role and organisation. One that was not part of the old affiliation stays, and so does
    the organisation on whose behalf somebody signs, if the new affiliation names none.
    """
    printed, was = words["affiliation"], before["affiliation"]
    if printed == was:  # or both None: built from the two
        return words
    found, signed_for = read_affiliation(printed), words["capacity"] == "organisation"
    read = {"role": found.role, "organisation": found.organisation or (words["organisation"] if signed_for else "")}
    kept = {name for name in read if words[name] != before[name] or before[name] not in was}
    return {**words, **{name: part for name, part in read.items() if name not in kept}}


def shown_as(signature: Signature) -> str:
    """Return a fingerprint of the words; a form carries it, so that nobody changes words they have not seen."""
    return fingerprint(words_of(signature))


def is_correctable(signature: Signature) -> bool:
    """Whether it is confirmed or attested, and not withdrawn."""
    return signature.is_vouched_for and signature.withdrawn_at is None


def preview(signature: Signature, words: dict[str, Any], reason: str, seen_as: str) -> Correction:
    """Return what `correct` would do. Raises ChangedMeanwhile, NothingChanged, HasLeft or NotTheirsYet."""
    if words == words_of(signature):  # checked first, so that a double click gets the right message
        raise NothingChanged
    if shown_as(signature) != seen_as:
        raise ChangedMeanwhile
    if signature.withdrawn_at is not None:
        raise HasLeft
    if not signature.is_vouched_for:
        raise NotTheirsYet
    copy = as_corrected(signature, words)
    before, after = whole_line(signature).text, whole_line(copy).text
    key, mailed = signature.mailbox_key or "", signature.email is not None
    told = mailed and takes_mail(key)
    own = own_line(signature), own_line(copy)  # whoever shares the line may be erased before the mail leaves
    mail = compose_corrected(signature, copy, lines=own, reason=reason) if told else None
    return Correction(before, after, mail, sends_back=mailed and not told and not is_suppressed(key))


def correct(signature: Signature, *, by: Organiser, words: dict[str, Any], reason: str, seen_as: str) -> Correction:
    """Change the words of a signature and tell its owner, both or neither. `words`: all of WORDS.

    Raises ChangedMeanwhile, NothingChanged, HasLeft, NotTheirsYet or MailboxFull.
    """
    with write():
        lock_letter_of(signature.id)  # keeps spellings from being merged meanwhile
        lock_row(signature)
        return _change(signature, by, words, reason, seen_as)


def undo_correction(signature: Signature, *, by: Organiser, event_id: int) -> Correction:
    """Restore the words from before the last correction, and tell the owner.

    Raises ChangedMeanwhile if `event_id` is no longer the last correction, or MailboxFull.
    """
    with write():
        lock_letter_of(signature.id)
        lock_row(signature)
        event = last_correction(signature)
        if event is None or event.id != event_id or not can_undo(signature, event):
            raise ChangedMeanwhile
        return _change(signature, by, words_before(event), "", shown_as(signature))


def can_undo(signature: Signature, event: Event) -> bool:
    """Whether the words are still those of this correction, the signature is not withdrawn, and the log has both words.

    The log has lost the earlier ones if they named somebody who has erased their signature since.
    """
    known = {"was", "now"} <= event.details.keys()
    return known and bool(_EARLY | event.details["now"] == words_of(signature)) and is_correctable(signature)


def words_before(event: Event) -> dict[str, Any]:
    """Return the words that a correction replaced."""
    return {**_EARLY, **event.details["was"]}


def _change(signature: Signature, by: Organiser, words: dict[str, Any], reason: str, seen_as: str) -> Correction:
    letter, was = signature.letter, words_of(signature)
    made = preview(signature, words, reason, seen_as)
    if made.mail and not post_corrected(signature, made.mail):
        raise MailboxFull
    apply(signature, words)
    record_under(
        letter,
        Verb.SIGNATURE_CORRECTED,
        by=by,
        signature_id=signature.id,
        subject=made.after,
        before=made.before,
        after=made.after,
        reason=reason,
        told=made.mail is not None,
        undone=not reason,
        was=was,
        now=words,
    )
    return made


def as_corrected(signature: Signature, words: dict[str, Any]) -> Signature:
    """Return a copy of the signature, in no session, with these words."""
    copy = Signature(**{column.key: getattr(signature, column.key) for column in sa.inspect(Signature).column_attrs})
    set_committed_value(copy, "letter", signature.letter)
    apply(copy, words)
    return copy


def apply(signature: Signature, words: dict[str, Any]) -> None:
    """Set these words on a signature, with its keys and its printed organisation."""
    for name, value in words.items():
        setattr(signature, name, value)
    found_by = keys(**{name: getattr(signature, name) for name in KEYED})
    for name, value in found_by.items():
        setattr(signature, name, value)
    print_as_merged(signature)


def reword(signature: Signature, words: dict[str, Any], *, undone: bool = False) -> None:
    """Set the words that its owner chose, and note in the log what they were; in the caller's transaction."""
    was, before = words_of(signature), own_line(signature)
    apply(signature, words)
    if (chosen := words_of(signature)) != was:
        record_reworded(signature, before, was, now=chosen, undone=undone)


def resend(signature: Signature, *, by: Organiser) -> None:
    """Mail the confirmation link again. Raises NothingToConfirm or MailboxFull."""
    with write():
        lock_row(signature)
        letter = signature.letter
        if not waits(signature):
            raise NothingToConfirm
        if not post_ask_to_confirm(signature, signature.email or ""):
            raise MailboxFull
        record_under(
            letter,
            Verb.CONFIRMATION_RESENT,
            by=by,
            signature_id=signature.id,
            subject=whole_line(signature).text,
        )
