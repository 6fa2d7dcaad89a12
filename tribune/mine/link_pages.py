"""Pages where people ask, by their address, for the link to confirm, or for links to all their signatures.

The answer is the same for everybody; `answering.py` mails what there is.
"""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from tribune.abuse.guard import limited
from tribune.headers import cacheable
from tribune.i18n import current_language
from tribune.outbox.requests import request_mail
from tribune.signatures.forms import AddressForm
from tribune.signatures.stamp import refuse_other_sites

bp = Blueprint("mine", __name__)


@bp.route("/signatures/new-link", methods=["GET", "POST"])
@limited("new-link")
@cacheable
def new_link() -> ResponseReturnValue:
    """Ask for the confirmation mail again."""
    return _ask("new-link", "mine/new_link.html", sent="mine.new_link_sent")


@bp.get("/signatures/new-link/sent")
@cacheable
def new_link_sent() -> ResponseReturnValue:
    """Say that a mail leaves if this address has something to confirm."""
    return render_template("mine/new_link_sent.html")


@bp.route("/signatures/find", methods=["GET", "POST"])
@limited("find")
@cacheable
def find() -> ResponseReturnValue:
    """Ask for the links to all one's signatures."""
    return _ask("find", "mine/find.html", sent="mine.found")


@bp.get("/signatures/find/sent")
@cacheable
def found() -> ResponseReturnValue:
    """Say that a mail leaves if the address may receive one."""
    return render_template("mine/found.html")


def _ask(subject: str, template: str, *, sent: str) -> ResponseReturnValue:
    form = AddressForm(request.form if request.method == "POST" else None, subject=subject)
    if request.method == "POST":
        refuse_other_sites(_("This form was sent from another site. Open the page here and send its own form."))
        if not form.validate():
            return render_template(template, form=form), 422
        request_mail(subject, form.email.data or "", current_language())
        return redirect(url_for(sent), 303)
    return render_template(template, form=form)
