"""The organiser's table of signatures."""

from flask import abort, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from tribune.fields import tidy
from tribune.letters.guard import my_letter
from tribune.moderation import models  # noqa: F401
from tribune.signatures.queries import BadCursor
from tribune.signatures.table import STATUSES, line_writer, table_page
from tribune.teams.guard import manage_blueprint, needs
from tribune.teams.models import Role

bp = manage_blueprint("manage_moderation", __name__)


@bp.get("/letters/<int:letter_id>/signatures")
@needs(Role.VIEWER)
def table(letter_id: int) -> ResponseReturnValue:
    """Every signature, newest first, a hundred a page."""
    letter = my_letter(letter_id)
    q = tidy(request.args.get("q"))[:100]
    status = request.args.get("status", "")
    after = request.args.get("after", "")
    try:
        page = table_page(letter, q=q, status=status, after=after)
    except BadCursor:
        abort(400, _("This page of the table does not exist. Start again from the first page."))
    return render_template(
        "moderation/table.html",
        letter=letter,
        signatures=page.signatures,
        printed_line=line_writer(letter),
        q=q,
        status=status if status in STATUSES else "",
        statuses=STATUSES,
        after=after,
        next_page=page.after,
    )
