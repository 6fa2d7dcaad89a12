"""The board of invitations as a file: who was invited, and what became of it."""

from flask import request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from tribune.abuse.shedding import Importance, giving_way, matters
from tribune.exports.actions import begin, counted
from tribune.exports.answer import ANSWERS, asked_purpose, delimiter_for, no_content
from tribune.exports.blueprint import bp
from tribune.exports.choice import Choice
from tribune.exports.spreadsheet import csv_parts, moment, safe
from tribune.invitations.queries import Row, whole_board
from tribune.letters.guard import my_letter
from tribune.teams.guard import may, needs
from tribune.teams.models import Role
from tribune.templating import for_ones_role

COLUMNS = (
    "given_name family_name role organisation capacity section email status invited_at reminders reminded_at opened_at "
    "accepted_at declined_at word question asked_at note printed_line"
).split()


@bp.get("/letters/<int:letter_id>/invitations.csv")
@needs(Role.VIEWER)
@matters(Importance.FILE)
def invitations_csv(letter_id: int) -> ResponseReturnValue:
    """The invitations; as on their board, viewers read no address."""
    return _file(letter_id, "csv")


@bp.get("/letters/<int:letter_id>/invitations.xlsx")
@needs(Role.VIEWER)
@matters(Importance.FILE)
def invitations_xlsx(letter_id: int) -> ResponseReturnValue:
    """The same as a workbook."""
    return _file(letter_id, "xlsx")


def _file(letter_id: int, kind: str) -> ResponseReturnValue:
    letter = my_letter(letter_id)
    delimiter = delimiter_for(kind)  # a wrong one answers 400 before anything is recorded
    name, zone = f"{letter.slug}-invitations", letter.zone
    if request.method == "HEAD":
        return no_content(kind, name, zone)
    choice = Choice(status="invited", addresses="invited" if may(Role.EDITOR) else "none")
    done = begin(letter, choice, by=current_user.organiser, what=kind, purpose=asked_purpose())
    # Read whole, unlike signatures: a board is typed by people, and no transaction is open while the file leaves.
    rows = [_cells(row) for row in whole_board(letter)]
    return ANSWERS[kind](name, zone, csv_parts(COLUMNS, giving_way(counted(rows, done)), list, delimiter))


def _cells(row: Row) -> list[str]:
    """Return one row, in the order of COLUMNS: the line as they signed it, else as it is proposed to them."""
    it = row.invitation
    who = it.signature or it
    return [
        safe(who.given_name), safe(who.family_name), safe(who.role), safe(who.organisation), who.capacity,
        safe(who.section), safe(it.email or "") if may(Role.EDITOR) else "", row.state,
        moment(it.invited_at), str(it.reminders), moment(it.reminded_at), moment(it.opened_at),
        moment(it.accepted_at), moment(it.declined_at), safe(for_ones_role(it.word)),
        safe(for_ones_role(it.question)), moment(it.asked_at), safe(for_ones_role(it.note)), safe(row.line.text),
    ]  # fmt: skip
