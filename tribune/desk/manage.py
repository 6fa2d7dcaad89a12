"""The page of the desk."""

from math import floor

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import format_percent
from flask_login import current_user

from tribune.asking.queries import is_unasked
from tribune.clocks import named_clock
from tribune.database import now
from tribune.desk import queries, words
from tribune.desk.chart import chart
from tribune.desk.periods import by_day, by_hour, first_hour, total
from tribune.history.queries import is_any_withheld
from tribune.invitations.queries import are_asked, numbers
from tribune.letters.guard import my_letter
from tribune.letters.queries import missing
from tribune.moderation.batches import under_way
from tribune.signatures.flags import KINDS
from tribune.signatures.lines import lines
from tribune.teams.guard import manage_blueprint, needs
from tribune.teams.models import Role
from tribune.writing.comparing import unsaved

bp = manage_blueprint("manage_desk", __name__)

FUNNEL = 14  # days in the table from signing to counting


@bp.get("/letters/<int:letter_id>")
@needs(Role.VIEWER)
def desk(letter_id: int) -> ResponseReturnValue:
    """One letter at a glance."""
    letter, moment = my_letter(letter_id), now()
    counts, board = queries.counts(letter), numbers(letter)
    happened = queries.hours(letter, first_hour(moment, letter.zone))
    days = by_day(happened, letter.zone, moment, letter.created_at)
    by = "hour" if request.args.get("by") == "hour" else "day"
    periods = by_hour(happened, letter.zone, moment) if by == "hour" else days
    return render_template(
        "desk/desk.html",
        letter=letter,
        clock=named_clock(letter.zone),
        share=share,
        unasked=is_unasked(letter),
        under_way=under_way(letter),
        unsaved=unsaved(letter, current_user.organiser),
        missing=missing(letter),
        withheld=is_any_withheld(letter),
        counts=counts,
        answers=queries.answers(board),
        questions=board.questions,
        forwarded=board.by_state.get("forwarded", 0),
        are_asked=letter.state == "draft" and are_asked(letter),
        asked=counts["asked"] if letter.takes_answers else 0,
        flags=[kind for kind in KINDS if counts[kind]],
        counted_to=queries.COUNTED_TO,
        mails=queries.waiting_mails(letter),
        days=days,
        by=by,
        periods=periods,
        chart=chart([period.counts.confirmed for period in periods]),
        marks=words.hour_marks(periods) if by == "hour" else words.day_marks(periods),
        name=words.hour_name if by == "hour" else words.day_name,
        span=words.span(periods),
        day_name=words.day_name,
        total=total,
        funnel=days[-FUNNEL:],
        organisations=queries.top_organisations(letter),
        latest_asked=queries.LATEST_ASKED,
        latest=lines(queries.latest(letter)),
    )


def share(part: int, whole: int) -> str:
    """Return `part` of `whole` in per cent, rounded down: 100 only if it is all."""
    return str(format_percent(floor(100 * part / whole) / 100))
