"""Cuts a line of recipients, as mail programs copy them, behind the address of each."""

import re
from collections.abc import Iterator

from tribune.reading.addresses import ADDRESS, beside_addresses
from tribune.reading.names_in_line import MARKS, NAME_ENDS, is_full_name
from tribune.reading.odd_names import has_letters
from tribune.reading.pieces_of_line import pieces_of

# Up to a bracket that holds an address: the one of "directrice du Port (Lyon), zoe@…" does not end what is about her.
_TO_BRACKET = re.compile(
    r"(.*?(?:<[^<>@]*@[^<>]*>|\([^()@]*@[^()]*\)|\[[^][@]*@[^][]*\])|.+)\s*[,;.]?\s*(?:(?:et|and|&)\s+)?"
)
_TO_ADDRESS = re.compile(rf"({ADDRESS.pattern}[)\]}}>»”›\"']*)[ .,{MARKS}]*(?:(?:et|and|&)\s+)?")
_ALONE = re.compile(rf'"?{ADDRESS.pattern}"?\s*[,;]\s*')  # a recipient without a name; the next one begins after it


def recipients_in(line: str) -> list[str]:
    """Cut recipients copied from a mail: `Zoé Évrard <zoe@…>, ana@…, Léo Cid <leo@…>`; any other line stays whole.

    So does `Zoé Évrard <zoe@…>, maire ; Ana Ba <ana@…>`, of which a piece would begin with the role of another.
    """
    pieces = [one for piece in _TO_BRACKET.findall(line) for one in _alone_before(piece)]
    are_cut = len(pieces) > 1 and all(ADDRESS.search(piece) and ";" not in beside_addresses(piece) for piece in pieces)
    return pieces if are_cut else [line]


def in_a_row(line: str) -> list[str]:
    """Cut `Ana Ba, juge, ana@…, Zoé Cy, zoe@…` behind each address, if each piece begins with a whole name; else [].

    Nor is a line cut so whose people are set apart by marks, as some may have no address.
    """
    found = [*_TO_ADDRESS.finditer(line)]
    starts = [0, *(one.end() for one in found)]
    pieces = [line[start : one.end(1)] for start, one in zip(starts, found, strict=False)]
    if len(pieces) < 2 or ";" in line or has_letters(line[starts[-1] :]):
        return []
    names = (NAME_ENDS.split(beside_addresses(piece), maxsplit=1)[0].strip() for piece in pieces)
    return pieces if all(map(is_full_name, names)) and len(pieces_of(beside_addresses(line))) == 1 else []


def _alone_before(piece: str) -> Iterator[str]:
    """Yield each bare address that stands before a recipient with a name and an address, then that recipient."""
    start = 0
    while piece.endswith(">") and (alone := _ALONE.match(piece, start)) and ADDRESS.search(piece, alone.end()):
        yield alone[0]
        start = alone.end()
    yield piece[start:]
