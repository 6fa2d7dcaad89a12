"""The signature of an invited person: made by their answer, deleted without a trace; how they stand."""

from typing import Any

import sqlalchemy as sa

from tribune.audit.actions import forget_lines
from tribune.audit.models import Verb
from tribune.database import db, now
from tribune.invitations.likeness import same_person
from tribune.invitations.lines import as_signature, words_of
from tribune.invitations.models import Invitation
from tribune.invitations.placing import place_by_rank
from tribune.letters.models import Letter, Version
from tribune.moderation.counting import drop_questions
from tribune.moderation.mails import drop_standing
from tribune.outbox.mailboxes import registered_domain
from tribune.people.actions import reword
from tribune.signatures.actions import mark, tally
from tribune.signatures.agreement import has_to_agree
from tribune.signatures.counting import count_more
from tribune.signatures.erased import keep, names_of
from tribune.signatures.flags import flag_confirmed, restore_flags
from tribune.signatures.mails import drop_corrected
from tribune.signatures.models import Signature
from tribune.signatures.queries import the_one_that_counts
from tribune.signatures.recording import record_own
from tribune.signatures.replacing import ATTESTED, lock_attested, replace, stands
from tribune.signatures.spellings import print_as_merged
from tribune.statements import there_is


class StandsAlready(Exception):
    """This mailbox has a signature under the letter already: its owner's, or an attested one."""


def confirm_theirs(
    letter: Letter, invitation: Invitation, words: dict[str, Any], *, news: bool, wording: str, locale: str
) -> Signature:
    """Make or update their confirmed signature, with these words, among the first; in the caller's transaction.

    A signature they have under this letter is reused, so that nobody counts twice: an earlier acceptance, an attested
    one, or one of the public form. Once it belongs to this invitation, an answer changes only its words: the organisers
    decide section, place, and whether the organisation signs.
    """
    signature = _their_row(letter, invitation, words, locale)
    before, is_new = _counted(signature), signature.confirmed_at is None
    left = signature.withdrawn_at
    keeps_place = invitation.signature is signature and left is None
    _write_answer(letter, invitation, signature, words, news=news, wording=wording)
    db.session.add(signature)
    db.session.flush()
    confirmed, attested = (after - were for after, were in zip(_counted(signature), before, strict=True))
    count_more(letter.id, confirmed=confirmed, attested=attested)
    replace(lock_attested(signature), signature)
    drop_questions(letter, Signature.id == signature.id)  # whether they still agree: they just did
    for moment in (Version.signed_at, Version.frozen_at):
        mark(moment, letter, letter.version_number)
    if is_new:
        tally(letter, "signed")
        tally(letter, "confirmed")
        flag_confirmed(signature)
    if left:
        restore_flags([signature.id], left, sa.null())
    if not keeps_place:
        place_by_rank(letter, invitation, signature)
    return signature


def _their_row(letter: Letter, invitation: Invitation, words: dict[str, Any], locale: str) -> Signature:
    """Return the row that becomes their signature, or a new one; if they confirmed another, the invitation's goes."""
    signature = the_one_that_counts(letter, invitation.mailbox_key or "") or invitation.signature
    if signature is None:
        return as_signature(letter, invitation, words, published=True, news=False, locale=locale)
    if invitation.signature not in (None, signature):
        take_back(letter, invitation)
    return signature


def _answered_with(invitation: Invitation, signature: Signature) -> bool:
    """Whether they accepted with this signature before, so that the form showed what they said then."""
    return invitation.signature is signature and invitation.accepted_at is not None


def _write_answer(
    letter: Letter,
    invitation: Invitation,
    signature: Signature,
    words: dict[str, Any],
    *,
    news: bool,
    wording: str,
) -> None:
    agreed = {what: getattr(signature, what) for what in ("published", "news")}
    signature.letter_version, signature.wording = letter.version_number, wording
    signature.email, signature.mailbox_key = invitation.email, invitation.mailbox_key
    signature.domain = registered_domain(invitation.email or "")
    if invitation.signature is not signature:
        words = {**words, "as_organisation": invitation.as_organisation}
        if signature.position is None:
            signature.section = invitation.section
    signature.published = True
    signature.withdrawn_at = signature.disagreed_at = None
    signature.news = news or (signature.news and not _answered_with(invitation, signature))
    if signature.confirmed_at is None:
        signature.origin, signature.attested_at, signature.confirmed_at = "invitation", None, now()
    else:
        for what, before in agreed.items():
            if (to := getattr(signature, what)) is not before:
                record_own(Verb.CONSENT_CHANGED, signature, what=what, to=to)
    if signature.held_at is None:
        signature.counted_at = signature.counted_at or now()
    reword(signature, words)


def attest_for(letter: Letter, invitation: Invitation) -> Signature:
    """Add an attested signature among the first; in the caller's transaction. Raises StandsAlready."""
    if invitation.mailbox_key and stands(letter, invitation.mailbox_key):
        raise StandsAlready
    moment, words = now(), words_of(invitation)
    if not invitation.as_organisation:
        words["capacity"] = invitation.capacity  # if empty, only they may choose it
    signature = as_signature(
        letter,
        invitation,
        words,
        origin="attested",
        mailbox_key=invitation.mailbox_key,  # so that they count once if they sign by themselves
        locale=letter.locale,
        published=True,
        news=False,
        attested_at=moment,
        counted_at=moment,
    )
    print_as_merged(signature)
    db.session.add(signature)
    db.session.flush()
    invitation.signature_id = signature.id
    count_more(letter.id, attested=1)
    if letter.is_published:
        mark(Version.signed_at, letter, letter.version_number)
    place_by_rank(letter, invitation, signature)
    return signature


def take_back(letter: Letter, invitation: Invitation) -> None:
    """Delete their signature, its log lines, and the waiting mails about it; in the caller's transaction.

    That they had withdrawn it is kept.
    """
    session, signature = db.session, invitation.signature
    if signature is None:
        return
    if signature.withdrawn_at:
        keep(names_of([signature]))
    confirmed, attested = _counted(signature)
    count_more(letter.id, confirmed=-confirmed, attested=-attested)
    forget_lines([signature.id])
    drop_questions(letter, Signature.id == signature.id)
    drop_standing(letter.id, [signature.id])
    drop_corrected(signature)
    invitation.signature = None
    session.flush()
    session.delete(signature)
    session.flush()


def stands_as(signature: Signature) -> str:
    """Return what to tell them of their line: `first`, `listed`, `unlisted`, `hidden`, or `agree` (they must again).

    A held signature is described as if it were not held, as on its owner's page.
    """
    if has_to_agree(signature):
        return "agree"
    if signature.hidden_at:
        return "hidden"
    if not signature.will_show:
        return "unlisted"
    return "first" if signature.position is not None else "listed"


def stands_already(invitation: Invitation) -> str:
    """Return how somebody who has not answered is printed all the same, or an empty string.

    `first` or `listed` if they confirmed it themselves; `attested` if the organisers answer for it, by a file, say.
    Empty for a line hidden by its owner or the organisers, since the link may have been passed on, and for that of
    another person with the same mailbox.
    """
    if invitation.signature is not None:
        return ""
    signature = the_one_that_counts(invitation.letter, invitation.mailbox_key or "") or attested_as(invitation)
    if signature is None or not _is_theirs(invitation, signature):
        return ""
    stands = stands_as(signature)
    return "" if stands not in ("first", "listed") else stands if signature.confirmed_at else "attested"


def has_own_page(invitation: Invitation) -> bool:
    """Whether they have confirmed a signature, even one withdrawn since: their link leads to its page."""
    theirs = Signature.letter_id == invitation.letter_id, Signature.mailbox_key == (invitation.mailbox_key or "")
    return there_is(*theirs, Signature.confirmed_at.is_not(None))


def stays_on_record(invitation: Invitation) -> bool:
    """Whether readers see their line, accepted or attested: then no answer deletes it without a trace."""
    return invitation.is_public or (invitation.letter.is_published and stands_already(invitation) == "attested")


def attested_as(invitation: Invitation) -> Signature | None:
    """Return an attested signature of theirs that no invitation made: same mailbox, same person, from a file."""
    by_one = sa.exists().where(Invitation.signature_id == Signature.id)
    theirs = Signature.letter_id == invitation.letter_id, Signature.mailbox_key == (invitation.mailbox_key or "")
    found = db.session.scalars(sa.select(Signature).where(*theirs, ATTESTED, ~by_one)).all()
    return next((signature for signature in found if _is_theirs(invitation, signature)), None)


def _is_theirs(invitation: Invitation, signature: Signature) -> bool:
    named = invitation.given_name, invitation.family_name
    return same_person(named, (signature.given_name, signature.family_name))


def _counted(signature: Signature) -> tuple[bool, bool]:
    """Return whether it counts as confirmed, and whether it counts as attested."""
    counts, own = signature.counted_at is not None, signature.confirmed_at is not None
    return counts and own, counts and not own
