"""Which signatures a file holds, and whose addresses with them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Self

import sqlalchemy as sa

from tribune.database import db
from tribune.letters.models import Letter
from tribune.moderation.filters import Filter
from tribune.signatures.models import Signature
from tribune.signatures.table import EXPORTED, every_row

ADDRESSES = ("none", "consented", "all")  # whose are in a file; consented: of those who agreed to be written to


class UnknownChoice(ValueError):
    """The argument of this name asks for what there is not."""

    def __init__(self, name: str) -> None:
        self.name = name


@dataclass(frozen=True)
class Choice:
    """What is asked of a file. `filter`: the question of the table, whose status and order a file has of its own."""

    status: str = "confirmed"
    addresses: str = "consented"
    filter: Filter = field(default_factory=Filter)

    @classmethod
    def from_args(cls, args: Mapping[str, Any]) -> Self:
        """What the arguments of an address ask. Raises UnknownChoice."""
        chosen = cls(
            status=args.get("status") or cls.status,
            addresses=args.get("addresses") or cls.addresses,
            filter=replace(Filter.from_args(args), status="", sort="recent"),
        )
        if chosen.status not in EXPORTED:
            raise UnknownChoice("status")
        if chosen.addresses not in ADDRESSES:
            raise UnknownChoice("addresses")
        return chosen

    def as_args(self) -> dict[str, str]:
        """The arguments that ask the same."""
        return {"status": self.status, "addresses": self.addresses, **self.filter.as_args()}

    def rows(self, letter: Letter) -> Iterator[Signature]:
        """The signatures, read as they are asked for."""
        return every_row(letter, self.condition(letter))

    def count(self, letter: Letter) -> int:
        """How many they are. Reads the index of every one of them, as the file will."""
        query = sa.select(sa.func.count()).select_from(Signature).where(self.condition(letter))
        return db.session.scalar(query) or 0

    def condition(self, letter: Letter) -> sa.ColumnElement[bool]:
        """Which signatures of the letter they are."""
        return sa.and_(*self.filter.conditions(letter), EXPORTED[self.status])
