"""Which people of a file are there already: under the letter, or on an earlier row."""

import json
import sqlite3
from collections.abc import Collection, Iterable, Iterator, Sequence, Set
from datetime import datetime
from hashlib import blake2b
from typing import Any, NamedTuple

import sqlalchemy as sa

from tribune.database import db, is_postgresql
from tribune.importing.entries import ASK, Entry, Refused
from tribune.invitations.models import Invitation
from tribune.letters.models import Letter
from tribune.outbox.models import Mailbox
from tribune.outbox.queries import in_vain
from tribune.signatures.actions import keys
from tribune.signatures.erased import erased_among
from tribune.signatures.flags import of_line
from tribune.signatures.models import VOUCHED_FOR, Erasure, Signature

S = Signature
NEW, THERE, REFUSED, LEFT_OUT = "new", "there", "refused", "left_out"
DOUBTFUL = "doubtful"
_OF_LINE = "given_name", "family_name", "role", "organisation", "affiliation"


class Finding(NamedTuple):
    """What becomes of a row. `verdict`: NEW, in doubt if it has `reasons`; THERE or REFUSED, and why; or LEFT_OUT.

    LEFT_OUT has only the row number: whoever knows an address must not learn what its owner asked of us.
    """

    row: int
    name: str
    verdict: str
    reasons: tuple[str, ...]
    entry: Entry | None = None
    found_by: dict[str, str] = {}  # noqa: RUF012  (read only)

    @property
    def kind(self) -> str:
        """The verdict as shown: DOUBTFUL for a new row in doubt."""
        return DOUBTFUL if self.verdict == NEW and self.reasons else self.verdict


class Seen:
    """Who stood on earlier rows, kept in a temporary file rather than in memory: there may be a million."""

    def __init__(self) -> None:
        self._file = sqlite3.connect("", isolation_level=None)
        self._file.execute("PRAGMA journal_mode = OFF")
        self._file.execute("CREATE TABLE seen (what BLOB PRIMARY KEY) WITHOUT ROWID")
        self._file.execute("BEGIN")  # never committed: nobody else reads it

    def is_new(self, *what: str) -> bool:
        """Add it; return whether it was not seen before."""
        return self._file.execute("INSERT OR IGNORE INTO seen VALUES (?)", (_digest(what),)).rowcount == 1

    def has(self, *what: str) -> bool:
        """Whether it was seen before."""
        return self._file.execute("SELECT 1 FROM seen WHERE what = ?", (_digest(what),)).fetchone() is not None

    def close(self) -> None:
        """Delete the file."""
        self._file.close()


def _digest(what: Iterable[str]) -> bytes:
    return blake2b("\0".join(what).encode("utf-8", "replace"), digest_size=16).digest()


class _There(NamedTuple):
    """What is known, for one letter, about some mailboxes, public ids and names."""

    stand: Set[str]  # mailbox keys and public ids of confirmed or attested signatures, and ids replaced by them
    asked: Set[str]  # of pending ones, if the import would ask once more
    left_out: Set[str]  # of people who asked not to be there, or must not be mailed
    counted: Collection[str]  # sort keys of names that count
    lines: Collection[tuple[str, ...]]  # lines without an address
    moments: Collection[tuple[str, ...]]  # the same, with the moment of signing


def judged(letter: Letter, entries: Iterable[Entry | Refused], seen: Seen, how: str) -> Iterator[Finding]:
    """Yield what becomes of each row, in order."""
    some = list(entries)
    found_by = [_found_by(entry) for entry in some]
    there = _there(letter, [one for one in some if isinstance(one, Entry)], [k["sort_key"] for k in found_by if k], how)
    for entry, found in zip(some, found_by, strict=True):
        if isinstance(entry, Refused):
            yield Finding(entry.row, entry.name, REFUSED, (entry.reason,))
        elif why := _is_there(entry, found, there, seen):
            yield Finding(entry.row, entry.name, THERE, (why,))
        elif not there.left_out.isdisjoint((entry.key, entry.id)):
            yield Finding(entry.row, "", LEFT_OUT, ())
        else:
            unnamed = ["initials_there"] if entry.is_left_unnamed(letter, how) else []
            reasons = dict.fromkeys((*entry.reasons, *unnamed, *_doubts(entry, found, there, seen)))
            yield Finding(entry.row, entry.name, NEW, tuple(reasons), entry, found)


def _found_by(entry: Entry | Refused) -> dict[str, str]:
    return keys(**entry.words) if isinstance(entry, Entry) else {}  # type: ignore[arg-type]


def _is_there(entry: Entry, found: dict[str, str], there: _There, seen: Seen) -> str:
    """Return the code of where they are already, or "". Without an address, by the same line and moment, if any."""
    if not there.stand.isdisjoint((entry.key, entry.id)):
        return "already_there"
    if not there.asked.isdisjoint((entry.key, entry.id)):
        return "waits_to_be_confirmed"
    if entry.key:
        consents = "consents", entry.key, str((entry.published, entry.news))
        if seen.is_new("mailbox", entry.key):
            seen.is_new(*consents)
            return ""
        return "repeated_address" if seen.has(*consents) else "repeated_otherwise"
    line, moment = _line(found["sort_key"], entry.words), _second(entry.signed_at)
    if (*line, moment) in there.moments or (not moment and line in there.lines):
        return "already_there"
    is_new = seen.is_new("line", *line)  # at any moment
    if moment:
        is_new = seen.is_new("line", *line, moment)
    return "" if is_new else "repeated_line"


def _line(sort_key: str, words: Any) -> tuple[str, ...]:
    return sort_key, *(words[name] or "" for name in ("role", "organisation", "affiliation"))


def _second(moment: datetime | None) -> str:
    return str(moment.timestamp()) if moment else ""


def _doubts(entry: Entry, found: dict[str, str], there: _There, seen: Seen) -> Iterator[str]:
    name = found["sort_key"]
    if name in there.counted:
        yield "name_signed"
    if not seen.is_new("name", name):
        yield "repeated_name"
    yield from of_line(*(str(entry.words[name] or "") for name in _OF_LINE))


def _there(letter: Letter, entries: Sequence[Entry], names: Sequence[str], how: str) -> _There:
    """Look up only these entries: the cost does not grow with the letter, however many share a name."""
    session, of_it = db.session, S.letter_id == letter.id
    mailboxes = {entry.key for entry in entries if entry.key}
    ids = {entry.id for entry in entries if entry.id}
    known = [*session.execute(sa.select(S.mailbox_key, VOUCHED_FOR).where(of_it, S.mailbox_key.in_(mailboxes)))]
    if ids:  # "+ 0", or SQLite reads the whole letter by its index
        same = S.letter_id + 0 == letter.id, S.public_id.in_(ids)
        known += session.execute(sa.select(S.public_id, VOUCHED_FOR).where(*same))
    bare = [(name, entry.signed_at) for name, entry in zip(names, entries, strict=True) if not entry.key]
    unaddressed = of_it, S.mailbox_key.is_(None)
    line = (S.sort_key, S.role, S.organisation, sa.func.coalesce(S.affiliation, ""))
    at_all = [name for name, moment in bare if moment is None]
    then = [moment for _name, moment in bare if moment]
    lines = sa.select(*line).where(*unaddressed, S.sort_key.in_(at_all)).distinct()
    moments = sa.select(*line, S.signed_at).where(
        *unaddressed, S.sort_key.in_([name for name, moment in bare if moment]), S.signed_at.in_(then)
    )
    return _There(
        stand={key for key, theirs in known if key and theirs} | erased_among(letter, ids),
        asked={key for key, theirs in known if key and not theirs} if how == ASK else set(),
        left_out=erased_among(letter, mailboxes)
        | _declined(letter, mailboxes)
        | _silent(mailboxes, how)
        | _erased(ids),
        counted=_counted(letter, set(names)),
        lines={tuple(row) for row in session.execute(lines)} if at_all else (),
        moments={(*row[:-1], _second(row[-1])) for row in session.execute(moments)} if then else (),
    )


def _erased(ids: Collection[str]) -> set[str]:
    """Return those public ids whose signatures were erased, under any letter."""
    return set(db.session.scalars(sa.select(Erasure.public_id).where(Erasure.public_id.in_(ids)))) if ids else set()


def _counted(letter: Letter, names: Collection[str]) -> set[str]:
    """Return those sort keys under which somebody counts; the query stops at the first of each."""
    if not names:
        return set()
    listed = sa.bindparam("names", json.dumps(list(names)), sa.Text)  # one parameter: the statement stays the same
    each = sa.func.json_array_elements_text(sa.cast(listed, sa.JSON)) if is_postgresql() else sa.func.json_each(listed)
    name = each.table_valued("value").c.value
    counting = sa.select(S.id).where(S.letter_id == letter.id, S.sort_key == name, S.counted_at.is_not(None))
    first = counting.limit(1).scalar_subquery()  # PostgreSQL turns EXISTS into a join that may read the whole letter
    return set(db.session.scalars(sa.select(name).where(first.is_not(None))))


def _declined(letter: Letter, mailboxes: Collection[str]) -> set[str]:
    """Return those mailbox keys whose owners declined an invitation to this letter."""
    theirs = Invitation.letter_id == letter.id, Invitation.mailbox_key.in_(mailboxes)
    said_no = sa.select(Invitation.mailbox_key).where(*theirs, Invitation.declined_at.is_not(None))
    return {key for key in db.session.scalars(said_no) if key}


def _silent(mailboxes: Collection[str], how: str) -> set[str]:
    """Return those mailbox keys that said "it was not me"; if people are asked, also those that bounce mail."""
    silent: list[sa.ColumnElement[bool]] = [Mailbox.suppressed_at.is_not(None)]
    if how == ASK:
        silent.append(in_vain())
    return set(db.session.scalars(sa.select(Mailbox.key).where(Mailbox.key.in_(mailboxes), sa.or_(*silent))))
