"""Who signed the text of today, and who has to say whether they do."""

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from tribune.database import there_is
from tribune.letters.models import WORDS, Version
from tribune.letters.queries import stands_under
from tribune.signatures.models import Signature

S = Signature

# Who has said that they do not sign a text, unless the words that they had signed came back since. What the organisers
# call that text afterwards changes nothing about it.
_own, _later = aliased(Version), aliased(Version)
_back = sa.exists().where(
    _own.letter_id == S.letter_id,
    _own.number == S.letter_version,
    _later.letter_id == S.letter_id,
    _later.number > S.letter_version,
    _later.created_at >= S.disagreed_at,
    *(getattr(_own, name) == getattr(_later, name) for name in WORDS),
)
REFUSED = sa.and_(S.disagreed_at.is_not(None), ~_back)


def has_to_agree(signature: Signature) -> bool:
    """It stands under words before the last change in substance, or its owner refused those since; a held one too.

    Asks the database: for the page of one signature. `Signature.waits_for_agreement`, for many, asks nothing.
    """
    uncounted = signature.counted_at is None and signature.withdrawn_at is None
    return signature.is_vouched_for and uncounted and not stands_under_today(signature)


def stands_under_today(signature: Signature) -> bool:
    """Its owner signed the text of today, as far as its substance goes, and has not said otherwise."""
    if not stands_under(signature.letter, signature.letter_version):
        return False
    return signature.disagreed_at is None or not there_is(S.id == signature.id, REFUSED)
