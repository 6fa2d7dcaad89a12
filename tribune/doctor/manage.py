"""The administrator's pages: the state of the whole site, its switches, and what is wrong with it."""

import platform
from collections import Counter
from datetime import UTC, datetime
from importlib.metadata import version

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from tribune.abuse import switches
from tribune.abuse.shedding import Importance, matters
from tribune.doctor import queries
from tribune.doctor.examining import examine
from tribune.doctor.findings import Finding, Level
from tribune.doctor.forms import BannerForm
from tribune.metrics import together
from tribune.processes import Counts
from tribune.teams.guard import manage_blueprint, needs

bp = manage_blueprint("manage_site", __name__)

LIBRARIES = ("Flask", "SQLAlchemy", "waitress")


@bp.get("/site")
@needs(None, fresh=True, administrator=True)
def site() -> ResponseReturnValue:
    """The whole site at a glance."""
    return _page(BannerForm(words=switches.current().banner))


@bp.post("/site/signing")
@needs(None, fresh=True, administrator=True)
def signing() -> ResponseReturnValue:
    """Pause or resume signing."""
    if request.form.get("paused"):
        switches.turn_on(switches.PAUSED)
        flash(
            _(
                "Signing is paused, everywhere within a few seconds. Those who have signed can still confirm, and "
                "those who are invited can still accept."
            )
        )
    else:
        switches.turn_off(switches.PAUSED)
        flash(_("People can sign again."))
    return redirect(url_for("manage_site.site"), 303)


@bp.post("/site/banner")
@needs(None, fresh=True, administrator=True)
def banner() -> ResponseReturnValue:
    """Set the banner of every page, or remove it."""
    form = BannerForm()
    if not form.validate_on_submit():
        return _page(form), 422
    if form.words.data:
        switches.turn_on(switches.BANNER, form.words.data)
        flash(_("Every page will say so within a minute."))
    else:
        switches.turn_off(switches.BANNER)
        flash(_("It will be gone from every page within a minute."))
    return redirect(url_for("manage_site.site"), 303)


@bp.get("/site/findings")
@needs(None, fresh=True, administrator=True)
@matters(Importance.FILE)  # it counts every row
def findings() -> ResponseReturnValue:
    """What `flask doctor` finds."""
    found: dict[Level, list[Finding]] = {level: [] for level in Level}
    for finding in examine():
        found[finding.level].append(finding)
    wrong = found[Level.WRONG] + found[Level.WARN]
    return render_template("doctor/findings.html", wrong=wrong, hand=found[Level.HAND], fine=found[Level.OK])


def _page(form: BannerForm) -> str:
    since, counts = together(current_app).total()
    return render_template(
        "doctor/site.html",
        form=form,
        state=queries.state(),
        hours=queries.hours(),
        since=datetime.fromtimestamp(since, UTC),
        counted=_counted(counts),
        switched=switches.since(),
        versions={"Python": platform.python_version()}
        | {n: version(n) for n in LIBRARIES}
        | queries.database_version(),
    )


def _counted(counts: Counts) -> dict[str, int]:
    """Return, of the metrics of this machine, the sums that the page shows."""
    found: Counter[str] = Counter()
    for (name, labels), number in counts.items():
        of = dict(labels)
        if name == "tribune_requests_total":
            found["requests"] += int(number)
            found["errors"] += int(number) if of["status"].startswith("5") and of["status"] != "503" else 0
            found["limited"] += int(number) if of["status"] == "429" else 0
        elif name == "tribune_shed_total":
            found["shed"] += int(number)
        elif name == "tribune_mails_total":
            found[of["what"]] += int(number)
    return found
