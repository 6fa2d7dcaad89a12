"""What stands around names in a list and is part of none: bullets, numbers, Markdown's emphasis and links."""

import re

LEADS = (":", "：")  # at the end of a line: to those below
# Whatever is no letter of a keyboard, such as an emoji, but for quotes, dashes, "…" and brackets.
_SIGN = r"[^\w\s\0-\xa6\xa8-\xb6\xb8-\u036f\u2010-\u201f…‹›\u3000-\u303f\uff00-\uffff]"
# Word processors use an o in some font as a bullet.
_BULLETS = re.compile(rf"(?:{_SIGN}\s*|[-–—―*+>]\s+|[-–—―](?=[^\W\d_])|o\t\s*)+")
_NUMBER = re.compile(  # "1." "(2)" "3 -" "4/" "5°" "6️⃣"; a letter has a bracket behind it
    r"(?!\d+\.(?:org|com|net|fr)\b)[(\[]?(?:\d{1,6}|[a-z](?=\)))(?:[.)\]/°º\ufe0f\u20e3]+|\s?[-–—:]\s)\s*(?=\D)"
    r"|n[°º] ?\d{1,6}[ .:)/–—-]+(?=\D)",
    re.IGNORECASE,
)
_BARE_NUMBER = re.compile(r"(\d{1,6}) +")
# Asterisks are also inside words ("auteur*rice*s") and behind names, for a note.
_EMPHASISED = re.compile(r"(?<![^\W_])([*_])(?=[^\s*_])([^*_]{1,300})(?<!\s)\1(?![^\W_])")
_LINKED = re.compile(r"\[([^\[\]]{1,300})\]\(https?://(?:[^()]|\([^()]{0,300}\)){1,1000}\)")
_ROW = re.compile(r"\|(.+)\|")


def without_bullets(line: str) -> str:
    """Return the line without bullets before it."""
    bullets = _BULLETS.match(line)
    return line[bullets.end() :] if bullets else line


def without_marks(line: str, position: int) -> str:
    """Return the line without bullet, number and marks of Markdown; `position` counts the lines from 1."""
    line = without_bullets(line.strip())
    number = _NUMBER.match(line) or _BARE_NUMBER.match(line.replace("\u00a0", " "))
    # A number without punctuation may be part of the name ("50 Cent"), unless it counts the lines, headings or not.
    if number and (number.re is _NUMBER or int(number[1]) in (position, position - 1)):
        line = line[number.end() :]
    return _without_markdown(line).strip(" *").removesuffix("\\")  # Markdown ends a line so within a paragraph


def is_marked(line: str) -> bool:
    """Whether it begins with a mark; those inside it or at its end tell nothing about lines."""
    return without_marks(line, 0)[:1] != line[:1]


def tabbed(line: str) -> str:
    """Return a row of a Markdown table as it is copied from a spreadsheet, and any other line as it is."""
    row = _ROW.fullmatch(line.strip())
    return _without_markdown(row[1].replace("|", "\t")) if row else line


def _without_markdown(line: str) -> str:
    unlinked = _LINKED.sub(r"\1", line).replace("**", "").replace("__", "")
    return _EMPHASISED.sub(r"\2", unlinked)
