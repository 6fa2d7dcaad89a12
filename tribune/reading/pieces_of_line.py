"""Cuts a printed line between people, by marks and brackets, and cuts off a count of others at its end."""

import re
from itertools import pairwise

from tribune.reading.affiliations import looks_like_an_affiliation, without_full_stop
from tribune.reading.full_names import is_lowercase, is_organisation_name
from tribune.reading.names_in_line import (
    BRACKETS,
    COMMA_OR_BRACKET,
    FEWEST_IN_A_ROW,
    FULL_STOP,
    MARKS,
    NAME_ENDS,
    at_outer,
    is_bracketed,
    is_full_name,
    people_in,
)
from tribune.reading.roles import begins_with_a_role

_BETWEEN_PEOPLE = re.compile("[;；؛、]")
_BEFORE_THE_LAST = re.compile(r"^(?:et|and|&|ainsi que|as well as) (?=\S)")
_BEHIND_BRACKETS = re.compile(rf"(?<=[)）])[,.]? (?:[{MARKS}] )?(?:et |and |& )?(?=\S)")
_AND_A_NAME = re.compile(
    r"(?:(.*) )?(?:et|and|&|ainsi que|as well as) ([^()（）]{1,100}(?:[(（][^()（）]{0,100}[)）])?)"
)
_AFTER_BRACKETS = re.compile(r"[)）](?:,| et| and| &) \S")
_BEFORE_A_PERSON = re.compile(r", |(?<=[)）]) (?:et|and|&) |[()（）]")
_MANY = r"(?:(?:plus de |près de |more than |over )?\d[\d .,]{0,12}|many |plusieurs |nombreux |nombreuses )"
_OTHERS = re.compile(
    rf"(?:(?:et|and|ainsi que|plus|avec|with|\+) (?:de |les )?{_MANY}?|\d[\d .,]*)(?:autres?|others?|more)\b"
)
# At the end of a line such words may also belong to a role: "et 2 autres mandats".
_AND_OTHERS = re.compile(
    rf"[ ,;.{MARKS}]{{1,5}}((?:et|and|ainsi que|plus|\+) (?:de |les )?{_MANY}(?:autres?|others?|more)"
    r"(?: (?:co-?)?signat[^,;()]{0,100}|(?: personnes| people)?[. ]{0,3}))$",
    re.IGNORECASE,
)
# At its end, or alone: "La liste complète des signataires est ici."
_WHOLE_LIST = (
    r"((?:et )?(?:retrouvez|découvrez|consultez|voir|voici|lire|la liste|liste|see|find|read|the full list)\b"
    r"[^;]{0,100}\b(?:signataires|signatories)\b[^;]{0,100})$"
)
_ELSEWHERE = re.compile(_WHOLE_LIST, re.IGNORECASE)
_AND_ELSEWHERE = re.compile(rf"(?<=[.;)…]) {_WHOLE_LIST}", re.IGNORECASE)
_MOST_FIELDS = 4  # name, role, organisation, town


def counts_others(text: str) -> bool:
    """Whether the text is about people it does not name: `et 1 159 autres signataires`, `voir tous les signataires`."""
    return _OTHERS.match(text[:100].lower()) is not None or _ELSEWHERE.match(text) is not None


def pieces_of(line: str) -> list[str]:
    """Cut the line where several people are separated: `Ada Lovelace, writer ; Alan Turing`, `A B (org), C D (org)`.

    A count of others at its end becomes a piece of its own, as it is about nobody.
    """
    listed, others = _others_apart(line)
    parts = [part.strip() for part in _BETWEEN_PEOPLE.split(listed) if part.strip(" ,.")]
    if len(parts) < 2 or _are_fields(line, parts):
        parts = _between_marks(listed) or [listed]
    else:
        parts[-1] = _last_of_a_list(parts[-1])
    alone = len(parts) == 1 and bool(others)
    pieces = (piece for part in parts for each in _sentences(part) for piece in _bracketed_people(each, alone))
    return [*pieces, *others]


def pieces_before_roles(line: str) -> list[str]:
    """Cut `A B, writer, C D (org), mayor, E F, poet and G H, judge`, or `A B writer, …`; [] if fewer than four."""
    if _BETWEEN_PEOPLE.search(line) or line.count(", ") < FEWEST_IN_A_ROW - 1:
        return []
    listed, others = _others_apart(line)
    people: list[list[str]] = []
    for cell, behind in pairwise([*at_outer(COMMA_OR_BRACKET, without_full_stop(listed)), ""]):
        joined = None if is_bracketed(cell) else _AND_A_NAME.fullmatch(cell)
        before, name = joined.groups("") if joined else ("", cell)
        is_before_a_role = is_bracketed(name) and _is_a_role(behind, not is_full_name(BRACKETS.sub("", name)))
        if not is_before_a_role and not _runs_into_a_role(name):
            before, name = cell, ""
        if before and not people:
            return []
        if before:
            people[-1].append(before)
        if name:
            people.append([name])
    return [*map(", ".join, people), *others] if len(people) >= FEWEST_IN_A_ROW else []


def may_hold_another(piece: str) -> bool:
    """Whether, in a piece of such a row, may stand somebody else with an unclear name: `A B, poet, Barbara, singer`."""
    cells = at_outer(COMMA_OR_BRACKET, piece)[2:]
    return any(
        cell[:1].isupper() and not cell.isupper() and not is_organisation_name(cell.split())
        for cell, behind in pairwise(cells)
        if _is_a_role(behind, several=True) or is_bracketed(cell)
    )


def _runs_into_a_role(cell: str) -> bool:
    """Whether nothing stands between a name and a role: `A B writer`."""
    found = people_in(cell)
    return found.reason == "no_separator" and is_full_name(found.names[0])


def _is_a_role(cell: str, several: bool) -> bool:
    bare = BRACKETS.sub("", _BEFORE_THE_LAST.sub("", cell))
    return begins_with_a_role(bare, several) and not is_full_name(bare)  # "Étienne Ba" ends as "musicienne" does


def _others_apart(line: str) -> tuple[str, list[str]]:
    counted = _AND_OTHERS.search(line, 1) or _AND_ELSEWHERE.search(line, 1)
    return (line[: counted.start()], [counted[1]]) if counted else (line, [])


def _sentences(part: str) -> list[str]:
    """Cut `A B, role. C D, role.`, or enough names in a row; elsewhere a full stop may mean anything."""
    pieces = at_outer(FULL_STOP, part)
    others = [pieces.pop()] if counts_others(pieces[-1]) else []
    both = [BRACKETS.sub("", piece).rstrip(". ").partition(", ") for piece in pieces]
    are_people = len(pieces) >= FEWEST_IN_A_ROW or all(begins_with_a_role(rest) for _name, _comma, rest in both)
    is_list = are_people and all(is_full_name(name) for name, _comma, _rest in both)
    return [*map(without_full_stop, pieces), *others] if is_list else [part]


def _between_marks(listed: str) -> list[str]:
    """Cut `A B, writer · C D (org) · E F · G H` at the mark that stands before every name, if there are enough."""
    for mark in MARKS:
        parts = listed.strip(f" {mark}.").split(f" {mark} ")
        names = (BRACKETS.sub("", part).partition(",")[0].strip() for part in parts)
        if len(parts) >= FEWEST_IN_A_ROW and all(map(is_full_name, names)):
            return parts
    return []


def _last_of_a_list(part: str) -> str:
    """Return `Luc Da, maire` of `Zoé Ba, députée ; et Luc Da, maire.`"""
    leads = _BEFORE_THE_LAST.match(part)
    return without_full_stop(part[leads.end() :] if leads and not is_lowercase(part[leads.end() :]) else part)


def _are_fields(line: str, parts: list[str]) -> bool:
    """Whether `;` separates name, role and organisation rather than people."""
    are_organisations = len(parts) > _MOST_FIELDS or is_organisation_name(parts[0].split())
    if are_organisations or counts_others(parts[-1]) or any(NAME_ENDS.search(part) for part in parts[1:]):
        return False
    is_packed = re.search(r"[;；؛]\s", line) is None  # as in a file of comma-separated values
    return looks_like_an_affiliation(parts[1]) or (is_packed and len(parts[1].split()) == 1 < len(parts[0].split()))


def named_and_others(line: str) -> tuple[int, int]:
    """Return how many people a line surely names, in whatever shape, and how many of its parts may be anything else."""
    pieces = [piece.strip(" ,;") for piece in pieces_before_roles(line) or pieces_of(line)]
    names = [name for piece in pieces if not counts_others(piece) for name in people_in(piece).names]
    named = sum(map(is_full_name, names))
    return named, len(names) - named


def _bracketed_people(part: str, counted: bool) -> list[str]:
    pieces = _BEHIND_BRACKETS.split(part.rstrip(". "))
    names = [piece[: piece.find("(")] for piece in pieces]
    if all(piece.endswith(")") for piece in pieces) and all(map(is_full_name, names)):
        return pieces
    return _between_commas(part, counted)


def _between_commas(part: str, counted: bool) -> list[str]:
    """Cut `A B (role, org), C D, E F et G H (org)` at commas outside brackets, if every piece is people.

    Also `A B, C D` if others were `counted` behind it: that ends a list of people.
    """
    listed, comma, last = part.rstrip(". ").rpartition(", ")
    others = [last] if comma and counts_others(last) else []
    people = listed if others else part.rstrip(". ")
    if not (counted or others or _AFTER_BRACKETS.search(part)):
        return [part]
    pieces = at_outer(_BEFORE_A_PERSON, people)
    if all(map(is_bracketed, pieces)):
        return [*pieces, *others]
    return [listed, *others] if others else [part]
