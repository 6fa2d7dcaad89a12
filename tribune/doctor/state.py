"""Check what is in the rows: counters, contacts, chores, people, networks, switches, clock; and the own notices."""

from collections.abc import Iterator
from datetime import timedelta

import sqlalchemy as sa
from flask import current_app
from flask_babel import gettext as _
from flask_babel import ngettext

from tribune.abuse import switches
from tribune.database import db, now
from tribune.doctor.findings import Finding, Level, judge
from tribune.doctor.postgresql import CLOCKS
from tribune.i18n import LANGUAGES
from tribune.letters.models import Letter
from tribune.notices.texts import NAMES, own_file, why_not
from tribune.organisers.queries import organiser_by_address
from tribune.outbox.chores import failing
from tribune.signatures.counting import drifted
from tribune.signatures.models import Signature

NAMED = 5  # letters in one line
LATEST = 20  # signatures of a day: so many seldom come from the machine of the site itself


def check_rows() -> Iterator[Finding]:
    """Check counters against rows, contacts, chores, administrators, networks, notices, switches, and the clock."""
    wrong = drifted()
    yield judge(
        _("Counters"),
        Level.WRONG if wrong else None,
        _("differ from the rows: %(letters)s", letters=_some(wrong)) if wrong else _("as the rows say"),
        _("`flask signatures recount --repair` corrects them."),
    )
    silent = sa.select(Letter.slug).where(Letter.published_at <= now(), Letter.contact == "").order_by(Letter.id)
    without = list(db.session.scalars(silent))
    yield judge(
        _("Contacts"),
        Level.WARN if without else None,
        _("none on %(letters)s", letters=_some(without)) if without else _("on every published letter"),
        _("People must be told whom to ask about their data: give the letter a contact."),
    )
    yield _chores()
    yield _administrators()
    yield _networks()
    yield _notices()
    yield _switches()
    latest = db.session.scalar(sa.select(Signature.signed_at).order_by(Signature.id.desc()).limit(1))
    back = latest is not None and latest > now() + timedelta(seconds=CLOCKS)  # another machine may have written it
    yield judge(
        _("Clock"),
        Level.WRONG if back else None,
        _("the latest signature is in the future") if back else _("goes forward"),
        _("The clock of this machine was set back: set it by NTP."),
    )


def _chores() -> Finding:
    """Check that no chore of the mail worker meets errors, which would else stand in the log alone."""
    failed = failing()
    return judge(
        _("Regular tasks"),
        Level.WRONG if failed else None,
        _("met errors in the last three hours: %(names)s", names=", ".join(failed)) if failed else _("without errors"),
        _(
            "What raised the error waits and is tried again; the rest goes on. The log of the mail worker says what it "
            "is, after “met an error”."
        ),
    )


def _administrators() -> Finding:
    """Check that each has an account: without one they cannot open the administrator's pages."""
    without = [each for each in current_app.config["ADMINISTRATORS"] if organiser_by_address(each) is None]
    return judge(
        "ADMINISTRATORS",
        Level.WARN if without else None,
        _("no account of %(addresses)s", addresses=", ".join(without)) if without else _("none without an account"),
        _(
            "Nobody can open /manage/site as these: correct the address, or create the account with `flask "
            "organisers add`."
        ),
    )


def _networks() -> Finding:
    """Check that readers do not all seem to come from this machine or its network, which no limit holds for."""
    latest = sa.select(Signature.network_hash, Signature.origin, Signature.signed_at).order_by(Signature.id.desc())
    since = now() - timedelta(days=1)
    signed = [s for s in db.session.execute(latest.limit(LATEST)) if s.origin == "web" and s.signed_at > since]
    known = sum(s.network_hash is not None for s in signed)
    return judge(
        _("Networks"),
        Level.WARN if len(signed) == LATEST and not known else None,
        _("latest signatures: %(n)s, of a known network: %(known)s", n=len(signed), known=known),
        _(
            "Unless people do sign from this machine or its network, TRUSTED_PROXIES is too low or too high, and "
            "nobody is limited. With deploy/nginx.conf it is 1, behind a CDN too."
        ),
    )


def _notices() -> Finding:
    """Check that each notice can be shown, for the site and its newest letter: a site may have its own texts."""
    newest = db.session.scalars(sa.select(Letter).order_by(Letter.id.desc()).limit(1)).first()
    of_letters: list[Letter | None] = [newest] if newest else []
    about: dict[str, list[Letter | None]] = {"legal": [None], "privacy": [None, *of_letters], "records": of_letters}
    broken = {
        own_file(name, language): why
        for language in LANGUAGES
        for name in NAMES
        for letter in about[name]
        if (why := why_not(name, language, letter))
    }
    return judge(
        _("Texts of the notices"),
        Level.WRONG if broken else None,
        "; ".join(f"{file}: {why}" for file, why in broken.items()) or _("can be shown"),
        _("Until you correct the file, the page shows the software’s own text."),
    )


def _switches() -> Finding:
    """Check whether a switch, perhaps forgotten after an emergency, keeps people from signing."""
    if switches.current().read_only:
        again = _("Nobody can sign, confirm or write: `flask site read-only off` once the emergency is over.")
        return Finding(Level.WARN, _("Switches"), _("the site is read-only"), again)
    if switches.current().paused:
        again = _("Nobody can sign by the form: `flask site resume-signing` once the emergency is over.")
        return Finding(Level.WARN, _("Switches"), _("signing is paused"), again)
    return Finding(Level.OK, _("Switches"), _("everybody can sign"))


def _some(slugs: list[str]) -> str:
    named, more = ", ".join(slugs[:NAMED]), len(slugs) - NAMED
    if more <= 0:
        return named
    return str(ngettext("%(letters)s and %(num)s more", "%(letters)s and %(num)s more", more, letters=named))
