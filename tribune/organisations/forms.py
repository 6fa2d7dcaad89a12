"""What an organiser types to merge spellings."""

from flask_babel import lazy_gettext as _l
from wtforms import StringField
from wtforms.validators import DataRequired, Length

from tribune.fields import OrganiserForm, no_link, printable, tidy


class MergeForm(OrganiserForm):
    """The name under which several spellings are printed."""

    into = StringField(
        _l("Printed as"),
        filters=[tidy],
        validators=[DataRequired(_l("Enter the name to print.")), Length(max=200), printable, no_link],
        render_kw={"maxlength": 200},
    )
