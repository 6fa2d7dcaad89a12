"""What people asked for, which no restore may undo: a signature erased, withdrawn, shown no more, not moved under a
changed text; no more mail.

Which keys were revoked: `keys.py`.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import sqlalchemy as sa

from tribune.audit.models import Verb
from tribune.backup import again, keys, rows
from tribune.backup.database import slices
from tribune.backup.erasing import decline, erase, erase_invitations, fall_silent
from tribune.backup.file import Part
from tribune.backup.since import last_stood
from tribune.invitations.models import Invitation
from tribune.signatures.erased import owner_name
from tribune.signatures.models import VOUCHED_FOR, Erasure, Signature
from tribune.signatures.replacing import ATTESTED
from tribune.tokens import AHEAD

# By table: the column that says who, and the one that says since when.
TABLES = {
    "erasures": ("public_id", "erased_at"),
    "signatures": ("public_id", "withdrawn_at"),
    "invitations": ("link_nonce", "declined_at"),
    "mailboxes": ("key", "suppressed_at"),
}
OWNER = ("letter_id", "mailbox_key")  # of a signature
DECLINED = "disagreed_at"  # of a signature whose owner declined a changed text
CONSENTS = ("published", "news")  # of a signature, once its owner has changed one of them
PARTS = (*TABLES, "consents", "keys")
OF_SIGNATORIES = (*TABLES, "consents")
FINAL = ("erasures",)  # the owner may have changed their mind about anything else
LONG_AGO = datetime.fromtimestamp(0, UTC)
# What is dated this shortly before a backup may not be in it: it was under way, or the clock of its machine is slow.
UNDER_WAY = timedelta(minutes=1) + AHEAD


def read(connection: sa.Connection, tables: sa.MetaData) -> Iterator[Part]:
    """Yield what a database knows: one of PARTS, its columns, its rows."""
    for name, (who, when) in TABLES.items():
        table = tables.tables.get(name)
        if table is not None and when in table.columns:
            columns = [who, when, *((*OWNER, DECLINED) if name == "signatures" else ())]
            said = sa.or_(*(table.columns[moment].is_not(None) for moment in (when, DECLINED) if moment in columns))
            yield name, columns, rows.read(connection, table, columns, said)
    if "events" in tables.tables:
        yield "consents", ["public_id", *CONSENTS, *OWNER, "at"], _consents(connection, tables)
    yield "keys", keys.COLUMNS, keys.read(connection, tables)


def _consents(connection: sa.Connection, tables: sa.MetaData) -> Iterator[list[Any]]:
    """Yield the consents of each signature whose owner changed one, with the owner and the last change."""
    signatures, events = tables.tables["signatures"].columns, tables.tables["events"].columns
    number, last = events["signature_id"], sa.func.max(events["at"])
    changed = sa.select(number, last.label("at")).where(events["verb"] == str(Verb.CONSENT_CHANGED)).group_by(number)
    since = changed.subquery().columns
    columns = [signatures[name] for name in ("public_id", *CONSENTS, *OWNER)]
    query = sa.select(*columns, since["at"]).where(signatures["id"] == since["signature_id"])
    for row in connection.execute(query.execution_options(yield_per=rows.PART)):
        yield [rows.plain(value) for value in row]


class Granted(NamedTuple):
    """How many signatures were erased, how many withdrawn, how many consents and which keys were taken back.

    `declined`: how many invitations and changed texts were; `silent`: how many mailboxes are written to no more.
    `left_out`: of how many signatures, mailboxes and invitations a wish is older than what their owner did since.
    """

    erased: int
    withdrawn: int
    consents: int
    declined: int
    silent: int
    keys: keys.Taken
    left_out: int


class Wishes:
    """What is known from databases and backups; of two moments for the same thing, the one added first stays.

    `taken_at`: the moment of the backup to restore. What was asked earlier is ignored, unless FINAL: the backup has it.
    None: nothing is restored, and only what somebody wished before they did something else is ignored.
    """

    def __init__(self, taken_at: datetime | None) -> None:
        self._is_living, self._taken_at = taken_at is None, taken_at or LONG_AGO
        self._known: dict[str, dict[str, str]] = {name: {} for name in TABLES}  # by table and who: since when
        self._declined: dict[str, str] = {}  # a changed text, by public id
        self._left_by_owner: dict[str, str] = {}  # withdrawn signatures, by `signatures/erased.py: owner_name`
        self._owner_of: dict[str, str] = {}  # the owner_name of these, by public id
        self._refused: dict[str, dict[str, str]] = {consent: {} for consent in CONSENTS}  # by public id
        self._refused_by_owner: dict[str, dict[str, str]] = {consent: {} for consent in CONSENTS}  # by owner_name
        self._keys: keys.Known = {}
        self._left_out: set[str] = set()

    def add(self, name: str, columns: list[str], given: Iterable[list[Any]]) -> None:
        """Add rows of one of PARTS."""
        if name == "consents":
            for row in given:
                self._add_consents(dict(zip(columns, row, strict=True)))
        elif name == "keys":
            keys.narrow(self._keys, given)
        elif TABLES[name][1] in columns:
            who, when = map(columns.index, TABLES[name])
            owner = [columns.index(column) for column in OWNER if column in columns]
            declined = columns.index(DECLINED) if DECLINED in columns else None
            for row in given:
                if row[when] and (name in FINAL or not self._is_in_the_backup(row[when])):
                    self._known[name].setdefault(row[who], row[when])
                    if owner and (theirs := owner_name(*(row[place] for place in owner))):
                        self._left_by_owner.setdefault(theirs, row[when])
                        self._owner_of[row[who]] = theirs
                if declined is not None and row[declined] and not self._is_in_the_backup(row[declined]):
                    self._declined.setdefault(row[who], row[declined])

    def _add_consents(self, said: Mapping[str, Any]) -> None:
        since = said.get("at") or self._taken_at.isoformat()  # older files have neither moment nor owner
        theirs = owner_name(said["letter_id"], said["mailbox_key"]) if "at" in said else ""
        for consent in CONSENTS:
            if not said[consent] and not self._is_in_the_backup(since):
                self._refused[consent].setdefault(said["public_id"], since)
                if theirs:
                    self._refused_by_owner[consent].setdefault(theirs, since)

    def _is_in_the_backup(self, since: str) -> bool:
        return datetime.fromisoformat(since) < self._taken_at - UNDER_WAY

    def grant(self, connection: sa.Connection) -> Granted:
        """Apply everything to a database at the present schema. The caller has to count again."""
        self._known["erasures"] |= _by_team(connection, self._known["erasures"])
        self._known["signatures"] |= _by_team(connection, self._left_by_owner)
        gone = left = taken_back = said_no = silent = 0
        for erased in self._lasting(connection, self._known["erasures"]):
            _keep(connection, erased)
            gone += erase(connection, erased)
        erased = {name: datetime.fromisoformat(moment) for name, moment in self._known["erasures"].items()}
        erase_invitations(connection, erased)
        # Before those of them who withdrew: they may sign again.
        for declined in self._lasting(connection, self._declined):
            said_no += again.disagree(connection, declined)
        # Withdrawing may confirm them, as of then: later than whatever they refused before.
        for consent, known in self._refused.items():
            all_known = known | _by_team(connection, self._refused_by_owner[consent])
            for refused in self._lasting(connection, all_known, consent):
                taken_back += again.refuse(connection, consent, refused)
        for withdrawn in self._lasting(connection, self._known["signatures"]):
            left += again.withdraw(connection, withdrawn)
        for invited in self._lasting(connection, self._known["invitations"]):
            said_no += decline(connection, invited)
        for suppressed in self._lasting(connection, self._known["mailboxes"]):
            silent += fall_silent(connection, suppressed)
        for withdrawn in self._lasting(connection, self._known["signatures"]):
            elsewhere = self._not_there(connection, withdrawn)
            _keep(connection, elsewhere)
            erase_invitations(connection, elsewhere, Invitation.declined_at.is_(None))  # else it says so itself
        revoked = keys.take_back(connection, self._keys)
        return Granted(gone, left, taken_back, said_no, silent, revoked, len(self._left_out))

    def _lasting(
        self, connection: sa.Connection, known: dict[str, str], consent: str = ""
    ) -> Iterator[dict[str, datetime]]:
        """Yield them, in slices, without those older than what their owner did since."""
        for names in slices(known):
            some = {name: datetime.fromisoformat(known[name]) for name in names}
            stood = last_stood(connection, some, consent) if self._is_living else {}
            still = {name: moment for name, moment in some.items() if stood.get(name, moment) <= moment}
            self._left_out |= some.keys() - still.keys()
            if still:
                yield still

    def _not_there(self, connection: sa.Connection, withdrawn: dict[str, datetime]) -> dict[str, datetime]:
        """Return what is kept of withdrawn signatures that the backup does not hold, as retention keeps it of others.

        Nothing else would tell the next restore, of a later backup, or an import that their owners have left.
        """
        here = connection.scalars(sa.select(Signature.public_id).where(Signature.public_id.in_(withdrawn))).all()
        gone = sorted(withdrawn.keys() - {*here}, key=withdrawn.__getitem__)  # of an owner the last moment counts
        names = {name: withdrawn[who] for who in gone for name in (who, self._owner_of.get(who))}
        return {name: moment for name, moment in names.items() if name and name not in self._known["erasures"]}


def _keep(connection: sa.Connection, erased: dict[str, datetime]) -> None:
    connection.execute(sa.delete(Erasure).where(Erasure.public_id.in_(erased)))
    if erased:
        connection.execute(sa.insert(Erasure), [{"public_id": i, "erased_at": at} for i, at in erased.items()])


def _by_team(connection: sa.Connection, owners: dict[str, str]) -> dict[str, str]:
    """Return the signatures, by public id, that the team has written of these owners: attested ones, which their own
    had replaced before they left, and imported ones that wait to be confirmed.

    One attested after that moment stays, but not one imported: no import brings back who has left, if it knows of it.
    """
    if not owners:
        return {}
    columns = Signature.public_id, Signature.letter_id, Signature.mailbox_key, Signature.attested_at, Signature.origin
    asked = sa.and_(Signature.origin == "import", ~VOUCHED_FOR)
    found = {}
    query = sa.select(*columns).where(sa.or_(ATTESTED, asked), Signature.mailbox_key.is_not(None))
    for public_id, letter_id, key, since, origin in connection.execute(query.execution_options(yield_per=rows.PART)):
        left = owners.get(owner_name(letter_id, key))
        if left and (origin == "import" or (since and since <= datetime.fromisoformat(left))):
            found[public_id] = left
    return found
