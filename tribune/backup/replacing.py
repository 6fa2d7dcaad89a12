"""Keep a file from being replaced by one of wishes (`--erasures-only`) that knows less.

A whole backup always knows more. And once a disk is lost, a file of wishes is all that is left of them, while the timer
that writes it every ten minutes may run on the new machine before anything is restored there.
"""

import hmac
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa

from tribune.audit.models import Verb
from tribune.backup import rows, wishes
from tribune.backup.database import slices
from tribune.backup.file import BadBackup, Reader
from tribune.backup.since import last_stood
from tribune.invitations.models import Invitation
from tribune.outbox.models import Mailbox
from tribune.signatures.erased import owner_name
from tribune.signatures.models import Signature

SITE = "site"  # a table beside the wishes: which site they are of


class KnowsMore(Exception):
    """The existing file knows a wish, as to be erased or hidden, and the database does not; or is of another site."""


class IsWhole(Exception):
    """The existing file is a whole backup."""


def name_of_site(connection: sa.Connection, tables: sa.MetaData) -> str:
    """Return a name that is the same in all backups of a site and no other's; a hash of its key, which it hides."""
    key = connection.execute(sa.select(tables.tables["site_keys"].columns["value"])).scalars().one()
    return hmac.digest(bytes.fromhex(key), b"tribune.backup", "sha256").hex()


def sites_of(wished: Reader) -> list[str]:
    """Return the name of the site that a file is of, as a list; [] for older files, which do not say."""
    return [site["name"] for site in wished.records(SITE)]


def refuse(path: Path, connection: sa.Connection, tables: sa.MetaData) -> None:
    """Raise IsWhole for a whole backup at `path`, KnowsMore for another site's wishes, or for one unknown here."""
    try:
        with Reader(path) as there:
            if there.manifest.whole:
                raise IsWhole
            sites = sites_of(there)
            erased = {row["public_id"] for row in there.records("erasures")}
            left = [row for row in there.records("signatures") if row["withdrawn_at"]]
            others = _others(there)
    except (FileNotFoundError, BadBackup):
        return
    gone = set(connection.execute(sa.select(tables.tables["erasures"].columns["public_id"])).scalars())
    if erased - gone or not {name_of_site(connection, tables)}.issuperset(sites):
        raise KnowsMore
    signatures = tables.tables["signatures"].columns
    gone |= {*connection.scalars(sa.select(signatures["public_id"]).where(signatures["withdrawn_at"].is_not(None)))}
    known = _known_to_withdraw(connection, tables)
    for row in left:
        who, since = row["public_id"], row["withdrawn_at"]
        # By their own signature: `signatures/erased.py: keep_replaced`. Older files do not say of which letter.
        replaced = owner_name(row.get("letter_id", 0), who)
        if not {who, replaced} & gone and known.get(who, "") < since:
            raise KnowsMore
    if any(_is_unheard(connection, kind, said) for kind, said in others.items()):
        raise KnowsMore


def _known_to_withdraw(connection: sa.Connection, tables: sa.MetaData) -> dict[str, str]:
    """Return who withdrew here, by public id, and when: who stands all the same has signed again, or accepted again.

    The log is kept longer than withdrawn rows.
    """
    signatures, events = tables.tables["signatures"].columns, tables.tables["events"].columns
    theirs = events["signature_id"] == signatures["id"], events["verb"] == str(Verb.SIGNATURE_WITHDRAWN)
    query = sa.select(signatures["public_id"], sa.func.max(events["at"])).where(*theirs)
    return {who: rows.plain(at) for who, at in connection.execute(query.group_by(signatures["public_id"]))}


def _others(wished: Reader) -> dict[str, dict[str, str]]:
    """Return who hid their line, refused news, declined, or said "it was not me", and since when, by what they wished.

    What older files say of consents is left out, since they do not say since when.
    """
    known: dict[str, dict[str, str]] = {consent: {} for consent in wishes.CONSENTS}
    for said in wished.records("consents"):
        for consent in wishes.CONSENTS if "at" in said else ():
            if not said[consent]:
                known[consent][said["public_id"]] = said["at"]
    return known | {name: dict(pairs) for name, _columns, pairs in wished.parts(("invitations", "mailboxes"))}


def _is_unheard(connection: sa.Connection, kind: str, known: Mapping[str, str]) -> bool:
    """Whether one of them stands here otherwise, and has done nothing since by which they do."""
    consent = kind if kind in wishes.CONSENTS else ""
    for names in slices(known):
        standing = _standing(connection, kind, names)
        stood = last_stood(connection, standing, consent) if standing else {}
        if any(who not in stood or stood[who] <= datetime.fromisoformat(known[who]) for who in standing):
            return True
    return False


def _standing(connection: sa.Connection, kind: str, names: Sequence[str]) -> set[str]:
    """Return which of them are shown, written to, or invited here; whom the database does not have is not."""
    if kind == "mailboxes":  # but for these: whoever types that address has it written to
        silent = sa.select(Mailbox.key).where(Mailbox.key.in_(names), Mailbox.suppressed_at.is_not(None))
        return {*names} - {*connection.scalars(silent)}
    if kind == "invitations":
        asked = sa.select(Invitation.link_nonce).where(Invitation.link_nonce.in_(names))
        return {*connection.scalars(asked.where(Invitation.declined_at.is_(None)))}
    agreed = sa.select(Signature.public_id).where(Signature.public_id.in_(names), getattr(Signature, kind).is_(True))
    return {*connection.scalars(agreed)}
