"""First signatories on the organiser's word."""

import sqlalchemy as sa

from tribune.audit.models import Verb
from tribune.database import now, write
from tribune.letters.models import Letter, Version
from tribune.letters.queries import hold
from tribune.letters.recording import record_letter
from tribune.organisers.models import Organiser
from tribune.reading.people import Person
from tribune.signatures.actions import mark, new_signature
from tribune.signatures.counting import count_more
from tribune.signatures.models import Signature
from tribune.signatures.spellings import print_as_merged


def attest(letter: Letter, people: list[Person], by: Organiser | None = None) -> None:
    """Add people as first signatories on the organiser's word, in order, each with the line as it was printed.

    `by`: the organiser who answers for them; None for the shell.
    """
    if not people:
        return
    with write() as session:
        hold(letter)  # two who add people at once give them places one after the other
        last = session.scalar(sa.select(sa.func.max(Signature.position)).where(Signature.letter_id == letter.id)) or 0
        moment = now()
        for person in people:
            signature = new_signature(
                letter,
                given_name=person.given_name,
                family_name=person.family_name,
                role=person.role,
                organisation=person.organisation,
                as_organisation=person.as_organisation,
                affiliation=None if person.as_organisation else person.affiliation or None,
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
        if letter.is_published:  # from here on its words are never edited; before, publishing says so
            mark(Version.signed_at, letter, letter.version_number)
        count_more(letter.id, attested=len(people))
        record_letter(Verb.PEOPLE_ATTESTED, letter, by, count=len(people))
