"""A file on its way to a browser."""

from collections.abc import Callable, Iterable

from flask import Response, abort, request, stream_with_context
from flask_babel import gettext as _

from tribune.database import now
from tribune.exports.spreadsheet import DELIMITERS, csv_parts
from tribune.i18n import current_language
from tribune.signatures.models import Signature


def csv_answer(
    name: str, columns: list[str], rows: Iterable[Signature], as_cells: Callable[[Signature], list[str]]
) -> Response:
    """Stream a CSV as the address asks: `?delimiter=semicolon` (the default in French) or `comma`."""
    delimiter = request.args.get("delimiter", "semicolon" if current_language() == "fr" else "comma")
    if delimiter not in DELIMITERS:
        abort(400, _("The delimiter is either “semicolon” or “comma”."))
    parts = csv_parts(columns, rows, as_cells, delimiter)
    answer = Response(stream_with_context(parts), mimetype="text/csv")
    answer.headers.set("Content-Disposition", "attachment", filename=f"{name}-{now():%Y-%m-%d}.csv")
    return answer
