"""The statements of signing, built once; the same ones run for every address."""

from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm.attributes import set_committed_value

from tribune.database import db, now, run
from tribune.letters.models import Letter, Version
from tribune.letters.queries import earlier_words
from tribune.names import organisation_key
from tribune.signatures.flags import BURST, PROVIDERS, WINDOW, newest
from tribune.signatures.models import Merge, Signature

S: Any = Signature.__table__
L: Any = Letter.__table__
THEIRS: Any = S.alias("theirs")
WORDS: Any = Version.__table__.alias("words")
MERGE: Any = Merge.__table__
INSERT = S.insert().returning(S.c.id)
# Columns of the signature that counts already: for its links, its line and its status.
OF_THEIRS = (
    "id link_nonce email locale letter_version given_name family_name role organisation printed_organisation"
    " affiliation capacity position as_organisation confirmed_at attested_at counted_at disagreed_at"
).split()
# If these are unchanged, so are the letter and its words.
OF_LETTER = ("revision", "version_number", "published_at", "closes_at", "closed_at", "taken_down_at")


class Known(NamedTuple):
    """What is known when somebody signs."""

    letter: Letter
    counted: Signature | None  # their confirmed signature, if there is one; in no session
    title: str  # of the version that it signed; the present one if that is withheld
    asked: bool  # `counted` does not count until they agree to a changed text (and, if held, until it is released)
    merged: bool  # the organisation they typed is printed as another
    crowded: list[str]  # columns of BURST in which they are one of too many


def _recent(column: str) -> Any:
    """Count those who signed within WINDOW from the same domain or network, up to BURST."""
    some = newest(column, S.c.id).subquery()
    return sa.select(sa.func.count()).select_from(some).scalar_subquery().label(column)


_theirs = sa.and_(
    THEIRS.c.letter_id == L.c.id,
    THEIRS.c.mailbox_key == sa.bindparam("mailbox_key"),
    THEIRS.c.confirmed_at.is_not(None),
    THEIRS.c.withdrawn_at.is_(None),
)
_merge = sa.and_(MERGE.c.letter_id == L.c.id, MERGE.c.from_key == sa.bindparam("organisation_key"))
KNOWN = (
    sa.select(
        *(L.c[name] for name in OF_LETTER),
        *(THEIRS.c[name].label(f"their_{name}") for name in OF_THEIRS),
        WORDS.c.title.label("title"),
        WORDS.c.withheld.label("withheld"),
        MERGE.c.id.label("merge"),
        THEIRS.c.letter_version.in_(earlier_words(L.c.id)).label("earlier"),
        *map(_recent, BURST),
    )
    .select_from(L)
    .outerjoin(THEIRS, _theirs)
    .outerjoin(WORDS, sa.and_(WORDS.c.letter_id == L.c.id, WORDS.c.number == THEIRS.c.letter_version))
    .outerjoin(MERGE, _merge)
    .where(L.c.id == sa.bindparam("letter"))
)


def what_is_known(letter: Letter, mailbox_key: str, organisation: str, domain: str, network: str | None) -> Known:
    """Return what is known of whoever signs this letter, in one statement; a letter that changed is read again."""
    values = {
        "letter": letter.id,
        "mailbox_key": mailbox_key,
        "organisation_key": organisation_key(organisation),
        "its_domain": None if domain in PROVIDERS else domain,
        "its_network_hash": network,
        "since": now() - WINDOW,
    }
    row = run(KNOWN, values).one()._mapping
    if any(row[name] != getattr(letter, name) for name in OF_LETTER):
        letter = db.session.get_one(Letter, letter.id, populate_existing=True)
    theirs = Signature(letter_id=letter.id, **{name: row[f"their_{name}"] for name in OF_THEIRS})
    set_committed_value(theirs, "letter", letter)
    crowded = [column for column, most in BURST.items() if row[column] >= most - 1]
    asked = theirs.counted_at is None and bool(theirs.disagreed_at or row["earlier"])
    title = letter.version.title if row["withheld"] == "text" else row["title"] or ""
    return Known(letter, theirs if theirs.id else None, title, asked, row["merge"] is not None, crowded)


def insert(signature: Signature) -> None:
    """Insert the row of a signature that is in no session, and set its id."""
    row = {name: value for name, value in vars(signature).items() if name in S.c}
    signature.id = run(INSERT, row).scalar_one()
