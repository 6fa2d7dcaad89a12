"""What is being typed, as readers would see it."""

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from tribune.letters.guard import my_letter
from tribune.letters.models import Letter, Version
from tribune.letters.rendering import render
from tribune.teams.guard import needs
from tribune.teams.models import Role
from tribune.writing.blueprint import bp
from tribune.writing.forms import LetterForm


@bp.post("/letters/<int:letter_id>/edit/preview")
@needs(Role.EDITOR)
def live_preview(letter_id: int) -> ResponseReturnValue:
    """Show what is typed as readers would see it; nothing is written."""
    letter = my_letter(letter_id)
    form = LetterForm(request.form, letter=letter)
    form.validate()
    right = {field.name: field.data for field in form if not field.errors}
    names = ("outlet", "outlet_url", "printed_on", "locale")
    shown = Letter(slug=letter.slug, timezone=letter.timezone, published_at=letter.published_at)
    for name in names:
        setattr(shown, name, right.get(name, getattr(letter, name)))
    version = Version(number=1, title=form.title.data or _("Untitled"), standfirst=form.standfirst.data or "")
    for name in ("authors", "addressee"):
        setattr(version, name, right.get(name, getattr(letter.version, name)))
    version.html = render(right.get("text") or "", shown.locale)
    wrong = form.text.errors
    page = {"letter": shown, "version": version, "image": letter.image, "open": False, "wrong": wrong}
    return render_template("writing/preview.html", **page)
