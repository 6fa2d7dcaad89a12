"""Clearing a flag after a look, and putting it back."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from tribune.audit.models import Verb
from tribune.database import now, write
from tribune.letters.models import Letter
from tribune.letters.queries import lock
from tribune.letters.recording import record_letter
from tribune.moderation.counting import locked
from tribune.moderation.models import Batch
from tribune.moderation.queries import off_since
from tribune.organisers.models import Organiser
from tribune.signatures.models import Flag, Signature
from tribune.statements import UNREAD, there_is


def clear(letter: Letter, kind: str, signature_ids: Sequence[int], by: Organiser) -> datetime | None:
    """Clear the flags of this kind of these signatures. Return the moment, by which `unclear` undoes it, or None.

    If all were cleared already, by a double click, return the moment of that click: but only if it cleared these and no
    others, so that an old page cannot undo what a colleague did.
    """
    moment = now()
    with write() as session:
        lock(letter, shared=True)
        ids = locked(Signature.letter_id == letter.id, Signature.id.in_(signature_ids))
        chosen = Flag.kind == kind, Flag.signature_id.in_(ids)
        off = sa.update(Flag).where(*chosen, Flag.cleared_at.is_(None)).values(cleared_at=moment)
        cleared = session.execute(off).rowcount  # type: ignore[attr-defined]
        if cleared:
            record_letter(letter, Verb.FLAGS_CLEARED, by=by, count=cleared, what=kind)
            return moment
        went = session.scalar(sa.select(sa.func.max(Flag.cleared_at)).where(*chosen, *_found_right(letter)))
        others = Flag.letter_id == letter.id, Flag.kind == kind, Flag.cleared_at == went, Flag.signature_id.not_in(ids)
        alone = went is not None and not there_is(*others)
    return went if alone else None


def unclear(letter: Letter, kind: str, moment: datetime, by: Organiser) -> int:
    """Bring back the flags that were cleared at that moment; return how many.

    Flags of signatures hidden, held or withdrawn since come back when that is undone.
    """
    with write() as session:
        lock(letter, shared=True)
        off = sa.select(Flag.signature_id).where(Flag.letter_id == letter.id, Flag.cleared_at == moment)
        chosen = Flag.kind == kind, Flag.signature_id.in_(locked(Signature.id.in_(off))), Flag.cleared_at == moment
        on = sa.update(Flag).where(*chosen, *_found_right(letter)).values(cleared_at=off_since(moment))
        put_back = session.scalars(on.returning(Flag.cleared_at), execution_options=UNREAD).all().count(None)
        if put_back:
            record_letter(letter, Verb.FLAGS_PUT_BACK, by=by, count=put_back, what=kind)
    return put_back


def _found_right(letter: Letter) -> list[sa.ColumnElement[bool]]:
    """Return the conditions for flags cleared by `clear`, not by a batch that hid or held, nor by withdrawing."""
    batch = sa.exists().where(Batch.letter_id == letter.id, Batch.created_at == Flag.cleared_at)
    left = sa.exists().where(Signature.id == Flag.signature_id, Signature.withdrawn_at == Flag.cleared_at)
    return [~batch, ~left]
