"""Responses that download a file, with the arguments they share; the one that shows a card."""

import logging
from collections.abc import Iterator
from datetime import tzinfo

from flask import Response, abort, request, stream_with_context
from flask_babel import gettext as _
from werkzeug.exceptions import ServiceUnavailable
from werkzeug.wsgi import wrap_file

from tribune.abuse.shedding import giving_way
from tribune.database import now
from tribune.exports.card import SECONDS, Card, draw
from tribune.exports.scripts import NotMade
from tribune.exports.spreadsheet import DELIMITERS
from tribune.exports.workbook import workbook
from tribune.fields import tidy
from tribune.i18n import current_language

LONGEST = 300  # characters of a purpose
TYPES = {"csv": "text/csv", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}

log = logging.getLogger(__name__)


def asked_delimiter() -> str:
    """`?delimiter=semicolon` (the default in French, as spreadsheets in French expect) or `comma`; 400 for another."""
    delimiter = request.args.get("delimiter") or ("semicolon" if current_language() == "fr" else "comma")
    if delimiter not in DELIMITERS:
        abort(400, _("The delimiter is either “semicolon” or “comma”."))
    return delimiter


def asked_purpose() -> str:
    """Return `?purpose=`, what the file is for; empty for a link on another site, which must not choose the words."""
    if request.headers.get("Sec-Fetch-Site", "same-origin") != "same-origin":
        return ""
    return tidy(request.args.get("purpose"))[:LONGEST]


def delimiter_for(kind: str) -> str:
    """Return that of the parts which `ANSWERS[kind]` takes; 400 if another is asked for than there are."""
    asked = asked_delimiter()
    return asked if kind == "csv" else "comma"


def csv_answer(name: str, zone: tzinfo, parts: Iterator[bytes]) -> Response:
    """Stream the parts of a CSV. The first is made now: if the database fails, a page can still say so."""
    file = stream_with_context(_going_on(next(parts), parts))
    return attached(Response(file, mimetype=TYPES["csv"]), name, zone, "csv")


def _going_on(first: bytes, parts: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from parts


def xlsx_answer(name: str, zone: tzinfo, parts: Iterator[bytes]) -> Response:
    """Send the parts of a CSV as a workbook; it is complete before the first byte leaves. Raises TooManyRows.

    Its sheet is called like the end of `name`: `rues-signatures` gives `signatures`. The server closes the file.
    """
    try:
        file = workbook(giving_way(_lines(parts)), name.rpartition("-")[2])
    except NotMade as error:
        log.error("no workbook: %s", error)
        abort(500, _("The spreadsheet could not be made: try again, or take the CSV."))
    answer = Response(wrap_file(request.environ, file), mimetype=TYPES["xlsx"], direct_passthrough=True)
    return attached(answer, name, zone, "xlsx")


def _lines(parts: Iterator[bytes]) -> Iterator[bytes]:
    for part in parts:
        yield from part.splitlines(keepends=True)


ANSWERS = {"csv": csv_answer, "xlsx": xlsx_answer}


def no_content(kind: str, name: str, zone: tzinfo) -> Response:
    """Answer HEAD: nothing is made."""
    return attached(Response(iter(()), mimetype=TYPES[kind]), name, zone, kind)


def attached(answer: Response, name: str, zone: tzinfo, ending: str) -> Response:
    """Make it a download called `name-YYYY-MM-DD.ending`; the day is that of `zone`."""
    day = f"{now().astimezone(zone):%Y-%m-%d}"
    answer.headers.set("Content-Disposition", "attachment", filename=f"{name}-{day}.{ending}")
    return answer


def drawn(card: Card) -> Response:
    """Show a card. If it cannot be drawn, the log says why in one line, as networks ask again, and they get a 503."""
    try:
        return Response(draw(card), mimetype="image/png")
    except NotMade as error:
        log.error("no card: %s", error)
        raise ServiceUnavailable(retry_after=SECONDS) from None
