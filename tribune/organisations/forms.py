"""What an organiser types to merge spellings."""

from flask_babel import lazy_gettext as _l

from tribune.fields import OrganiserForm
from tribune.signatures.forms import AFFILIATION, line_field


class MergeForm(OrganiserForm):
    """The name to print for several spellings."""

    into = line_field(_l("Printed as"), _l("Enter the name to print."), AFFILIATION)
