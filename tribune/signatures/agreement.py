"""Who has signed the present text, and who still has to say whether they agree to it."""

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from tribune.letters.models import WORDS, Version
from tribune.letters.queries import stands_under
from tribune.signatures.models import Signature
from tribune.statements import there_is

S = Signature

# Owners who declined a new text, unless the words they had signed came back since. It makes no difference if organisers
# later call the new text a mere correction.
_own, _later = aliased(Version), aliased(Version)
_back = sa.exists().where(
    _own.letter_id == S.letter_id,
    _own.number == S.letter_version,
    _later.letter_id == S.letter_id,
    _later.number > S.letter_version,
    _later.created_at >= S.disagreed_at,
    *(getattr(_own, name) == getattr(_later, name) for name in WORDS),
)
DECLINED = sa.and_(S.disagreed_at.is_not(None), ~_back)


def has_to_agree(signature: Signature) -> bool:
    """Whether its owner has to agree to the present text before it counts, held or not, or has declined it.

    Queries the database: for a page about one signature. `Signature.waits_for_agreement`, for many, does not.
    """
    uncounted = signature.counted_at is None and signature.withdrawn_at is None
    return signature.is_vouched_for and uncounted and not stands_under_present_text(signature)


def stands_under_present_text(signature: Signature) -> bool:
    """Whether its owner signed the present text, as far as substance goes, and has not declined it."""
    if not stands_under(signature.letter, signature.letter_version):
        return False
    return signature.disagreed_at is None or not there_is(S.id == signature.id, DECLINED)
