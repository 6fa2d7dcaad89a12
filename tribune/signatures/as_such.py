"""How an organisation that signs as such names its speaker: *Le Port, par la voix de Zoé Évrard, présidente*.

"Par la voix de" rather than "représenté·e par", which would need the gender of the organisation.
"""

from collections.abc import Sequence

from tribune.names import plain

_VOWELS = frozenset("aeiou")
# Given names before whose h French elides; before all others ("Hassan", "Heidi") it does not.
_MUTE = frozenset(
    """
hector helena helene helie heloise henri henriette herbert hermance hermine herve hilaire hippolyte honore honorine
horace hortense hubert hugo hugues huguette hyacinthe
""".split()
)


def represented_by(names: Sequence[str], locale: str) -> str:
    """Return the part between the organisation and the role: `par la voix de A et de B`, `represented by A and B`."""
    if locale == "fr":
        return "par la voix " + enumerated([_of(name) for name in names], " et ")
    return "represented by " + enumerated(names, " and ")


def enumerated(names: Sequence[str], last: str) -> str:
    """Join names by commas, the last one by `last`."""
    return names[0] if len(names) == 1 else ", ".join(names[:-1]) + last + names[-1]


def _of(name: str) -> str:
    """Return `de Marie`, `d’Élodie`; `d’Yves`, `de Yann`; `d’Hélène`, `de Hassan`."""
    word = (plain(name).split() or [""])[0]
    if word[:1] == "h":
        elided = word in _MUTE
    elif word[:1] == "y":
        elided = len(word) > 1 and word[1] not in _VOWELS
    else:
        elided = word[:1] in _VOWELS and not (word.startswith("ou") and word[2:3] in _VOWELS)
    return f"d’{name}" if elided else f"de {name}"
