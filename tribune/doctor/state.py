"""What the rows say: counters, letters, clocks."""

from collections.abc import Iterator

import sqlalchemy as sa

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
        "Counters",
        Level.WRONG if wrong else None,
        f"differ from the rows: {_some(wrong)}" if wrong else "as the rows say",
        "`flask signatures recount --repair` sets them.",
    )
    silent = sa.select(Letter.slug).where(Letter.published_at <= now(), Letter.contact == "").order_by(Letter.id)
    without = list(db.session.scalars(silent))
    yield judge(
        "Contacts",
        Level.WARN if without else None,
        f"none on {_some(without)}" if without else "on every published letter",
        "People must be told whom to ask about their data: give the letter a contact.",
    )
    latest = db.session.scalar(sa.select(Signature.signed_at).order_by(Signature.id.desc()).limit(1))
    back = latest is not None and latest > now()
    yield judge(
        "Clock",
        Level.WRONG if back else None,
        "the latest signature is in the future" if back else "goes forward",
        "The clock of this machine was set back: set it by NTP.",
    )


def _some(slugs: list[str]) -> str:
    more = f" and {len(slugs) - NAMED} more" if len(slugs) > NAMED else ""
    return ", ".join(slugs[:NAMED]) + more
