"""The choices of a press list."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from tribune.exports.choice import UnknownChoice
from tribune.signatures.lines import Style

MOST = 20_000  # people in a list; no newspaper prints more
ALLOWED = {
    "people": ("all", "first", "surname"),  # first signatories, then others by surname; first only; all by surname
    "separator": ("semicolon", "comma", "lines"),
    "organisation": ("page", "brackets", "comma"),
    "capacity": ("no", "yes"),
    "capitals": ("no", "yes"),
    "sections": ("no", "yes"),
    "others": ("yes", "no"),
}


@dataclass(frozen=True)
class Choices:
    """The choices of a press list, each one of its ALLOWED; `most`: how many people to name, None: all."""

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
        """Read the query arguments of a request. Raises UnknownChoice."""
        given = {name: args.get(name) or getattr(cls, name) for name in ALLOWED}
        for name, value in given.items():
            if value not in ALLOWED[name]:
                raise UnknownChoice(name)
        most = (args.get("most") or "").strip()
        if most and not (most.isascii() and most.isdigit() and len(most) <= 5 and 1 <= int(most) <= MOST):
            raise UnknownChoice("most")
        return cls(**given, most=int(most) if most else None)

    @property
    def limit(self) -> int:
        """The largest number of people to name."""
        return self.most or MOST

    @property
    def style(self) -> Style:
        """How its lines are written. If commas separate people, what follows a name is in brackets, so that it is clear
        whose role it is."""
        return Style(
            self.organisation,
            inside=self.separator == "comma",
            capitals=self.capitals == "yes",
            capacity=self.capacity == "yes",
        )
