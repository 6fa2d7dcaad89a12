"""Where one asks for the mail to confirm again."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from tribune.abuse.guard import limited
from tribune.headers import cacheable
from tribune.i18n import current_language
from tribune.outbox.requests import request_mail
from tribune.signatures.forms import AddressForm
from tribune.signatures.stamp import refuse_other_sites

bp = Blueprint("new_link", __name__)


@bp.route("/signatures/new-link", methods=["GET", "POST"])
@limited("new-link")
@cacheable
def ask() -> ResponseReturnValue:
    """Ask for the confirmation mail again: the same answer for everybody."""
    form = AddressForm(request.form if request.method == "POST" else None, subject="new-link")
    if request.method == "POST":
        refuse_other_sites()
        if not form.validate():
            return render_template("signatures/new_link.html", form=form), 422
        request_mail("new-link", form.email.data or "", current_language())
        return redirect(url_for("new_link.sent"), 303)
    return render_template("signatures/new_link.html", form=form)


@bp.get("/signatures/new-link/sent")
@cacheable
def sent() -> ResponseReturnValue:
    """A mail leaves if somebody waits for one."""
    return render_template("signatures/new_link_sent.html")
