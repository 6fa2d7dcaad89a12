"""What an organiser types before a batch begins."""

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, Field, HiddenField, StringField, ValidationError
from wtforms.validators import DataRequired, Optional

from tribune.cursors import BadCursor, number_before
from tribune.fields import URL, OrganiserForm, at_most, printable, tidy
from tribune.moderation.queries import DECIDES

LONGEST_REASON = 300  # characters


class BatchForm(OrganiserForm):
    """The reason, whether signatories are told, and the last signature there was when the organiser chose."""

    reason = StringField(_l("Reason"), filters=[tidy], render_kw={"maxlength": LONGEST_REASON})
    tells = BooleanField(_l("Tell them by email"))
    up_to_id = HiddenField()

    def __init__(self, verb: str) -> None:
        super().__init__()
        needed = DataRequired(_l("Write the reason: it is recorded in the log.")) if verb in DECIDES else Optional()
        self.reason.validators = [needed, at_most(LONGEST_REASON), printable]
        self.reason.flags.required = verb in DECIDES
        if verb != "hide":
            del self.tells

    def validate_reason(self, field: Field) -> None:
        """Refuse web addresses: the reason goes into a mail."""
        if URL.search(field.data or ""):
            raise ValidationError(_l("Leave out web addresses: the reason is put in an email."))

    @property
    def last(self) -> int | None:
        """Return the id of the letter's last signature when the page was made; None if the field is damaged."""
        try:
            return number_before(self.up_to_id.data or "")
        except BadCursor:
            return None
