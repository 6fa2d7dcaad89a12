"""Reads an organisation that signs as such: *Le Port, par la voix de Zoé Évrard, maire*, and similar forms."""

import re
from dataclasses import dataclass

from tribune.reading.names_in_line import Line, is_full_name, people_in
from tribune.reading.role_words import is_institution

_SPEAKS = re.compile(
    r"\s*(?P<before>[,(（:]|\s[–—-])?\s*"
    r"\b(?:par la voix (?:de |d['’])|(?:dûment )?repr[ée]sent[ée][·.•-]?\(?e?\)?[·.•-]?s? par |represented by )\s*",
    re.IGNORECASE,
)
_FOR = re.compile(r"(?:[Pp]our|[Ff]or) (?:l['’]|(?:la|le|les|the) )?(?P<organisation>[^:]+):(?P<rest>.+)")
_AND_OF = re.compile(r" et d(?:e |['’])(?=\S)")
_OF = re.compile(r"(, | et )d(?:e |['’])(?=[^\W\d_])")
_ITS = re.compile(r"(?:son|sa|ses|leurs?|its|their)\s+(?P<role>[^,]+?)(?:,\s*|\s+(?=[A-ZÀ-Þ]))(?P<names>.+)", re.DOTALL)


@dataclass(frozen=True)
class Represented:
    """The organisation, who speaks for it, and in which role; `reasons` are the codes of doubts."""

    organisation: str
    names: list[str]
    role: str
    reasons: tuple[str, ...] = ()


def read_represented(text: str) -> Represented | None:
    """Return who signs for which organisation; None if the text says nothing of the kind."""
    leads = _FOR.fullmatch(text)  # "Pour le Port : Zoé Évrard, maire"
    if leads and (not leads["organisation"][0].islower() or is_institution(leads["organisation"].split()[0])):
        line = people_in(leads["rest"].strip())
        return _spoken_for(leads["organisation"].strip(), line) if all(map(is_full_name, line.names)) else None
    found = _SPEAKS.search(text)
    organisation = text[: found.start()].strip(" ,;:") if found else ""
    rest = text[found.end() :].strip(" ,;") if found else ""
    if not found or not organisation or not rest:
        return None
    if found["before"] in ("(", "（"):
        rest = rest.removesuffix(".").rstrip(")） ")
    reasons = ("comma_in_organisation",) if "," in organisation else ()
    if its := _ITS.fullmatch(rest):
        line = people_in(its["names"])
        role = ", ".join(filter(None, (its["role"], line.printed_affiliation)))
        return Represented(organisation, line.names, role, (*reasons, "role_first", *filter(None, [line.reason])))
    return _spoken_for(organisation, people_in(_OF.sub(r"\1", rest) if _AND_OF.search(rest) else rest), reasons)


def _spoken_for(organisation: str, line: Line, reasons: tuple[str, ...] = ()) -> Represented:
    role = line.printed_affiliation.rstrip(". ")
    return Represented(organisation, line.names, role, (*reasons, *filter(None, [line.reason])))
