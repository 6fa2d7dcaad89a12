"""The organiser's board of invitations; `person_pages.py`, `line_pages.py` and `mail_pages.py` add the others."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from tribune.clocks import clock
from tribune.invitations import line_pages, mail_pages, pausing, person_pages, queries, sending
from tribune.invitations.blueprint import bp
from tribune.invitations.words import doubt, gathering_of
from tribune.letters.guard import my_letter
from tribune.retention.periods import ADDRESSES
from tribune.teams.guard import needs
from tribune.teams.models import Role

__all__ = ["bp", "line_pages", "mail_pages", "person_pages"]  # the modules are imported for the pages they add to bp


@bp.get("/letters/<int:letter_id>/invitations")
@needs(Role.VIEWER)
def board(letter_id: int) -> ResponseReturnValue:
    """Who was invited, and what became of it."""
    letter = my_letter(letter_id)
    numbers = queries.numbers(letter)
    asked = request.args.get("state", "")
    asked = asked if asked in {*queries.STATES, queries.QUESTION} else ""
    totals = {"": numbers.people, queries.QUESTION: numbers.questions, **numbers.by_state}
    total = totals.get(asked, 0)
    page_count = max(-(-total // queries.PAGE), 1)
    page = min(max(request.args.get("page", 1, int), 1), page_count)
    gathering = gathering_of(letter)
    return render_template(
        "invitations/board.html",
        letter=letter,
        numbers=numbers,
        asked=asked,
        rows=queries.board(letter, asked, page),
        page=page,
        page_count=page_count,
        to_invite=sending.to_invite(letter),
        to_remind=sending.to_remind(letter),
        paused_at=gathering.paused_at,
        doubt=doubt(letter, gathering) if gathering.paused_at else "",
        clock=clock(letter.zone),
        days=ADDRESSES.days,
    )


@bp.post("/letters/<int:letter_id>/invitations/pause")
@needs(Role.EDITOR)
def pause(letter_id: int) -> Response:
    """Let no invitation leave until resumed."""
    letter = my_letter(letter_id)
    pausing.pause(letter, by=current_user.organiser)
    flash(_("Paused: no invitation is sent until you resume."))
    return redirect(url_for(".board", letter_id=letter.id), 303)


@bp.post("/letters/<int:letter_id>/invitations/resume")
@needs(Role.EDITOR)
def resume(letter_id: int) -> Response:
    """Let them leave again."""
    letter = my_letter(letter_id)
    pausing.resume(letter, by=current_user.organiser)
    flash(_("Emails are being sent again."))
    return redirect(url_for(".board", letter_id=letter.id), 303)
