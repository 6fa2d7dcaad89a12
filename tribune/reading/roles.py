"""Cuts a phrase such as "Directrice France de Change.org" where the role ends and the organisation begins."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from tribune.reading.role_words import (
    is_domain,
    is_field,
    is_institution,
    is_known_role,
    is_membership,
    is_modifier,
    is_plural_role,
    is_role,
    takes_a_subject,
)

_WORD = re.compile(r"[dl]['’](?=\w)|\S+")
_OF = frozenset("de du des d' of pour for".split())
_AT = frozenset("à au aux chez at @ auprès within".split())
_IN = frozenset("en in dans sur on".split())
_AND = frozenset("et and & / + und".split())
_ARTICLES = frozenset("la le les l' the".split())
_CONTRACTED = frozenset("du des au aux".split())


@dataclass(frozen=True)
class Affiliation:
    """`reason` is the code of a doubt, or empty; `is_certain`: the organisation cannot be the subject of the role."""

    role: str
    organisation: str
    reason: str = ""
    is_certain: bool = False


@dataclass(frozen=True)
class _Word:
    start: int
    text: str

    @property
    def lower(self) -> str:
        return self.text.lower().replace("’", "'")

    @property
    def is_connector(self) -> bool:
        return self.lower in _OF or self.lower in _AT or self.lower in _IN

    @property
    def names(self) -> bool:
        """Whether it is written as a name is: a capital anywhere ("eBay"), a digit, a site."""
        return not self.text.islower() or is_domain(self.text)


def _is_sure_of_an_organisation(word: _Word) -> bool:
    is_acronym = word.text.isupper() and len(word.text) > 1
    return is_acronym or is_institution(word.text) or is_domain(word.text) or word.lower in _ARTICLES


def _words(text: str) -> list[_Word]:
    return [_Word(found.start(), found[0]) for found in _WORD.finditer(text)]


def begins_with_a_role(text: str, several: bool = False) -> bool:
    """Whether the phrase says what somebody does; `several` people may hold a role in the plural."""
    return _role_length(_words(text), several) > 0


def _role_length(words: list[_Word], several: bool) -> int:
    """Return how many words at the start of the phrase are surely the role."""
    if not words or (is_plural_role(words[0].text) and not several):
        return 0  # one person is not "Reporters sans frontières"
    length = 0
    for index, word in enumerate(words):
        if is_role(word.text):
            length = index + 1
        elif not is_modifier(word.text) and word.lower not in _AND:
            break
    if length or is_institution(words[0].text):
        return length
    if _ends_with_a_role(words):
        return _next_connector(words)
    return int(words[0].text.islower() and words[0].lower not in _ARTICLES and not is_domain(words[0].text))


def _past(words: list[_Word], start: int, are_passed: Callable[[_Word], bool]) -> int:
    """Return the index of the first word from `start` that is not passed, or how many words there are."""
    return next((index for index in range(start, len(words)) if not are_passed(words[index])), len(words))


def _next_connector(words: list[_Word], start: int = 0) -> int:
    return _past(words, start, lambda word: not word.is_connector)


def _first_name(words: list[_Word]) -> int:
    """Return how many small words lead to a name or an organisation: "de l'", "chez", not "en" as in "en M2"."""
    start = _past(words, 0, lambda word: word.text.islower() and word.lower in _OF | _AT | _ARTICLES)
    leads = start and words[0].lower not in _ARTICLES and start < len(words)
    is_name = leads and (words[start].names or is_institution(words[start].text))
    return start if is_name else 0


def _ends_with_a_role(words: list[_Word]) -> bool:
    """Whether the role comes last, as in English: "human rights lawyer", "Wilson Professor Emerita"."""
    last = _next_connector(words) - 1
    while last > 0 and is_modifier(words[last].text) and not is_known_role(words[last].text):
        last -= 1
    return last >= 0 and is_known_role(words[last].text)


def cut_phrase(text: str, several: bool) -> Affiliation:
    """Return role and organisation of a phrase without separators; no role if it does not begin with one."""
    words = _words(text)
    start = _first_name(words)
    if start:  # "Amin Ba, de l’Académie des arts"
        return Affiliation("", text[words[start].start :])
    length = _role_length(words, several)
    if not length:
        # "Institute Professor" may be either.
        is_certain = any(map(_is_sure_of_an_organisation, words)) and not _ends_with_a_role(words)
        return Affiliation("", text, "" if is_certain else "role_or_organisation")
    return _Phrase(text, words, length).cut()


class _Phrase:
    """The words after the role, read once from left to right."""

    def __init__(self, text: str, words: list[_Word], length: int) -> None:
        self.text = text
        self.words = words
        self.at = length
        head = [word.text for word in words[:length]]
        self.is_membership = any(map(is_membership, head))
        self.takes_a_subject = any(map(takes_a_subject, head))
        self.last_place = max((i for i, word in enumerate(words) if word.lower in _AT - {"à", "au", "aux"}), default=-1)

    def cut(self) -> Affiliation:
        tail: int | None = None
        while self.at < len(self.words):
            word = self.words[self.at]
            if word.is_connector:
                start = self._after(self.at)
                if self._opens_the_organisation(start):
                    return self._split(self.at, start, is_certain=self._is_certain(start))
                if word.lower in _IN and start < len(self.words) and not self.words[start].names:
                    tail = None  # "maître de conférences HDR en informatique"
                self.at = self._end_of_subject(start)
            elif tail is None and word.lower in _AND:
                self.at += 1 if self._is_connector(self.at + 1) else 2  # what "and" joins to the role belongs to it
            elif is_known_role(word.text):
                tail = None
                self.at += 1
            elif tail is None and word.names and not is_modifier(word.text) and not is_field(word.text):
                if self.is_membership or is_institution(word.text):
                    return self._split(self.at, self.at, is_certain=True)
                tail = self.at
                self.at += 1
            else:
                self.at += 1
        if tail is None:
            return Affiliation(self.text, "")
        return self._split(tail, tail, reason="no_connector", is_certain=self.words[tail].text.isupper())

    def _split(self, end: int, start: int, reason: str = "", is_certain: bool = False) -> Affiliation:
        role = self.text[: self.words[end].start].strip()
        for index in range(start + 1, len(self.words) - 2):
            if self._begins_another_role(index):
                organisation = self.text[self.words[start].start : self.words[index].start].strip()
                return Affiliation(role, organisation, "several_affiliations", is_certain)
        return Affiliation(role, self.text[self.words[start].start :].strip(), reason, is_certain)

    def _begins_another_role(self, index: int) -> bool:
        """As in `professeur à Sciences Po et chercheur au CNRS`, not in `Ordre des médecins et infirmiers de Paris`."""
        word = self.words[index + 1].text
        is_one_role = is_role(word) and not is_plural_role(word) and word[0].islower()
        return self.words[index].lower in _AND and is_one_role and self._is_connector(index + 2)

    def _is_connector(self, index: int) -> bool:
        return index < len(self.words) and self.words[index].is_connector

    def _after(self, connector: int) -> int:
        """Return where the object of a connector begins: "la Ruche" after "de la", but "Guardian" after "of the"."""
        return _past(self.words, connector + 1, lambda word: word.lower in _OF | {"sein", "the"})

    def _first_noun(self, start: int) -> int:
        return _past(self.words, start, lambda word: word.lower in _ARTICLES)

    def _is_certain(self, start: int) -> bool:
        noun = self.words[self._first_noun(start)].text
        return self.is_membership or self.words[self.at].lower in _AT or is_institution(noun) or is_domain(noun)

    def _opens_the_organisation(self, start: int) -> bool:
        """Whether an organisation, rather than what the role is about, follows the connector at `self.at`."""
        noun = self._first_noun(start)
        if noun >= len(self.words):
            return False
        connector, word = self.words[self.at].lower, self.words[noun].text
        followed = noun + 1 < len(self.words) and self.words[noun + 1].lower not in _AT | _IN
        if not self.words[noun].names:
            return self._common_noun_opens(connector, start, noun, followed)
        if connector in _IN:
            return is_institution(word)
        if connector in _AT or is_institution(word) or is_domain(word) or self.is_membership:
            return True
        if self.takes_a_subject:
            return self._subject_is_an_institution(noun)
        return not is_field(word) and self.at > self.last_place

    def _common_noun_opens(self, connector: str, start: int, noun: int, followed: bool) -> bool:
        """`_opens_the_organisation` for a common noun: `mairie de Paris`, `site Rue89`; not `professeur des écoles`."""
        word = self.words[noun].text
        has_article = noun > start or connector in _CONTRACTED or self.words[start - 1].lower == "the"
        if is_institution(word):
            return followed or (connector in _AT and has_article)
        named = followed and self.words[noun + 1].names and not self.words[noun + 1].is_connector
        return has_article and named and connector not in _IN and not is_field(word)

    def _subject_is_an_institution(self, noun: int) -> bool:
        """As in `reader of the Open University`, `étudiante de HEC`; not in `professor of Law`."""
        end = _next_connector(self.words, noun + 1)  # a noun in capitals may look like one: "prof de À"
        words = [word.text for word in self.words[noun:end]]
        return any(map(is_institution, words)) or (words[0].isupper() and len(words[0]) > 1 and not is_field(words[0]))

    def _end_of_subject(self, start: int) -> int:
        """Return the next word after what the role is about: one field, one common noun, or a whole name."""
        noun = self._first_noun(start)
        if noun < len(self.words) and self.words[noun].names and not is_field(self.words[noun].text):
            return _next_connector(self.words, noun)
        return noun + 1
