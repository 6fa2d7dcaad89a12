"""Cuts a printed full name into given and family name, without losing or moving a letter."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from tribune.names import plain
from tribune.reading.capitals import is_in_capitals
from tribune.reading.role_words import is_institution, is_known_role, opens_an_organisation

PARTICLES = frozenset(
    """
de du des d la le les van von der den het ten ter di da dos das do del della dalla dei degli lo el al af av zu zum
zur y e i bin ibn ben bint abu abou ould ait san saint sainte st ste mac mc o l n
""".split()
)
_ELIDED = re.compile(r"(?:d|l|o|n|al|el)['’-]", re.IGNORECASE)
_ARTICLES = frozenset("le la les the".split())
_EVERYWHERE = frozenset("france europe international".split())  # "Zero Waste France"
# Titles of courtesy, which are left out of names; earned ones stay.
COURTESY = frozenset(
    "m mm mr messrs monsieur messieurs mme mmes mrs ms madame mesdames mlle mlles mademoiselle mesdemoiselles".split()
)
_ABBREVIATED = frozenset("dr drs pr prs prof me sir rev mgr".split())
_SPELT_OUT = frozenset(  # and therefore family names too: "PASTEUR Jean"
    """
docteur docteure professor professeur professeure maitre dame lord lady pere soeur frere abbe monseigneur pasteur
pasteure rabbin imam general colonel
""".split()
)
HONORIFICS = COURTESY | _ABBREVIATED | _SPELT_OUT
_SUFFIXES = frozenset("jr sr ii iii iv phd md om mbe obe cbe kbe dbe frs fba mp kc qc".split())
# Words often found second in a given name written without a hyphen; any other middle word begins the family name.
_SECOND_GIVEN_NAMES = frozenset(
    """
jean marie pierre paul jacques louis luc claude michel andre francois francoise philippe bernard henri charles
joseph antoine anne anna ann annie sophie claire laure lise lou france christine helene isabelle catherine elisabeth
elizabeth jane mary rose maria joao jose juan ana luis luisa carlos manuel antonio luther john james william george
edward david thomas robert peter michael lee grace lynn sue kate alexander benjamin frederick henry arthur eugene
""".split()
)
# Han, kana and hangul: there the family name is printed first.
_FAMILY_FIRST = re.compile(r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af]")
_AND = frozenset("et and &".split())
_BESIDE_A_NAME = frozenset(",()[]/:;")
_PATRONYMICS = ("ович", "евич", "овна", "евна", "ична")
_INITIAL = re.compile(r"(?:\w\.-?)+|[A-Z]")
_MOST_WORDS = 30  # words of a name with its titles: each title costs a recursion
_TWO_INITIALS = frozenset(("MR", "MS"))  # as in "MS Dhoni"; rarely a title


@dataclass(frozen=True)
class FullName:
    """`given` may be empty; `reason`: the code of a doubt, or empty; `is_titled`: a title was typed first."""

    given: str
    family: str
    reason: str = ""
    is_titled: bool = False


def _is_particle(word: str) -> bool:
    """Whether the word opens a family name: "des", "Le", "d’Istria"."""
    return (plain(word) in PARTICLES and not _INITIAL.fullmatch(word)) or _ELIDED.match(word) is not None


def is_lowercase(word: str) -> bool:
    """Whether the word begins with a small letter without being a particle; scripts without capitals never do."""
    begins = word[:1]  # Georgian letters have capitals, but not to begin with
    return begins.islower() and begins != begins.title() and not _is_particle(word)


def is_organisation_name(words: list[str]) -> bool:
    """Whether the words name an organisation where a person was expected: "La Ruche", "Médecins du monde"."""
    has_article = len(words) > 1 and plain(words[0]) in _ARTICLES and not _calls_somebody(words)
    begins = has_article or (len(words) > 1 and opens_an_organisation(words[0]))
    return begins or any(is_institution(word) for word in words)


def _calls_somebody(words: list[str]) -> bool:
    """Whether it is an article before a title and a name: "Le docteur Jean Petit", not "La Dame du Lac"."""
    is_titled = words[:1] != [] and plain(words[0]) in ("le", "la") and begins_with_a_title(words[1:])
    return is_titled and not words[2][0].islower()


def name_in_columns(given: str, family: str, *, is_titled: bool = False) -> FullName:
    """Return a name typed in two columns; "Anne et Pierre" there may be two people, as on a line."""
    are_two = not _AND.isdisjoint(f"{given} {family}".lower().split())
    return FullName(given, family, "perhaps_two_people" if are_two else "", is_titled)


def read_full_name(name: str) -> FullName:
    """Cut a person's name; where no rule decides, all of it becomes the family name, which prints the same."""
    words = name.split()
    is_titled = (begins_with_a_title(words) or _calls_somebody(words)) and not is_organisation_name(words)
    if len(words) > _MOST_WORDS or not is_titled:
        return _cut(name, words)
    called = read_full_name(" ".join(words[1:]))
    return replace(called, given=f"{words[0]} {called.given}".strip(), is_titled=True)


def _cut(name: str, words: list[str]) -> FullName:
    if _FAMILY_FIRST.search(name):
        # The page prints the given name first, so cutting such a name would print it the wrong way round.
        return FullName("", " ".join(words))
    if len(words) < 2:
        return FullName("", name.strip(), "organisation_alone" if is_organisation_name(words) else "one_word_name")
    # "d’ORVAL Lila"; further on, "l’ONU" is no name
    capitals = [_is_in_capitals(word) for word in (_ELIDED.sub("", words[0], count=1), *words[1:])]
    if any(capitals) and not all(capitals) and not any(map(_is_never_in_a_name, words)):
        return _cut_at_capitals(words, capitals)
    if is_organisation_name(words) or plain(words[-1]) in _EVERYWHERE:
        return FullName("", " ".join(words), "organisation_alone")
    if words[0].islower() and _is_particle(words[0]):
        return FullName("", " ".join(words))
    return _cut_after_given_names(words)


def name_before_comma(text: str) -> FullName | None:
    """Read `Dupont, Jean`, the family name first; None if a role may stand behind the comma."""
    family, _, given = text.partition(", ")
    is_short = 0 < len(given.split()) < 3 and given[0].isupper() and _BESIDE_A_NAME.isdisjoint(given)
    is_name = is_short and not any(is_known_role(word) or is_institution(word) for word in given.split())
    if len(given) > 2 and is_in_capitals(given) and not is_in_capitals(family):
        return None  # "Dupont, SNCF"
    words = family.split()
    has_particles = len(words) > 1 and all(map(_is_particle, words[:-1])) and not is_organisation_name(words)
    if is_name and (has_particles or len(words) == 1 or is_in_capitals(family)):
        return FullName(given, family)
    return None


def without_courtesy(name: FullName) -> str:
    """Return the given name without "Mme" before it.

    "M. et Mme" are two people and stay; so do initials ("M." in "M. C."), and a title that the page put after the
    family name or in a column of its own.
    """
    title, _, rest = name.given.partition(" ")
    following = (rest or name.family).partition(" ")[0]
    are_initials = _INITIAL.fullmatch(title) and _INITIAL.fullmatch(following)
    is_initial = not rest and not name.is_titled and (_INITIAL.fullmatch(title) or title in _TWO_INITIALS)
    stays = plain(title) not in COURTESY or are_initials or is_initial or following in _AND
    return name.given if stays else rest.removeprefix("le ").removeprefix("la ")


def begins_with_a_title(words: Sequence[str]) -> bool:
    """Whether the first of these words, as typed, is a title."""
    if len(words) == 2:
        # In a line all in capitals, "MR" may be "Mr".
        are_initials = words[0] in _TWO_INITIALS and not words[1].isupper()
        return plain(words[0]) in COURTESY and not are_initials and not _INITIAL.fullmatch(words[1])
    return len(words) > 2 and plain(words[0]) in HONORIFICS


def _is_never_in_a_name(word: str) -> bool:
    return is_lowercase(word) or is_institution(word)


def _is_in_capitals(word: str) -> bool:
    letters = [c for c in re.sub(r"^(?:Ma?c)(?=[A-Z])", "", word) if c.isalpha()]
    if len(letters) < 2 or "." in word or plain(word) in COURTESY | _ABBREVIATED | _SUFFIXES:
        return False
    # "JD Vance" has initials, "LI Na" a family name.
    return all(c.isupper() for c in letters) and (len(letters) > 2 or not set(plain(word)).isdisjoint("aeiouy"))


def _cut_at_capitals(words: list[str], capitals: list[bool]) -> FullName:
    """Cut `DUPONT Jean` or `Jean DUPONT`: the family name is the one in capitals."""
    end = 0
    while end < len(words) and (capitals[end] or (_is_particle(words[end]) and capitals[end + 1 : end + 2] == [True])):
        end += 1
    if 0 < end < len(words):
        two_letters = end == 1 and len(words[0]) == 2
        return FullName(" ".join(words[end:]), " ".join(words[:end]), "family_name_guessed" if two_letters else "")
    start = capitals.index(True)
    while start > 1 and _is_particle(words[start - 1]):
        start -= 1
    return FullName(" ".join(words[:start]), " ".join(words[start:]))


def _cut_after_given_names(words: list[str]) -> FullName:
    last = len(words) - 1
    while last > 1 and plain(words[last]) in _SUFFIXES:
        last -= 1
    start = 1
    while start < last and (
        plain(words[start - 1]) in HONORIFICS | _AND or words[start] in _AND or _continues_a_given_name(words[start])
    ):
        start += 1
    plain_words = [word for word in words[start : last + 1] if plain(word) not in PARTICLES]
    is_unclear = len(plain_words) > 1 or any(map(is_lowercase, words[1:]))
    guessed = "family_name_guessed" if is_unclear else ""
    return FullName(" ".join(words[:start]), " ".join(words[start:]), guessed)


def _continues_a_given_name(word: str) -> bool:
    is_known = any(part in _SECOND_GIVEN_NAMES for part in plain(word).split())
    return is_known or _INITIAL.fullmatch(word) is not None or word.lower().endswith(_PATRONYMICS)
