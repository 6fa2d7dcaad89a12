"""What people do with a signature: sign, confirm, ask for the mail again, say it was not them."""

from datetime import datetime, timedelta
from secrets import token_urlsafe
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.orm.attributes import set_committed_value

from tribune.abuse.limits import pace_of_signature
from tribune.audit.actions import forget_lines
from tribune.database import db, hour_of, now, once_written, write
from tribune.letters.models import Letter, Version
from tribune.letters.queries import lock
from tribune.metrics import SIGNATURES
from tribune.names import organisation_key, searchable, sort_key
from tribune.outbox.actions import may_receive, note_posted, suppress, write_message
from tribune.outbox.mailboxes import mailbox_key, registered_domain
from tribune.savepoints import taken_back_unless
from tribune.signatures import mails
from tribune.signatures.confirming import count_one_more, read_afresh, write_confirmed
from tribune.signatures.flags import flag_confirmed, flag_new
from tribune.signatures.models import Signature, Tally, new_public_id
from tribune.signatures.news import stop_news
from tribune.signatures.queries import latest_pending, lock_letter_of
from tribune.signatures.replacing import AnotherCounts, lock_attested, replace
from tribune.signatures.signing import Known, insert, what_is_known
from tribune.signatures.spellings import print_as_merged
from tribune.signatures.wordings import WORDINGS
from tribune.statements import add_to


class LetterClosed(Exception):
    """The letter takes no more signatures, or confirmations."""


class TextChanged(Exception):
    """The text is no longer the one this person read."""


class ListChanged(Exception):
    """The letter's list no longer shows what the form told this person."""


class SignatureUnknown(Exception):
    """No signature has this link: it was removed, or its link replaced."""


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
    """Return a row with its `keys`, not yet added to a session. `rest`: other columns."""
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
    """Return the columns by which a row is found and sorted, by name."""
    words = given_name, family_name, role, organisation, affiliation or ""
    return {
        "organisation_key": organisation_key(organisation),
        "sort_key": sort_key(organisation, "") if as_organisation else sort_key(family_name, given_name),
        "search_key": " ".join(filter(None, map(searchable, words))),
    }


def sign(
    letter: Letter,
    *,
    email: str,
    browser: str | None = None,
    locale: str = "fr",
    network: str | None = None,
    proved: bool = False,
    digest: str | None = None,
    **content: Any,
) -> None:
    """Write a signature and its mail, both or neither, without telling whether the address was known.

    The same statements run for every address, so that timing tells nothing either: a row that may not stay is written,
    then rolled back. That includes a row for an address that may receive no mail, since it could never be confirmed.

    `content`: given_name, family_name, role, organisation, capacity, published, news, wording. `network`: hash of the
    sender's network, which decides how soon the mail is sent and whether the row is held; `proved`: by proof of work.
    `browser`: a hash of what its cookie holds. `digest`: of the version they read; None if there was no page. Raises
    LetterClosed, TextChanged or ListChanged.
    """
    key, domain = mailbox_key(email), registered_domain(email)
    with write():
        lock(letter, shared=True)  # the text cannot change until this is written
        known = what_is_known(letter, key, content["organisation"], domain, network)
        letter, moment = known.letter, now()  # decides whether it is in time, however long locks are waited for below
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
            browser_hash=browser,
            **content,
        )
        mailed = may_receive(key, mails.CONFIRMATIONS)
        if known.merged:
            print_as_merged(signature)
        stays = _write(signature, known, email, mailed, pace.late)
        if pace.held and stays:
            once_written(SIGNATURES.labels("held").inc)


def _refuse(letter: Letter, digest: str | None, wording: str | None) -> None:
    """Raise LetterClosed, TextChanged or ListChanged if this letter cannot be signed as the form showed it."""
    if not letter.is_open:
        raise LetterClosed
    if digest not in (None, letter.version.digest):
        raise TextChanged
    if digest is not None and wording != WORDINGS[letter.public_list]:
        raise ListChanged


def _write(signature: Signature, known: Known, email: str, mailed: bool, late: timedelta) -> bool:
    """Write a signature and a mail, *ask to confirm* or *already signed*. Return whether the signature stays.

    One that may not stay is rolled back after it is written, so that every address costs the same work.
    """
    letter, stays, told = known.letter, mailed and not known.counted, mailed and known.counted
    with taken_back_unless(stays):
        insert(signature)
        mark(Version.signed_at, letter, signature.letter_version)
        flag_new(letter, signature, known.crowded)
        ask, tell = mails.of_signing(signature, known, email)  # both are made, one is posted
        message = None if told else write_message(ask, late=late)
    message = message or write_message(tell, late=late)
    note_posted(message, stays=mailed)
    tally(letter, "signed", int(stays))  # last, because everybody who signs this letter waits for this row
    return stays


def confirm(signature_id: int, nonce: str) -> None:
    """Confirm a signature, once even if clicked several times at once.

    If the text has changed in substance since it was signed, it counts only once its owner agrees to the present one.
    Raises SignatureUnknown, or LetterClosed when the time to confirm has passed.
    """
    with write():
        lock_letter_of(signature_id)
        signature = read_afresh(signature_id)
        if signature is None or signature.link_nonce != nonce or signature.mailbox_key is None:
            raise SignatureUnknown
        letter = signature.letter
        if signature.confirmed_at is None and not letter.confirms(signature.signed_at):
            raise LetterClosed
        try:
            attested = lock_attested(signature)
        except AnotherCounts:  # another submission of this person was confirmed first: that one stays
            return
        if write_confirmed(signature, now()):
            if signature.reminded_at:
                mails.drop_reminder(signature)
            mark(Version.frozen_at, letter, signature.letter_version)
            flag_confirmed(signature)
            # Last, because everybody who confirms waits for these rows. A held signature counts once it is released,
            # one of earlier words once its owner agrees to the present ones.
            if signature.counted_at:
                count_one_more(letter)
            replace(attested, signature)
            tally(letter, "confirmed")
            if signature.reminded_at:
                tally(letter, "confirmed_after")


def mark(moment: InstrumentedAttribute[datetime | None], letter: Letter, number: int) -> None:
    """Set `signed_at` or `frozen_at` of a version, if it is empty."""
    if number == letter.version_number and getattr(letter.version, moment.key):
        return
    unmarked = sa.and_(Version.letter_id == letter.id, Version.number == number, moment.is_(None))
    db.session.execute(sa.update(Version).where(unmarked).values({moment.key: now()}))


def tally(letter: Letter, what: str, number: int = 1) -> None:
    """Add to a column of Tally for this hour, in the caller's transaction."""
    add_to(Tally, {"letter_id": letter.id, "hour": hour_of(now())}, what, number)
    once_written(lambda: SIGNATURES.labels(what).inc(number))


def ask_again(email: str) -> None:
    """Mail new links for what waits to be confirmed, within the budget; silent if nothing does."""
    with write():
        for signature in latest_pending(mailbox_key(email)):
            if signature.letter.confirms(signature.signed_at):
                mails.post_ask_to_confirm(signature, signature.email or email)


def not_me(key: str) -> None:
    """The owner of a mailbox did not sign: delete what is pending, in the log too, and mail them no more.

    That includes mails from organisers, to which they had agreed. `unsuppress` lets them be mailed again.
    """
    with write() as session:
        theirs = Signature.mailbox_key == key, Signature.confirmed_at.is_(None), Signature.attested_at.is_(None)
        # The lock order: signatures, then their mailbox; once that is locked, nobody signs with it.
        everything = sa.select(Signature.id, Signature.confirmed_at, Signature.attested_at).where(theirs[0])
        rows = session.execute(everything.order_by(Signature.id).with_for_update()).all()
        ids = [row.id for row in rows if row.confirmed_at is None and row.attested_at is None]
        suppress(key)
        stop_news(key)
        forget_lines(ids)
        session.execute(sa.delete(Signature).where(*theirs))
