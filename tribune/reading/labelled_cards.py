"""Reads cards on which every line says what it holds, as a form mails them: `Nom : Ana Ba`, `Courriel : ana@…`."""

import re
from collections.abc import Iterator

from tribune.names import plain
from tribune.reading.headings import headings_in

_LABELLED = re.compile(r"(?:[-*•]\s*)?\**([^\W\d_][^:@\t]{0,79}?)[\s*]*[:：]\**\s*(?!//)(.*)")
_Card = dict[str, str]  # what stands behind each label


def rows_of_cards(text: str) -> dict[int, list[str]]:
    """Return the labels as row 1 of a table, each card as the row of its last line; {} if any line is unlabelled."""
    found = {
        number: _LABELLED.fullmatch(line.strip()) for number, line in enumerate(text.splitlines(), 1) if line.strip()
    }
    labelled = {number: (plain(one[1]), one[2]) for number, one in found.items() if one}
    labels = {plain(one[1]): one[1] for one in found.values() if one}
    if len(labelled) < len(found) or not headings_in([*labels.values()]):
        return {}
    rows = {number: [card.get(label, "") for label in labels] for number, card in _cards(labelled)}
    return {1: [*labels.values()]} | rows if min(rows) > 1 else {}


def _cards(labelled: dict[int, tuple[str, str]]) -> Iterator[tuple[int, _Card]]:
    """Cut where a label comes again or where the first one comes, and at blank lines unless all lines stand apart."""
    [first, _], *_others = labelled.values()
    are_together = any(number + 1 in labelled for number in labelled)
    card: _Card = {}
    last = 0
    for number, (label, said) in labelled.items():
        if card and (label in card or label == first or (are_together and number - 1 not in labelled)):
            yield last, card
            card = {}
        card[label] = said
        last = number
    yield last, card
