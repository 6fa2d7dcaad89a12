"""What invited people do on their page: accept, correct and accept, decline, ask, or say they are somebody else."""

from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from tribune.database import db, now, write
from tribune.fingerprint import ChangedMeanwhile
from tribune.invitations.actions import add_row, drop_mail, last_rank
from tribune.invitations.likeness import same_person
from tribune.invitations.lines import words_of
from tribune.invitations.mails import drop_declined, post_declined, post_question
from tribune.invitations.models import Invitation
from tribune.invitations.proposed import Proposed
from tribune.invitations.queries import (
    UNANSWERED,
    InvitationGone,
    by_link,
    contact_is_mailed,
    invitation_of_link,
    is_invited,
)
from tribune.invitations.standing import attested_as, confirm_theirs, stays_on_record, take_back
from tribune.letters.queries import lock
from tribune.outbox.mailboxes import deliverable, mailbox_key
from tribune.outbox.unsent import lock_mailboxes
from tribune.people.actions import shown_as
from tribune.signatures.actions import LetterClosed, TextChanged
from tribune.signatures.models import Signature
from tribune.signatures.replacing import lock_all_of
from tribune.statements import count_of

FORWARDS = 10  # people who may give their own name by one link: more would not be a forwarded mail


class AnotherName(Exception):
    """The typed name is not that of the invited person."""


class AddressTaken(Exception):
    """Somebody else signed with this address: they used the form, or were invited at it too."""


class OnTheirOwnPage(Exception):
    """The line is public: it is corrected, hidden and withdrawn on the page of the signature."""


class TooManyQuestions(Exception):
    """This person has asked as often as they may in a day; nothing was saved or sent."""


def open_page(invitation: Invitation) -> None:
    """Record, once, that the page was shown: to them, or to a program that scans mails."""
    if invitation.opened_at is None:
        with write() as session:
            first = sa.update(Invitation).where(Invitation.id == invitation.id, Invitation.opened_at.is_(None))
            session.execute(first.values(opened_at=now()))


def accept(
    number: int,
    nonce: str,
    *,
    words: dict[str, Any],
    digest: str,
    sure: bool = False,
    tell: bool = False,
    seen_as: str | None = None,
    **rest: Any,
) -> Signature:
    """Make the invited person a first signatory, once however often they press; before publication, correct the line.

    The link proves the address. `words`: the line as they want it; `sure`: they say that the name is theirs; `digest`:
    of the text they read; `tell`: they want to be told of the publication; `seen_as`: `line_shown_as` of what their
    page showed (None: skip the check); `rest`: news, wording, locale.
    Raises InvitationGone, AnotherName, LetterClosed, TextChanged, OnTheirOwnPage, AddressTaken or ChangedMeanwhile.
    """
    with write():
        invitation = _locked(number, nonce, with_mails=True)
        proposed = words_of(invitation)
        _refuse(invitation, words, digest, sure)
        stands_so = _stands_so(invitation, words, seen_as)
        drop_mail(invitation)
        drop_declined(invitation)
        signature = confirm_theirs(invitation.letter, invitation, words, **rest)
        invitation.signature = signature
        invitation.accepted_at = invitation.accepted_at or now()
        if words == proposed:
            invitation.corrected_at = None
        elif not stands_so:
            invitation.corrected_at = now()
        invitation.declined_at, invitation.word, invitation.tell = None, "", tell
        invitation.asked_at = None
    return signature


def _refuse(invitation: Invitation, words: dict[str, Any], digest: str, sure: bool) -> None:
    """Raise LetterClosed, AnotherName, TextChanged, OnTheirOwnPage or AddressTaken where one of them applies."""
    letter = invitation.letter
    if letter.state == "closed":  # first: who goes on to another page about the name would do so for nothing
        raise LetterClosed
    if not sure and not same_person(_name(words_of(invitation)), _name(words)):
        raise AnotherName
    if digest != letter.version.digest:
        raise TextChanged
    if invitation.is_public and invitation.accepted_at:
        raise OnTheirOwnPage
    if _is_taken(invitation, words):
        raise AddressTaken


def line_shown_as(invitation: Invitation) -> str:
    """Fingerprint what their page shows: the words of their signature; without one, whether the organisation signs."""
    if invitation.signature is not None:
        return shown_as(invitation.signature)
    return "organisation" if invitation.as_organisation else ""


def _stands_so(invitation: Invitation, words: dict[str, Any], seen_as: str | None) -> bool:
    """Whether their line has these words already.

    Raises ChangedMeanwhile where they would overwrite words they had not seen, or sign as the organisation, or not,
    without having read so.
    """
    before = invitation.signature
    same = before is not None and all(getattr(before, name) == value for name, value in words.items())
    if not same and seen_as not in (None, line_shown_as(invitation)):
        raise ChangedMeanwhile
    return same


def decline(number: int, nonce: str, word: str = "") -> None:
    """Decline, with a word to the organisers; their signature, accepted or attested, is deleted, until readers see it.

    The contact of the letter is mailed if they were a first signatory. Raises InvitationGone or OnTheirOwnPage.
    """
    with write():
        invitation = _locked(number, nonce, with_mails=True)
        letter = invitation.letter
        if stays_on_record(invitation):
            raise OnTheirOwnPage
        if invitation.signature is None and not letter.is_published:
            invitation.signature = attested_as(invitation)
        stood = invitation.signature is not None and invitation.signature.position is not None
        take_back(letter, invitation)
        drop_mail(invitation)
        invitation.declined_at, invitation.word, invitation.asked_at = now(), word, None
        invitation.accepted_at = invitation.corrected_at = None
        invitation.tell = False
        if stood and contact_is_mailed(letter):
            post_declined(letter, invitation)


def ask(number: int, nonce: str, question: str) -> None:
    """Put a question on the organisers' board, and mail it to the contact of the letter if mail reaches it.

    It waits until it is marked as answered, or they answer the invitation. One that has waited for less than a day is
    neither mailed again nor counted. Raises InvitationGone or TooManyQuestions.
    """
    with write():
        invitation = _locked(number, nonce, with_mails=True)
        letter, asked_at = invitation.letter, invitation.asked_at
        if question == invitation.question and asked_at and asked_at > now() - timedelta(hours=24):
            return  # pressed twice
        invitation.question, invitation.asked_at = question, now()
        if contact_is_mailed(letter) and not post_question(letter, invitation, question):
            raise TooManyQuestions


def forward(number: int, nonce: str, *, words: dict[str, Any], email: str) -> None:
    """Propose somebody who was given the link of another. Does not tell them whether the address is invited already.

    If they send the form again by the same link before they are invited, the later words replace the earlier. Raises
    InvitationGone, or LetterClosed: nobody else can be invited.
    """
    with write() as session:
        invitation = _locked(number, nonce)
        letter = invitation.letter
        if letter.state == "closed":
            raise LetterClosed
        for again in session.scalars(_said_before(invitation, mailbox_key(email))):
            for name, value in {**words, "email": deliverable(email)}.items():
                setattr(again, name, value)
        by_this = Invitation.forwarded_from_id == invitation.id
        if is_invited(letter, mailbox_key(email)) or count_of(by_this) >= FORWARDS:
            return
        made = add_row(letter, Proposed(email=email, **words), last_rank(letter) + 1)
        made.forwarded_from_id, made.forwarded_at = invitation.id, now()


def _said_before(invitation: Invitation, key: str) -> sa.Select[Invitation]:
    """Select, and lock, whoever gave this address on the page of this invitation and is not invited yet."""
    theirs = Invitation.forwarded_from_id == invitation.id, Invitation.mailbox_key == key
    return sa.select(Invitation).where(*theirs, Invitation.invited_at.is_(None), *UNANSWERED).with_for_update()


def _locked(number: int, nonce: str, *, with_mails: bool = False) -> Invitation:
    """Lock the letter of a link, what its mailbox signed, and the invitation, and return it.

    `with_mails`: lock the mailbox too, before a mail is dropped or posted: "it was not me" locks the signatures, then
    the mailbox with its mails and their invitations; and that of the contact, at the same time. Raises InvitationGone.
    """
    if found := invitation_of_link(number, nonce):
        letter, key = found.letter, found.mailbox_key
        lock(letter)
        lock_all_of(letter.id, key)
        if with_mails:
            contact = [mailbox_key(letter.contact)] if letter.contact else []
            lock_mailboxes([key or "", *contact])  # another address would have given them another link
        found = db.session.scalars(by_link(number, nonce).with_for_update()).first()
    if found is None:
        raise InvitationGone
    return found


def _is_taken(invitation: Invitation, words: dict[str, Any]) -> bool:
    """Whether another person has signed with this mailbox: a couple may share one, an assistant may read two."""
    there = Signature.letter_id == invitation.letter_id, Signature.withdrawn_at.is_(None)
    of_another = sa.exists().where(Invitation.signature_id == Signature.id, Invitation.id != invitation.id)
    by_the_form = sa.and_(Signature.confirmed_at.is_not(None), Signature.id.is_distinct_from(invitation.signature_id))
    query = sa.select(Signature).where(*there, Signature.mailbox_key == invitation.mailbox_key)
    standing = db.session.scalars(query.where(sa.or_(of_another, by_the_form))).all()
    return any(not same_person((one.given_name, one.family_name), _name(words)) for one in standing)


def _name(words: dict[str, Any]) -> tuple[str, str]:
    return words["given_name"] or "", words["family_name"] or ""
