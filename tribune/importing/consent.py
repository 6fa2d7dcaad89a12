"""What an answer of a form says: yes, no, or nothing that could be taken for a yes."""

import re

from tribune.names import plain

_YES = frozenset("oui yes y o true vrai 1 x ok on".split()) | {"d accord"}
_TICKS = ("✓", "✔", "☑")
_NO = frozenset("non no n false faux 0 off nein none null".split()) | {""}
_BEGINS = re.compile(r"(?:j accepte|j autorise|je consens|je souhaite|i agree|i accept|i consent|i would like)\b")
_BUT = re.compile(r"\b(?:pas|jamais|not|never|mais|but|don t|sauf|except)\b")


def agreed(cell: str) -> bool | None:
    """Yes or no; None where nobody can tell, which is no yes."""
    words = plain(cell)
    if words in _YES or cell.strip() in _TICKS:
        return True
    if words in _NO:
        return False
    return True if _BEGINS.match(words) and not _BUT.search(words) else None


def is_an_answer(cell: str) -> bool:
    """Whether it could be told."""
    return agreed(cell) is not None
