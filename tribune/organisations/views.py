"""What the form proposes while somebody types their organisation."""

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue

from tribune.fields import tidy
from tribune.headers import cacheable
from tribune.letters.guard import public_letter
from tribune.organisations.queries import suggestions

bp = Blueprint("organisations", __name__)


@bp.get("/letters/<slug>/organisations.json")
@cacheable
def suggest(slug: str) -> ResponseReturnValue:
    """Return a list of names that begin like `?q=`; only those that the public list of this letter shows anyway."""
    letter = public_letter(slug)
    return jsonify(suggestions(letter, tidy(request.args.get("q"))[:200]))
