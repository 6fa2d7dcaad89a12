"""Looking at a flag and finding nothing wrong; or finding that one looked too fast."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from tribune.audit.actions import record
from tribune.audit.models import Verb
from tribune.database import now, write
from tribune.letters.models import Letter
from tribune.organisers.models import Organiser
from tribune.signatures.models import Flag


def clear(letter: Letter, kind: str, signature_ids: Sequence[int], by: Organiser) -> datetime | None:
    """Take these flags off the list; the moment, by which it can be undone, or None when there was none.

    Of those that were off already the moment is the one at which they went: a button may be pressed twice.
    """
    moment = now()
    with write() as session:
        chosen = Flag.letter_id == letter.id, Flag.kind == kind, Flag.signature_id.in_(signature_ids)
        off = sa.update(Flag).where(*chosen, Flag.cleared_at.is_(None)).values(cleared_at=moment)
        cleared = session.execute(off).rowcount  # type: ignore[attr-defined]
        if cleared:
            record(
                Verb.FLAGS_CLEARED,
                team_id=letter.team_id,
                by=by,
                letter_id=letter.id,
                subject=letter.version.title,
                count=cleared,
                what=kind,
            )
        went = session.scalar(sa.select(sa.func.max(Flag.cleared_at)).where(*chosen))
    return went


def unclear(letter: Letter, kind: str, moment: datetime) -> None:
    """Put back on the list what was taken off at that moment."""
    with write() as session:
        session.execute(
            sa.update(Flag)
            .where(Flag.letter_id == letter.id, Flag.kind == kind, Flag.cleared_at == moment)
            .values(cleared_at=None)
        )
