"""The public notices: who runs the site, what happens to personal data, security.txt; and reporting a letter."""

from datetime import timedelta
from urllib.parse import quote

from flask import Blueprint, Response, abort, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from tribune.abuse.guard import limited
from tribune.database import now
from tribune.headers import cacheable
from tribune.i18n import current_language
from tribune.letters.guard import public_letter
from tribune.letters.models import Letter
from tribune.notices import mails
from tribune.notices.forms import REASONS, ReportForm
from tribune.notices.texts import notice
from tribune.signatures.stamp import refuse_other_sites
from tribune.tokens import public_url

bp = Blueprint("notices", __name__)

SECURITY_TXT_LASTS = timedelta(days=180)  # RFC 9116 asks for less than a year


@bp.get("/legal")
@cacheable
def legal() -> ResponseReturnValue:
    """Who publishes the site and who hosts it."""
    text = notice("legal", current_language())
    return render_template("notices/notice.html", title=_("Legal notice"), letter=None, text=text)


@bp.get("/privacy")
@cacheable
def privacy() -> ResponseReturnValue:
    """What happens to personal data on this site."""
    text = notice("privacy", current_language())
    return render_template("notices/notice.html", title=_("Privacy"), letter=None, text=text)


@bp.get("/letters/<slug>/privacy")
@cacheable
def letter_privacy(slug: str) -> ResponseReturnValue:
    """What happens to the data of those who sign this letter."""
    letter = public_letter(slug)
    text = notice("privacy", current_language(), letter)
    return render_template("notices/notice.html", title=_("Privacy"), letter=letter, text=text)


@bp.get("/.well-known/security.txt")
def security_txt() -> ResponseReturnValue:
    """Where to report a security problem of the site (RFC 9116); 404 without OPERATOR_CONTACT."""
    contact = current_app.config["OPERATOR_CONTACT"] or abort(404)
    day = now().replace(hour=0, minute=0, second=0, microsecond=0) + SECURITY_TXT_LASTS
    lines = [
        f"Contact: mailto:{quote(contact, safe='@')}",
        f"Expires: {day:%Y-%m-%dT%H:%M:%SZ}",
        "Preferred-Languages: fr, en",
        f"Canonical: {public_url('notices.security_txt')}",
    ]
    return Response("\n".join(lines) + "\n", mimetype="text/plain")


@bp.get("/letters/<slug>/report")
@cacheable
def show_report(slug: str) -> ResponseReturnValue:
    """The form that reports a letter."""
    return _report_page(public_letter(slug))


@bp.post("/letters/<slug>/report")
@limited("report")
def report(slug: str) -> ResponseReturnValue:
    """Mail the report to the operator; 404 without OPERATOR_CONTACT."""
    letter = public_letter(slug)
    refuse_other_sites(
        _("This form was sent from another site. Open the letter here and use the form on its own page.")
    )
    to = current_app.config["OPERATOR_CONTACT"] or abort(404)
    form = ReportForm(request.form, subject=_subject(letter))
    if not form.validate():
        return _report_page(letter, form), 422
    reason = next(choice.label for choice in REASONS if choice.value == form.reason.data)
    told = mails.report(
        letter,
        to,
        reason=str(reason),
        message=form.message.data or "",
        email=form.email.data or "",
        locale=current_language(),
    )
    if not told:
        form.message.errors = [_("Too many reports were sent today. Write by email instead: %(to)s", to=to)]
        return _report_page(letter, form), 422
    return redirect(url_for("notices.reported", slug=slug), 303)


@bp.get("/letters/<slug>/report/sent")
@cacheable
def reported(slug: str) -> ResponseReturnValue:
    """Say that the report was sent."""
    return render_template("notices/reported.html", letter=public_letter(slug))


def _report_page(letter: Letter, form: ReportForm | None = None) -> str:
    form = form or ReportForm(subject=_subject(letter))
    return render_template("notices/report.html", letter=letter, form=form)


def _subject(letter: Letter) -> str:
    return f"report {letter.slug}"
