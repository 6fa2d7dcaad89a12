"""Write the keys of names in which a mark is spelling (`राम`, `ガ`, `ไทย`) as those of new signatures: with their marks.

Until now keys left these out, so that two organisations could be one, and words fell apart into letters. And as now in
new ones, `Keʻala` is two words in keys, as `Ke'ala` is, and ə, ŋ and others are the letters that a reader types.
"""

import re
import unicodedata
from functools import lru_cache, reduce
from operator import add

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"

# Whatever has another key now is among these, and little else: few have to be read.
CHANGED = (
    "[\u0149-\u014b\u0166\u0167\u0181-\u01b4\u0253-\u0272\u02bb-\u02bf\u02e0\u034f\u0780-\u07ff\u0900-\u1cff\u1d00-\u1dbf\u1e9a"
    "\u2094\u2107\u2cef-\u2cf1\u2d7f\u302a-\u30ff\u3300-\u3357\ua6f0-\uabed\ufe00-\ufe0f\uff9e\uff9f\U000101fd-\U0001f213"
    "\U000e0100-\U000e01ef]"
)
LONGEST_KEY = 400
AT_A_TIME = 1_000

WORDS = [sa.column(name, sa.Text) for name in ("given_name", "family_name", "role", "organisation", "affiliation")]
PRINTED, AS_ORGANISATION = sa.column("printed_organisation", sa.Text), sa.column("as_organisation", sa.Boolean)
KEYS = [sa.column(name, sa.Text) for name in ("search_key", "organisation_key", "sort_key")]
ROW = [sa.column("id"), *KEYS, PRINTED, AS_ORGANISATION, *WORDS]
SIGNATURES = sa.table("signatures", *ROW, sa.column("letter_id"), sa.column("merge_id"))
INVITATIONS = sa.table("invitations", sa.column("letter_id"), sa.column("organisation"))
MERGES = sa.table("merges", *map(sa.column, ("id", "letter_id", "from_key", "into", "created_at")))
EVENTS = sa.table("events", *map(sa.column, ("id", "verb", "letter_id")), sa.column("details", sa.JSON))
S, N, M, E = SIGNATURES.c, INVITATIONS.c, MERGES.c, EVENTS.c
# A key is empty once the names are deleted.
TEXT = reduce(add, (sa.func.coalesce(words, "") for words in (*WORDS, PRINTED)))
READ = TEXT.regexp_match(CHANGED), S.search_key != ""
TRIGGER = "SELECT sql FROM sqlite_master WHERE name = 'signatures_trigrams_changed'"
INDEX_ANEW = (
    "INSERT INTO signatures_trigrams (signatures_trigrams) VALUES ('delete-all')",
    """INSERT INTO signatures_trigrams (rowid, search_key) SELECT id, search_key FROM signatures
        WHERE confirmed_at IS NOT NULL OR attested_at IS NOT NULL""",
)


def upgrade() -> None:
    """Change log and merges first: what was typed under a key is found by the keys of before."""
    database = op.get_bind()
    change_log(database)
    for letter_id in database.scalars(sa.select(M.letter_id).distinct()).all():
        change_merges(database, letter_id)
    trigger = database.scalar(sa.text(TRIGGER)) if has_many(database) else None
    if trigger:
        op.execute("DROP TRIGGER signatures_trigrams_changed")
    change_signatures(database)
    if trigger:
        for statement in (*INDEX_ANEW, trigger):
            database.exec_driver_sql(statement)


def has_many(database: sa.Connection) -> bool:
    """Whether SQLite should make its index of trigrams anew: to change one row of it takes as long as to add fifty."""
    number = sa.func.count().filter(*READ)
    return database.dialect.name == "sqlite" and bool(database.scalar(sa.select(number * 50 > sa.func.count(S.id))))


def change_signatures(database: sa.Connection) -> None:
    query = sa.select(*ROW).where(*READ).order_by(S.id).limit(AT_A_TIME)
    write = sa.update(SIGNATURES).where(S.id == sa.bindparam("number"))
    last = 0
    while rows := database.execute(query.where(S.id > last)).all():
        found = ((row, keys_of(*row[4:])) for row in rows)
        if changed := [{"number": row[0], **keys} for row, keys in found if tuple(keys.values()) != row[1:4]]:
            database.execute(write, changed)
        last = rows[-1][0]


def change_log(database: sa.Connection) -> None:
    """Change the spellings in the log: an erasure finds there who is named by one."""
    merging = E.verb.in_(["organisations_merged", "merge_undone"])
    query = sa.select(E.id, E.letter_id, E.details).where(merging).order_by(E.id).limit(AT_A_TIME)
    last = 0
    while rows := database.execute(query.where(E.id > last)).all():
        for number, letter_id, details in rows:
            spelling = (details or {}).get("spelling") or ""
            names = set() if spelling.isascii() else typed(database, letter_id, spelling)
            now = ", ".join(sorted(keys_now(spelling, names)))
            if spelling != now:
                of_it = sa.update(EVENTS).where(E.id == number)
                database.execute(of_it.values(details={**details, "spelling": now}))
        last = rows[-1].id


def typed(database: sa.Connection, letter_id: int | None, key: str) -> set[str]:
    """Return all that was typed under a key of before."""
    its = sa.select(M.id).where(M.letter_id == letter_id, M.from_key == key)
    found = sa.union(
        sa.select(S.organisation).where(S.letter_id == letter_id, S.organisation_key == key),
        sa.select(S.organisation).where(S.merge_id.in_(its)),
        sa.select(N.organisation).where(N.letter_id == letter_id),
    )
    return {name for name in database.scalars(found) if key_before(name) == key}


def keys_now(key: str, names: set[str]) -> set[str]:
    return {key_now(name) for name in names} or {key_now(key)}


def change_merges(database: sa.Connection, letter_id: int) -> None:
    """Let each spelling of one letter be printed as before, by a merge of its own."""
    rows = database.execute(sa.select(MERGES).where(M.letter_id == letter_id).order_by(M.id)).all()
    if all(row.from_key.isascii() and not re.search(CHANGED, row.into) for row in rows):
        return
    before = {row.from_key: row for row in rows}
    names = {key: typed(database, letter_id, key) for key in before}
    for row in rows:
        key = key_before(row.into)
        if key in before and key != row.from_key:
            names[key].add(row.into)  # this merge leads to the other
    keys = {key: keys_now(key, names[key]) for key in before}
    # Of two that are now one the later holds, as after 0020.
    held = {key: row for row in sorted(rows, key=lambda row: (bool(row.into), row.id)) for key in keys[row.from_key]}
    into = {}
    for key, row in held.items():
        is_shared = sum(key in others for others in keys.values()) > 1
        into[key] = printed(row, before) if is_shared else row.into  # one may have led to the other
    break_circles(before, held, into)
    numbers = write_merges(database, rows, held, into)
    for row in rows:
        for name in names[row.from_key]:
            its = sa.update(SIGNATURES).where(S.merge_id == row.id, S.organisation == name)
            if numbers[key_now(name)] != row.id:
                database.execute(its.values(merge_id=numbers[key_now(name)]))


def write_merges(
    database: sa.Connection, rows: list[sa.Row], held: dict[str, sa.Row], into: dict[str, str]
) -> dict[str, int]:
    """Write the merges that differ, and return the id of each by its key; the first of several keeps the old one."""
    mine = {row: sorted((key for key in held if held[key] is row), key=lambda key: key != row.from_key) for row in rows}
    same = [row for row in rows if mine[row] == [row.from_key] and into[row.from_key] == row.into]
    database.execute(sa.delete(MERGES).where(M.id.in_([row.id for row in rows if row not in same])))
    numbers = {row.from_key: row.id for row in same}
    for row in rows:
        for key in mine[row] if row not in same else ():
            number = {"id": row.id} if row.id not in numbers.values() else {}
            values = {"letter_id": row.letter_id, "from_key": key, "into": into[key], "created_at": row.created_at}
            numbers[key] = database.scalar(sa.insert(MERGES).values(**number, **values).returning(M.id))
    return numbers


def printed(merge: sa.Row, before: dict[str, sa.Row]) -> str:
    """Return the final name, as one merge may lead to another; one that leads to its own spelling is the last."""
    name, found = "", merge
    while found and found.into:
        name = found.into
        found = before.get(key_before(name)) if key_before(name) != found.from_key else None
    return name


def break_circles(before: dict[str, sa.Row], held: dict[str, sa.Row], into: dict[str, str]) -> None:
    """Let merges that now lead back to themselves end where they did: who follows them would never come to an end."""
    for key in into:
        new = key_now(into[key])
        if new in into and new != key and held[new] is not before.get(key_before(into[key])) and leads(new, key, into):
            into[new] = into[key]


def leads(key: str, to: str, into: dict[str, str]) -> bool:
    for _ in into:
        if key == to or key not in into:
            break
        key = key_now(into[key])
    return key == to


# The rules as they were, and as they are now: later code must not change what this finds.
PLAINER = {"œ": "oe", "æ": "ae", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ħ": "h", "ı": "i"}
PLAINER_NOW = PLAINER | dict(zip("əɛɔŋɲɓɖɗƒɣƙŧƴʼʻʿʾ", "eeonnbddfgkty    ", strict=True))
JOINERS = {0x200C: "", 0x200D: ""}
UNSEEN = dict.fromkeys([0x34F, *range(0x180B, 0x1810), 0x200C, 0x200D, *range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)])
LEFT_OUT = re.compile(
    "[\u0300-\u077f\u0800-\u08ff\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\u2de0-\u2dff\ua66f-\ua69f\ufb1e\ufe20-\ufe2f]"
)
APOSTROPHE = re.compile(r"(?<=\w)['’‘ʼʻʿʾ`´·](?=\w)")


def key_before(name: str) -> str:
    letters = [c for c in unicodedata.normalize("NFKD", name.casefold()) if not unicodedata.combining(c)]
    plainer = "".join(letters).casefold().translate(str.maketrans(PLAINER) | JOINERS)
    return (re.sub(r"[\W_]+", " ", plainer).strip() or name)[:LONGEST_KEY]


def plain(text: str) -> str:
    return " ".join("".join(map(of_key, unicodedata.normalize("NFKD", text.casefold().translate(UNSEEN)))).split())


@lru_cache(1024)
def of_key(sign: str) -> str:
    if sign.isalnum():
        return PLAINER_NOW.get(sign.casefold(), sign.casefold())
    if unicodedata.category(sign) not in ("Mn", "Mc"):
        return " "
    return "" if unicodedata.combining(sign) and LEFT_OUT.match(sign) else sign


def key_now(name: str) -> str:
    return (plain(name) or name)[:LONGEST_KEY]


def searchable(text: str) -> str:
    return " ".join([plain(text), *(plain(APOSTROPHE.sub("", w)) for w in text.split() if APOSTROPHE.search(w))])


def sort_key(family: str, given: str) -> str:
    accents = unicodedata.normalize("NFC", f"{family} {given}".casefold().translate(UNSEEN))
    return f"{plain(family) or '~'}\x01{plain(given)}\x01{accents}"[:LONGEST_KEY]


def keys_of(printed: str | None, as_organisation: bool, *words: str | None) -> dict[str, str]:
    given, family, _role, organisation, _affiliation = (each or "" for each in words)
    name = organisation if printed is None else printed
    more = [] if key_now(name) == key_now(organisation) else [name]
    return {
        "search_key": " ".join(filter(None, map(searchable, filter(None, [*words, *more])))),
        "organisation_key": key_now(name),
        "sort_key": sort_key(name, "") if as_organisation else sort_key(family, given),
    }


def downgrade() -> None:
    """Leave the keys: what is printed stays, and the next upgrade finds them right.

    The code before finds fewer names by these, and prints who signs anew as typed where a merge was split.
    """
