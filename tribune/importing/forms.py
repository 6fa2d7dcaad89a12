"""The forms that import signatures: the file, then its terms."""

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired
from wtforms import HiddenField, IntegerField, RadioField, SelectField, StringField
from wtforms.validators import Optional, ValidationError
from wtforms.widgets import HiddenInput

from tribune.fields import OrganiserForm, SelectChoice, printed_field, tidy, tidy_text
from tribune.importing.actions import LONGEST_REASON
from tribune.importing.entries import ASK, ATTEST
from tribune.letters.models import Letter
from tribune.reading.sheets import FILES, LARGEST_FILE

FILE, ALL = "file", "all"
DAY_FIRST, MONTH_FIRST = "day", "month"
UTC = "UTC"


class ImportForm(OrganiserForm):
    """The file to import."""

    file = FileField(_l("The file"), validators=[FileRequired(_l("Choose the file."))], render_kw={"accept": FILES})

    @property
    def content(self) -> bytes:
        """Its bytes, at most one more than LARGEST_FILE."""
        content: bytes = self.file.data.read(LARGEST_FILE + 1)
        return content


class TermsForm(OrganiserForm):
    """How the file is imported; also carries its table, and what the button promised to do."""

    sheet = HiddenField(filters=[tidy_text])
    promised = HiddenField(filters=[tidy])
    headings = IntegerField(_l("Row of the headings (0: none)"), validators=[Optional()], render_kw={"min": 0})
    # The row of headings from which the shown columns were guessed.
    guessed_from = IntegerField(validators=[Optional()], widget=HiddenInput())
    how = RadioField(
        _l("Who says that they signed"),
        choices=[
            SelectChoice(ASK, _l("They do: each is asked by email to confirm, and counts once they have")),
            SelectChoice(ATTEST, _l("You do: you vouch for them, and they count at once as attested")),
        ],
    )
    published = RadioField(
        _l("Whose line is shown"),
        choices=[
            SelectChoice(FILE, _l("Of those who agreed, as the file says; the others count without their name")),
            SelectChoice(ALL, _l("Of all: you attest that each of them agreed to it")),
        ],
    )
    reason = printed_field(_l("How you know"), LONGEST_REASON)
    zone = SelectField(_l("Time zone of the dates"))
    dates = SelectField(
        _l("Order of day and month"),
        choices=[
            SelectChoice(DAY_FIRST, _l("24/11/2026: day first")),
            SelectChoice(MONTH_FIRST, _l("11/24/2026: month first")),
        ],
    )

    def __init__(self, letter: Letter, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.zones = list(dict.fromkeys((letter.timezone, UTC)))
        self.zone.choices = [SelectChoice(zone, zone) for zone in self.zones]
        self.headings.data = self.headings.data or 0

    @property
    def answers_for_them(self) -> bool:
        """Whether something is imported on the organiser's word alone."""
        return bool(self.how.data == ATTEST or self.published.data == ALL)

    def validate_reason(self, field: StringField) -> None:
        """Require a reason from who answers for others."""
        if self.answers_for_them and not field.data:
            raise ValidationError(_l("Write how you know: it is recorded in the team’s log."))
