"""The log-in pages: ask for a link, open it, log in, prove again who one is, log out."""

from flask import Blueprint, flash, g, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user, login_required
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import Unauthorized
from werkzeug.wrappers import Response

from tribune import tokens
from tribune.abuse.guard import limited
from tribune.errors import show
from tribune.extensions import csrf, login_manager
from tribune.headers import private_page
from tribune.i18n import current_language
from tribune.organisers import actions
from tribune.organisers.door import (
    come_in,
    go_out,
    keep_page,
    keep_way,
    known_here,
    log_in_of_this_browser,
    managed,
    this_browser,
)
from tribune.organisers.forms import AccountForm, LogInForm
from tribune.organisers.links import LINK_LASTS
from tribune.organisers.models import LogIn
from tribune.organisers.queries import current_log_in, open_to_all, organiser_by_address, organiser_of_link
from tribune.outbox.mailboxes import mailbox_key
from tribune.outbox.requests import request_mail
from tribune.teams.actions import register
from tribune.tokens import Purpose
from tribune.typed import words_typed

bp = Blueprint("organisers", __name__)


@login_manager.user_loader  # type: ignore[untyped-decorator]
def load(log_in_id: str) -> LogIn | None:
    """Return the log-in of a session cookie."""
    log_in = current_log_in(log_in_id)
    if log_in:
        g.organiser = log_in.organiser_id  # for the log line
    return log_in


@login_manager.unauthorized_handler  # type: ignore[untyped-decorator]
def ask() -> ResponseReturnValue:
    """Send somebody not logged in to the log-in page, from which this browser comes back here.

    Words typed after the log-in had ended are given back first: browsers do not keep the page they were typed on.
    """
    if words_typed():
        csrf.protect()  # only a form of the log-in that ended can be sent again once it is renewed
        return show(Unauthorized())
    keep_page()
    flash(_("Log in to open this page."))
    return redirect(url_for("organisers.log_in"), 303)


@bp.route("/organisers/log-in", methods=["GET", "POST"])
@limited("log-in")
def log_in() -> ResponseReturnValue:
    """Ask for a link by mail: the same answer for every address."""
    if current_user.is_authenticated:
        return redirect(url_for("manage.my_letters"), 303)
    form = LogInForm()
    if form.validate_on_submit():
        email = form.email.data or ""
        known = known_here() == mailbox_key(email)
        request_mail("log-in-known" if known else "log-in", email, current_language())
        return redirect(url_for("organisers.link_sent"), 303)
    page = render_template("organisers/log_in.html", form=form, open_to_all=open_to_all())
    return page, 422 if form.errors else 200


@bp.get("/organisers/log-in/sent")
def link_sent() -> ResponseReturnValue:
    """Say that the mail is on its way."""
    return render_template("organisers/link_sent.html", open_to_all=open_to_all())


@bp.route("/organisers/log-in/<token>", methods=["GET", "POST"])
def enter(token: str) -> Response:
    """Show a button on GET, log in on POST: a mail scanner that opens the link spends nothing."""
    payload = tokens.payload_of(Purpose.LOG_IN, token, LINK_LASTS)
    organiser = organiser_of_link(*payload) if payload else None
    if organiser is None:
        return _link_spent()
    if request.method == "POST":
        try:
            entered = actions.enter(*payload, browser=this_browser(), instead_of=log_in_of_this_browser())
        except actions.LinkUsed:
            return _link_spent()
        return come_in(entered)
    return private_page("organisers/enter.html", organiser=organiser)


@bp.route("/organisers/new/<token>", methods=["GET", "POST"])
def new_account(token: str) -> Response:
    """Show on GET which account would be made, make it and log in on POST; only on a site open to all."""
    payload = tokens.payload_of(Purpose.NEW_ACCOUNT, token, LINK_LASTS)
    if not payload or not open_to_all() or organiser_by_address(payload[0]):
        return _link_spent()
    [email] = payload
    form = AccountForm()
    if form.validate_on_submit():
        try:
            name, before = form.name.data or "", log_in_of_this_browser()
            entered = register(email, name, browser=this_browser(), instead_of=before)
        except actions.AlreadyThere:
            return _link_spent()
        return come_in(entered)
    return private_page("organisers/new_account.html", 422 if form.errors else 200, form=form, email=email)


def _link_spent() -> Response:
    return private_page("organisers/link_spent.html", 410)


@bp.route("/organisers/prove", methods=["GET", "POST"])
@login_required  # type: ignore[untyped-decorator]
def prove() -> ResponseReturnValue:
    """Prove again who one is, before sensitive acts: a link is mailed, and leads on to `next`."""
    way = managed(request.args.get("next"))
    if current_user.is_fresh:
        return redirect(way or url_for("manage.my_letters"), 303)
    if request.method == "POST":
        keep_way(way)
        if actions.ask_to_prove(current_user.organiser, current_language()):
            return redirect(url_for("organisers.proof_sent"), 303)
        flash(_("So many links were emailed today that no more will be sent. Use the latest, or come back tomorrow."))
        return redirect(url_for("organisers.prove", next=way or None), 303)
    return render_template("organisers/prove.html", way=way)


@bp.get("/organisers/prove/sent")
@login_required  # type: ignore[untyped-decorator]
def proof_sent() -> ResponseReturnValue:
    """Say that the mail is on its way."""
    return render_template("organisers/proof_sent.html")


@bp.errorhandler(CSRFError)
def out_already(error: CSRFError) -> ResponseReturnValue:
    """Treat a second press of the log-out button, in another tab, as done: its token is no longer valid.

    Clear what a log-in ended elsewhere has left in this browser; but not for another site's form, which comes without
    our cookie.
    """
    if request.endpoint == "organisers.log_out" and not current_user.is_authenticated:
        home = url_for("pages.home")
        return go_out(home) if "_user_id" in session else redirect(home, 303)
    return show(error)


@bp.post("/organisers/log-out")
def log_out() -> Response:
    """Log this browser out, even if its log-in was ended elsewhere; every copy of its cookie stops working."""
    if current_user.is_authenticated:
        actions.leave(current_user._get_current_object())
    return go_out(url_for("pages.home"))
