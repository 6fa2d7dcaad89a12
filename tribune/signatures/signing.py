"""What signing asks of the database and writes there: statements built once, the same whoever has the address."""

from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm.attributes import set_committed_value

from tribune.database import db, now
from tribune.letters.models import Letter, Version
from tribune.signatures.flags import BURST, PROVIDERS, WINDOW
from tribune.signatures.models import Merge, Signature

S: Any = Signature.__table__
V: Any = Version.__table__
M: Any = Merge.__table__
THEIRS = S.alias("theirs")
INSERT = S.insert().returning(S.c.id)
# Of the signature that counts: what its links, its line, and how it stands are made of.
OF_THEIRS = (
    "id link_nonce email locale letter_version given_name family_name role organisation printed_organisation"
    " affiliation position as_organisation confirmed_at attested_at counted_at held_at withdrawn_at"
).split()


class Standing(NamedTuple):
    """How things stand as somebody signs. `counted`: what counts for them, in no session; `title`: of its words."""

    counted: Signature | None
    title: str
    merged: bool  # what they typed as their organisation is printed as another
    crowded: list[str]  # by which columns they come with so many others that it is a burst


def _recent(column: str) -> Any:
    """How many have signed of late from the same domain or network, up to where it is a burst."""
    same = S.c.letter_id == sa.bindparam("letter_id"), S.c[column] == sa.bindparam(column)
    some = sa.select(S.c.id).where(*same, S.c.signed_at > sa.bindparam("since")).limit(BURST[column]).subquery()
    return sa.select(sa.func.count()).select_from(some).scalar_subquery().label(column)


_one = sa.select(sa.bindparam("letter_id", type_=sa.BigInteger).label("letter_id")).subquery()
STANDING = (
    sa.select(*(THEIRS.c[name] for name in OF_THEIRS), V.c.title, M.c.id.label("merge"), *map(_recent, BURST))
    .select_from(_one)
    .outerjoin(
        THEIRS,
        sa.and_(
            THEIRS.c.letter_id == _one.c.letter_id,
            THEIRS.c.mailbox_key == sa.bindparam("mailbox_key"),
            THEIRS.c.confirmed_at.is_not(None),
            THEIRS.c.withdrawn_at.is_(None),
        ),
    )
    .outerjoin(V, sa.and_(V.c.letter_id == _one.c.letter_id, V.c.number == THEIRS.c.letter_version))
    .outerjoin(M, sa.and_(M.c.letter_id == _one.c.letter_id, M.c.from_key == sa.bindparam("organisation_key")))
)


def standing(letter: Letter, signature: Signature) -> Standing:
    """How things stand for somebody who signs with this, which is not written yet."""
    values: dict[str, Any] = {name: getattr(signature, name) for name in ("mailbox_key", "organisation_key", *BURST)}
    if values["domain"] in PROVIDERS:
        values["domain"] = None
    values |= {"letter_id": letter.id, "since": now() - WINDOW}
    row = db.session.connection().execute(STANDING, values).one()._mapping
    theirs = Signature(letter_id=letter.id, **{name: row[name] for name in OF_THEIRS})
    set_committed_value(theirs, "letter", letter)
    crowded = [column for column, most in BURST.items() if row[column] >= most - 1]
    return Standing(theirs if theirs.id else None, row["title"] or "", row["merge"] is not None, crowded)


def insert(signature: Signature) -> None:
    """Write its row, and give it its number; it is in no session."""
    row = {name: value for name, value in vars(signature).items() if name in S.c}
    signature.id = db.session.connection().execute(INSERT, row).scalar_one()
