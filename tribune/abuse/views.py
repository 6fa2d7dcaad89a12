"""The challenge that a script asks for before it sends a signature."""

from flask import Blueprint, jsonify, make_response, request
from werkzeug.wrappers import Response

from tribune.abuse import proof
from tribune.abuse.limits import must_prove
from tribune.abuse.networks import network_hash
from tribune.abuse.shedding import Importance, matters
from tribune.headers import private
from tribune.letters.guard import public_letter

bp = Blueprint("abuse", __name__)


@bp.get("/letters/<slug>/proof")
@matters(Importance.SIGN)
def ask(slug: str) -> Response:
    """Return a challenge if many have just signed from the same network, else 204."""
    letter = public_letter(slug)
    if not must_prove(network_hash(request.remote_addr)):
        return private(make_response("", 204))
    return private(jsonify(proof.challenge(letter.slug)))
