"""What organisers type about their own account."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm

from tribune.organisers.forms import name_field


class AccountForm(FlaskForm):  # type: ignore[misc]
    """How one is called."""

    name = name_field(_l("Your name"))
