"""Finds the people in one piece of a printed line: one or several, and where their names end."""

import re
from dataclasses import dataclass
from itertools import chain, pairwise, takewhile

from tribune.names import plain
from tribune.reading.affiliations import (
    BRACKETED,
    ON_BEHALF,
    PERSONALLY,
    after_a_comma,
    without_full_stop,
)
from tribune.reading.capitals import is_in_capitals
from tribune.reading.full_names import (
    PARTICLES,
    begins_with_a_title,
    is_lowercase,
    is_organisation_name,
    name_before_comma,
)
from tribune.reading.role_words import is_known_role, is_modifier, is_plural_role, is_role
from tribune.reading.roles import begins_with_a_role

MARKS = "–—―•·/|-"  # between people, with a space on both sides
NAME_ENDS = re.compile(
    r"[,;،，|(（：]|:(?=\s|$)|(?<=\s):"
    r"|[—―]|–(?=\s)|(?<=\s)–|(?<=\s)[-/·](?=\s)"  # without spaces a hyphen, a slash or a dot is part of the name
)
FULL_STOP = re.compile(r"(?:(?<=[^\W\d_]{2})|(?<=[)）]))\. (?=\S)|[()（）]")  # not after an initial; or a bracket
_AND = re.compile(r" (?:et|and|&|und|ainsi que|as well as) ")
_COLON = re.compile(r" ?: ")
_BEFORE_ANOTHER = re.compile(rf",? (?:et|and|&|und|[{MARKS}]) |, ")  # may stand before another person
BRACKETS = re.compile(r" ?[(（][^()（）]*[)）]?")
COMMA_OR_BRACKET = re.compile(r", |[()（）]")
_APART = re.compile(rf" (?:[{MARKS}]|et|and|&) |{FULL_STOP.pattern}")
_FAMILY_FIRST = re.compile(r"([^,;:()|]+), ([^,;:()|]+?)(?=[,;:|]| [(–—-]|$)")
_NAME_UNTIL = re.compile(r" ?[(（:,]")
_PEOPLE_IN_BRACKETS = re.compile(r"([^()（）]+?)(?: [(（]([^()（）]+)[)）])?")
_SPEAKS = re.compile(r"par la voix d|repr[ée]sent[ée]", re.IGNORECASE)
_ACTS_FOR = re.compile(rf" (?={ON_BEHALF.pattern})", ON_BEHALF.flags)
_LONGEST_AFTER_ROLE = 1_000  # characters after a role that stands first
FEWEST_IN_A_ROW = 4  # "Jane Doe, Open Society, Foo City" is one person
_CONNECTORS = frozenset("de du des of at chez".split())


@dataclass(frozen=True)
class Line:
    """The names on a line and what stands after them, with brackets; `reason`: the code of a doubt, or empty."""

    names: list[str]
    affiliation: str
    reason: str = ""

    @property
    def printed_affiliation(self) -> str:
        """What stands after the names, as it reads after a comma."""
        is_all = BRACKETED.fullmatch(self.affiliation)
        return self.affiliation[1:-1] if is_all else after_a_comma(without_full_stop(self.affiliation))

    @property
    def is_about_several(self) -> bool:
        """Whether a role may stand in the plural."""
        return len(self.names) > 1 or self.reason == "perhaps_two_people"


def at_outer(marks: re.Pattern[str], text: str) -> list[str]:
    """Cut the text at those of these marks that stand outside brackets; the marks include the brackets themselves."""
    pieces: list[str] = []
    end, is_inside = len(text), False
    for mark in reversed(list(marks.finditer(text))):
        if mark[0] in "()（）":
            is_inside = mark[0] in ")）"
        elif not is_inside:
            pieces.append(text[mark.end() : end])
            end = mark.start()
    return [text[:end], *reversed(pieces)]


def is_bracketed(piece: str) -> bool:
    """Whether this is one name or several, with at most one bracket after them."""
    found = _PEOPLE_IN_BRACKETS.fullmatch(piece)
    if not found:
        return False
    return _SPEAKS.match(found[2] or "") is not None or all(map(is_full_name, _AND.split(found[1])))


def people_in(text: str) -> Line:
    """Return the people of one piece of a line; they share what stands after their names."""
    text = _without_comma_in_name(text)
    listed = _names_in_a_row(text) or _organisations_in_a_row(text)
    if listed:
        return listed
    line = _cut_at_separator(text)
    pieces = at_outer(COMMA_OR_BRACKET, text.rstrip(". "))
    if (len(pieces) > 1 and all(map(is_bracketed, pieces))) or _names_others(text):
        # "Ada Byron, Alan Turing (mathematician)", or "Jane Doe, Open Society (New York)".
        return Line(line.names, line.affiliation, line.reason or "perhaps_two_people")
    names = _AND.split(line.names[0])
    if len(names) < 2 or is_organisation_name(line.names[0].split()):
        return line
    if all(map(is_full_name, names)):
        return Line(names, line.affiliation, "people_share_a_line")
    # "Anne et Pierre Dupont" is two people, "Terre et Humanisme France" is none: only the organiser knows.
    return Line(line.names, line.affiliation, line.reason or "perhaps_two_people")


def _without_comma_in_name(text: str) -> str:
    """Return `ÉVRARD Zoé, maire` of `ÉVRARD, Zoé, maire`; what is all in capitals with several words may be all."""
    found = _FAMILY_FIRST.match(text)
    if not found or not is_in_capitals(found[1]) or is_in_capitals(found[2]):
        return text
    words = found[1].split()
    is_family = sum(plain(word) not in PARTICLES for word in words) == 1 and not is_organisation_name(words)
    is_name = is_family and name_before_comma(found[0])
    return f"{found[1]} {found[2]}{text[found.end() :]}" if is_name else text


def _names_others(text: str) -> bool:
    """Whether there are more people behind the first: `A B, role, C D, role`, `A B (org), role - C D (org), role`.

    A full name counts if it stands before a role, after a bracket and a mark (`A B (org) – C D`), or before a colon (`A
    B : role / C D : role`), unless names alone lead to it (`A B et C D : role`): these share what follows.
    """
    pieces = [piece.strip() for piece in _BEFORE_ANOTHER.split(PERSONALLY.sub("", BRACKETS.sub("", text)))]
    if len(pieces) > 3 and all(map(is_full_name, pieces[::2])):  # `A B, CNRS, C D, Inserm`
        return True
    first = 1 if "(" in text.partition(",")[0] else 2
    if any(is_full_name(name) and begins_with_a_role(role, True) for name, role in pairwise(pieces[first:])):
        return True
    together = _AND.split(_NAME_UNTIL.split(text, 1)[0])
    return any(
        is_full_name(_NAME_UNTIL.split(behind, 1)[0])
        for before, behind in pairwise(at_outer(_APART, text))
        if before.endswith((")", "）")) or (" : " in behind and before not in together)
    )


def _names_in_a_row(text: str) -> Line | None:
    """Read `A B, C D, E F and G H`, `A B, C D and E F, founders of Koeo`, or `A B, C D: founders of Koeo`."""
    before, *behind = _COLON.split(text)
    named = [name for piece in before.split(", ") for name in _AND.split(piece)]
    if len(behind) == 1 < len(named) and all(map(is_full_name, named)):
        return Line(named, behind[0], "people_share_a_line")
    pieces = text.split(", ")
    found = (_AND.split(re.sub(r"^(?:et|and|&) ", "", piece.rstrip("."))) for piece in pieces)
    taken = [*takewhile(lambda piece: all(map(is_full_name, piece)), found)]
    names, rest = [*chain(*taken)], ", ".join(pieces[len(taken) :])
    are_together = len(taken) > 1 and rest and is_plural_role(rest.split(maxsplit=1)[0])
    if are_together or (not rest and len(names) >= FEWEST_IN_A_ROW):
        return Line(names, rest, "people_share_a_line")
    return None


def _organisations_in_a_row(text: str) -> Line | None:
    """Read `Attac, LDH, Les Amis de la Terre et la Cimade`, if most of them are surely organisations, and the first."""
    *pieces, last = at_outer(COMMA_OR_BRACKET, text.rstrip(". "))
    names = [*pieces, *_AND.split(last, 1)] if pieces else []
    sure = [name for name in names if is_organisation_name(name.split())]
    if len(names) < FEWEST_IN_A_ROW or sure[:1] != names[:1] or 2 * len(sure) < len(names):
        return None
    return None if any(begins_with_a_role(name) for name in names) else Line(names, "", "people_share_a_line")


def _cut_at_separator(text: str) -> Line:
    acts = _ACTS_FOR.search(text)
    if acts and is_full_name(text[: acts.start()]):
        return Line([text[: acts.start()]], text[acts.end() :], "no_separator")
    end = NAME_ENDS.search(text)
    if not end:
        return _cut_at_role(text)
    # An address that stood last was cut out, but not the mark before it.
    name, rest = text[: end.start()].strip(), text[end.end() :].strip(f" ,;،{MARKS}")
    if end[0] in "(（":
        rest = text[end.start() :].strip(" ,;")
        bracketed = BRACKETED.fullmatch(rest)
        return Line([name], f"({bracketed[1].strip()})" if bracketed else rest)
    has_colon = end[0] in ":："
    is_first = is_organisation_name(name.split()) or (has_colon and not is_full_name(name))
    if is_first and rest and len(rest) <= _LONGEST_AFTER_ROLE:
        after = _cut_at_separator(rest)
        # Elsewhere, as in "La Ruche, Zoé Évrard, présidente", a name may be that of a town.
        if is_full_name(after.names[0]) and (has_colon or begins_with_a_role(after.affiliation)):
            reason = "perhaps_two_people" if is_full_name(after.affiliation.partition(", ")[0]) else "role_first"
            return Line(after.names, ", ".join(filter(None, (name, after.affiliation))), reason)
    return Line([name], rest)


def _cut_at_role(text: str) -> Line:
    """Read `Jane Doe philosopher`: the name ends at the first word that is surely a role."""
    words = text.split(" ")
    for index, word in enumerate(words[2:], 2):
        is_joined = words[index + 1 : index + 2] != [] and words[index + 1].lower() in _CONNECTORS
        if (word[:1].islower() and is_role(word)) or (is_joined and is_known_role(word)):
            return Line([" ".join(words[:index])], " ".join(words[index:]), "no_separator")
    is_end_of_list = len(words[-1]) > len("X.") and words[-1].lower() not in ("jr.", "sr.")
    return Line([text.rstrip(". ") if is_end_of_list else text], "")


def is_full_name(name: str) -> bool:
    """Whether this can only be one person's name: two to five words, written as names are, perhaps behind a title."""
    words = name.split()
    if len(words) > 2 and begins_with_a_title(words) and not is_modifier(words[1]):  # not "Professor Emeritus Law"
        words = words[1:]
    if not 2 <= len(words) <= 5 or NAME_ENDS.search(name) or any(c.isdigit() for c in name):
        return False
    return not any(map(is_lowercase, words)) and not is_organisation_name(words) and not any(map(is_known_role, words))
