"""The organiser's files: the page that chooses one, CSV, workbook and PDF; the card. `…_pages.py` add the others."""

import logging
from dataclasses import replace
from typing import Any

from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_decimal
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from werkzeug.exceptions import ServiceUnavailable

from tribune.abuse.shedding import Importance, giving_way, matters
from tribune.clocks import clock
from tribune.database import now
from tribune.exports import invited_pages
from tribune.exports.actions import begin, counted
from tribune.exports.answer import (
    ANSWERS,
    asked_delimiter,
    asked_purpose,
    attached,
    delimiter_for,
    drawn,
    no_content,
)
from tribune.exports.blueprint import bp
from tribune.exports.card import card_of
from tribune.exports.choice import Choice, UnknownChoice
from tribune.exports.copying import Shape, cells_in_sql, copied, copies
from tribune.exports.forms import ADDRESSES, ALL_ADDRESSES, FileForm, ReasonForm
from tribune.exports.pdf import MOST, Busy, contents, set_pdf, turn
from tribune.exports.press_pages import SHOWN
from tribune.exports.queries import latest_exports, nameless_count, others_to_print
from tribune.exports.scripts import NotMade
from tribune.exports.spreadsheet import COLUMNS, cells, csv_parts
from tribune.exports.workbook import MOST_ROWS
from tribune.letters.guard import my_letter
from tribune.letters.models import Letter
from tribune.signatures.lines import lines
from tribune.signatures.models import Signature
from tribune.signatures.queries import first_signatories
from tribune.signatures.table import line_writer
from tribune.teams.guard import may, needs
from tribune.teams.models import Role

__all__ = ["bp", "invited_pages"]  # the module is imported for the pages it adds to bp

SENTENCES = {
    "status": _l(
        "The status is “confirmed”, “confirmed-alone”, “pending”, “attested”, “asked”, “disagreed”, “held”, “hidden” "
        "or “all”."
    ),
    "addresses": _l("The addresses are “none”, “consented” or “all”."),
}
LONG = 50_000  # rows of a workbook from which the page warns of the wait
ROWS_A_SECOND = 750  # of a workbook, while other requests wait for a thread; five times as many otherwise
RETRY_AFTER = 5  # seconds, when another PDF is being made

log = logging.getLogger(__name__)


@bp.get("/letters/<int:letter_id>/files")
@needs(Role.VIEWER)
def files(letter_id: int) -> ResponseReturnValue:
    """Choose a file, and see which were taken before."""
    letter = my_letter(letter_id)
    choice = _chosen()
    form = FileForm(
        status=choice.status, addresses=choice.addresses, delimiter=asked_delimiter(), purpose=asked_purpose()
    )
    if may(Role.OWNER):
        form.addresses.choices = [*ADDRESSES, ALL_ADDRESSES]
    counting = letter.confirmed_count + letter.attested_count
    return render_template(
        "exports/files.html",
        letter=letter,
        form=form,
        choice=choice,
        counting=counting,
        nameless=nameless_count(letter),
        minutes=counting // ROWS_A_SECOND // 60 + 1 if counting > LONG else None,
        too_many=counting > MOST_ROWS,
        events=latest_exports(letter),
        clock=clock(letter.zone),
    )


@bp.get("/letters/<int:letter_id>/files/addresses")
@needs(Role.OWNER, fresh=True)
def addresses(letter_id: int) -> ResponseReturnValue:
    """Ask why, before all addresses leave, and say what that means."""
    return _ask_why(my_letter(letter_id), ReasonForm(reason=asked_purpose()))


@bp.get("/letters/<int:letter_id>/signatures.csv")
@needs(Role.VIEWER)
@matters(Importance.FILE)
def signatures_csv(letter_id: int) -> ResponseReturnValue:
    """The signatures, streamed; editors get the addresses of those who agreed to be written to."""
    return _file(my_letter(letter_id), "csv")


@bp.get("/letters/<int:letter_id>/signatures.xlsx")
@needs(Role.VIEWER)
@matters(Importance.FILE)
def signatures_xlsx(letter_id: int) -> ResponseReturnValue:
    """The same as a workbook."""
    return _file(my_letter(letter_id), "xlsx")


@bp.post("/letters/<int:letter_id>/signatures.csv")
@needs(Role.OWNER, fresh=True)
@matters(Importance.FILE)
def all_addresses_csv(letter_id: int) -> ResponseReturnValue:
    """The signatures with all addresses, for a reason."""
    return _file_with_all_addresses(my_letter(letter_id), "csv")


@bp.post("/letters/<int:letter_id>/signatures.xlsx")
@needs(Role.OWNER, fresh=True)
@matters(Importance.FILE)
def all_addresses_xlsx(letter_id: int) -> ResponseReturnValue:
    """The same as a workbook."""
    return _file_with_all_addresses(my_letter(letter_id), "xlsx")


@bp.get("/letters/<int:letter_id>/letter.pdf")
@needs(Role.VIEWER)
@matters(Importance.FILE)
def letter_pdf(letter_id: int) -> ResponseReturnValue:
    """The text, its authors and addressee, how many signed, and who: `names=all`, `first` or `none`."""
    letter = my_letter(letter_id)
    names = request.args.get("names") or "all"
    if names not in ("all", "first", "none"):
        abort(400, _("The names are “all”, “first” or “none”."))
    answer = Response(iter(()), mimetype="application/pdf")  # no length, if none is made
    if request.method != "HEAD":
        try:
            with turn(current_user.organiser.id):  # before anything is read, or in the log
                answer.set_data(_pdf_of(letter, names))
        except Busy:
            sentence = _("Another PDF is being made. Wait a few seconds and try again.")
            raise ServiceUnavailable(sentence, retry_after=RETRY_AFTER) from None
        except NotMade as error:
            log.error("no PDF of letter %d: %s", letter.id, error)
            abort(500, _("The PDF could not be made. Try with only the first signatories, or without names."))
    return attached(answer, letter.slug, letter.zone, "pdf")


@bp.get("/letters/<int:letter_id>/card.png")
@needs(Role.EDITOR)
@matters(Importance.FILE)
def card(letter_id: int) -> ResponseReturnValue:
    """The card as readers will see it, also of a letter that is not published."""
    return drawn(card_of(my_letter(letter_id)) or abort(404))


def _pdf_of(letter: Letter, names: str) -> bytes:
    """Make the PDF, and record it. Raises NotMade."""
    first = lines(first_signatories(letter))
    others = lines(others_to_print(letter, MOST)) if names == "all" else []
    people = sum(len(line.signatures) for line in [*first, *others])
    left = letter.confirmed_count + letter.attested_count - people if people and names == "all" else 0
    done = begin(letter, SHOWN, by=current_user.organiser, what="pdf", purpose=asked_purpose())
    made = set_pdf(contents(letter, first, others, now(), named=names != "none", left=left))
    done(people if names != "none" else 0)
    return made


def _chosen() -> Choice:
    """Read the choice from the query arguments; 400 or 403, or no addresses, where the role does not allow it."""
    asked_delimiter()  # a wrong one answers 400 before anything is recorded
    try:
        choice = Choice.from_args(request.args)
    except UnknownChoice as error:
        abort(400, SENTENCES[error.name])
    if choice.addresses == "all" and not may(Role.OWNER):
        abort(403, _("Only an owner of the team can download files with all addresses."))
    if may(Role.EDITOR):
        return choice
    if choice.filter.is_for_editors:
        abort(403, _("Your role in this team lets you search for names, not for email addresses or networks."))
    return replace(choice, addresses="none")


def _args(choice: Choice) -> dict[str, Any]:
    """Return the query arguments for the same file."""
    return {**choice.as_args(), "delimiter": asked_delimiter()}


def _ask_why(letter: Letter, form: ReasonForm) -> str:
    choice = _chosen()
    return render_template("exports/addresses.html", letter=letter, form=form, choice=choice, args=_args(choice))


def _file(letter: Letter, kind: str) -> ResponseReturnValue:
    choice = _chosen()
    if choice.addresses == "all":  # another site can make a browser follow a link, but not press our button
        args = {**_args(choice), "purpose": asked_purpose() or None}
        return redirect(url_for(".addresses", letter_id=letter.id, **args), 303)
    return _take(letter, choice, kind, asked_purpose())


def _file_with_all_addresses(letter: Letter, kind: str) -> ResponseReturnValue:
    form, choice = ReasonForm(), replace(_chosen(), addresses="all")
    if not form.validate_on_submit():
        return _ask_why(letter, form), 422
    return _take(letter, choice, kind, form.reason.data or "")


def _take(letter: Letter, choice: Choice, kind: str, purpose: str) -> ResponseReturnValue:
    """Send the file, and record it: once all rows are in the workbook, or have left, its line has their number."""
    name, zone = f"{letter.slug}-signatures", letter.zone
    if request.method == "HEAD":
        return no_content(kind, name, zone)
    if kind == "xlsx" and choice.count(letter) > MOST_ROWS:
        most = format_decimal(MOST_ROWS)
        flash(_("A spreadsheet holds %(most)s rows, and there would be more: take the CSV, or fewer rows.", most=most))
        return redirect(url_for(".files", letter_id=letter.id, **_args(choice)), 303)
    done = begin(letter, choice, by=current_user.organiser, what=kind, purpose=purpose)
    written = line_writer(letter)

    def as_cells(signature: Signature) -> list[str]:
        return cells(signature, written(signature), choice.addresses)

    delimiter = delimiter_for(kind)
    if copies(letter):
        shape = Shape(COLUMNS, as_cells, cells_in_sql(choice.addresses))
        parts = copied(letter, choice.condition(letter), shape, delimiter, done)
    else:
        parts = csv_parts(COLUMNS, giving_way(counted(choice.rows(letter), done)), as_cells, delimiter)
    return ANSWERS[kind](name, zone, parts)
