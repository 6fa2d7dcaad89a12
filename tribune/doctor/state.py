"""What the rows say: counters, letters, clocks."""

from collections.abc import Iterator

import sqlalchemy as sa
from flask_babel import gettext as _
from flask_babel import ngettext

from tribune.database import db, now
from tribune.doctor.findings import Finding, Level, judge
from tribune.letters.models import Letter
from tribune.signatures.counting import drifted
from tribune.signatures.models import Signature

NAMED = 5  # letters in one line


def check_rows() -> Iterator[Finding]:
    """Counters against rows, contacts of letters, and whether the clock went back."""
    wrong = drifted()
    yield judge(
        _("Counters"),
        Level.WRONG if wrong else None,
        _("differ from the rows: %(letters)s", letters=_some(wrong)) if wrong else _("as the rows say"),
        _("`flask signatures recount --repair` sets them."),
    )
    silent = sa.select(Letter.slug).where(Letter.published_at <= now(), Letter.contact == "").order_by(Letter.id)
    without = list(db.session.scalars(silent))
    yield judge(
        _("Contacts"),
        Level.WARN if without else None,
        _("none on %(letters)s", letters=_some(without)) if without else _("on every published letter"),
        _("People must be told whom to ask about their data: give the letter a contact."),
    )
    latest = db.session.scalar(sa.select(Signature.signed_at).order_by(Signature.id.desc()).limit(1))
    back = latest is not None and latest > now()
    yield judge(
        _("Clock"),
        Level.WRONG if back else None,
        _("the latest signature is in the future") if back else _("goes forward"),
        _("The clock of this machine was set back: set it by NTP."),
    )


def _some(slugs: list[str]) -> str:
    named, more = ", ".join(slugs[:NAMED]), len(slugs) - NAMED
    if more <= 0:
        return named
    return str(ngettext("%(letters)s and %(num)s more", "%(letters)s and %(num)s more", more, letters=named))
