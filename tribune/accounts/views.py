"""Logging in with a passkey, or proving again by one who one is."""

from flask import Blueprint, Response, abort, jsonify, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from tribune.abuse.guard import limited
from tribune.accounts import passkeys
from tribune.accounts.answers import answer_of_device
from tribune.organisers.door import come_in, keep_way, log_in_of_this_browser, managed, this_browser

bp = Blueprint("accounts", __name__)


@bp.post("/organisers/passkey/options")
@limited("log-in")
def options() -> ResponseReturnValue:
    """Return what the browser needs to find a passkey; 404 on a site without a domain name."""
    if passkeys.site() is None:
        abort(404)
    here = log_in_of_this_browser()
    return Response(passkeys.ask_for_proof(here.organiser if here else None), mimetype="application/json")


@bp.post("/organisers/passkey")
def prove() -> ResponseReturnValue:
    """Log in as the passkey's account, fresh; `?next=` leads on from the page that asks for proof.

    Somebody logged in must use a passkey of that same account, or would change accounts without noticing.
    """
    told, here = answer_of_device(), log_in_of_this_browser()
    try:
        entered = passkeys.enter(told["answer"], browser=this_browser(), instead_of=here)
    except passkeys.PasskeyRefused:
        return {"sentence": _("This passkey does not open this site. Ask for a link by email instead.")}, 422
    except passkeys.AnotherAccount:
        sentence = _(
            "This passkey belongs to another account. Use one that belongs to this account, or a link by email."
        )
        return {"sentence": sentence}, 422
    if here:  # the log-in page has kept the way already
        keep_way(managed(request.args.get("next")))
    return jsonify(next=come_in(entered).location)
