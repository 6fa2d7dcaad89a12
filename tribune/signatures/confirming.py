"""The statements of confirming, built once."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, lazyload, load_only
from sqlalchemy.orm.attributes import set_committed_value

from tribune.database import db, run
from tribune.letters.models import Letter, Version
from tribune.letters.queries import earlier_words
from tribune.signatures.models import Signature

S: Any = Signature.__table__
L: Any = Letter.__table__
# What confirming reads of each; the rest, such as the whole text, is asked for where something reads it all the same.
OF_SIGNATURE = load_only(
    Signature.letter_id, Signature.letter_version, Signature.link_nonce, Signature.mailbox_key, Signature.sort_key,
    Signature.signed_at, Signature.confirmed_at, Signature.reminded_at, Signature.counted_at,
)  # fmt: skip
OF_LETTER = load_only(
    Letter.version_number, Letter.published_at, Letter.closes_at, Letter.closed_at, Letter.taken_down_at
)
OF_VERSION = load_only(Version.letter_id, Version.number, Version.frozen_at)
AFRESH = (
    sa.select(Signature)
    .where(Signature.id == sa.bindparam("number"))
    .options(OF_SIGNATURE)
    .options(joinedload(Signature.letter).options(OF_LETTER, lazyload(Letter.image)))
    .options(joinedload(Signature.letter).joinedload(Letter.version).options(OF_VERSION))
    .execution_options(populate_existing=True)
)
_counts = sa.and_(S.c.held_at.is_(None), S.c.letter_version.not_in(earlier_words(S.c.letter_id)))
CONFIRM = (
    S.update()
    .where(S.c.id == sa.bindparam("number"), S.c.confirmed_at.is_(None))
    .values(confirmed_at=sa.bindparam("moment"), counted_at=sa.case((_counts, sa.bindparam("moment"))))
    .returning(S.c.confirmed_at, S.c.counted_at, S.c.reminded_at, S.c.sort_key)  # they may have changed since the read
)
ONE_MORE = L.update().where(L.c.id == sa.bindparam("number")).values(confirmed_count=L.c.confirmed_count + 1)


def read_afresh(signature_id: int) -> Signature | None:
    """Return a signature with its letter, both read again."""
    return db.session.scalars(AFRESH, {"number": signature_id}).first()


def write_confirmed(signature: Signature, moment: datetime) -> bool:
    """Confirm a signature, unless it already is; return whether this call did."""
    confirmed = run(CONFIRM, {"number": signature.id, "moment": moment}).first()
    if confirmed is None:
        return False
    for name, value in confirmed._mapping.items():
        set_committed_value(signature, name, value)
    return True


def count_one_more(letter: Letter) -> None:
    """Raise the public number of a letter by one."""
    run(ONE_MORE, {"number": letter.id})
