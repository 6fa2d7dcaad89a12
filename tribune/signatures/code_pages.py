"""The page where the code of the mail is typed."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from tribune.abuse.shedding import Importance, matters
from tribune.headers import cacheable, private, private_page, read_cookie
from tribune.signatures.by_code import confirm_by_code
from tribune.signatures.forms import CodeForm
from tribune.signatures.links import confirm_link
from tribune.signatures.stamp import BROWSER_COOKIE, refuse_other_sites

bp = Blueprint("signature_codes", __name__)

CODE_REFUSED = _l("This code confirms nothing in this browser. Check its six digits, or press the button in the email.")


@bp.get("/signatures/confirm/code")
@matters(Importance.CONFIRM)
@cacheable
def show_code() -> ResponseReturnValue:
    """Where to type the code of the mail."""
    return render_template("signatures/code.html", form=CodeForm())


@bp.post("/signatures/confirm/code")
def confirm_code() -> Response:
    """Confirm by the code of the mail, in the browser that signed; one answer for all that confirm nothing."""
    refuse_other_sites()
    form = CodeForm(request.form)
    if form.validate():
        signature = confirm_by_code(read_cookie(BROWSER_COOKIE), form.code.data or "")
        if signature is not None:
            token = confirm_link(signature).token()
            return private(redirect(url_for("signatures.show_confirm", token=token), 303))
        form.code.errors = [CODE_REFUSED]
    return private_page("signatures/code.html", 422, form=form)
