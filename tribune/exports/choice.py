"""Which signatures a file holds, and with whose addresses."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Self

import sqlalchemy as sa

from tribune.letters.models import Letter
from tribune.moderation.filters import Filter
from tribune.signatures.models import Signature
from tribune.signatures.table import EXPORTED, every_row
from tribune.statements import count_of

ADDRESSES = ("none", "consented", "all")  # in a file; consented: of those who agreed to be written to


class UnknownChoice(ValueError):
    """The argument `name` has a value that does not exist."""

    def __init__(self, name: str) -> None:
        self.name = name


@dataclass(frozen=True)
class Choice:
    """What is asked of a file. `filter`: that of the table, except status and order, which are the file's own."""

    status: str = "confirmed"
    addresses: str = "consented"
    filter: Filter = field(default_factory=Filter)

    @classmethod
    def from_args(cls, args: Mapping[str, Any]) -> Self:
        """Read the query arguments of a request. Raises UnknownChoice."""
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
        """Return the query arguments of this choice."""
        return {"status": self.status, "addresses": self.addresses, **self.filter.as_args()}

    def rows(self, letter: Letter) -> Iterator[Signature]:
        """Yield the signatures, read from the database as they are consumed."""
        return every_row(letter, self.condition(letter))

    def count(self, letter: Letter) -> int:
        """Count the signatures. As slow as reading the index entry of each."""
        return count_of(self.condition(letter))

    def condition(self, letter: Letter) -> sa.ColumnElement[bool]:
        """Return the condition for the signatures of the letter."""
        return sa.and_(*self.filter.conditions(letter), EXPORTED[self.status])
