"""The letters of teams as their members list them: newest first, in pages, found by words of the title."""

import math
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

import sqlalchemy as sa

from tribune.cursors import number_before
from tribune.database import db
from tribune.fields import tidy
from tribune.letters.models import Letter, Version
from tribune.letters.queries import titled
from tribune.names import searchable, searched

PAGE = 50
LONGEST_SEARCH = 100  # characters


class Listed(NamedTuple):
    """One page of letters, and what it is a page of."""

    letters: Sequence[Letter]  # as `titled`
    q: str  # what was searched; "": nothing
    after: str
    next_page: str  # cursor of the next page; "": there is none
    number: int  # how many letters were found, on all pages
    shared: Collection[str]  # titles that several letters of these teams have
    every_id: Sequence[tuple[int, int]]  # team and id of each letter of these teams

    @property
    def is_whole(self) -> bool:
        """Whether all letters of these teams stand on it."""
        return len(self.letters) == len(self.every_id)


def listed(teams: Collection[int], args: Mapping[str, str]) -> Listed:
    """Return a page of the letters of these teams, by their ids. Raises BadCursor.

    `args`: a query string, with what is searched, `q`, and the cursor `after`. Titles are compared here, since the
    databases know no accents.
    """
    query = sa.select(Letter.team_id, Letter.id, Version.title).join(Letter.version).where(Letter.team_id.in_(teams))
    rows = db.session.execute(query.order_by(Letter.id.desc())).all()
    q, after = tidy(args.get("q"))[:LONGEST_SEARCH], args.get("after", "")
    words = searched(q)
    found = [row.id for row in rows if not words or all(map(searchable(row.title).__contains__, words))]
    before = number_before(after) if after else math.inf
    further = [number for number in found if number < before]
    return Listed(
        titled(Letter.id.in_(further[:PAGE])),
        q if words else "",  # punctuation alone is no search
        after,
        str(further[PAGE - 1]) if len(further) > PAGE else "",
        len(found),
        {title for title, times in Counter(row.title for row in rows).items() if times > 1},
        [(row.team_id, row.id) for row in rows],
    )
