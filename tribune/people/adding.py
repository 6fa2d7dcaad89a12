"""The one way to add attested first signatories, after the others."""

from collections.abc import Sequence

import sqlalchemy as sa

from tribune.audit.models import Verb
from tribune.database import now, write
from tribune.letters.models import Letter, Version
from tribune.letters.queries import lock
from tribune.letters.recording import record_letter
from tribune.organisers.models import Organiser
from tribune.people.actions import KEYED
from tribune.people.placing import settle
from tribune.people.queries import is_first
from tribune.reading.people import Person
from tribune.signatures.actions import mark, new_signature
from tribune.signatures.counting import count_more
from tribune.signatures.flags import flag_confirmed
from tribune.signatures.models import Signature
from tribune.signatures.spellings import print_as_merged


class ListedAlready(Exception):
    """A first signatory has exactly this line: the button was pressed twice."""


def add(letter: Letter, people: Sequence[Person], *, by: Organiser | None) -> list[Signature]:
    """Add people in order. `by`: the organiser who answers for them; None for the shell."""
    added: list[Signature] = []
    if not people:
        return added
    with write() as session:
        lock(letter)  # so that people added at once by two organisers get different positions
        last = session.scalar(sa.select(sa.func.max(Signature.position)).where(Signature.letter_id == letter.id)) or 0
        moment = now()
        for person in people:
            words = {name: getattr(person, name) for name in KEYED}
            words["affiliation"] = None if person.as_organisation else person.affiliation or None
            signature = new_signature(
                letter,
                **words,
                position=last + person.line,
                origin="attested",
                locale=letter.locale,
                published=True,
                news=False,
                signed_at=moment,
                attested_at=moment,
                counted_at=moment,
            )
            print_as_merged(signature)
            session.add(signature)
            added.append(signature)
        if letter.is_published:  # the version is never edited from now on; before publication, `publish` marks it
            mark(Version.signed_at, letter, letter.version_number)
        count_more(letter.id, attested=len(people))
        record_letter(letter, Verb.PEOPLE_ATTESTED, by=by, count=len(people))
        settle(letter)  # moves them above the sections, as lines without a section come first
    return added


def add_one(letter: Letter, person: Person, *, by: Organiser) -> bool:
    """Add one person by hand, once; return whether their name is flagged as one that counts. Raises ListedAlready."""
    with write():
        lock(letter)
        if is_first(letter, person):
            raise ListedAlready
        [signature] = add(letter, [person], by=by)
        flag_confirmed(signature)
        return bool(signature.flags)
