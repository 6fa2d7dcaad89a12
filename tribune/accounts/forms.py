"""What organisers type about their own account."""

from flask_babel import lazy_gettext as _l

from tribune.fields import OrganiserForm
from tribune.organisers.forms import name_field


class AccountForm(OrganiserForm):
    """How one is called."""

    name = name_field(_l("Your name"))
