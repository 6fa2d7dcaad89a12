"""The email addresses of a line, and what stands beside them, without the marks that set them apart."""

import re

# No address of a person holds these; it begins after one of them, so that a long word is read once.
_APART = r"\s<>(){}\[\],;:\"«»“”‹›@/*`|=→…!?"
ADDRESS = re.compile(rf"(?<![^{_APART}])[^{_APART}]{{1,64}}@[^{_APART}]{{0,250}}[^{_APART}.-]")
QUOTES = "'‘’"  # put by mail programs around an address; inside one they belong to it
_BEFORE = r"(?: ?(?:[,:|/–-](?= )|=>?|→))? ?"  # what leads to it goes with it, but for what may part people
_MAIL = rf"(?:mailto:)?{ADDRESS.pattern}(?:\?[\w=&%+.!-]+)?"  # behind "?", what a link puts into the mail
_NUMBER = (
    r"(?<![\w.-])(?:(?:(?:tél|tel|mob)[^\W\d_]{0,6}|port(?:able|(?= ?[.:])))[.: ]{1,4})?"
    r"(?:\+|0)\d(?:[ .()-]{0,2}\d){7,13}(?![.-]?\d)"  # no ORCID, no span of days
)
# Brackets go only as a pair: the one behind "(maire, zoe@…)" closes another.
_IN_MARKS = rf"[*`]{{1,3}}{_MAIL}[*`]{{1,3}}|[(\[{{«“‹\"]\s?{_MAIL}\s?(?:[)\]}}»”›\"]|$)"
_AROUND_ADDRESS = re.compile(rf"{_BEFORE}(?:{_IN_MARKS}|<? ?{_MAIL} ?>?)[.!?…]*", re.IGNORECASE)
PHONE = re.compile(rf"{_BEFORE}(?:[(\[]{_NUMBER}(?:[)\]]|$)|{_NUMBER})", re.IGNORECASE)
# Where something was removed: brackets that held no more, what begins or ends them, before a comma, between two ";".
_GAP = re.compile(r" ?[(\[][ ,;:|/–-]*[)\]]|(?<=[(\[])[ ,;:|/–-]+| (?=[,)\]])| ?;(?= ?;)")
_QUOTED_NAME = re.compile(r"([\"'])([^\"<>]{1,200})\1 ?<")  # as mail programs write it: "Zoé Évrard" <zoe@…>


def addresses_in(text: str) -> list[str]:
    """Return each address once, in order."""
    return list(dict.fromkeys(found.strip(QUOTES) for found in ADDRESS.findall(text)))


def without_addresses(text: str) -> str:
    """Return what stands beside the addresses, line by line; a line without one stays as it is."""
    return "\n".join(_beside(line) if ADDRESS.search(line) else line for line in text.splitlines()).strip()


def beside_addresses(piece: str) -> str:
    """Return what may be printed of a piece, neither addresses nor phone numbers; a heading keeps its colon."""
    beside = PHONE.sub("", without_addresses(piece))
    return (piece.strip(" ,;|") if beside == piece else _GAP.sub("", beside).strip(" ,;:|")).strip()


def _beside(line: str) -> str:
    unquoted = _QUOTED_NAME.sub(r"\2 <", line)
    return _GAP.sub("", " ".join(_AROUND_ADDRESS.sub(" ", unquoted).split())).strip(" ,;:|/<>=→–-`\"'")
