"""Merging spellings of an organisation, and undoing it: set by set, never row by row."""

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa

from tribune.audit.actions import record
from tribune.audit.models import Verb
from tribune.database import db, write
from tribune.letters.models import Letter
from tribune.letters.queries import hold
from tribune.names import organisation_key, sort_key
from tribune.organisations.queries import merges_of
from tribune.organisers.models import Organiser
from tribune.signatures.models import Merge, Signature
from tribune.signatures.spellings import Printed, followed

Merges = dict[str, Merge]  # of one letter, by the key of the spelling


class MergesInCircle(Exception):
    """The name chosen is itself printed as one of those it should replace."""


class NothingToMerge(Exception):
    """No other spelling was chosen than the one that is printed."""


def merge(letter: Letter, keys: Iterable[str], into: str, by: Organiser) -> list[Merge]:
    """Print the spellings of these keys as `into`, now and when they are typed later.

    Lines printed as they stood elsewhere stay as they are. Raises NothingToMerge or MergesInCircle.
    """
    with write() as session:
        hold(letter)
        target = organisation_key(into)
        changed = [key for key in dict.fromkeys(keys) if key and key != target]
        if not changed:
            raise NothingToMerge
        merges = _merges(letter)
        before = _as_printed(merges)
        # Who merges a name that others are printed as takes them along: their chain goes on.
        made = [merges.setdefault(key, Merge(letter_id=letter.id, from_key=key)) for key in changed]
        for each in made:
            each.into = into
        _refuse_circles(merges)
        session.add_all(made)
        session.flush()
        _print_again(merges, before)
        for each in made:
            _take_in(letter, each, merges)
        for each in made:
            record(
                Verb.ORGANISATIONS_MERGED,
                team_id=letter.team_id,
                by=by,
                letter_id=letter.id,
                subject=into,
                spelling=each.from_key,
                into=into,
            )
        session.expire_all()  # it does not know what was changed set by set
    return made


def undo(letter: Letter, key: str, by: Organiser) -> bool:
    """Print what people typed again, or what the rest of the merges says; False when it is undone already."""
    with write() as session:
        hold(letter)
        merges = _merges(letter)
        found = merges.get(key)
        if found is None:
            return False
        before = _as_printed(merges)
        record(
            Verb.MERGE_UNDONE,
            team_id=letter.team_id,
            by=by,
            letter_id=letter.id,
            subject=found.into,
            spelling=found.from_key,
            into=found.into,
        )
        _unprint(found, before.pop(found.id))
        session.delete(merges.pop(key))
        _print_again(merges, before)
        session.flush()
        session.expire_all()  # as above
    return True


def _merges(letter: Letter) -> Merges:
    return {merge.from_key: merge for merge in merges_of(letter)}


def _as_printed(merges: Merges) -> dict[int, Printed]:
    """How each prints, by its number."""
    found = {merge.id: followed(key, merges.get) for key, merge in merges.items()}
    return {number: made for number, made in found.items() if made}


def _refuse_circles(merges: Merges) -> None:
    leads = {key: organisation_key(merge.into) for key, merge in merges.items()}
    for start in leads:
        seen, here = set(), start
        while here in leads:
            if here in seen:
                raise MergesInCircle
            seen.add(here)
            here = leads[here]


def _print_again(merges: Merges, before: dict[int, Printed]) -> None:
    """Change the rows of every merge that now prints something else."""
    for number, now in _as_printed(merges).items():
        was = before.get(number)
        if was is not None and was.name != now.name:
            base = _without(was)
            _update(Signature.merge_id == number, base + now.suffix, now)


def _take_in(letter: Letter, merge: Merge, merges: Merges) -> None:
    """Its rows that were printed as typed so far."""
    found = followed(merge.from_key, merges.get)
    typed = sa.and_(
        Signature.letter_id == letter.id,
        Signature.organisation_key == merge.from_key,
        Signature.merge_id.is_(None),
        Signature.affiliation.is_(None),
    )
    if found:
        _update(typed, Signature.search_key + found.suffix, found)


def _update(which: sa.ColumnElement[bool], search_key: sa.ColumnElement[str], found: Printed) -> None:
    """Print them so, and order the organisations that sign as such by the name that is printed now."""
    printed = {
        "merge_id": found.merge.id,
        "printed_organisation": found.name,
        "organisation_key": organisation_key(found.name),
        "search_key": search_key,
    }
    _set(which, **printed)
    _set(sa.and_(Signature.merge_id == found.merge.id, Signature.as_organisation), sort_key=sort_key(found.name, ""))


def _unprint(found: Merge, was: Printed) -> None:
    its = Signature.merge_id == found.id
    for signature in db.session.scalars(sa.select(Signature).where(its, Signature.as_organisation)):
        signature.sort_key = sort_key(signature.organisation, "")
    typed = {"merge_id": None, "printed_organisation": None, "organisation_key": found.from_key}
    _set(its, **typed, search_key=_without(was))


def _set(which: sa.ColumnElement[bool], **values: Any) -> None:
    statement = sa.update(Signature).where(which).values(values)
    db.session.execute(statement, execution_options={"synchronize_session": False})


def _without(was: Printed) -> sa.ColumnElement[str]:
    """The words a signature was found under before that name was added to them."""
    return sa.func.substr(Signature.search_key, 1, sa.func.length(Signature.search_key) - len(was.suffix))
