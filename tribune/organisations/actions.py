"""Merging spellings of an organisation, and undoing it: stored at once, then printed in pieces, a transaction each."""

from collections.abc import Iterable, Sequence
from time import monotonic

import sqlalchemy as sa

from tribune.audit.models import Verb
from tribune.database import db, write
from tribune.letters.models import Letter
from tribune.letters.queries import lock
from tribune.letters.recording import record_under
from tribune.names import organisation_key
from tribune.organisations.queries import is_printed_otherwise, lines_left, merges_by_key
from tribune.organisers.models import Organiser
from tribune.people.actions import KEYED
from tribune.signatures.actions import keys as found_by
from tribune.signatures.models import Merge, Signature
from tribune.signatures.spellings import print_as_merged
from tribune.statements import UNREAD

S = Signature
AT_ONCE = 100  # lines per transaction: on SQLite nobody can sign meanwhile, and each takes 3 ms in the trigram index
AT_ONE_PRESS = 2  # seconds of work per request; then the page shows the progress


class MergesInCircle(Exception):
    """The chosen name is itself printed as one of those it should replace."""


class NothingToMerge(Exception):
    """All lines of the chosen spellings are printed like this already."""


class MergedOtherwise(Exception):
    """The spelling has been merged into another name since the page was shown."""


def merge(letter: Letter, keys: Iterable[str], into: str, by: Organiser) -> list[Merge]:
    """Print the spellings of these keys as `into`, now and when typed later; `advance` finishes if there are many.

    Lines with an `affiliation` of their own stay as they are. Raises NothingToMerge or MergesInCircle.
    """
    with write() as session:
        lock(letter)
        target = organisation_key(into)
        asked = [key for key in dict.fromkeys(keys) if key]
        asked = [key for key in asked if key != target or is_printed_otherwise(letter, key, into)]
        if not asked:
            raise NothingToMerge
        merges = merges_by_key(letter)
        # Spellings already merged into one of these names follow it: merges form chains.
        made = [merges.setdefault(key, Merge(letter_id=letter.id, from_key=key)) for key in asked]
        changed = [each for each in made if each.into != into]  # on a double click, some are merged already
        for each in changed:
            each.into = into
        _refuse_circles(merges)
        session.add_all(changed)
        for each in changed:
            _record(Verb.ORGANISATIONS_MERGED, letter, each, by)
    advance(letter, AT_ONE_PRESS)
    return made


def undo(letter: Letter, key: str, by: Organiser, into: str | None = None) -> bool:
    """Undo the merge of a spelling: print it as typed, or as other merges say. Return False if it is undone already.

    `into`: the name that the page showed; None: any. If there are many lines, `advance` does the rest. Raises
    MergedOtherwise.
    """
    with write():
        lock(letter)
        found = merges_by_key(letter).get(key)
        if found is None or not found.into:
            return False
        if into not in (None, found.into):
            raise MergedOtherwise
        _record(Verb.MERGE_UNDONE, letter, found, by)
        found.into = ""  # the row stays until its last line is done, as `lines_left` needs it
    advance(letter, AT_ONE_PRESS)
    return True


def advance(letter: Letter, seconds: float) -> None:
    """Print lines as the merges say, for about so many seconds, at least one piece, or until all are done."""
    end = monotonic() + seconds
    left = sorted(db.session.scalars(lines_left(letter)))
    for start in range(0, len(left), AT_ONCE):
        if start and monotonic() > end:
            return
        _print(letter, left[start : start + AT_ONCE])
    with write() as session:
        lock(letter, shared=True)
        undone = Merge.letter_id == letter.id, Merge.into == "", ~sa.exists().where(S.merge_id == Merge.id)
        session.execute(sa.delete(Merge).where(*undone), execution_options=UNREAD)


def _print(letter: Letter, ids: Sequence[int]) -> None:
    """Print these lines by the merges as they are now, which may have changed since the lines were found."""
    with write() as session:
        lock(letter, shared=True)
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
