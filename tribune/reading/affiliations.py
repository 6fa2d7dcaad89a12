"""Reads what stands after a name as role and organisation, by rules of French and English, not by a table of names.

What decides is printed in the text: a separator first ("role, organisation", "role (organisation)"), then a connector
("de la", "chez", "of", "at"), then a capital after a role ("Fondateur Share.coop").
"""

import re
from dataclasses import dataclass, replace

from tribune.names import plain
from tribune.reading.role_words import is_field, is_institution, is_known_role, is_modifier, is_role
from tribune.reading.roles import Affiliation, begins_with_a_role, cut_phrase

LONGEST = 400  # characters of what stands after a name; longer is a paragraph
LONGEST_PART = 200  # characters of a role or an organisation

_SEPARATOR = re.compile(r"[,;|،、，]\s+|(?<!\d)[,;|،、，]|[,;|،、，](?!\d)|(?<=\s)[-–/·](?=\s)|[—―]")
_INSIDE = r"(?:[^()（）]|[(（][^()（）]*[)）])"  # inside brackets: an acronym may have its own
_CLOSING_BRACKETS = re.compile(rf"(.*\S)?\s*[(（]({_INSIDE}+)[)）]")
_OPENING_BRACKETS = re.compile(rf"[(（]({_INSIDE}+)[)）][\s,.:/|•·–—-]*(.+)")
BRACKETED = re.compile(rf"[(（]({_INSIDE}*)[)）]?\.?")  # the closing one is often forgotten
_JOINED = re.compile(r"\s(?:et|and|&)\s")
_NOT_AN_AFFILIATION = frozenset(
    "a titre personnel|a titre individuel|in a personal capacity|personal capacity|phd|md|dr|mbe|obe|cbe|dbe"
    "|kbe|kc|qc|frs|jr|sr".split("|")
)

ON_BEHALF = re.compile(r"(?:pour\s+|au nom d(?:['’]|(?:e|u|es)\s+)|on behalf of\s+)(?=\S)", re.IGNORECASE)
PERSONALLY = re.compile(r",\s*(?:à titre (?:personnel|individuel)|in a personal capacity)(?=[)）]?\.?$)", re.IGNORECASE)


@dataclass(frozen=True)
class _Part:
    """The text between two separators, and where it begins in the whole."""

    start: int
    text: str


def read_affiliation(text: str, several: bool = False) -> Affiliation:
    """Return role and organisation in `text`, without the punctuation at their ends; either may be empty.

    `several`: the text is about several people, so a role may be in the plural.
    """
    if len(text) > LONGEST:
        return Affiliation("", "", "too_long")
    text = PERSONALLY.sub("", text.strip())
    leads = ON_BEHALF.match(text)
    text = text[leads.end() :] if leads else text
    found = _read_opening(text[:-1] if text.endswith((").", "）.")) else text, several)
    if leads and found.reason == "role_or_organisation":
        found = replace(found, reason="")  # nobody acts for a role
    tidied = replace(found, role=_tidy(found.role), organisation=_tidy(found.organisation))
    if max(len(tidied.role), len(tidied.organisation)) > LONGEST_PART:
        return Affiliation("", "", "too_long")
    return tidied


def looks_like_an_affiliation(text: str) -> bool:
    """Whether the text begins as a role or an organisation does rather than as a person's name."""
    words = text.split()
    return bool(words) and (is_known_role(words[0]) or words[0][0].islower() or any(map(is_institution, words)))


def after_a_comma(text: str) -> str:
    """Return what stands after a name as it reads after a comma: `LFI, députée` of `(LFI), députée`."""
    opening = _OPENING_BRACKETS.fullmatch(text)
    if not opening:
        return text
    between = " " if opening[2][0] in "(（" else ", "
    return between.join(filter(None, (opening[1].strip(), opening[2])))


def _read_opening(text: str, several: bool) -> Affiliation:
    """Read `(organisation) role`, or text that does not begin with brackets."""
    opening = _OPENING_BRACKETS.fullmatch(text)
    if opening and plain(opening[1]) in _NOT_AN_AFFILIATION:
        return _read_brackets(opening[2], several)
    if opening and opening[2][0] not in "(（" and not begins_with_a_role(opening[1], several):
        return Affiliation(opening[2], opening[1])
    return _read_brackets(after_a_comma(text), several)


def _read_brackets(text: str, several: bool) -> Affiliation:
    """Read `role (organisation)`, `organisation (acronym)`, or text without brackets at its end."""
    closing = _CLOSING_BRACKETS.fullmatch(text)
    if not closing or plain(closing[2]).isdigit():
        return _read_parts(text, several)
    before, inside = closing[1] or "", closing[2]
    if plain(inside) in _NOT_AN_AFFILIATION:
        return _read_parts(before, several)
    if not before:
        known = _read_brackets(inside, several)
        return known if known.role else Affiliation("", known.organisation)
    outside = _read_parts(before, several)
    if outside.organisation:
        return replace(outside, organisation=f"{outside.organisation} ({inside})")
    return replace(outside, organisation=inside)


def _read_parts(text: str, several: bool) -> Affiliation:
    parts = _parts(text)
    if not parts:
        return Affiliation("", "")
    first = cut_phrase(parts[0].text, several)
    if len(parts) == 1:
        return first
    if not first.role:
        return _organisation_first(text, parts, first)
    if first.organisation:
        return _role_and_more(text, parts, first)
    return _roles_then_organisation(text, parts, several)


def _parts(text: str) -> list[_Part]:
    edges = [0, *(edge for separator in _SEPARATOR.finditer(text) for edge in separator.span()), len(text)]
    stretches = [(start, text[start:end]) for start, end in zip(edges[::2], edges[1::2], strict=True)]
    parts = [_Part(start + len(words) - len(words.lstrip()), words.strip()) for start, words in stretches]
    return [part for part in parts if part.text and plain(part.text) not in _NOT_AN_AFFILIATION]


def _organisation_first(text: str, parts: list[_Part], first: Affiliation) -> Affiliation:
    """Read `Greenpeace, directrice`, `Université de Lille, Lille`, or `role, organisation` with an unknown role."""
    second = parts[1]
    if cut_phrase(second.text, several=False).role:
        return Affiliation(text[second.start :], first.organisation, first.reason)
    if first.reason and len(parts[0].text.split()) == 1:
        return Affiliation(parts[0].text, text[second.start :], "role_assumed")
    return Affiliation("", text[text.index(first.organisation) :], first.reason)


def _role_and_more(text: str, parts: list[_Part], first: Affiliation) -> Affiliation:
    """Read `President of the Council, Paris`: the first part has both already; what follows belongs to one of them."""
    second = parts[1].text
    if begins_with_a_role(second):
        return replace(first, reason="several_affiliations")
    ends_an_enumeration = _JOINED.search(second) and not _JOINED.search(parts[0].text)
    is_organisation = is_institution(second.split()[0]) or len(second.split()) > 1 or second.isupper()
    # If only a capital marked the organisation, the comma marks it better: "Chief Internet Evangelist, Google".
    is_organisation = is_organisation or first.reason == "no_connector"
    if is_organisation and not ends_an_enumeration and not first.is_certain:
        return Affiliation(parts[0].text, text[parts[1].start :], "comma_in_organisation")
    start = text.rindex(first.organisation, 0, parts[0].start + len(parts[0].text))
    return Affiliation(first.role, text[start:], "comma_in_organisation")


def _roles_then_organisation(text: str, parts: list[_Part], several: bool) -> Affiliation:
    """Read `role, organisation`, `role, role, organisation`, `role, role of organisation`."""
    for part in parts[1:]:
        phrase = cut_phrase(part.text, several)
        if is_field(part.text.split()[0]) and part is not parts[-1]:
            continue  # "Head of Policy, Campaigns and Advocacy, Amnesty"
        if not phrase.role:
            start = text.index(phrase.organisation, part.start)  # behind "à" or "chez"
            return _organisation_then_roles(text, text[: part.start], start, parts[parts.index(part) + 1 :])
        if phrase.organisation:
            reason = phrase.reason if part is parts[-1] else "several_affiliations"
            return Affiliation(text[: part.start] + phrase.role, phrase.organisation, reason)
    return Affiliation(text, "")


def _organisation_then_roles(text: str, role: str, start: int, behind: list[_Part]) -> Affiliation:
    """Read the end of `role, organisation`, or of `role, organisation, another role`."""
    another = next((part for part in behind if _is_surely_a_role(part.text)), None)
    if not another:
        return Affiliation(role, text[start:])
    return Affiliation(role, text[start : another.start], "several_affiliations")


def _is_surely_a_role(text: str) -> bool:
    """Whether it begins with a word for a role, not with any small one: "École de journalisme, médias et lettres"."""
    first = text.split(maxsplit=1)[0]
    return begins_with_a_role(text) and (is_role(first) or is_modifier(first))


def without_full_stop(text: str) -> str:
    """Return the text without a final full stop, unless it belongs to "Inc." or "S.A."."""
    is_abbreviation = re.search(r"(?:\b[^\W\d_]|\b(?:inc|ltd|co|corp|jr|st))\.$", text, re.IGNORECASE)
    return text if is_abbreviation else text.rstrip(". ")


def _tidy(text: str) -> str:
    """Return the text without separators at its ends and without a final full stop."""
    return without_full_stop(text.strip(" ,;:|/·–—―-،、，"))
