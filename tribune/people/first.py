"""What organisers do with first signatories: move, sort, join and part lines, and choose who is one."""

from collections.abc import Sequence

from tribune.audit.models import Verb
from tribune.database import write
from tribune.letters.models import Letter
from tribune.letters.queries import lock
from tribune.letters.recording import record_under
from tribune.organisers.models import Organiser
from tribune.people.order import Entry, Order, index_of, joined, moved, parted, placed, rearranged
from tribune.people.placing import OrderChanged, change
from tribune.people.queries import people_of, sort_keys, whole_line
from tribune.signatures.lines import shared
from tribune.signatures.models import Signature
from tribune.signatures.wordings import of_initials


class NotCounted(Exception):
    """Only a signature that counts can be a first signatory."""


class InitialsOnly(Exception):
    """They agreed to initials only, and first signatories are named in full."""


class CannotJoin(Exception):
    """There is no line above, or it does not print the same after the names."""


def move(letter: Letter, signature: Signature, how: str, *, by: Organiser, seen_as: str) -> bool:
    """Move a line `up`, `down`, to the `top` or the `bottom`; return False if it is there already.

    At the end of its section, the whole section moves. `seen_as`: as for `placing.change`. Raises OrderChanged.
    """

    def arrange(order: Order) -> list[Entry]:
        return moved(order, _index(order, signature), how)

    return change(letter, arrange, by=by, seen_as=seen_as, signature=signature, what="moved")


def place(letter: Letter, signature: Signature, number: int, *, by: Organiser, seen_as: str) -> bool:
    """Move a line to this place, counted from 1, or as near as its section allows. Raises OrderChanged."""

    def arrange(order: Order) -> list[Entry]:
        return placed(order, _index(order, signature), number - 1)

    return change(letter, arrange, by=by, seen_as=seen_as, signature=signature, what="moved")


def reorder(letter: Letter, signatures: Sequence[int], signature: Signature, *, by: Organiser, seen_as: str) -> bool:
    """Put some lines in this order, each given by the id of one signature on it; `signature`: the one that was dragged.

    Raises OrderChanged.
    """

    def arrange(order: Order) -> list[Entry]:
        at = {person: index for index, entry in enumerate(order) for person in entry.people}
        indices = [at[number] for number in signatures if number in at]
        if len(set(indices)) != len(signatures):
            raise OrderChanged
        return rearranged(order, indices)

    return change(letter, arrange, by=by, seen_as=seen_as, signature=signature, what="moved")


def sort_by_surname(letter: Letter, *, by: Organiser, seen_as: str) -> bool:
    """Sort the lines of each section by the first surname on each. Raises OrderChanged."""

    def arrange(order: Order) -> list[Entry]:
        key = sort_keys(letter)
        sections = list(dict.fromkeys(entry.section for entry in order))
        return sorted(order, key=lambda entry: (sections.index(entry.section), key[entry.people[0]]))

    return change(letter, arrange, by=by, seen_as=seen_as, what="sorted")


def join(letter: Letter, signature: Signature, *, by: Organiser, seen_as: str) -> bool:
    """Join the line of this person with the one above. Raises OrderChanged or CannotJoin."""

    def arrange(order: Order) -> list[Entry]:
        index = _index(order, signature)
        if index == 0 or not alike(letter, order[index - 1], order[index]):
            raise CannotJoin
        return joined(order, index)

    return change(letter, arrange, by=by, seen_as=seen_as, signature=signature, what="joined")


def part(letter: Letter, signature: Signature, *, by: Organiser, seen_as: str) -> bool:
    """Put each person of a line on a line of their own. Raises OrderChanged."""

    def arrange(order: Order) -> list[Entry]:
        return parted(order, _index(order, signature))

    return change(letter, arrange, by=by, seen_as=seen_as, signature=signature, what="parted")


def alike(letter: Letter, *lines: Entry) -> bool:
    """Whether all people of these lines print the same after their names."""
    people = people_of(letter, [person for entry in lines for person in entry.people]).values()
    return len({shared(person) for person in people}) == 1


def set_first(letter: Letter, signature: Signature, first: bool, *, by: Organiser) -> bool:
    """Make somebody the last first signatory, or no longer one. Raises NotCounted or InitialsOnly."""

    def arrange(order: Order) -> list[Entry]:
        if first and signature.position is not None:
            return list(order)
        if first:
            if not signature.counted_at:
                raise NotCounted
            if of_initials(signature.wording):
                raise InitialsOnly
            return [*order, Entry((signature.id,), signature.section)]
        rest = (Entry(tuple(p for p in entry.people if p != signature.id), entry.section) for entry in order)
        return [entry for entry in rest if entry.people]

    return change(letter, arrange, by=by, seen_as=None, signature=signature, what="added" if first else "removed")


def set_section(
    letter: Letter, signature: Signature, section: str, *, by: Organiser, seen_as: str | None = None
) -> bool:
    """Set the section of somebody and of those who share their line; "" for none.

    A first signatory is put last in it. Raises OrderChanged.
    """

    def arrange(order: Order) -> list[Entry]:
        index = _index(order, signature)
        if order[index].section == section:
            return list(order)
        return [*order[:index], *order[index + 1 :], Entry(order[index].people, section)]

    with write():
        lock(letter)  # nobody makes them a first signatory meanwhile
        about, told = Verb.SECTION_CHANGED, {"before": signature.section, "after": section}
        if signature.position is not None:
            return change(letter, arrange, by=by, seen_as=seen_as, signature=signature, verb=about, **told)
        if section == signature.section:
            return False
        signature.section = section
        subject = whole_line(signature).text
        record_under(letter, about, by=by, signature_id=signature.id, subject=subject, **told)
    return True


def _index(order: Order, signature: Signature) -> int:
    index = index_of(order, signature.id)
    if index is None:
        raise OrderChanged
    return index
