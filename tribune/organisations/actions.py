"""Merging spellings of an organisation, and undoing it: said at once, printed line by line, a piece a transaction."""

from collections.abc import Iterable, Sequence
from time import monotonic

import sqlalchemy as sa

from tribune.audit.models import Verb
from tribune.database import UNREAD, db, write
from tribune.letters.models import Letter
from tribune.letters.queries import hold
from tribune.letters.recording import record_under
from tribune.names import organisation_key
from tribune.organisations.queries import is_printed_otherwise, lines_left, merges_by_key
from tribune.organisers.models import Organiser
from tribune.people.actions import KEYED
from tribune.signatures.actions import keys as found_by
from tribune.signatures.models import Merge, Signature
from tribune.signatures.spellings import print_as_merged

S = Signature
AT_ONCE = 100  # lines of one transaction: on SQLite nobody signs meanwhile, and each costs its index of names 3 ms
AT_ONE_PRESS = 2  # seconds of work before the page shows how far it came


class MergesInCircle(Exception):
    """The name chosen is itself printed as one of those it should replace."""


class NothingToMerge(Exception):
    """All lines of the spellings that were chosen are printed so already."""


class MergedOtherwise(Exception):
    """The spelling has been merged into another name since the page was made whose button was pressed."""


def merge(letter: Letter, keys: Iterable[str], into: str, by: Organiser) -> list[Merge]:
    """Print the spellings of these keys as `into`, now and when they are typed later; `advance` does the rest of many.

    Lines printed as they stood elsewhere stay as they are. Raises NothingToMerge or MergesInCircle.
    """
    with write() as session:
        hold(letter)
        target = organisation_key(into)
        asked = [key for key in dict.fromkeys(keys) if key]
        asked = [key for key in asked if key != target or is_printed_otherwise(letter, key, into)]
        if not asked:
            raise NothingToMerge
        merges = merges_by_key(letter)
        # Who merges a name that others are printed as takes them along: their chain goes on.
        made = [merges.setdefault(key, Merge(letter_id=letter.id, from_key=key)) for key in asked]
        changed = [each for each in made if each.into != into]  # the others, when the button is pressed twice
        for each in changed:
            each.into = into
        _refuse_circles(merges)
        session.add_all(changed)
        for each in changed:
            _record(Verb.ORGANISATIONS_MERGED, letter, each, by)
    advance(letter, AT_ONE_PRESS)
    return made


def undo(letter: Letter, key: str, by: Organiser, into: str | None = None) -> bool:
    """Print what people typed again, or what the rest of the merges says; False when it is undone already.

    `into`: the name that its page showed, or None for whatever it is. `advance` does the rest of many. Raises
    MergedOtherwise.
    """
    with write():
        hold(letter)
        found = merges_by_key(letter).get(key)
        if found is None or not found.into:
            return False
        if into not in (None, found.into):
            raise MergedOtherwise
        _record(Verb.MERGE_UNDONE, letter, found, by)
        found.into = ""  # its row goes after its last line: by it `lines_left` finds those that are still printed so
    advance(letter, AT_ONE_PRESS)
    return True


def advance(letter: Letter, seconds: float) -> None:
    """Print lines as the merges say, until all are or about so many seconds have passed; one piece at least."""
    end = monotonic() + seconds
    left = sorted(db.session.scalars(lines_left(letter)))
    for start in range(0, len(left), AT_ONCE):
        if start and monotonic() > end:
            return
        _print(letter, left[start : start + AT_ONCE])
    with write() as session:
        hold(letter, shared=True)
        undone = Merge.letter_id == letter.id, Merge.into == "", ~sa.exists().where(S.merge_id == Merge.id)
        session.execute(sa.delete(Merge).where(*undone), execution_options=UNREAD)


def _print(letter: Letter, ids: Sequence[int]) -> None:
    """Print these as the merges say now: no matter what they were meant to be when they were looked for."""
    with write() as session:
        hold(letter, shared=True)
        merges = merges_by_key(letter)
        query = sa.select(S).where(S.letter_id == letter.id, S.id.in_(ids)).order_by(S.id).with_for_update()
        for signature in session.scalars(query):
            for name, value in found_by(**{name: getattr(signature, name) for name in KEYED}).items():
                setattr(signature, name, value)
            print_as_merged(signature, merges.get)


def _refuse_circles(merges: dict[str, Merge]) -> None:
    leads = {key: organisation_key(merge.into) for key, merge in merges.items()}
    for start in leads:
        seen, here = set(), start
        while here in leads and leads[here] != here:
            if here in seen:
                raise MergesInCircle
            seen.add(here)
            here = leads[here]


def _record(verb: Verb, letter: Letter, merge: Merge, by: Organiser) -> None:
    record_under(letter, verb, by=by, subject=merge.into, spelling=merge.from_key, into=merge.into)
