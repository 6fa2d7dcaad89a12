"""The filters of the organiser's table of signatures, also used by files and batches."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any, Self

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from tribune.days import asked_day, within
from tribune.fields import as_stored, tidy, tidy_address
from tribune.letters.models import Letter
from tribune.names import searched
from tribune.outbox.mailboxes import AddressRefused, mailbox_key
from tribune.signatures.flags import KINDS
from tribune.signatures.models import Flag, Signature
from tribune.signatures.table import NAMED, STATUSES

S = Signature
SORTS = ("recent", "surname", "organisation")
YES_NO = ("yes", "no")
LONGEST = 100  # characters of a search, or of the name of a section


@dataclass(frozen=True)
class Filter:
    """Which signatures of a letter, and in which order; empty fields filter nothing.

    `since`, `until`: days in the letter's timezone, both included. `network`: the public id of a signature; those that
    came from the same network, as long as that is known.
    """

    q: str = ""
    status: str = ""
    flag: str = ""
    since: date | None = None
    until: date | None = None
    published: str = ""
    news: str = ""
    section: str = ""
    network: str = ""
    sort: str = "recent"

    @classmethod
    def from_args(cls, args: Mapping[str, Any]) -> Self:
        """Read the arguments of an address, or a stored choice; ignore unknown values. Raises UnknownDay."""
        q = tidy_address(args.get("q"))[:LONGEST].strip()
        return cls(
            q=q if searched(q) or "@" in q else "",
            status=_one_of(STATUSES, args.get("status")),
            flag=_one_of(KINDS, args.get("flag")),
            since=asked_day(args.get("since")),
            until=asked_day(args.get("until")),
            published=_one_of(YES_NO, args.get("published")),
            news=_one_of(YES_NO, args.get("news")),
            section=as_stored(args.get("section"))[:LONGEST].strip(),
            network=tidy(args.get("network"))[:LONGEST].strip(),
            sort=_one_of(SORTS, args.get("sort")) or "recent",
        )

    def as_args(self) -> dict[str, str]:
        """Return the same filter as arguments, without empty ones."""
        given = {name: str(value) for name, value in asdict(self).items() if value}
        if self.sort == "recent":
            del given["sort"]
        return given

    @property
    def asks(self) -> bool:
        """Whether it filters at all."""
        return replace(self, sort="recent") != type(self)()

    @property
    def asks_an_address(self) -> bool:
        """Whether it searches an email address."""
        return "@" in self.q

    @property
    def is_for_editors(self) -> bool:
        """Whether it asks what viewers may not: an email address, or who signed from one network."""
        return self.asks_an_address or bool(self.network)

    def conditions(self, letter: Letter) -> list[sa.ColumnElement[bool]]:
        """Return the conditions for matching signatures of this letter, including that they are of this letter."""
        asked: list[sa.ColumnElement[bool]] = [S.letter_id == letter.id, NAMED, *self._search()]
        if self.status:
            asked.append(STATUSES[self.status])
        if self.flag:
            flagged = sa.select(Flag.signature_id).where(Flag.letter_id == letter.id, Flag.kind == self.flag)
            asked.append(S.id.in_(flagged.where(Flag.cleared_at.is_(None))))
        asked += within(S.signed_at, self.since, self.until, letter.zone)
        for column, answer in ((S.published, self.published), (S.news, self.news)):
            if answer:
                asked.append(column.is_(answer == "yes"))
        if self.section:
            asked += [sa.text("signatures.section <> ''"), S.section == self.section]  # type: ignore[list-item]
        if self.network:
            asked.append(S.id.in_(_from_the_network_of(letter, self.network)))
        return asked

    def _search(self) -> list[sa.ColumnElement[bool]]:
        if not self.asks_an_address:
            return [S.search_key.contains(word) for word in searched(self.q)]
        try:
            key = mailbox_key(self.q)
        except AddressRefused:  # only part of an address: it would tell those that are no longer shown, bit by bit
            return [sa.func.lower(S.email).contains(self.q.lower(), autoescape=True), S.withdrawn_at.is_(None)]
        # Few rows have this key; the OFFSET makes PostgreSQL fetch them first, rather than read the whole letter.
        return [S.id.in_(sa.select(S.id).where(S.mailbox_key == key).offset(0))]


def _from_the_network_of(letter: Letter, public_id: str) -> sa.Select[int]:
    """Select the ids of all who signed a letter from the network of one of them; none if that is no longer known."""
    one, same = aliased(S), aliased(S)
    network = sa.select(one.network_hash).where(one.letter_id == letter.id, one.public_id == public_id)
    theirs = same.letter_id == letter.id, same.network_hash == network.scalar_subquery()
    # Few rows; the OFFSET makes PostgreSQL fetch them first, as above.
    return sa.select(same.id).where(*theirs).offset(0)


def _one_of(known: Any, asked: Any) -> str:
    return asked if isinstance(asked, str) and asked in known else ""
