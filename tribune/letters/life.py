"""The life of a letter: scheduled, published, closed, reopened; and the private link to it before publication."""

from collections.abc import Mapping
from datetime import datetime
from secrets import token_urlsafe
from typing import Any

import sqlalchemy as sa

from tribune.audit.models import Verb
from tribune.database import now, write
from tribune.fingerprint import ChangedMeanwhile
from tribune.letters.models import Letter, Version
from tribune.letters.queries import lock, missing, shown_as
from tribune.letters.recording import record_letter
from tribune.organisers.models import Organiser


class MomentPassed(Exception):
    """The moment to publish has passed: only a future one can be scheduled."""


class ClosesBefore(Exception):
    """It would close by itself before it is published."""


class NotPublished(Exception):
    """Readers do not see it: there is nothing to close."""


class TakenDown(Exception):
    """Whoever runs the site has taken it down: its organisers cannot reopen it."""


class AlreadyPublished(Exception):
    """Readers see it: it cannot be scheduled, nor go back to a draft."""


class NotReady(Exception):
    """It lacks what readers need; `fields`: see `missing`."""

    def __init__(self, fields: list[str]) -> None:
        self.fields = fields


def publish(letter: Letter, by: Organiser | None = None, at: datetime | None = None) -> None:
    """Publish the letter and take signatures: now, or by itself at the future moment `at`; reopen a closed one.

    `by`: None for the shell. Raises TakenDown; with `at`, MomentPassed, ClosesBefore or AlreadyPublished.
    """
    with write():
        lock(letter)
        if at is not None:
            _schedule(letter, by, at)
        elif letter.is_published:
            reopen(letter, by)
        else:
            letter.published_at = now()
            _open(letter, by)
            keep_first_words(letter)
            record_letter(letter, Verb.LETTER_PUBLISHED, by=by)


def refuse_unready(letter: Letter) -> None:
    """Raise NotReady if the letter lacks something; one already published may always be reopened."""
    if not letter.is_published and (fields := missing(letter)):
        raise NotReady(fields)


def refuse_unseen(letter: Letter, seen_as: str | None, at: datetime | None, printed: Mapping[str, Any]) -> None:
    """Raise ChangedMeanwhile if the letter is not as the page showed it, unless it already is as they ask.

    `seen_as`: `shown_as` of what the page showed, None if there was no page; `at`, `printed`: as for `launch`.
    """
    is_so = at is not None and all(getattr(letter, k) == v for k, v in {"published_at": at, **printed}.items())
    if seen_as not in (None, shown_as(letter)) and not is_so:
        raise ChangedMeanwhile


def keep_first_words(letter: Letter) -> None:
    """Mark the version under which first signatories were published as signed: from then on it is never edited.

    A letter that publishes itself has no transaction at that moment, so until the publication is announced whoever
    changes its text, starts a batch, withdraws or erases calls this in their own transaction, while the names count.
    """
    if not letter.is_published or letter.announced_at or not letter.attested_count + letter.confirmed_count:
        return
    with write() as session:
        then = sa.select(sa.func.max(Version.number)).where(
            Version.letter_id == letter.id, Version.created_at <= letter.published_at
        )
        unsigned = Version.letter_id == letter.id, Version.signed_at.is_(None)
        session.execute(
            sa.update(Version)
            .where(*unsigned, Version.number == then.scalar_subquery())
            .values(signed_at=letter.published_at)
        )


def _schedule(letter: Letter, by: Organiser | None, at: datetime) -> None:
    if letter.is_published:
        raise AlreadyPublished
    if at <= now():
        raise MomentPassed
    if letter.closes_at and letter.closes_at <= at:
        raise ClosesBefore
    letter.published_at = at
    record_letter(letter, Verb.LETTER_SCHEDULED, by=by, at=at.isoformat())


def _open(letter: Letter, by: Organiser | None) -> None:
    if letter.taken_down_at:
        raise TakenDown
    letter.closed_at = None
    if letter.closes_at and letter.closes_at <= now():
        letter.closes_at = None  # else it would close again at once
        record_letter(letter, Verb.LETTER_EDITED, by=by, fields=["closes_at"])


def unschedule(letter: Letter, by: Organiser | None = None) -> None:
    """Make a scheduled letter a draft again. Raises AlreadyPublished once its moment has come."""
    with write():
        lock(letter)
        if letter.is_published:
            raise AlreadyPublished
        if letter.published_at:
            letter.published_at = None
            record_letter(letter, Verb.LETTER_UNPUBLISHED, by=by)


def close(letter: Letter, by: Organiser | None = None) -> None:
    """Take no more signatures; those who signed in time may still confirm. `by`: None for the shell.

    Raises NotPublished.
    """
    with write():
        lock(letter)
        if not letter.is_published:
            raise NotPublished
        # Also one that is taken down: else it would be open once it is put back.
        if not letter.closed_at and (letter.closes_at is None or now() < letter.closes_at):
            letter.closed_at = now()
            record_letter(letter, Verb.LETTER_CLOSED, by=by)


def reopen(letter: Letter, by: Organiser | None = None) -> None:
    """Take signatures again under a letter that was closed, by hand or by itself. Raises TakenDown."""
    with write():
        lock(letter)
        if letter.state == "closed":
            _open(letter, by)
            record_letter(letter, Verb.LETTER_REOPENED, by=by)


def make_preview_link(letter: Letter, by: Organiser, seen_as: str | None = None) -> None:
    """Make a private link, with which anybody can read the letter before it is published.

    `seen_as`: the nonce of the link that the page showed, which stops working. If there is a newer link by now, that
    one stays: somebody may have passed it on.
    """
    with write():
        lock(letter)
        if letter.preview_nonce in (None, seen_as):
            record_letter(letter, Verb.PREVIEW_LINK_MADE, by=by, replaces=letter.preview_nonce is not None)
            letter.preview_nonce = token_urlsafe(16)


def revoke_preview_link(letter: Letter, by: Organiser, seen_as: str | None) -> None:
    """Revoke the private link.

    `seen_as`: the nonce of the link that the page showed. A newer one stays, as in `make_preview_link`.
    """
    with write():
        lock(letter)
        if letter.preview_nonce and letter.preview_nonce == seen_as:
            letter.preview_nonce = None
            record_letter(letter, Verb.PREVIEW_LINK_REVOKED, by=by)
