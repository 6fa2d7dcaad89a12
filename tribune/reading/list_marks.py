"""What stands before names in a list and is part of none: bullets, numbers, emphasis."""

import re

# Word processors use an o in some font as a bullet, and private characters.
_BULLETS = re.compile(r"(?:[•‣▪▫●○◦∙·■□◆◇►▶▸→➔➤✓✔☐☑★☆§\uf020-\uf0ff]\s*|[-–—―*+>]\s+|[-–—―](?=[^\W\d_])|o\t\s*)+")
_NUMBER = re.compile(r"(?!\d+\.(?:org|com|net|fr)\b)[(\[]?\d{1,6}(?:[.)\]]+|\s?[-–—:]\s)\s*(?=\D)")
_BARE_NUMBER = re.compile(r"(\d{1,6}) +")


def without_bullets(line: str) -> str:
    """Return the line without bullets before it."""
    bullets = _BULLETS.match(line)
    return line[bullets.end() :] if bullets else line


def without_marks(line: str, position: int) -> str:
    """Return the line without bullet, number and Markdown's emphasis; `position` counts the lines from 1."""
    line = without_bullets(line.strip())
    number = _NUMBER.match(line) or _BARE_NUMBER.match(line.replace("\u00a0", " "))
    # A number without punctuation may be part of the name ("50 Cent"), unless it counts the lines, headings or not.
    if number and (number.re is _NUMBER or int(number[1]) in (position, position - 1)):
        line = line[number.end() :]
    return line.replace("**", "").replace("__", "").strip(" *")
