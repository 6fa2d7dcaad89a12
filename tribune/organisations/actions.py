"""Merging spellings of an organisation, and undoing it: set by set, never row by row."""

from collections.abc import Iterable

import sqlalchemy as sa

from tribune.audit.actions import record
from tribune.audit.models import Verb
from tribune.database import write
from tribune.letters.models import Letter
from tribune.letters.queries import hold
from tribune.names import organisation_key, sort_key
from tribune.organisations.queries import merge_of, merges_of
from tribune.organisers.models import Organiser
from tribune.signatures.lines import organisation_of
from tribune.signatures.models import Merge, Signature
from tribune.signatures.spellings import Printed, printed


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
        before = _as_printed(letter)
        made = []
        for key in changed:
            # Who merges a name that others are printed as takes them along: their chain goes on.
            found = merge_of(letter, key) or Merge(letter_id=letter.id, from_key=key)
            found.into = into
            session.add(found)
            made.append(found)
        _refuse_circles(letter)
        _print_again(letter, before)
        _mark_unmerged(letter, made)
        _sort_by_their_name(letter)
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
    return made


def undo(letter: Letter, key: str, by: Organiser) -> bool:
    """Print what people typed again, or what the rest of the merges says; False when it is undone already."""
    with write() as session:
        hold(letter)
        found = merge_of(letter, key)
        if found is None:
            return False
        before = _as_printed(letter)
        record(
            Verb.MERGE_UNDONE,
            team_id=letter.team_id,
            by=by,
            letter_id=letter.id,
            subject=found.into,
            spelling=found.from_key,
            into=found.into,
        )
        session.delete(found)
        session.flush()
        _unprint(found, before.pop(found.id))
        _print_again(letter, before)
        _sort_by_their_name(letter)
    return True


def _as_printed(letter: Letter) -> dict[int, Printed]:
    """How each merge of a letter prints, by its number."""
    found = ((merge, printed(letter.id, merge.from_key)) for merge in merges_of(letter))
    return {merge.id: made for merge, made in found if made}


def _refuse_circles(letter: Letter) -> None:
    leads = {merge.from_key: organisation_key(merge.into) for merge in merges_of(letter)}
    for start in list(leads):
        seen, here = set(), start
        while here in leads:
            if here in seen:
                raise MergesInCircle
            seen.add(here)
            here = leads[here]


def _print_again(letter: Letter, before: dict[int, Printed]) -> None:
    """Change the rows of every merge that now prints something else."""
    for number, now in _as_printed(letter).items():
        was = before.get(number)
        if was is not None and was.name != now.name:
            base = _without(was)
            _update(Signature.merge_id == number, base + now.suffix, now)


def _mark_unmerged(letter: Letter, made: list[Merge]) -> None:
    """Take in the rows that were printed as typed so far."""
    for each in made:
        found = printed(letter.id, each.from_key)
        typed = sa.and_(
            Signature.letter_id == letter.id,
            Signature.organisation_key == each.from_key,
            Signature.merge_id.is_(None),
            Signature.affiliation.is_(None),
        )
        if found:
            _update(typed, Signature.search_key + found.suffix, found)


def _update(which: sa.ColumnElement[bool], search_key: sa.ColumnElement[str], found: Printed) -> None:
    with write() as session:
        session.execute(
            sa.update(Signature)
            .where(which)
            .values(
                merge_id=found.merge.id,
                printed_organisation=found.name,
                organisation_key=organisation_key(found.name),
                search_key=search_key,
            )
            .execution_options(synchronize_session=False)
        )
        session.expire_all()


def _sort_by_their_name(letter: Letter) -> None:
    """Order the organisations that sign as such by the name that is printed now."""
    with write() as session:
        query = sa.select(Signature).where(Signature.letter_id == letter.id, Signature.as_organisation)
        for signature in session.scalars(query):
            signature.sort_key = sort_key(organisation_of(signature), "")


def _unprint(found: Merge, was: Printed) -> None:
    with write() as session:
        session.execute(
            sa.update(Signature)
            .where(Signature.merge_id == found.id)
            .values(
                merge_id=None,
                printed_organisation=None,
                organisation_key=found.from_key,
                search_key=_without(was),
            )
            .execution_options(synchronize_session=False)
        )
        session.expire_all()


def _without(was: Printed) -> sa.ColumnElement[str]:
    """The words a signature was found under before that name was added to them."""
    return sa.func.substr(Signature.search_key, 1, sa.func.length(Signature.search_key) - len(was.suffix))
