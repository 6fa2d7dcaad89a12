"""The life of a letter: scheduled, published, closed, opened again; and the private link to it before."""

from collections.abc import Mapping
from datetime import datetime
from secrets import token_urlsafe
from typing import Any

import sqlalchemy as sa

from tribune.audit.models import Verb
from tribune.database import now, write
from tribune.letters.models import Letter, Version
from tribune.letters.queries import hold, missing, shown_as
from tribune.letters.recording import record_letter
from tribune.organisers.models import Organiser


class MomentPassed(Exception):
    """A letter is scheduled for a moment to come."""


class ClosesBefore(Exception):
    """It would close by itself before it is published."""


class NotPublished(Exception):
    """Readers do not see it: there is nothing to close."""


class TakenDown(Exception):
    """Whoever runs the site has taken it down: its organisers cannot open it again."""


class AlreadyPublished(Exception):
    """Readers see it: it cannot be scheduled, nor go back to a draft."""


class NotReady(Exception):
    """It lacks what readers need; `fields`: see `missing`."""

    def __init__(self, fields: list[str]) -> None:
        self.fields = fields


class ChangedMeanwhile(Exception):
    """The letter, or its moment, is not what the page of publication showed; nothing was written."""


def publish(letter: Letter, by: Organiser | None = None, at: datetime | None = None) -> None:
    """Show the letter to readers and take signatures: now, or by itself `at` a moment to come.

    A closed one opens again. `by`: None for the shell. Raises MomentPassed, ClosesBefore or AlreadyPublished for an
    `at` that cannot be, and TakenDown.
    """
    with write():
        hold(letter)
        if at is not None:
            _schedule(letter, by, at)
        elif letter.is_published:
            reopen(letter, by)
        else:
            letter.published_at = now()
            _open(letter, by)
            keep_first_words(letter)
            record_letter(Verb.LETTER_PUBLISHED, letter, by)


def refuse_unready(letter: Letter) -> None:
    """Raise NotReady where readers would see a letter that lacks something. One that was published may open again."""
    if not letter.is_published and (fields := missing(letter)):
        raise NotReady(fields)


def refuse_unseen(letter: Letter, seen_as: str | None, at: datetime | None, printed: Mapping[str, Any]) -> None:
    """Raise ChangedMeanwhile where the letter is not as the page showed it, unless it is just as they ask by now.

    `seen_as`: `shown_as` of what the page showed, where there was one; `at`, `printed`: as for `launch`.
    """
    is_so = at is not None and all(getattr(letter, k) == v for k, v in {"published_at": at, **printed}.items())
    if seen_as not in (None, shown_as(letter)) and not is_so:
        raise ChangedMeanwhile


def keep_first_words(letter: Letter) -> None:
    """Mark as signed the words under which first signatories were published: nobody edits them from then on.

    A letter that publishes itself has nobody to do so at that moment: whoever acts first afterwards does, in their own
    transaction, until the publication is announced.
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
    letter.published_at, letter.closed_at = at, None
    record_letter(Verb.LETTER_SCHEDULED, letter, by, at=at.isoformat())


def _open(letter: Letter, by: Organiser | None) -> None:
    if letter.taken_down_at:
        raise TakenDown
    letter.closed_at = None
    if letter.closes_at and letter.closes_at <= now():
        letter.closes_at = None  # else it would be closed again at once
        record_letter(Verb.LETTER_EDITED, letter, by, fields=["closes_at"])


def unschedule(letter: Letter, by: Organiser | None = None) -> None:
    """Make a draft again of a letter that waits for its moment. Raises AlreadyPublished once that has come."""
    with write():
        hold(letter)
        if letter.is_published:
            raise AlreadyPublished
        if letter.published_at:
            letter.published_at = None
            record_letter(Verb.LETTER_UNPUBLISHED, letter, by)


def close(letter: Letter, by: Organiser | None = None) -> None:
    """Take no more signatures; those who signed in time may still confirm. `by`: None for the shell.

    Raises NotPublished.
    """
    with write():
        hold(letter)
        if not letter.is_published:
            raise NotPublished
        if letter.state != "closed":
            letter.closed_at = now()
            record_letter(Verb.LETTER_CLOSED, letter, by)


def reopen(letter: Letter, by: Organiser | None = None) -> None:
    """Take signatures again under a letter that was closed, by hand or by itself. Raises TakenDown."""
    with write():
        hold(letter)
        if letter.state == "closed":
            _open(letter, by)
            record_letter(Verb.LETTER_REOPENED, letter, by)


def make_preview_link(letter: Letter, by: Organiser, replaces: str | None = None) -> None:
    """Let whoever has the private link read the letter before it is published.

    `replaces`: the nonce of the link that was shown, which works no more. Another that there is by now stays: somebody
    may have given it away.
    """
    with write():
        hold(letter)
        if letter.preview_nonce in (None, replaces):
            record_letter(Verb.PREVIEW_LINK_MADE, letter, by, replaces=letter.preview_nonce is not None)
            letter.preview_nonce = token_urlsafe(16)


def revoke_preview_link(letter: Letter, by: Organiser, seen: str | None) -> None:
    """Let the private link open nothing any more.

    `seen`: the nonce of the link that was shown. Another that there is by now stays, as in `make_preview_link`.
    """
    with write():
        hold(letter)
        if letter.preview_nonce and letter.preview_nonce == seen:
            letter.preview_nonce = None
            record_letter(Verb.PREVIEW_LINK_REVOKED, letter, by)
