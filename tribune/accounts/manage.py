"""The organiser's own pages: a name, where one is logged in, passkeys, deleting the account."""

from contextlib import suppress

from flask import Response, abort, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from tribune.accounts import passkeys
from tribune.accounts.answers import answer_of_device
from tribune.accounts.forms import PasskeyForm
from tribune.accounts.queries import passkey_of, passkeys_of
from tribune.letters import carrying
from tribune.organisers import actions as organisers
from tribune.organisers.door import go_out, this_browser
from tribune.organisers.forms import AccountForm
from tribune.organisers.queries import log_ins_of
from tribune.retention.periods import TEAM_INVITATIONS
from tribune.teams.actions import rename_organiser
from tribune.teams.guard import manage_blueprint, needs

bp = manage_blueprint("manage_accounts", __name__)


@bp.route("/account", methods=["GET", "POST"])
@needs(None)
def account() -> ResponseReturnValue:
    """My name, and where I am logged in."""
    me = current_user.organiser
    form = AccountForm(obj=me)
    if form.validate_on_submit():
        rename_organiser(me, form.name.data or "")
        flash(_("Your name is saved."))
        return redirect(url_for("manage_accounts.account"), 303)
    page = render_template("accounts/account.html", form=form, log_ins=log_ins_of(me), passkeys=passkeys_of(me))
    return page, 422 if form.errors else 200


@bp.post("/account/log-ins/<log_in_id>/end")
@needs(None)
def end_log_in(log_in_id: str) -> ResponseReturnValue:
    """Log out one browser, even a distant one."""
    log_in = next((each for each in log_ins_of(current_user.organiser) if each.id == log_in_id), None) or abort(404)
    organisers.leave(log_in)
    flash(_("The other browser is logged out."))
    return redirect(url_for("manage_accounts.account"), 303)


@bp.post("/account/log-ins/end-others")
@needs(None)
def end_other_log_ins() -> ResponseReturnValue:
    """Log out every browser but this one."""
    organisers.leave_elsewhere(current_user._get_current_object())
    flash(_("Every other browser is logged out."))
    return redirect(url_for("manage_accounts.account"), 303)


@bp.route("/account/delete", methods=["GET", "POST"])
@needs(None, fresh=True)
def delete() -> ResponseReturnValue:
    """Delete my account; the page first says what goes and what stays, or what stands in the way."""
    me = current_user.organiser
    if request.method == "POST":
        with suppress(carrying.StillTied):
            carrying.delete_account(me)
            response = go_out(url_for("organisers.log_in"))
            flash(_("Your account is deleted."))
            return response
    ties, days = carrying.ties_of(me), TEAM_INVITATIONS.days
    page = render_template("accounts/delete.html", ties=ties, days=days)
    return page, 422 if request.method == "POST" else 200


@bp.post("/account/passkeys/options")
@needs(None, fresh=True)
def passkey_options() -> ResponseReturnValue:
    """Return what the browser needs to make a passkey; 404 on a site without a domain name."""
    if passkeys.site() is None:
        abort(404)
    return Response(passkeys.ask_for_a_new_one(current_user.organiser), mimetype="application/json")


@bp.post("/account/passkeys")
@needs(None, fresh=True)
def keep_passkey() -> ResponseReturnValue:
    """Keep the passkey that the device made."""
    told = answer_of_device()
    form = PasskeyForm(name=str(told.get("name") or ""))
    if not form.validate():
        return {"sentence": form.name.errors[0]}, 422
    try:
        passkey = passkeys.keep(current_user.organiser, told["answer"], form.name.data or this_browser())
    except passkeys.PasskeyRefused:
        return {
            "sentence": _("This device could not create a passkey for this site. Try again, or use another one.")
        }, 422
    flash(_("“%(name)s” now opens this account.", name=passkey.name or _("Passkey")))
    return jsonify(next=url_for("manage_accounts.account"))


@bp.post("/account/passkeys/<int:passkey_id>/remove")
@needs(None, fresh=True)
def remove_passkey(passkey_id: int) -> ResponseReturnValue:
    """Remove a passkey: it opens this account no more, and ends no log-in."""
    passkeys.remove(passkey_of(current_user.organiser, passkey_id) or abort(404))
    flash(
        _(
            "This passkey no longer opens this account, but a browser that it let in stays logged in: if the device is "
            "lost, log it out below. You can also delete the passkey on the device."
        )
    )
    return redirect(url_for("manage_accounts.account"), 303)
