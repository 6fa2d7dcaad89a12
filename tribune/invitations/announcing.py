"""The launch: publish a letter, its first signatories and the newspaper together, and tell the invited who asked."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from tribune.asking.queries import is_unasked
from tribune.database import db, now, write
from tribune.faults import one_by_one, set_aside
from tribune.invitations.models import Invitation
from tribune.invitations.sending import locked
from tribune.invitations.standing import stands_as
from tribune.letters.actions import tell_where_printed
from tribune.letters.life import keep_first_words, publish, refuse_unready, refuse_unseen
from tribune.letters.models import Letter
from tribune.letters.queries import lock
from tribune.organisers.models import Organiser
from tribune.outbox.actions import Budget, post
from tribune.outbox.composing import Composed, compose
from tribune.outbox.mailboxes import mailbox_key
from tribune.outbox.queries import refused
from tribune.signatures.lines import line
from tribune.signatures.links import mine_link, no_more_link
from tribune.signatures.mails import PUBLISHED
from tribune.signatures.models import Signature
from tribune.tokens import public_url

AT_ONCE = 50  # mails posted in one transaction
LAUNCHES = Budget("launch", ((5, timedelta(hours=24)),), priority=2)  # after confirmations, before what can wait


class NotAsked(Exception):
    """The text changed in substance, and those who signed it earlier were not asked whether they still agree."""


def to_tell(letter: Letter, after: int = 0) -> Sequence[Invitation]:
    """Return, by id after `after`, who accepted, has not left, asked to be told of the publication, and was not yet.

    Without those whose mailbox takes no mail: the page says how many will receive it.
    """
    query = sa.select(Invitation).join(Signature, Signature.id == Invitation.signature_id)
    query = query.where(
        Invitation.letter_id == letter.id,
        Invitation.id > after,
        Invitation.accepted_at.is_not(None),
        Invitation.tell,
        Invitation.told_at.is_(None),
        Invitation.email.is_not(None),
        ~refused(Invitation.mailbox_key),
        Signature.withdrawn_at.is_(None),
    )
    return db.session.scalars(query.order_by(Invitation.id)).all()


def launch(
    letter: Letter,
    by: Organiser | None = None,
    at: datetime | None = None,
    *,
    seen_as: str | None = None,
    **printed: Any,
) -> int:
    """Publish a letter now and tell who asked, or schedule it for the moment `at`; return how many were told.

    Whoever's mail raises an error is left to `announce_due`, which logs it: the letter is public and others are told.

    `seen_as`: see `refuse_unseen`; `printed`: outlet, outlet_url and printed_on, where they are known. Raises what
    publishing raises, FieldTooLong, NotReady, NotAsked or ChangedMeanwhile.
    """
    with write():
        lock(letter)
        refuse_unseen(letter, seen_as, at, printed)
        refuse_unready(letter)
        if not letter.is_published and is_unasked(letter):
            raise NotAsked
        if printed:
            tell_where_printed(letter, by, **printed)
        publish(letter, by, at)
    return _tell_all(letter)[0]


def announce(letter: Letter) -> int:
    """Tell everybody who asked that the letter is published, once; return how many were told here.

    Each transaction tells AT_ONCE people, since readers wait to sign at that moment. If the process stops, the next
    call tells the rest. So it does for those whose mail raised an error, which is raised once the others are told.
    """
    told, faults = _tell_all(letter)
    if faults:
        raise faults[0]
    return told


def _tell_all(letter: Letter) -> tuple[int, list[Exception]]:
    told, after, faults = 0, 0, list[Exception]()
    while True:
        with write():
            lock(letter)
            if letter.announced_at or not letter.is_readable:
                return told, faults
            keep_first_words(letter)
            numbers = [invitation.id for invitation in to_tell(letter, after)[:AT_ONCE]]
            for invitation in locked(numbers):
                with set_aside(faults), db.session.begin_nested():
                    if _post_published(invitation):
                        invitation.told_at = now()
                        told += 1
            if len(numbers) < AT_ONCE:
                if not faults:
                    letter.announced_at = now()
                return told, faults
            after = numbers[-1]


def announce_due() -> None:
    """Announce each published letter not announced yet; a chore."""
    due = sa.select(Letter).where(
        Letter.announced_at.is_(None), Letter.published_at <= now(), Letter.taken_down_at.is_(None)
    )
    one_by_one(announce, db.session.scalars(due).all())


def compose_published(invitation: Invitation, signature: Signature, **printed: Any) -> Composed:
    """Compose the mail in the language in which they accepted. `printed`: as for `launch`, to preview it."""
    letter = invitation.letter
    said = {"outlet": letter.outlet, "outlet_url": letter.outlet_url, "printed_on": letter.printed_on, **printed}
    made = line(signature)
    return compose(
        "invitations/mail/published.txt",
        signature.locale,
        {"letter": public_url("letters.letter", slug=letter.slug), "outlet": said["outlet_url"]},
        letter=letter,
        shown=made.text,
        on_behalf=made.on_behalf,
        stands=stands_as(signature),
        **said,
    )


def _post_published(invitation: Invitation) -> bool:
    """Post the mail; False when their mailbox may receive no more, or asked for none."""
    to, signature = invitation.email, invitation.signature
    if to is None or signature is None:
        return False
    links = {"mine": mine_link(signature), "not_me": no_more_link(mailbox_key(to))}
    composed = compose_published(invitation, signature)
    return post(PUBLISHED, to, composed, links, LAUNCHES, about=invitation.letter_id)
