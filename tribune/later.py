"""Large libraries that no first page needs, imported on first use.

The one place where an import happens elsewhere than at the top of a file; docs/decisions/0050-large-libraries-later.md.
"""

from importlib import import_module
from typing import Any


class Later:
    """A module that is imported once an attribute of it is asked for."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, name: str) -> Any:
        return getattr(import_module(self._name), name)
