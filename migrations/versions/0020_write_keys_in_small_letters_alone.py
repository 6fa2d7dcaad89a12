"""Write the keys of signs that stand for capitals (`Acme™`, `𝐉𝐞𝐚𝐧`, `№`) as those of new signatures: in small letters.

Until now these left capitals in keys, which no word of a search has; and `Acme™` and `AcmeTM` were two organisations.
"""

import re
import unicodedata
from itertools import groupby

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"

# All that was left: the capitals of what Unicode decomposes, and two small letters that have a plainer form.
CAPITALS = "ABCDEFGHIJKLMNOPQRSTUVWXYZÆĦƎƐȢΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩςϜ"
SMALL = str.maketrans({**{letter: letter.casefold() for letter in CAPITALS}, "Æ": "ae", "Ħ": "h"})
LONGEST_KEY = 400
AT_A_TIME = 1_000

KEYS = [sa.column(name, sa.Text) for name in ("search_key", "organisation_key", "sort_key")]
SIGNATURES = sa.table("signatures", sa.column("id"), sa.column("merge_id"), *KEYS)
MERGES = sa.table("merges", *map(sa.column, ("id", "letter_id", "from_key", "into")))
EVENTS = sa.table("events", sa.column("id"), sa.column("verb"), sa.column("details", sa.JSON))
S, M, E = SIGNATURES.c, MERGES.c, EVENTS.c


def upgrade() -> None:
    """Write only what changes: few rows, so that SQLite's triggers keep its index of trigrams."""
    database = op.get_bind()
    merges = database.execute(sa.select(MERGES).order_by(M.letter_id, M.id)).all()
    for _letter, rows in groupby(merges, lambda row: row.letter_id):
        change_merges(database, list(rows))
    change_signatures(database)
    change_log(database)


def small(key: str) -> str:
    return key.translate(SMALL)[:LONGEST_KEY]


def change_signatures(database: sa.Connection) -> None:
    """Change their keys: that of searches has every word of the others."""
    query = sa.select(S.id, *KEYS).where(S.search_key.regexp_match(f"[{CAPITALS}]")).order_by(S.id).limit(AT_A_TIME)
    last = 0
    while rows := database.execute(query.where(S.id > last)).all():
        for number, searched, organisation, sort in rows:
            keys = {"search_key": searched.translate(SMALL), "organisation_key": small(organisation)}
            of_it = sa.update(SIGNATURES).where(S.id == number)
            database.execute(of_it.values(**keys, sort_key=small(sort)))
        last = rows[-1].id


def change_log(database: sa.Connection) -> None:
    """Change the spellings in the log: an erasure finds there who is named by one."""
    merging = E.verb.in_(["organisations_merged", "merge_undone"])
    query = sa.select(E.id, E.details).where(merging).order_by(E.id).limit(AT_A_TIME)
    last = 0
    while rows := database.execute(query.where(E.id > last)).all():
        for number, details in rows:
            spelling = (details or {}).get("spelling") or ""
            if spelling != small(spelling):
                changed = {**details, "spelling": small(spelling)}
                database.execute(sa.update(EVENTS).where(E.id == number).values(details=changed))
        last = rows[-1].id


def change_merges(database: sa.Connection, rows: list[sa.Row]) -> None:
    """Change the spellings of one letter, each printed as before. Of two that are now one the later merge holds."""
    before = {row.from_key: row for row in rows}
    kept = {small(row.from_key): row for row in sorted(rows, key=lambda row: (bool(row.into), row.id))}
    into = {key: row.into for key, row in kept.items()}
    for row in rows:
        key = small(row.from_key)
        if kept[key] is not row:  # its lines follow the other; if they are printed otherwise, organisers are told
            into[key] = printed(kept[key], before)  # the other may have led to this one
            database.execute(sa.update(SIGNATURES).where(S.merge_id == row.id).values(merge_id=kept[key].id))
            database.execute(sa.delete(MERGES).where(M.id == row.id))
    break_circles(before, kept, into)
    for key, row in kept.items():
        if (key, into[key]) != (row.from_key, row.into):
            database.execute(sa.update(MERGES).where(M.id == row.id).values(from_key=key, into=into[key]))


def printed(merge: sa.Row, before: dict[str, sa.Row]) -> str:
    """Return the final name, as one merge may lead to another; one that leads to its own spelling is the last."""
    name, found = "", merge
    while found and found.into:
        name = found.into
        found = before.get(key_before(name)) if key_before(name) != found.from_key else None
    return name


def break_circles(before: dict[str, sa.Row], kept: dict[str, sa.Row], into: dict[str, str]) -> None:
    """Let merges that now lead back to themselves end where they did: who follows them would never come to an end."""
    for key in into:
        old = key_before(into[key])
        new = small(old)
        if new in into and new != key and kept[new] is not before.get(old) and leads(new, key, into):
            into[new] = into[key]


def leads(key: str, to: str, into: dict[str, str]) -> bool:
    for _ in into:
        if key == to or key not in into:
            break
        key = small(key_before(into[key]))
    return key == to


# As it was: later code must not change what this finds.
PLAINER = str.maketrans({"œ": "oe", "æ": "ae", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ħ": "h", "ı": "i"})


def key_before(name: str) -> str:
    letters = [c for c in unicodedata.normalize("NFKD", name.casefold()) if not unicodedata.combining(c)]
    return (re.sub(r"[\W_]+", " ", "".join(letters).translate(PLAINER)).strip() or name)[:LONGEST_KEY]


def downgrade() -> None:
    """Leave the keys: the code before finds more by them, and takes a new `Acme™` for another organisation."""
