"""What organisers do with the people they invite: add, correct, note, remove, answer for.

The log names only invited people who have a signature, so that removing somebody leaves no name there.
"""

from collections.abc import Mapping, Sequence
from secrets import token_urlsafe
from typing import Any

import sqlalchemy as sa

from tribune.audit.models import Verb
from tribune.database import db, write
from tribune.fingerprint import ChangedMeanwhile
from tribune.invitations.lines import WORDS, answer_shown_as, proposal_shown_as
from tribune.invitations.links import answer_link
from tribune.invitations.mails import questions_of
from tribune.invitations.models import Invitation
from tribune.invitations.proposed import Proposed
from tribune.invitations.queries import InvitationGone, is_invited, is_listed, lock_mailboxes_of, question_shown_as
from tribune.invitations.standing import attest_for, has_own_page, take_back
from tribune.letters.models import Letter
from tribune.letters.queries import lock
from tribune.letters.recording import record_under
from tribune.organisers.models import Organiser
from tribune.outbox.mailboxes import deliverable, mailbox_key
from tribune.outbox.models import WAITS, Message
from tribune.people.queries import printed_line
from tribune.signatures.erased import keep, owner_name
from tribune.signatures.models import Signature
from tribune.statements import UNREAD


class InvitedAlready(Exception):
    """Somebody on the list has this address or, where no address is given, exactly this line."""


class AlreadyAnswered(Exception):
    """They have answered, or somebody answered for them: organisers cannot change what they said."""


class LineIsPublic(Exception):
    """Readers see the line: from now on it follows the rules of every signature."""


class AskedAgain(Exception):
    """They asked something else since the page was shown; nothing was written."""


class NotAttested(Exception):
    """Nobody answers for them."""


class NoAddress(Exception):
    """They have no address, and so no personal link."""


def add(letter: Letter, people: Sequence[Proposed], by: Organiser) -> list[Invitation]:
    """Add people to the end of the list, in the order given; nobody is mailed."""
    with write() as session:
        lock(letter)  # two organisers adding people at once must not give the same ranks
        last = last_rank(letter)
        lines = {line: last + n for n, line in enumerate(dict.fromkeys(person.line for person in people), 1)}
        made = [add_row(letter, person, lines[person.line]) for person in people]
        if made:
            record_under(letter, Verb.INVITATIONS_ADDED, by=by, count=len(made))
        session.flush()
    return made


def add_one(letter: Letter, person: Proposed, by: Organiser) -> Invitation:
    """Add one person by hand, once however often the button is pressed. Raises InvitedAlready."""
    with write():
        lock(letter)
        if is_invited(letter, mailbox_key(person.email)) if person.email else is_listed(letter, person):
            raise InvitedAlready
        [made] = add(letter, [person], by)
    return made


def last_rank(letter: Letter) -> int:
    """Return the highest rank on the list; 0 when the list is empty."""
    return db.session.scalar(sa.select(sa.func.max(Invitation.rank)).where(Invitation.letter_id == letter.id)) or 0


def add_row(letter: Letter, person: Proposed, rank: int) -> Invitation:
    """Add one invitation, in the caller's transaction."""
    invitation = Invitation(
        letter_id=letter.id,
        rank=rank,
        **{name: getattr(person, name) for name in (*WORDS, "as_organisation", "section", "note")},
        email=deliverable(person.email) if person.email else None,
        mailbox_key=mailbox_key(person.email) if person.email else None,
        link_nonce=token_urlsafe(16),
    )
    db.session.add(invitation)
    return invitation


def give_addresses(letter: Letter, addresses: Mapping[int, str], by: Organiser) -> None:
    """Give these addresses, by the id of their invitation, to people who have none and have not answered."""
    with write() as session:
        lock(letter)
        for invitation in session.scalars(sa.select(Invitation).where(Invitation.id.in_(addresses)).with_for_update()):
            given = addresses[invitation.id]
            invitation.email, invitation.mailbox_key = deliverable(given), mailbox_key(given)
        if addresses:
            record_under(letter, Verb.INVITATION_EDITED, by=by, fields=["email"], count=len(addresses))


def edit(invitation: Invitation, *, by: Organiser, email: str | None, seen_as: str | None = None, **given: Any) -> None:
    """Change the proposed line, or the address, before they have answered.

    `given`: columns of the line, and `section`; `seen_as`: `proposal_shown_as` of what the page showed (None: skip the
    check). Another address, even another spelling of the same one, gets a new link and a new invitation; the old link
    stops working. Raises AlreadyAnswered or ChangedMeanwhile.
    """
    with write():
        letter = _locked(invitation)
        _refuse_answered(invitation)
        email = deliverable(email) if email else None
        fields = [name for name, value in given.items() if getattr(invitation, name) != value]
        is_so = not fields and email == invitation.email  # for example as the button was pressed twice
        if not is_so and seen_as not in (None, proposal_shown_as(invitation)):
            raise ChangedMeanwhile
        for name in fields:
            setattr(invitation, name, given[name])
        if (email or "").casefold() != (invitation.email or "").casefold():  # another spelling may be another mailbox
            drop_mail(invitation)
            invitation.link_nonce, invitation.reminders = token_urlsafe(16), 0
            invitation.invited_at = invitation.reminded_at = invitation.refused_at = invitation.opened_at = None
        if email != invitation.email:
            fields.append("email")
        invitation.email, invitation.mailbox_key = email, mailbox_key(email) if email else None
        if fields:
            record_under(letter, Verb.INVITATION_EDITED, by=by, fields=fields)


def write_note(invitation: Invitation, note: str, *, by: Organiser, was: str) -> None:
    """Save the team's note about somebody. `was`: the note shown. Raises ChangedMeanwhile."""
    with write():
        letter = _locked(invitation)
        if was != invitation.note:
            raise ChangedMeanwhile
        if note != invitation.note:
            invitation.note = note
            record_under(letter, Verb.INVITATION_EDITED, by=by, fields=["note"])


def remove(invitation: Invitation, *, by: Organiser, seen_as: str | None = None) -> None:
    """Delete an invitation: its link stops working, and a signature given by it goes too.

    `seen_as`: `answer_shown_as` of what the page showed (None: skip the check). Raises ChangedMeanwhile, or
    LineIsPublic once readers see that signature.
    """
    with write() as session:
        letter = _locked(invitation)
        if invitation.is_public:
            raise LineIsPublic
        if seen_as not in (None, answer_shown_as(invitation)):
            raise ChangedMeanwhile
        take_back(letter, invitation)
        if invitation.declined_at and (theirs := owner_name(letter.id, invitation.mailbox_key)):
            keep([theirs])  # only the row about to be deleted says that they declined
        drop_mail(invitation)
        session.execute(sa.delete(Message).where(questions_of([invitation.id])), execution_options=UNREAD)
        session.delete(invitation)
        record_under(letter, Verb.INVITATION_REMOVED, by=by)


def attest(invitation: Invitation, how: str, *, by: Organiser) -> Signature:
    """Attest for somebody who agreed; `how`: by telephone, on paper… Raises AlreadyAnswered or StandsAlready."""
    with write():
        letter = _locked(invitation)
        _refuse_answered(invitation)
        signature = attest_for(letter, invitation)
        invitation.asked_at = None
        subject = printed_line(signature).text
        record_under(letter, Verb.INVITATION_ATTESTED, by=by, signature_id=signature.id, subject=subject, how=how)
    return signature


def undo_attesting(invitation: Invitation, *, by: Organiser) -> None:
    """Take back what `attest` did: they are invited as before. Raises LineIsPublic or NotAttested."""
    with write():
        letter = _locked(invitation)
        if invitation.signature is None or invitation.accepted_at:
            raise NotAttested
        if invitation.is_public:
            raise LineIsPublic
        take_back(letter, invitation)
        record_under(letter, Verb.ATTESTING_UNDONE, by=by)


def mark_answered(invitation: Invitation, *, by: Organiser, seen_as: str) -> None:
    """Take a question from those that wait. Raises AskedAgain.

    `seen_as`: `question_shown_as` of what the page showed.
    """
    with write():
        letter = _locked(invitation)
        if seen_as != question_shown_as(invitation):
            raise AskedAgain
        if invitation.asked_at:  # else: pressed twice
            invitation.asked_at = None
            record_under(letter, Verb.INVITATION_QUESTION_ANSWERED, by=by)


def show_link(invitation: Invitation, *, by: Organiser) -> str:
    """Return the personal link, to be handed over by the organiser; the log keeps who saw it.

    Raises NoAddress, or AlreadyAnswered where it would lead to a page that is only its owner's.
    """
    with write():
        letter = _locked(invitation)
        if not invitation.email:
            raise NoAddress
        if has_own_page(invitation):
            raise AlreadyAnswered
        record_under(letter, Verb.INVITATION_LINK_SHOWN, by=by)
    return answer_link(invitation).url()


def _locked(invitation: Invitation) -> Letter:
    """Lock the letter, then the signature, mailbox and row of an invitation, and read them afresh; return the letter.

    Raises InvitationGone.
    """
    (number,) = sa.inspect(invitation).identity or (invitation.id,)
    found = sa.select(Letter).join(Invitation, Invitation.letter_id == Letter.id).where(Invitation.id == number)
    letter = db.session.scalars(found).first()
    if letter is not None:
        lock(letter)
        theirs = sa.select(Invitation.signature_id).where(Invitation.id == number)
        db.session.execute(sa.select(Signature.id).where(Signature.id.in_(theirs)).with_for_update())
        lock_mailboxes_of([number])
        letter = db.session.scalars(found.with_for_update(of=Invitation)).first()
    if letter is None:
        raise InvitationGone
    return letter


def _refuse_answered(invitation: Invitation) -> None:
    if invitation.is_answered:
        raise AlreadyAnswered


def drop_mail(invitation: Invitation) -> None:
    """Delete their latest mail if it has not left yet. In the caller's transaction."""
    number, invitation.message_id = invitation.message_id, None
    if number is not None:
        db.session.flush()
        db.session.execute(sa.delete(Message).where(Message.id == number, WAITS))
