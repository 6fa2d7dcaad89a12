"""What people were told when they signed, which their organisers do not change afterwards."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from tribune.database import db
from tribune.letters.models import Letter
from tribune.signatures.models import Signature
from tribune.signatures.wordings import INITIALS

S = Signature


def broken(letter: Letter, changes: Mapping[str, Any]) -> list[str]:
    """The fields whose new values are not what somebody was told who signed, whether they confirm, or come back, later.

    For whoever holds the letter alone: until they are through nobody signs.
    """
    named = changes.get("public_list") == "yes" and _somebody(letter, S.published, S.wording.endswith(INITIALS))
    return ["public_list"] if named else []


def _somebody(letter: Letter, *conditions: sa.ColumnElement[bool]) -> bool:
    return bool(db.session.scalar(sa.select(sa.exists().where(S.letter_id == letter.id, *conditions))))
