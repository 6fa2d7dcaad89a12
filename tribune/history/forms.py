"""What an organiser types to add to a letter."""

from flask_babel import lazy_gettext as _l
from wtforms import TextAreaField
from wtforms.validators import DataRequired, Length

from tribune.fields import OrganiserForm, tidy_text
from tribune.history.actions import LONGEST


class AddendumForm(OrganiserForm):
    """A paragraph, in Markdown."""

    text = TextAreaField(
        _l("What to add"),
        filters=[tidy_text],
        validators=[
            DataRequired(_l("Enter what you want to add.")),
            Length(max=LONGEST, message=_l("Shorten this to %(max)d characters at most.", max=LONGEST)),
        ],
        render_kw={"rows": 6, "maxlength": LONGEST},
    )
