"""What an organiser pastes, and reviews before it is kept."""

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import (
    BooleanField,
    HiddenField,
    SelectField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import DataRequired, InputRequired, Optional

from tribune.fields import OrganiserForm, SelectChoice, printed_field, tidy_text, web_address
from tribune.letters.forms import with_its_newspaper
from tribune.reading.delimited import text_of
from tribune.reading.grid import CannotRead
from tribune.teams.models import Team
from tribune.writing.forms import LINE, STANDFIRST, TONGUES, fits_a_letter
from tribune.writing.inputs import Day


class _TeamForm(OrganiserForm):
    """The team of the letter, and its language."""

    team = SelectField(_l("Team that runs it"), coerce=int, validate_choice=False, validators=[InputRequired()])
    locale = SelectField(
        _l("Language of the letter"),
        choices=TONGUES,
        validators=[InputRequired()],
    )

    def __init__(self, *args: Any, teams: Sequence[Team], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.teams = {team.id: team for team in teams}
        self.team.choices = [SelectChoice(team.id, team.name) for team in teams]

    def validate_team(self, _field: SelectField) -> None:
        """Check the team ourselves: the message of WTForms speaks of choices."""
        if self.team.data not in self.teams:
            raise ValidationError(_l("Choose one of your teams."))


class PasteForm(_TeamForm):
    """A page, pasted into one box or read from a file."""

    page = TextAreaField(_l("The page"))
    file = FileField(_l("Or a text file"), render_kw={"accept": ".txt,.md,text/plain,text/markdown"})

    def validate_page(self, field: TextAreaField) -> None:
        """Read the file if nothing was pasted; refuse both, and neither."""
        if self.file.data and (field.data or "").strip():
            raise ValidationError(_l("Paste the page or choose a file, not both."))
        if self.file.data:
            try:
                field.data = text_of(self.file.data.read())
            except CannotRead:
                raise ValidationError(
                    _l(
                        "This is not a text file, or not in UTF-8. Open it in the program that wrote it (Word, "
                        "LibreOffice…), select all, copy and paste here."
                    )
                ) from None
        if not (field.data or "").strip():
            raise ValidationError(_l("Paste the page here: its title, its text and the list of those who signed."))


class ReviewForm(_TeamForm):
    """The letter as it was understood; its people are separate rows, see rows.py."""

    title = printed_field(_l("Title"), LINE, DataRequired(_l("Enter a title.")))
    standfirst = printed_field(_l("Standfirst"), STANDFIRST, kind=TextAreaField, rows=4)
    text = TextAreaField(
        _l("Text"),
        filters=[tidy_text],
        validators=[DataRequired(_l("Enter the text of the letter.")), fits_a_letter],
        render_kw={"rows": 20},
    )
    authors = printed_field(_l("Authors"), LINE)
    addressee = printed_field(_l("To whom it is written"), LINE)
    outlet = printed_field(_l("Printed by"), 100)
    outlet_url = printed_field(
        _l("Address of the page there"), 500, Optional(), web_address, with_its_newspaper, inputmode="url"
    )
    printed_on = Day(_l("Printed on"), validators=[Optional()])
    left_out = TextAreaField(_l("Left out of the letter"), filters=[tidy_text], render_kw={"readonly": True, "rows": 5})
    doubts = HiddenField(filters=[tidy_text])  # one per line: the code of the reason, a space, and a quotation
    attested = BooleanField(_l("I vouch for this list: these people agreed to sign, or it was already printed."))

    @property
    def letter(self) -> dict[str, Any]:
        """Return the letter, as arguments of `letters.actions.create`."""
        names = "title standfirst text authors addressee outlet outlet_url printed_on locale".split()
        return {name: self[name].data for name in names}
