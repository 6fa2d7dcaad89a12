"""The public pages of a letter."""

from flask import Blueprint, abort, make_response, render_template
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from tribune import tokens
from tribune.headers import cacheable, private
from tribune.letters.models import Letter
from tribune.letters.queries import letter_of_preview, published_letter
from tribune.letters.words import embargo_end
from tribune.signatures.beside import beside
from tribune.tokens import Purpose

bp = Blueprint("letters", __name__)
bp.add_app_template_filter(embargo_end)


@bp.get("/letters/<slug>")
@cacheable
def letter(slug: str) -> ResponseReturnValue:
    """The letter: its text, who carries it, who signed, and the form."""
    found = published_letter(slug) or abort(404)
    return render_template("letters/letter.html", letter=found, **beside(found))


@bp.get("/letters/preview/<token>")
def preview(token: str) -> Response:
    """The letter as readers will see it, for people without an account who were given the link."""
    found = _of_preview_token(token)
    if found is None:
        return private(make_response(render_template("letters/preview_gone.html"), 404))
    return private(make_response(render_template("letters/letter.html", letter=found, **beside(found, "link"))))


def _of_preview_token(token: str) -> Letter | None:
    try:
        return letter_of_preview(*tokens.read(Purpose.PREVIEW, token))
    except tokens.TokenDamaged:
        return None
