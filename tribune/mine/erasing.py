"""Erase what is held about somebody under one letter: in every table, and in the journal of a SQLite file."""

from collections.abc import Collection, Iterable, Sequence

import sqlalchemy as sa

from tribune.audit.models import Verb
from tribune.connections import scrub_journal
from tribune.database import db, write
from tribune.invitations.likeness import same_person
from tribune.invitations.mails import questions_of
from tribune.invitations.models import ACCEPTED, Invitation
from tribune.letters.life import keep_first_words
from tribune.letters.models import Letter
from tribune.letters.queries import lock
from tribune.letters.recording import record_under
from tribune.mine.queries import of_this_address
from tribune.mine.written import forget_written
from tribune.moderation.counting import change, locked
from tribune.organisers.models import Organiser
from tribune.outbox.models import Message
from tribune.people.removing import can_erase_for_them
from tribune.signatures.actions import SignatureUnknown
from tribune.signatures.erased import keep_from_now, names_of
from tribune.signatures.models import Signature
from tribune.signatures.queries import signature_of_link
from tribune.statements import UNREAD, lock_row
from tribune.tokens import Purpose

S = Signature
PURPOSES = {Purpose.CONFIRM, Purpose.MINE, Purpose.AGREE}  # of links whose payload begins with a signature's id


class TheirsAlone(Exception):
    """Its owner alone may erase it, or the administrator; before publication, see `people/removing.py`."""


def erase(signature_id: int, nonce: str) -> None:
    """Delete a signature for good, with the others of the same address under this letter.

    Their flags, mails, invitations, and the words about them in the log go too. What stays is that somebody erased
    something, and the public ids and hashes by which a restored backup erases it again and no import brings it back.
    Raises SignatureUnknown.
    """
    with write() as session:
        if found := signature_of_link(signature_id, nonce):
            lock(found.letter)  # exclusively: what follows is locked in no order
        found = signature_of_link(signature_id, nonce)
        if found is None:
            raise SignatureUnknown
        letter, ids = found.letter, locked(S.id.in_(of_this_address(found)))
        rows = session.scalars(sa.select(S).where(S.id.in_(ids)).execution_options(populate_existing=True)).all()
        if not any((row.id, row.link_nonce) == (signature_id, nonce) for row in rows):  # another was faster
            raise SignatureUnknown
        keep_from_now(names_of(rows))
        erase_rows(letter, rows)
        record_under(letter, Verb.SIGNATURE_ERASED, by=None)
        session.expire_all()
    scrub_journal()


def erase_for_them(signature: Signature, *, by: Organiser | None) -> None:
    """Erase a signature when the person it names asks somebody else to.

    `by`: an organiser, who erases a published, attested one; None: the administrator, who erases any, in the shell.
    Raises TheirsAlone if it is none that this organiser may erase, or its owner has confirmed it meanwhile.
    """
    letter = signature.letter
    with write() as session:
        lock(letter)
        lock_row(signature)
        if by and not can_erase_for_them(signature):
            raise TheirsAlone
        keep_from_now(names_of([signature]))
        erase_rows(letter, [signature], spared=_of_others(letter, signature))
        record_under(letter, Verb.SIGNATURE_ERASED if by else Verb.SIGNATURE_ERASED_FOR, by=by)
        session.expire_all()
    scrub_journal()


def erase_rows(
    letter: Letter, rows: Sequence[Signature], *, proved: bool = True, spared: Sequence[Invitation] = ()
) -> None:
    """Delete signatures and all that refers to them; the caller keeps their names.

    It has locked the letter exclusively, since all but mailboxes is locked here in no order.
    `proved`: what else is held about their mailboxes goes too, since their owners read them; `spared`: invitations that
    stay.
    """
    session, ids = db.session, [row.id for row in rows]
    keep_first_words(letter)  # which readers saw above them
    change(letter.id, ids, {"counted_at": None})
    session.expire_all()
    _forget_mails(letter, rows, proved, {invitation.message_id for invitation in spared})
    if proved:
        _forget_invitations(letter, rows, [invitation.id for invitation in spared])
    forget_written(letter, rows, elsewhere=proved)
    session.flush()
    session.execute(sa.delete(S).where(S.id.in_(ids)), execution_options=UNREAD)
    session.expire_all()


def _of_others(letter: Letter, signature: Signature) -> Sequence[Invitation]:
    """Return the invitations of other people at its mailbox: the organisers typed the address, nobody proved it."""
    there = Invitation.letter_id == letter.id, Invitation.mailbox_key == (signature.mailbox_key or "")
    named = signature.given_name, signature.family_name
    invited = db.session.scalars(
        sa.select(Invitation).where(*there, Invitation.signature_id.is_distinct_from(signature.id))
    )
    return [each for each in invited if not same_person(named, (each.given_name, each.family_name))]


def _forget_mails(letter: Letter, rows: Iterable[Signature], all_about: bool, spared: Collection[int | None]) -> None:
    """Delete waiting mails; of mails that have left, forget what they were about. Their rows stay for the budgets.

    A waiting mail with the link of a signature that stays (of another spelling of the mailbox) stays too.
    """
    numbers, keys = {row.id for row in rows}, {row.mailbox_key for row in rows if row.mailbox_key}
    theirs = sa.select(Message).where(Message.mailbox_key.in_(keys)).order_by(Message.id)
    for message in db.session.scalars(theirs.with_for_update()):
        if message.id in spared:
            continue
        links = (message.links or {}).values()
        named = {link["payload"][0] for link in links if link["purpose"] in PURPOSES}
        waits = message.sent_at is None and message.gave_up_at is None
        of_it = all_about and message.about == letter.id
        if named & numbers or (of_it and waits and not named):
            db.session.delete(message)
        elif of_it and not waits:
            message.about = None


def _forget_invitations(letter: Letter, rows: Iterable[Signature], spared: Sequence[int]) -> None:
    """Delete their invitations, so that they are invited again only if added anew, and their waiting questions.

    An invitation accepted by a signature that stays, stays too.
    """
    numbers, keys = [row.id for row in rows], {row.mailbox_key for row in rows if row.mailbox_key}
    theirs = sa.or_(Invitation.signature_id.in_(numbers), sa.and_(Invitation.mailbox_key.in_(keys), ~ACCEPTED))
    gone = sa.select(Invitation.id).where(Invitation.letter_id == letter.id, theirs, Invitation.id.not_in(spared))
    of_it = db.session.scalars(gone).all()
    db.session.execute(sa.delete(Message).where(questions_of(of_it)), execution_options=UNREAD)
    db.session.execute(sa.delete(Invitation).where(Invitation.id.in_(of_it)), execution_options=UNREAD)
