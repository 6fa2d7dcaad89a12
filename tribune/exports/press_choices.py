"""What is asked of a press list."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from tribune.exports.choice import UnknownChoice
from tribune.signatures.lines import Style

MOST = 20_000  # people of a list; no newspaper prints more
ALLOWED = {
    "people": ("all", "first", "surname"),  # first ones, then by surname; the first ones alone; all by surname
    "separator": ("semicolon", "comma", "lines"),
    "organisation": ("page", "brackets", "comma"),
    "capacity": ("no", "yes"),
    "capitals": ("no", "yes"),
    "sections": ("no", "yes"),
    "others": ("yes", "no"),
}


@dataclass(frozen=True)
class Choices:
    """What is asked of a press list, each one of its ALLOWED; `most`: how many people are named, None: all."""

    people: str = "all"
    separator: str = "semicolon"
    organisation: str = "page"
    capacity: str = "no"
    capitals: str = "no"
    sections: str = "no"
    others: str = "yes"
    most: int | None = None

    @classmethod
    def from_args(cls, args: Mapping[str, Any]) -> Self:
        """What the arguments of an address ask. Raises UnknownChoice."""
        given = {name: args.get(name) or getattr(cls, name) for name in ALLOWED}
        for name, value in given.items():
            if value not in ALLOWED[name]:
                raise UnknownChoice(name)
        most = str(args.get("most") or "").strip()
        if most and not (most.isascii() and most.isdigit() and 0 < len(most) <= 5 and 1 <= int(most) <= MOST):
            raise UnknownChoice("most")
        return cls(**given, most=int(most) if most else None)

    @property
    def limit(self) -> int:
        """How many people it names at most."""
        return self.most or MOST

    @property
    def style(self) -> Style:
        """How its lines are written. Between commas, all that follows a name stands in brackets, or nobody knows whose
        role it is."""
        return Style(
            self.organisation,
            inside=self.separator == "comma",
            capitals=self.capitals == "yes",
            capacity=self.capacity == "yes",
        )
