"""What an organiser types to add to a letter."""

from flask_babel import lazy_gettext as _l
from wtforms import TextAreaField, ValidationError
from wtforms.validators import DataRequired

from tribune.fields import OrganiserForm, at_most, tidy_text
from tribune.history.actions import LONGEST
from tribune.letters.rendering import plain


class AddendumForm(OrganiserForm):
    """A paragraph to add, in Markdown."""

    text = TextAreaField(
        _l("What to add"),
        filters=[tidy_text],
        validators=[DataRequired(_l("Enter what you want to add.")), at_most(LONGEST)],
        render_kw={"rows": 6},
    )

    def validate_text(self, field: TextAreaField) -> None:
        if not field.errors and not plain(field.data or "").strip():
            raise ValidationError(_l("There are no words here: pictures are left out. Enter what you want to add."))
