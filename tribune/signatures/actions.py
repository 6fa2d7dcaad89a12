"""What people do with a signature: sign, confirm, ask for the mail again, say it was not them."""

import hashlib
from datetime import datetime, timedelta
from secrets import token_urlsafe
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.orm.attributes import set_committed_value

from tribune.abuse.limits import pace_of_signature
from tribune.audit.actions import forget_lines
from tribune.database import add_to, db, hour_of, now, once_written, taken_back_unless, write
from tribune.letters.models import Letter, Version
from tribune.letters.queries import hold
from tribune.metrics import SIGNATURES
from tribune.names import organisation_key, plain, sort_key
from tribune.outbox.actions import may_receive, note_posted, suppress, unsuppress, write_message
from tribune.outbox.mailboxes import mailbox_key
from tribune.signatures import mails
from tribune.signatures.confirming import count_one_more, read_afresh, write_confirmed
from tribune.signatures.flags import flag_confirmed, flag_new
from tribune.signatures.models import Signature, Tally, new_public_id
from tribune.signatures.news import stop_news
from tribune.signatures.queries import hold_letter_of, latest_pending, the_one_that_counts
from tribune.signatures.replacing import AnotherCounts, held_with, replace
from tribune.signatures.signing import Standing, insert, standing
from tribune.signatures.spellings import print_as_merged
from tribune.signatures.wordings import WORDINGS


class LetterClosed(Exception):
    """The letter takes no signature, or no confirmation, any more."""


class TextChanged(Exception):
    """The letter no longer says what this person read."""


class ListChanged(Exception):
    """The letter no longer shows of this person what the form said."""


class SignatureUnknown(Exception):
    """No signature answers to this link: removed, or its link was replaced."""


def new_signature(
    letter: Letter,
    *,
    given_name: str,
    family_name: str,
    role: str,
    organisation: str,
    as_organisation: bool = False,
    **rest: Any,
) -> Signature:
    """A row, not yet added, with the keys under which it is found and ordered."""
    signature = Signature(
        public_id=new_public_id(),
        link_nonce=token_urlsafe(16),
        letter_id=letter.id,
        letter_version=letter.version_number,
        given_name=given_name,
        family_name=family_name,
        role=role,
        organisation=organisation,
        as_organisation=as_organisation,
        **keys(given_name, family_name, role, organisation, rest.get("affiliation"), as_organisation=as_organisation),
        **rest,
    )
    set_committed_value(signature, "letter", letter)
    return signature


def keys(
    given_name: str,
    family_name: str,
    role: str,
    organisation: str,
    affiliation: str | None = None,
    *,
    as_organisation: bool = False,
) -> dict[str, str]:
    """What a row is found and ordered by, under the names of its columns, from what was typed, and is printed."""
    return {
        "organisation_key": organisation_key(organisation),
        "sort_key": sort_key(organisation, "") if as_organisation else sort_key(family_name, given_name),
        "search_key": plain(f"{given_name} {family_name} {role} {organisation} {affiliation or ''}"),
    }


def sign(
    letter: Letter,
    *,
    email: str,
    browser_key: str = "",
    locale: str = "fr",
    network: str | None = None,
    proved: bool = False,
    digest: str | None = None,
    **content: Any,
) -> None:
    """Write a signature and its mail, both or neither. Tells nothing of whether the address was known.

    The same statements are executed whoever has the address, so that no time tells either: what may not stay is
    written, and taken back before anybody sees it.

    `content`: given_name, family_name, role, organisation, capacity, published, news, wording. A row that cannot be
    mailed could never be confirmed, so an address that may receive nothing leaves none. `network`: the hash of where
    it came from, which decides how soon its mail leaves and whether it is held; `proved`: with a proof of work.
    `digest`: of the version they read, where there was a page to read. Raises LetterClosed, TextChanged or ListChanged.
    """
    key, domain = mailbox_key(email), email.rpartition("@")[2].lower()
    with write():
        hold(letter, shared=True)  # its words stay until this is written
        known = standing(letter, key, content["organisation"], domain, network)
        letter, moment = known.letter, now()  # in time or not, however long others are waited for from here on
        _refuse(letter, digest, content.get("wording"))
        pace = pace_of_signature(network, proved)
        signature = new_signature(
            letter,
            email=email,
            mailbox_key=key,
            domain=domain,
            network_hash=network,
            held_at=moment if pace.held else None,
            signed_at=moment,
            locale=locale,
            browser_hash=browser_hash(browser_key),
            **content,
        )
        mailed = may_receive(key, mails.CONFIRMATIONS)
        if known.merged:
            print_as_merged(signature)
        stays = _write(signature, known, email, mailed, pace.late)
        if pace.held and stays:
            once_written(SIGNATURES.labels("held").inc)


def _refuse(letter: Letter, digest: str | None, wording: str | None) -> None:
    """Raise what keeps somebody from signing this letter: it is closed, or no longer says what they read."""
    if not letter.is_open:
        raise LetterClosed
    if digest not in (None, letter.version.digest):
        raise TextChanged
    if digest is not None and wording != WORDINGS[letter.public_list]:
        raise ListChanged


def _write(signature: Signature, known: Standing, email: str, mailed: bool, late: timedelta) -> bool:
    """Write a signature, with the mail that asks to confirm it or else tells of the one that counts. Whether it stays.

    What may not stay is taken back once it is written: whatever is known of the address, as much is done.
    """
    letter, stays, told = known.letter, mailed and not known.counted, mailed and known.counted
    with taken_back_unless(stays):
        insert(signature)
        mark(Version.signed_at, letter, signature.letter_version)
        flag_new(letter, signature, known.crowded)
        ask, tell = mails.of_signing(signature, known, email)  # both are made, whichever is posted
        message = None if told else write_message(ask, late=late)
    message = message or write_message(tell, late=late)
    note_posted(message, stays=mailed)
    tally(letter, "signed", int(stays))  # last: everybody who signs this letter now waits for this row
    return stays


def confirm(signature_id: int, nonce: str) -> Signature:
    """Count a signature, exactly once whatever is clicked at once, and return the one that counts for this person.

    Who signed words that have since changed in substance confirms, and counts once they agree to those of today.
    Raises SignatureUnknown, or LetterClosed when the time to confirm has passed.
    """
    with write():
        hold_letter_of(signature_id)
        signature = read_afresh(signature_id)
        if signature is None or signature.link_nonce != nonce or signature.mailbox_key is None:
            raise SignatureUnknown
        letter = signature.letter
        if signature.confirmed_at is None and not letter.confirms(signature.signed_at):
            raise LetterClosed
        try:
            attested = held_with(signature)
        except AnotherCounts:  # this person's other submission was confirmed before: one counts, and it stays
            return the_one_that_counts(letter, signature.mailbox_key) or signature
        if write_confirmed(signature, now()):
            mark(Version.frozen_at, letter, signature.letter_version)
            flag_confirmed(signature)
            # Last, for everybody who confirms now waits for these rows. A held one counts from when it is released, one
            # of earlier words from when they agree to those of today.
            if signature.counted_at:
                count_one_more(letter)
            replace(attested, signature)
            tally(letter, "confirmed")
            if signature.reminded_at:
                tally(letter, "confirmed_after")
    return signature


def mark(moment: InstrumentedAttribute[datetime | None], letter: Letter, number: int) -> None:
    """Note, once, when a version was first signed, or first confirmed."""
    if number == letter.version_number and getattr(letter.version, moment.key):
        return
    unmarked = sa.and_(Version.letter_id == letter.id, Version.number == number, moment.is_(None))
    db.session.execute(sa.update(Version).where(unmarked).values({moment.key: now()}))


def tally(letter: Letter, what: str, number: int = 1) -> None:
    """So many more in a column of Tally for this hour, in the caller's transaction."""
    add_to(Tally, {"letter_id": letter.id, "hour": hour_of(now())}, what, number)
    once_written(lambda: SIGNATURES.labels(what).inc(number))


def ask_again(email: str) -> None:
    """Mail new links to whoever waits to confirm, within the budget; says nothing about whether anybody does."""
    with write():
        for signature in latest_pending(mailbox_key(email)):
            if signature.letter.confirms(signature.signed_at):
                mails.post_ask_to_confirm(signature, signature.email or email)


def not_me(key: str) -> None:
    """The owner of a mailbox did not sign: forget what waits for them, in the log too, and write to them no more.

    Nor may organisers, whom they had allowed to.
    """
    with write() as session:
        theirs = Signature.mailbox_key == key, Signature.confirmed_at.is_(None), Signature.attested_at.is_(None)
        # In the order of every other writer: signatures, then their mailbox, from where on nobody signs with it.
        held = sa.select(Signature.id, Signature.confirmed_at, Signature.attested_at).where(theirs[0])
        rows = session.execute(held.order_by(Signature.id).with_for_update()).all()
        ids = [row.id for row in rows if row.confirmed_at is None and row.attested_at is None]
        suppress(key)
        stop_news(key)
        forget_lines(ids)
        session.execute(sa.delete(Signature).where(*theirs))


def me_again(key: str) -> None:
    """The owner of a mailbox takes that back."""
    unsuppress(key)


def browser_hash(browser_key: str) -> str | None:
    """What a row keeps of the cookie of the browser that signed: enough to recognise it, not to forge it."""
    return hashlib.sha256(browser_key.encode()).hexdigest() if browser_key else None
