"""The organiser's door: ask for a link, open it, enter, leave."""

from typing import Any

from flask import Blueprint, flash, make_response, redirect, render_template, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user, login_required, login_user, logout_user
from werkzeug.wrappers import Response

from tribune import tokens
from tribune.extensions import login_manager
from tribune.headers import private
from tribune.i18n import current_language
from tribune.organisers import actions
from tribune.organisers.forms import EnterForm, LogInForm
from tribune.organisers.links import LOG_IN_LASTS
from tribune.organisers.models import LogIn
from tribune.organisers.queries import current_log_in, organiser_of_link
from tribune.tokens import Purpose

bp = Blueprint("organisers", __name__)


@login_manager.user_loader  # type: ignore[untyped-decorator]
def load(log_in_id: str) -> LogIn | None:
    """Who a session cookie belongs to."""
    return current_log_in(log_in_id)


@login_manager.unauthorized_handler  # type: ignore[untyped-decorator]
def ask() -> Response:
    """A page of the organisers' was opened by nobody we know."""
    flash(_("Log in to open this page."))
    return redirect(url_for("organisers.log_in"), 303)


@bp.route("/organisers/log-in", methods=["GET", "POST"])
def log_in() -> ResponseReturnValue:
    """Ask for a link by mail: the same answer for every address."""
    if current_user.is_authenticated:
        return redirect(url_for("manage.my_letters"), 303)
    form = LogInForm()
    if form.validate_on_submit():
        actions.ask_to_log_in(form.email.data or "", current_language())
        return redirect(url_for("organisers.link_sent"), 303)
    return render_template("organisers/log_in.html", form=form), 422 if form.errors else 200


@bp.get("/organisers/log-in/sent")
def link_sent() -> ResponseReturnValue:
    """Look at your mail."""
    return render_template("organisers/link_sent.html")


@bp.route("/organisers/log-in/<token>", methods=["GET", "POST"])
def enter(token: str) -> Response:
    """GET shows a button, POST enters: a mail scanner that opens the link spends nothing."""
    try:
        payload: list[Any] = tokens.read(Purpose.LOG_IN, token, LOG_IN_LASTS)
    except (tokens.TokenDamaged, tokens.TokenExpired):
        return _link_spent()
    organiser = organiser_of_link(*payload)
    if organiser is None:
        return _link_spent()
    form = EnterForm()
    if form.validate_on_submit():
        try:
            log_in = actions.enter(*payload)
        except actions.LinkUsed:
            return _link_spent()
        session.clear()
        session.permanent = True
        login_user(log_in)
        return private(redirect(url_for("manage.my_letters"), 303))
    return private(make_response(render_template("organisers/enter.html", form=form, organiser=organiser)))


def _link_spent() -> Response:
    return private(make_response(render_template("organisers/link_spent.html"), 410))


@bp.post("/organisers/log-out")
@login_required  # type: ignore[untyped-decorator]
def log_out() -> Response:
    """Leave this browser; every copy of its cookie dies."""
    actions.leave(current_user._get_current_object())
    logout_user()
    session.clear()
    return redirect(url_for("pages.home"), 303)
