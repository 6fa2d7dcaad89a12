"""The public list as a file, and the card of a letter."""

from flask import Blueprint, Response, abort
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from tribune.abuse.shedding import Importance, matters
from tribune.exports.answer import asked_delimiter, csv_answer, drawn
from tribune.exports.card import card_of
from tribune.exports.copying import Shape, copied, public_cells_in_sql
from tribune.exports.spreadsheet import PUBLIC_COLUMNS, public_cells
from tribune.headers import cacheable, not_indexed, same_for_all
from tribune.letters.guard import public_letter
from tribune.letters.models import Letter
from tribune.signatures.models import SHOWN, Signature
from tribune.signatures.table import line_writer

bp = Blueprint("exports", __name__)
bp.add_app_template_global(card_of)


@bp.get("/letters/<slug>/signatories.csv")
@matters(Importance.FILE)
@cacheable
def signatories_csv(slug: str) -> ResponseReturnValue:
    """Everybody shown on the public list, without addresses, if the letter allows it."""
    letter = public_letter(slug)
    if not letter.public_file or letter.public_list != "yes":
        abort(404, _("The organisers of this letter do not publish its list as a file."))
    name, written = f"{letter.slug}-signatories", line_writer(letter)

    def as_cells(signature: Signature) -> list[str]:
        return public_cells(signature, written(signature))

    shape = Shape(PUBLIC_COLUMNS, as_cells, public_cells_in_sql())
    file = csv_answer(name, letter.zone, copied(letter, SHOWN, shape, asked_delimiter()))
    return not_indexed(file) if letter.noindex else file


@bp.get("/letters/<slug>/card-<card>.png")
@matters(Importance.FILE)
def card(slug: str, card: str) -> ResponseReturnValue:
    """Draw the title of the letter, at the address of what the card says today."""
    letter = public_letter(slug)
    response = _drawn(letter, card)
    return not_indexed(response) if letter.noindex else response


@same_for_all
def _drawn(letter: Letter, digest: str) -> Response:
    found = card_of(letter)
    if found is None or found.digest != digest:
        abort(404)
    return drawn(found)
