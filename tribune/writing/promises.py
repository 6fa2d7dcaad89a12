"""What people were told when they signed, and organisers may not change afterwards."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from tribune.letters.models import Letter
from tribune.retention.periods import names_months
from tribune.signatures.models import Signature
from tribune.signatures.table import NAMED
from tribune.signatures.wordings import of_initials
from tribune.statements import there_is

S = Signature
OWN_WORD = sa.or_(S.confirmed_at.is_not(None), S.attested_at.is_(None))  # all but those that are only attested


def broken(letter: Letter, changes: Mapping[str, Any]) -> list[str]:
    """Return the fields whose new values break what somebody was told who signed, even if pending or withdrawn.

    The caller has locked the letter exclusively, so that nobody signs meanwhile.
    """
    fields = []
    if changes.get("public_list") == "yes" and _somebody(letter, S.published.is_(True), of_initials(S.wording)):
        fields.append("public_list")
    kept = names_months(letter.names_kept_months)
    if names_months(changes.get("names_kept_months", kept)) > kept and _somebody(letter, NAMED, OWN_WORD):
        fields.append("names_kept_months")
    return fields


def _somebody(letter: Letter, *conditions: sa.ColumnElement[bool]) -> bool:
    return there_is(S.letter_id == letter.id, *conditions)
