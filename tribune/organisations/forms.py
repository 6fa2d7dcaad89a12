"""What an organiser types to merge spellings."""

from flask_babel import lazy_gettext as _l
from wtforms import StringField
from wtforms.validators import DataRequired

from tribune.fields import OrganiserForm, at_most, no_link, printable, tidy


class MergeForm(OrganiserForm):
    """The name under which several spellings are printed."""

    into = StringField(
        _l("Printed as"),
        filters=[tidy],
        validators=[DataRequired(_l("Enter the name to print.")), at_most(200), printable, no_link],
    )
