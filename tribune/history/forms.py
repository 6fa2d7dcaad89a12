"""What an organiser types to add to a letter."""

from flask_babel import lazy_gettext as _l
from wtforms import TextAreaField
from wtforms.validators import DataRequired

from tribune.fields import OrganiserForm, at_most, tidy_text
from tribune.history.actions import LONGEST


class AddendumForm(OrganiserForm):
    """A paragraph, in Markdown."""

    text = TextAreaField(
        _l("What to add"),
        filters=[tidy_text],
        validators=[DataRequired(_l("Enter what you want to add.")), at_most(LONGEST)],
        render_kw={"rows": 6},
    )
