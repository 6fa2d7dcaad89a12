"""Erasing: whatever is held about somebody under one letter, in every table, and in the journal of the file."""

import json
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any

import sqlalchemy as sa

from tribune.audit.actions import record
from tribune.audit.models import NAMING, Event, Verb
from tribune.audit.queries import told_of
from tribune.connections import scrub_journal
from tribune.database import db, write
from tribune.invitations.models import Invitation
from tribune.letters.models import Letter, Version
from tribune.letters.queries import hold
from tribune.mine.queries import of_this_address
from tribune.moderation.counting import change, locked
from tribune.moderation.filters import Filter
from tribune.moderation.models import Batch, BatchRow
from tribune.moderation.queries import CHOSEN, COUNTED_TO, concerned
from tribune.names import organisation_key, plain
from tribune.organisations.queries import merges_of
from tribune.outbox.models import Message
from tribune.people.actions import words_of
from tribune.signatures.actions import SignatureUnknown
from tribune.signatures.erased import keep, names_of
from tribune.signatures.models import Merge, Signature
from tribune.signatures.queries import signature_of_link
from tribune.tokens import Purpose

S = Signature
UNREAD = {"synchronize_session": False}  # what was read of these rows is not read again
PURPOSES = {Purpose.CONFIRM, Purpose.MINE, Purpose.AGREE}  # of links whose payload begins with a signature's number


def erase(signature_id: int, nonce: str) -> None:
    """Delete a signature for ever, with the other submissions of the same address under this letter.

    Their flags, mails, invitations, and the words about them in the log go too; what stays is that somebody erased
    something, and names by which a backup erases it again and no import puts it back. Raises SignatureUnknown.
    """
    with write() as session:
        if found := signature_of_link(signature_id, nonce):
            hold(found.letter)  # alone: what stands on a signature is taken in no order
        found = signature_of_link(signature_id, nonce)
        if found is None:
            raise SignatureUnknown
        letter, ids = found.letter, locked(S.id.in_(of_this_address(found)))
        rows = session.scalars(sa.select(S).where(S.id.in_(ids)).execution_options(populate_existing=True)).all()
        if not any((row.id, row.link_nonce) == (signature_id, nonce) for row in rows):  # another was faster
            raise SignatureUnknown
        keep(names_of(rows))
        erase_rows(letter, rows)
        record(Verb.SIGNATURE_ERASED, team_id=letter.team_id, by=None, letter_id=letter.id)
        session.expire_all()
    scrub_journal()


def erase_rows(letter: Letter, rows: Sequence[Signature], *, proved: bool = True) -> None:
    """Delete rows whose letter the caller holds alone, with all that stands on them, but for their public names.

    `proved`: their owners gave them, and so what else is held about the same mailbox or name goes too. Without that
    proof anybody could rid the log of another's name.
    """
    session, ids, names = db.session, [row.id for row in rows], set[str]()
    change(letter.id, ids, {"counted_at": None})
    session.expire_all()
    _forget_mails(letter, rows, proved)
    if proved:
        names = _forget_words(letter, rows)
        _forget_invitations(letter, rows)
    else:
        own = sa.update(Event).where(*told_of(ids), Event.letter_id == letter.id)
        session.execute(own.values(subject="", details={}, signature_id=None), execution_options=UNREAD)
    _forget_choices(letter, ids, names)
    session.flush()
    session.execute(sa.delete(S).where(S.id.in_(ids)), execution_options=UNREAD)
    session.expire_all()
    _forget_spellings(letter, names)


def _forget_mails(letter: Letter, rows: Iterable[Signature], all_about: bool) -> None:
    """Drop what waits; of what has left, forget what it was about. That it left stays: budgets are kept.

    A mail that waits for another spelling of the mailbox, about a signature that stays, stays with it.
    """
    numbers, keys = {row.id for row in rows}, {row.mailbox_key for row in rows if row.mailbox_key}
    theirs = sa.select(Message).where(Message.mailbox_key.in_(keys)).order_by(Message.id)
    for message in db.session.scalars(theirs.with_for_update()):
        links = (message.links or {}).values()
        named = {link["payload"][0] for link in links if link["purpose"] in PURPOSES}
        waits = message.sent_at is None and message.gave_up_at is None
        of_it = all_about and message.about == letter.id
        if named & numbers or (of_it and waits and not named):
            db.session.delete(message)
        elif of_it and not waits:
            message.about = None


def _forget_choices(letter: Letter, numbers: Sequence[int], names: Iterable[str]) -> None:
    """Of what organisers did to several, forget a search for them, and the reason if it names them or was theirs alone.

    A batch that is under way goes on with who is left. A search that still finds more than COUNTED_TO names nobody.
    """
    whole, rows = _whole(names), sa.exists().where(BatchRow.batch_id == Batch.id)
    number = BatchRow.signature_id
    own, others = rows.where(number.in_(numbers)), rows.where(number.not_in(numbers))
    query = sa.select(Batch, own.label("changed"), others.label("shared")).where(Batch.letter_id == letter.id)
    for batch, changed, shared in db.session.execute(query):
        q, goes_on = batch.choice.get("q", ""), not (batch.finished_at or batch.undone_at)
        sought = bool(q) and bool(whole.search(q) or _finds(letter, q, numbers))
        meant = changed or sought or not {*numbers}.isdisjoint(batch.choice.get("ids", []))
        left = _left(batch, numbers) if meant and goes_on and batch.verb in CHOSEN else []
        if whole.search(batch.reason) or (meant and not shared and not left):
            batch.reason = ""
        if sought and len(left) <= COUNTED_TO:
            batch.choice = {"ids": left}


def _finds(letter: Letter, q: str, numbers: Sequence[int]) -> bool:
    """Whether a search for these words finds one of them."""
    asked = Filter.from_args({"q": q}).conditions(letter)
    return db.session.scalar(sa.select(sa.exists().where(S.id.in_(numbers), *asked))) or False


def _left(batch: Batch, numbers: Sequence[int]) -> Sequence[int]:
    """Of those whom a batch has still to change the others, one more than COUNTED_TO at most."""
    conditions = [*concerned(batch.letter, batch.verb, batch.choice), S.signed_at <= batch.created_at]
    left = sa.select(S.id).where(*conditions, S.id > batch.last_id, S.id <= batch.up_to_id, S.id.not_in(numbers))
    return db.session.scalars(left.order_by(S.id).limit(COUNTED_TO + 1)).all()


def _forget_words(letter: Letter, rows: Iterable[Signature]) -> set[str]:
    """Take the words out of the log: of what was done to them, and of what names them beside another.

    Gives what names them: their names, former ones too, also as keys write them, and their addresses.
    """
    numbers = [row.id for row in rows]
    of_them = sa.select(Event).where(*told_of(numbers), Event.letter_id == letter.id)
    own = db.session.scalars(of_them).all()
    known = [words_of(row) for row in rows]
    known += [event.details[key] for event in own for key in ("was", "now") if isinstance(event.details.get(key), dict)]
    names = {f"{words['given_name']} {words['family_name']}".strip() for words in known}
    names |= {plain(name) for name in names}
    names |= {address for row in rows if row.email for address in (row.email, row.email.lower())}
    for event in own:
        event.subject, event.details, event.signature_id = "", {}, None
    db.session.flush()
    names.discard("")
    if not names:
        return names
    as_stored = [json.dumps(name)[1:-1] for name in names]
    details = sa.cast(Event.details, sa.Text)
    mentions = [
        *(Event.subject.contains(name, autoescape=True) for name in names),
        *(details.contains(name, autoescape=True) for name in as_stored),
    ]
    whole = _whole(names)
    named = sa.select(Event).where(Event.letter_id == letter.id, Event.verb.in_(NAMING), sa.or_(*mentions))
    titles = db.session.scalars(sa.select(Version.title).where(Version.letter_id == letter.id)).all()
    for event in db.session.scalars(named):
        if whole.search(event.subject) and event.subject not in titles:
            event.subject = ""
        event.details = {k: v for k, v in event.details.items() if not any(map(whole.search, _texts(v)))}
    return names


def _whole(names: Iterable[str]) -> re.Pattern[str]:
    """Finds whole names: who signs as "e r" would rid the log of whatever they like."""
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, names)) or '(?!)'})(?!\w)")


def _texts(value: Any) -> Iterator[str]:
    """All that is said in a detail of the log."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from _texts(each)


def _forget_invitations(letter: Letter, rows: Iterable[Signature]) -> None:
    """Nobody invites again whoever was invited and has erased what came of it, unless they write them in anew."""
    numbers, keys = [row.id for row in rows], {row.mailbox_key for row in rows if row.mailbox_key}
    theirs = sa.or_(Invitation.signature_id.in_(numbers), Invitation.mailbox_key.in_(keys))
    of_it = sa.delete(Invitation).where(Invitation.letter_id == letter.id, theirs)
    db.session.execute(of_it, execution_options=UNREAD)


def _forget_spellings(letter: Letter, names: Collection[str]) -> None:
    """Of merges, forget those of spellings that name them, once nobody else is printed by them."""
    whole, merges = _whole(names), merges_of(letter) if names else []
    for merge in merges:
        if whole.search(merge.from_key) and not _prints_others(merge, merges):
            db.session.delete(merge)


def _prints_others(merge: Merge, merges: Sequence[Merge]) -> bool:
    """Whether a merge prints a signature, or is about to, or another merge leads to it."""
    its = sa.and_(S.letter_id == merge.letter_id, S.organisation_key == merge.from_key)
    if db.session.scalar(sa.select(sa.exists().where(S.merge_id == merge.id) | sa.exists().where(its))):
        return True
    return any(organisation_key(other.into) == merge.from_key for other in merges if other is not merge)
