"""Proof, without a cookie, that a form came from our page; the same for an hour, so that pages can be cached.

Hence no least time to fill in a form: a page from a cache does not know when it was opened. Programs meet the field
that people do not see (forms.py: StampedForm), and the limits of abuse/.
"""

from typing import Any

from flask import abort
from flask_babel import lazy_gettext as _l
from itsdangerous import BadData

from tribune.database import now
from tribune.hosts import comes_from_here
from tribune.tokens import Purpose, untimed

SIGN_HERE = _l("This form was sent from another site. Open the letter here and sign on its own page.")
ANSWER_HERE = _l("This form was sent from another site. Open the link in the email and answer on its own page.")
LASTS = 7 * 24  # hours: people leave a page open and come back to it


def stamp(subject: str) -> str:
    """Return a stamp for the form about `subject`, for example a slug."""
    return str(untimed(Purpose.STAMP).dumps([subject, _hour()]))


def is_good(text: str, subject: str) -> bool:
    """Whether this is our stamp for the form about `subject`, at most LASTS hours old."""
    try:
        stamped, hour = untimed(Purpose.STAMP).loads(text)
    except (BadData, ValueError, TypeError):
        return False
    return bool(stamped == subject and 0 <= _hour() - hour <= LASTS)


def refuse_other_sites(words: Any = SIGN_HERE) -> None:
    """Abort with 403 if another site sent the form. `words`: tell what to do instead."""
    if not comes_from_here():
        abort(403, str(words))


def _hour() -> int:
    return int(now().timestamp()) // 3600
