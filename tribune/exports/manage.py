"""The organiser's files."""

from flask import abort, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from tribune.exports.answer import csv_answer
from tribune.exports.spreadsheet import COLUMNS, cells
from tribune.letters.guard import my_letter
from tribune.signatures.table import EXPORTED, every_row, line_writer
from tribune.teams.guard import manage_blueprint, needs
from tribune.teams.models import Role

bp = manage_blueprint("manage_exports", __name__)


@bp.get("/letters/<int:letter_id>/signatures.csv")
@needs(Role.VIEWER)
def signatures_csv(letter_id: int) -> ResponseReturnValue:
    """The signatures, streamed; the address only of those who agreed to be written to."""
    letter = my_letter(letter_id)
    status = request.args.get("status", "confirmed")
    if status not in EXPORTED:
        abort(400, _("The status is “confirmed”, “pending” or “all”."))
    if request.args.get("addresses", "consented") != "consented":
        abort(403, _("Only the addresses of those who agreed to be written to can be exported yet."))
    written = line_writer(letter)
    return csv_answer(f"{letter.slug}-signatures", COLUMNS, every_row(letter, status), lambda s: cells(s, written(s)))
