"""The organiser's press list: chosen, previewed, copied or downloaded."""

from collections.abc import Callable

from flask import Response, abort, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import force_locale, format_decimal
from flask_babel import gettext as _
from flask_login import current_user

from tribune.abuse.shedding import Importance, matters
from tribune.exports.actions import begin
from tribune.exports.answer import asked_purpose, attached
from tribune.exports.blueprint import bp
from tribune.exports.choice import Choice, UnknownChoice
from tribune.exports.forms import PressForm
from tribune.exports.press import PressList, press_list
from tribune.exports.press_choices import MOST, Choices
from tribune.exports.queries import others_to_print
from tribune.letters.guard import my_letter
from tribune.letters.models import Letter
from tribune.signatures.lines import lines
from tribune.signatures.queries import first_signatories, nobody_is_named
from tribune.teams.guard import needs
from tribune.teams.models import Role

SHOWN = Choice(status="shown", addresses="none")  # what the log says of a list of names: whom readers see
LONG = 2000  # lines; of a longer list the page shows the beginning


@bp.get("/letters/<int:letter_id>/press")
@needs(Role.VIEWER)
def press(letter_id: int) -> ResponseReturnValue:
    """Choose the form of the list, and see it."""
    letter = my_letter(letter_id)
    choices = _choices()
    made = _made(letter, choices)
    is_long = sum(len(block.entries) for block in made.blocks) > LONG
    return render_template(
        "exports/press.html",
        letter=letter,
        form=PressForm(data={**choices.__dict__, "purpose": asked_purpose()}),
        made=made,
        shown=made.beginning(LONG) if is_long else made,
        is_long=is_long,
        cut=choices.most is None and made.printed >= MOST,
        nobody_is_named=not made.blocks and nobody_is_named(letter),
    )


@bp.get("/letters/<int:letter_id>/press.txt")
@needs(Role.VIEWER)
@matters(Importance.FILE)
def press_txt(letter_id: int) -> ResponseReturnValue:
    """The list as plain text."""
    return _file(my_letter(letter_id), "txt", "text/plain", PressList.text)


@bp.get("/letters/<int:letter_id>/press.md")
@needs(Role.VIEWER)
@matters(Importance.FILE)
def press_md(letter_id: int) -> ResponseReturnValue:
    """The list as Markdown."""
    return _file(my_letter(letter_id), "md", "text/markdown", PressList.markdown)


@bp.get("/letters/<int:letter_id>/press.html")
@needs(Role.VIEWER)
@matters(Importance.FILE)
def press_html(letter_id: int) -> ResponseReturnValue:
    """The list as an HTML page: language, title, and the same paragraphs as those copied."""
    letter = my_letter(letter_id)

    def page(made: PressList) -> str:
        with force_locale(letter.locale):
            return render_template("exports/press_file.html", letter=letter, made=made, heading=_("Signatories"))

    return _file(letter, "html", "text/html", page)


def _choices() -> Choices:
    """Read the choices from the query arguments; 400 for an unknown one."""
    try:
        return Choices.from_args(request.args)
    except UnknownChoice as error:
        if error.name == "most":
            most = format_decimal(MOST)
            abort(400, _("The number of people to name is from 1 to %(most)s, or empty for all.", most=most))
        abort(400, _("This is not an option of the press list: %(name)s.", name=error.name))


def _made(letter: Letter, choices: Choices) -> PressList:
    """Make the list of the people whom readers see, or will see once it is published."""
    first = lines(first_signatories(letter), choices.style)
    others = [] if choices.people == "first" else others_to_print(letter, choices.limit)
    return press_list(
        first,
        lines(others, choices.style),
        choices,
        counting=letter.confirmed_count + letter.attested_count,
        locale=letter.locale,
    )


def _file(letter: Letter, ending: str, kind: str, written: Callable[[PressList], str]) -> ResponseReturnValue:
    """Send the list as a file, and record it in the log."""
    choices = _choices()
    answer = Response(iter(()), mimetype=kind)  # no length, if none is made
    if request.method != "HEAD":
        done = begin(letter, SHOWN, by=current_user.organiser, what="press", purpose=asked_purpose())
        made = _made(letter, choices)
        answer.set_data(written(made))
        done(made.printed)
    return attached(answer, f"{letter.slug}-press", letter.zone, ending)
