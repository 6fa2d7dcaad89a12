"""The organiser's pages of invitations."""

from flask import render_template
from flask.typing import ResponseReturnValue

from tribune.invitations.blueprint import bp
from tribune.invitations.queries import invitations_of
from tribune.letters.guard import my_letter
from tribune.teams.guard import needs
from tribune.teams.models import Role


@bp.get("/letters/<int:letter_id>/invitations")
@needs(Role.VIEWER)
def board(letter_id: int) -> ResponseReturnValue:
    """Who was invited, and what became of it."""
    letter = my_letter(letter_id)
    return render_template("invitations/board.html", letter=letter, invitations=invitations_of(letter))
