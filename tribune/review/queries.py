"""Questions about flagged signatures."""

from collections.abc import Sequence

import sqlalchemy as sa

from tribune.cursors import number_before
from tribune.database import db
from tribune.letters.models import Letter
from tribune.signatures.models import UNCLEARED, Flag, Signature
from tribune.signatures.queries import PAGE


def open_counts(letter: Letter) -> dict[str, int]:
    """Return how many signatures have an uncleared flag, by kind."""
    query = sa.select(Flag.kind, sa.func.count()).where(Flag.letter_id == letter.id, UNCLEARED).group_by(Flag.kind)
    return {kind: count for kind, count in db.session.execute(query)}


def flagged(letter: Letter, kind: str, after: str = "") -> tuple[Sequence[tuple[Flag, Signature]], str]:
    """Return at most PAGE flagged signatures of a kind, newest first, and the next cursor, or "". Raises BadCursor."""
    query = sa.select(Flag, Signature).join(Signature, Signature.id == Flag.signature_id)
    query = query.where(Flag.letter_id == letter.id, Flag.kind == kind, UNCLEARED)
    if after:
        query = query.where(Flag.signature_id < number_before(after))
    rows = db.session.execute(query.order_by(Flag.signature_id.desc()).limit(PAGE + 1)).all()
    found = [(flag, signature) for flag, signature in rows]
    return found[:PAGE], str(found[PAGE - 1][0].signature_id) if len(found) > PAGE else ""
