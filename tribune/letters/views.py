"""The public pages of a letter."""

from flask import Blueprint, abort, render_template
from flask.typing import ResponseReturnValue

from tribune.headers import cacheable
from tribune.letters.queries import published_letter
from tribune.signatures.forms import SignForm
from tribune.signatures.lines import lines
from tribune.signatures.queries import first_signatories, latest_signatories

bp = Blueprint("letters", __name__)


@bp.get("/letters/<slug>")
@cacheable
def letter(slug: str) -> ResponseReturnValue:
    """The letter: its text, who carries it, who signed, and the form."""
    found = published_letter(slug) or abort(404)
    return render_template(
        "letters/letter.html",
        letter=found,
        first=lines(first_signatories(found), found.locale),
        latest=lines(latest_signatories(found), found.locale),
        form=SignForm(letter=found),
    )
